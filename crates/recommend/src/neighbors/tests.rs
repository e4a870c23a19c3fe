//! The scorer against the formulas, written down slowly in floating point.

use std::collections::{BTreeMap, BTreeSet};

use domain::time::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::items::ItemNo;
use crate::model::Model;
use crate::neighbors::settings::{Rarity, ScorerSettings};
use crate::neighbors::{Scored, Scorers, Walk, Wanted};
use crate::scratch::Scratch;
use crate::settings::Settings;
use crate::small_shop::{ITEMS, Visit, empty, id, learn, no, shop};

const ALL: Wanted<'_> = Wanted { count: usize::MAX, supporters_min: 1, exclude: &[] };

/// What one vote of 1 is in fixed point: similarity 2^16, weight 409 of tenths, less 12 bits.
const SCALE: f64 = 65_536.0 * 409.0 * 10.0 / 4_096.0;

fn log_scale(rarity: Rarity) -> f64 {
    if rarity == Rarity::Off { 1.0 } else { 65_536.0 }
}

/// Item to (score, distinct subjects), by the paper.
fn oracle(past: &[Visit], visit: &[u8], settings: ScorerSettings) -> BTreeMap<u8, (f64, usize)> {
    let start = visit.len().saturating_sub(usize::from(settings.last_items_max));
    let s = &visit[start..];
    let unique: BTreeSet<u8> = s.iter().copied().collect();
    let offset = |item: u8| s.iter().rev().position(|other| *other == item).unwrap();
    let sets: Vec<(&Visit, BTreeSet<u8>)> =
        past.iter().map(|visit| (visit, visit.items.iter().copied().collect())).collect();
    let linked: Vec<&(&Visit, BTreeSet<u8>)> =
        sets.iter().filter(|(_, items)| items.len() > 1).collect();

    let mut sample: Vec<&(&Visit, BTreeSet<u8>)> =
        linked.iter().copied().filter(|(_, items)| !items.is_disjoint(&unique)).collect();
    sample.sort_by_key(|(visit, _)| std::cmp::Reverse((visit.hour, visit.key)));
    sample.truncate(usize::from(settings.sample_max));

    // Whole numbers are added before the division: two sums that are equal on paper must not
    // differ by rounding, or the wrong one of two tied sessions would be kept.
    let similarity = |items: &BTreeSet<u8>| -> f64 {
        let weights = items.intersection(&unique).map(|item| s.len() - offset(*item));
        weights.sum::<usize>() as f64 / unique.len() as f64
    };
    // A stable sort keeps the newer session first.
    sample.sort_by(|(_, a), (_, b)| similarity(b).total_cmp(&similarity(a)));
    sample.truncate(usize::from(settings.neighbors_max));

    let mut votes: BTreeMap<(u8, u16), f64> = BTreeMap::new();
    for (visit, items) in sample {
        let newest = items.intersection(&unique).map(|item| offset(*item) + 1).min().unwrap();
        let vote = (1.0 - 0.1 * newest as f64).max(0.0) * similarity(items);
        let subject =
            if visit.person == 0 { 256 + u16::from(visit.key) } else { u16::from(visit.person) };
        for item in items.iter().filter(|_| vote > 1e-9) {
            let best = votes.entry((*item, subject)).or_insert(0.0);
            *best = best.max(vote);
        }
    }
    let mut scores = BTreeMap::new();
    for ((item, _), vote) in votes {
        let holding = linked.iter().filter(|(_, items)| items.contains(&item)).count() as f64;
        let log = ((linked.len() as f64 + 1.0) / holding).ln();
        let idf = match settings.rarity {
            Rarity::Log => log,
            Rarity::OnePlusLog(weight) => 1.0 + f64::from(weight) * log,
            Rarity::Off | Rarity::Damped => 1.0,
        };
        let (score, subjects) = scores.entry(item).or_insert((0.0, 0));
        *score += vote * idf;
        *subjects += 1;
    }
    scores
}

fn visits() -> impl Strategy<Value = Vec<Visit>> {
    let visit = (0_u8..5, 0_u32..6, vec(0..ITEMS, 1..6));
    vec(visit, 0..24).prop_map(|visits| {
        let visit = |(key, (person, hour, items))| Visit { key, person, hour, items };
        (0_u8..).zip(visits).map(visit).collect()
    })
}

fn settings() -> impl Strategy<Value = ScorerSettings> {
    let rarity = prop_oneof![Just(Rarity::Off), Just(Rarity::Log), Just(Rarity::OnePlusLog(3))];
    (1_u16..20, 1_u16..20, 1_u8..10, rarity).prop_map(|(m, k, last_items_max, rarity)| {
        let neighbors_max = k.min(m);
        let vmis = ScorerSettings::vmis();
        ScorerSettings { sample_max: m, neighbors_max, last_items_max, rarity, ..vmis }
    })
}

