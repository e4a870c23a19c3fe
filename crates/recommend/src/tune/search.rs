//! The settings of each scorer, searched one axis at a time: what finds more, less what it costs.

use crate::blend::NamedScorer;
use crate::evaluation::Session;
use crate::evaluation::learned::{Learned, Watch};
use crate::items::ItemNo;
use crate::neighbors::settings::{Rarity, ScorerSettings, Similarity, Spread, Weighting};
use crate::neighbors::{Scorers, Walk, Wanted};
use crate::scratch::Scratch;
use crate::tune::share::Share;
use crate::tune::{Reached, TuneSettings};

/// Length of the lists that are compared.
const LIST: usize = 20;
/// What reading twice as many items must bring in HR + MRR: far less than chance decides, so that
/// of settings that are as good the faster ones are chosen.
const DOUBLING: f64 = 0.002;
/// Most items of neighbors that are read to judge one setting; long sessions make few steps.
const READ_MAX: u64 = 100_000_000;
/// Steps that are looked at however much they read.
const STEPS_MIN: u32 = 300;
/// Steps that say how much one step reads.
const PROBES: u32 = 50;

/// One way of changing a scorer.
type Axis = fn(ScorerSettings) -> Vec<ScorerSettings>;

/// A scorer to search, from its preset.
struct Family {
    name: &'static str,
    preset: ScorerSettings,
    axes: &'static [Axis],
}

const FAMILIES: [Family; 5] = [
    Family {
        name: "vmis",
        preset: ScorerSettings::vmis(),
        axes: &[last_items, sample, rarity, visit],
    },
    Family {
        name: "vstan",
        preset: ScorerSettings::vstan(),
        axes: &[near, visit, matched, rarity, similarity, fade, sample],
    },
    Family { name: "rules", preset: ScorerSettings::rules(), axes: &[after, fade, newest] },
    Family { name: "next", preset: ScorerSettings::markov(), axes: &[fade, newest] },
    Family {
        name: "together",
        preset: ScorerSettings::together(),
        axes: &[visit, fade, last_items, newest],
    },
];

/// A step to predict: the visit so far, its time, and what came next.
struct Step {
    visit: Vec<ItemNo>,
    at: domain::time::Timestamp,
    target: Option<ItemNo>,
}

/// Chooses the settings of every scorer on held-back sessions.
pub(super) fn search(
    learned: &Learned,
    newer: &[Session],
    settings: &TuneSettings,
    watch: &mut Watch<'_>,
) -> (Vec<NamedScorer>, Vec<Reached>) {
    let mut scratch = Scratch::new();
    let probes = TuneSettings { search_choices_max: PROBES, ..*settings };
    let probes = steps(learned, newer, &probes);
    let read = quality(learned, &probes, ScorerSettings::vstan(), &mut scratch).read_per_step;
    let affordable = u32::try_from(READ_MAX / read.max(1)).unwrap_or(u32::MAX).max(STEPS_MIN);
    let search_choices_max = settings.search_choices_max.min(affordable);
    let steps = steps(learned, newer, &TuneSettings { search_choices_max, ..*settings });
    let all: usize = FAMILIES.iter().map(|family| family.axes.len()).sum();
    let mut done = 0;
    let (mut scorers, mut reached) = (Vec::new(), Vec::new());
    for family in FAMILIES {
        let mut best = (family.preset, quality(learned, &steps, family.preset, &mut scratch));
        for axis in family.axes {
            watch("choosing settings", done, all as u64);
            done += 1;
            for candidate in axis(best.0) {
                if candidate == best.0 || candidate.check().is_err() {
                    continue;
                }
                let found = quality(learned, &steps, candidate, &mut scratch);
                if found.worth() > best.1.worth() {
                    best = (candidate, found);
                }
            }
        }
        let name = family.name.to_owned();
        scorers.push(NamedScorer { name: name.clone(), settings: best.0 });
        let Found { hit_rate, reciprocal_rank, .. } = best.1;
        reached.push(Reached { name, hit_rate, reciprocal_rank });
    }
    watch("choosing settings", all as u64, all as u64);
    (scorers, reached)
}

/// The steps of evenly spread sessions, at most so many, and of one person at most so many.
fn steps(learned: &Learned, newer: &[Session], settings: &TuneSettings) -> Vec<Step> {
    let most = settings.search_choices_max as usize;
    let mut share = Share::new(settings.choices_per_subject_max);
    let all: usize = newer.iter().map(|one| one.items.len().saturating_sub(1)).sum();
    let stride = all.div_ceil(most.max(1)).max(1);
    let mut steps = Vec::new();
    for session in newer.iter().step_by(stride) {
        let mut visit = Vec::new();
        for pair in session.items.windows(2) {
            let [current, target] = pair else { continue };
            visit.extend(learned.items.number(current));
            if !share.takes(session.subject) {
                continue;
            }
            let target = learned.items.number(target);
            steps.push(Step { visit: visit.clone(), at: session.at, target });
        }
    }
    steps
}

/// HR@20 and MRR@20 of one scorer, current item excluded, and the items it read for that.
#[derive(Clone, Copy, Debug)]
struct Found {
    hit_rate: f64,
    reciprocal_rank: f64,
    read_per_step: u64,
}

