//! Reads packs, refuses what does not fit together, and finds the one pack of a place and a day.

use std::collections::{BTreeMap, BTreeSet};

use domain::hex;
use domain::time::Day;
use personal::gate::{Law, Regime};
use personal::purpose::LawfulBasis;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use toml::{Table, Value};

use crate::law::LawPack;
use crate::law::place::{Atlas, Place, Reach};
use crate::law::rules::Rules;
use domain::date::Date;

/// Longest id of a pack, in bytes; evidence carries it.
pub const ID_BYTES_MAX: usize = 40;
/// A person is reminded of a yes after at most so many months.
pub const REMIND_MONTHS_MAX: u32 = 13;
/// What every pack has to say of itself.
const ADVICE: &str = "not legal advice";

/// Why a file of packs cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LawError {
    /// Not TOML, or not these fields, or not of these types.
    #[error("law pack {pack}: {why}")]
    Malformed {
        /// Id of the pack as far as it is known.
        pack: String,
        /// What the reader says.
        why: String,
    },
    /// A pack that contradicts itself.
    #[error("law pack {pack} {why}")]
    Unsound {
        /// Id of the pack.
        pack: String,
        /// What is wrong.
        why: &'static str,
    },
    /// Two packs of one id.
    #[error("law pack {0} is there twice")]
    Twice(String),
    /// An id that another text has or had: evidence names it.
    #[error("law pack {0} was another text before: a change needs an id of its own")]
    Changed(String),
    /// Two packs claim one place on one day, or nobody claims a day between two packs.
    #[error("law packs {first} and {second} overlap or leave a hole at {place}")]
    Days {
        /// The place.
        place: Place,
        /// The earlier pack.
        first: String,
        /// The later pack.
        second: String,
    },
    /// The last pack of a place ends, and nothing follows it.
    #[error("law pack {0} ends, and no pack follows it")]
    Ends(String),
    /// No pack for everywhere else.
    #[error("no law pack counts for * from 1970-01-01 on")]
    NoStrictest,
}

/// Whether a pack counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It counts on its days.
    InForce,
    /// It is never applied; it can be read and compared.
    Proposed,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    id: String,
    name: String,
    places: BTreeSet<Place>,
    valid_from: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_to: Option<Date>,
    status: Status,
    verified_on: Date,
    advice: String,
    source: String,
    rules: Rules,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    family: Table,
    pack: Vec<Table>,
}

/// Reads the packs of one file: each `[[pack]]` over the `[family]` of the file. The ids live as
/// long as the program.
///
/// # Errors
/// [`LawError`]: malformed, or a pack that contradicts itself.
pub fn read(text: &str) -> Result<Vec<LawPack>, LawError> {
    let malformed = |pack: &str, error: &toml::de::Error| LawError::Malformed {
        pack: pack.to_owned(),
        why: error.to_string(),
    };
    let file: File = toml::from_str(text).map_err(|error| malformed("file", &error))?;
    let mut packs = Vec::with_capacity(file.pack.len());
    for own in file.pack {
        let id = own.get("id").and_then(Value::as_str).unwrap_or("without an id").to_owned();
        let whole = over(&file.family, own);
        let body: Body = whole.try_into().map_err(|error| malformed(&id, &error))?;
        packs.push(pack(body)?);
    }
    Ok(packs)
}

