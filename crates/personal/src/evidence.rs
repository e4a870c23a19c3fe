//! The words of consent evidence, and how rows from before are read.
//!
//! States are those of the W3C Data Privacy Vocabulary (consent status). All of these are stored by
//! the place of their variant: a variant never changes its place, new ones come last.

use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::feature::Features;
use crate::gate::ChoiceState;
use crate::kinds::ConsentEvidence;
use crate::purpose::PurposeName;
use crate::record::{self, RecordError};
use crate::signal::Signals;

/// What happened to a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordState {
    /// The person was asked. Changes nothing of what is allowed.
    Requested,
    /// A yes.
    Given,
    /// A yes that repeats one that stood.
    Renewed,
    /// A no to something that was not given, or an objection (GDPR Art. 21).
    Refused,
    /// A yes was taken back (GDPR Art. 7(3)).
    Withdrawn,
    /// A yes ended by itself.
    Expired,
    /// A yes turned out not to count, or stopped counting, without the person's doing.
    Invalidated,
    /// A yes rests (a word of ours; the vocabulary has none): as good as withdrawn, and what was
    /// kept stays sealed until the pause ends.
    Paused,
    /// Single features were switched (a word of ours): the choice about the purpose stays as it is.
    Switched,
    /// How long data is kept was chosen (a word of ours): the choice about the purpose stays as it
    /// is.
    Period,
    /// The data may be kept and not used (GDPR Art. 18; a word of ours). The choice stays as it is.
    Restricted,
    /// A restriction ended.
    Released,
}

impl RecordState {
    /// Every state.
    pub const ALL: [Self; 12] = [
        Self::Requested,
        Self::Given,
        Self::Renewed,
        Self::Refused,
        Self::Withdrawn,
        Self::Expired,
        Self::Invalidated,
        Self::Paused,
        Self::Switched,
        Self::Period,
        Self::Restricted,
        Self::Released,
    ];

    /// The state as the API and files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Given => "given",
            Self::Renewed => "renewed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Invalidated => "invalidated",
            Self::Paused => "paused",
            Self::Switched => "switched",
            Self::Period => "period",
            Self::Restricted => "restricted",
            Self::Released => "released",
        }
    }

    /// What the gate makes of it; `None` for what is no choice about the purpose.
    ///
    /// # Privacy
    /// What ended by itself counts as withdrawn, whatever a clock says later.
    pub const fn choice(self) -> Option<ChoiceState> {
        match self {
            Self::Requested | Self::Switched | Self::Period | Self::Restricted | Self::Released => {
                None
            }
            Self::Given | Self::Renewed => Some(ChoiceState::Given),
            Self::Refused => Some(ChoiceState::Refused),
            Self::Withdrawn | Self::Expired | Self::Invalidated => Some(ChoiceState::Withdrawn),
            Self::Paused => Some(ChoiceState::Paused),
        }
    }

    /// Whether it changes what a choice reaches and not the choice itself.
    pub const fn narrows(self) -> bool {
        matches!(self, Self::Switched | Self::Period)
    }

    /// Whether the person's choices change by it. Being asked changes nothing.
    pub const fn changes(self) -> bool {
        !matches!(self, Self::Requested)
    }
}

/// How long a yes lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lasting {
    /// Until its day.
    #[default]
    Days,
    /// Until the visit is over, at the latest until its end.
    Visit,
}

/// Who decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DecidedBy {
    /// The person.
    #[default]
    Person,
    /// A holder of parental responsibility, verified by the shop (GDPR Art. 8).
    Parent,
    /// The shop asserts it.
    Shop,
    /// Nobody: time passed, or the law changed.
    Nobody,
}

impl DecidedBy {
    /// Who, as the API and files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Parent => "parent",
            Self::Shop => "shop",
            Self::Nobody => "nobody",
        }
    }
}

