//! How good the neighbors are on sessions that were held back: the next-item protocol.
//!
//! Each test session is revealed item by item. After each item but the last the scorer ranks
//! *all* training items, and the list is compared with the item that comes next. Only neighbors
//! answer here, never a fallback, so a list may be short and a target that no neighbor has is a
//! miss. Repeats (the target is the current item) decide the score on some sets, so everything
//! is printed with the current item allowed and excluded, over all, non-repeat and repeat
//! targets. Sums are integers or are added in a fixed order: two runs print the same bits.
//! Only the latencies differ; they come from the clock that the caller passes in.

use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;
use serde::Serialize;

use crate::evaluation::tally::Tally;
use crate::index::{ClosedSession, SessionIndex};
use crate::items::{ItemNo, Items, Traits};
use crate::scratch::Scratch;
use crate::settings::{Settings, SettingsError, VmisSettings};
use crate::vmis::{Vmis, Wanted};

pub mod rows;
mod tally;

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
#[derive(Clone, Copy, Debug)]
pub struct EvaluationSettings {
    /// Parameters of the scorer.
    pub vmis: VmisSettings,
    /// The floor that is reported beside floor 1.
    pub supporters_min: u32,
    /// Length of the lists (the 20 of HR@20).
    pub list_len: usize,
    /// Which list of floor 1 goes into the predictions.
    pub listed: Listed,
}

impl Default for EvaluationSettings {
    fn default() -> Self {
        let Settings { vmis, supporters_min, .. } = Settings::default();
        Self { vmis, supporters_min, list_len: 20, listed: Listed::CurrentExcluded }
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
    /// Floor 1 first, then the floor of the settings.
    pub floors: Vec<FloorReport>,
    /// Time to learn the training sessions, by the caller's clock.
    pub build_ns: u64,
    /// Estimated bytes of the index.
    pub index_bytes: u64,
    /// By the caller's clock.
    pub latency: Latency,
}

/// Learns `train`, then predicts each next item of `test`.
///
/// `clock` gives nanoseconds from any origin. `prediction` gets one line per prediction:
/// recommended ids comma-separated, `;`, the remaining items of the session (the next one
/// first), `;`, the current item.
pub fn evaluate(
    train: &[Session],
    test: &[Session],
    settings: &EvaluationSettings,
    clock: &mut dyn FnMut() -> u64,
    prediction: &mut dyn FnMut(&str),
) -> Result<Report, SettingsError> {
    let vmis = settings.vmis.check()?;
    let start = clock();
    let (items, index) = learn(train);
    let build_ns = clock().saturating_sub(start);
    let vmis = Vmis { index: &index, items: &items, settings: vmis };
    let mut floors = vec![1];
    if settings.supporters_min > 1 {
        floors.push(settings.supporters_min);
    }
    let mut run = Run { vmis, settings, scratch: Scratch::new(), latencies: Vec::new() };
    let mut reports = Vec::new();
    for floor in floors {
        reports.push(run.floor(test, floor, clock, prediction));
    }
    Ok(Report {
        train_sessions: index.sessions(),
        train_items: items.len(),
        test_sessions: test.iter().filter(|session| session.items.len() > 1).count(),
        predictions: reports.first().map_or(0, |report| report.current_allowed.all.targets),
        list_len: settings.list_len,
        floors: reports,
        build_ns,
        index_bytes: index.bytes(),
        latency: latency(run.latencies),
    })
}

struct Run<'a> {
    vmis: Vmis<'a>,
    settings: &'a EvaluationSettings,
    scratch: Scratch,
    latencies: Vec<u64>,
}

impl Run<'_> {
    fn floor(
        &mut self,
        test: &[Session],
        supporters_min: u32,
        clock: &mut dyn FnMut() -> u64,
        prediction: &mut dyn FnMut(&str),
    ) -> FloorReport {
        let len = self.settings.list_len;
        // One item more than the list, so that the list without the current item is full too.
        let wanted = Wanted { count: len + 1, supporters_min, exclude: &[] };
        let mut allowed = Tally::new(len, self.vmis.items.numbers());
        let mut excluded = Tally::new(len, self.vmis.items.numbers());
        let mut visit = Vec::new();
        for session in test {
            visit.clear();
            let mut left = session.items.as_slice();
            while let [current, rest @ ..] = left {
                left = rest;
                visit.extend(self.vmis.items.number(current));
                let Some(target) = rest.first() else { break };
                let start = clock();
                let ranked = self.vmis.rank(&visit, &wanted, &mut self.scratch);
                let spent = clock().saturating_sub(start);
                let ranked = ranked.iter().map(|scored| scored.item);
                let number = self.vmis.items.number(current);
                let with: Vec<ItemNo> = ranked.clone().take(len).collect();
                let without: Vec<ItemNo> =
                    ranked.filter(|item| Some(*item) != number).take(len).collect();
                let rest_no: Vec<Option<ItemNo>> =
                    rest.iter().map(|item| self.vmis.items.number(item)).collect();
                let repeat = target == current;
                allowed.count(&with, &rest_no, repeat);
                excluded.count(&without, &rest_no, repeat);
                if supporters_min == 1 {
                    self.latencies.push(spent);
                    let listed = match self.settings.listed {
                        Listed::CurrentAllowed => &with,
                        Listed::CurrentExcluded => &without,
                    };
                    prediction(&line(self.vmis.items, listed, rest, current));
                }
            }
        }
        let items = self.vmis.items.len();
        FloorReport {
            supporters_min,
            current_allowed: allowed.report(items),
            current_excluded: excluded.report(items),
        }
    }
}

fn learn(train: &[Session]) -> (Items, SessionIndex) {
    let mut items = Items::new();
    let mut index = SessionIndex::new();
    let traits = Traits { answers: true, sensitive: false };
    for (number, session) in (0_u128..).zip(train) {
        let session = ClosedSession {
            key: number.to_be_bytes(),
            subject: session.subject,
            at: session.at,
            items: session.items.iter().map(|item| items.declare(item, traits)).collect(),
        };
        // Without a byte budget nothing is refused, and an empty session is not an error.
        let learned = index.learn(&items, session, u64::MAX);
        debug_assert!(learned.is_ok());
    }
    (items, index)
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
