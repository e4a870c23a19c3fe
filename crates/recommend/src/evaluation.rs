//! How good the models are on sessions that were held back: the next-item protocol.
//!
//! Each test session is revealed item by item. After each item but the last every model ranks
//! *all* training items, and the list is compared with the item that comes next. Only models
//! answer here, never a fallback, so a list may be short and a target that no model has is a
//! miss. Repeats (the target is the current item) decide the score on some sets, so everything
//! is printed with the current item allowed and excluded, over all, non-repeat and repeat
//! targets. Sums are integers or are added in a fixed order: two runs print the same bits.
//! Only the latencies differ; they come from the clock that the caller passes in.
//!
//! The path: [`learned::Learned::new`] learns what a [`crate::plan::Plan`] asks for, [`evaluate`] runs
//! every [`methods::Method`] over the test sessions, [`compare`] says how sure a difference is.

use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;
use serde::Serialize;

use crate::evaluation::alike::Alike;
use crate::evaluation::compare::PerSession;
use crate::evaluation::learned::Learned;
use crate::evaluation::methods::{Asked, Method};
use crate::evaluation::tally::Tally;
use crate::items::{ItemNo, Items};
use crate::scratch::Scratch;

mod alike;
pub mod compare;
pub mod device;
pub mod learned;
pub mod methods;
pub mod rows;
mod tally;
pub mod tiers;

/// One session of a data set, its items in order of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose session it is, where the set says so.
    pub subject: Option<Pseudonym>,
    /// Time of the last event.
    pub at: Timestamp,
    /// Items, repeats included.
    pub items: Vec<ItemId>,
}

/// Which list goes into the predictions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// The current item may be recommended.
    CurrentAllowed,
    /// It may not.
    CurrentExcluded,
}

/// How to evaluate.
#[derive(Clone, Debug)]
pub struct EvaluationSettings {
    /// The floors of distinct supporters that are reported.
    pub floors: Vec<u32>,
    /// Length of the lists (the 20 of HR@20).
    pub list_len: usize,
    /// Which list of the first floor goes into the predictions.
    pub listed: Listed,
    /// The method whose lists go into the predictions.
    pub predicts: String,
}

impl Default for EvaluationSettings {
    fn default() -> Self {
        Self {
            floors: vec![1, 2],
            list_len: 20,
            listed: Listed::CurrentExcluded,
            predicts: "blend".to_owned(),
        }
    }
}

/// Hits of one group of targets.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quality {
    /// Targets of the group.
    pub targets: u64,
    /// Targets that stood in the list.
    pub hits: u64,
    /// Hits per target: HR@k.
    pub hit_rate: f64,
    /// Mean of 1 / rank, 0 for a miss: MRR@k.
    pub reciprocal_rank: f64,
}

/// One way of making the lists.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ListReport {
    /// All targets.
    pub all: Quality,
    /// Targets that differ from the current item.
    pub non_repeat: Quality,
    /// Targets that are the current item again.
    pub repeat: Quality,
    /// Mean share of the distinct remaining items of the session that stood in the list.
    pub recall_rest: f64,
    /// Share of the training items that stood in any list.
    pub coverage: f64,
    /// Mean surprise of a listed item: -log2 of the share of training sessions that hold it.
    pub novelty_bits: f64,
    /// Mean unlikeness of two items of a list, 1 where no session holds both of any pair: one
    /// minus the cosine of the two sets of training sessions that hold them.
    pub diversity: f64,
    /// Lists without any item.
    pub empty_lists: u64,
}

/// Both ways under one floor of supporters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FloorReport {
    /// Distinct subjects behind each listed item, at least.
    pub supporters_min: u32,
    /// The current item may be recommended.
    pub current_allowed: ListReport,
    /// It may not.
    pub current_excluded: ListReport,
}

/// Nanoseconds per prediction at floor 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Latency {
    /// Half of the predictions took at most this.
    pub p50_ns: u64,
    /// Nine of ten.
    pub p90_ns: u64,
    /// 995 of a thousand.
    pub p99_5_ns: u64,
}

/// What one method reached.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MethodReport {
    /// The method.
    pub name: String,
    /// By floor, in the order of the settings; none where a method has no supporters to count.
    pub floors: Vec<FloorReport>,
    /// By the caller's clock, at the first floor.
    pub latency: Latency,
    /// Hits of each test session at the first floor, for comparisons.
    #[serde(skip)]
    pub sessions: Vec<PerSession>,
}

/// What an evaluation found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Sessions that were learned.
    pub train_sessions: u32,
    /// Items that can be ranked.
    pub train_items: usize,
    /// Sessions that gave at least one target.
    pub test_sessions: usize,
    /// Targets.
    pub predictions: u64,
    /// Length of the lists.
    pub list_len: usize,
    /// Bytes of the index.
    pub index_bytes: u64,
    /// Every method.
    pub methods: Vec<MethodReport>,
}

/// What an evaluation tells its caller while it runs.
pub struct Ears<'a> {
    /// Nanoseconds from any origin.
    pub clock: &'a mut dyn FnMut() -> u64,
    /// One line per prediction of the chosen method: recommended ids comma-separated, `;`, the
    /// remaining items of the session (the next one first), `;`, the current item.
    pub prediction: &'a mut dyn FnMut(&str),
    /// The method, steps done, steps in all.
    pub watch: &'a mut dyn FnMut(&str, u64, u64),
}

impl std::fmt::Debug for Ears<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ears(..)")
    }
}

