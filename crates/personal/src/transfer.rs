//! Personal data on its way out of the shop: who may receive it, and the permit that lets it go.
//!
//! ```text
//! declared recipient + purpose + what is decided about its place + day  >  decide  >  TransferPermit<D>
//! Permit<P> + bytes  >  Parcel<D>  >  Outbound::send(permit, parcel)
//! ```
//!
//! [`decide`] is pure and follows chapter V of the GDPR (Art. 44 to 49): inside the European
//! Economic Area, a decision on adequacy (Art. 45), a safeguard that the shop declares and has
//! looked at within a year (Art. 46, 47). A derogation (Art. 49) is for one situation and never for
//! a program. **What is not declared, not decided or not looked at is refused.** The dated decisions
//! are data of the `consent` room; they come in as a [`Standing`].
//!
//! A client that carries personal data implements [`Outbound`](crate::parcel::Outbound). The bytes
//! lie in a [`Parcel`](crate::parcel::Parcel), which opens only with a living permit for the same
//! recipient and purpose, so that a call without one does not compile.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use domain::date::Date;
use domain::time::{Day, Timestamp};

use crate::permit::PERMIT_MS_MAX;
use crate::purpose::PurposeName;

/// For how long a look at a safeguard counts, in days.
pub const CHECKED_DAYS_MAX: u32 = 366;
/// Longest name of a recipient, in bytes.
pub const NAME_BYTES_MAX: usize = 32;

mod sealed {
    /// Keeps the list of destinations closed.
    #[expect(unnameable_types, reason = "a sealed trait is unnameable on purpose")]
    pub trait Sealed {}
}

/// What a recipient is to the shop. Its implementors are empty enums: words for the compiler.
pub trait Destination: sealed::Sealed + Send + Sync + 'static {
    /// The destination as a word of the running program.
    const ROLE: Role;
}

/// Who processes on behalf of the shop and on its instructions (GDPR Art. 28).
#[derive(Debug)]
pub enum Processor {}

/// Who decides for itself what it does with the data (GDPR Art. 4(7) and 4(9)).
#[derive(Debug)]
pub enum OtherController {}

impl sealed::Sealed for Processor {}
impl sealed::Sealed for OtherController {}

impl Destination for Processor {
    const ROLE: Role = Role::Processor;
}

impl Destination for OtherController {
    const ROLE: Role = Role::Controller;
}

/// What a recipient is, where it must be a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// See [`Processor`].
    Processor,
    /// See [`OtherController`].
    Controller,
}

/// What a transfer rests on besides a decision on adequacy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Standard contractual clauses (GDPR Art. 46(2)(c)).
    Clauses,
    /// Binding corporate rules (GDPR Art. 46(2)(b) and 47).
    BindingRules,
    /// An approved code of conduct (GDPR Art. 46(2)(e)).
    Code,
    /// An approved certification (GDPR Art. 46(2)(f)).
    Certification,
    /// The recipient is one of those that a limited decision on adequacy covers, such as a
    /// participant of the EU-US Data Privacy Framework.
    Covered,
    /// A derogation for a specific situation (GDPR Art. 49).
    Derogation,
}

impl Tool {
    /// Every tool.
    pub const ALL: [Self; 6] = [
        Self::Clauses,
        Self::BindingRules,
        Self::Code,
        Self::Certification,
        Self::Covered,
        Self::Derogation,
    ];

    /// The tool as settings write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clauses => "scc",
            Self::BindingRules => "bcr",
            Self::Code => "code",
            Self::Certification => "certification",
            Self::Covered => "covered",
            Self::Derogation => "derogation",
        }
    }

    /// The tool in words, with its article.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Clauses => "standard contractual clauses, GDPR Art. 46(2)(c)",
            Self::BindingRules => "binding corporate rules, GDPR Art. 46(2)(b) and 47",
            Self::Code => "an approved code of conduct, GDPR Art. 46(2)(e)",
            Self::Certification => "an approved certification, GDPR Art. 46(2)(f)",
            Self::Covered => "covered by a limited decision on adequacy, GDPR Art. 45",
            Self::Derogation => "a derogation for a specific situation, GDPR Art. 49",
        }
    }
}

/// The name that the shop gives a recipient: 1 to 32 of `a-z`, `0-9`, `_` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecipientName(String);

impl RecipientName {
    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
        let fits = (1..=NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(known);
        fits.then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A recipient as the shop declares it (GDPR Art. 30(1)(d) and (e)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The name.
    pub name: RecipientName,
    /// What it is to the shop.
    pub role: Role,
    /// The purposes that it receives data for.
    pub purposes: BTreeSet<PurposeName>,
    /// What a transfer to it rests on, and the day on which the shop last looked whether it does.
    pub tool: Option<(Tool, Day)>,
}

/// What is decided about a place on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Within the European Economic Area: no transfer to a third country.
    Inside,
    /// A decision on adequacy covers the place.
    Adequate(Decided),
    /// A decision covers some recipients of the place only.
    Limited(Decided),
    /// No decision.
    Missing,
}

/// A decision on adequacy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The decision.
    pub source: String,
    /// Its last day.
    pub until: Option<Day>,
}

/// The rule that lets a transfer happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ground {
    /// No transfer to a third country.
    Inside,
    /// A decision on adequacy.
    Adequacy(String),
    /// A tool of the shop, and the day on which it was last looked at.
    Tool(Tool, Day),
    /// The recipient is covered by a limited decision, as was last looked at on the day.
    Covered(String, Day),
}

