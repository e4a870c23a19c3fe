//! Dated law packs: what a missing choice means where, since when, and by which article.
//!
//! A pack is data (`packs/*.toml`) with a source for each rule, and [`NOT_LEGAL_ADVICE`]. It is
//! read once ([`shelf`]), and refused when packs overlap, leave a day out or have no source. For
//! each place and day exactly one pack counts ([`law_for`]); a pack that no longer counts stays
//! readable by its id or digest ([`named`]), so that a past decision can be made again.
//! A shop may lay packs of its own over them ([`laws`]); a pack that comes into force can end a yes
//! that was given before it ([`course`]). [`explain`] says in words what counts and why, [`diff`] what another pack would change, and
//! [`transfer`] where data may go.
//!
//! What this must never do: guess. A place without a pack, a pack that cannot be read and a rule
//! that a pack leaves out follow the strictest pack.

pub mod course;
pub mod diff;
pub mod explain;
pub mod laws;
pub mod place;
pub mod rules;
pub mod shelf;
pub mod transfer;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::LazyLock;

use domain::time::Day;
use personal::gate::{Law, Regime};
use personal::purpose::{LawfulBasis, PurposeName};

use crate::law::place::{Atlas, Place, Reach};
use crate::law::rules::{Children, Deadline, Period, Rule, Rules, Sensitive};
use crate::law::shelf::{LawError, Shelf, Status};

/// The sentence that stands beside every pack.
pub const NOT_LEGAL_ADVICE: &str =
    "A law pack is a dated reading of public sources by engineers. It is not legal advice.";

/// The files that are part of the program.
pub const FILES: [&str; 7] = [
    include_str!("../packs/eu.toml"),
    include_str!("../packs/uk.toml"),
    include_str!("../packs/ch.toml"),
    include_str!("../packs/br.toml"),
    include_str!("../packs/us-california.toml"),
    include_str!("../packs/us-states.toml"),
    include_str!("../packs/strictest.toml"),
];

/// The groups of places that are part of the program.
pub const PLACES: &str = include_str!("../packs/places.toml");

/// One dated reading of the law of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LawPack {
    /// Name of the pack as evidence records it.
    pub id: &'static str,
    /// The place in plain words.
    pub place: String,
    /// The places that it names.
    pub places: BTreeSet<Place>,
    /// The first day on which it counts.
    pub valid_from: Day,
    /// The last day on which it counts.
    pub valid_to: Option<Day>,
    /// Whether it counts at all.
    pub status: Status,
    /// The day on which its sources were last looked at.
    pub verified_on: Day,
    /// What the gate takes when one law has to do for every purpose: the strictest of them.
    pub law: Law,
    /// The articles that it reads.
    pub source: String,
    /// SHA-256 of the pack's canonical bytes, in hexadecimal.
    pub digest: String,
    /// What it says.
    pub rules: Rules,
}

impl LawPack {
    /// Whether the pack counts on a day.
    pub fn counts_on(&self, day: Day) -> bool {
        self.status == Status::InForce
            && self.valid_from <= day
            && self.valid_to.is_none_or(|last| day <= last)
    }

    /// The rule on what a missing choice means for a purpose that rests on consent.
    pub fn regime(&self, purpose: PurposeName) -> &Rule<Regime> {
        self.rules.by_purpose.get(&purpose).unwrap_or(&self.rules.regime)
    }

    /// What the gate takes for one purpose.
    pub fn law_of(&self, purpose: PurposeName) -> Law {
        Law { regime: self.regime(purpose).value, ..self.law }
    }

    /// Whether a yes that was given under another pack still counts where this one is in force.
    pub fn keeps_yes_of(&self, before: &Self, purpose: PurposeName) -> bool {
        if self.digest == before.digest || purpose.basis() != LawfulBasis::Consent {
            return true;
        }
        let regime = |pack: &Self| pack.regime(purpose).value;
        match &self.rules.earlier_yes {
            Some(rule) => rule.value,
            // Where silence was a yes, a yes was never asked for as this law wants it.
            None => (regime(before), regime(self)) != (Regime::OptOut, Regime::OptIn),
        }
    }

    /// Whether Global Privacy Control has to be honored on a day.
    pub fn honors_gpc(&self, day: Day) -> bool {
        self.rules.gpc.as_ref().is_some_and(|rule| rule.value.0 <= day)
    }

    /// How long a refusal rests before anybody may ask again; the strictest where this is silent.
    pub fn ask_again(&self) -> Option<&Rule<Period>> {
        self.rules.ask_again.as_ref().or_else(|| silent()?.rules.ask_again.as_ref())
    }

    /// After how long a person is reminded of a yes; the strictest where this is silent.
    pub fn remind(&self) -> Option<&Rule<Period>> {
        self.rules.remind.as_ref().or_else(|| silent()?.rules.remind.as_ref())
    }

    /// How long something may take; the strictest where this is silent. `None` for an extension
    /// means that there is none.
    pub fn deadline(&self, deadline: Deadline) -> Option<&Rule<Period>> {
        let own = self.rules.deadlines.get(&deadline);
        own.or_else(|| silent()?.rules.deadlines.get(&deadline))
    }

    /// Whether the time for an answer stands still while it is the person's turn. Silence is a no:
    /// the earlier deadline is right everywhere.
    pub fn waits_stop(&self) -> bool {
        self.rules.waits_stop.as_ref().is_some_and(|rule| rule.value)
    }