impl Found {
    #[expect(clippy::cast_precision_loss, reason = "a cost needs few digits")]
    fn worth(self) -> f64 {
        let doublings = libm::log2(self.read_per_step.max(1) as f64);
        self.hit_rate + self.reciprocal_rank - DOUBLING * doublings
    }
}

/// Predicts every step with one scorer.
fn quality(
    learned: &Learned,
    steps: &[Step],
    settings: ScorerSettings,
    scratch: &mut Scratch,
) -> Found {
    let scorers = Scorers::new(&[settings]);
    let (mut hits, mut ranks, mut read) = (0_u32, 0.0, 0);
    for step in steps {
        let exclude = step.visit.last().map_or(&[][..], std::slice::from_ref);
        let wanted = Wanted { count: LIST, supporters_min: 1, exclude };
        let (index, items) = (&learned.index, &learned.items);
        let walk = Walk { index, items, scorers: &scorers, now: step.at };
        let ranked = walk.rank(&step.visit, &wanted, scratch);
        let found = (1_u32..).zip(ranked).find(|(_, one)| Some(one.item) == step.target);
        if let Some((rank, _)) = found {
            hits += 1;
            ranks += 1.0 / f64::from(rank);
        }
        read += scratch.arena.len() as u64;
    }
    let all = f64::from(u32::try_from(steps.len().max(1)).unwrap_or(u32::MAX));
    let read_per_step = read / (steps.len() as u64).max(1);
    Found { hit_rate: f64::from(hits) / all, reciprocal_rank: ranks / all, read_per_step }
}

fn last_items(settings: ScorerSettings) -> Vec<ScorerSettings> {
    [1, 2, 3, 4, 6, 9, 16]
        .map(|last_items_max| ScorerSettings { last_items_max, ..settings })
        .to_vec()
}

fn sample(settings: ScorerSettings) -> Vec<ScorerSettings> {
    let few = [(250, 100), (250, 250), (500, 100), (500, 500)];
    let many = [(1_000, 500), (1_000, 1_000), (2_500, 1_000), (2_500, 2_500)];
    few.into_iter()
        .chain(many)
        .map(|(sample_max, neighbors_max)| ScorerSettings { sample_max, neighbors_max, ..settings })
        .collect()
}

/// How many of the newest sessions vote, all alike.
fn newest(settings: ScorerSettings) -> Vec<ScorerSettings> {
    [250, 500, 1_000, 2_500]
        .map(|most| ScorerSettings { sample_max: most, neighbors_max: most, ..settings })
        .to_vec()
}

fn rarity(settings: ScorerSettings) -> Vec<ScorerSettings> {
    [Rarity::Off, Rarity::Log, Rarity::OnePlusLog(1), Rarity::OnePlusLog(5), Rarity::Damped]
        .map(|rarity| ScorerSettings { rarity, ..settings })
        .to_vec()
}

fn similarity(settings: ScorerSettings) -> Vec<ScorerSettings> {
    [Similarity::Dot, Similarity::Cosine, Similarity::Damped]
        .map(|similarity| ScorerSettings { similarity, ..settings })
        .to_vec()
}

fn visit(settings: ScorerSettings) -> Vec<ScorerSettings> {
    let exponential = [300, 500, 830, 1_000, 1_400, 2_000, 4_000]
        .map(|scale_milli| Weighting::Exponential { scale_milli });
    let others = [Weighting::Div, Weighting::Quadratic, Weighting::Log];
    let all = exponential.into_iter().chain(others);
    all.map(|visit| ScorerSettings { visit, ..settings }).collect()
}

fn matched(settings: ScorerSettings) -> Vec<ScorerSettings> {
    let exponential =
        [1_000, 2_000, 4_000].map(|scale_milli| Weighting::Exponential { scale_milli });
    let others = [Weighting::Same, Weighting::Div, Weighting::Linear];
    let all = exponential.into_iter().chain(others);
    all.map(|matched| ScorerSettings { matched, ..settings }).collect()
}

fn near(settings: ScorerSettings) -> Vec<ScorerSettings> {
    let near = [500, 1_000, 2_000, 4_000, 8_000].map(|scale_milli| Spread::Near { scale_milli });
    let all = near.into_iter().chain([Spread::Everywhere]);
    all.map(|spread| ScorerSettings { spread, ..settings }).collect()
}

fn after(settings: ScorerSettings) -> Vec<ScorerSettings> {
    let spread = |steps_max, by| Spread::After { steps_max, by };
    [
        spread(3, Weighting::Div),
        spread(8, Weighting::Div),
        spread(15, Weighting::Div),
        spread(30, Weighting::Div),
        spread(8, Weighting::Quadratic),
        spread(8, Weighting::Same),
    ]
    .map(|spread| ScorerSettings { spread, ..settings })
    .to_vec()
}

fn fade(settings: ScorerSettings) -> Vec<ScorerSettings> {
    [None, Some(2), Some(5), Some(10), Some(20), Some(60)]
        .map(|days: Option<u32>| ScorerSettings {
            fade_hours: days.map(|days| days * 24),
            ..settings
        })
        .to_vec()
}
