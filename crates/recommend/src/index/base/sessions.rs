//! All sessions in one run of bytes, so that what an answer reads of one stands together.
//!
//! Of each session first the length of the rest in bytes, then its seconds since its anchor, its
//! subject counted from 1 (0 is nobody) and its items as codes counted from 1. A 0 ends the items
//! early, as after some were taken out in place. Every fourth session has an anchor, which says
//! where it begins and when it was.

use std::ops::Range;

use crate::index::base::varint;

/// Sessions per anchor.
const STEP: u32 = 4;

/// Sessions by rank.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sessions {
    len: u32,
    anchors: Box<[Anchor]>,
    bytes: Box<[u8]>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Anchor {
    start: u32,
    at: u32,
}

/// One session, decoded as far as it is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packed<'a> {
    /// Seconds.
    pub(crate) at: u32,
    /// The subject; None is nobody.
    pub(crate) subject: Option<u32>,
    /// The codes of the items in order.
    pub(crate) codes: Codes<'a>,
}

impl Sessions {
    /// How many ranks there are.
    #[inline]
    pub(crate) const fn len(&self) -> u32 {
        self.len
    }

    /// A session; of an erased one nothing but a time that is not its own.
    #[inline]
    pub(crate) fn get(&self, rank: u32) -> Packed<'_> {
        let (anchor, range) = self.place(rank);
        let mut bytes = self.bytes.get(range).unwrap_or_default();
        let at = anchor.at.wrapping_add(varint::take(&mut bytes));
        let subject = varint::take(&mut bytes).checked_sub(1);
        Packed { at, subject, codes: Codes(bytes) }
    }

    /// Overwrites the items of a session with fewer ones.
    pub(crate) fn overwrite(&mut self, rank: u32, codes: &[u32]) {
        let (anchor, range) = self.place(rank);
        let packed = self.get(rank);
        let mut written = Vec::with_capacity(range.len());
        varint::push(&mut written, packed.at - anchor.at);
        varint::push(&mut written, packed.subject.map_or(0, |subject| subject + 1));
        codes.iter().for_each(|code| varint::push(&mut written, code + 1));
        self.write(range, &written);
    }

    /// Overwrites all of a session.
    pub(crate) fn erase(&mut self, rank: u32) {
        let (_, range) = self.place(rank);
        self.write(range, &[]);
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        self.anchors.len() * size_of::<Anchor>() + self.bytes.len()
    }

    fn write(&mut self, range: Range<usize>, written: &[u8]) {
        if let Some(place) = self.bytes.get_mut(range) {
            debug_assert!(written.len() <= place.len(), "the rest of a session is never longer");
            let written = written.iter().copied().chain(std::iter::repeat(0));
            place.iter_mut().zip(written).for_each(|(place, byte)| *place = byte);
        }
    }

    #[inline]
    fn place(&self, rank: u32) -> (Anchor, Range<usize>) {
        let Some(anchor) = self.anchors.get((rank / STEP) as usize) else {
            return (Anchor::default(), 0..0);
        };
        let mut left = self.bytes.get(anchor.start as usize..).unwrap_or_default();
        for _ in 0..rank % STEP {
            let len = varint::take(&mut left) as usize;
            left = left.get(len..).unwrap_or_default();
        }
        let len = varint::take(&mut left) as usize;
        let start = self.bytes.len() - left.len();
        (*anchor, start..start + len)
    }
}

/// Codes of one session.
#[derive(Clone, Copy, Debug)]
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
    len: u32,
    at: u32,
    anchors: Vec<Anchor>,
    bytes: Vec<u8>,
    open: Vec<u8>,
}

impl SessionsBuilder {
    /// Appends the next session, which is not older than the one before.
    pub(crate) fn push(&mut self, at: u32, subject: Option<u32>, codes: impl Iterator<Item = u32>) {
        if self.len % STEP == 0 {
            self.at = at;
            // Below 2^32 by `INTERACTIONS_MAX`.
            let start = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
            self.anchors.push(Anchor { start, at });
        }
        self.len += 1;
        self.open.clear();
        varint::push(&mut self.open, at - self.at);
        varint::push(&mut self.open, subject.map_or(0, |subject| subject + 1));
        for code in codes {
            varint::push(&mut self.open, code + 1);
        }
        varint::push(&mut self.bytes, u32::try_from(self.open.len()).unwrap_or(u32::MAX));
        self.bytes.extend_from_slice(&self.open);
    }

    /// All of them.
    pub(crate) fn finish(self) -> Sessions {
        Sessions { len: self.len, anchors: self.anchors.into(), bytes: self.bytes.into() }
    }
}
