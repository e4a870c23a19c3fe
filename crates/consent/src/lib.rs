//! Consent records, opt-out signals and the law packs that decide what a missing choice means.
//!
//! The one path through this room: a body becomes a [`request::ChoiceRequest`], which together
//! with the choices so far becomes evidence ([`record::choose`]); evidence is appended and never
//! changed; [`record::fold`] turns all evidence of one person into the choices that the gate
//! reads. What is not a choice (being asked, a yes that does not count) comes in as a
//! [`statement::Statement`]; [`dpv`] writes a person's record for others to read, and [`cookies`]
//! reads what another consent tool has stored. [`signals`] reads what a browser or a consent tool says on a person's behalf, and
//! [`law`] says what counts where.
//!
//! What this room must never do: decide by itself. The rules stand in `personal::gate`; here are
//! only the facts that they take.

pub mod bits;
pub mod consent_mode;
pub mod cookies;
pub mod dpv;
pub mod gpc;
pub mod gpp;
pub mod law;
pub mod rates;
pub mod record;
pub mod replay;
pub mod request;
pub mod shopify;
pub mod signals;
pub mod statement;
pub mod tcf;
pub mod us_privacy;
