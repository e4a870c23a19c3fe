//! Durable entries of the transparency log a second, beside the same commits without it, in turn.
//!
//! An entry is durable when the commit of its record is; it is integrated when a signed checkpoint
//! covers it. Both happen here on one thread, as in the server's writer, with a batch as soon as
//! one is due.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use domain::hex;
use domain::id::ShopId;
use domain::time::Timestamp;
use ledger::batch::{Pending, Rule};
use ledger::entry::{Commitment, EntryKind, Opening};
use ledger::key::{Algorithm, KeyName, SignerKey};
use store::port::{Batch, Document, Tables as _, Write};
use store::sqlite::tables::SqliteTables;

use crate::chance;
use crate::clock::{Clock, Stopwatch};
use crate::commands::bench::folder;
use crate::commands::bench::report::{peak_memory, per_second, ratio, waits};
use crate::commands::evaluate::words::millis;
use crate::commands::{Failure, OrFail as _, progress, say};
use crate::transparency::book::{BATCH_RECORDS_MAX, Book};
use crate::transparency::disk::Folder;
use crate::transparency::job;

/// A record of about the size of a consent.
const RECORD: &[u8] = &[b'r'; 400];
const WAITING: &str = "log-waiting";
const HEAD: &str = "log-head";

/// What all rounds of one side took.
#[derive(Clone, Copy, Debug)]
struct Spent {
    entries: u64,
    ns: u64,
}

/// Durable entries of the transparency log a second, and how long a batch takes.
#[derive(Clone, Debug, Args)]
pub struct Ledger {
    /// Entries of all rounds together.
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(1_000..))]
    pub entries: u32,
    /// Entries of one commit.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    pub commit: u32,
    /// Seconds between two batches.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub interval: u32,
    /// How often the log and plain commits take turns.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub rounds: u32,
    /// Where the files are written; a folder in memory would measure nothing.
    #[arg(long)]
    pub dir: Option<PathBuf>,
}

/// The log with the store that its entries wait in.
struct Bench {
    tables: SqliteTables,
    book: Book,
    clock: Clock,
    last: Timestamp,
    interval_ms: i64,
    batches: Vec<u64>,
}

/// Measures and prints.
///
/// # Errors
/// A folder that cannot be used.
pub fn run(command: &Ledger) -> Result<(), Failure> {
    let folder = folder(command.dir.as_ref())?;
    let mut bench = Bench::open(folder.path(), command.interval)?;
    let each = command.entries / command.rounds;
    let (mut with, mut without) = (Spent { entries: 0, ns: 0 }, Spent { entries: 0, ns: 0 });
    let bar = progress(u64::from(command.rounds), "rounds");
    for _ in 0..command.rounds {
        let watch = Stopwatch::start();
        bench.logged(each, command.commit)?;
        with = Spent { entries: with.entries + u64::from(each), ns: with.ns + watch.ns() };
        let watch = Stopwatch::start();
        bench.plain(each, command.commit)?;
        without = Spent { entries: without.entries + u64::from(each), ns: without.ns + watch.ns() };
        bar.inc(1);
    }
    bar.finish_and_clear();
    let (fast, plain) =
        (per_second(with.entries, with.ns), per_second(without.entries, without.ns));
    let published = bench.book.published();
    let size = published.signed().map_or(0, |signed| signed.head.size);
    let bytes = bytes_of(&folder.path().join("ledger"))?;
    say(format!("in the log          {fast} entries/s, durable, of {} bytes each", RECORD.len()));
    say(format!("commits alone       {plain} entries/s, ratio {}", ratio(fast, plain)));
    let longest = bench.batches.iter().max().copied().unwrap_or(0);
    let times = waits(&mut bench.batches);
    let count = bench.batches.len();
    say(format!("a batch integrates  {times}  longest {}  ({count} batches)", millis(longest)));
    say(format!("leaves              {size} with decoys, {} bytes each", bytes / size.max(1)));
    let watch = Stopwatch::start();
    job::check(&published, bench.clock.now(), &|| false);
    let spent = millis(watch.ns());
    say(format!("re-hashed           everything in {spent}, {}", published.word()));
    say(format!("peak memory         {}", peak_memory()));
    Ok(())
}

