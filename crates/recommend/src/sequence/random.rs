//! A small generator of numbers from a seed: `SplitMix64` (Steele, Lea, Flood, OOPSLA 2014).

/// The generator; equal seeds give equal numbers on every machine.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// Starts at a seed; `stream` keeps the uses of one seed apart.
    pub(super) const fn new(seed: u64, stream: u64) -> Self {
        Self(seed ^ stream.wrapping_mul(0xd1b5_4a32_d192_ed03))
    }

    /// Sixty-four bits.
    pub(super) const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let state = self.0;
        let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        state ^ (state >> 31)
    }

    /// A number below `bound`.
    pub(super) const fn below(&mut self, bound: u32) -> u32 {
        let wide = (self.bits() >> 32) * bound as u64;
        (wide >> 32) as u32
    }

    /// A number from -1 to 1, one of 2^24.
    #[expect(clippy::cast_precision_loss, reason = "24 bits fit in an f32 exactly")]
    pub(super) fn signed_unit(&mut self) -> f32 {
        let bits = (self.bits() >> 40) as u32;
        bits as f32 / 8_388_608.0 - 1.0
    }

    /// Fills a mask with 0 (one in `drop` of 65,536) or the `kept` value.
    pub(super) fn mask(&mut self, mask: &mut [f32], drop: u16, kept: f32) {
        for four in mask.chunks_mut(4) {
            let mut bits = self.bits();
            for value in four {
                let below = (bits & 0xffff) < u64::from(drop);
                *value = if below { 0.0 } else { kept };
                bits >>= 16;
            }
        }
    }

    /// Puts a list in random order (Fisher and Yates).
    pub(super) fn shuffle(&mut self, list: &mut [u32]) {
        let mut left = u32::try_from(list.len()).unwrap_or(u32::MAX);
        while left > 1 {
            let other = self.below(left) as usize;
            left -= 1;
            list.swap(left as usize, other);
        }
    }
}

#[cfg(test)]
mod tests;
