//! Invented sessions of a shop of any size, one at a time, from a seed: what speed and memory are
//! measured with.
//!
//! Nothing is kept but the place in the stream, so 10^8 interactions need no more memory than ten.
//! The shape is that of shops. Items are drawn by rank with a chance of one in the rank (Zipf).
//! Each belongs to a hidden topic, and most items of a session are of one topic, often the
//! favorite of its subject, so that what was seen together tells something. Half of all draws
//! follow ranks that drift: items rise, are the fashion for some days and sink. Session lengths
//! fall off geometrically, and some subjects come very often and most seldom.
//!
//! Never for judging quality: what is invented here can be guessed by construction.

use domain::id::{ItemId, Pseudonym};
use domain::time::{DAY_MS, Timestamp};

use crate::index::ClosedSession;
use crate::items::{ItemNo, Items, Traits};

/// Most items of one session.
const LENGTH_MAX: usize = 200;

/// How large the invented shop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shop {
    /// The seed of everything.
    pub seed: u64,
    /// Items of the catalog, at least 2.
    pub items: u32,
    /// Sessions of the stream.
    pub sessions: u32,
    /// Sessions that a subject has on average, at least 1.
    pub sessions_per_subject: u32,
    /// Items that a session has on average, at least 1.
    pub length: u32,
    /// Days over which the sessions are spread.
    pub days: u32,
}

impl Shop {
    /// A shop of about so many interactions, with five items in a session, four sessions of a
    /// subject, ninety days, and a catalog that grows with the root of the interactions.
    pub fn of(seed: u64, interactions: u64) -> Self {
        let root = u32::try_from(interactions.isqrt()).unwrap_or(u32::MAX);
        Self {
            seed,
            items: root.saturating_mul(30).clamp(100, 1_000_000),
            sessions: u32::try_from(interactions / 5).unwrap_or(u32::MAX),
            sessions_per_subject: 4,
            length: 5,
            days: 90,
        }
    }

    /// How many subjects there are.
    pub const fn subjects(&self) -> u32 {
        let each = if self.sessions_per_subject == 0 { 1 } else { self.sessions_per_subject };
        self.sessions.div_ceil(each)
    }

    /// The id of an item of the catalog.
    pub fn item(&self, number: u32) -> Option<ItemId> {
        let valid = number < self.items;
        ItemId::parse(&format!("item-{number:07}")).ok().filter(|_| valid)
    }

    /// The catalog as numbers, in its own order.
    pub fn catalog(&self) -> Items {
        let mut items = Items::new();
        for id in (0..self.items).filter_map(|number| self.item(number)) {
            items.declare(&id, Traits { answers: true, sensitive: false });
        }
        items
    }

    /// The pseudonym of a subject.
    pub fn subject(&self, number: u32) -> Pseudonym {
        Pseudonym::from_bytes(Random::new(self.seed ^ SUBJECT, number).name())
    }

    /// All sessions in the order of time; items by their place in the catalog.
    pub fn sessions(self) -> Sessions {
        Sessions { shop: self, next: 0 }
    }
}

const SUBJECT: u64 = 0x5ab1_ec70;
const SESSION: u64 = 0x5e55_1073;
/// Of 256 items of a session so many are of its topic.
const OF_TOPIC: u32 = 216;
/// Of 256 sessions so many are of the subject's favorite topic.
const OF_FAVORITE: u32 = 154;

/// The stream of sessions.
#[derive(Clone, Debug)]
pub struct Sessions {
    shop: Shop,
    next: u32,
}

impl Sessions {
    /// Sessions from a place of the stream on; past its end, sessions of the days after.
    pub fn skip_to(self, next: u32) -> Self {
        Self { next, ..self }
    }

    /// The shop that they are of.
    pub const fn shop(&self) -> &Shop {
        &self.shop
    }

