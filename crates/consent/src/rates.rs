//! How many people say yes: per purpose, place and notice, never about fewer than [`FLOOR`].
//!
//! [`Rates`] takes evidence in any order, keeps of each person and purpose the newest row, and
//! [`Rates::table`] counts. What is too small to show is added to others of its kind, and what is
//! too small even then is not shown.
//!
//! # Privacy
//! Every number of a table is about at least [`FLOOR`] people, and so is every difference of two of
//! its numbers: the parts of a whole are shown for all of it or not at all, and how many said yes
//! is a range wherever fewer than [`FLOOR`] said yes or fewer than [`FLOOR`] did not. Two tables of
//! different moments can still differ by one person.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use domain::hex;
use domain::id::Pseudonym;
use domain::time::Timestamp;
use personal::gate::ChoiceState;
use personal::purpose::PurposeName;

/// Fewest people behind any number.
pub const FLOOR: u32 = 5;
/// Characters of a notice's digest that name it in a table.
const DIGEST_CHARS: usize = 12;

/// The rank of a yes.
const GIVEN: u8 = 0;
/// Stands for a person who was never shown one.
static NO_NOTICE: Variant = Variant { digest: String::new(), language: String::new() };

/// The notice that was shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Variant {
    /// The beginning of the digest of its text; empty when none was shown.
    pub digest: String,
    /// Its language; empty when none was shown.
    pub language: String,
}

/// What a row of evidence says, as far as it is counted.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The purpose.
    pub purpose: PurposeName,
    /// How many choices of the person there were before.
    pub version: u64,
    /// When it was said.
    pub at: Timestamp,
    /// What was said.
    pub state: ChoiceState,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// Where the person was said to be; empty when nobody said.
    pub place: &'a str,
    /// The law pack that was applied: what stands for a place that nobody said.
    pub law: &'a str,
    /// SHA-256 of the notice that was shown; empty when none was.
    pub notice: &'a [u8],
    /// Its language.
    pub language: &'a str,
}

/// Newer rows are greater; of two of the same moment the more protective one.
type Order = (u64, Timestamp, u8, Reverse<Timestamp>);

/// What a person last said about a purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    newest: Order,
    law: String,
    /// The newest place that was said: what ends by itself is said by nobody.
    place: Option<(Order, String)>,
    /// The newest notice that was shown: who takes a yes back is shown none.
    shown: Option<(Order, Variant)>,
}

/// The newest choices of many people.
#[derive(Clone, Debug, Default)]
pub struct Rates {
    newest: BTreeMap<(PurposeName, Pseudonym), Said>,
}

/// People, and how many of them say yes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// People with a choice about the purpose.
    pub people: u32,
    /// At least so many of them say yes.
    pub given_min: u32,
    /// At most so many of them say yes.
    pub given_max: u32,
}

/// A part of a whole, and its own parts. Without a name it is all the others together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<K, P> {
    /// What it is about.
    pub name: Option<K>,
    /// Its numbers.
    pub cell: Cell,
    /// What it consists of; empty when that is not shown.
    pub parts: P,
}

/// The parts of one purpose: places, and the notices shown there.
pub type Places = Vec<Part<String, Vec<Part<Variant, ()>>>>;

/// One purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The purpose.
    pub purpose: PurposeName,
    /// Its numbers; none when too few people chose.
    pub cell: Option<Cell>,
    /// By place.
    pub places: Places,
}

impl Rates {
    /// Takes a row of a person, in any order.
    pub fn add(&mut self, who: Pseudonym, row: &Row<'_>) {
        let rank = match row.state {
            ChoiceState::Given => GIVEN,
            ChoiceState::Refused => 1,
            ChoiceState::Withdrawn | ChoiceState::Paused => 2,
        };
        let newest = (row.version, row.at, rank, Reverse(row.expires));
        let shown = (!row.notice.is_empty()).then(|| {
            let digest = hex::encode(row.notice).chars().take(DIGEST_CHARS).collect();
            (newest, Variant { digest, language: row.language.to_owned() })
        });
        let place = (!row.place.is_empty()).then(|| (newest, row.place.to_owned()));
        let law = row.law.to_owned();
        match self.newest.entry((row.purpose, who)) {
            Entry::Vacant(entry) => {
                entry.insert(Said { newest, law, place, shown });
            }
            Entry::Occupied(mut entry) => {
                let said = entry.get_mut();
                if (newest, &law) > (said.newest, &said.law) {
                    (said.newest, said.law) = (newest, law);
                }
                if place > said.place {
                    said.place = place;
                }
                if shown > said.shown {
                    said.shown = shown;
                }
            }
        }
    }

