//! Bit strings in base64url: what TCF and GPP strings are made of.
//!
//! Text becomes [`Bits`], which a [`Reader`] takes apart from the most significant bit on; a
//! [`Writer`] puts bits together and gives text. Both work by machine words, never bit by bit.
//! What this must never do: read past the end, or take a character that is not of the alphabet
//! (RFC 4648, section 5).

/// Longest text that is decoded, in bytes (each carries 6 bits).
pub const TEXT_BYTES_MAX: usize = 65_536;
/// Widest integer, in bits.
pub const WIDTH_BITS_MAX: u32 = 56;
/// Largest number in Fibonacci coding.
pub const FIBONACCI_MAX: u32 = 65_535;

/// Zero bytes behind the data, so that a word and the one behind it are inside the buffer.
const SPARE_BYTES: usize = 16;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const FOREIGN: u32 = 1 << 31;
/// What each character means at the first, second, third and fourth place of a group.
static PLACES: [[u32; 256]; 4] = [places(18), places(12), places(6), places(0)];
/// Fibonacci numbers as the coding uses them (each once): 1, 2, 3, 5, ... 46368.
const FIBONACCI: [u32; 23] = [
    1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597, 2584, 4181, 6765, 10_946,
    17_711, 28_657, 46_368,
];

/// How text ends that is not a whole number of characters, bytes or groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pad {
    /// Zero bits up to the next character (6 bits): the GPP specification.
    Sextet,
    /// Zero bits up to the next byte, then up to the next character: encoders that go through
    /// bytes, `=` left out.
    Byte,
    /// Zero bits up to the next group of 24: the reference encoder of TCF.
    Group,
    /// As [`Self::Byte`], with `=` up to the next group (RFC 4648, section 5).
    Equals,
}

/// Whether `=` may stand at the end of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Equals {
    /// `=` is a foreign character.
    Refused,
    /// One or two `=` may fill the last group of four.
    Allowed,
}

/// Why text is no bit string, or bits end too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BitError {
    /// A character that is not of the alphabet.
    #[error("character {at} is not of base64url")]
    Character {
        /// Which byte of the text, from 0.
        at: usize,
    },
    /// More than [`TEXT_BYTES_MAX`].
    #[error("text has {bytes} bytes, at most {TEXT_BYTES_MAX} are read")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The bits end inside a field.
    #[error("bits end at bit {len} inside a field that begins at bit {at}")]
    Short {
        /// Where the field begins, in bits.
        at: usize,
        /// How many bits there are.
        len: usize,
    },
    /// A number in Fibonacci coding above [`FIBONACCI_MAX`].
    #[error("number in fibonacci coding at bit {at} is above {FIBONACCI_MAX}")]
    Fibonacci {
        /// Where the number begins, in bits.
        at: usize,
    },
    /// A value that its field cannot hold.
    #[error("{value} does not fit a field of {width_bits} bits")]
    DoesNotFit {
        /// The value.
        value: u64,
        /// The width of the field.
        width_bits: u32,
    },
}

/// A decoded bit string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bits {
    /// The bits, most significant first, and [`SPARE_BYTES`] zero bytes.
    bytes: Vec<u8>,
    len: usize,
}

impl Bits {
    /// Reads base64url. Every character carries 6 bits, whatever the number of characters.
    ///
    /// # Errors
    /// [`BitError::Character`], [`BitError::TooLong`].
    pub fn decode(text: &[u8], equals: Equals) -> Result<Self, BitError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(BitError::TooLong { bytes: text.len() });
        }
        let text = match equals {
            Equals::Allowed => without_equals(text),
            Equals::Refused => text,
        };
        let (groups, rest) = text.as_chunks::<4>();
        let mut last = [b'A'; 4];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        let mut bytes = vec![0; (groups.len() + 1) * 3 + SPARE_BYTES];
        let (places, _) = bytes.as_chunks_mut::<3>();
        let (places, behind) = places.split_at_mut(groups.len());
        let mut foreign = 0;
        let all = groups.iter().zip(places).chain([&last].into_iter().zip(behind));
        all.for_each(|(group, place)| {
            let value = group_value(*group);
            foreign |= value;
            let [_, value @ ..] = value.to_be_bytes();
            *place = value;
        });
        if foreign & FOREIGN != 0 {
            let at = text.iter().position(|c| !ALPHABET.contains(c)).unwrap_or(text.len());
            return Err(BitError::Character { at });
        }
        Ok(Self { bytes, len: text.len() * 6 })
    }

    /// Number of bits, padding included.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no bit.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Reads from the first bit on.
    pub const fn reader(&self) -> Reader<'_> {
        Reader { bytes: self.bytes.as_slice(), len: self.len, at: 0 }
    }
}

