//! The seeded world: people who visit, consent, withdraw, vanish and come back, a catalog that
//! changes, servers that crash, and time.
//!
//! [`World::from_seed`] is a pure function from a number to steps; [`book`] is the trivially
//! correct model beside it: plain lists of who allowed what since when, what must be in whose
//! history, and which closed visits may teach. A driver plays the steps against the real thing
//! and compares after every step. Every person carries a marker, a text that must never be found
//! where the person is not allowed to be found.

use std::collections::BTreeSet;

use domain::event::Action;
use domain::time::{DAY_MS, Timestamp};

use crate::random::Random;

pub mod book;

/// The instant at which every world begins: 2026-01-05T08:00:00Z.
pub const START: Timestamp = Timestamp::from_ms(1_767_600_000_000);
const MINUTE_MS: i64 = 60_000;
/// Items of the shop; the last ones enter the catalog late.
pub const ITEMS: usize = 16;
const KNOWN_AT_FIRST: usize = 12;
const PEOPLE: usize = 12;
const CUSTOMERS: usize = 7;
/// How many of the newest messages may be sent again.
const REPLAYED_MAX: usize = 60;

/// One person of the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The text that betrays the person.
    pub marker: String,
    /// The random id, for those who come without an account.
    pub browser: Option<[u8; 16]>,
}

/// What one event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// Something was done with items.
    Items(Action, Vec<String>),
    /// The person likes these categories.
    Likes(Vec<String>),
}

/// One event as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Index of the person.
    pub who: usize,
    /// Number of the message; the same one again is a replay.
    pub message: u64,
    /// When it happened, on the sender's clock.
    pub happened: Timestamp,
    /// When it was first sent, on the sender's clock. A replay carries the same bytes.
    pub sent: Timestamp,
    /// What it says.
    pub says: Says,
    /// Whether the shop's own server says it.
    pub by_shop: bool,
    /// Whether the request carries Global Privacy Control.
    pub gpc: bool,
}

/// A choice in the privacy center.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choosing {
    /// Index of the person.
    pub who: usize,
    /// Yes or no to one's own history; `None` leaves it.
    pub history: Option<bool>,
    /// Yes or no to teaching the shop's models; `None` leaves it.
    pub teaching: Option<bool>,
    /// Whether the request carries Global Privacy Control.
    pub gpc: bool,
    /// Whether the person was told of the signal and outranks it.
    pub acknowledged: bool,
    /// For how many days a yes counts.
    pub days: u32,
}

/// How an item stands in the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can be bought.
    Sold,
    /// It is sold out.
    OutOfStock,
    /// It says something about health, faith or love.
    Sensitive,
}

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Events that come in together.
    Tell(Vec<Told>),
    /// A person chooses.
    Choose(Choosing),
    /// A person asks to be erased.
    Erase(usize),
    /// A person lets all data rest, or ends that (GDPR Art. 18).
    Rest(usize),
    /// A person corrects one of the things that are kept: the one at a place, counted on from the
    /// first one when it is reached (GDPR Art. 16).
    Correct(usize, usize),
    /// An item enters the catalog or changes.
    Put(String, Standing),
    /// An item leaves the catalog.
    Delete(String),
    /// Nothing but time.
    Wait,
    /// The machine stops between two instructions; what was acknowledged is on the disk.
    Crash,
    /// The server stops in order and starts again.
    Restart,
}

/// A step and its instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Now.
    pub now: Timestamp,
    /// What happens.
    pub step: Step,
}

/// A whole run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    /// The number that it was made from.
    pub seed: u64,
    /// Whether the law asks for a yes (else everything is allowed until a no).
    pub opt_in: bool,
    /// Everybody.
    pub people: Vec<Person>,
    /// What happens, in order.
    pub moments: Vec<Moment>,
}

impl World {
    /// The world of a number, with so many steps.
    pub fn from_seed(seed: u64, steps: usize) -> Self {
        let mut random = Random::from_seed(seed).fork("people");
        let people = (0..PEOPLE).map(|number| person(number, &mut random)).collect();
        let mut maker = Maker {
            random: Random::from_seed(seed).fork("steps"),
            now: START,
            told: Vec::new(),
            taken: BTreeSet::new(),
            ever_sensitive: BTreeSet::new(),
        };
        let mut moments: Vec<Moment> = (0..KNOWN_AT_FIRST)
            .map(|number| Moment { now: START, step: Step::Put(item(number), Standing::Sold) })
            .collect();
        while moments.len() < steps {
            let step = maker.step();
            moments.push(Moment { now: maker.now, step });
        }
        Self { seed, opt_in: !seed.is_multiple_of(3), people, moments }
    }

