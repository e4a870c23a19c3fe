//! Sets of numbers as TC strings hold them: purposes, special features, vendors.
//!
//! Numbers start at 1; bit `id - 1` of a word stands for `id`. What this must never do: hold a
//! number that a field cannot carry.

use std::num::NonZeroU16;

const WORD_BITS: usize = 64;

/// The number of a vendor in the Global Vendor List: 1 to 65535 (16 bits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VendorId(NonZeroU16);

impl VendorId {
    /// The largest that a TC string can carry.
    pub const MAX: Self = Self(NonZeroU16::MAX);

    /// Reads a number; 0 is no vendor.
    pub const fn new(id: u16) -> Option<Self> {
        match NonZeroU16::new(id) {
            Some(id) => Some(Self(id)),
            None => None,
        }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0.get()
    }

    fn place(self) -> (usize, u32) {
        let index = usize::from(self.get()) - 1;
        (index / WORD_BITS, u32::from(self.get() - 1) % u64::BITS)
    }
}

/// A set of the numbers 1 to `WIDTH_BITS` (at most 64).
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdSet<const WIDTH_BITS: u32>(u64);

/// TCF purposes, of which a field holds 24.
pub type PurposeSet = IdSet<24>;
/// TCF special features, of which a field holds 12.
pub type SpecialFeatureSet = IdSet<12>;
/// A publisher's own purposes, at most 63.
pub type CustomPurposeSet = IdSet<63>;

impl<const WIDTH_BITS: u32> IdSet<WIDTH_BITS> {
    /// No number.
    pub const EMPTY: Self = Self(0);

    /// The set of the numbers of `ids`; numbers outside of 1 to `WIDTH_BITS` are left out.
    pub const fn of(ids: &[u8]) -> Self {
        let mut set = Self::EMPTY;
        let mut rest = ids;
        while let [id, others @ ..] = rest {
            set = set.with(*id);
            rest = others;
        }
        set
    }

    /// The set with `id` added, if it is one of 1 to `WIDTH_BITS`.
    #[must_use]
    pub const fn with(self, id: u8) -> Self {
        Self(self.0 | Self::bit(id))
    }

    /// Whether the set holds `id`.
    pub const fn contains(self, id: u8) -> bool {
        self.0 & Self::bit(id) != 0
    }

    /// Whether there is no number.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The numbers of either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The numbers of both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The numbers that `other` lacks.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The numbers, ascending.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (1..=u8::try_from(WIDTH_BITS).unwrap_or(u8::MAX)).filter(move |id| self.contains(*id))
    }

    /// The set that a field of the string holds, bit of number 1 lowest; more bits are dropped.
    pub(crate) const fn from_low_bits(bits: u64) -> Self {
        Self(bits & (u64::MAX >> (64 - WIDTH_BITS)))
    }

    /// The bits, number 1 lowest.
    pub(crate) const fn low_bits(self) -> u64 {
        self.0
    }

    const fn bit(id: u8) -> u64 {
        if id == 0 || id as u32 > WIDTH_BITS { 0 } else { 1 << (id - 1) }
    }
}

impl<const WIDTH_BITS: u32> std::fmt::Debug for IdSet<WIDTH_BITS> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// A set of vendors, as a bitmap up to its largest member.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct VendorSet {
    /// The last word is never 0, so that equal sets are equal values.
    words: Vec<u64>,
}

/// Vendors from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VendorRange {
    /// The smallest of them.
    pub first: VendorId,
    /// The largest of them, not smaller than the first.
    pub last: VendorId,
}

impl VendorSet {
    /// No vendor.
    pub const fn new() -> Self {
        Self { words: Vec::new() }
    }

    /// Whether the set holds `vendor`.
    pub fn contains(&self, vendor: VendorId) -> bool {
        let (word, bit) = vendor.place();
        self.words.get(word).is_some_and(|word| word >> bit & 1 == 1)
    }

    /// Adds a vendor.
    pub fn insert(&mut self, vendor: VendorId) {
        self.insert_range(VendorRange { first: vendor, last: vendor });
    }

