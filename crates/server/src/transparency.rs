//! The shop's transparency log, as everybody may read it.
//!
//! The log is a folder of files, because that is what the specification serves, what an auditor
//! copies, and what answers without asking the writer. [`disk`] writes them, [`book`] is the
//! writer's side, [`records`] says which bytes of a record are committed to, [`job`] re-hashes
//! everything once a day. Rows of the store hold only what waits for its batch; it is committed in
//! one transaction with what it proves, so that nothing that was acknowledged misses the log.
//!
//! # Privacy
//! Nothing here is about a person: leaves are hashes under openings that die with the person's key
//! (`vault::subject`), and decoys look the same.

use std::sync::{Arc, PoisonError, RwLock};

use domain::time::Timestamp;
use ledger::bundle;
use ledger::entry::{Commitment, Disclosure, Entry, EntryKind, Hour, Opening};
use ledger::error::LedgerError;
use ledger::key::VerifierKey;
use ledger::merkle::Head;
use ledger::note::Note;
use ledger::proof::TlogProof;
use ledger::prove::Plan;
use ledger::tile::{self, Resource, TILE_WIDTH};
use ledger::tree::Read;

use crate::transparency::disk::Disk;

pub mod book;
pub mod disk;
pub mod job;
pub mod records;
pub mod settings;

/// How long after its record a leaf is looked for, in hours. Batches come every few minutes; this
/// allows for a server that was down for two weeks in between.
const LOOK_HOURS_MAX: u32 = 14 * 24;