    /// The session at a place, also past the end of the stream.
    pub fn session(&self, number: u32) -> ClosedSession {
        let shop = &self.shop;
        let mut random = Random::new(shop.seed ^ SESSION, number);
        let key = random.name();
        let subject = shop_subject(shop, &mut random);
        let span = u64::from(shop.days) * DAY_MS.unsigned_abs();
        let ms = span * u64::from(number) / u64::from(shop.sessions.max(1));
        let day = u32::try_from(ms / DAY_MS.unsigned_abs()).unwrap_or(u32::MAX);
        let first = 20_000 * DAY_MS;
        ClosedSession {
            key,
            subject: Some(shop.subject(subject)),
            at: Timestamp::from_ms(first + i64::try_from(ms).unwrap_or(0)),
            items: items(shop, subject, day, &mut random),
        }
    }
}

impl Iterator for Sessions {
    type Item = ClosedSession;

    fn next(&mut self) -> Option<ClosedSession> {
        if self.next >= self.shop.sessions {
            return None;
        }
        let session = self.session(self.next);
        self.next += 1;
        Some(session)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.shop.sessions.saturating_sub(self.next) as usize;
        (left, Some(left))
    }
}

/// Who comes: the chance falls with the cube root of the place.
fn shop_subject(shop: &Shop, random: &mut Random) -> u32 {
    let share = random.unit();
    scaled(share * share.sqrt(), shop.subjects())
}

fn items(shop: &Shop, subject: u32, day: u32, random: &mut Random) -> Vec<ItemNo> {
    // About as many topics as items of a topic.
    let topics = (shop.items.isqrt() / 2).max(1);
    let favorite = zipf(topics, Random::new(shop.seed ^ SUBJECT, subject).unit());
    let own = random.below(256) < OF_FAVORITE;
    let topic = if own { favorite } else { zipf(topics, random.unit()) };
    let mut items: Vec<ItemNo> = Vec::new();
    loop {
        let of_topic = random.below(256) < OF_TOPIC;
        let topic = if of_topic { topic } else { zipf(topics, random.unit()) };
        let mut item = drawn(shop, topics, topic, day, random);
        if items.last() == Some(&item) {
            // A neighbor instead, so that the length is what it says.
            item = ItemNo((item.number() + topics) % shop.items.max(1));
        }
        items.push(item);
        if items.len() >= LENGTH_MAX || random.below(shop.length.max(1)) == 0 {
            return items;
        }
    }
}

/// An item of a topic: every `topics`-th of the catalog, from its first on.
fn drawn(shop: &Shop, topics: u32, topic: u32, day: u32, random: &mut Random) -> ItemNo {
    let count = (shop.items.saturating_sub(topic)).div_ceil(topics).max(1);
    let rank = zipf(count, random.unit());
    // In fashion for a while: the item of a rank moves on by one each day.
    let drifted = if random.below(2) == 0 { rank } else { (rank + day) % count };
    ItemNo((topic + drifted * topics).min(shop.items.saturating_sub(1)))
}

/// A place below `count`, each with a chance of one in itself counted from 1.
fn zipf(count: u32, unit: f64) -> u32 {
    let place = libm::exp(unit * libm::log(f64::from(count) + 1.0)) - 1.0;
    scaled(place / f64::from(count.max(1)), count)
}

/// A share of `count`, rounded down, always below it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share is from 0 to 1, so the product is from 0 to a count of 32 bits"
)]
fn scaled(share: f64, count: u32) -> u32 {
    ((share * f64::from(count)) as u32).min(count.saturating_sub(1))
}

/// `SplitMix64` (Steele, Lea, Flood, OOPSLA 2014), started anew for every subject and session.
#[derive(Clone, Debug)]
struct Random(u64);

impl Random {
    fn new(seed: u64, number: u32) -> Self {
        let mut random = Self(seed ^ u64::from(number).wrapping_mul(0xd134_2543_de82_ef95));
        random.0 = random.bits();
        random
    }

    const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let state = self.0;
        let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        state ^ (state >> 31)
    }

    fn below(&mut self, count: u32) -> u32 {
        let high = (self.bits() >> 32) * u64::from(count);
        u32::try_from(high >> 32).unwrap_or(0)
    }

    /// From 0 to 1, without 1.
    fn unit(&mut self) -> f64 {
        f64::from(self.below(u32::MAX)) / f64::from(u32::MAX)
    }

    fn name(&mut self) -> [u8; 16] {
        (u128::from(self.bits()) << 64 | u128::from(self.bits())).to_be_bytes()
    }
}

#[cfg(test)]
mod tests;
