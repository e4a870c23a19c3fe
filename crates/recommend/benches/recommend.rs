//! Learning, answering and unlearning in a seeded shop. `cargo bench -p recommend`

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use domain::catalog::Item;
use domain::id::{ItemId, Pseudonym};
use domain::time::{Day, Timestamp};
use recommend::answer::{Query, recommend};
use recommend::index::ClosedSession;
use recommend::items::ItemNo;
use recommend::model::Model;
use recommend::scratch::Scratch;
use recommend::settings::Settings;

const ITEMS: u64 = 5_000;
const SESSIONS: u64 = 50_000;

fn spread(number: u64) -> u64 {
    (number ^ (number >> 15)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20
}

/// People look at items near each other; low numbers are popular.
fn session(items: &[ItemNo], number: u64) -> ClosedSession {
    let length = 2 + spread(number) % 6;
    let center = (spread(number * 3) % ITEMS) * (spread(number * 5) % ITEMS) / ITEMS;
    let near = (0..length).map(|step| (center + spread(number * 11 + step) % 40) % ITEMS);
    let person = u128::from(spread(number) % (SESSIONS / 4));
    ClosedSession {
        key: u128::from(number).to_be_bytes(),
        subject: Some(Pseudonym::from_bytes(person.to_be_bytes())),
        at: Timestamp::from_ms(i64::try_from(number).unwrap_or(0) * 20_000),
        items: near.filter_map(|item| items.get(usize::try_from(item).ok()?).copied()).collect(),
    }
}

fn shop() -> (Model, Vec<ItemNo>) {
    let Ok(mut model) = Model::new(Settings::default()) else { std::process::abort() };
    let mut items = Vec::new();
    for number in 0..ITEMS {
        let Ok(id) = ItemId::parse(&format!("item-{number}")) else { continue };
        items.push(model.declare(&Item::new(id, String::new())));
    }
    for number in 0..SESSIONS {
        let learned = model.learn(session(&items, number));
        assert!(learned.is_ok());
    }
    model.advance(Day::from_number(12));
    (model, items)
}

fn bench(criterion: &mut Criterion) {
    let (mut model, items) = shop();
    let mut scratch = Scratch::new();
    let mut turn = 0;
    criterion.bench_function("recommend/visit_of_four", |bencher| {
        bencher.iter_batched(
            || {
                turn += 1;
                session(&items, SESSIONS + turn).items
            },
            |visit| {
                let query = Query { visit: &visit, count: 20, ..Query::default() };
                black_box(recommend(&model, &query, &mut scratch))
            },
            BatchSize::SmallInput,
        );
    });
    criterion.bench_function("learn_and_unlearn/one_session", |bencher| {
        bencher.iter_batched(
            || session(&items, SESSIONS + 1),
            |session| {
                let key = session.key;
                black_box(model.learn(session).is_ok() && model.unlearn_session(&key))
            },
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
