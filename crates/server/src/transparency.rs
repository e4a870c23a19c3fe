//! The shop's transparency log, as everybody may read it.
//!
//! The log is a folder of files, because that is what the specification serves, what an auditor
//! copies, and what answers without asking the writer. [`disk`] writes them, [`book`] is the
//! writer's side, [`records`] says which bytes of a record are committed to, [`job`] re-hashes
//! everything once a day, [`publishing`] takes checkpoints to [`witnesses`] and [`anchors`]. Rows of
//! the store hold only what waits for its batch; it is committed in one transaction with what it
//! proves, so that nothing that was acknowledged misses the log.
//!
//! # Privacy
//! Nothing here is about a person: leaves are hashes under openings that die with the person's key
//! (`vault::subject`), and decoys look the same.

use std::sync::{Arc, PoisonError, RwLock};

use domain::time::Timestamp;
use ledger::bundle;
use ledger::entry::{Commitment, Disclosure, Entry, EntryKind, Hour, Opening};
use ledger::error::LedgerError;
use ledger::hash::Hash;
use ledger::key::VerifierKey;
use ledger::merkle::Head;
use ledger::note::Note;
use ledger::proof::TlogProof;
use ledger::prove::Plan;
use ledger::tile::{self, Resource, TILE_WIDTH};
use ledger::tree::Read;

use crate::transparency::disk::Disk;

pub mod anchors;
pub mod book;
pub mod disk;
pub mod job;
pub mod outside;
pub mod pruning;
pub mod publishing;
pub mod records;
pub mod settings;
pub mod witnesses;

/// The word for a log of which a witness confirmed more, or another tree; nothing is signed.
pub const DISPUTED: &str = "disputed";

/// How long after its record a leaf is looked for, in hours. Batches come every few minutes; this
/// allows for a server that was down for two weeks in between.
const LOOK_HOURS_MAX: u32 = 14 * 24;

