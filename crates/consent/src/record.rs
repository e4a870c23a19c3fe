//! Evidence of choices: appended, never changed, and folded into what the gate reads.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::time::{DAY_MS, Timestamp};
use personal::gate::{Choice, ChoiceState, Choices};
use personal::kinds::ConsentEvidence;
use personal::permit::ConsentVersion;
use personal::purpose::{LawfulBasis, PurposeName};
use personal::signal::{Signal, Signals};

use crate::request::{CONSENT_DAYS_MAX, ChoiceRequest};

/// Most bytes of the text of an asserted basis.
pub const ASSERTED_BYTES_MAX: usize = 500;

/// What the shell knows when a choice is made.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Now.
    pub now: Timestamp,
    /// Name of the law pack that applies.
    pub law: &'a str,
    /// The opt-out signals of the request.
    pub signals: Signals,
}

/// What a request changes.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// Rows to append, one per purpose of the request.
    pub evidence: Vec<ConsentEvidence>,
    /// The person's choices from then on.
    pub choices: Choices,
}

/// Why a choice cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChooseError {
    /// A yes to a purpose that does not ask for one.
    #[error("purpose {} does not rest on consent, so it cannot be given", .0.as_str())]
    NotGiven(PurposeName),
    /// A no to a purpose that a contract or a law demands.
    #[error("purpose {} rests on a contract or a law, so it cannot be refused", .0.as_str())]
    NotRefused(PurposeName),
    /// The text of an asserted basis is empty or too long.
    #[error("asserted basis is not a text of 1 to {ASSERTED_BYTES_MAX} bytes")]
    Asserted,
}

/// Makes the evidence of a request. The version rises once, however many purposes it names.
///
/// # Privacy
/// A no to a purpose that rests on consent always works; for one that rests on legitimate
/// interests it is an objection (GDPR Art. 21).
///
/// # Errors
/// [`ChooseError`]; then nothing of the request counts.
pub fn choose(
    current: &Choices,
    request: &ChoiceRequest,
    context: &Context<'_>,
) -> Result<Chosen, ChooseError> {
    let mut evidence = Vec::with_capacity(request.choices.len());
    for (&purpose, &yes) in &request.choices {
        let state = state(current, purpose, yes)?;
        let days = if yes { request.for_days.min(CONSENT_DAYS_MAX) } else { CONSENT_DAYS_MAX };
        let notice = request.notice.as_ref();
        evidence.push(ConsentEvidence {
            version: current.version.number(),
            purpose,
            state,
            at: context.now,
            expires: context.now.plus_ms(i64::from(days) * DAY_MS),
            signals: context.signals,
            acknowledged: if yes { request.acknowledged } else { Signals::NONE },
            notice: notice.map(|notice| notice.digest.to_vec()).unwrap_or_default(),
            shown: notice.map(|notice| notice.language.clone()).unwrap_or_default(),
            law: context.law.to_owned(),
            how: request.how.clone(),
        });
    }
    Ok(chosen(current, evidence))
}

/// Makes the evidence of a basis that the shop asserts for a person in an import.
///
/// # Errors
/// [`ChooseError::NotGiven`] for a purpose that does not rest on consent,
/// [`ChooseError::Asserted`] for a text that nobody could read later.
pub fn assert_basis(
    current: &Choices,
    (purpose, text): (PurposeName, &str),
    context: &Context<'_>,
) -> Result<Chosen, ChooseError> {
    let text = text.trim();
    if !(1..=ASSERTED_BYTES_MAX).contains(&text.len()) {
        return Err(ChooseError::Asserted);
    }
    let evidence = ConsentEvidence {
        version: current.version.number(),
        purpose,
        state: state(current, purpose, true)?,
        at: context.now,
        expires: context.now.plus_ms(i64::from(CONSENT_DAYS_MAX) * DAY_MS),
        signals: context.signals,
        acknowledged: Signals::NONE,
        notice: Vec::new(),
        shown: text.to_owned(),
        law: context.law.to_owned(),
        how: "asserted in an import".to_owned(),
    };
    Ok(chosen(current, vec![evidence]))
}

fn state(current: &Choices, purpose: PurposeName, yes: bool) -> Result<ChoiceState, ChooseError> {
    match (purpose.basis(), yes) {
        (LawfulBasis::Consent, true) => Ok(ChoiceState::Given),
        (LawfulBasis::Consent, false) => {
            let before = current.by_purpose.get(&purpose).map(|choice| choice.state);
            Ok(match before {
                Some(ChoiceState::Given | ChoiceState::Withdrawn) => ChoiceState::Withdrawn,
                Some(ChoiceState::Refused) | None => ChoiceState::Refused,
            })
        }
        (LawfulBasis::LegitimateInterests, false) => Ok(ChoiceState::Refused),
        (_, true) => Err(ChooseError::NotGiven(purpose)),
        (LawfulBasis::Contract | LawfulBasis::LegalObligation, false) => {
            Err(ChooseError::NotRefused(purpose))
        }
    }
}

fn chosen(current: &Choices, evidence: Vec<ConsentEvidence>) -> Chosen {
    let mut choices = current.clone();
    for row in &evidence {
        choices.by_purpose.insert(row.purpose, choice(row));
        choices.signals = row.signals;
    }
    if !evidence.is_empty() {
        choices.version = current.version.next();
    }
    Chosen { evidence, choices }
}

const fn choice(row: &ConsentEvidence) -> Choice {
    Choice { state: row.state, at: row.at, expires: row.expires, acknowledged: row.acknowledged }
}

/// Folds all evidence of one person, in any order, into the choices that the gate reads: per
/// purpose the newest row counts, by version, then by time.
///
/// # Privacy
/// Where two rows claim the same version and time, the more protective one counts.
pub fn fold<'e>(rows: impl IntoIterator<Item = &'e ConsentEvidence>) -> Choices {
    let mut choices = Choices::default();
    let mut newest: BTreeMap<PurposeName, &ConsentEvidence> = BTreeMap::new();
    let mut last: Option<(u64, Timestamp)> = None;
    for row in rows {
        choices.version = choices.version.max(ConsentVersion::from_number(row.version).next());
        match last {
            Some(before) if before == (row.version, row.at) => {
                choices.signals = choices.signals.and(row.signals);
            }
            Some(before) if before > (row.version, row.at) => {}
            Some(_) | None => {
                last = Some((row.version, row.at));
                choices.signals = row.signals;
            }
        }
        newest
            .entry(row.purpose)
            .and_modify(|before| {
                if rank(row) > rank(before) {
                    *before = row;
                }
            })
            .or_insert(row);
    }
    choices.by_purpose = newest.into_iter().map(|(purpose, row)| (purpose, choice(row))).collect();
    choices
}

/// Newer is higher; among equals, the more protective.
fn rank(
    row: &ConsentEvidence,
) -> (u64, Timestamp, u8, Reverse<(Timestamp, [bool; Signal::ALL.len()])>) {
    let protective = match row.state {
        ChoiceState::Given => 0,
        ChoiceState::Refused => 1,
        ChoiceState::Withdrawn => 2,
    };
    let outranked = Signal::ALL.map(|signal| row.acknowledged.holds(signal));
    (row.version, row.at, protective, Reverse((row.expires, outranked)))
}

#[cfg(test)]
mod tests;
