use super::*;

/// A small model that can be trained in no time.
pub(in crate::sequence) fn small() -> TrainerSettings {
    TrainerSettings {
        width: 16,
        places: 6,
        epochs: 30,
        batch_positions: 32,
        rate_millionths: 10_000,
        item_rate_millionths: 10_000,
        drop_input_percent: 10,
        drop_hidden_percent: 10,
        ..TrainerSettings::default()
    }
}

/// Walks around a circle of items, some with a repeat; each item has one right successor.
pub(in crate::sequence) fn circle(items: u32, sessions: u32) -> Vec<Vec<u32>> {
    let walk = |start: u32| (start..start + 4).map(|step| step * 3 % items).collect();
    (0..sessions).map(|no| walk(no * 7 % items)).collect()
}

#[track_caller]
fn refused(settings: TrainerSettings, items: u32, sessions: &[&[u32]], error: SequenceError) {
    let sessions = sessions.iter().map(|session| session.to_vec()).collect();
    assert_eq!(Trainer::new(settings, items, sessions).unwrap_err(), error);
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let bad = TrainerSettings { epochs: 0, ..small() };
    refused(bad, 5, &[&[0, 1]], SequenceError::Settings);
    refused(small(), 0, &[&[0, 1]], SequenceError::Items);
    refused(small(), ITEMS_LIMIT + 1, &[&[0, 1]], SequenceError::Items);
    refused(small(), 5, &[], SequenceError::Sessions);
    refused(small(), 5, &[&[0], &[9, 1], &[]], SequenceError::Sessions);
    let poor = TrainerSettings { bytes_max: 1_000, ..small() };
    let needed = poor.training_bytes(5);
    refused(poor, 5, &[&[0, 1]], SequenceError::Budget { needed });
}

#[test]
fn progress_counts_every_position_once_per_epoch() {
    let mut trainer = Trainer::new(small(), 20, circle(20, 30)).unwrap();
    let total = trainer.progress().total;
    assert_eq!(total, 30 * 3 * 30);
    let mut last = 0;
    while !trainer.progress().is_finished() {
        let progress = trainer.step();
        assert!(progress.done > last && progress.done <= total);
        last = progress.done;
    }
    assert_eq!(last, total);
    let finished = trainer.weights([0; 16]);
    assert_eq!(trainer.step().done, total);
    assert_eq!(trainer.weights([0; 16]), finished);
}

#[test]
fn a_small_set_is_learned_by_heart() {
    for compare_all_max in [100, 10] {
        let settings = TrainerSettings { compare_all_max, sample: 12, ..small() };
        let weights = Trainer::new(settings, 20, circle(20, 60)).unwrap().finish([0; 16]);
        let mut scratch = crate::sequence::weights::SequenceScratch::default();
        let mut scores = Vec::new();
        for item in 0..20 {
            let asked = weights.represent(&[(item + 17) % 20, item], &mut scratch).unwrap();
            weights.score_all(asked, &mut scores);
            let best = (0..20).max_by_key(|item| scores[*item as usize]).unwrap();
            assert_eq!(best, (item + 3) % 20, "after {item}, {compare_all_max}");
        }
    }
}

#[test]
fn equal_sessions_and_settings_give_equal_bytes() {
    let train =
        |settings| Trainer::new(settings, 20, circle(20, 20)).unwrap().finish([1; 16]).to_bytes();
    assert_eq!(train(small()), train(small()));
    assert_ne!(train(small()), train(TrainerSettings { seed: 2, ..small() }));
}

/// DESIGN section 7: after an erasure the model equals one that never met the person.
#[test]
fn a_forgotten_person_leaves_no_bit() {
    let mut met = circle(20, 20);
    let never_met = met.clone();
    met.insert(7, vec![19, 0, 19]);
    let train = |sessions| Trainer::new(small(), 20, sessions).unwrap().finish([1; 16]);
    assert_ne!(train(met.clone()), train(never_met.clone()));
    met.remove(7);
    assert_eq!(train(met).to_bytes(), train(never_met).to_bytes());
}

