//! Weights as bytes: a version, the sizes, every number in one order, and a checksum.

use super::SequenceError;
use super::parameters::{Block, Shape};
use super::settings::{ITEMS_LIMIT, PLACES_LIMIT, WIDTH_LIMIT};
use super::weights::{WHOLE, Weights};
use crate::fingerprint::{Fingerprint, SessionHash};

/// What the bytes begin with; the last is the version.
const MAGIC: [u8; 8] = *b"CSEQ\0\0\0\x01";

/// Sizes of the parts before the numbers.
const HEAD: usize = 8 + 2 + 2 + 2 + 4 + 16 + 4;
/// The checksum at the end.
const CHECKSUM: usize = 16;

impl Weights {
    /// The weights as bytes; equal weights give equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.bytes()).unwrap_or(0) + 64);
        bytes.extend_from_slice(&MAGIC);
        let Shape { width, inner, places } = self.shape;
        for size in [width, inner, places] {
            bytes.extend_from_slice(&u16::try_from(size).unwrap_or(u16::MAX).to_le_bytes());
        }
        bytes.extend_from_slice(&self.items().to_le_bytes());
        bytes.extend_from_slice(&self.trained_on);
        bytes.extend_from_slice(&self.unit.to_le_bytes());
        for value in self.block.groups().into_iter().flatten() {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        for value in &self.table {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        let checksum = checksum(&bytes);
        bytes.extend_from_slice(&checksum);
        bytes
    }

    /// Reads what [`Weights::to_bytes`] wrote and refuses anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SequenceError> {
        let (body, sum) = bytes.split_last_chunk::<CHECKSUM>().ok_or(SequenceError::Bytes)?;
        let mut reader = Reader(body);
        if reader.take::<8>()? != MAGIC {
            return Err(SequenceError::Bytes);
        }
        let width = u16::from_le_bytes(reader.take()?);
        let inner = u16::from_le_bytes(reader.take()?);
        let places = u16::from_le_bytes(reader.take()?);
        let items = u32::from_le_bytes(reader.take()?);
        let trained_on = reader.take::<16>()?;
        let unit = f32::from_le_bytes(reader.take()?);
        let fits = (8..=WIDTH_LIMIT).contains(&width)
            && width % 8 == 0
            && (width..=width * 4).contains(&inner)
            && inner % width == 0
            && (1..=PLACES_LIMIT).contains(&places)
            && (1..=ITEMS_LIMIT).contains(&items)
            && unit.is_finite()
            && unit > 0.0;
        if !fits {
            return Err(SequenceError::Bytes);
        }
        let shape = Shape {
            width: usize::from(width),
            inner: usize::from(inner),
            places: usize::from(places),
        };
        let values = items as usize * shape.width;
        if body.len() != HEAD + block_values(shape) * 4 + values * 2 || checksum(body) != *sum {
            return Err(SequenceError::Bytes);
        }
        let mut block = Block::zero(shape);
        for value in block.groups_mut().into_iter().flatten() {
            *value = f32::from_le_bytes(reader.take()?);
            if !value.is_finite() {
                return Err(SequenceError::Bytes);
            }
        }
        let mut table = Vec::with_capacity(values);
        for _ in 0..values {
            let value = i16::from_le_bytes(reader.take()?);
            if !(-WHOLE..=WHOLE).contains(&value) {
                return Err(SequenceError::Bytes);
            }
            table.push(value);
        }
        Ok(Self { shape, block, unit, table, trained_on })
    }
}

/// Numbers of a block.
fn block_values(shape: Shape) -> usize {
    let Shape { width, inner, places } = shape;
    places * (width + 1) + 4 * width * width + 2 * width * inner + inner + 7 * width
}

/// A checksum against mistakes, not against an adversary.
fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    let mut hash = SessionHash::default();
    hash.feed(bytes);
    let mut sum = Fingerprint::default();
    sum.add(hash);
    sum.to_bytes()
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], SequenceError> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(SequenceError::Bytes)?;
        self.0 = rest;
        Ok(*taken)
    }
}

#[cfg(test)]
mod tests;