fn learned(past: &[Visit]) -> Model {
    let mut model = empty(Settings::default());
    for visit in past {
        learn(&mut model, visit);
    }
    model
}

fn ranked(
    model: &Model,
    settings: ScorerSettings,
    visit: &[u8],
    wanted: &Wanted<'_>,
    scratch: &mut Scratch,
) -> Vec<Scored> {
    let visit: Vec<ItemNo> = visit.iter().map(|item| no(model, *item)).collect();
    let scorers = Scorers::new(&[settings]);
    let (index, items) = (model.index(), model.items());
    let walk = Walk { index, items, scorers: &scorers, now: Timestamp::from_ms(0) };
    walk.rank(&visit, wanted, scratch).to_vec()
}

fn rank(model: &Model, settings: ScorerSettings, visit: &[u8], wanted: &Wanted<'_>) -> Vec<Scored> {
    ranked(model, settings, visit, wanted, &mut Scratch::new())
}

proptest! {
    #[test]
    fn scores_follow_the_formulas(
        past in visits(),
        visit in vec(0..ITEMS, 1..12),
        settings in settings(),
    ) {
        let model = learned(&past);
        let ranked = rank(&model, settings, &visit, &ALL);
        let expected = oracle(&past, &visit, settings);
        prop_assert_eq!(ranked.len(), expected.len());
        let length = visit.len().min(usize::from(settings.last_items_max));
        let unique: BTreeSet<&u8> = visit[visit.len() - length..].iter().collect();
        // The divisors that the integers leave out.
        let scale = unique.len() as f64 * SCALE * log_scale(settings.rarity);
        for (item, (score, supporters)) in expected {
            let number = no(&model, item);
            let found = ranked.iter().find(|scored| scored.item == number).unwrap();
            prop_assert_eq!(found.supporters as usize, supporters);
            prop_assert!((found.score as f64 / scale - score).abs() < 2e-3);
        }
    }

    #[test]
    fn lists_are_totally_ordered_and_cut_from_one_ranking(
        past in visits(),
        visit in vec(0..ITEMS, 1..5),
        settings in settings(),
        count in 0_usize..6,
        floor in 1_u32..4,
        excluded in 0..ITEMS,
    ) {
        let model = learned(&past);
        let all = rank(&model, settings, &visit, &ALL);
        for pair in all.windows(2) {
            let order = (pair[1].score, model.items().id(pair[0].item))
                .cmp(&(pair[0].score, model.items().id(pair[1].item)));
            prop_assert_eq!(order, std::cmp::Ordering::Less);
        }
        let exclude = [no(&model, excluded)];
        let wanted = Wanted { count, supporters_min: floor, exclude: &exclude };
        let cut = all
            .iter()
            .filter(|scored| scored.supporters >= floor && scored.item != exclude[0])
            .take(count);
        prop_assert_eq!(rank(&model, settings, &visit, &wanted), cut.copied().collect::<Vec<_>>());
    }

    #[test]
    fn a_used_scratch_answers_like_a_new_one(
        one in visits(),
        other in visits(),
        visit in vec(0..ITEMS, 1..5),
    ) {
        let (one, other) = (learned(&one), learned(&other));
        let mut scratch = Scratch::new();
        for model in [&one, &other, &one] {
            for settings in [ScorerSettings::vmis(), ScorerSettings::vstan()] {
                let used = ranked(model, settings, &visit, &ALL, &mut scratch);
                prop_assert_eq!(used, rank(model, settings, &visit, &ALL));
            }
        }
    }
}

#[test]
fn one_subject_has_one_vote_per_item() {
    let many = shop(Settings::default(), &[(1, &[0, 1]), (1, &[0, 1]), (1, &[0, 1]), (2, &[0, 2])]);
    let ranked = rank(&many, ScorerSettings::vmis(), &[0], &ALL);
    let supporters = |item| {
        let number = no(&many, item);
        ranked.iter().find(|scored| scored.item == number).unwrap().supporters
    };
    assert_eq!((supporters(1), supporters(2)), (1, 1));
    let place = |item| ranked.iter().position(|scored| scored.item == no(&many, item));
    assert!(place(2) < place(1), "the rarer item wins when each has one vote");
}

#[test]
fn sold_out_items_vote_but_are_not_listed() {
    let mut model = shop(Settings::default(), &[(1, &[0, 1]), (2, &[0, 2])]);
    let mut sold_out = crate::small_shop::item(1);
    sold_out.in_stock = false;
    model.declare(&sold_out);
    let listed = |visit: &[u8]| -> Vec<ItemNo> {
        rank(&model, ScorerSettings::vmis(), visit, &ALL).iter().map(|scored| scored.item).collect()
    };
    assert!(!listed(&[0]).contains(&no(&model, 1)));
    assert_eq!(listed(&[1]), [no(&model, 0)]);
    assert_eq!(model.items().id(no(&model, 1)), Some(&id(1)));
}