    /// Adds every vendor of a range, a word at a time. A range that ends before it begins adds
    /// nothing.
    pub fn insert_range(&mut self, range: VendorRange) {
        if range.last < range.first {
            return;
        }
        let ((first, first_bit), (last, last_bit)) = (range.first.place(), range.last.place());
        if self.words.len() <= last {
            self.words.resize(last + 1, 0);
        }
        let from = u64::MAX << first_bit;
        let to = u64::MAX >> (u64::BITS - 1 - last_bit);
        let words = self.words.iter_mut().enumerate().take(last + 1).skip(first);
        for (index, word) in words {
            let from = if index == first { from } else { u64::MAX };
            let to = if index == last { to } else { u64::MAX };
            *word |= from & to;
        }
    }

    /// Removes a vendor.
    pub fn remove(&mut self, vendor: VendorId) {
        let (word, bit) = vendor.place();
        if let Some(word) = self.words.get_mut(word) {
            *word &= !(1 << bit);
        }
        self.trim();
    }

    /// How many vendors there are.
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether there is no vendor.
    pub const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The largest vendor.
    pub fn max(&self) -> Option<VendorId> {
        self.ends().last().map(|range| range.last)
    }

    /// The vendors, ascending.
    pub fn iter(&self) -> impl Iterator<Item = VendorId> + '_ {
        let words = self.words.iter().enumerate();
        words.flat_map(|(index, word)| {
            let bits = (0..WORD_BITS).filter(move |bit| word >> bit & 1 == 1);
            bits.filter_map(move |bit| vendor_at(index * WORD_BITS + bit))
        })
    }

    /// The vendors as the fewest ranges, ascending.
    pub fn ranges(&self) -> Ranges<'_> {
        Ranges { words: &self.words, next: 0 }
    }

    /// Vendors that `other` lacks.
    pub fn missing_in(&self, other: &Self) -> usize {
        let others = other.words.iter().copied().chain(std::iter::repeat(0));
        self.words.iter().zip(others).map(|(a, b)| (a & !b).count_ones() as usize).sum()
    }

    /// The set that a bit field of the string holds, vendor 1 lowest.
    pub(crate) fn from_words(words: Vec<u64>) -> Self {
        let mut set = Self { words };
        set.trim();
        set
    }

    /// The bit field, vendor 1 lowest.
    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    fn ends(&self) -> Ranges<'_> {
        let last_word = self.words.len().saturating_sub(1);
        Ranges { words: &self.words, next: last_word * WORD_BITS }
    }

    fn trim(&mut self) {
        while self.words.last() == Some(&0) {
            self.words.pop();
        }
    }
}

impl FromIterator<VendorId> for VendorSet {
    fn from_iter<I: IntoIterator<Item = VendorId>>(vendors: I) -> Self {
        let mut set = Self::new();
        for vendor in vendors {
            set.insert(vendor);
        }
        set
    }
}

impl std::fmt::Debug for VendorSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ranges = self.ranges().map(|range| (range.first.get(), range.last.get()));
        f.debug_list().entries(ranges).finish()
    }
}

/// The ranges of a [`VendorSet`].
#[derive(Clone, Debug)]
pub struct Ranges<'s> {
    words: &'s [u64],
    /// The bit that is looked at next.
    next: usize,
}

impl Iterator for Ranges<'_> {
    type Item = VendorRange;

    fn next(&mut self) -> Option<VendorRange> {
        let first = self.bit_from(self.next, 0)?;
        let end = self.bit_from(first, u64::MAX).unwrap_or(self.words.len() * WORD_BITS);
        self.next = end;
        Some(VendorRange { first: vendor_at(first)?, last: vendor_at(end - 1)? })
    }
}

impl Ranges<'_> {
    /// The first bit from `from` on that is 1 after the exclusive or with `flip`.
    fn bit_from(&self, from: usize, flip: u64) -> Option<usize> {
        let start = from / WORD_BITS;
        let mut mask = u64::MAX << (from % WORD_BITS);
        for (index, word) in self.words.iter().enumerate().skip(start) {
            let bits = (word ^ flip) & mask;
            if bits != 0 {
                return Some(index * WORD_BITS + bits.trailing_zeros() as usize);
            }
            mask = u64::MAX;
        }
        None
    }
}

fn vendor_at(bit: usize) -> Option<VendorId> {
    VendorId::new(u16::try_from(bit + 1).ok()?)
}

#[cfg(test)]
mod tests;
