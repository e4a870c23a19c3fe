//! Restriction: evidence that what is kept is not used for a while (GDPR Art. 18).

use std::collections::BTreeSet;

use personal::evidence::{DecidedBy, RecordState};
use personal::gate::{Choices, Restriction};
use personal::kinds::ConsentEvidence;
use personal::purpose::PurposeName;

use crate::record::{Chosen, Context, blank, chosen};

/// Makes the evidence that the use of purposes is restricted, or that a restriction ended. What is
/// so already, and what cannot rest, is left out; the choices stay as they are.
///
/// # Privacy
/// While a purpose is restricted nothing of it is permitted, whatever was or will be chosen (GDPR
/// Art. 18(2)).
pub fn restrict(
    current: &Choices,
    (purposes, rests): (&BTreeSet<PurposeName>, bool),
    (how, decided_by): (&str, DecidedBy),
    context: &Context<'_>,
) -> Chosen {
    let changes =
        |purpose: &&PurposeName| purpose.can_rest() && current.restricts(**purpose) != rests;
    let state = if rests { RecordState::Restricted } else { RecordState::Released };
    let row = |&purpose: &PurposeName| ConsentEvidence {
        how: how.to_owned(),
        decided_by,
        ..blank(current, (purpose, state), context)
    };
    let evidence = purposes.iter().filter(changes).map(row).collect();
    chosen(current, evidence)
}

/// What a row says about a restriction.
pub(super) fn restriction(row: &ConsentEvidence) -> Option<Restriction> {
    let holds = row.state == RecordState::Restricted;
    (holds || row.state == RecordState::Released).then_some(Restriction { holds, at: row.at })
}

#[cfg(test)]
mod tests;
