//! What a shop has to write down and tell about personal data, computed from the declarations that
//! storage, retention and erasure use, so that paper and program cannot drift apart.
//!
//! One path: [`facts::processing`] gathers declarations, register and settings into one value
//! without words; [`speech::Speech`] is that every table, field and purpose has words in a
//! language; [`document::Document`] is one of five documents, with a SHA-256 over canonical bytes;
//! [`html`] and [`dpv`] write it; [`diff`] compares two of them and says whether the newer one does
//! more with people's data.
//!
//! The documents follow GDPR Art. 13 (privacy notice), Art. 30 (record of processing) and Art. 35
//! (impact assessment). What only the shop can know is marked as missing or as an open question.
//!
//! What this must never do: open personal data (declarations are all that it takes of `personal`),
//! invent what a shop has to assess, or call itself legal advice.

pub mod canonical;
pub mod diff;
pub mod document;
pub mod dpv;
pub mod facts;
pub mod html;
pub mod speech;
pub mod words;

mod assessment;
#[cfg(test)]
mod fixture;
mod notice;
mod tables;