impl fmt::Display for Ground {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inside => write!(out, "within the European Economic Area, no transfer"),
            Self::Adequacy(source) => write!(out, "adequate, GDPR Art. 45: {source}"),
            Self::Tool(tool, day) => write!(out, "{}, looked at {}", tool.words(), Date(*day)),
            Self::Covered(source, day) => {
                write!(out, "covered by {source}, GDPR Art. 45, looked at {}", Date(*day))
            }
        }
    }
}

/// Why a transfer is refused. Nothing leaves then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransferRefusal {
    /// A derogation is for one situation, and a program is a habit.
    #[error("a derogation (GDPR Art. 49) is for one situation and never for a program")]
    Derogation,
    /// No decision covers it, and no tool is declared.
    #[error(
        "no decision on adequacy covers this recipient, and no tool is declared (GDPR Art. 44)"
    )]
    NoGround,
    /// The recipient is declared as something else.
    #[error("the recipient is declared in another role")]
    OtherRole,
    /// The recipient is not declared for the purpose.
    #[error("the recipient is not declared for this purpose")]
    OtherPurpose,
    /// Nobody looked at the tool within a year.
    #[error("nobody looked within {CHECKED_DAYS_MAX} days whether the tool still holds")]
    Unchecked,
}

/// Proof that one recipient may receive data for one purpose now.
///
/// Only [`decide`] makes one. It has no `Clone`, no `Serialize` and no public field, names the rule
/// that it rests on, and dies within a minute.
#[must_use]
pub struct TransferPermit<D: Destination> {
    recipient: RecipientName,
    purpose: PurposeName,
    ground: Ground,
    minted: Timestamp,
    expires: Timestamp,
    destination: PhantomData<fn() -> D>,
}

/// Decides whether data for a purpose may go to a recipient now.
///
/// # Privacy
/// Adding no fact but a decision, a tool or a fresher look ever turns a refusal into a permit.
///
/// # Errors
/// [`TransferRefusal`].
pub fn decide<D: Destination>(
    recipient: &Recipient,
    purpose: PurposeName,
    standing: &Standing,
    now: Timestamp,
) -> Result<TransferPermit<D>, TransferRefusal> {
    if recipient.role != D::ROLE {
        return Err(TransferRefusal::OtherRole);
    }
    let ground = judge(recipient, purpose, standing, now.day())?;
    let minute = now.plus_ms(PERMIT_MS_MAX);
    let ends = last_day(&ground, standing).map(|last| last.plus(1).start());
    Ok(TransferPermit {
        recipient: recipient.name.clone(),
        purpose,
        ground,
        minted: now,
        expires: ends.map_or(minute, |ends| ends.min(minute)),
        destination: PhantomData,
    })
}

/// The same rules where only the verdict is wanted, such as a preview of what would be allowed.
///
/// # Errors
/// [`TransferRefusal`].
pub fn judge(
    recipient: &Recipient,
    purpose: PurposeName,
    standing: &Standing,
    today: Day,
) -> Result<Ground, TransferRefusal> {
    if !recipient.purposes.contains(&purpose) {
        return Err(TransferRefusal::OtherPurpose);
    }
    let limited = match standing {
        Standing::Inside => return Ok(Ground::Inside),
        Standing::Adequate(decided) => return Ok(Ground::Adequacy(decided.source.clone())),
        Standing::Limited(decided) => Some(decided),
        Standing::Missing => None,
    };
    let (tool, checked) = recipient.tool.ok_or(TransferRefusal::NoGround)?;
    let ground = match (tool, limited) {
        (Tool::Derogation, _) => return Err(TransferRefusal::Derogation),
        (Tool::Covered, None) => return Err(TransferRefusal::NoGround),
        (Tool::Covered, Some(decided)) => Ground::Covered(decided.source.clone(), checked),
        (Tool::Clauses | Tool::BindingRules | Tool::Code | Tool::Certification, _) => {
            Ground::Tool(tool, checked)
        }
    };
    // A look that is still to come is none.
    let fresh = checked <= today && today <= checked.plus(CHECKED_DAYS_MAX);
    if fresh { Ok(ground) } else { Err(TransferRefusal::Unchecked) }
}

/// The last day of what the permit rests on.
fn last_day(ground: &Ground, standing: &Standing) -> Option<Day> {
    let decided = match standing {
        Standing::Adequate(decided) | Standing::Limited(decided) => decided.until,
        Standing::Inside | Standing::Missing => None,
    };
    match ground {
        Ground::Inside => None,
        Ground::Adequacy(_) => decided,
        Ground::Tool(_, checked) => Some(checked.plus(CHECKED_DAYS_MAX)),
        Ground::Covered(_, checked) => {
            let looked = checked.plus(CHECKED_DAYS_MAX);
            Some(decided.map_or(looked, |until| until.min(looked)))
        }
    }
}

impl<D: Destination> TransferPermit<D> {
    /// Who may receive.
    pub const fn recipient(&self) -> &RecipientName {
        &self.recipient
    }

    /// The purpose.
    pub const fn purpose(&self) -> PurposeName {
        self.purpose
    }

    /// Whether it lives.
    pub fn counts_at(&self, now: Timestamp) -> bool {
        self.minted <= now && now < self.expires
    }

    /// The rule that it rests on, for the record of the transfer.
    pub const fn ground(&self) -> &Ground {
        &self.ground
    }
}

impl<D: Destination> fmt::Debug for TransferPermit<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransferPermit<{:?}>(..)", D::ROLE)
    }
}

#[cfg(test)]
mod tests;
