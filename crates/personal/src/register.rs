//! The record of processing (GDPR Art. 30): which purpose may open which kind of data.
//!
//! Every line is a decision. A pair that is not here does not compile, anywhere. Lines elsewhere
//! fail `cargo xtask tidy`.

use crate::kinds::{
    ClosedSession, ConsentEvidence, ErasureRecord, HistoryEvent, LearnedOrder, LearningEvent,
    Preferences, RecentItems, StaffRead,
};
use crate::purpose::{LegalProof, Personalization, Purpose, SharedLearning, Support};

/// Purpose `Self` may open data of kind `T`.
pub trait Covers<T>: Purpose {}

// Serving one person from the person's own history.
impl Covers<HistoryEvent> for Personalization {}
impl Covers<Preferences> for Personalization {}
impl Covers<RecentItems> for Personalization {}

// Teaching the shop's models.
impl Covers<LearningEvent> for SharedLearning {}
impl Covers<ClosedSession> for SharedLearning {}
impl Covers<LearnedOrder> for SharedLearning {}

// Showing what was agreed, asked for and looked at.
impl Covers<ConsentEvidence> for LegalProof {}
impl Covers<ErasureRecord> for LegalProof {}
impl Covers<StaffRead> for LegalProof {}

// Answering a question that the person put to the shop: the consent on record, nothing else.
impl Covers<ConsentEvidence> for Support {}