/// The family's table with the pack's own entries over it, table by table.
fn over(family: &Table, own: Table) -> Table {
    let mut whole = family.clone();
    for (key, value) in own {
        let merged = match (whole.remove(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => Value::Table(over(&below, above)),
            (_, value) => value,
        };
        whole.insert(key, merged);
    }
    whole
}

fn pack(body: Body) -> Result<LawPack, LawError> {
    let unsound = |why| LawError::Unsound { pack: body.id.clone(), why };
    let plain = body.id.bytes().all(|b| b == b'-' || b.is_ascii_alphanumeric());
    if !plain || !(1..=ID_BYTES_MAX).contains(&body.id.len()) {
        return Err(unsound("needs an id of 1 to 40 letters, digits and dashes"));
    }
    if body.places.is_empty() || body.name.is_empty() || body.source.is_empty() {
        return Err(unsound("needs places, a name and a source"));
    }
    if body.advice != ADVICE {
        return Err(unsound("has to say advice = \"not legal advice\""));
    }
    if body.valid_to.is_some_and(|last| last < body.valid_from) {
        return Err(unsound("ends before it begins"));
    }
    let rules = &body.rules;
    let remind_hours_max = REMIND_MONTHS_MAX * 30 * 24;
    if rules.remind.as_ref().is_some_and(|rule| rule.value.rough_hours() > remind_hours_max) {
        return Err(unsound("reminds later than after 13 months"));
    }
    if rules.by_purpose.keys().any(|purpose| purpose.basis() != LawfulBasis::Consent) {
        return Err(unsound("has a regime for a purpose that does not rest on consent"));
    }
    if rules.sources().any(str::is_empty) {
        return Err(unsound("has a rule without a source"));
    }
    let canonical = serde_json::to_vec(&body).map_err(|_| unsound("has no canonical bytes"))?;
    let mut hasher = Sha256::new_with_prefix(b"confidant law pack 1\n");
    hasher.update(&canonical);
    Ok(LawPack {
        id: String::leak(body.id),
        place: body.name,
        places: body.places,
        valid_from: body.valid_from.0,
        valid_to: body.valid_to.map(|last| last.0),
        status: body.status,
        verified_on: body.verified_on.0,
        law: strictest_of(&body.rules),
        source: body.source,
        digest: hex::encode(&hasher.finalize()),
        rules: body.rules,
    })
}

/// One law for every purpose: opt-in as soon as one purpose is, so that who asks for no purpose
/// gets the protective answer.
fn strictest_of(rules: &Rules) -> Law {
    let regimes = rules.by_purpose.values().chain([&rules.regime]);
    let opt_in = regimes.into_iter().any(|rule| rule.value == Regime::OptIn);
    Law {
        regime: if opt_in { Regime::OptIn } else { Regime::OptOut },
        choice_outranks_signal: rules.choice_outranks_signal.value,
        child_directed: false,
    }
}

/// Packs that fit together, with the atlas of places.
#[derive(Clone, Debug)]
pub struct Shelf {
    packs: Vec<LawPack>,
    /// For each place that packs name, the numbers of those in force, by first day.
    by_place: BTreeMap<Place, Vec<usize>>,
    atlas: Atlas,
}

impl Shelf {
    /// Puts packs together.
    ///
    /// # Errors
    /// [`LawError`]: ids twice, days claimed twice or by nobody, or no strictest pack.
    pub fn new(packs: Vec<LawPack>, atlas: Atlas) -> Result<Self, LawError> {
        let mut ids = BTreeSet::new();
        let mut by_place: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
        for (number, pack) in packs.iter().enumerate() {
            if !ids.insert(pack.id) {
                return Err(LawError::Twice(pack.id.to_owned()));
            }
            if pack.status == Status::InForce {
                for place in &pack.places {
                    by_place.entry(atlas.canonical(place)).or_default().push(number);
                }
            }
        }
        for (place, numbers) in &mut by_place {
            numbers.sort_by_key(|&number| packs.get(number).map(|pack| pack.valid_from));
            let row: Vec<_> = numbers.iter().filter_map(|&number| packs.get(number)).collect();
            gapless(place, &row)?;
        }
        let shelf = Self { packs, by_place, atlas };
        match shelf.on(&Place::anywhere(), Day::from_number(0)) {
            Some(_) => Ok(shelf),
            None => Err(LawError::NoStrictest),
        }
    }

    /// Every pack, in the order of the files.
    pub fn packs(&self) -> &[LawPack] {
        &self.packs
    }

    /// The groups of places.
    pub const fn atlas(&self) -> &Atlas {
        &self.atlas
    }

    /// The pack of an id or of a digest (64 hexadecimal characters), also one that no longer
    /// counts: what a past decision was made under.
    pub fn named(&self, name: &str) -> Option<&LawPack> {
        self.packs.iter().find(|pack| pack.id == name || pack.digest == name)
    }

    /// The one pack that counts for a place on a day, and why; `None` is an unknown place.
    ///
    /// # Privacy
    /// What no pack names is under the strictest one.
    pub fn find(&self, place: Option<&Place>, day: Day) -> Option<(&LawPack, Reach)> {
        let names = place.map(|place| self.atlas.names(place, day)).unwrap_or_default();
        let mut known = names.into_iter().filter_map(|(name, reach)| {
            let pack = self.on(&name, day)?;
            Some((pack, if name == Place::anywhere() { Reach::Anywhere } else { reach }))
        });
        known.next().or_else(|| Some((self.strictest(day)?, Reach::Anywhere)))
    }

    /// The pack for everywhere else.
    pub fn strictest(&self, day: Day) -> Option<&LawPack> {
        self.on(&Place::anywhere(), day)
    }

    /// The pack that names exactly this place, under its first name, on a day.
    pub fn on(&self, place: &Place, day: Day) -> Option<&LawPack> {
        let numbers = self.by_place.get(place)?;
        let mut packs = numbers.iter().filter_map(|&number| self.packs.get(number));
        packs.find(|pack| pack.counts_on(day))
    }
}

/// Each pack begins on the day after the one before it ends, and the last one does not end.
fn gapless(place: &Place, row: &[&LawPack]) -> Result<(), LawError> {
    for (first, second) in row.iter().zip(row.iter().skip(1)) {
        if first.valid_to.map(|last| last.plus(1)) != Some(second.valid_from) {
            return Err(LawError::Days {
                place: place.clone(),
                first: first.id.to_owned(),
                second: second.id.to_owned(),
            });
        }
    }
    match row.last() {
        Some(last) if last.valid_to.is_some() => Err(LawError::Ends(last.id.to_owned())),
        Some(_) | None => Ok(()),
    }
}
