//! Format-preserving encryption for legacy columns: FF1 (NIST SP 800-38G revision 1), AES-256.
//!
//! The tweak names the column, so that equal values of two columns differ. The domain has at least
//! a million values (section 5.1 of the revision); a smaller one is refused, because it could be
//! tried out. FF1 hides less than a random token does: equal values of a column have equal names,
//! and who steals the vault key can undo it, also for people who were erased.

use std::fmt;

use aes_gcm_siv::aead::KeyInit;
use aes_gcm_siv::aes::Aes256;
use aes_gcm_siv::aes::cipher::BlockCipherEncrypt;
use fpe::ff1::{FF1, FlexibleNumeralString};

use crate::error::VaultError;
use crate::tokens::card::{CardNumber, check_digit};

/// Most signs of a text; a column of a legacy system is shorter.
pub const SIGNS_MAX: usize = 256;

/// FF1 under one key for signs of one radix. The cipher is AES-256 everywhere but in the tests,
/// which have vectors for the shorter keys as well.
pub(crate) struct Ff1<C = Aes256> {
    cipher: FF1<C>,
    radix: u32,
}

impl<C: KeyInit + BlockCipherEncrypt + Clone> Ff1<C> {
    pub(crate) fn new(key: &[u8], radix: u32) -> Result<Self, VaultError> {
        if key.len() != C::key_size() {
            return Err(VaultError);
        }
        let cipher = FF1::new(key, radix).map_err(|_| VaultError)?;
        Ok(Self { cipher, radix })
    }

    /// The same number of signs, enciphered.
    pub(crate) fn encrypt(&self, tweak: &[u8], signs: &[u16]) -> Result<Vec<u16>, VaultError> {
        let signs = self.checked(signs)?;
        self.cipher.encrypt(tweak, &signs).map(Vec::from).map_err(|_| VaultError)
    }

    /// Undoes [`Ff1::encrypt`].
    pub(crate) fn decrypt(&self, tweak: &[u8], signs: &[u16]) -> Result<Vec<u16>, VaultError> {
        let signs = self.checked(signs)?;
        self.cipher.decrypt(tweak, &signs).map(Vec::from).map_err(|_| VaultError)
    }

    fn checked(&self, signs: &[u16]) -> Result<FlexibleNumeralString, VaultError> {
        let known = signs.iter().all(|sign| u32::from(*sign) < self.radix);
        if !known || signs.len() > SIGNS_MAX || !is_wide(self.radix, signs.len()) {
            return Err(VaultError);
        }
        Ok(FlexibleNumeralString::from(signs.to_vec()))
    }
}

/// Whether there are at least a million texts of this length.
fn is_wide(radix: u32, len: usize) -> bool {
    let mut values: u64 = 1;
    for _ in 0..len {
        values = values.saturating_mul(u64::from(radix));
        if values >= 1_000_000 {
            return true;
        }
    }
    false
}

/// Which signs a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// `0` to `9`.
    Digits,
    /// `0` to `9` and `a` to `z`.
    LowerAlphanumeric,
}

impl Alphabet {
    const fn radix(self) -> u32 {
        match self {
            Self::Digits => 10,
            Self::LowerAlphanumeric => 36,
        }
    }

    fn signs(self, text: &str) -> Result<Vec<u16>, VaultError> {
        let sign = |c: char| {
            let upper = c.is_ascii_uppercase();
            let sign = c.to_digit(self.radix()).filter(|_| !upper).ok_or(VaultError)?;
            u16::try_from(sign).map_err(|_| VaultError)
        };
        text.chars().map(sign).collect()
    }

    fn text(self, signs: &[u16]) -> String {
        signs.iter().filter_map(|sign| char::from_digit(u32::from(*sign), self.radix())).collect()
    }
}

/// The values of one legacy column, enciphered in their own shape.
pub struct Column {
    ff1: Ff1,
    alphabet: Alphabet,
    tweak: Vec<u8>,
}

impl Column {
    pub(crate) fn new(
        key: &[u8; 32],
        name: &str,
        alphabet: Alphabet,
        shop: &str,
    ) -> Result<Self, VaultError> {
        let mut tweak = Vec::with_capacity(shop.len() + name.len() + 1);
        tweak.extend_from_slice(shop.as_bytes());
        tweak.push(0);
        tweak.extend_from_slice(name.as_bytes());
        Ok(Self { ff1: Ff1::new(key, alphabet.radix())?, alphabet, tweak })
    }

    /// Another text of the same length and alphabet.
    ///
    /// # Errors
    /// [`VaultError`] for other signs, and for texts so short that there are fewer than a million.
    pub fn encrypt(&self, text: &str) -> Result<String, VaultError> {
        let signs = self.alphabet.signs(text)?;
        Ok(self.alphabet.text(&self.ff1.encrypt(&self.tweak, &signs)?))
    }

    /// Undoes [`Column::encrypt`].
    ///
    /// # Errors
    /// See [`Column::encrypt`].
    pub fn decrypt(&self, text: &str) -> Result<String, VaultError> {
        let signs = self.alphabet.signs(text)?;
        Ok(self.alphabet.text(&self.ff1.decrypt(&self.tweak, &signs)?))
    }

    /// A card number in the shape of one that is none: all digits but the last are enciphered, and
    /// the last is never the right check digit.
    ///
    /// # Errors
    /// [`VaultError`] for a column that does not hold digits.
    pub fn encrypt_card(&self, card: &CardNumber) -> Result<String, VaultError> {
        if self.alphabet != Alphabet::Digits {
            return Err(VaultError);
        }
        let (body, _) =
            card.digits().split_at_checked(card.digits().len() - 1).ok_or(VaultError)?;
        let mut name = self.encrypt(body)?;
        name.push(char::from(wrong_digit(&name)));
        Ok(name)
    }

    /// Undoes [`Column::encrypt_card`].
    ///
    /// # Errors
    /// [`VaultError`] for a text that no card became.
    pub fn decrypt_card(&self, name: &str) -> Result<CardNumber, VaultError> {
        let last = name.len().checked_sub(1).ok_or(VaultError)?;
        let (body, digit) = name.split_at_checked(last).ok_or(VaultError)?;
        if self.alphabet != Alphabet::Digits || digit.as_bytes() != [wrong_digit(body)] {
            return Err(VaultError);
        }
        let mut digits = zeroize::Zeroizing::new(self.decrypt(body)?);
        let right = check_digit(digits.as_bytes());
        digits.push(char::from(right));
        CardNumber::parse(&digits)
    }
}

/// A digit that is not the check digit of `body`.
fn wrong_digit(body: &str) -> u8 {
    b'0' + (check_digit(body.as_bytes()) - b'0' + 5) % 10
}

impl fmt::Debug for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Column(..)")
    }
}

#[cfg(test)]
mod tests;
