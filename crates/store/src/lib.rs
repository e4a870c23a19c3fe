//! Where sealed rows, wrapped keys and the shop's plain documents lie.
//!
//! Two narrow synchronous ports: [`port::Tables`] for rows and documents, [`keys::Keys`] for
//! wrapped keys, intents and tombstones, in a file of their own. Tables are made from
//! `personal::kinds::DECLARATIONS` and from nothing else, so what is not declared cannot be
//! stored. Above the ports and written once for every back end: [`erase`], [`sweep`] and
//! [`inventory`].
//!
//! The path of a write: a [`port::Batch`] goes into [`port::Tables::commit`], which gives it the
//! next number of a gapless sequence and returns when it is durable. There is one writer per shop;
//! a second process that opens the same folder is refused.
//!
//! The path of an erasure: [`keys::Keys::begin`] makes intent and tombstones durable, then
//! [`erase::erase`] destroys keys, deletes rows and truncates the write-ahead logs, then
//! [`keys::Keys::finish`] forgets the intent. Every step may be done twice, so that an intent that
//! is found when the store opens is simply done again.
//!
//! What this crate must never do: open a sealed row, know a key in the clear, ask a clock.

pub mod baseline;
pub mod erase;
pub mod error;
pub mod inventory;
pub mod keys;
pub mod lineage;
pub mod memory;
pub mod port;
pub mod schema;
pub mod sqlite;
pub mod sweep;
pub mod tombstones;

#[cfg(test)]
mod conformance;
