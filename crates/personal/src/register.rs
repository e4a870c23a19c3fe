//! The record of processing (GDPR Art. 30): which purpose may open which kind of data.
//!
//! Every line is a decision. A pair that is not here does not compile, anywhere. Lines elsewhere
//! fail `cargo xtask tidy`.

use crate::feature::Feature;
use crate::kinds::{
    ClosedSession, ConsentEvidence, CorrectedSignal, ErasureNotice, ErasureRecord, HistoryEvent,
    LearnedOrder, LearningEvent, MachineRead, MailAddress, OwnRead, PlatformRequest, Preferences,
    RecentItems, RequestStep, RequestWords, StaffRead,
};
use crate::purpose::{
    LegalObligation, LegalProof, Personalization, Purpose, PurposeName, SharedLearning, Support,
};
use crate::record::Stored as _;

/// Purpose `Self` may open data of kind `T`.
pub trait Covers<T>: Purpose {
    /// The feature of the purpose that a value belongs to; `None` where the purpose is all there
    /// is to choose. What belongs to a feature opens only while the feature is allowed.
    fn feature(_: &T) -> Option<Feature> {
        None
    }
}

// Serving one person from the person's own history.
impl Covers<HistoryEvent> for Personalization {
    fn feature(event: &HistoryEvent) -> Option<Feature> {
        Some(Feature::of_action(event.action))
    }
}
impl Covers<Preferences> for Personalization {
    fn feature(_: &Preferences) -> Option<Feature> {
        Some(Feature::StatedPreferences)
    }
}
// Of both; who answers from it leaves out what the permit does not allow.
impl Covers<RecentItems> for Personalization {}

// Teaching the shop's models.
impl Covers<LearningEvent> for SharedLearning {}
impl Covers<ClosedSession> for SharedLearning {}
impl Covers<LearnedOrder> for SharedLearning {}

// Showing what was agreed, asked for and looked at.
impl Covers<ConsentEvidence> for LegalProof {}
impl Covers<ErasureRecord> for LegalProof {}
impl Covers<StaffRead> for LegalProof {}
impl Covers<OwnRead> for LegalProof {}
impl Covers<CorrectedSignal> for LegalProof {}
impl Covers<ErasureNotice> for LegalProof {}
impl Covers<MachineRead> for LegalProof {}
impl Covers<RequestStep> for LegalProof {}
impl Covers<RequestWords> for LegalProof {}

// Writing to a person about the person's own data (GDPR Art. 12).
impl Covers<MailAddress> for LegalObligation {}
impl Covers<PlatformRequest> for LegalObligation {}

// Answering what the person put to the shop: the consent on record, and what they wrote in a
// request. Nothing else.
impl Covers<ConsentEvidence> for Support {}
impl Covers<RequestWords> for Support {}

/// The same lines as values, for what people read: table and purpose. A test holds that both say
/// the same. Newest items have no table; they are a copy of the history in memory.
pub const READERS: [(&str, PurposeName); 18] = [
    (HistoryEvent::DECLARATION.table, PurposeName::Personalization),
    (Preferences::DECLARATION.table, PurposeName::Personalization),
    (LearningEvent::DECLARATION.table, PurposeName::SharedLearning),
    (ClosedSession::DECLARATION.table, PurposeName::SharedLearning),
    (LearnedOrder::DECLARATION.table, PurposeName::SharedLearning),
    (ConsentEvidence::DECLARATION.table, PurposeName::LegalProof),
    (ErasureRecord::DECLARATION.table, PurposeName::LegalProof),
    (StaffRead::DECLARATION.table, PurposeName::LegalProof),
    (OwnRead::DECLARATION.table, PurposeName::LegalProof),
    (CorrectedSignal::DECLARATION.table, PurposeName::LegalProof),
    (ErasureNotice::DECLARATION.table, PurposeName::LegalProof),
    (MailAddress::DECLARATION.table, PurposeName::LegalObligation),
    (PlatformRequest::DECLARATION.table, PurposeName::LegalObligation),
    (MachineRead::DECLARATION.table, PurposeName::LegalProof),
    (RequestStep::DECLARATION.table, PurposeName::LegalProof),
    (RequestWords::DECLARATION.table, PurposeName::LegalProof),
    (RequestWords::DECLARATION.table, PurposeName::Support),
    (ConsentEvidence::DECLARATION.table, PurposeName::Support),
];

/// The purposes that may open the rows of a table.
pub fn readers(table: &str) -> impl Iterator<Item = PurposeName> {
    READERS.into_iter().filter(move |(name, _)| *name == table).map(|(_, purpose)| purpose)
}

#[cfg(test)]
mod tests;
