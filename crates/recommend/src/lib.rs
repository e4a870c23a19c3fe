//! Session neighbors over an integer index that learns and unlearns exactly.
//!
//! The recommender of a shop. It sees items by number, sessions by row id and subjects by
//! pseudonym, and nothing else about people; it does not depend on the crate that opens personal
//! data. The one path through it: `Model::learn` takes a closed session that passed the
//! [`door`], [`answer::recommend`] answers, `Model::unlearn_subject` takes it all back.
//!
//! - [`items`]: the catalog as dense numbers.
//! - [`index`]: sessions and their postings, integers only. [`fingerprint`]: a running checksum.
//! - [`neighbors`]: nearest sessions, sequential rules, item to item: one family of scorers.
//! - [`blend`]: all of the models as one ranking. [`tune`]: its weights, fitted on held-out sessions.
//!   [`sections`]: weights for single placements and tiers.
//! - [`content`]: likeness and search by the public catalog (BM25).
//! - [`linear`]: whole profiles (EASE, Steck, WWW 2019).
//! - [`popularity`]: distinct subjects per item in a window of days.
//! - [`model`]: all of these together. [`answer`]: one query, one list, one reason each.
//! - [`sequence`]: a small transformer that is trained on the sessions.
//! - [`baskets`]: next basket (TIFU-kNN) and buy-it-again over whole orders.
//! - [`placement`]: what a shop wants where. [`rules`]: what it says about its shelves.
//! - [`page`]: from candidates to one page, with [`diversity`] and [`exposure`].
//! - [`synthetic`]: invented sessions of any number, for measuring speed and memory.
//! - [`evaluation`]: the next-item protocol on sessions that were held back.
//!
//! The state after any sequence of learning and unlearning equals that of a fresh model that saw
//! only the sessions that are left, in any order. Nothing here reads a clock, a random source or
//! a file; logarithms come from `libm`, so native and WASM give the same bits. The crate keeps to
//! Rust 1.85.

pub mod answer;
pub mod baskets;
pub mod blend;
pub mod content;
pub mod device;
pub mod diversity;
pub mod door;
pub mod evaluation;
pub mod exposure;
pub mod fingerprint;
pub mod index;
pub mod items;
pub mod linear;
pub mod model;
pub mod neighbors;
pub mod page;
pub mod placement;
pub mod plan;
pub mod popularity;
pub mod rules;
pub mod scratch;
pub mod sections;
pub mod sequence;
pub mod settings;
pub mod synthetic;
pub mod trained;
pub mod tune;

#[cfg(test)]
mod small_shop;
