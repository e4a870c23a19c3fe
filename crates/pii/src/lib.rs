//! Recognizers of personal data in text, and what to do with what they find.
//!
//! Ground floor: text in, findings out; no file, clock, network or random source. The one path:
//!
//! ```text
//! text > plain::Plain (one script of digits, nothing invisible) > words::Words
//!      > recognizers > resolve (no two findings overlap) > operators
//! ```
//!
//! - [`scan`]: the scanner and its settings; start here.
//! - [`kind`], [`finding`]: what is found, where, how sure, and why.
//! - [`plain`], [`words`], [`cues`]: what every recognizer looks at.
//! - [`checks`]: Luhn, ISO 7064, weighted sums and the like.
//! - [`card`], [`iban`], [`phone`], [`net`], [`crypto`], [`national`], [`document`]: numbers.
//! - [`gazetteer`], [`person`], [`place`], [`address`], [`postal`],
//!   [`occupation`], [`time`]: words.
//! - [`measure`]: precision and recall on labeled text.
//! - [`operators`]: redact, mask, keep the last, pseudonyms of a conversation, synthetic values.
//!
//! Every step is linear in the length of the text: no recognizer looks back or ahead further than
//! a constant number of words. What this crate must never do: promise that a text without a
//! finding holds no personal data.

pub mod address;
pub mod card;
pub mod checks;
pub mod crypto;
pub mod cues;
pub mod document;
pub mod finding;
pub mod gazetteer;
pub mod iban;
pub mod kind;
pub mod measure;
pub mod national;
pub mod net;
pub mod occupation;
pub mod operators;
pub mod person;
pub mod phone;
pub mod place;
pub mod plain;
pub mod postal;
pub mod scan;
pub mod time;
pub mod words;