impl Bench {
    fn open(dir: &Path, interval_s: u32) -> Result<Self, Failure> {
        let shop = ShopId::parse("bench").or_fail("shop")?;
        let tables = SqliteTables::open(dir, &shop).or_fail("the store cannot be opened")?;
        let disk = Folder::open(dir.join("ledger")).or_fail("the folder of the log")?;
        let name = KeyName::parse("bench.confidant.invalid/log").or_fail("name")?;
        let seed = chance::bytes().or_fail("key")?;
        let signer = SignerKey::new(name, Algorithm::Ed25519, &seed).or_fail("key")?;
        let rule = Rule { interval_s, floor: 2, kinds: vec![EntryKind::Consent] };
        let clock = Clock::machine();
        let last = clock.now();
        let book = Book::open(Arc::new(disk), signer, rule, last).or_fail("the log")?;
        let interval_ms = i64::from(interval_s) * 1_000;
        Ok(Self { tables, book, clock, last, interval_ms, batches: Vec::new() })
    }

    /// Commits entries and publishes batches as they come due; ends with everything integrated.
    fn logged(&mut self, entries: u32, commit: u32) -> Result<(), Failure> {
        let mut left = entries;
        while left > 0 {
            let some = commit.min(left);
            let pending = pending(some)?;
            self.commit(pending.iter().map(waits_in_store).collect())?;
            pending.into_iter().for_each(|one| self.book.take(one));
            left -= some;
            let is_full = self.book.waiting() >= BATCH_RECORDS_MAX;
            if is_full || self.clock.now().ms_since(self.last) >= self.interval_ms {
                self.publish()?;
            }
        }
        while self.book.waiting() > 0 {
            self.publish()?;
        }
        Ok(())
    }

    fn publish(&mut self) -> Result<(), Failure> {
        self.last = self.clock.now();
        let watch = Stopwatch::start();
        // As the server's writer: the checkpoint is in the store before anyone sees it.
        let note = self.book.prepare(self.last).or_fail("a batch")?;
        let (kind, key) = (HEAD.to_owned(), "bench".to_owned());
        let head = Document { kind, key, body: note.to_text().into_bytes() };
        self.commit(vec![Write::PutDocument(head)])?;
        let published = self.book.conclude(self.last).or_fail("a batch")?;
        self.commit(published.iter().map(waits_no_more).collect())?;
        self.batches.push(watch.ns());
        Ok(())
    }

    /// The same commits, deleted by one as large, without a log.
    fn plain(&mut self, entries: u32, commit: u32) -> Result<(), Failure> {
        let (mut left, mut all) = (entries, Vec::new());
        while left > 0 {
            let some = commit.min(left);
            let pending = pending(some)?;
            self.commit(pending.iter().map(waits_in_store).collect())?;
            all.extend(pending.into_iter().map(|one| one.commitment));
            left -= some;
        }
        self.commit(all.iter().map(waits_no_more).collect())
    }

    fn commit(&mut self, writes: Vec<Write>) -> Result<(), Failure> {
        self.tables.commit(&Batch { writes }).or_fail("a commit")?;
        Ok(())
    }
}

/// Records with random openings, committed to.
fn pending(count: u32) -> Result<Vec<Pending>, Failure> {
    let one = |_| {
        let opening = Opening::from_bytes(chance::bytes().or_fail("no random bytes")?);
        let kind = EntryKind::Consent;
        Ok(Pending { kind, commitment: opening.commit(kind, RECORD) })
    };
    (0..count).map(one).collect()
}

fn waits_in_store(pending: &Pending) -> Write {
    let key = hex::encode(pending.commitment.as_bytes());
    Write::PutDocument(Document { kind: WAITING.to_owned(), key, body: vec![pending.kind.code()] })
}

fn waits_no_more(commitment: &Commitment) -> Write {
    let key = hex::encode(commitment.as_bytes());
    Write::DeleteDocument { kind: WAITING.to_owned(), key }
}

fn bytes_of(folder: &Path) -> Result<u64, Failure> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).or_fail("the folder of the log")? {
        let entry = entry.or_fail("the folder of the log")?;
        let about = entry.metadata().or_fail("a file of the log")?;
        bytes += if about.is_dir() { bytes_of(&entry.path())? } else { about.len() };
    }
    Ok(bytes)
}
