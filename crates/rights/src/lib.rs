//! Requests of people about their data, and erasure as a plan, its steps and its receipt (GDPR
//! Art. 12 to 22, and Art. 7(3) for one purpose).
//!
//! What somebody asked for is a [`request::Case`], folded from its events; [`proof`] says how
//! strongly they have to prove who they are, and [`clock`] when the answer is due.
//!
//! One path of an erasure: [`plan::plan_erasure`] reads the declarations and says what goes and what stays;
//! [`machine::Erasure`] walks the steps in the only allowed order, with an [`intent::Intent`] that
//! is durable before anything is destroyed, so that a crash is followed by a redo; at the end
//! stands a [`receipt::ReceiptPayload`], signed with Ed25519 (RFC 8032) and readable offline. A
//! person's copy of the consent record is signed the same way ([`consent_receipt`]).
//!
//! What this room must never do: I/O, ask a clock, put a name or a pseudonym into a receipt, or
//! promise more than the shop declared.

pub mod clock;
pub mod consent_receipt;
pub mod date;
pub mod destruction;
pub mod drp;
pub mod intent;
pub mod machine;
pub mod plan;
pub mod preview;
pub mod proof;
pub mod receipt;
pub mod request;
pub mod telling;
pub mod words;
