//! A transparency log by the C2SP specifications, over commitments instead of people.
//!
//! One path. Whatever the shop must be able to prove later (a consent, a receipt, a person of the
//! staff who looked) becomes an [`entry::Commitment`]: a hash that only the holder of a random
//! opening can connect with a record. Commitments wait until [`batch::publish`] fills them up with
//! decoys to a size that says little. [`tree::Tree::grow`] turns the batch into tiles and bundles
//! to store, and [`checkpoint::Checkpoint::sign`] puts a signature under the new root. From then
//! on [`prove`] makes inclusion and consistency proofs out of tiles, [`proof::TlogProof`] carries
//! one to a customer, [`witness`] asks others to confirm that the log never took anything back,
//! and [`policy::Policy`] says whose word counts.
//!
//! The formats: `c2sp.org/signed-note`, `tlog-checkpoint`, `tlog-cosignature` (Ed25519; ML-DSA-44
//! with the feature `ml-dsa`), `tlog-tiles`, `tlog-proof`, `tlog-witness`, `tlog-policy`, and the
//! Merkle tree of RFC 6962, section 2.1. An auditor needs none of our code: the tests check
//! everything that is published here with the Go packages `sumdb/note` and `sumdb/tlog`.
//!
//! What this room must never do: I/O, ask a clock, draw random bytes (they are arguments), log a
//! pseudonym or the hash of anything that can be guessed, depend on `personal`.

pub mod audit;
pub mod batch;
pub mod bundle;
pub mod checkpoint;
pub mod entry;
pub mod error;
pub mod hash;
pub mod key;
pub mod merkle;
pub mod note;
#[cfg(test)]
mod oracle;
pub mod policy;
pub mod proof;
pub mod prove;
pub mod prune;
mod text;
pub mod tile;
pub mod tree;
pub mod witness;
