//! Choosing the parameters of TIFU-kNN on baskets that are not the test.
//!
//! One parameter after the other is set to the value of a small grid that gives the best nDCG on
//! the validation baskets, twice around. With many customers an even share of them decides; all
//! of them teach.

use std::collections::BTreeMap;

use crate::baskets::BasketIndex;
use crate::baskets::evaluation::history::{Case, History, Split};
use crate::baskets::evaluation::measure::{Quality, means, score};
use crate::baskets::evaluation::methods::{Cycles, Guesser, Method};
use crate::baskets::rank::BasketScratch;
use crate::baskets::settings::{BasketSettings, BasketSettingsError, Nearness};

/// Customers who decide, at most.
pub const CASES_MAX: usize = 1_000;

/// The chosen parameters and what they were chosen by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuned {
    /// The parameters; floor and limits are those of the start.
    pub settings: BasketSettings,
    /// Their quality on the validation baskets, at floor 1.
    pub quality: Quality,
    /// How many settings were tried.
    pub tried: usize,
}

type Change = Box<dyn Fn(&mut BasketSettings)>;

/// The grid: the values that published reproductions use, and their neighborhood.
fn grid() -> Vec<Vec<Change>> {
    fn each(values: &[u16], set: fn(&mut BasketSettings, u16)) -> Vec<Change> {
        let change = |value: &u16| -> Change {
            let value = *value;
            Box::new(move |settings: &mut BasketSettings| set(settings, value))
        };
        values.iter().map(change).collect()
    }
    let nearness = [Nearness::Cosine, Nearness::Euclidean];
    let nearness = nearness.map(|by| -> Change { Box::new(move |s| s.nearness = by) });
    vec![
        each(&[200, 400, 600, 700, 800, 900, 950], |s, value| s.own_share = value),
        each(&[1, 3, 5, 7, 15, 30], |s, value| s.groups = value),
        each(&[600, 700, 800, 900, 950, 1000], |s, value| s.group_decay = value),
        each(&[700, 800, 900, 950, 1000], |s, value| s.basket_decay = value),
        each(&[50, 100, 300, 900], |s, value| s.neighbors_max = value),
        nearness.into(),
    ]
}

/// How many settings are tried at most, for a progress bar.
pub fn tries_max() -> usize {
    1 + 2 * grid().iter().map(Vec::len).sum::<usize>()
}

/// Chooses parameters for lists of `len` items. `done` is called after each try.
pub fn tune(
    history: &History,
    split: Split,
    start: BasketSettings,
    len: usize,
    done: &mut dyn FnMut(),
) -> Result<Tuned, BasketSettingsError> {
    let at_one = BasketSettings { supporters_min: 1, bytes_max: u64::MAX, ..start };
    let mut index = BasketIndex::new(at_one)?;
    // Without a byte budget nothing is refused.
    let learned = index.learn_all(&history.items, history.learned(split));
    debug_assert!(learned.is_ok());
    let cases = spread(history.cases(split));
    let mut known: BTreeMap<BasketSettings, Quality> = BTreeMap::new();
    let mut best = at_one;
    let mut best_quality = quality(history, &index, &cases, len);
    known.insert(best, best_quality);
    done();
    for change in (0..2).flat_map(|_| grid()).flatten() {
        let mut settings = best;
        change(&mut settings);
        let found = match known.get(&settings) {
            Some(found) => *found,
            None => {
                index.reconfigure(&history.items, settings)?;
                let found = quality(history, &index, &cases, len);
                known.insert(settings, found);
                found
            }
        };
        done();
        if found.ndcg > best_quality.ndcg {
            (best, best_quality) = (settings, found);
        }
    }
    let settings =
        BasketSettings { supporters_min: start.supporters_min, bytes_max: start.bytes_max, ..best };
    Ok(Tuned { settings, quality: best_quality, tried: known.len() })
}

fn quality(history: &History, index: &BasketIndex, cases: &[Case<'_>], len: usize) -> Quality {
    let mut guesser = Guesser {
        items: &history.items,
        index,
        popular: Vec::new(),
        cycles: Cycles::default(),
        len,
        scratch: BasketScratch::new(),
    };
    let mut of = |case: &Case<'_>| score(&guesser.list(Method::Tifu, case), len, case.target);
    means(&cases.iter().map(&mut of).collect::<Vec<_>>())
}

/// At most [`CASES_MAX`] of the cases, evenly; pseudonyms have no meaning, so neither has the
/// choice.
fn spread(cases: Vec<Case<'_>>) -> Vec<Case<'_>> {
    let count = cases.len();
    let slot = |place: usize| place * CASES_MAX / count;
    let chosen = |place: usize| count <= CASES_MAX || place == 0 || slot(place) != slot(place - 1);
    cases
        .into_iter()
        .enumerate()
        .filter(|(place, _)| chosen(*place))
        .map(|(_, case)| case)
        .collect()
}