/// Reads a bit string from the most significant bit on.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'b> {
    bytes: &'b [u8],
    len: usize,
    at: usize,
}

impl Reader<'_> {
    /// The bit that is read next, from 0.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Bits not read yet, padding included.
    pub const fn left(&self) -> usize {
        self.len - self.at
    }

    /// The next `width_bits` bits (at most [`WIDTH_BITS_MAX`]) as an integer.
    ///
    /// # Errors
    /// [`BitError::Short`].
    pub fn int(&mut self, width_bits: u32) -> Result<u64, BitError> {
        debug_assert!(width_bits <= WIDTH_BITS_MAX);
        let width = width_bits as usize;
        if width > self.left() {
            return Err(BitError::Short { at: self.at, len: self.len });
        }
        let value = self.top().checked_shr(64 - width_bits).unwrap_or(0);
        self.at += width;
        Ok(value)
    }

    /// The next bit.
    ///
    /// # Errors
    /// [`BitError::Short`].
    pub fn flag(&mut self) -> Result<bool, BitError> {
        Ok(self.int(1)? == 1)
    }

    /// The next `count` bits as 64-bit words, low bit first: bit `i` of the field is bit `i % 64`
    /// of word `i / 64`. Bits behind the field are zero.
    ///
    /// # Errors
    /// [`BitError::Short`].
    pub fn words(&mut self, count: usize) -> Result<Vec<u64>, BitError> {
        if count > self.left() {
            return Err(BitError::Short { at: self.at, len: self.len });
        }
        let len = count.div_ceil(64);
        let (chunks, _) = self.bytes.get(self.at / 8..).unwrap_or_default().as_chunks::<8>();
        let shift = self.at % 8;
        let following = chunks.iter().skip(1).map(|[byte, ..]| u64::from(*byte));
        let mut words = vec![0; len];
        for ((word, chunk), next) in words.iter_mut().zip(chunks).zip(following) {
            *word = u64::from_be_bytes(*chunk) << shift | next >> (8 - shift);
        }
        // A loop of its own, because it is several words at once for the compiler.
        for word in &mut words {
            *word = word.reverse_bits();
        }
        if let Some(last) = words.last_mut() {
            *last &= u64::MAX >> (len * 64 - count);
        }
        self.at += count;
        Ok(words)
    }

    /// The next number in Fibonacci coding: at least 1, at most [`FIBONACCI_MAX`].
    ///
    /// # Errors
    /// [`BitError::Short`], [`BitError::Fibonacci`].
    pub fn fibonacci(&mut self) -> Result<u32, BitError> {
        let begin = self.at;
        let (mut value, mut last) = (0_u32, false);
        for number in FIBONACCI {
            if self.left() == 0 {
                return Err(BitError::Short { at: begin, len: self.len });
            }
            let bit = self.flag()?;
            if bit && last {
                return Ok(value);
            }
            if bit {
                value += number;
            }
            if value > FIBONACCI_MAX {
                break;
            }
            last = bit;
        }
        // The largest number of the table may still be closed by its second 1.
        match self.flag() {
            Ok(true) if last && value <= FIBONACCI_MAX => Ok(value),
            Ok(_) => Err(BitError::Fibonacci { at: begin }),
            Err(_) if value <= FIBONACCI_MAX => Err(BitError::Short { at: begin, len: self.len }),
            Err(_) => Err(BitError::Fibonacci { at: begin }),
        }
    }

    /// Whether only zero bits follow.
    pub fn rest_is_zero(&self) -> bool {
        let word = self.top();
        let rest = self.bytes.get(self.at / 8 + 8..).unwrap_or_default();
        word == 0 && rest.iter().all(|byte| *byte == 0)
    }

    /// At least the next 57 bits, at the top of the word; zeros behind the end.
    fn top(&self) -> u64 {
        let word = self.bytes.get(self.at / 8..).and_then(<[u8]>::first_chunk::<8>);
        word.map_or(0, |word| u64::from_be_bytes(*word)) << (self.at % 8)
    }
}

/// Puts bits together, most significant first.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    /// The bits of the byte that is not full yet, at the low end, and how many.
    open: u64,
    open_bits: u32,
}

