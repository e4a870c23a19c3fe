//! Lists of numbers as GPP strings hold them: ranges in Fibonacci coding and vendors of TCF
//! Canada.

use crate::bits::{Reader, Writer};
use crate::gpp::error::Why;
use crate::tcf::sets::{VendorId, VendorRange, VendorSet};

const COUNT_BITS: u32 = 12;
const LENGTH_BITS: u32 = 16;

/// How a list of vendors is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// The largest number (16 bits), a bit for "ranges", then ranges in Fibonacci coding or a bit
    /// field: what the reference encoders have written since June 2026.
    Deployed,
    /// The same with ranges of 16-bit numbers: what they wrote before.
    Fixed,
    /// A bit for "ranges", then ranges in Fibonacci coding, or a length (16 bits) and a bit
    /// field: the words of the specification (data type `OptimizedRange`).
    Literal,
}

impl Coding {
    /// Every coding, in the order in which they are tried.
    pub const ALL: [Self; 3] = [Self::Deployed, Self::Fixed, Self::Literal];
}

/// Reads ranges in Fibonacci coding, each number once and ascending; gives first and last.
pub(crate) fn read_ranges(
    reader: &mut Reader<'_>,
    mut each: impl FnMut(u16, u16) -> Result<(), Why>,
) -> Result<(), Why> {
    let count = reader.int(COUNT_BITS).map_err(Why::Bits)?;
    let mut last = 0_u32;
    for _ in 0..count {
        let is_group = reader.flag().map_err(Why::Bits)?;
        let first = last + reader.fibonacci().map_err(Why::Bits)?;
        last = first;
        if is_group {
            last += reader.fibonacci().map_err(Why::Bits)?;
        }
        let ends = (u16::try_from(first), u16::try_from(last));
        let (Ok(first), Ok(last)) = ends else { return Err(Why::Range) };
        each(first, last)?;
    }
    Ok(())
}

/// Writes ranges in Fibonacci coding. They ascend and leave a gap between each other.
pub(crate) fn write_ranges(
    writer: &mut Writer,
    ranges: impl Iterator<Item = (u16, u16)> + Clone,
) -> Result<(), Why> {
    writer.int(ranges.clone().count() as u64, COUNT_BITS).map_err(Why::Bits)?;
    let mut before = 0;
    for (first, last) in ranges {
        writer.flag(last > first);
        writer.fibonacci(u32::from(first) - before).map_err(Why::Bits)?;
        if last > first {
            writer.fibonacci(u32::from(last - first)).map_err(Why::Bits)?;
        }
        before = last.into();
    }
    Ok(())
}

pub(crate) fn read_vendors(reader: &mut Reader<'_>, coding: Coding) -> Result<VendorSet, Why> {
    let mut set = VendorSet::new();
    let largest = if coding == Coding::Literal { None } else { Some(length(reader)?) };
    let is_ranges = reader.flag().map_err(Why::Bits)?;
    match (is_ranges, coding) {
        (true, Coding::Fixed) => read_fixed(reader, &mut set)?,
        (true, Coding::Deployed | Coding::Literal) => {
            read_ranges(reader, |first, last| insert(&mut set, first.into(), last.into()))?;
        }
        (false, _) => {
            let count = largest.map_or_else(|| length(reader), Ok)?;
            return Ok(VendorSet::from_words(reader.words(count).map_err(Why::Bits)?));
        }
    }
    Ok(set)
}

pub(crate) fn write_vendors(
    writer: &mut Writer,
    set: &VendorSet,
    coding: Coding,
) -> Result<(), Why> {
    let mut ranges = Writer::new();
    match coding {
        Coding::Fixed => write_fixed(&mut ranges, set)?,
        Coding::Deployed | Coding::Literal => {
            write_ranges(
                &mut ranges,
                set.ranges().map(|range| (range.first.get(), range.last.get())),
            )?;
        }
    }
    let largest = set.max().map_or(0, VendorId::get);
    // Whichever is shorter; equal lengths are written as ranges, as the reference encoders do.
    let is_ranges = ranges.len() <= usize::from(largest);
    if coding != Coding::Literal {
        writer.int(largest.into(), LENGTH_BITS).map_err(Why::Bits)?;
    }
    writer.flag(is_ranges);
    match (is_ranges, coding) {
        (true, Coding::Fixed) => write_fixed(writer, set)?,
        (true, Coding::Deployed | Coding::Literal) => {
            write_ranges(writer, set.ranges().map(|range| (range.first.get(), range.last.get())))?;
        }
        (false, coding) => {
            if coding == Coding::Literal {
                writer.int(largest.into(), LENGTH_BITS).map_err(Why::Bits)?;
            }
            writer.words(set.words(), largest.into());
        }
    }
    Ok(())
}

/// Ranges of 16-bit numbers.
pub(crate) fn read_fixed(reader: &mut Reader<'_>, set: &mut VendorSet) -> Result<(), Why> {
    let count = reader.int(COUNT_BITS).map_err(Why::Bits)?;
    for _ in 0..count {
        let is_group = reader.flag().map_err(Why::Bits)?;
        let first = reader.int(LENGTH_BITS).map_err(Why::Bits)?;
        let last = if is_group { reader.int(LENGTH_BITS).map_err(Why::Bits)? } else { first };
        insert(set, first, last)?;
    }
    Ok(())
}

pub(crate) fn write_fixed(writer: &mut Writer, set: &VendorSet) -> Result<(), Why> {
    writer.int(set.ranges().count() as u64, COUNT_BITS).map_err(Why::Bits)?;
    for range in set.ranges() {
        writer.flag(range.last > range.first);
        writer.int(range.first.get().into(), LENGTH_BITS).map_err(Why::Bits)?;
        if range.last > range.first {
            writer.int(range.last.get().into(), LENGTH_BITS).map_err(Why::Bits)?;
        }
    }
    Ok(())
}

fn insert(set: &mut VendorSet, first: u64, last: u64) -> Result<(), Why> {
    let vendor = |id: u64| u16::try_from(id).ok().and_then(VendorId::new).ok_or(Why::Range);
    let range = VendorRange { first: vendor(first)?, last: vendor(last)? };
    if range.last < range.first {
        return Err(Why::Range);
    }
    set.insert_range(range);
    Ok(())
}

fn length(reader: &mut Reader<'_>) -> Result<usize, Why> {
    let length = reader.int(LENGTH_BITS).map_err(Why::Bits)?;
    Ok(usize::try_from(length).unwrap_or(usize::MAX))
}