    /// Counts who says yes now; a yes that ran out is none.
    pub fn table(&self, now: Timestamp) -> Vec<Line> {
        let mut counted: BTreeMap<PurposeName, ByPlace<'_>> = BTreeMap::new();
        for ((purpose, _), said) in &self.newest {
            let place = said.place.as_ref().map_or(&said.law, |(_, place)| place);
            let variants = counted.entry(*purpose).or_default().entry(place).or_default();
            let variant = said.shown.as_ref().map_or(&NO_NOTICE, |(_, variant)| variant);
            let count = variants.entry(variant).or_default();
            let (_, _, rank, Reverse(expires)) = said.newest;
            count.people += 1;
            count.given += u32::from(rank == GIVEN && now < expires);
        }
        let line = |(purpose, places): (PurposeName, ByPlace<'_>)| {
            let places = by_place(&places);
            let cell = (!places.is_empty()).then(|| sum(places.iter().map(|part| part.cell)));
            Line { purpose, cell, places }
        };
        counted.into_iter().map(line).collect()
    }
}

type ByVariant<'a> = BTreeMap<&'a Variant, Count>;
type ByPlace<'a> = BTreeMap<&'a str, ByVariant<'a>>;

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    people: u32,
    given: u32,
}

impl Count {
    const fn and(self, other: Self) -> Self {
        Self { people: self.people + other.people, given: self.given + other.given }
    }

    /// What may be shown of it.
    const fn cell(self) -> Cell {
        let Self { people, given } = self;
        let (given_min, given_max) = if given < FLOOR {
            (0, if people < FLOOR { people } else { FLOOR - 1 })
        } else if people - given < FLOOR {
            (people - (FLOOR - 1), people)
        } else {
            (given, given)
        };
        Cell { people, given_min, given_max }
    }
}

/// Numbers of a whole are those of its parts together, ranges too: it says nothing more than they.
fn sum(cells: impl Iterator<Item = Cell>) -> Cell {
    cells.fold(Cell::default(), |all, one| Cell {
        people: all.people + one.people,
        given_min: all.given_min + one.given_min,
        given_max: all.given_max + one.given_max,
    })
}

fn by_place(places: &ByPlace<'_>) -> Places {
    let total = |variants: &ByVariant<'_>| {
        variants.values().fold(Count::default(), |all, one| all.and(*one))
    };
    let counts = places.iter().map(|(place, variants)| (*place, total(variants))).collect();
    let (shown, others) = enough(counts);
    let mut parts: Places = Vec::with_capacity(shown.len() + 1);
    for (place, _) in shown {
        let variants = by_variant(places.get(place).cloned().unwrap_or_default());
        let cell = sum(variants.iter().map(|part| part.cell));
        parts.push(Part { name: Some(place.to_owned()), cell, parts: variants });
    }
    parts.extend(others.map(|count| Part { name: None, cell: count.cell(), parts: Vec::new() }));
    parts
}

fn by_variant(variants: ByVariant<'_>) -> Vec<Part<Variant, ()>> {
    let (shown, others) = enough(variants.into_iter().collect());
    let named = |(variant, count): (&Variant, Count)| Part {
        name: Some(variant.clone()),
        cell: count.cell(),
        parts: (),
    };
    let others = others.map(|count| Part { name: None, cell: count.cell(), parts: () });
    shown.into_iter().map(named).chain(others).collect()
}

/// Parts with enough people, and all others together, which are enough as well or nothing at all.
fn enough<K: Ord>(mut parts: Vec<(K, Count)>) -> (Vec<(K, Count)>, Option<Count>) {
    parts.sort_by(|one, other| (other.1.people, &one.0).cmp(&(one.1.people, &other.0)));
    let mut others = Count::default();
    while let Some((_, last)) = parts.last() {
        // The smallest first, and one more when they are too few together.
        if last.people >= FLOOR && (others.people == 0 || others.people >= FLOOR) {
            break;
        }
        others = others.and(*last);
        parts.pop();
    }
    let fits = others.people >= FLOOR;
    (parts, fits.then_some(others))
}

#[cfg(test)]
mod tests;