/// Why something of the log cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The folder is older than what was signed.
    #[error(
        "the folder ledger has {own} leaves, and {kept} were signed already: it is from an older \
         backup, and to go on from it would fork the log. Put the newest folder back; where it is \
         lost, move this one away and name another log in ledger.origin (docs/ledger.md, Restore)"
    )]
    Behind {
        /// Leaves under the newest checkpoint of the folder.
        own: u64,
        /// Leaves under the checkpoint that was kept elsewhere.
        kept: u64,
    },
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
    /// The newest that a quorum of witnesses confirmed.
    cosigned: Option<Arc<Signed>>,
    /// When a quorum confirmed the newest one last, or the start; none without witnesses.
    confirmed: Option<Timestamp>,
    /// Nothing is signed before the witnesses were asked.
    held: bool,
    trouble: Option<&'static str>,
    audited: Option<Timestamp>,
    /// Of each bundle that is not stored any more, the hour of its first entry.
    pruned: Vec<Hour>,
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
        self.of_state(|state| state.signed.clone())
    }

    /// Serves a checkpoint whose files are durable.
    pub fn show(&self, signed: Signed) {
        self.change(|state| state.signed = Some(Arc::new(signed)));
    }

    /// The newest checkpoint that a quorum of witnesses confirmed, with their signatures.
    pub fn cosigned(&self) -> Option<Arc<Signed>> {
        self.of_state(|state| state.cosigned.clone())
    }

    /// Serves confirmations that are durable; `at` when the newest checkpoint has them.
    pub fn show_cosigned(&self, cosigned: Signed, at: Option<Timestamp>) {
        self.change(|state| {
            state.cosigned = Some(Arc::new(cosigned));
            state.confirmed = at.or(state.confirmed);
        });
    }

    /// The newest checkpoint, with confirmations when it has them.
    pub fn newest_note(&self) -> Option<Note> {
        let signed = self.signed()?;
        let cosigned = self.cosigned().filter(|cosigned| cosigned.head == signed.head);
        Some(cosigned.unwrap_or(signed).note.clone())
    }

    /// There are witnesses: nothing is signed before [`Published::release`].
    pub fn expect_witnesses(&self, now: Timestamp) {
        self.change(|state| (state.held, state.confirmed) = (true, Some(now)));
    }

    /// Each witness was asked once.
    pub fn release(&self) {
        if self.is_held() {
            self.change(|state| state.held = false);
        }
    }

    /// Whether nothing may be signed: the witnesses were not asked yet, or they know another log.
    pub fn is_held(&self) -> bool {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.held || state.trouble == Some(DISPUTED)
    }

    /// How the witnesses stand: `none` where there are none, `confirmed`, `waiting` for the newest
    /// checkpoint, `missing` when no quorum confirmed one for two intervals and a minute.
    pub fn witnessed(&self, interval_s: u32, now: Timestamp) -> &'static str {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let Some(since) = state.confirmed else { return "none" };
        let newest = state.signed.as_ref().map(|signed| signed.head);
        if newest.is_some() && newest == state.cosigned.as_ref().map(|cosigned| cosigned.head) {
            return "confirmed";
        }
        let patience_ms = 2 * 1_000 * i64::from(interval_s) + 60_000;
        if now.ms_since(since) > patience_ms { "missing" } else { "waiting" }
    }

    /// How the log stands: `sound`, or a word for what is wrong with it.
    pub fn word(&self) -> &'static str {
        self.of_state(|state| state.trouble.unwrap_or("sound"))
    }

    /// Something is wrong with the log, or is no more.
    pub fn tell(&self, trouble: Option<&'static str>) {
        self.change(|state| state.trouble = trouble);
    }

    /// When everything was re-hashed last.
    pub fn audited(&self) -> Option<Timestamp> {
        self.of_state(|state| state.audited)
    }

    /// What came late has come.
    pub fn recovered(&self) {
        self.change(|state| state.trouble = state.trouble.filter(|word| *word != book::LATE));
    }

    fn of_state<R>(&self, read: impl FnOnce(&State) -> R) -> R {
        read(&self.state.read().unwrap_or_else(PoisonError::into_inner))
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
            Resource::Checkpoint => {
                return Ok(self.newest_note().map(|note| note.to_text().into_bytes()));
            }
            Resource::Tile { level, index, width } => {
                tile::width_at(level, index, signed.head.size).is_some_and(|most| width <= most)
            }
            Resource::Entries { .. } if self.minimum().is_pruned(resource) => false,
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
        let found = self.prove_commitment(opened.kind, opened.commitment(), opened.since)?;
        Ok(found.map(|(hour, proof)| {
            let opening = opened.opening.clone();
            let disclosure = Disclosure { kind: opened.kind, hour, opening };
            TlogProof { extra: Some(disclosure.to_bytes()), ..proof }
        }))
    }

    /// The same for who knows only the hash; says the hour and leaves the rest to who holds the
    /// opening.
    ///
    /// # Errors
    /// Files that are missing or not what was signed.
    pub fn prove_commitment(
        &self,
        kind: EntryKind,
        commitment: Commitment,
        since: Timestamp,
    ) -> Result<Option<(Hour, TlogProof)>, LogError> {
        let Some(signed) = self.signed() else { return Ok(None) };
        let Some((index, hour)) = self.find((kind, commitment), since, &signed.head)? else {
            return Ok(None);
        };
        // What witnesses confirmed proves more than what is only a little newer.
        let cosigned = self.cosigned().filter(|cosigned| index < cosigned.head.size);
        let signed = cosigned.unwrap_or(signed);
        let plan = Plan::inclusion(index, signed.head.size)?;
        let path = plan.prove(&self.tiles(&plan)?)?;
        let checkpoint = signed.note.clone();
        Ok(Some((hour, TlogProof { extra: None, index, path, checkpoint })))
    }

    /// The proof that the tree of `size` leaves begins with that of `old` leaves.
    ///
    /// # Errors
    /// Files that are missing or not what was signed.
    pub fn consistency(&self, old: u64, size: u64) -> Result<Vec<Hash>, LogError> {
        let plan = Plan::consistency(old, size)?;
        Ok(plan.prove(&self.tiles(&plan)?)?)
    }

    /// Reads the tiles of a plan, each as it is or grown wider.
    fn tiles(&self, plan: &Plan) -> Result<Read, LogError> {
        let mut read = Read::new();
        for resource in plan.tiles() {
            for resource in [resource, resource.filled()] {
                if let Some(bytes) = self.disk.read(&resource.to_string())? {
                    read.insert(resource, bytes);
                    break;
                }
            }
        }
        Ok(read)
    }

    /// The place of a leaf. Hours never fall along the log, so the first bundle is found by halves.
    fn find(
        &self,
        (kind, commitment): (EntryKind, Commitment),
        since: Timestamp,
        head: &Head,
    ) -> Result<Option<(u64, Hour)>, LogError> {
        let since = Hour::of(since);
        let bundles = head.size.div_ceil(u64::from(TILE_WIDTH));
        let (mut from, mut to) = (0, bundles);
        while from < to {
            let middle = from + (to - from) / 2;
            let first = self.first_hour(middle, head)?;
            if first.is_some_and(|hour| hour < since) { from = middle + 1 } else { to = middle }
        }
        let until = Hour::from_number(since.number().saturating_add(LOOK_HOURS_MAX));
        for index in from.saturating_sub(1)..bundles {
            if index < self.bundles_pruned() {
                let found = self.find_pruned((kind, commitment), index, head)?;
                if found.is_some() || self.first_hour(index, head)?.is_some_and(|hour| hour > until)
                {
                    return Ok(found);
                }
                continue;
            }
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