/// Holds the bits across machines, compilers and levels of optimization.
#[test]
fn the_weights_of_a_fixed_training_are_these() {
    let settings = TrainerSettings { epochs: 3, ..small() };
    let checksum = |settings| {
        let weights = Trainer::new(settings, 40, circle(40, 50)).unwrap().finish([1; 16]);
        weights.to_bytes().last_chunk::<16>().copied().unwrap()
    };
    let digests = [
        checksum(settings),
        checksum(TrainerSettings { compare_all_max: 10, sample: 20, ..settings }),
    ];
    let text = digests.map(|digest| format!("{:032x}", u128::from_be_bytes(digest)));
    assert_eq!(text, ["00ed61e0575743c372ea9b9112af7cfd", "65d4a343460fef2a85d8f8d8d8653308"]);
}

/// A trainer with large random weights and one drawn batch, for looking at gradients.
fn drawn(settings: TrainerSettings) -> Trainer {
    let mut trainer = Trainer::new(settings, 20, circle(20, 20)).unwrap();
    let mut random = Random::new(3, 0);
    trainer.items.iter_mut().for_each(|value| *value = random.signed_unit() * 0.7);
    for group in trainer.block.groups_mut() {
        group.iter_mut().for_each(|value| *value += random.signed_unit() * 0.4);
    }
    trainer.fill_batch();
    trainer.columns.draw(&trainer.batch.needed(), &mut trainer.column_random);
    let drops = Drops { input: drop_share(20), hidden: drop_share(20) };
    trainer.pass.draw(trainer.batch.inputs.len(), drops, &mut trainer.mask_random);
    trainer
}

/// Which number is moved: one of a group of the block, or one of the table of items.
#[derive(Clone, Copy, Debug)]
enum Place {
    Group(usize, usize),
    Table(usize),
}

fn at(trainer: &mut Trainer, place: Place) -> &mut f32 {
    match place {
        Place::Group(no, at) => {
            let [group] = trainer
                .block
                .groups_mut()
                .into_iter()
                .skip(no)
                .take(1)
                .collect::<Vec<_>>()
                .try_into()
                .unwrap();
            &mut group[at]
        }
        Place::Table(at) => &mut trainer.items[at],
    }
}

/// The derivative by central differences.
fn measured(trainer: &mut Trainer, place: Place) -> f64 {
    const STEP: f32 = 2e-3;
    let before = *at(trainer, place);
    *at(trainer, place) = before + STEP;
    let above = trainer.slopes();
    *at(trainer, place) = before - STEP;
    let below = trainer.slopes();
    *at(trainer, place) = before;
    (above - below) / (2.0 * f64::from(STEP))
}

/// Compares gradients of one group; single numbers may sit on a corner of the inner layer, so the
/// distance is taken over all that were looked at.
#[track_caller]
fn check_gradient(trainer: &mut Trainer, pairs: &[(Place, f32)], name: &str) {
    let (mut apart, mut size) = (0.0, 0.0);
    for (place, computed) in pairs.iter().step_by(pairs.len().div_ceil(60) | 1) {
        let expected = measured(trainer, *place);
        let distance = expected - f64::from(*computed);
        apart += distance * distance;
        size += expected * expected;
    }
    assert!(size > 1e-9, "{name} has no gradient");
    let share = (apart / size).sqrt();
    assert!(share < 0.03, "{name}: the gradient is off by a share of {share}");
}

#[test]
fn gradients_of_every_group_are_those_measured() {
    for compare_all_max in [100, 10] {
        let settings = TrainerSettings { compare_all_max, sample: 9, ..small() };
        let mut trainer = drawn(settings);
        trainer.slopes();
        let slopes = trainer.step.block_slopes.clone();
        let rows = trainer.step.row_slopes.clone();
        for (no, group) in slopes.groups().into_iter().enumerate() {
            let places = (0..group.len()).map(|at| Place::Group(no, at));
            let pairs: Vec<_> = places.zip(group.iter().copied()).collect();
            check_gradient(&mut trainer, &pairs, &format!("group {no} of {settings:?}"));
        }
        let width = trainer.shape.width;
        let mut pairs = Vec::new();
        for (item, row) in trainer.columns.items().iter().zip(rows.chunks_exact(width)) {
            if *item != NOBODY {
                let from = *item as usize * width;
                pairs.extend((from..).map(Place::Table).zip(row.iter().copied()));
            }
        }
        check_gradient(&mut trainer, &pairs, &format!("items of {settings:?}"));
    }
}
