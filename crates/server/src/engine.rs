//! The writer's own state: the store, the keys, the visits that are open.
//!
//! One thread owns it (see [`crate::writer`]), so nothing here locks but the two places that
//! answers read, [`Shared`]'s people and models. Every change goes the same way: stage, commit
//! (durable), then change memory, then acknowledge.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::id::{Pseudonym, RequestId};
use domain::time::{Day, Timestamp};
use recommend::door::{Door, DoorCaps};
use rustc_hash::FxHashMap;
use store::error::StoreError;
use store::keys::Keys;
use store::port::{Batch, Tables, Write};
use vault::subject::SubjectKey;

use crate::chance::ChanceError;
use crate::clock::Stopwatch;
use crate::closing::Closing;
use crate::documents::DocumentError;
use crate::engine::addresses::Directory;
use crate::engine::backup::Hold;
use crate::engine::catalog::Waiting;
use crate::engine::exchanging::{Exchange, ExchangeError};
use crate::engine::platforms::Redaction;
use crate::engine::proof::VisitYeses;
use crate::engine::reads::Reads;
use crate::engine::requests::Requests;
use crate::engine::seen::Seen;
use crate::engine::staging::Staged;
use crate::engine::visits::Visits;
use crate::shared::Shared;
use crate::transparency::LogError;
use crate::transparency::book::Book;

pub mod addresses;
pub mod agents;
pub mod backup;
pub mod canary;
pub mod catalog;
pub mod choosing;
pub mod correcting;
pub mod documents;
pub mod exchanging;
pub mod features;
pub mod forgetting;
pub mod importing;
pub mod keeping;
pub mod laws;
pub mod loading;
pub mod orders;
pub mod own;
pub mod pausing;
pub mod platforms;
pub mod previewing;
pub mod proof;
pub mod proving;
pub mod rates;
pub mod reads;
pub mod recording;
pub mod requests;
pub mod seen;
pub mod sensitive;
pub mod staging;
pub mod stating;
pub mod subjects;
pub mod sweeps;
pub mod telling;
pub mod tuning;
pub mod upkeep;
pub mod visits;

/// Subject keys that stay unwrapped in memory at one time.
const KEY_CACHE_MAX: usize = 100_000;

/// What the writer owns.
pub struct Engine {
    /// What answers read.
    pub shared: Arc<Shared>,
    tables: Box<dyn Tables>,
    keys: Box<dyn Keys>,
    cache: FxHashMap<Pseudonym, Arc<SubjectKey>>,
    visits: Visits,
    door: Door,
    seen: Seen,
    /// Erased people by tombstone: only writes older than the cut-off are kept out.
    tombstones: BTreeMap<[u8; 16], Timestamp>,
    staged: Staged,
    waiting: Waiting,
    /// Messages that their person corrected, which stay out: whose, and until when.
    corrected: FxHashMap<u64, (Pseudonym, Day)>,
    /// Whose mail address has which keyed name.
    addresses: Directory,
    /// The erasure of the whole shop, while it waits or runs.
    redacting: Option<Redaction>,
    /// Whose receipt an erasure's random name finds.
    receipts: BTreeMap<RequestId, Pseudonym>,
    /// What people asked for.
    requests: Requests,
    /// Whether rows were erased since the file was last compacted.
    erased: bool,
    /// The day of the last daily round.
    swept_on: Option<Day>,
    /// Whether an act failed half-way, so that memory may say what the store does not.
    torn: bool,
    /// When the next consent ends by itself, at the earliest.
    next_end: Option<Timestamp>,
    /// Who said yes for this visit only.
    visit_yeses: VisitYeses,
    /// How often programs opened something, by person and purpose.
    reads: Reads,
    /// Recipients that have not answered an erasure yet.
    telling: BTreeMap<telling::Place, telling::Waiting>,
    /// The transparency log.
    book: Book,
    /// What closes the keys of people.
    closing: Closing,
    /// Where an exchange of the shop key stands.
    exchange: Exchange,
    /// The backup that copies the files now.
    hold: Option<Hold>,
}

