//! A small transformer that reads a visit and says what comes next.
//!
//! One block of self-attentive sequential recommendation (Kang and McAuley, ICDM 2018), trained
//! with the full softmax, or a sampled one on large catalogs. Item vectors have length one, so that
//! popular items do not win by length (Gupta et al., NISER, arXiv 1909.04276), and the same vectors
//! are read and answer. The one path through it:
//! [`trainer::Trainer::new`] takes sessions of item numbers in an order that the caller fixes,
//! [`trainer::Trainer::step`] trains on one mini-batch, [`trainer::Trainer::finish`] gives
//! [`weights::Weights`], which answer.
//!
//! The weights are a pure function of sessions and settings: every sum has one order, every random
//! number comes from the seed, nothing is fused, so that native and WASM give the same bytes. The
//! model forgets by training again without what is to be forgotten; `trained_on` says on what it
//! was trained. It never reads a clock, a thread or a file.

mod adam;
mod attention;
mod bytes;
mod columns;
mod exponential;
mod lessons;
mod loss;
mod matrix;
mod norm;
mod parameters;
mod pass;
mod random;
pub mod settings;
pub mod trainer;
pub mod weights;

/// Why a training or its bytes are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SequenceError {
    /// See [`settings::TrainerSettings`].
    #[error("a setting of the sequence model is out of its limits")]
    Settings,
    /// No items, or more than [`settings::ITEMS_LIMIT`].
    #[error("the catalog has no items or too many for a sequence model")]
    Items,
    /// Nobody went from one item to a next.
    #[error("no session has two items of the catalog")]
    Sessions,
    /// The catalog does not fit.
    #[error("training would need {needed} bytes, more than its budget")]
    Budget {
        /// Bytes that would be needed.
        needed: u64,
    },
    /// Not the bytes of weights, or of another version.
    #[error("these bytes are not the weights of a sequence model of this version")]
    Bytes,
}