/// Predicts each next item of `test` with every method.
pub fn evaluate(
    learned: &Learned,
    methods: &[Method],
    test: &[Session],
    settings: &EvaluationSettings,
    ears: &mut Ears<'_>,
) -> Report {
    let alike = Alike::new(&learned.index, learned.items.numbers());
    let mut run = Run { learned, settings, scratch: Scratch::new(), alike };
    let methods: Vec<MethodReport> =
        methods.iter().map(|method| run.method(method, test, ears)).collect();
    let targets = test.iter().map(|session| session.items.len().saturating_sub(1) as u64);
    Report {
        train_sessions: learned.index.sessions(),
        train_items: learned.items.len(),
        test_sessions: test.iter().filter(|session| session.items.len() > 1).count(),
        predictions: targets.sum(),
        list_len: settings.list_len,
        index_bytes: learned.index.bytes(),
        methods,
    }
}

struct Run<'a> {
    learned: &'a Learned,
    settings: &'a EvaluationSettings,
    scratch: Scratch,
    alike: Alike<'a>,
}

impl Run<'_> {
    fn method(&mut self, method: &Method, test: &[Session], ears: &mut Ears<'_>) -> MethodReport {
        let name = method.name().to_owned();
        let mut report =
            MethodReport { name, floors: vec![], latency: Latency::default(), sessions: vec![] };
        for (place, supporters_min) in self.settings.floors.iter().copied().enumerate() {
            if supporters_min > 1 && !method.has_supporters() {
                continue;
            }
            let mut floor = Floor::new(self.learned, self.settings.list_len, supporters_min);
            floor.writes = place == 0 && self.settings.predicts == method.name();
            for (done, session) in test.iter().enumerate() {
                (ears.watch)(method.name(), done as u64, test.len() as u64);
                self.session(method, session, &mut floor, ears);
            }
            let items = self.learned.items.len();
            report.floors.push(FloorReport {
                supporters_min,
                current_allowed: floor.allowed.report(items),
                current_excluded: floor.excluded.report(items),
            });
            if place == 0 {
                report.latency = latency(floor.latencies);
                report.sessions = floor.sessions;
            }
        }
        report
    }

    /// Reveals one session item by item.
    fn session(
        &mut self,
        method: &Method,
        session: &Session,
        floor: &mut Floor,
        ears: &mut Ears<'_>,
    ) {
        let items = &self.learned.items;
        let len = self.settings.list_len;
        let mut sums = PerSession::default();
        let mut visit = Vec::new();
        let mut left = session.items.as_slice();
        while let [current, rest @ ..] = left {
            left = rest;
            visit.extend(items.number(current));
            let Some(target) = rest.first() else { break };
            let start = (ears.clock)();
            // One item more than the list, so that it is full without the current one too.
            let (count, supporters_min) = (len + 1, floor.supporters_min);
            let asked = Asked { visit: &visit, at: session.at, count, supporters_min };
            let ranked = method.list(self.learned, &asked, &mut self.scratch);
            floor.latencies.push((ears.clock)().saturating_sub(start));
            let ranked = match method.lambda_per_mille() {
                0 => ranked,
                lambda => self.alike.varied(&ranked, lambda, count),
            };
            let number = items.number(current);
            let with: Vec<ItemNo> = ranked.iter().copied().take(len).collect();
            let without = ranked.iter().copied().filter(|item| Some(*item) != number);
            let without: Vec<ItemNo> = without.take(len).collect();
            let rest_no: Vec<_> = rest.iter().map(|item| items.number(item)).collect();
            let repeat = target == current;
            floor.allowed.count_diversity(self.alike.diversity(&with));
            floor.excluded.count_diversity(self.alike.diversity(&without));
            sums.allowed.add(floor.allowed.count(&with, &rest_no, repeat));
            let found = floor.excluded.count(&without, &rest_no, repeat);
            if !repeat {
                sums.excluded.add(found);
            }
            if floor.writes {
                let listed = match self.settings.listed {
                    Listed::CurrentAllowed => &with,
                    Listed::CurrentExcluded => &without,
                };
                (ears.prediction)(&line(items, listed, rest, current));
            }
        }
        floor.sessions.push(sums);
    }
}

/// What is counted of one method under one floor.
struct Floor {
    supporters_min: u32,
    writes: bool,
    allowed: Tally,
    excluded: Tally,
    sessions: Vec<PerSession>,
    latencies: Vec<u64>,
}

impl Floor {
    fn new(learned: &Learned, list_len: usize, supporters_min: u32) -> Self {
        Self {
            supporters_min,
            writes: false,
            allowed: Tally::new(list_len, learned),
            excluded: Tally::new(list_len, learned),
            sessions: Vec::new(),
            latencies: Vec::new(),
        }
    }
}

fn line(items: &Items, listed: &[ItemNo], rest: &[ItemId], current: &ItemId) -> String {
    let listed: Vec<&str> =
        listed.iter().filter_map(|item| items.id(*item)).map(ItemId::as_str).collect();
    let rest: Vec<&str> = rest.iter().map(ItemId::as_str).collect();
    format!("{};{};{current}", listed.join(","), rest.join(","))
}

/// Percentiles by nearest rank.
fn latency(mut spent: Vec<u64>) -> Latency {
    spent.sort_unstable();
    let at = |per_mille: usize| {
        let rank = (spent.len() * per_mille).div_ceil(1000);
        spent.get(rank.saturating_sub(1)).copied().unwrap_or(0)
    };
    Latency { p50_ns: at(500), p90_ns: at(900), p99_5_ns: at(995) }
}

#[cfg(test)]
mod tests;
