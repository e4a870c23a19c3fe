//! Metrics and logs. No label with an unbounded set of values, no personal value anywhere.

use std::sync::atomic::{AtomicI64, AtomicU64};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// A label from a closed list of words.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Word {
    /// The word.
    pub word: &'static str,
}

/// Route and status of an answered request; both from closed lists.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Answered {
    /// The route's pattern, never the path that was asked for.
    pub route: String,
    /// HTTP status.
    pub status: u16,
}

/// Placement and group of a shown item; both from the settings, so the list is closed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Exposed {
    /// Name of the placement.
    pub placement: String,
    /// `all`, `drawn`, or the group of a floor.
    pub group: String,
}

/// Everything that is counted.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Events by what became of them: `stored`, `duplicate`, or the code of a refusal.
    pub events: Family<Word, Counter>,
    /// Answers by the tier that made them.
    pub answers: Family<Word, Counter>,
    /// Places of pages by placement and group, where a placement has floors or explores.
    pub exposures: Family<Exposed, Counter>,
    /// Requests by route and status.
    pub requests: Family<Answered, Counter>,
    /// Sessions by what became of them: `learned`, or why the door refused.
    pub sessions: Family<Word, Counter>,
    /// Orders by what became of them: `learned`, or why the door refused.
    pub orders: Family<Word, Counter>,
    /// Erasures and withdrawals that were carried out.
    pub erasures: Family<Word, Counter>,
    /// Recipients that have not answered an erasure in time.
    pub erasures_unanswered: Gauge<i64, AtomicI64>,
    /// Machine reads of personal data by purpose.
    pub reads: Family<Word, Counter>,
    /// Mails by what became of them.
    pub mails: Family<Word, Counter>,
    /// Texts of events that were not kept because they held personal data, by its kind.
    pub personal_texts: Family<Word, Counter>,
    /// Items of the catalog whose texts look like personal data, by its kind.
    pub personal_catalog_texts: Family<Word, Counter>,
    /// Seconds from a commit's begin to its durability.
    pub commit_seconds: Histogram,
    /// Seconds that an answer took in process.
    pub answer_seconds: Histogram,
    /// Sequence number of the last batch.
    pub seq: Gauge<i64, AtomicI64>,
    /// Sessions in the model.
    pub model_sessions: Gauge<i64, AtomicI64>,
    /// Bytes of the model.
    pub model_bytes: Gauge<i64, AtomicI64>,
    /// Orders in the model.
    pub model_orders: Gauge<i64, AtomicI64>,
    /// Bytes of the orders in the model.
    pub model_order_bytes: Gauge<i64, AtomicI64>,
    /// Whether the last run of the opt-out canary failed.
    pub canary_failed: Gauge<i64, AtomicI64>,
    /// When the last run was handed in, in seconds since 1970.
    pub canary_run_seconds: Gauge<i64, AtomicI64>,
    /// Requests about data that have not ended, by kind.
    pub rights_open: Family<Word, Gauge<i64, AtomicI64>>,
    /// Requests whose answer is due within three days.
    pub rights_due_soon: Gauge<i64, AtomicI64>,
    /// Requests whose last day is over.
    pub rights_overdue: Gauge<i64, AtomicI64>,
    /// Rows that the retention sweep deleted.
    pub expired_rows: Counter<u64, AtomicU64>,
}

impl Metrics {
    /// Registers every metric with its unit and help.
    pub fn new() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("confidant"),
            events: Family::default(),
            answers: Family::default(),
            exposures: Family::default(),
            requests: Family::default(),
            sessions: Family::default(),
            orders: Family::default(),
            erasures: Family::default(),
            erasures_unanswered: Gauge::default(),
            reads: Family::default(),
            mails: Family::default(),
            personal_texts: Family::default(),
            personal_catalog_texts: Family::default(),
            commit_seconds: Histogram::new(exponential_buckets(0.000_25, 2.0, 14)),
            answer_seconds: Histogram::new(exponential_buckets(0.000_01, 2.0, 16)),
            seq: Gauge::default(),
            model_sessions: Gauge::default(),
            model_bytes: Gauge::default(),
            model_orders: Gauge::default(),
            model_order_bytes: Gauge::default(),
            canary_failed: Gauge::default(),
            canary_run_seconds: Gauge::default(),
            rights_open: Family::default(),
            rights_due_soon: Gauge::default(),
            rights_overdue: Gauge::default(),
            expired_rows: Counter::default(),
        };
        metrics.register()
    }

    fn register(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register("events", "Events by what became of them", self.events.clone());
        registry.register("answers", "Answers by tier", self.answers.clone());
        registry.register("exposures", "Places by group", self.exposures.clone());
        registry.register("requests", "Requests by route and status", self.requests.clone());
        registry.register("sessions", "Closed sessions by outcome", self.sessions.clone());
        registry.register("orders", "Orders by outcome", self.orders.clone());
        registry.register("erasures", "Erasures and withdrawals", self.erasures.clone());
        let unanswered = self.erasures_unanswered.clone();
        registry.register("erasures_unanswered", "Recipients late with an answer", unanswered);
        registry.register("reads", "Machine reads by purpose", self.reads.clone());
        registry.register("mails", "Mails by what became of them", self.mails.clone());
        let texts = self.personal_texts.clone();
        registry.register("personal_texts", "Personal data kept out of events, by kind", texts);
        let texts = self.personal_catalog_texts.clone();
        registry.register("personal_catalog_texts", "Catalog texts like personal data", texts);
        registry.register("commit_seconds", "Commit time", self.commit_seconds.clone());
        registry.register("answer_seconds", "Answer time in process", self.answer_seconds.clone());
        registry.register("seq", "Sequence number of the last batch", self.seq.clone());
        registry.register("model_sessions", "Sessions in the model", self.model_sessions.clone());
        registry.register("model_bytes", "Bytes of the model", self.model_bytes.clone());
        registry.register("model_orders", "Orders in the model", self.model_orders.clone());
        let bytes = self.model_order_bytes.clone();
        registry.register("model_order_bytes", "Bytes of the orders in the model", bytes);
        let failed = self.canary_failed.clone();
        registry.register("canary_failed", "Whether the last opt-out canary failed", failed);
        let run = self.canary_run_seconds.clone();
        registry.register("canary_run_seconds", "When the opt-out canary ran, since 1970", run);
        registry.register("rights_open", "Requests about data by kind", self.rights_open.clone());
        let soon = self.rights_due_soon.clone();
        registry.register("rights_due_soon", "Requests due within three days", soon);
        let late = self.rights_overdue.clone();
        registry.register("rights_overdue", "Requests whose last day is over", late);
        registry.register("expired_rows", "Rows deleted by retention", self.expired_rows.clone());
        self
    }

    /// The OpenMetrics text for Prometheus.
    pub fn text(&self) -> String {
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(_) => String::new(),
        }
    }

    /// Counts one word of a family.
    pub fn count(family: &Family<Word, Counter>, word: &'static str) {
        family.get_or_create(&Word { word }).inc();
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// Logs to standard error: text for people, JSON for machines (`CONFIDANT_LOG_FORMAT=json`).
/// What is logged follows `CONFIDANT_LOG` (default `warn`).
pub fn start_logging(filter: &str, json: bool) {
    let filter = tracing_subscriber::EnvFilter::try_new(filter)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let outcome = if json { builder.json().try_init() } else { builder.try_init() };
    if outcome.is_err() {
        tracing::debug!("logging was started before");
    }
}
