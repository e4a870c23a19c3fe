//! From what a browser remembers to the cells of a report, and back from counts to pairs.
//!
//! Everything that decides which cell means what is public and the same for everybody: a list
//! with the digest that the task names, or a hash whose key is the task's own random name. Which
//! of *its* facts a device tells is bounded here: the newest ones, at most the task's weight. That
//! bound is what the noise is measured against, so the device holds to it for its own sake.

use domain::id::ItemId;
use sha2::{Digest, Sha256};

use crate::error::FederatedError;
use crate::task::{Kind, Task, TaskId};

/// Cells that one pair sets in a sketch. Two must be high together, so that a pair with one
/// unlucky neighbor is not taken for a popular one.
pub const SKETCH_ROWS: u32 = 2;

/// Something that a browser remembers: a product that was looked at, and its category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The product.
    pub item: ItemId,
    /// The product's category by the public index, if it has one.
    pub category: Option<String>,
}

/// The public list of a popularity task: products first, then categories.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Popular {
    /// Products with a cell of their own.
    pub items: Vec<ItemId>,
    /// Categories with a cell of their own.
    pub categories: Vec<String>,
}

impl Popular {
    /// The digest that the task names.
    pub fn digest(&self) -> [u8; 32] {
        let items = self.items.iter().map(ItemId::as_str);
        digest(
            b"confidant popular 1\n",
            [items.collect(), self.categories.iter().map(String::as_str).collect()],
        )
    }

    /// The cells that a browser sets: of the newest facts first, until the weight is reached.
    ///
    /// # Errors
    /// [`FederatedError::OtherTask`] when the task is of another kind or names another list.
    pub fn cells(&self, task: &Task, newest_first: &[Seen]) -> Result<Vec<u32>, FederatedError> {
        fits(task, Kind::Popularity, self.digest(), self.items.len() + self.categories.len())?;
        let mut set = Vec::new();
        for seen in newest_first {
            let item = place(&self.items, |one| *one == seen.item);
            let category = place(&self.categories, |one| Some(one) == seen.category.as_ref())
                .and_then(|at| at.checked_add(u32::try_from(self.items.len()).ok()?));
            for cell in [item, category].into_iter().flatten() {
                if set.len() < as_len(task.weight) && !set.contains(&cell) {
                    set.push(cell);
                }
            }
        }
        Ok(set)
    }
}

/// Two different products that one browser remembers, in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair(ItemId, ItemId);

