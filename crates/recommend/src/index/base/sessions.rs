//! The items of all sessions in one run of bytes.
//!
//! Of each session first its length in bytes, then its items as codes counted from 1; a 0 ends a
//! session early, as after items were taken out in place. Every eighth session has an anchor.

use std::ops::Range;

use crate::index::base::varint;

/// Sessions per anchor.
const STEP: u32 = 8;

/// The items of sessions by rank.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sessions {
    anchors: Box<[u32]>,
    bytes: Box<[u8]>,
}

impl Sessions {
    /// The codes of a session's items in order.
    #[inline]
    pub(crate) fn codes(&self, rank: u32) -> Codes<'_> {
        Codes(self.bytes.get(self.range(rank)).unwrap_or_default())
    }

    /// Overwrites a session with fewer items, or with none.
    pub(crate) fn overwrite(&mut self, rank: u32, codes: &[u32]) {
        let mut written = Vec::with_capacity(codes.len() * 2);
        codes.iter().for_each(|code| varint::push(&mut written, code + 1));
        let range = self.range(rank);
        if let Some(place) = self.bytes.get_mut(range) {
            debug_assert!(written.len() <= place.len(), "the rest of a session is never longer");
            let written = written.into_iter().chain(std::iter::repeat(0));
            place.iter_mut().zip(written).for_each(|(place, byte)| *place = byte);
        }
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        self.anchors.len() * size_of::<u32>() + self.bytes.len()
    }

    #[inline]
    fn range(&self, rank: u32) -> Range<usize> {
        let anchor = self.anchors.get((rank / STEP) as usize).copied().unwrap_or(u32::MAX);
        let mut start = anchor as usize;
        let mut left = self.bytes.get(start..).unwrap_or_default();
        for _ in 0..rank % STEP {
            let len = varint::take(&mut left) as usize;
            left = left.get(len..).unwrap_or_default();
        }
        let len = varint::take(&mut left) as usize;
        start = self.bytes.len() - left.len();
        start..start + len
    }
}

/// Codes of one session.
#[derive(Clone, Debug)]
pub(crate) struct Codes<'a>(&'a [u8]);

impl Iterator for Codes<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        varint::take(&mut self.0).checked_sub(1)
    }
}

/// Writes sessions by rank.
#[derive(Debug, Default)]
pub(crate) struct SessionsBuilder {
    anchors: Vec<u32>,
    bytes: Vec<u8>,
    len: u32,
    open: Vec<u8>,
}

impl SessionsBuilder {
    /// Appends the next session.
    pub(crate) fn push(&mut self, codes: impl Iterator<Item = u32>) {
        if self.len % STEP == 0 {
            // Below 2^32 by `INTERACTIONS_MAX`.
            self.anchors.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        }
        self.len += 1;
        self.open.clear();
        for code in codes {
            varint::push(&mut self.open, code + 1);
        }
        varint::push(&mut self.bytes, u32::try_from(self.open.len()).unwrap_or(u32::MAX));
        self.bytes.extend_from_slice(&self.open);
    }

    /// All of them.
    pub(crate) fn finish(self) -> Sessions {
        Sessions { anchors: self.anchors.into(), bytes: self.bytes.into() }
    }
}
