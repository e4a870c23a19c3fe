//! Card numbers: reading one, and finding them in text where they must not be.
//!
//! The check digit is that of ISO/IEC 7812-1 (Luhn); networks are told by the first digits.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::VaultError;

/// Fewest digits of a card number.
pub const DIGITS_MIN: usize = 12;
/// Most digits of a card number.
pub const DIGITS_MAX: usize = 19;
/// Fewest digits that [`holds_card`] takes for a card: shorter ones are more often article and
/// order numbers than cards.
const FOUND_DIGITS_MIN: usize = 15;
/// Digits of the issuer that are shown when a shop declares that it keeps them. Six of a number
/// with fifteen digits or fewer, otherwise eight (PCI DSS 3.4.1 allows what business needs).
const BIN_DIGITS: usize = 8;
const BIN_DIGITS_OF_SHORT: usize = 6;

/// Who runs the scheme of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// American Express.
    Amex,
    /// Diners Club.
    Diners,
    /// Discover.
    Discover,
    /// JCB.
    Jcb,
    /// Maestro.
    Maestro,
    /// Mastercard.
    Mastercard,
    /// Mir.
    Mir,
    /// RuPay.
    Rupay,
    /// Troy.
    Troy,
    /// UnionPay.
    UnionPay,
    /// Visa.
    Visa,
}

impl Network {
    /// The network as the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Amex => "amex",
            Self::Diners => "diners",
            Self::Discover => "discover",
            Self::Jcb => "jcb",
            Self::Maestro => "maestro",
            Self::Mastercard => "mastercard",
            Self::Mir => "mir",
            Self::Rupay => "rupay",
            Self::Troy => "troy",
            Self::UnionPay => "unionpay",
            Self::Visa => "visa",
        }
    }

    /// The network of a number, by its first four digits and its length.
    const fn of(first_four: u16, digits: usize) -> Option<Self> {
        let long = matches!(digits, 16..=19);
        Some(match first_four {
            3400..=3499 | 3700..=3799 if digits == 15 => Self::Amex,
            3000..=3059 | 3095 | 3600..=3699 | 3800..=3999 if matches!(digits, 14..=19) => {
                Self::Diners
            }
            3528..=3589 if long => Self::Jcb,
            4000..=4999 if matches!(digits, 13 | 16 | 19) => Self::Visa,
            2221..=2720 | 5100..=5599 if digits == 16 => Self::Mastercard,
            2200..=2204 if long => Self::Mir,
            6011 | 6440..=6599 if long => Self::Discover,
            6200..=6299 if long => Self::UnionPay,
            5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763 if digits >= DIGITS_MIN => {
                Self::Maestro
            }
            5080..=5089 | 6000..=6099 | 8100..=8299 if digits == 16 => Self::Rupay,
            9792 if digits == 16 => Self::Troy,
            _ => return None,
        })
    }
}

/// Whether the digits end in their own check digit. Takes digits only.
pub(crate) fn is_luhn(digits: &[u8]) -> bool {
    !digits.is_empty() && luhn_sum(digits, false).is_multiple_of(10)
}

/// The digit that makes `digits` end in its own check digit.
pub(crate) fn check_digit(digits: &[u8]) -> u8 {
    let over = luhn_sum(digits, true) % 10;
    b'0' + u8::try_from((10 - over) % 10).unwrap_or(0)
}

fn luhn_sum(digits: &[u8], doubled_first: bool) -> u32 {
    let mut doubled = doubled_first;
    let mut sum = 0;
    for digit in digits.iter().rev() {
        let value = u32::from(digit.wrapping_sub(b'0'));
        sum += match (doubled, value) {
            (false, value) => value,
            (true, value) if value > 4 => value * 2 - 9,
            (true, value) => value * 2,
        };
        doubled = !doubled;
    }
    sum
}

fn network(digits: &[u8]) -> Option<Network> {
    let first = digits.get(..4)?;
    let first_four = first.iter().fold(0u16, |n, digit| n * 10 + u16::from(digit - b'0'));
    Network::of(first_four, digits.len())
}

/// A card number (PAN): 12 to 19 digits with a right check digit. Prints nothing; its memory is
/// overwritten when dropped.
pub struct CardNumber(Zeroizing<Vec<u8>>);

impl CardNumber {
    /// Reads a number, with single spaces or hyphens between its groups or without.
    ///
    /// # Errors
    /// [`VaultError`] for any other text, without a word on what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let mut digits = Zeroizing::new(Vec::with_capacity(DIGITS_MAX + 1));
        let mut after_digit = false;
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' if digits.len() < DIGITS_MAX => digits.push(byte),
                b' ' | b'-' if after_digit => {}
                _ => return Err(VaultError),
            }
            after_digit = byte.is_ascii_digit();
        }
        if !after_digit || digits.len() < DIGITS_MIN || !is_luhn(&digits) {
            return Err(VaultError);
        }
        Ok(Self(digits))
    }

    /// The digits, for sealing and for sending to a payment provider.
    pub fn digits(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The network, when the first digits are those of one.
    pub fn network(&self) -> Option<Network> {
        network(&self.0)
    }

    /// The first digits, which name the issuer.
    pub fn bin(&self) -> &str {
        let shown = if self.0.len() > 15 { BIN_DIGITS } else { BIN_DIGITS_OF_SHORT };
        self.digits().get(..shown).unwrap_or_default()
    }

    /// The last four digits.
    pub fn last_four(&self) -> &str {
        self.digits().get(self.0.len() - 4..).unwrap_or_default()
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardNumber(..)")
    }
}

