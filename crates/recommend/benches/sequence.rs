//! Training steps and answers of the sequence model. `cargo bench -p recommend --bench sequence`
//!
//! A step of 256 positions over 3,000 items needs about 0.8 billion additions and multiplications
//! (six per position for each number of the compared rows and of the block), so 20 ms a step are
//! 40 billion a second.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use recommend::sequence::settings::TrainerSettings;
use recommend::sequence::trainer::Trainer;
use recommend::sequence::weights::{SequenceScratch, Weights};

const SESSIONS: u64 = 4_000;

fn spread(number: u64) -> u64 {
    (number ^ (number >> 15)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20
}

/// Walks among near items; low numbers are popular.
fn sessions(items: u32) -> Vec<Vec<u32>> {
    let items = u64::from(items);
    let session = |number: u64| {
        let center = (spread(number * 3) % items) * (spread(number * 5) % items) / items;
        let near = |step| (center + spread(number * 11 + step) % 40) % items;
        let length = 2 + spread(number) % 6;
        (0..length).filter_map(|step| u32::try_from(near(step)).ok()).collect()
    };
    (0..SESSIONS).map(session).collect()
}

fn trainer(items: u32) -> Trainer {
    let settings = TrainerSettings { epochs: 100, ..TrainerSettings::default() };
    let Ok(trainer) = Trainer::new(settings, items, sessions(items)) else { std::process::abort() };
    trainer
}

fn training(criterion: &mut Criterion) {
    for (items, name) in
        [(200, "200_items"), (3_000, "3000_items"), (20_000, "20000_items_sampled")]
    {
        let mut under_way = trainer(items);
        let mut group = criterion.benchmark_group("sequence/step");
        group.throughput(Throughput::Elements(256)).sample_size(20);
        group.bench_function(name, |bencher| bencher.iter(|| black_box(under_way.step())));
    }
}

fn answers(criterion: &mut Criterion) {
    const ITEMS: u32 = 3_000;
    let mut under_way = trainer(ITEMS);
    for _ in 0..20 {
        under_way.step();
    }
    let weights = under_way.weights([0; 16]);
    let mut scratch = SequenceScratch::default();
    for len in [1_u32, 4, 20] {
        let visit: Vec<u32> = (0..len).map(|step| step * 37 % ITEMS).collect();
        criterion.bench_function(&format!("sequence/represent_{len}"), |bencher| {
            bencher.iter(|| black_box(weights.represent(&visit, &mut scratch).is_some()));
        });
    }
    let Some(asked) = weights.represent(&[5, 9, 700], &mut scratch) else { std::process::abort() };
    let mut scores = Vec::new();
    criterion.bench_function("sequence/score_3000", |bencher| {
        bencher.iter(|| {
            weights.score_all(asked, &mut scores);
            black_box(scores.len())
        });
    });
    criterion.bench_function("sequence/score_300_candidates", |bencher| {
        bencher.iter(|| {
            let scores = (0..300).map(|no| weights.score(asked, no * 9));
            black_box(scores.max())
        });
    });
    criterion.bench_function("sequence/log_normalizer_3000", |bencher| {
        bencher.iter(|| black_box(Weights::log_normalizer(asked, &scores)));
    });
}

criterion_group!(sequence, training, answers);
criterion_main!(sequence);