impl Writer {
    /// No bits yet.
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), open: 0, open_bits: 0 }
    }

    /// How many bits were written.
    pub fn len(&self) -> usize {
        self.bytes.len() * 8 + self.open_bits as usize
    }

    /// Whether no bit was written.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes an integer of `width_bits` bits (at most [`WIDTH_BITS_MAX`]).
    ///
    /// # Errors
    /// [`BitError::DoesNotFit`].
    pub fn int(&mut self, value: u64, width_bits: u32) -> Result<(), BitError> {
        if width_bits > WIDTH_BITS_MAX || value >> width_bits != 0 {
            return Err(BitError::DoesNotFit { value, width_bits });
        }
        self.push(value, width_bits);
        Ok(())
    }

    /// Writes one bit.
    pub fn flag(&mut self, value: bool) {
        self.push(u64::from(value), 1);
    }

    /// Writes `count` bits of words as [`Reader::words`] gives them; missing words are zero.
    pub fn words(&mut self, words: &[u64], count: usize) {
        let mut words = words.iter().copied();
        let mut left = count;
        while left > 0 {
            let word = words.next().unwrap_or(0).reverse_bits();
            let (high, low) = (word >> 32, word & 0xffff_ffff);
            let bits = left.min(64);
            let high_bits = bits.min(32);
            self.push(high >> (32 - high_bits), width(high_bits));
            let low_bits = bits - high_bits;
            self.push(low >> (32 - low_bits), width(low_bits));
            left -= bits;
        }
    }

    /// Writes a number of at least 1 in Fibonacci coding (Zeckendorf, smallest first, closed by
    /// a second 1).
    ///
    /// # Errors
    /// [`BitError::DoesNotFit`] for 0 and above [`FIBONACCI_MAX`].
    pub fn fibonacci(&mut self, value: u32) -> Result<(), BitError> {
        if value == 0 || value > FIBONACCI_MAX {
            return Err(BitError::DoesNotFit { value: u64::from(value), width_bits: 0 });
        }
        let (mut left, mut code, mut code_bits) = (value, 1_u64, 0_u32);
        // From the largest number down: the first that is taken lies beside the closing 1.
        for (place, number) in FIBONACCI.iter().enumerate().rev() {
            let taken = *number <= left;
            if taken {
                left -= number;
                code_bits = code_bits.max(width(place) + 2);
                code |= 1 << (code_bits - 1 - width(place));
            }
        }
        self.push(code, code_bits);
        Ok(())
    }

    /// The text of all bits, ended as `pad` says.
    pub fn base64url(mut self, pad: Pad) -> String {
        let len = match pad {
            Pad::Sextet => self.len().next_multiple_of(6),
            Pad::Byte | Pad::Equals => self.len().next_multiple_of(8).next_multiple_of(6),
            Pad::Group => self.len().next_multiple_of(24),
        };
        let characters = len / 6;
        if self.open_bits > 0 {
            self.push(0, 8 - self.open_bits);
        }
        let mut text = String::with_capacity(characters.next_multiple_of(4));
        let mut bytes = self.bytes.iter().map(|byte| u32::from(*byte));
        while text.len() < characters {
            let mut next = || bytes.next().unwrap_or(0);
            let group = next() << 16 | next() << 8 | next();
            for shift in [18, 12, 6, 0].into_iter().take(characters - text.len()) {
                let place = (group >> shift & 63) as usize;
                text.push(ALPHABET.get(place).copied().unwrap_or(b'A').into());
            }
        }
        while pad == Pad::Equals && !text.len().is_multiple_of(4) {
            text.push('=');
        }
        text
    }

    /// At most 56 bits, that the caller has masked.
    fn push(&mut self, value: u64, width_bits: u32) {
        self.open = self.open << width_bits | value;
        self.open_bits += width_bits;
        while self.open_bits >= 8 {
            self.open_bits -= 8;
            let [.., byte] = (self.open >> self.open_bits).to_be_bytes();
            self.bytes.push(byte);
        }
        self.open &= (1 << self.open_bits) - 1;
    }
}

/// A width or place that is known to be small.
fn width(bits: usize) -> u32 {
    u32::try_from(bits).unwrap_or(u32::MAX)
}

/// The text without the one or two `=` that fill its last group.
fn without_equals(text: &[u8]) -> &[u8] {
    if !text.len().is_multiple_of(4) {
        return text;
    }
    let shorter = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"="));
    shorter.unwrap_or(text)
}

/// The 24 bits of four characters, or a value with [`FOREIGN`] set.
fn group_value(group: [u8; 4]) -> u32 {
    let characters = group.iter().zip(&PLACES);
    let values = characters.map(|(c, place)| place.get(usize::from(*c)).copied());
    values.fold(0, |all, value| all | value.unwrap_or(FOREIGN))
}

#[expect(clippy::indexing_slicing, reason = "the compiler runs this and refuses a wrong index")]
const fn places(shift: u32) -> [u32; 256] {
    let mut table = [FOREIGN; 256];
    let mut value = 0_u32;
    while value < 64 {
        table[ALPHABET[value as usize] as usize] = value << shift;
        value += 1;
    }
    table
}

#[cfg(test)]
mod tests;
