//! A list whose items are not all alike: maximal marginal relevance, in integers.
//!
//! Carbonell and Goldstein (SIGIR 1998): each next item is the one with the greatest
//! `(1 - lambda) * relevance - lambda * likeness to the items that stand already`. Relevance is
//! the standing, in millionths of the best one; likeness is the share of catalog words that two
//! items have in common (Jaccard), in thousandths. Ties go to the item that stood before. A quota
//! holds how many items of one category or brand a page may have; an item over quota waits, and
//! comes back when nothing else is left.
//!
//! What diversity costs is measured with [`intra_list_per_mille`] beside the hit rate.

use std::collections::BTreeMap;

use domain::catalog::Item;
use serde::{Deserialize, Serialize};

/// How unlike the items of a page are made to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Diversity {
    /// Weight of unlikeness against relevance, in thousandths: 0 is off, at most 1,000.
    pub lambda_per_mille: u32,
    /// Most items of one category on a page; 0 is no quota.
    pub category_max: u16,
    /// Most items of one brand on a page; 0 is no quota.
    pub brand_max: u16,
}

impl Diversity {
    /// Whether it leaves every list as it is.
    pub fn is_off(&self) -> bool {
        *self == Self::default()
    }

    /// Says what is wrong with it.
    ///
    /// # Errors
    /// One sentence.
    pub const fn check(&self) -> Result<(), &'static str> {
        if self.lambda_per_mille > 1_000 {
            return Err("diversity.lambda_per_mille is 0 to 1000");
        }
        Ok(())
    }
}

/// The catalog words of one item, as sorted numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features(Vec<u64>);

impl Features {
    /// The words of a catalog entry: each level of each category, brand, attributes and the words
    /// of the title.
    pub fn of(item: &Item) -> Self {
        let mut words = Vec::with_capacity(24);
        for category in &item.categories {
            let mut path = Word::new(b'c');
            for part in category.split(['/', '>']) {
                path = path.text(part.trim());
                words.push(path.0);
            }
        }
        if let Some(brand) = &item.brand {
            words.push(Word::new(b'b').text(brand).0);
        }
        for (name, value) in &item.attributes {
            words.push(Word::new(b'a').text(name).text(value).0);
        }
        for word in item.title.split(|c: char| !c.is_alphanumeric()) {
            // Shorter ones are articles and sizes more often than not.
            if word.chars().count() >= 3 {
                words.push(Word::new(b't').text(&word.to_lowercase()).0);
            }
        }
        words.sort_unstable();
        words.dedup();
        Self(words)
    }

    /// The share of words that two items have in common, in thousandths of all words of both.
    pub fn likeness_per_mille(&self, other: &Self) -> u32 {
        let (mut mine, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut common = 0_u32;
        let mut all = 0_u32;
        loop {
            match (mine.peek(), theirs.peek()) {
                (None, None) => break,
                (Some(one), Some(two)) if one == two => {
                    common += 1;
                    mine.next();
                    theirs.next();
                }
                (Some(one), Some(two)) if one > two => {
                    theirs.next();
                }
                (Some(_), _) => {
                    mine.next();
                }
                (None, Some(_)) => {
                    theirs.next();
                }
            }
            all += 1;
        }
        common * 1_000 / all.max(1)
    }
}

/// FNV-1a over texts, each behind a byte that no text begins with.
#[derive(Clone, Copy)]
struct Word(u64);

impl Word {
    const fn new(kind: u8) -> Self {
        Self(0xcbf2_9ce4_8422_2325).byte(kind)
    }

    const fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3))
    }

    fn text(self, text: &str) -> Self {
        text.bytes().fold(self.byte(0xff), Self::byte)
    }
}

/// Orders candidates, best first, so that each next one is relevant and unlike those before it;
/// gives at most `count` places of `standings`, which come best first.
///
/// With a `lambda_per_mille` of 0 the order stays as it is.
pub fn diversify(
    standings: &[u64],
    likeness_per_mille: impl Fn(usize, usize) -> u32,
    lambda_per_mille: u32,
    count: usize,
) -> Vec<usize> {
    let count = count.min(standings.len());
    let lambda = i64::from(lambda_per_mille.min(1_000));
    if lambda == 0 {
        return (0..count).collect();
    }
    let best = standings.iter().copied().max().unwrap_or(0).max(1);
    let mut open: Vec<Open> = (0..)
        .zip(standings)
        .map(|(at, standing)| {
            let millionths = u128::from(*standing) * 1_000_000 / u128::from(best);
            Open { at, relevance: i64::try_from(millionths).unwrap_or(1_000_000), likest: 0 }
        })
        .collect();
    let mut chosen = Vec::with_capacity(count);
    while chosen.len() < count {
        let value =
            |one: &Open| (1_000 - lambda) * one.relevance - lambda * 1_000 * i64::from(one.likest);
        let better = |(_, one): &(usize, &Open), (_, two): &(usize, &Open)| {
            value(one).cmp(&value(two)).then(two.at.cmp(&one.at))
        };
        let Some((place, _)) = open.iter().enumerate().max_by(better) else { break };
        let next = open.swap_remove(place);
        for one in &mut open {
            one.likest = one.likest.max(likeness_per_mille(next.at, one.at));
        }
        chosen.push(next.at);
    }
    chosen
}

struct Open {
    at: usize,
    relevance: i64,
    likest: u32,
}

/// Holds the quotas of a page: gives the places of `ordered` in their order, those over quota
/// behind all others.
pub fn within_quotas(ordered: &[&Item], diversity: &Diversity, count: usize) -> Vec<usize> {
    let mut categories: BTreeMap<&str, u16> = BTreeMap::new();
    let mut brands: BTreeMap<&str, u16> = BTreeMap::new();
    let (mut within, mut over) = (Vec::with_capacity(count), Vec::new());
    for (at, item) in ordered.iter().enumerate() {
        let category = item.categories.first().map_or("", String::as_str);
        let brand = item.brand.as_deref().unwrap_or_default();
        let full = |taken: &BTreeMap<&str, u16>, name: &str, max: u16| {
            max > 0 && !name.is_empty() && taken.get(name).is_some_and(|taken| *taken >= max)
        };
        if full(&categories, category, diversity.category_max)
            || full(&brands, brand, diversity.brand_max)
        {
            over.push(at);
            continue;
        }
        *categories.entry(category).or_default() += 1;
        *brands.entry(brand).or_default() += 1;
        within.push(at);
        if within.len() == count {
            return within;
        }
    }
    within.extend(over);
    within.truncate(count);
    within
}

/// How alike the items of a list are: the mean likeness of all pairs, in thousandths.
pub fn intra_list_per_mille(list: &[Features]) -> u32 {
    let mut pairs = 0_u64;
    let mut sum = 0_u64;
    for (at, one) in list.iter().enumerate() {
        for other in list.iter().skip(at + 1) {
            sum += u64::from(one.likeness_per_mille(other));
            pairs += 1;
        }
    }
    u32::try_from(sum / pairs.max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
