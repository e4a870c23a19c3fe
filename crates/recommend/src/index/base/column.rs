//! A column of numbers in frames of 64: each frame keeps its least number and, for each of its
//! numbers, the difference in as many bits as the largest difference needs. Reading one number
//! touches one frame.

/// Numbers per frame. With 64, a frame of width w fills exactly w words.
const FRAME: usize = 64;

/// Numbers that are read at random and seldom changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Column {
    /// Of each frame its least number and its first word; one more marks the end.
    frames: Box<[(u32, u32)]>,
    words: Box<[u64]>,
}

impl Column {
    /// The number at a place; 0 past the end.
    #[inline]
    pub(crate) fn get(&self, at: u32) -> u32 {
        let Some((least, field)) = self.field(at) else { return 0 };
        if field.width == 0 {
            return least;
        }
        let first = self.words.get(field.word).copied().unwrap_or(0) >> field.shift;
        let rest = if field.shift + field.width > 64 {
            self.words.get(field.word + 1).copied().unwrap_or(0) << (64 - field.shift)
        } else {
            0
        };
        least + low(first | rest, field.width)
    }

    /// Overwrites a number with the least of its frame.
    pub(crate) fn blur(&mut self, at: u32) {
        let Some((_, field)) = self.field(at) else { return };
        let mask = low_bits(field.width);
        if let Some(word) = self.words.get_mut(field.word) {
            *word &= !(mask << field.shift);
        }
        if field.shift + field.width > 64 {
            if let Some(word) = self.words.get_mut(field.word + 1) {
                *word &= !(mask >> (64 - field.shift));
            }
        }
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        self.frames.len() * size_of::<(u32, u32)>() + self.words.len() * size_of::<u64>()
    }

    /// The least number of a frame and where the difference stands.
    #[inline]
    fn field(&self, at: u32) -> Option<(u32, Field)> {
        let frame = at as usize / FRAME;
        let &[(least, first), (_, end)] = self.frames.get(frame..frame + 2)? else { return None };
        let width = end - first;
        let bit = (at % 64) * width;
        Some((least, Field { word: (first + bit / 64) as usize, shift: bit % 64, width }))
    }
}

struct Field {
    word: usize,
    shift: u32,
    width: u32,
}

const fn low_bits(width: u32) -> u64 {
    (1 << width) - 1
}

#[expect(clippy::cast_possible_truncation, reason = "a width is at most 32 bits")]
const fn low(word: u64, width: u32) -> u32 {
    (word & low_bits(width)) as u32
}

/// Writes a column from its first number to its last.
#[derive(Debug)]
pub(crate) struct ColumnBuilder {
    frames: Vec<(u32, u32)>,
    words: Vec<u64>,
    open: Vec<u32>,
}

impl ColumnBuilder {
    /// For so many numbers.
    pub(crate) fn new(len: usize) -> Self {
        Self {
            frames: Vec::with_capacity(len / FRAME + 2),
            words: Vec::new(),
            open: Vec::with_capacity(FRAME),
        }
    }

    /// Appends a number.
    pub(crate) fn push(&mut self, value: u32) {
        self.open.push(value);
        if self.open.len() == FRAME {
            self.close();
        }
    }

    /// The column.
    pub(crate) fn finish(mut self) -> Column {
        if !self.open.is_empty() {
            self.close();
        }
        let end = self.word();
        self.frames.push((0, end));
        Column { frames: self.frames.into(), words: self.words.into() }
    }

    fn close(&mut self) {
        let least = self.open.iter().copied().min().unwrap_or(0);
        let most = self.open.iter().copied().max().unwrap_or(0);
        let width = 32 - (most - least).leading_zeros();
        let first = self.word();
        self.frames.push((least, first));
        self.words.resize(self.words.len() + width as usize, 0);
        let mut bit = 0;
        for value in self.open.drain(..) {
            let difference = u64::from(value - least);
            let word = first as usize + bit as usize / 64;
            if let Some(word) = self.words.get_mut(word) {
                *word |= difference << (bit % 64);
            }
            if bit % 64 + width > 64 {
                if let Some(word) = self.words.get_mut(word + 1) {
                    *word |= difference >> (64 - bit % 64);
                }
            }
            bit += width;
        }
    }

    fn word(&self) -> u32 {
        // A column of 2^32 numbers of 32 bits has 2^31 words.
        u32::try_from(self.words.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests;