    /// The same world in which one person never was.
    #[must_use]
    pub fn without(&self, who: usize) -> Self {
        let mut twin = self.clone();
        for moment in &mut twin.moments {
            let met = match &mut moment.step {
                Step::Tell(told) => {
                    told.retain(|one| one.who != who);
                    false
                }
                Step::Choose(choosing) => choosing.who == who,
                Step::Erase(one) | Step::Rest(one) | Step::Correct(one, _) => *one == who,
                Step::Put(..) | Step::Delete(_) | Step::Wait | Step::Crash | Step::Restart => false,
            };
            if met {
                moment.step = Step::Tell(Vec::new()); // others are met while time goes by
            }
        }
        twin
    }
}

fn person(number: usize, random: &mut Random) -> Person {
    let marker = format!("Zeuge{number}x{:012x}", random.bits() >> 16);
    let mut bytes = [0; 16];
    for half in bytes.chunks_mut(8) {
        half.copy_from_slice(&random.bits().to_le_bytes());
    }
    Person { marker, browser: (number >= CUSTOMERS).then_some(bytes) }
}

/// The id of an item.
pub fn item(number: usize) -> String {
    format!("item-{number:02}")
}

struct Maker {
    random: Random,
    now: Timestamp,
    told: Vec<Told>,
    taken: BTreeSet<Timestamp>,
    ever_sensitive: BTreeSet<String>,
}

impl Maker {
    fn step(&mut self) -> Step {
        self.now = self.now.plus_ms(i64::from(self.random.between(500, 4_000)));
        let kinds = [70, 34, 14, 8, 6, 12, 4, 36, 6, 5, 5, 14, 10];
        match self.random.pick_weighted(&kinds).unwrap_or_default() {
            0 => self.visit(),
            1 => self.choose(),
            2 => self.late(),
            3 => self.replay(),
            4 => Step::Erase(self.who()),
            5 => self.put(),
            6 => Step::Delete(self.item()),
            7 => self.wait(),
            8 => self.likes(),
            9 => Step::Crash,
            10 => Step::Restart,
            11 => Step::Rest(self.who()),
            _ => Step::Correct(self.who(), self.random.below(64) as usize),
        }
    }

    fn who(&mut self) -> usize {
        self.random.below(u32::try_from(PEOPLE).unwrap_or(1)) as usize
    }

    fn item(&mut self) -> String {
        // The square makes some items popular.
        let items = u32::try_from(ITEMS).unwrap_or(1);
        let (a, b) = (self.random.below(items), self.random.below(items));
        item(a.min(b) as usize)
    }

    /// A minute or a month goes by.
    fn wait(&mut self) -> Step {
        let minutes = [4, 12, 29, 31, 45, 300, 1_440, 4_000, 30_000, 60_000];
        let kinds = [6, 6, 4, 8, 8, 6, 6, 4, 2, 1];
        let kind = self.random.pick_weighted(&kinds).unwrap_or_default();
        let minutes = minutes.get(kind).copied().unwrap_or(1);
        self.now = self.now.plus_ms(minutes * MINUTE_MS);
        Step::Wait
    }

    fn visit(&mut self) -> Step {
        let who = self.who();
        let count = self.random.between(1, 6);
        let by_shop = self.random.chance(1, 3);
        let gpc = self.random.chance(1, 14);
        self.now = self.now.plus_ms(i64::from(count) * MINUTE_MS);
        let mut told = Vec::new();
        for place in 0..count {
            let back = i64::from(count - place) * MINUTE_MS - 1_000;
            let says = self.items(by_shop);
            told.push(self.tell(who, self.now.plus_ms(-back), says));
        }
        for one in &mut told {
            (one.by_shop, one.gpc) = (by_shop, gpc);
        }
        self.remember(&told);
        Step::Tell(told)
    }

