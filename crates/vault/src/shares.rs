//! Splits the shop key among people, so that some of them together open the shop and fewer learn
//! nothing: Shamir's scheme over GF(256), byte by byte.
//!
//! The field is the one of AES (FIPS 197 section 4.2). Multiplication and inversion run without a
//! branch or a table that depends on a value. A share is one line that can be printed:
//!
//! ```text
//! confidant-share-1-NEEDED-OF-NUMBER-SET-VALUE-CHECK
//! ```
//!
//! SET is random and the same in every share of one splitting, so that shares of two splittings
//! are not mixed; CHECK finds mistakes of who typed the line.

use std::fmt;

use domain::hex;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::key::ShopKey;

const SECRET_BYTES: usize = 32;
/// Most shares of one splitting.
pub const SHARES_MAX: u8 = 16;
/// How many random bytes a splitting needs at most.
pub const CHANCE_BYTES: usize = (SHARES_MAX as usize - 1) * SECRET_BYTES;

const FORMAT: &str = "confidant-share-1";

/// One share. Prints nothing but its number.
pub struct Share {
    needed: u8,
    of: u8,
    number: u8,
    set: [u8; 4],
    value: Zeroizing<[u8; SECRET_BYTES]>,
}

/// How many shares there are, how many open, and the random name of the splitting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Splitting {
    /// How many shares are needed, 2 or more.
    pub needed: u8,
    /// How many shares are made.
    pub of: u8,
    /// The name of the splitting.
    pub set: [u8; 4],
}

impl Share {
    /// Reads a line.
    ///
    /// # Errors
    /// [`VaultError`] for any other text, and for a line with a mistake.
    pub fn parse(line: &str) -> Result<Self, VaultError> {
        let rest = line.trim().strip_prefix(FORMAT).and_then(|rest| rest.strip_prefix('-'));
        let parts: Vec<&str> = rest.ok_or(VaultError)?.split('-').collect();
        let [needed, of, number, set, value, check] = parts.as_slice() else {
            return Err(VaultError);
        };
        let small = |text: &str| text.parse::<u8>().map_err(|_| VaultError);
        let value = Zeroizing::new(hex::decode(value).map_err(|_| VaultError)?);
        let set = hex::decode(set).map_err(|_| VaultError)?;
        let share =
            Self { needed: small(needed)?, of: small(of)?, number: small(number)?, set, value };
        let sound = (2..=SHARES_MAX).contains(&share.of)
            && (2..=share.of).contains(&share.needed)
            && (1..=share.of).contains(&share.number)
            && hex::decode::<4>(check).is_ok_and(|check| check == share.check());
        if sound { Ok(share) } else { Err(VaultError) }
    }

    /// The line.
    pub fn to_line(&self) -> Zeroizing<String> {
        let value = Zeroizing::new(hex::encode(self.value.as_slice()));
        let (set, check) = (hex::encode(&self.set), hex::encode(&self.check()));
        let Self { needed, of, number, .. } = self;
        Zeroizing::new(format!("{FORMAT}-{needed}-{of}-{number}-{set}-{}-{check}", *value))
    }

    /// The number of the share, from 1.
    pub const fn number(&self) -> u8 {
        self.number
    }

    fn check(&self) -> [u8; 4] {
        let mut hash = Sha256::new();
        hash.update(FORMAT);
        hash.update([self.needed, self.of, self.number]);
        hash.update(self.set);
        hash.update(self.value.as_slice());
        let full: [u8; 32] = hash.finalize().into();
        let mut check = [0; 4];
        check.iter_mut().zip(full).for_each(|(to, from)| *to = from);
        check
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Share").field("number", &self.number).finish_non_exhaustive()
    }
}

/// Splits a shop key; `chance` are random bytes that nobody keeps.
///
/// # Privacy
/// Fewer than `needed` shares are independent of the key: every key is as likely as before.
///
/// # Errors
/// [`VaultError`] for a splitting that makes no sense.
pub fn split(
    key: &ShopKey,
    splitting: Splitting,
    chance: &[u8; CHANCE_BYTES],
) -> Result<Vec<Share>, VaultError> {
    let Splitting { needed, of, set } = splitting;
    if !(2..=SHARES_MAX).contains(&of) || !(2..=of).contains(&needed) {
        return Err(VaultError);
    }
    let coefficients = usize::from(needed) - 1;
    let shares = (1..=of).map(|number| {
        let mut value = Zeroizing::new([0; SECRET_BYTES]);
        for (at, byte) in value.iter_mut().enumerate() {
            // Horner's rule, from the highest coefficient to the secret itself.
            let drawn = (0..coefficients).map(|one| chance.get(one * SECRET_BYTES + at));
            let drawn = drawn.map(|one| one.copied().unwrap_or_default());
            let secret = key.bytes().get(at).copied().unwrap_or_default();
            *byte = drawn.chain([secret]).fold(0, |sum, one| multiply(sum, number) ^ one);
        }
        Share { needed, of, number, set, value }
    });
    Ok(shares.collect())
}

/// Joins shares of one splitting. Whether the result is the key of a store, the store says.
///
/// # Errors
/// [`VaultError`] for too few shares, shares of two splittings, or one share twice.
pub fn join(shares: &[Share]) -> Result<ShopKey, VaultError> {
    let first = shares.first().ok_or(VaultError)?;
    let same = |one: &Share| (one.needed, one.of, one.set) == (first.needed, first.of, first.set);
    let mut numbers: Vec<u8> = shares.iter().map(|share| share.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if !shares.iter().all(same)
        || numbers.len() != shares.len()
        || shares.len() < usize::from(first.needed)
    {
        return Err(VaultError);
    }
    let used = shares.get(..usize::from(first.needed)).ok_or(VaultError)?;
    let mut secret = Zeroizing::new([0_u8; SECRET_BYTES]);
    for share in used {
        // Lagrange's polynomial of this share at 0; numbers are public.
        let others = used.iter().filter(|other| other.number != share.number);
        let weight = others.fold(1, |weight, other| {
            multiply(weight, multiply(other.number, inverse(other.number ^ share.number)))
        });
        for (to, from) in secret.iter_mut().zip(share.value.iter()) {
            *to ^= multiply(*from, weight);
        }
    }
    Ok(ShopKey::from_bytes(*secret))
}

/// The product in GF(256), always in eight steps.
const fn multiply(a: u8, b: u8) -> u8 {
    let (mut a, mut b, mut product, mut step) = (a, b, 0_u8, 0);
    while step < 8 {
        product ^= a & 0_u8.wrapping_sub(b & 1);
        let carry = 0_u8.wrapping_sub(a >> 7);
        a = (a << 1) ^ (carry & 0x1b);
        b >>= 1;
        step += 1;
    }
    product
}

/// The inverse: the 254th power. Of 0 it is 0.
const fn inverse(a: u8) -> u8 {
    let (mut power, mut square, mut step) = (1_u8, a, 0);
    while step < 7 {
        square = multiply(square, square);
        power = multiply(power, square);
        step += 1;
    }
    power
}

#[cfg(test)]
mod tests;