    /// Whether a time that would end on a day off ends with the next working day. Silence is a no.
    pub fn ends_on_working_day(&self) -> bool {
        self.rules.ends_on_working_day.as_ref().is_some_and(|rule| rule.value)
    }

    /// The ages of children; the strictest where this is silent.
    pub fn children(&self) -> Option<&Rule<Children>> {
        self.rules.children.as_ref().or_else(|| silent()?.rules.children.as_ref())
    }

    /// Below which age a parent decides for a child in a country of the pack.
    pub fn parent_below(&self, country: &Place) -> Option<u8> {
        self.children().map(|rule| rule.value.parent_below(country))
    }

    /// What sensitive data needs; the strictest where this is silent.
    pub fn sensitive(&self) -> Option<&Rule<Sensitive>> {
        self.rules.sensitive.as_ref().or_else(|| silent()?.rules.sensitive.as_ref())
    }

    /// The first day on which a person who refused may be asked again. `None` is never.
    pub fn may_ask_again(&self, refused: Day) -> Option<Day> {
        self.ask_again().and_then(|rule| rule.value.after(refused))
    }

    /// The first day on which a person is to be reminded of a yes.
    pub fn remind_from(&self, given: Day) -> Option<Day> {
        self.remind().and_then(|rule| rule.value.after(given))
    }
}

/// The pack that speaks where another one is silent.
fn silent() -> Option<&'static LawPack> {
    SHELF.as_ref().ok()?.strictest(Day::from_number(0))
}

/// The shelf of the program. A test holds that it can be read; if it could not, everything is
/// under [`STRICTEST`].
static SHELF: LazyLock<Result<Shelf, LawError>> = LazyLock::new(|| shelf_of(&FILES));

/// What counts when no pack can be read: opt-in, and signals always win.
static STRICTEST: LazyLock<LawPack> = LazyLock::new(|| {
    fn own<T>(value: T) -> Rule<T> {
        let source = "own rule: missing means denied".to_owned();
        Rule { value, source, verified: true, note: None }
    }
    LawPack {
        id: "strictest-0",
        place: "anywhere".to_owned(),
        places: BTreeSet::from([Place::anywhere()]),
        valid_from: Day::from_number(0),
        valid_to: None,
        status: Status::InForce,
        verified_on: Day::from_number(0),
        law: Law::STRICTEST,
        source: "no law pack could be read".to_owned(),
        digest: String::new(),
        rules: Rules {
            regime: own(Regime::OptIn),
            by_purpose: BTreeMap::new(),
            choice_outranks_signal: own(false),
            earlier_yes: None,
            gpc: None,
            show_honored: None,
            sensitive: None,
            children: None,
            ask_again: None,
            remind: None,
            deadlines: BTreeMap::new(),
            waits_stop: None,
            ends_on_working_day: None,
        },
    }
});

/// Every pack of the program, past ones and proposals too; evidence may name any of them.
pub static PACKS: Packs = Packs;

/// Stands for the packs of the program, which are read when they are first asked for.
#[derive(Clone, Copy, Debug)]
pub struct Packs;

impl Deref for Packs {
    type Target = [LawPack];

    fn deref(&self) -> &[LawPack] {
        SHELF.as_ref().map(Shelf::packs).unwrap_or_default()
    }
}

/// Reads files of packs and puts them together.
///
/// # Errors
/// [`LawError`].
pub fn shelf_of(files: &[&str]) -> Result<Shelf, LawError> {
    let places = |error: toml::de::Error| LawError::Malformed {
        pack: "places".to_owned(),
        why: error.to_string(),
    };
    let atlas = Atlas::read(PLACES).map_err(places)?;
    let mut packs = Vec::new();
    for file in files {
        packs.extend(shelf::read(file)?);
    }
    Shelf::new(packs, atlas)
}

/// The shelf of the program.
///
/// # Errors
/// [`LawError`] when the files of the program contradict each other.
pub fn shipped() -> Result<&'static Shelf, &'static LawError> {
    SHELF.as_ref()
}

/// The pack of an id or digest that evidence names, whether or not it still counts.
pub fn named(name: &str) -> Option<&'static LawPack> {
    SHELF.as_ref().ok()?.named(name)
}

/// The pack that counts where nothing is known.
pub fn strictest() -> &'static LawPack {
    silent().unwrap_or(&STRICTEST)
}

/// The pack for a jurisdiction (ISO 3166-1 alpha-2 such as `DE`, or ISO 3166-2 such as `US-CA`)
/// on a day. Case does not matter; before its first day a pack does not count.
///
/// # Privacy
/// What is not known is under the strictest pack.
pub fn law_for(jurisdiction: Option<&str>, day: Day) -> &'static LawPack {
    find(jurisdiction, day).0
}

/// The pack for a jurisdiction on a day, and why it is that one.
pub fn find(jurisdiction: Option<&str>, day: Day) -> (&'static LawPack, Reach) {
    let place = jurisdiction.and_then(|text| Place::parse(text).ok());
    let found = SHELF.as_ref().ok().and_then(|shelf| shelf.find(place.as_ref(), day));
    found.unwrap_or_else(|| (&STRICTEST, Reach::Anywhere))
}

#[cfg(test)]
mod tests;