    fn items(&mut self, by_shop: bool) -> Says {
        if by_shop && self.random.chance(2, 3) {
            let items: BTreeSet<String> = (0..3).map(|_| self.item()).collect();
            return Says::Items(Action::Purchase, items.into_iter().collect());
        }
        let actions = [
            Action::View,
            Action::AddToCart,
            Action::RemoveFromCart,
            Action::AddToWishlist,
            Action::Purchase,
        ];
        let kind = self.random.pick_weighted(&[70, 14, 6, 6, 4]).unwrap_or_default();
        let action = actions.get(kind).copied().unwrap_or(Action::View);
        Says::Items(action, vec![self.item()])
    }

    /// Something that happened within the last day, often beside another thing of that person.
    fn late(&mut self) -> Step {
        let beside = self.told.len().checked_sub(1).map(|last| {
            let back = self.random.below(30) as usize;
            last.saturating_sub(back)
        });
        let before = beside.and_then(|place| self.told.get(place)).cloned();
        let oldest = self.now.plus_ms(MINUTE_MS - DAY_MS);
        let apart = i64::from(self.random.between(0, 80)) - 40;
        let near = before.as_ref().map(|one| one.happened.plus_ms(apart * MINUTE_MS));
        let happened = near.filter(|at| (oldest..self.now).contains(at)).unwrap_or_else(|| {
            let minutes = i64::from(self.random.between(1, 1_400));
            self.now.plus_ms(-minutes * MINUTE_MS)
        });
        let who = before.map_or_else(|| self.who(), |one| one.who);
        let says = self.items(false);
        let mut told = self.tell(who, happened, says);
        told.by_shop = self.random.chance(1, 6);
        let told = vec![told];
        self.remember(&told);
        Step::Tell(told)
    }

    /// Bytes that came in before come in again.
    fn replay(&mut self) -> Step {
        let fresh = self.told.len().saturating_sub(REPLAYED_MAX);
        let recent = self.told.get(fresh..).unwrap_or_default();
        let again = self.random.pick(recent).cloned();
        Step::Tell(again.into_iter().filter(|told| self.may_replay(told)).collect())
    }

    /// Messages are remembered for a week. A server that lost an item's rows to the catalog does
    /// not know those messages any more.
    fn may_replay(&self, told: &Told) -> bool {
        if self.now.ms_since(told.sent) > 6 * DAY_MS {
            return false;
        }
        let Says::Items(_, items) = &told.says else { return false };
        items.iter().all(|item| !self.ever_sensitive.contains(item))
    }

    fn likes(&mut self) -> Step {
        let who = self.who();
        let kinds = ["Women", "Women/Dresses", "Men", "Men/Shirts", "Shoes"];
        let count = self.random.below(3);
        let likes: BTreeSet<&str> =
            (0..count).filter_map(|_| self.random.pick(&kinds)).copied().collect();
        let likes = likes.into_iter().map(str::to_owned).collect();
        let told = self.tell(who, self.now, Says::Likes(likes));
        Step::Tell(vec![told])
    }

    fn tell(&mut self, who: usize, happened: Timestamp, says: Says) -> Told {
        let mut happened = happened.min(self.now);
        while !self.taken.insert(happened) {
            happened = happened.plus_ms(-1);
        }
        let message = self.random.bits();
        Told { who, message, happened, sent: self.now, says, by_shop: false, gpc: false }
    }

    fn remember(&mut self, told: &[Told]) {
        self.told.extend_from_slice(told);
    }

    fn choose(&mut self) -> Step {
        let who = self.who();
        let kind = self.random.below(10);
        let (history, teaching) = match kind {
            0..=5 => (Some(true), Some(true)),
            6 => (Some(true), None),
            7 => (None, Some(true)),
            8 => (Some(self.random.chance(1, 3)), None),
            _ => (None, Some(self.random.chance(1, 3))),
        };
        let gpc = self.random.chance(1, 8);
        let acknowledged = self.random.chance(1, 2);
        let days = if self.random.chance(1, 4) { self.random.between(1, 40) } else { 395 };
        Step::Choose(Choosing { who, history, teaching, gpc, acknowledged, days })
    }

    fn put(&mut self) -> Step {
        let kind = self.random.pick_weighted(&[8, 3, 2]).unwrap_or_default();
        let standings = [Standing::Sold, Standing::OutOfStock, Standing::Sensitive];
        let standing = standings.get(kind).copied().unwrap_or(Standing::Sold);
        let item = self.item();
        if standing == Standing::Sensitive {
            self.ever_sensitive.insert(item.clone());
        }
        Step::Put(item, standing)
    }
}

#[cfg(test)]
mod tests;