/// Why the writer could not do it. Nothing was acknowledged then.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A catalog document cannot be written or read.
    #[error("catalog document does not have the expected layout")]
    Catalog,
    /// No random bytes.
    #[error(transparent)]
    Chance(#[from] ChanceError),
    /// The choice is not acceptable.
    #[error(transparent)]
    Choice(#[from] consent::record::ChooseError),
    /// The desk stayed closed.
    #[error("desk: {0}")]
    Desk(#[from] personal::desk::DeskError),
    /// A document stays as it is.
    #[error("{0}")]
    Document(#[from] DocumentError),
    /// The transparency log.
    #[error("ledger: {0}")]
    Log(#[from] LogError),
    /// The shop key is not exchanged.
    #[error("shop key: {0}")]
    Exchange(#[from] ExchangeError),
    /// An intent or receipt could not be written or read.
    #[error("erasure: {0}")]
    Intent(#[from] rights::intent::IntentError),
    /// The model's byte budget is spent.
    #[error("model is full; raise recommend.bytes_max")]
    ModelFull,
    /// A row is about somebody else than who asks.
    #[error(transparent)]
    NotOwn(#[from] personal::own::NotOwn),
    /// A permit went stale on the way.
    #[error(transparent)]
    Permit(#[from] personal::permit::PermitError),
    /// The gate said no.
    #[error("refused: {0}")]
    Refused(#[from] personal::gate::Refusal),
    /// A record could not be written or read.
    #[error("record: {0}")]
    Record(#[from] personal::record::RecordError),
    /// The receipt could not be signed.
    #[error("receipt: {0}")]
    Receipt(#[from] rights::receipt::ReceiptError),
    /// A step that the state of a request does not allow.
    #[error("request: {0}")]
    Request(#[from] rights::request::error::ActError),
    /// More requests of one person than anybody answers.
    #[error(
        "this person has made more than {} requests within a year",
        requests::REQUESTS_PER_YEAR_MAX
    )]
    TooMany,
    /// The store said no.
    #[error("store: {0}")]
    Store(#[from] StoreError),
    /// Nobody by this name.
    #[error("nothing is stored about this person")]
    Unknown,
    /// A key could not be wrapped or unwrapped.
    #[error("key store: {0}")]
    Vault(#[from] vault::error::VaultError),
}

impl Engine {
    /// Takes the store of a shop; [`Engine::load`] fills the memory.
    pub fn new(
        shared: Arc<Shared>,
        tables: Box<dyn Tables>,
        (keys, closing): (Box<dyn Keys>, Closing),
        book: Book,
    ) -> Self {
        let learning = shared.settings.learning;
        let caps = DoorCaps {
            subject_sessions_per_day_max: learning.sessions_per_subject_day_max,
            prefix_sessions_per_hour_max: learning.sessions_per_prefix_hour_max,
            ..DoorCaps::default()
        };
        Self {
            shared,
            tables,
            keys,
            closing,
            exchange: Exchange::default(),
            cache: FxHashMap::default(),
            visits: Visits::default(),
            door: Door::new(caps),
            seen: Seen::default(),
            tombstones: BTreeMap::new(),
            staged: Staged::default(),
            waiting: Waiting::new(),
            corrected: FxHashMap::default(),
            addresses: Directory::default(),
            redacting: None,
            receipts: BTreeMap::new(),
            requests: Requests::default(),
            telling: BTreeMap::new(),
            visit_yeses: VisitYeses::default(),
            erased: false,
            swept_on: None,
            next_end: None,
            torn: false,
            reads: Reads::default(),
            book,
            hold: None,
        }
    }

    /// Makes writes durable as one batch and says how many rows were new.
    fn commit(&mut self, writes: Vec<Write>) -> Result<u64, EngineError> {
        if writes.is_empty() {
            return Ok(0);
        }
        let watch = Stopwatch::start();
        let batch = Batch { writes };
        let committed = self.tables.commit(&batch);
        self.torn |= committed.is_err();
        let committed = committed?;
        proving::take(&mut self.book, &batch.writes);
        let metrics = &self.shared.metrics;
        #[expect(clippy::cast_precision_loss, reason = "a histogram of seconds")]
        metrics.commit_seconds.observe(watch.ns() as f64 / 1e9);
        metrics.seq.set(i64::try_from(committed.seq.number()).unwrap_or(i64::MAX));
        Ok(committed.inserted() as u64)
    }

    /// Whether an act failed half-way; then [`Engine::reload`] comes before anything else.
    pub const fn is_torn(&self) -> bool {
        self.torn
    }

    /// The number of the last batch.
    pub fn seq(&self) -> u64 {
        self.tables.seq().number()
    }

    /// The tables, for the inventory and for tests.
    pub fn tables(&self) -> &dyn Tables {
        self.tables.as_ref()
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine(..)")
    }
}
