//! How good next-basket guesses are on baskets that were held back.
//!
//! Two protocols over one [`history::History`]: the last basket of every customer, and a rolling
//! split of time (everything before a moment teaches, each customer's first basket from then on
//! is predicted). Every list ranks all learned items. All numbers are printed for all items of
//! the basket, for those bought before and for those never bought, as Li and others ask for ("A
//! next basket recommendation reality check", TOIS 2023): most of what such models gain comes
//! from repeats. Sums are added in a fixed order; only times come from the caller's clock.

use domain::time::Timestamp;
use serde::Serialize;

use crate::baskets::BasketIndex;
use crate::baskets::evaluation::bootstrap::{Interval, interval};
use crate::baskets::evaluation::history::{Case, History, Split};
use crate::baskets::evaluation::measure::{Group, Quality, Score, means, score, sought};
use crate::baskets::evaluation::methods::{Cycles, Guesser, Method, popular};
use crate::baskets::rank::BasketScratch;
use crate::baskets::settings::{BasketSettings, BasketSettingsError};
use crate::items::ItemNo;

pub mod bootstrap;
pub mod history;
pub mod measure;
pub mod methods;
pub mod tune;

/// Distinct customers behind a released cycle.
pub const CYCLE_SUBJECTS_MIN: u32 = 5;

/// How to evaluate.
#[derive(Clone, Debug)]
pub struct BasketEvaluation {
    /// Parameters of TIFU-kNN; their floor is the one that is reported beside floor 1.
    pub settings: BasketSettings,
    /// Lengths of the lists.
    pub lengths: Vec<usize>,
    /// Seed of the bootstrap.
    pub seed: u64,
}

/// One method at one floor and length.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The method.
    pub method: &'static str,
    /// Distinct customers behind what others add to the list, at least; none where nobody does.
    pub supporters_min: Option<u32>,
    /// Length of the list.
    pub k: usize,
    /// All items of the baskets.
    pub all: Quality,
    /// Items that the customer bought before.
    pub repeat: Quality,
    /// Items that the customer never bought.
    pub explore: Quality,
}

/// TIFU-kNN minus the baseline that did best on the very baskets that it is compared on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The floor of TIFU-kNN.
    pub supporters_min: u32,
    /// Length of the lists.
    pub k: usize,
    /// The baseline with the highest recall, at floor 1.
    pub against: &'static str,
    /// Difference of the recall, with its 95 % interval.
    pub recall: Interval,
    /// Difference of the nDCG, with its 95 % interval.
    pub ndcg: Interval,
}

/// One split.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SplitReport {
    /// The moment of a cut; none for the last basket.
    pub cut_ms: Option<i64>,
    /// Baskets that were learned.
    pub learned: u32,
    /// Customers whose baskets were learned.
    pub customers: usize,
    /// Baskets that were predicted.
    pub predicted: usize,
    /// Parameters that were used.
    pub settings: BasketSettings,
    /// Methods, floors, lengths.
    pub rows: Vec<Row>,
    /// Against the best baseline.
    pub differences: Vec<Difference>,
}

/// Times of one split, by the caller's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Times {
    /// To learn.
    pub build_ns: u64,
    /// Estimated bytes of the index; no time, but of the machine's word size too.
    pub index_bytes: u64,
    /// One TIFU-kNN answer: half took at most this.
    pub p50_ns: u64,
    /// 99 of 100.
    pub p99_ns: u64,
}

/// The scores of one method at one floor and length, basket by basket.
#[derive(Clone)]
struct Scored {
    method: Method,
    floor: u32,
    k: usize,
    people: Vec<usize>,
    scores: Vec<Option<Score>>,
}

/// Everything that one split found.
pub struct Measured {
    /// For people and digests.
    pub report: SplitReport,
    /// For the clock.
    pub times: Times,
    scored: Vec<Scored>,
}

impl std::fmt::Debug for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Measured").field(&self.report).finish()
    }
}

/// Learns and predicts one split. `done` is called once per predicted basket and floor.
pub fn measure_split(
    history: &History,
    split: Split,
    how: &BasketEvaluation,
    clock: &mut dyn FnMut() -> u64,
    done: &mut dyn FnMut(),
) -> Result<Measured, BasketSettingsError> {
    let floor = how.settings.supporters_min;
    let at_one = BasketSettings { supporters_min: 1, bytes_max: u64::MAX, ..how.settings };
    let mut index = BasketIndex::new(at_one)?;
    let start = clock();
    // Without a byte budget nothing is refused.
    let learned = index.learn_all(&history.items, history.learned(split));
    debug_assert!(learned.is_ok());
    let mut times = Times {
        build_ns: clock().saturating_sub(start),
        index_bytes: index.bytes(),
        ..Times::default()
    };
    let cases = history.cases(split);
    let (mut rows, mut scored) = (Vec::new(), Vec::new());
    for floor in if floor > 1 { vec![1, floor] } else { vec![1] } {
        index.reconfigure(&history.items, BasketSettings { supporters_min: floor, ..at_one })?;
        let mut run = Run { history, index: &index, cases: &cases, how, spent: Vec::new() };
        run.floor(floor, clock, done, (&mut rows, &mut scored));
        if floor == 1 {
            (times.p50_ns, times.p99_ns) = percentiles(run.spent);
        }
    }
    let report = SplitReport {
        cut_ms: match split {
            Split::LastBasket { .. } => None,
            Split::Cut { at } => Some(at.ms()),
        },
        learned: index.baskets(),
        customers: index.subjects(),
        predicted: cases.len(),
        settings: how.settings,
        rows,
        differences: differences(&scored, how.seed),
    };
    Ok(Measured { report, times, scored })
}