/// Why something of the log cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A file.
    #[error("file: {0}")]
    Disk(#[from] std::io::Error),
    /// What is stored is not what was signed.
    #[error("{0}")]
    Ledger(#[from] LedgerError),
    /// No random bytes.
    #[error(transparent)]
    Chance(#[from] crate::chance::ChanceError),
    /// A record could not be written as JSON.
    #[error("record: {0}")]
    Record(#[from] serde_json::Error),
}

/// A record with what opens its commitment.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What it is about.
    pub kind: EntryKind,
    /// What opens it.
    pub opening: Opening,
    /// The bytes that were committed to.
    pub record: Vec<u8>,
    /// When it was written, or earlier.
    pub since: Timestamp,
}

impl Opened {
    /// The hash that stands in the log.
    pub fn commitment(&self) -> Commitment {
        self.opening.commit(self.kind, &self.record)
    }
}

/// The newest signed state.
#[derive(Debug)]
pub struct Signed {
    /// The checkpoint with its signature.
    pub note: Note,
    /// Size and root.
    pub head: Head,
}

#[derive(Debug, Default)]
struct State {
    signed: Option<Arc<Signed>>,
    trouble: Option<&'static str>,
    audited: Option<Timestamp>,
}

/// The log as it is served.
#[derive(Debug)]
pub struct Published {
    disk: Arc<dyn Disk>,
    key: VerifierKey,
    state: RwLock<State>,
}

impl Published {
    /// Nothing is served until something signed is [`Published::show`]n.
    pub fn new(disk: Arc<dyn Disk>, key: VerifierKey) -> Self {
        Self { disk, key, state: RwLock::default() }
    }

    /// The key that checkpoints are signed with.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// The newest checkpoint.
    pub fn signed(&self) -> Option<Arc<Signed>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).signed.clone()
    }

    /// Serves a checkpoint whose files are durable.
    pub fn show(&self, signed: Signed) {
        self.change(|state| state.signed = Some(Arc::new(signed)));
    }

    /// How the log stands: `sound`, or a word for what is wrong with it.
    pub fn word(&self) -> &'static str {
        self.state.read().unwrap_or_else(PoisonError::into_inner).trouble.unwrap_or("sound")
    }

    /// Something is wrong with the log, or is no more.
    pub fn tell(&self, trouble: Option<&'static str>) {
        self.change(|state| state.trouble = trouble);
    }

    /// When everything was re-hashed last.
    pub fn audited(&self) -> Option<Timestamp> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).audited
    }

    /// What came late has come.
    pub fn recovered(&self) {
        self.change(|state| state.trouble = state.trouble.filter(|word| *word != book::LATE));
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// The bytes of a resource that the newest checkpoint covers.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(&self, resource: &Resource) -> Result<Option<Vec<u8>>, LogError> {
        let Some(signed) = self.signed() else { return Ok(None) };
        let covered = match *resource {
            Resource::Checkpoint => return Ok(Some(signed.note.to_text().into_bytes())),
            Resource::Tile { level, index, width } => {
                tile::width_at(level, index, signed.head.size).is_some_and(|most| width <= most)
            }
            Resource::Entries { index, width } => {
                tile::width_at(0, index, signed.head.size).is_some_and(|most| width <= most)
            }
        };
        match covered {
            true => Ok(self.disk.read(&resource.to_string())?),
            false => Ok(None),
        }
    }

    /// Finds the leaf of a record and proves that it is in the log; `None` while it waits.
    ///
    /// # Errors
    /// Files that are missing or not what was signed.
    pub fn prove(&self, opened: &Opened) -> Result<Option<TlogProof>, LogError> {
        let Some(signed) = self.signed() else { return Ok(None) };
        let Some((index, hour)) = self.find(opened, &signed.head)? else { return Ok(None) };
        let plan = Plan::inclusion(index, signed.head.size)?;
        let mut read = Read::new();
        for resource in plan.tiles() {
            for resource in [resource, resource.filled()] {
                if let Some(bytes) = self.disk.read(&resource.to_string())? {
                    read.insert(resource, bytes);
                    break;
                }
            }
        }
        let path = plan.prove(&read)?;
        let disclosure = Disclosure { kind: opened.kind, hour, opening: opened.opening.clone() };
        let extra = Some(disclosure.to_bytes());
        Ok(Some(TlogProof { extra, index, path, checkpoint: signed.note.clone() }))
    }

    /// The place of a leaf. Hours never fall along the log, so the first bundle is found by halves.
    fn find(&self, opened: &Opened, head: &Head) -> Result<Option<(u64, Hour)>, LogError> {
        let (commitment, since) = (opened.commitment(), Hour::of(opened.since));
        let bundles = head.size.div_ceil(u64::from(TILE_WIDTH));
        let (mut from, mut to) = (0, bundles);
        while from < to {
            let middle = from + (to - from) / 2;
            let first = self.entries(middle, head)?.first().map(|entry| entry.hour);
            if first.is_some_and(|hour| hour < since) { from = middle + 1 } else { to = middle }
        }
        let until = Hour::from_number(since.number().saturating_add(LOOK_HOURS_MAX));
        for index in from.saturating_sub(1)..bundles {
            let entries = self.entries(index, head)?;
            if entries.first().is_some_and(|entry| entry.hour > until) {
                return Ok(None);
            }
            let is_it = |entry: &Entry| entry.commitment == commitment;
            if let Some((place, entry)) = (0..).zip(&entries).find(|(_, entry)| is_it(entry)) {
                return Ok(Some((index * u64::from(TILE_WIDTH) + place, entry.hour)));
            }
        }
        Ok(None)
    }

    fn entries(&self, index: u64, head: &Head) -> Result<Vec<Entry>, LogError> {
        let width = tile::width_at(0, index, head.size).ok_or(LedgerError::Range)?;
        let resource = Resource::Entries { index, width };
        let (resource, bytes) = match self.disk.read(&resource.to_string())? {
            Some(bytes) => (resource, bytes),
            // It grew in the meantime.
            None => {
                let filled = resource.filled();
                (filled, self.disk.read(&filled.to_string())?.ok_or(LedgerError::Missing)?)
            }
        };
        let Resource::Entries { width, .. } = resource else {
            return Err(LedgerError::Range.into());
        };
        let entries = bundle::entries(&bytes, width)?;
        Ok(entries.into_iter().map(Entry::parse).collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests;
