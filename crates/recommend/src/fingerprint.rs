//! A running checksum over a multiset of sessions.
//!
//! Each session is hashed alone and the hashes are added modulo 2^128, so the order of learning
//! does not matter and taking a session out is a subtraction. Receipts carry it beside `seq`, so
//! that two models can be compared without a full dump. It is a checksum against mistakes: who
//! may choose row ids can make collisions, so it proves nothing to an adversary.

/// The sum of the hashes of all sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// Adds one session.
    pub const fn add(&mut self, hash: SessionHash) {
        self.0 = self.0.wrapping_add(hash.value());
    }

    /// Takes one session out.
    pub const fn subtract(&mut self, hash: SessionHash) {
        self.0 = self.0.wrapping_sub(hash.value());
    }

    /// The checksum of two multisets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }

    /// The checksum as sixteen bytes, most significant first.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

/// The hash of one session, fed piece by piece.
#[derive(Clone, Copy, Debug)]
pub struct SessionHash {
    low: u64,
    high: u64,
}

impl Default for SessionHash {
    fn default() -> Self {
        Self { low: 0x9e37_79b9_7f4a_7c15, high: 0xd1b5_4a32_d192_ed03 }
    }
}

impl SessionHash {
    /// Feeds one piece; its length goes in first, so that pieces cannot run together.
    pub fn feed(&mut self, piece: &[u8]) {
        self.word(piece.len() as u64);
        for chunk in piece.chunks(8) {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.word(u64::from_le_bytes(word));
        }
    }

    const fn word(&mut self, word: u64) {
        self.low = mix(self.low ^ word);
        self.high = mix(self.high.rotate_left(23) ^ word ^ self.low);
    }

    const fn value(self) -> u128 {
        ((self.high as u128) << 64) | self.low as u128
    }
}

/// The finalizer of `SplitMix64` (Steele, Lea, Flood, OOPSLA 2014): a bijection of 64 bits.
const fn mix(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests;
