//! Sixteen-byte names in ascending order, looked up and erased in place.
//!
//! An erased name is overwritten with the live name before it, or with zeros, so that the order
//! holds and nothing of the name stays.

use crate::index::base::bits::Bits;

/// Sixteen bytes that name a row or a subject.
pub(crate) type Name = [u8; 16];

/// Rounds of interpolation before halving takes over; names are mostly random.
const INTERPOLATIONS: u32 = 4;

/// Where names stand: place by place in ascending order, each at some index of a table.
pub(crate) struct Sorted<'a, F> {
    /// How many there are.
    pub(crate) len: u32,
    /// From place to index.
    pub(crate) index: F,
    /// Marks erased names, by index.
    pub(crate) erased: &'a Bits,
}

impl<F: Fn(u32) -> u32> Sorted<'_, F> {
    /// The place of a live name.
    pub(crate) fn find(&self, names: &[Name], sought: &Name) -> Option<u32> {
        let mut place = self.first_not_below(names, sought);
        while place < self.len && self.name(names, place) == *sought {
            if !self.erased.get((self.index)(place)) {
                return Some(place);
            }
            place += 1;
        }
        None
    }

    /// Overwrites the name at a place that was just marked, and its copies.
    pub(crate) fn erase(&self, names: &mut [Name], place: u32) {
        let name = self.name(names, place);
        let before = place.checked_sub(1).map_or([0; 16], |before| self.name(names, before));
        for place in place..self.len {
            let index = (self.index)(place);
            if !self.erased.get(index) || self.name(names, place) != name {
                return;
            }
            if let Some(name) = names.get_mut(index as usize) {
                *name = before;
            }
        }
    }

    fn name(&self, names: &[Name], place: u32) -> Name {
        names.get((self.index)(place) as usize).copied().unwrap_or_default()
    }

    fn first_not_below(&self, names: &[Name], sought: &Name) -> u32 {
        let (mut low, mut high) = (0, self.len);
        let (mut least, mut most, target) = (0, u64::MAX, prefix(sought));
        for _ in 0..INTERPOLATIONS {
            if high - low < 8 || target < least || target > most {
                break;
            }
            let share = u128::from(target - least) * u128::from(high - low)
                / (u128::from(most - least) + 1);
            let guess = (low + u32::try_from(share).unwrap_or(0)).min(high - 1);
            let name = self.name(names, guess);
            if name < *sought {
                (low, least) = (guess + 1, prefix(&name));
            } else {
                (high, most) = (guess, prefix(&name));
            }
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if self.name(names, middle) < *sought {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// The first eight bytes as a number.
pub(crate) fn prefix(name: &Name) -> u64 {
    name.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

#[cfg(test)]
mod tests;
