//! The items of one term, in the order of the checksum of their ids.
//!
//! Kept in pieces, so that a term of half the catalog takes a new item as fast as a rare one.

use crate::items::ItemNo;

/// Most postings of one piece.
const PIECE_MAX: usize = 512;

/// An item with a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Posting {
    pub(super) item: ItemNo,
    /// The upper half of the checksum, so that most comparisons stay inside of a piece.
    place: u32,
    /// How often the item has the term.
    pub(super) frequency: u8,
    /// Words of the item's text.
    pub(super) length: u8,
}

/// Postings in pieces, each sorted and before the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Postings {
    pieces: Vec<Vec<Posting>>,
    len: usize,
}

impl Postings {
    /// Items of the term.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// The postings in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Posting> {
        self.pieces.iter().flatten()
    }

    /// Adds an item that is not there, with its frequency and the length of its text; `places`
    /// are the checksums.
    pub(super) fn insert(&mut self, item: ItemNo, facts: (u8, u8), places: &[u64]) {
        let (frequency, length) = facts;
        self.len += 1;
        let key = Key::of(item, places);
        let posting = Posting { item, place: key.upper, frequency, length };
        let last = self.pieces.len().saturating_sub(1);
        let number = self.piece(key, places).min(last);
        let Some(piece) = self.pieces.get_mut(number) else {
            self.pieces = vec![vec![posting]];
            return;
        };
        let place = piece.partition_point(|other| key.is_after(other, places));
        piece.insert(place, posting);
        if piece.len() > PIECE_MAX {
            let upper = piece.split_off(PIECE_MAX / 2);
            self.pieces.insert(number + 1, upper);
        }
    }

    /// Takes an item out.
    pub(super) fn remove(&mut self, item: ItemNo, places: &[u64]) {
        let key = Key::of(item, places);
        let number = self.piece(key, places);
        let Some(piece) = self.pieces.get_mut(number) else { return };
        let place = piece.partition_point(|other| key.is_after(other, places));
        if piece.get(place).is_none_or(|posting| posting.item != item) {
            return;
        }
        piece.remove(place);
        self.len -= 1;
        if piece.is_empty() {
            self.pieces.remove(number);
        }
    }

    /// The first piece that ends at or after a key.
    fn piece(&self, key: Key, places: &[u64]) -> usize {
        self.pieces
            .partition_point(|piece| piece.last().is_some_and(|last| key.is_after(last, places)))
    }
}

/// Where an item stands: by checksum, then by number.
#[derive(Clone, Copy, Debug)]
struct Key {
    upper: u32,
    place: u64,
    item: ItemNo,
}

impl Key {
    fn of(item: ItemNo, places: &[u64]) -> Self {
        let place = places.get(item.at()).copied().unwrap_or(0);
        Self { upper: u32::try_from(place >> 32).unwrap_or(u32::MAX), place, item }
    }

    fn is_after(self, other: &Posting, places: &[u64]) -> bool {
        if self.upper != other.place {
            return self.upper > other.place;
        }
        let place = places.get(other.item.at()).copied().unwrap_or(0);
        (self.place, self.item) > (place, other.item)
    }
}

#[cfg(test)]
mod tests;
