//! The resources of a log and their paths (`c2sp.org/tlog-tiles`).
//!
//! A tile is a run of 256 hashes of one level; a level-0 tile holds leaves, and each hash of a
//! higher one stands for a full tile below. The last tile of a level may be partial and then says
//! its width. Bundles hold the entries themselves, cut like the tiles of level 0.

use std::fmt;

use crate::error::LedgerError;
use crate::hash::{HASH_BYTES, Hash};
use crate::text::NUMBER_MAX;

/// Hashes of a full tile, and entries of a full bundle.
pub const TILE_WIDTH: u16 = 256;
/// Highest level that a path can name.
pub const LEVEL_MAX: u8 = 63;
/// Levels that a tree of at most 2^63 - 1 leaves can have.
pub(crate) const LEVELS: u8 = 8;
/// Bits of an index that one level of tiles takes.
pub(crate) const TILE_BITS: u8 = 8;

/// How many places of a tile or bundle are filled: 1 to 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Width(u16);

impl Width {
    /// All 256 places.
    pub const FULL: Self = Self(TILE_WIDTH);

    /// From the number of places; `None` outside of 1 to 256.
    pub fn new(places: u16) -> Option<Self> {
        (1..=TILE_WIDTH).contains(&places).then_some(Self(places))
    }

    /// The number of places.
    pub const fn places(self) -> u16 {
        self.0
    }

    /// Whether every place is filled.
    pub const fn is_full(self) -> bool {
        self.0 == TILE_WIDTH
    }
}

/// One resource that a log serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// The newest signed checkpoint.
    Checkpoint,
    /// Hashes of one level.
    Tile {
        /// Zero for leaves.
        level: u8,
        /// Which tile of the level.
        index: u64,
        /// How many hashes it has.
        width: Width,
    },
    /// The entries under one tile of level 0.
    Entries {
        /// Which bundle.
        index: u64,
        /// How many entries it has.
        width: Width,
    },
}

impl Resource {
    /// Reads a path below the log's prefix, without a slash in front.
    ///
    /// # Errors
    /// [`LedgerError::Path`] for anything that [`Resource`] would not write itself.
    pub fn parse(path: &str) -> Result<Self, LedgerError> {
        let resource = read(path).ok_or(LedgerError::Path)?;
        match resource.to_string() == path {
            true => Ok(resource),
            false => Err(LedgerError::Path),
        }
    }

    /// The first entry after those that this resource speaks of, which pruning compares.
    pub fn end(&self) -> u64 {
        let (level, index) = match self {
            Self::Checkpoint => return u64::MAX,
            Self::Tile { level, index, .. } => (*level, *index),
            Self::Entries { index, .. } => (0, *index),
        };
        let bits = u32::from(level + 1) * u32::from(TILE_BITS);
        let end = index.saturating_add(1);
        match bits < u64::BITS && end <= NUMBER_MAX >> bits {
            true => end << bits,
            false => u64::MAX,
        }
    }

    /// The full resource that a partial one grows into; itself when it is full.
    #[must_use]
    pub fn filled(self) -> Self {
        let width = Width::FULL;
        match self {
            Self::Checkpoint => self,
            Self::Tile { level, index, .. } => Self::Tile { level, index, width },
            Self::Entries { index, .. } => Self::Entries { index, width },
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (index, width) = match self {
            Self::Checkpoint => return f.write_str("checkpoint"),
            Self::Tile { level, index, width } => {
                write!(f, "tile/{level}/")?;
                (*index, *width)
            }
            Self::Entries { index, width } => {
                f.write_str("tile/entries/")?;
                (*index, *width)
            }
        };
        write_index(f, index)?;
        match width.is_full() {
            true => Ok(()),
            false => write!(f, ".p/{}", width.places()),
        }
    }
}

/// Three digits an element, all but the last behind an `x`.
fn write_index(f: &mut fmt::Formatter<'_>, index: u64) -> fmt::Result {
    let mut elements = vec![index % 1000];
    let mut rest = index / 1000;
    while rest > 0 {
        elements.push(rest % 1000);
        rest /= 1000;
    }
    while elements.len() > 1 {
        write!(f, "x{:03}/", elements.pop().unwrap_or_default())?;
    }
    write!(f, "{:03}", elements.pop().unwrap_or_default())
}

/// Reads without asking for the one spelling; writing again and comparing does.
fn read(path: &str) -> Option<Resource> {
    if path == "checkpoint" {
        return Some(Resource::Checkpoint);
    }
    let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
    let (elements, width) = match rest.split_once(".p/") {
        Some((elements, width)) => {
            (elements, Width::new(width.parse().ok()?).filter(|width| !width.is_full())?)
        }
        None => (rest, Width::FULL),
    };
    let mut index: u64 = 0;
    for element in elements.split('/') {
        let digits = element.strip_prefix('x').unwrap_or(element);
        let value: u64 = digits.parse().ok()?;
        index = index.checked_mul(1000)?.checked_add(value)?;
    }
    if index > NUMBER_MAX >> TILE_BITS {
        return None;
    }
    if level == "entries" {
        return Some(Resource::Entries { index, width });
    }
    let level = level.parse().ok().filter(|level| *level <= LEVEL_MAX)?;
    Some(Resource::Tile { level, index, width })
}

/// Reads the hashes of a tile.
///
/// # Errors
/// [`LedgerError::Tile`] unless there are exactly `width` of them.
pub fn hashes(bytes: &[u8], width: Width) -> Result<Vec<Hash>, LedgerError> {
    let (chunks, rest) = bytes.as_chunks::<HASH_BYTES>();
    if !rest.is_empty() || chunks.len() != usize::from(width.places()) {
        return Err(LedgerError::Tile);
    }
    Ok(chunks.iter().copied().map(Hash::from_bytes).collect())
}

/// The bytes of a tile.
pub fn bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(Hash::as_bytes).copied().collect()
}

/// How wide tile `index` of `level` is in a tree of `size` leaves; `None` when it has nothing.
pub fn width_at(level: u8, index: u64, size: u64) -> Option<Width> {
    let shift = u32::from(level) * u32::from(TILE_BITS);
    let hashes = if shift < u64::BITS { size >> shift } else { 0 };
    let before = index.checked_mul(u64::from(TILE_WIDTH))?;
    let places = hashes.checked_sub(before)?.min(u64::from(TILE_WIDTH));
    Width::new(u16::try_from(places).ok()?)
}

#[cfg(test)]
mod tests;