impl Pair {
    /// `None` for a product and itself.
    pub fn new(one: ItemId, other: ItemId) -> Option<Self> {
        match one.cmp(&other) {
            std::cmp::Ordering::Less => Some(Self(one, other)),
            std::cmp::Ordering::Greater => Some(Self(other, one)),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// The two products.
    pub fn items(&self) -> (&ItemId, &ItemId) {
        (&self.0, &self.1)
    }

    /// The cells of this pair in the sketch of a task.
    fn sketched(&self, id: &TaskId, cells: u32) -> [u32; 2] {
        let width = (cells / SKETCH_ROWS).max(1);
        [0, 1].map(|row| {
            let mut hash = Sha256::new_with_prefix(b"confidant sketch 1\n");
            hash.update(id);
            hash.update([u8::from(row == 1)]);
            hash.update(framed(self.0.as_str()));
            hash.update(framed(self.1.as_str()));
            let digest: [u8; 32] = hash.finalize().into();
            let [a, b, c, d, e, f, g, h, ..] = digest;
            let within = u64::from_be_bytes([a, b, c, d, e, f, g, h]) % u64::from(width);
            row * width + u32::try_from(within).unwrap_or(0)
        })
    }
}

/// The pairs that a browser tells: of the newest products first, at most `most`.
pub fn newest_pairs(newest_first: &[ItemId], most: usize) -> Vec<Pair> {
    let mut distinct: Vec<&ItemId> = Vec::new();
    let mut pairs = Vec::new();
    for item in newest_first {
        if distinct.contains(&item) {
            continue;
        }
        for newer in &distinct {
            if pairs.len() == most {
                return pairs;
            }
            pairs.extend(Pair::new((*newer).clone(), item.clone()));
        }
        distinct.push(item);
    }
    pairs
}

/// The cells of a sketch that a browser sets for its pairs.
///
/// # Errors
/// [`FederatedError::OtherTask`] when the task is no sketch.
pub fn sketch(task: &Task, newest_first: &[ItemId]) -> Result<Vec<u32>, FederatedError> {
    if task.kind != Kind::Pairs {
        return Err(FederatedError::OtherTask);
    }
    let pairs = newest_pairs(newest_first, as_len(task.weight / SKETCH_ROWS));
    let mut set: Vec<u32> =
        pairs.iter().flat_map(|pair| pair.sketched(&task.id, task.cells)).collect();
    set.sort_unstable();
    set.dedup();
    Ok(set)
}

/// What the counts of a sketch say of a pair: the smaller of its cells, so never less than its
/// true count but for the noise.
pub fn sketched_count(task: &Task, counts: &[i64], pair: &Pair) -> Option<i64> {
    let cells = pair.sketched(&task.id, task.cells);
    cells.into_iter().map(|cell| counts.get(as_len(cell)).copied()).min()?
}

/// The pairs of these products that a sketch speaks of most, at least `least`, strongest first,
/// at most `most`. Looks at every pair: a few thousand products, a few million pairs.
pub fn candidates(
    task: &Task,
    counts: &[i64],
    items: &[ItemId],
    (least, most): (i64, usize),
) -> Vec<Pair> {
    let mut found: Vec<(i64, Pair)> = Vec::new();
    for (at, one) in items.iter().enumerate() {
        for other in items.iter().skip(at + 1) {
            let pair = Pair::new(one.clone(), other.clone());
            let counted = pair.and_then(|pair| Some((sketched_count(task, counts, &pair)?, pair)));
            found.extend(counted.filter(|(count, _)| *count >= least));
        }
    }
    found.sort_by(|(one, pair), (other, than)| other.cmp(one).then_with(|| pair.cmp(than)));
    found.truncate(most);
    found.into_iter().map(|(_, pair)| pair).collect()
}

/// The public list of an edge task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edges(pub Vec<Pair>);

impl Edges {
    /// The digest that the task names.
    pub fn digest(&self) -> [u8; 32] {
        let firsts = self.0.iter().map(|pair| pair.0.as_str()).collect();
        let seconds = self.0.iter().map(|pair| pair.1.as_str()).collect();
        digest(b"confidant edges 1\n", [firsts, seconds])
    }

    /// The cells that a browser sets: the pairs of its newest products that are on the list.
    ///
    /// # Errors
    /// [`FederatedError::OtherTask`] when the task is of another kind or names another list.
    pub fn cells(&self, task: &Task, newest_first: &[ItemId]) -> Result<Vec<u32>, FederatedError> {
        fits(task, Kind::Edges, self.digest(), self.0.len())?;
        // A list is much longer than what one browser remembers.
        let mut set = Vec::new();
        for pair in newest_pairs(newest_first, PAIRS_LOOKED_AT) {
            if set.len() < as_len(task.weight) {
                set.extend(place(&self.0, |one| *one == pair));
            }
        }
        Ok(set)
    }
}

/// Pairs that a browser looks up in a list, newest first.
const PAIRS_LOOKED_AT: usize = 300;

fn fits(task: &Task, kind: Kind, list: [u8; 32], len: usize) -> Result<(), FederatedError> {
    let is_same = task.kind == kind && task.list == list && len <= as_len(task.cells);
    if is_same { Ok(()) } else { Err(FederatedError::OtherTask) }
}

fn place<T>(list: &[T], is_it: impl Fn(&T) -> bool) -> Option<u32> {
    list.iter().position(is_it).and_then(|at| u32::try_from(at).ok())
}

fn as_len(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A text with its length before it, so that no two lists run into the same bytes.
fn framed(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    crate::wire::put(&mut bytes, text.as_bytes());
    bytes
}

fn digest(prefix: &[u8], parts: [Vec<&str>; 2]) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix(prefix);
    for part in parts {
        hash.update(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        for text in part {
            hash.update(framed(text));
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests;