/// Reads the next sign of a text: a digit (also behind a JSON or URL escape), what may stand
/// between the groups of a card number, or something else. Says how many bytes it took.
fn sign(rest: &[u8]) -> (Sign, usize) {
    match rest {
        [b'0'..=b'9', ..] => (Sign::Digit(rest.first().copied().unwrap_or(b'0')), 1),
        [b'\\', b'u', b'0', b'0', b'3', digit @ b'0'..=b'9', ..] => (Sign::Digit(*digit), 6),
        [b'%', b'3', digit @ b'0'..=b'9', ..] => (Sign::Digit(*digit), 3),
        [b'%', b'2', b'0' | b'd' | b'D', ..] => (Sign::Between, 3),
        [b' ' | b'-' | b'.' | b'+', ..] => (Sign::Between, 1),
        _ => (Sign::Other, 1),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Digit(u8),
    Between,
    Other,
}

/// The digits that stand together, and where each group of them begins.
struct Run {
    digits: [u8; RUN_DIGITS_MAX],
    /// First byte of the text and first byte behind, of each digit.
    places: [(usize, usize); RUN_DIGITS_MAX],
    starts: [bool; RUN_DIGITS_MAX + 1],
    len: usize,
}

/// Digits of a run that are looked at; a longer run is looked at in pieces that overlap.
const RUN_DIGITS_MAX: usize = 64;

impl Run {
    const fn new() -> Self {
        let digits = [0; RUN_DIGITS_MAX];
        let places = [(0, 0); RUN_DIGITS_MAX];
        Self { digits, places, starts: [false; RUN_DIGITS_MAX + 1], len: 0 }
    }

    fn push(&mut self, digit: u8, place: (usize, usize), starts: bool) {
        if self.len == RUN_DIGITS_MAX {
            self.keep_last(DIGITS_MAX + 1);
        }
        if let (Some(to), Some(at), Some(start)) = (
            self.digits.get_mut(self.len),
            self.places.get_mut(self.len),
            self.starts.get_mut(self.len),
        ) {
            (*to, *at, *start) = (digit, place, starts);
            self.len += 1;
        }
    }

    fn keep_last(&mut self, count: usize) {
        let from = self.len.saturating_sub(count);
        self.digits.copy_within(from..self.len, 0);
        self.places.copy_within(from..self.len, 0);
        self.starts.copy_within(from..self.len, 0);
        self.len -= from;
    }

    /// The first card number that begins and ends with a group.
    fn card(&self) -> Option<(usize, usize)> {
        if self.len < FOUND_DIGITS_MIN {
            return None;
        }
        let starts = |at: usize| self.starts.get(at).copied().unwrap_or(false);
        for from in (0..self.len).filter(|at| starts(*at)) {
            let longest = (from + DIGITS_MAX).min(self.len);
            for to in (from + FOUND_DIGITS_MIN..=longest).rev() {
                let ends = to == self.len || starts(to);
                let Some(digits) = self.digits.get(from..to).filter(|_| ends) else { continue };
                if network(digits).is_some() && is_luhn(digits) {
                    let first = self.places.get(from)?.0;
                    return Some((first, self.places.get(to - 1)?.1));
                }
            }
        }
        None
    }
}

/// Where the first card number of a text stands, in bytes: 15 to 19 digits of a known network with
/// a right check digit, in one piece or in groups. One pass; digits behind the escapes of JSON and
/// of URLs count as digits.
///
/// # Privacy
/// Says where, never what. Numbers of 12 to 14 digits are left alone: most of them are article
/// numbers (GTIN) and ids of shop systems, and too many honest requests would be refused.
pub fn find_card(text: &[u8]) -> Option<(usize, usize)> {
    let mut at = 0;
    let mut run = Run::new();
    let mut starts = true;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (sign, bytes) = sign(rest);
        match sign {
            Sign::Digit(digit) => {
                run.push(digit, (at, at + bytes), starts);
                starts = false;
                // A run that is full is looked at before its oldest digits are let go.
                if run.len == RUN_DIGITS_MAX
                    && let Some(found) = run.card()
                {
                    return Some(found);
                }
            }
            Sign::Between if !starts => starts = true,
            Sign::Between | Sign::Other => {
                if let Some(found) = run.card() {
                    return Some(found);
                }
                run = Run::new();
                starts = true;
            }
        }
        at += bytes;
    }
    run.card()
}

/// Whether a text holds a card number; see [`find_card`].
pub fn holds_card(text: &[u8]) -> bool {
    find_card(text).is_some()
}

/// What stands where a card number was.
const REMOVED: &[u8] = b"[card number removed]";

/// The text without card numbers, and how many were taken out.
pub fn scrub(text: &[u8]) -> (Vec<u8>, usize) {
    let mut clean = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut removed = 0;
    while let Some((from, to)) = find_card(rest) {
        clean.extend_from_slice(rest.get(..from).unwrap_or_default());
        clean.extend_from_slice(REMOVED);
        rest = rest.get(to..).unwrap_or_default();
        removed += 1;
    }
    clean.extend_from_slice(rest);
    (clean, removed)
}

#[cfg(test)]
mod tests;
