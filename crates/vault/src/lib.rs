//! Keeps what a shop knows about people closed: envelopes, subject keys, blind indexes.
//!
//! One secret, the shop key ([`key::ShopKey`]), opens everything: it wraps ([`kek::Kek`]) the
//! shop's root secret and the keys of people, and can be exchanged. What must be found again
//! without being stored (blind indexes, tombstones, row ids) is a keyed MAC whose key is *derived*
//! from the root ([`key::ShopKeys`]). What must die with a person (the key of that person's rows, [`subject::SubjectKey`]) is *random* and lies wrapped
//! in the key store, because a derived key could be derived again.
//!
//! The path of a row: [`row::SubjectVault`] takes the person's key and implements
//! `personal::row::Seal`; [`envelope`] says how the bytes look. AES-256-GCM-SIV is RFC 8452, HKDF
//! is RFC 5869, HMAC is RFC 2104. AES-GCM-SIV alone does not commit to its key: one text can be
//! valid under two keys. Hence the commitment, which is checked before anything is decrypted.
//!
//! What this room must never do: I/O, ask a clock, draw random bytes (they are arguments), print a
//! key, say why something failed.

pub mod envelope;
pub mod error;
pub mod kek;
pub mod key;
pub mod macs;
pub mod passphrase;
pub mod row;
pub mod shares;
pub mod subject;
pub mod tokens;
