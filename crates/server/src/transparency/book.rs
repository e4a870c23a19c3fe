//! The writer's side of the log: what waits, and how a batch is published.
//!
//! The order is what keeps a crash harmless. The batch, decoys included, is written first; then
//! the tiles; then the checkpoint, which is the moment of publication; only then what waited is
//! deleted from the store. A start that finds a batch behind the checkpoint publishes exactly that
//! one, byte for byte, and a start that finds a batch which was published takes nothing of it
//! again. A signature leaves the process only after its file is durable, and every tree that is
//! signed grew out of the one that was signed before; files that do not lead to the signed root
//! close the log: what happens is still written down and waits, and nothing is signed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::time::Timestamp;
use ledger::batch::{self, Pending, Rule};
use ledger::bundle;
use ledger::checkpoint::Checkpoint;
use ledger::entry::{Commitment, Entry, EntryKind};
use ledger::error::LedgerError;
use ledger::key::SignerKey;
use ledger::merkle::{Head, verify_consistency};
use ledger::note::Note;
use ledger::tree::{Read, Tree, Write};

use crate::chance;
use crate::transparency::disk::{Disk, Named};
use crate::transparency::{LogError, Published, Signed};

const CHECKPOINT: &str = "checkpoint";
const BATCH: &str = "batch";
/// Most records of one batch, so that events do not wait long for it. When so many wait, a batch is
/// due at once; more wait for the next.
pub const BATCH_RECORDS_MAX: usize = 8_192;
/// The word for files that do not lead to what was signed.
pub const DAMAGED: &str = "damaged";
/// The word for a batch that could not be written; the next round tries again.
pub const LATE: &str = "late";

/// The log in the writer's hands.
#[derive(Debug)]
pub struct Book {
    disk: Arc<dyn Disk>,
    signer: SignerKey,
    rule: Rule,
    tree: Tree,
    pending: BTreeMap<Commitment, EntryKind>,
    /// A batch that was begun: it is published before any other.
    begun: Option<Vec<Vec<u8>>>,
    /// The head whose files are written, and the folders that are not needed after it.
    written: Option<Head>,
    spent: Vec<String>,
    /// What the last batch published, decoys included.
    done: BTreeSet<Commitment>,
    /// Published, and still in the store.
    stale: Vec<Commitment>,
    last: Timestamp,
    closed: bool,
    published: Arc<Published>,
}

impl Book {
    /// Takes up the log of a folder, or begins one in an empty folder.
    ///
    /// Files that are damaged close the log and are no error: a shop starts all the same, and
    /// readiness says so.
    ///
    /// # Errors
    /// Files that cannot be read or written at all.
    pub fn open(
        disk: Arc<dyn Disk>,
        signer: SignerKey,
        rule: Rule,
        now: Timestamp,
    ) -> Result<Self, LogError> {
        let key = signer.verifier().clone();
        let published = Arc::new(Published::new(Arc::clone(&disk), key));
        let mut book = Self {
            disk,
            signer,
            rule,
            tree: Tree::new(),
            pending: BTreeMap::new(),
            begun: None,
            written: None,
            spent: Vec::new(),
            done: BTreeSet::new(),
            stale: Vec::new(),
            last: now,
            closed: false,
            published,
        };
        match book.resume() {
            Ok(()) => Ok(book),
            Err(LogError::Ledger(error)) => {
                tracing::error!(%error, "the log's files are damaged: nothing is signed");
                book.published.tell(Some(DAMAGED));
                book.closed = true;
                Ok(book)
            }
            Err(error) => Err(error),
        }
    }