/// The differences over several splits together; a customer's baskets stay together.
pub fn pooled(splits: &[Measured], seed: u64) -> Vec<Difference> {
    let mut pool: Vec<Scored> = Vec::new();
    for one in splits.iter().flat_map(|split| &split.scored) {
        let same = |other: &&mut Scored| {
            (other.method, other.floor, other.k) == (one.method, one.floor, one.k)
        };
        match pool.iter_mut().find(same) {
            None => pool.push(one.clone()),
            Some(known) => {
                known.people.extend(&one.people);
                known.scores.extend(&one.scores);
            }
        }
    }
    differences(&pool, seed)
}

struct Run<'a> {
    history: &'a History,
    index: &'a BasketIndex,
    cases: &'a [Case<'a>],
    how: &'a BasketEvaluation,
    spent: Vec<u64>,
}

impl Run<'_> {
    fn floor(
        &mut self,
        floor: u32,
        clock: &mut dyn FnMut() -> u64,
        done: &mut dyn FnMut(),
        (rows, scored): (&mut Vec<Row>, &mut Vec<Scored>),
    ) {
        let items = &self.history.items;
        let mut guesser = Guesser {
            items,
            index: self.index,
            popular: popular(items, self.index, floor),
            cycles: Cycles(self.index.cycles(items, CYCLE_SUBJECTS_MIN)),
            len: self.how.lengths.iter().copied().max().unwrap_or(0),
            scratch: BasketScratch::new(),
        };
        let methods: Vec<Method> =
            Method::EACH.into_iter().filter(|m| floor == 1 || m.asks_others()).collect();
        // Per method, length and group: the score of each basket.
        let groups = Group::EACH.len();
        let width = methods.len() * self.how.lengths.len() * groups;
        let mut table: Vec<Vec<Option<Score>>> = vec![Vec::new(); width];
        for case in self.cases {
            let targets = targets(case);
            let mut columns = table.iter_mut();
            for method in &methods {
                let start = clock();
                let list = guesser.list(*method, case);
                if *method == Method::Tifu {
                    self.spent.push(clock().saturating_sub(start));
                }
                for k in &self.how.lengths {
                    for (target, column) in targets.iter().zip(columns.by_ref()) {
                        column.push(score(&list, *k, target));
                    }
                }
            }
            done();
        }
        let people: Vec<usize> = self.cases.iter().map(|case| case.person).collect();
        let mut columns = table.into_iter();
        for method in methods {
            for k in self.how.lengths.iter().copied() {
                let mut next = || columns.next().unwrap_or_default();
                let (all, repeat, explore) = (next(), next(), next());
                rows.push(Row {
                    method: method.as_str(),
                    supporters_min: method.asks_others().then_some(floor),
                    k,
                    all: means(&all),
                    repeat: means(&repeat),
                    explore: means(&explore),
                });
                scored.push(Scored { method, floor, k, people: people.clone(), scores: all });
            }
        }
    }
}

/// The items that are looked for in one basket, group by group.
fn targets(case: &Case<'_>) -> Vec<Vec<ItemNo>> {
    let mut known: Vec<ItemNo> = case.own.iter().flat_map(|(_, items)| items).copied().collect();
    known.sort_unstable();
    known.dedup();
    Group::EACH.into_iter().map(|group| sought(case.target, &known, group)).collect()
}

fn differences(scored: &[Scored], seed: u64) -> Vec<Difference> {
    let mut differences = Vec::new();
    for ours in scored.iter().filter(|one| one.method == Method::Tifu) {
        let baselines = scored.iter().filter(|one| {
            one.floor == 1 && one.k == ours.k && Method::BASELINES.contains(&one.method)
        });
        let best = baselines
            .max_by(|one, other| means(&one.scores).recall.total_cmp(&means(&other.scores).recall));
        let Some(best) = best else { continue };
        let of = |part: fn(&Score) -> f64| {
            let pairs = ours.scores.iter().flatten().zip(best.scores.iter().flatten());
            let gaps = pairs.map(|(ours, theirs)| part(ours) - part(theirs));
            let gaps: Vec<(usize, f64)> = ours.people.iter().copied().zip(gaps).collect();
            interval(&gaps, seed)
        };
        differences.push(Difference {
            supporters_min: ours.floor,
            k: ours.k,
            against: best.method.as_str(),
            recall: of(|score| score.recall),
            ndcg: of(|score| score.ndcg),
        });
    }
    differences
}

/// The 50th and 99th of a hundred, by nearest rank.
fn percentiles(mut spent: Vec<u64>) -> (u64, u64) {
    spent.sort_unstable();
    let at = |percent: usize| {
        let rank = (spent.len() * percent).div_ceil(100);
        spent.get(rank.saturating_sub(1)).copied().unwrap_or(0)
    };
    (at(50), at(99))
}

/// The moments of the rolling split: before them lie 60, 70, 80 and 90 percent of all baskets.
pub fn cuts(history: &History) -> Vec<Timestamp> {
    let mut cuts = history.moments(&[60, 70, 80, 90]);
    cuts.dedup();
    cuts
}

#[cfg(test)]
mod tests;
