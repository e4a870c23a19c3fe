//! Private aggregates: many browser profiles give a sum, and nobody sees what one of them gave.
//!
//! One path. The shop signs a [`task::Task`]: which cells are counted, how many of them one
//! profile may set, how much noise the sum gets. A device turns what it knows into
//! [`cells`], and [`report::make`] splits them into two halves that are random each by itself,
//! proves that they are well formed, and seals each half to one of two aggregators. The
//! [`leader`] and the [`helper`] open their halves, check the proof together without learning
//! what it is about ([`circuit`], VDAF section 7), add the halves to running sums and drop them
//! ([`batch`]). When a batch is large enough for *both*, each adds the whole noise that the task
//! promises, and only then does [`collect`] put the two sums together.
//!
//! The functions are those of draft-irtf-cfrg-vdaf-18 (`Prio3MultihotCountVec`), the halves are
//! sealed by HPKE (RFC 9180) with the hybrid X-Wing, and the messages have the shape of DAP
//! (draft-ietf-ppm-dap) with a version byte of our own.
//!
//! What is *not* promised: that two aggregators run by one shop protect against that shop; that
//! an aggregator that lies cannot spoil a sum (it can); that a participant stays unseen by the
//! network.
//!
//! What this room must never do: depend on `personal`, I/O, ask a clock, keep a half after it was
//! added, give out a sum without noise. Randomness is an argument, but for the blinds of a
//! report, which `prio` draws from the operating system (or the browser) itself.

pub mod batch;
pub mod cells;
pub mod circuit;
pub mod collect;
pub mod error;
pub mod helper;
pub mod leader;
pub mod report;
pub mod seal;
pub mod task;
mod wire;
#[cfg(test)]
mod world;
