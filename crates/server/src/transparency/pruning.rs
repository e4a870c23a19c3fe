//! Old entries leave, by the shop's stated policy (`c2sp.org/tlog-tiles`, "Pruning").
//!
//! Only whole bundles go, and only those whose every entry is older than the policy says. Before
//! that, the hour of each bundle's first entry is written to a file of its own: with it and the
//! tiles, which stay, a leaf is still found and proven, because its hash can be made again from the
//! record, the opening and an hour between two of those.

use domain::time::{DAY_MS, Timestamp};
use ledger::entry::{Commitment, Entry, EntryKind, Hour};
use ledger::error::LedgerError;
use ledger::hash::Hash;
use ledger::merkle::Head;
use ledger::prune::MinimumIndex;
use ledger::tile::{self, Resource, TILE_WIDTH, Width};

use crate::transparency::{LogError, Published};

/// The file with the hours, four bytes each.
const PRUNED: &str = "pruned";

impl Published {
    /// Reads which entries are not stored any more.
    ///
    /// # Errors
    /// A file that cannot be read or understood.
    pub(super) fn take_up_pruned(&self) -> Result<(), LogError> {
        let Some(bytes) = self.disk.read(PRUNED)? else { return Ok(()) };
        let (hours, []) = bytes.as_chunks::<4>() else {
            return Err(LedgerError::Bundle.into());
        };
        let hours = hours.iter().map(|hour| Hour::from_number(u32::from_be_bytes(*hour))).collect();
        self.change(|state| state.pruned = hours);
        Ok(())
    }

    /// The first entry that is served.
    pub fn minimum(&self) -> MinimumIndex {
        let index = self.bundles_pruned() * u64::from(TILE_WIDTH);
        let head = self.signed().map_or_else(Head::empty, |signed| signed.head);
        MinimumIndex::default().advance(index, &head)
    }

    pub(super) fn bundles_pruned(&self) -> u64 {
        self.of_state(|state| state.pruned.len() as u64)
    }

    /// Leaves out entries that are older than so many days, the hours of them durable first.
    ///
    /// # Errors
    /// What the disk says; nothing is left out then that is not written down.
    pub fn prune(&self, keep_days: u32, now: Timestamp) -> Result<(), LogError> {
        let Some(signed) = self.signed() else { return Ok(()) };
        let oldest = Hour::of(now.plus_ms(-DAY_MS * i64::from(keep_days)));
        let mut hours = self.of_state(|state| state.pruned.clone());
        let before = hours.len();
        loop {
            let index = hours.len() as u64;
            // Never the last one: the hour of the next bounds those of its entries.
            if tile::width_at(0, index + 1, signed.head.size).is_none() {
                break;
            }
            let entries = self.entries(index, &signed.head)?;
            let (Some(first), Some(last)) = (entries.first(), entries.last()) else { break };
            if last.hour >= oldest {
                break;
            }
            hours.push(first.hour);
        }
        if hours.len() > before {
            let bytes = hours.iter().flat_map(|hour| hour.number().to_be_bytes()).collect();
            self.disk.write(&[(PRUNED.to_owned(), bytes)])?;
            self.change(|state| state.pruned.clone_from(&hours));
        }
        // Also what an earlier end of the process left.
        for index in (0..hours.len() as u64).rev() {
            let name = Resource::Entries { index, width: Width::FULL }.to_string();
            if index < before as u64 && self.disk.read(&name)?.is_none() {
                break;
            }
            self.disk.remove(&name)?;
        }
        Ok(())
    }

    /// The hour of the first entry of a bundle, stored or not.
    pub(super) fn first_hour(&self, index: u64, head: &Head) -> Result<Option<Hour>, LogError> {
        let kept = |hours: &Vec<Hour>| hours.get(usize::try_from(index).ok()?).copied();
        match self.of_state(|state| kept(&state.pruned)) {
            Some(hour) => Ok(Some(hour)),
            None => Ok(self.entries(index, head)?.first().map(|entry| entry.hour)),
        }
    }

    /// Finds a leaf of a bundle that is not stored, by its hash in the tile.
    pub(super) fn find_pruned(
        &self,
        (kind, commitment): (EntryKind, Commitment),
        index: u64,
        head: &Head,
    ) -> Result<Option<(u64, Hour)>, LogError> {
        let Some(from) = self.first_hour(index, head)? else { return Ok(None) };
        let to = self.first_hour(index + 1, head)?.unwrap_or(from);
        let tile = Resource::Tile { level: 0, index, width: Width::FULL };
        let bytes = self.disk.read(&tile.to_string())?.ok_or(LedgerError::Missing)?;
        let hashes = tile::hashes(&bytes, Width::FULL)?;
        for number in from.number()..=to.number() {
            let hour = Hour::from_number(number);
            let leaf = Hash::leaf(&Entry { commitment, kind, hour }.to_bytes());
            if let Some(place) = (0..).zip(&hashes).find(|(_, hash)| **hash == leaf) {
                return Ok(Some((index * u64::from(TILE_WIDTH) + place.0, hour)));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests;