    fn resume(&mut self) -> Result<(), LogError> {
        let Some(bytes) = self.disk.read(CHECKPOINT)? else {
            return self.begin();
        };
        let note = Note::parse(&bytes)?;
        let head = Checkpoint::open(&note, self.signer.verifier())?.head;
        let mut read = Read::new();
        for resource in Tree::needed(head.size) {
            if let Some(bytes) = self.disk.read(&resource.to_string())? {
                read.insert(resource, bytes);
            }
        }
        self.tree = Tree::resume(&head, &read)?;
        self.published.take_up_pruned()?;
        self.published.show(Signed { note, head });
        if let Some(bytes) = self.disk.read(BATCH)? {
            let (old, entries) = read_batch(&bytes)?;
            self.done = commitments(&entries);
            if old == head.size {
                self.begun = Some(entries);
                self.finish()?;
            }
        }
        Ok(())
    }

    /// The first checkpoint, of an empty tree; never beside tiles that somebody may have seen.
    fn begin(&self) -> Result<(), LogError> {
        if self.disk.read(BATCH)?.is_some() {
            return Err(LedgerError::Missing.into());
        }
        let note = Checkpoint::sign(Head::empty(), &self.signer)?;
        self.sign(note, Head::empty())
    }

    /// Whether the log goes on from a checkpoint of it that was kept elsewhere.
    ///
    /// # Errors
    /// [`LogError::Behind`] when the folder is older, [`LedgerError::Forked`] when it is another.
    pub fn continues(&self, kept: &Note) -> Result<(), LogError> {
        // A checkpoint of another log, such as before the name was changed, says nothing here.
        let own = self.signer.verifier();
        if !kept.signatures().iter().any(|one| one.is_by(own)) {
            return Ok(());
        }
        let kept = Checkpoint::open(kept, own)?.head;
        // Damaged files say so already, and nothing is signed.
        let Some(signed) = self.published.signed() else { return Ok(()) };
        if self.written == Some(kept) {
            return Ok(()); // The very next one, which is about to be published.
        }
        let (kept_size, own) = (kept.size, signed.head.size);
        if own < kept_size {
            return Err(LogError::Behind { own, kept: kept_size });
        }
        let proof = self.published.consistency(kept_size, own)?;
        verify_consistency(&kept, &signed.head, &proof).map_err(|_| LedgerError::Forked.into())
    }

    /// What answers read.
    pub fn published(&self) -> Arc<Published> {
        Arc::clone(&self.published)
    }

    /// Something waits for the next batch.
    pub fn take(&mut self, pending: Pending) {
        if self.done.contains(&pending.commitment) {
            self.stale.push(pending.commitment);
        } else {
            self.pending.insert(pending.commitment, pending.kind);
        }
    }

    /// What waits in the store although it was published: a crash came before it was deleted. To be
    /// deleted before the next batch, which is all that is remembered then.
    pub fn published_before(&mut self) -> Vec<Commitment> {
        std::mem::take(&mut self.stale)
    }

    /// Forgets what waits, before it is read from the store again.
    pub fn forget(&mut self) {
        self.pending.clear();
        self.stale.clear();
    }

    /// How many records wait.
    pub fn waiting(&self) -> usize {
        self.pending.len()
    }

    /// Whether a batch is due. A log that is closed publishes nothing.
    pub fn is_due(&self, now: Timestamp) -> bool {
        let is_full = self.begun.is_some() || self.pending.len() >= BATCH_RECORDS_MAX;
        let may_sign = !self.closed && !self.published.is_held();
        may_sign && (is_full || self.rule.is_due(Some(self.last), now))
    }

    /// Publishes a batch and says what the store need not keep any more.
    ///
    /// # Errors
    /// What the disk says; the same batch is published by the next call then.
    pub fn publish(&mut self, now: Timestamp) -> Result<Vec<Commitment>, LogError> {
        self.prepare(now)?;
        self.conclude(now)
    }

    /// Writes the files of a batch and gives the checkpoint that [`Book::conclude`] publishes. Who
    /// stores it in a second place before that can tell afterwards whether the folder is the newest.
    ///
    /// # Errors
    /// What the disk says; the same batch is prepared by the next call then.
    pub fn prepare(&mut self, now: Timestamp) -> Result<Note, LogError> {
        if self.begun.is_none() {
            let entries = self.next_batch(now)?;
            self.begun = Some(entries);
        }
        Ok(self.write_begun()?.0)
    }

