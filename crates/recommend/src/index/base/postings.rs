//! Posting lists: of each item the ranks of its sessions, in blocks of at most 128, newest first.
//!
//! A block keeps its newest rank in a directory; the others follow as gaps. The blocks of an item
//! stand one after the other from the newest end, so reading the newest m decodes m numbers and
//! no more. A posting is taken out in place: two gaps become their sum, which is never longer,
//! and what is left over is filled with zeros.

use std::ops::Range;

use crate::index::base::varint;

/// Postings per block.
const BLOCK: usize = 128;

/// The posting lists of all items, by code.
#[derive(Clone, Debug, Default)]
pub(crate) struct Postings {
    /// The first block of each code; one more marks the end.
    first: Box<[u32]>,
    /// Of each block its newest rank; of an empty block any that keeps the order.
    newest: Box<[u32]>,
    /// Where the gaps of each block begin; one more marks the end.
    starts: Box<[u32]>,
    counts: Box<[u8]>,
    gaps: Box<[u8]>,
}

impl Postings {
    /// The ranks of an item, newest first.
    pub(crate) fn newest_first(&self, code: u32) -> Descending<'_> {
        let (block, end) = self.blocks(code);
        Descending { postings: self, block, end, gaps: &[], left: 0, rank: 0 }
    }

    /// Whether an item has no posting.
    pub(crate) fn is_empty(&self, code: u32) -> bool {
        let (start, end) = self.blocks(code);
        self.counts.get(start..end).is_none_or(|counts| counts.iter().all(|count| *count == 0))
    }

    /// Takes a posting out; says whether it was there.
    pub(crate) fn remove(&mut self, code: u32, rank: u32) -> bool {
        let (start, end) = self.blocks(code);
        let Some(newest) = self.newest.get(start..end) else { return false };
        // The last block that begins at the rank or newer; empty ones may stand in its place.
        let mut block = start + newest.partition_point(|newest| *newest >= rank);
        while block > start {
            block -= 1;
            if self.counts.get(block).is_some_and(|count| *count > 0) {
                return self.remove_from(block, start..end, rank);
            }
        }
        false
    }

    fn remove_from(&mut self, block: usize, item: Range<usize>, rank: u32) -> bool {
        let Range { start, end } = item;
        let mut ranks = [0; BLOCK];
        let mut count = 0;
        for (place, found) in ranks.iter_mut().zip(Descending {
            postings: self,
            block,
            end: block + 1,
            gaps: &[],
            left: 0,
            rank: 0,
        }) {
            *place = found;
            count += 1;
        }
        let kept: Vec<u32> = ranks.iter().copied().take(count).filter(|r| *r != rank).collect();
        if kept.len() == count {
            return false;
        }
        if let Some(count) = self.counts.get_mut(block) {
            *count -= 1;
        }
        let after = if block + 1 < end { self.newest.get(block + 1).copied() } else { None };
        self.set_newest(block, start, kept.first().copied().or(after).unwrap_or(0));
        let mut gaps = Vec::with_capacity(2 * kept.len());
        for pair in kept.windows(2) {
            let &[newer, older] = pair else { continue };
            varint::push(&mut gaps, newer - older);
        }
        let range = self.range(block);
        if let Some(place) = self.gaps.get_mut(range) {
            debug_assert!(gaps.len() <= place.len(), "the rest of a block is never longer");
            let written = gaps.into_iter().chain(std::iter::repeat(0));
            place.iter_mut().zip(written).for_each(|(place, byte)| *place = byte);
        }
        true
    }

    /// Says what a block begins with, also for the empty blocks before it, which would otherwise
    /// remember what it began with.
    fn set_newest(&mut self, block: usize, start: usize, rank: u32) {
        for block in (start..=block).rev() {
            if let Some(newest) = self.newest.get_mut(block) {
                *newest = rank;
            }
            let before = block.checked_sub(1).and_then(|before| self.counts.get(before));
            if before.is_none_or(|count| *count > 0) {
                return;
            }
        }
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        (self.first.len() + self.newest.len() + self.starts.len()) * size_of::<u32>()
            + self.counts.len()
            + self.gaps.len()
    }

    fn blocks(&self, code: u32) -> (usize, usize) {
        let code = code as usize;
        match self.first.get(code..code + 2) {
            Some(&[start, end]) => (start as usize, end as usize),
            _ => (0, 0),
        }
    }

    fn range(&self, block: usize) -> Range<usize> {
        match self.starts.get(block..block + 2) {
            Some(&[start, end]) => start as usize..end as usize,
            _ => 0..0,
        }
    }
}

/// The ranks of one item, newest first, decoded as they are asked for.
#[derive(Clone, Debug)]
pub(crate) struct Descending<'a> {
    postings: &'a Postings,
    /// The next block, and where the item's blocks end.
    block: usize,
    end: usize,
    gaps: &'a [u8],
    /// Gaps that are left of the open block.
    left: u8,
    rank: u32,
}

impl Iterator for Descending<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.left > 0 {
            self.left -= 1;
            self.rank -= varint::take(&mut self.gaps);
            return Some(self.rank);
        }
        while self.block < self.end {
            let block = self.block;
            self.block += 1;
            let count = self.postings.counts.get(block).copied()?;
            if count > 0 {
                self.left = count - 1;
                self.rank = self.postings.newest.get(block).copied()?;
                self.gaps = self.postings.gaps.get(self.postings.range(block))?;
                return Some(self.rank);
            }
        }
        None
    }
}

/// Writes the lists code by code.
#[derive(Debug, Default)]
pub(crate) struct PostingsBuilder {
    first: Vec<u32>,
    newest: Vec<u32>,
    starts: Vec<u32>,
    counts: Vec<u8>,
    gaps: Vec<u8>,
}

impl PostingsBuilder {
    /// Appends the list of the next code: its ranks, oldest first.
    pub(crate) fn push(&mut self, ranks: &[u32]) {
        self.first.push(number(self.newest.len()));
        for block in ranks.rchunks(BLOCK) {
            self.starts.push(number(self.gaps.len()));
            self.newest.push(block.last().copied().unwrap_or(0));
            self.counts.push(u8::try_from(block.len()).unwrap_or(u8::MAX));
            for pair in block.windows(2).rev() {
                let &[older, newer] = pair else { continue };
                varint::push(&mut self.gaps, newer - older);
            }
        }
    }

    /// The lists.
    pub(crate) fn finish(mut self) -> Postings {
        self.first.push(number(self.newest.len()));
        self.starts.push(number(self.gaps.len()));
        Postings {
            first: self.first.into(),
            newest: self.newest.into(),
            starts: self.starts.into(),
            counts: self.counts.into(),
            gaps: self.gaps.into(),
        }
    }
}

/// A place in the bytes; [`crate::index::build::INTERACTIONS_MAX`] keeps them below 2^32.
fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
