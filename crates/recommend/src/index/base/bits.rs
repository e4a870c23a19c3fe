//! One bit per number.

/// A row of bits, all of them clear at first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits(Box<[u64]>);

impl Bits {
    /// So many clear bits.
    pub(crate) fn new(len: usize) -> Self {
        Self(vec![0; len.div_ceil(64)].into())
    }

    /// Whether a bit is set; a bit past the end is not.
    #[inline]
    pub(crate) fn get(&self, at: u32) -> bool {
        self.0.get(at as usize / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// Sets or clears a bit.
    pub(crate) fn put(&mut self, at: u32, set: bool) {
        if let Some(word) = self.0.get_mut(at as usize / 64) {
            *word = *word & !(1 << (at % 64)) | u64::from(set) << (at % 64);
        }
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        self.0.len() * size_of::<u64>()
    }
}