    /// Publishes the batch that was prepared and says what the store need not keep any more.
    ///
    /// # Errors
    /// What the disk says; the same batch is published by the next call then.
    pub fn conclude(&mut self, now: Timestamp) -> Result<Vec<Commitment>, LogError> {
        self.finish()?;
        self.last = now;
        Ok(std::mem::take(&mut self.stale))
    }

    fn next_batch(&self, now: Timestamp) -> Result<Vec<Vec<u8>>, LogError> {
        let pending: Vec<Pending> = self
            .pending
            .iter()
            .take(BATCH_RECORDS_MAX)
            .map(|(commitment, kind)| Pending { kind: *kind, commitment: *commitment })
            .collect();
        let plan = batch::publish(&pending, &self.rule, now);
        let mut decoys = Vec::with_capacity(plan.decoys());
        for _ in 0..plan.decoys() {
            decoys.push(chance::bytes()?);
        }
        Ok(plan.fill(decoys).iter().map(|leaf| leaf.entry.to_bytes()).collect())
    }

    /// Writes the batch that was begun, then its files. Every step may be done again; what was
    /// written already is not written twice.
    fn write_begun(&mut self) -> Result<(Note, Tree), LogError> {
        let entries = self.begun.as_deref().unwrap_or_default();
        let (next, writes) = self.tree.grow(entries)?;
        let note = Checkpoint::sign(next.head(), &self.signer)?;
        if self.written != Some(next.head()) {
            self.disk.write(&[(BATCH.to_owned(), write_batch(self.tree.size(), entries)?)])?;
            let named =
                |write: &Write| -> Named { (write.resource.to_string(), write.bytes.clone()) };
            self.disk.write(&writes.iter().map(named).collect::<Vec<_>>())?;
            self.written = Some(next.head());
            // Partial tiles are not needed once the full one is there and its checkpoint is.
            let is_full = |write: &&Write| write.resource == write.resource.filled();
            let full = writes.iter().filter(is_full);
            self.spent = full.map(|write| format!("{}.p", write.resource)).collect();
        }
        Ok((note, next))
    }

    /// Publishes the batch that was begun.
    fn finish(&mut self) -> Result<(), LogError> {
        if self.begun.is_none() {
            return Ok(());
        }
        let (note, next) = self.write_begun()?;
        self.sign(note, next.head())?;
        self.tree = next;
        self.done = commitments(&self.begun.take().unwrap_or_default());
        let waited = self.done.iter().filter(|one| self.pending.remove(*one).is_some());
        self.stale.extend(waited);
        for folder in std::mem::take(&mut self.spent) {
            self.disk.remove(&folder).ok();
        }
        Ok(())
    }

    /// Makes a signature durable, and only then lets anyone see it.
    fn sign(&self, note: Note, head: Head) -> Result<(), LogError> {
        self.disk.write(&[(CHECKPOINT.to_owned(), note.to_text().into_bytes())])?;
        self.published.show(Signed { note, head });
        Ok(())
    }
}

fn commitments(entries: &[Vec<u8>]) -> BTreeSet<Commitment> {
    let read = entries.iter().filter_map(|entry| Entry::parse(entry).ok());
    read.map(|entry| entry.commitment).collect()
}

/// The size before the batch, and its entries each behind its length.
fn write_batch(old: u64, entries: &[Vec<u8>]) -> Result<Vec<u8>, LedgerError> {
    let mut bytes = old.to_be_bytes().to_vec();
    for entry in entries {
        bundle::push(&mut bytes, entry)?;
    }
    Ok(bytes)
}

fn read_batch(bytes: &[u8]) -> Result<(u64, Vec<Vec<u8>>), LedgerError> {
    let (old, rest) = bytes.split_first_chunk().ok_or(LedgerError::Bundle)?;
    let entries = bundle::all(rest)?.into_iter().map(<[u8]>::to_vec).collect();
    Ok((u64::from_be_bytes(*old), entries))
}

#[cfg(test)]
mod tests;
