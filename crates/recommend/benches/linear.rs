//! Learning, solving and answering of the linear model in a seeded shop.
//! `cargo bench -p recommend --bench linear`

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use domain::id::ItemId;
use recommend::items::{ItemNo, Items, Traits};
use recommend::linear::rank::LinearScratch;
use recommend::linear::{Linear, LinearMethod, LinearSettings};
use recommend::neighbors::Wanted;

const ITEMS: u64 = 3_000;
const PEOPLE: u64 = 100_000;

fn spread(number: u64) -> u64 {
    (number ^ (number >> 15)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20
}

/// People have items near each other; low numbers are popular.
fn profile(items: &[ItemNo], person: u64) -> Vec<ItemNo> {
    let length = 2 + spread(person) % 12;
    let center = (spread(person * 3) % ITEMS) * (spread(person * 5) % ITEMS) / ITEMS;
    let near = (0..length).map(|step| (center + spread(person * 11 + step) % 60) % ITEMS);
    near.filter_map(|item| items.get(usize::try_from(item).ok()?).copied()).collect()
}

fn shop(settings: LinearSettings) -> (Linear, Items, Vec<ItemNo>) {
    let (mut catalog, mut items) = (Items::new(), Vec::new());
    for number in 0..ITEMS {
        let Ok(id) = ItemId::parse(&format!("item-{number}")) else { continue };
        items.push(catalog.declare(&id, Traits { answers: true, sensitive: false }));
    }
    let mut linear = Linear::new(settings);
    for person in 0..PEOPLE {
        let learned = linear.learn(&profile(&items, person));
        assert!(learned.is_ok());
    }
    (linear, catalog, items)
}

fn bench(criterion: &mut Criterion) {
    let (mut linear, catalog, items) = shop(LinearSettings::default());
    let (method, items_max) = (LinearMethod::Whole, 4_000);
    let (mut whole, ..) = shop(LinearSettings { method, items_max, ..LinearSettings::default() });
    criterion.bench_function("linear/learn_and_unlearn_one_profile", |bencher| {
        bencher.iter_batched(
            || profile(&items, PEOPLE + 1),
            |row| {
                let learned = linear.learn(&row).is_ok();
                linear.unlearn(&row);
                black_box(learned)
            },
            BatchSize::SmallInput,
        );
    });
    let mut slow = criterion.benchmark_group("linear");
    slow.sample_size(10);
    slow.bench_function("solve_3000_items_whole", |bencher| {
        bencher.iter(|| black_box(whole.solve(&catalog, 2).is_ok()));
    });
    slow.bench_function("solve_3000_items_local", |bencher| {
        bencher.iter(|| black_box(linear.solve(&catalog, 2).is_ok()));
    });
    slow.finish();
    let mut scratch = LinearScratch::new();
    let mut turn = 0;
    criterion.bench_function("linear/rank_visit_of_four", |bencher| {
        bencher.iter_batched(
            || {
                turn += 1;
                profile(&items, PEOPLE + turn).into_iter().take(4).collect::<Vec<_>>()
            },
            |visit| {
                let wanted = Wanted { count: 20, supporters_min: 2, exclude: &visit };
                black_box(linear.rank(&catalog, &visit, &wanted, &mut scratch).len())
            },
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
