//! Proof of identity, proportional to what the request can do (GDPR Art. 12(6), 11 CCR 7060).
//!
//! One table: [`needed`] says how strong a proof has to be and why, [`gives`] how strong one is,
//! [`enough`] compares them. Who opts out, limits, withdraws or objects to marketing proves
//! nothing: the worst that a stranger can do with it is to protect somebody. What shows or
//! destroys everything needs a login of this very moment.
//!
//! What this must never do: ask for a document, or for more than the action needs.

use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::request::kind::{About, Kind, is_absolute};

const MINUTE_MS: i64 = 60 * 1000;

/// How strong a proof is. Each includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Nobody proved anything.
    Nothing,
    /// The shop or an agent says who it is.
    Linked,
    /// The person showed it just now.
    Fresh,
}

/// What somebody shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// The erase handle that a browser keeps for its own random id.
    BrowserHandle,
    /// The shop's signed, short-lived hand-off of a customer who is logged in.
    HandOff,
    /// A one-time link that was sent to the address.
    MailLink,
    /// A signed request of an authorized agent, with an address that the agent verified.
    Agent,
    /// A login of this moment, handed off by the shop.
    FreshLogin,
    /// The shop speaks for the person, with its secret key or on the machine.
    Shop,
}

impl Proof {
    /// Every proof.
    pub const ALL: [Self; 6] = [
        Self::BrowserHandle,
        Self::HandOff,
        Self::MailLink,
        Self::Agent,
        Self::FreshLogin,
        Self::Shop,
    ];

    /// How long it counts after it was made, in milliseconds.
    const fn ms_max(self) -> i64 {
        match self {
            // Compared with what the server holds, at the moment of the request.
            Self::BrowserHandle | Self::Shop => i64::MAX,
            Self::HandOff | Self::FreshLogin => 10 * MINUTE_MS,
            Self::MailLink => 30 * MINUTE_MS,
            Self::Agent => 60 * MINUTE_MS,
        }
    }
}

/// As whom the shop knows the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// By an account with a login.
    Account,
    /// By an address without an account.
    Guest,
    /// By the random id of a browser.
    Browser,
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needed {
    /// How strong the proof has to be.
    pub strength: Strength,
    /// Why, in words for the person.
    pub why: &'static str,
}

/// The proof that a request needs.
///
/// # Privacy
/// Nothing is asked of who opts out, limits, withdraws or objects to direct marketing. What gives
/// everything away or destroys it needs [`Strength::Fresh`].
pub fn needed(kind: Kind, about: About) -> Needed {
    let (strength, why) = match kind {
        _ if is_absolute(kind, about) => {
            (Strength::Nothing, "it only protects, so nobody has to prove who they are")
        }
        Kind::Access if about == About::Categories => {
            (Strength::Linked, "the answer names kinds of data and none of the data")
        }
        Kind::Access | Kind::Portability => {
            (Strength::Fresh, "the answer holds everything, so it must not reach a stranger")
        }
        Kind::Erasure if matches!(about, About::One(_)) => {
            (Strength::Linked, "one row goes, and it was shown to whoever asks")
        }
        Kind::Erasure => (Strength::Fresh, "nothing that is erased comes back"),
        Kind::Rectification => (Strength::Linked, "a stranger could falsify it"),
        Kind::HumanReview => (Strength::Linked, "a person will tell the asker how it ended"),
        Kind::Restriction | Kind::Objection | Kind::OptOut | Kind::LimitUse | Kind::Withdrawal => {
            (Strength::Linked, "it changes how the shop serves an account")
        }
    };
    Needed { strength, why }
}

/// How strong a proof is for somebody whom the shop knows in a way. Where there is no login, the
/// strongest thing that there is counts as much as one.
pub const fn gives(proof: Proof, known: Known) -> Strength {
    match (proof, known) {
        (Proof::FreshLogin, Known::Account)
        | (Proof::MailLink, Known::Guest)
        | (Proof::BrowserHandle, Known::Browser)
        | (Proof::Shop, _) => Strength::Fresh,
        (Proof::HandOff | Proof::MailLink, Known::Account)
        | (Proof::Agent, Known::Account | Known::Guest) => Strength::Linked,
        (Proof::BrowserHandle, Known::Account | Known::Guest)
        | (Proof::HandOff | Proof::FreshLogin, Known::Guest | Known::Browser)
        | (Proof::MailLink | Proof::Agent, Known::Browser) => Strength::Nothing,
    }
}

/// Why a proof does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Made after now.
    #[error("proof was made after now")]
    Early,
    /// Made too long ago.
    #[error("proof is too old")]
    Late,
    /// It proves less than the request needs.
    #[error("proof is too weak: {}", .0.why)]
    Weak(Needed),
}

/// Whether a proof that was made at an instant is enough, and how strong it is.
///
/// # Errors
/// [`ProofError`].
pub fn enough(
    needed: Needed,
    (proof, known): (Proof, Known),
    made: Timestamp,
    now: Timestamp,
) -> Result<Strength, ProofError> {
    let strength = gives(proof, known);
    if strength < needed.strength {
        return Err(ProofError::Weak(needed));
    }
    let age_ms = now.ms_since(made);
    match needed.strength {
        Strength::Nothing => Ok(strength),
        Strength::Linked | Strength::Fresh if age_ms < 0 => Err(ProofError::Early),
        Strength::Linked | Strength::Fresh if age_ms > proof.ms_max() => Err(ProofError::Late),
        Strength::Linked | Strength::Fresh => Ok(strength),
    }
}

#[cfg(test)]
mod tests;