/// Schema 1 of the table `consent_evidence`, frozen.
#[derive(Serialize, Deserialize)]
struct EvidenceV1 {
    version: u64,
    purpose: PurposeName,
    state: ChoiceState,
    at: Timestamp,
    expires: Timestamp,
    signals: Signals,
    acknowledged: Signals,
    notice: Vec<u8>,
    shown: String,
    law: String,
    how: String,
}

/// How rows of schema 1 said that the shop asserted the basis.
const ASSERTED_V1: &str = "asserted in an import";

/// Reads a row of schema 1.
///
/// # Errors
/// [`RecordError::Codec`].
pub(crate) fn decode_v1(bytes: &[u8]) -> Result<ConsentEvidence, RecordError> {
    let old: EvidenceV1 = record::decode(bytes)?;
    // One field held the language or, for an asserted basis, its text.
    let asserted = old.notice.is_empty() && old.how == ASSERTED_V1;
    let (language, source) =
        if asserted { (String::new(), old.shown) } else { (old.shown, String::new()) };
    let on = covered(old.purpose, old.state == ChoiceState::Given);
    Ok(ConsentEvidence {
        version: old.version,
        purpose: old.purpose,
        state: match old.state {
            ChoiceState::Given => RecordState::Given,
            ChoiceState::Refused => RecordState::Refused,
            ChoiceState::Withdrawn => RecordState::Withdrawn,
            ChoiceState::Paused => RecordState::Paused,
        },
        at: old.at,
        expires: old.expires,
        lasting: Lasting::Days,
        signals: old.signals,
        acknowledged: old.acknowledged,
        notice: old.notice,
        language,
        law: old.law,
        law_digest: Vec::new(),
        place: String::new(),
        how: old.how,
        decided_by: if asserted { DecidedBy::Shop } else { DecidedBy::Person },
        source,
        on,
        off: Features::NONE,
        keep: None,
    })
}

/// Schema 2 of the table `consent_evidence`, frozen.
#[derive(Serialize, Deserialize)]
struct EvidenceV2 {
    version: u64,
    purpose: PurposeName,
    state: RecordState,
    at: Timestamp,
    expires: Timestamp,
    lasting: Lasting,
    signals: Signals,
    acknowledged: Signals,
    notice: Vec<u8>,
    language: String,
    law: String,
    law_digest: Vec<u8>,
    place: String,
    how: String,
    decided_by: DecidedBy,
    source: String,
}

/// Reads a row of schema 2.
///
/// # Errors
/// [`RecordError::Codec`].
pub(crate) fn decode_v2(bytes: &[u8]) -> Result<ConsentEvidence, RecordError> {
    Ok(of_v2(record::decode(bytes)?))
}

fn of_v2(old: EvidenceV2) -> ConsentEvidence {
    ConsentEvidence {
        version: old.version,
        purpose: old.purpose,
        state: old.state,
        at: old.at,
        expires: old.expires,
        lasting: old.lasting,
        signals: old.signals,
        acknowledged: old.acknowledged,
        notice: old.notice,
        language: old.language,
        law: old.law,
        law_digest: old.law_digest,
        place: old.place,
        how: old.how,
        decided_by: old.decided_by,
        source: old.source,
        on: covered(old.purpose, old.state.choice() == Some(ChoiceState::Given)),
        off: Features::NONE,
        keep: None,
    }
}

/// Schema 3 of the table `consent_evidence`, frozen: schema 2, and then the features.
#[derive(Serialize, Deserialize)]
struct EvidenceV3 {
    before: EvidenceV2,
    on: Features,
    off: Features,
}

/// Reads a row of schema 3.
///
/// # Errors
/// [`RecordError::Codec`].
pub(crate) fn decode_v3(bytes: &[u8]) -> Result<ConsentEvidence, RecordError> {
    let EvidenceV3 { before, on, off } = record::decode(bytes)?;
    Ok(ConsentEvidence { on, off, ..of_v2(before) })
}

/// What a yes from before features covered: what its purpose did then.
fn covered(purpose: PurposeName, yes: bool) -> Features {
    if yes { Features::FIRST.in_both(Features::of(purpose)) } else { Features::NONE }
}

#[cfg(test)]
mod tests;
