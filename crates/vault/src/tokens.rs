//! Tokens: names that stand in for a card number or another personal value.
//!
//! The path: a value is read once ([`card::CardNumber`], [`field::Field`]), a name is drawn for it
//! ([`name::TokenName`]), and the value is sealed under the key of its person and purpose, bound to
//! that name and to where it may be sent ([`keys::Binding`]). The store sees only a keyed MAC of
//! the name, so a stolen dump lists no token. This part lives in the vault's room and not in one
//! of its own, because it seals with the room's envelope, and a room never depends on a room.
//!
//! A token is random: it says nothing about the value (PCI DSS calls that an index token). Three
//! others exist for shops that need them, each with its price said at its place: deterministic
//! names ([`keys::TokenKeys::deterministic`]), card-shaped names ([`name::Shape`]), and format
//! preserving encryption with FF1 ([`format`](mod@format); NIST SP 800-38G revision 1). FF3 and FF3-1 are not
//! here and will not be: NIST withdrew them.
//!
//! What this must never do: print a value, keep a card's security code anywhere but in memory,
//! make a name that can be mistaken for a card number.

pub mod brake;
pub mod card;
pub mod field;
pub mod format;
pub mod keys;
pub mod name;
