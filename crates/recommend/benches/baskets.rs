//! Next basket in a seeded grocery shop of the size of The Complete Journey: 2,500 customers with
//! 60 orders of 10 items each, 60,000 items with a long tail. `cargo bench -p recommend baskets`

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use domain::id::{ItemId, Pseudonym};
use domain::time::{DAY_MS, Timestamp};
use recommend::baskets::again::{Purchase, Unknown, again};
use recommend::baskets::rank::{BasketScratch, Parts, Wish};
use recommend::baskets::settings::BasketSettings;
use recommend::baskets::together::{Beside, TogetherScratch};
use recommend::baskets::{Basket, BasketIndex};
use recommend::items::{ItemNo, Items, Traits};

const ITEMS: u64 = 60_000;
const CUSTOMERS: u64 = 2_500;
const ORDERS: u64 = 60;
const SIZE: u64 = 10;

fn spread(number: u64) -> u64 {
    (number ^ (number >> 15)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20
}

/// Half of an order comes from the customer's own forty items; low numbers are popular.
fn order(items: &[ItemNo], customer: u64, number: u64) -> Basket {
    let row = customer * ORDERS + number;
    let popular = |seed: u64| (spread(seed) % ITEMS) * (spread(seed * 3 + 1) % ITEMS) / ITEMS;
    let chosen = (0..SIZE).map(|place| match place % 2 {
        0 => popular(customer * 41 + spread(row * 7 + place) % 40),
        _ => popular(row * 13 + place + 1_000_000),
    });
    Basket {
        key: u128::from(row).to_be_bytes(),
        subject: Pseudonym::from_bytes(u128::from(customer).to_be_bytes()),
        at: Timestamp::from_ms(i64::try_from(number).unwrap_or(0) * 6 * DAY_MS),
        items: chosen.filter_map(|item| items.get(usize::try_from(item).ok()?).copied()).collect(),
    }
}

fn shop() -> (Items, Vec<ItemNo>, BasketIndex) {
    let mut items = Items::new();
    let mut numbers = Vec::new();
    for number in 0..ITEMS {
        let Ok(id) = ItemId::parse(&format!("item-{number}")) else { continue };
        numbers.push(items.declare(&id, Traits { answers: true, sensitive: false }));
    }
    let Ok(mut index) = BasketIndex::new(BasketSettings::default()) else { std::process::abort() };
    let orders = (0..CUSTOMERS).flat_map(|customer| (0..ORDERS).map(move |nth| (customer, nth)));
    let learned =
        index.learn_all(&items, orders.map(|(customer, nth)| order(&numbers, customer, nth)));
    assert!(learned.is_ok());
    (items, numbers, index)
}

fn bench(criterion: &mut Criterion) {
    let (items, numbers, mut index) = shop();
    let own = |customer: u64| -> Vec<Basket> {
        (0..ORDERS).map(|nth| order(&numbers, customer, nth)).collect()
    };
    let mut scratch = BasketScratch::new();
    let mut turn = 0;
    criterion.bench_function("baskets/next_of_sixty_orders", |bencher| {
        bencher.iter_batched(
            || {
                turn += 1;
                own(turn % CUSTOMERS)
            },
            |orders| {
                let own: Vec<&[ItemNo]> = orders.iter().map(|one| one.items.as_slice()).collect();
                let myself = orders.first().map(|one| one.subject);
                let wish = Wish { own: &own, myself, parts: Parts::Both, count: 20, exclude: &[] };
                black_box(index.next_basket(&items, &wish, &mut scratch).len())
            },
            BatchSize::SmallInput,
        );
    });
    criterion.bench_function("baskets/buy_it_again_of_sixty_orders", |bencher| {
        bencher.iter_batched(
            || {
                turn += 1;
                let bought = own(turn % CUSTOMERS).into_iter().flat_map(|one| {
                    one.items.into_iter().map(move |item| Purchase {
                        item,
                        at: one.at,
                        quantity: 1,
                    })
                });
                bought.collect::<Vec<Purchase>>()
            },
            |bought| black_box(again(&bought, &Unknown, Timestamp::from_ms(366 * DAY_MS)).len()),
            BatchSize::SmallInput,
        );
    });
    criterion.bench_function("baskets/learn_and_unlearn_one_order", |bencher| {
        bencher.iter_batched(
            || order(&numbers, 17, ORDERS * CUSTOMERS),
            |mut one| {
                one.key = [0xff; 16];
                one.subject = Pseudonym::from_bytes(17_u128.to_be_bytes());
                let key = one.key;
                black_box(index.learn(&items, one).is_ok() && index.unlearn_basket(&items, &key))
            },
            BatchSize::SmallInput,
        );
    });
    criterion.bench_function("baskets/unlearn_and_learn_one_customer", |bencher| {
        bencher.iter_batched(
            || own(99),
            |orders| {
                let gone = Pseudonym::from_bytes(99_u128.to_be_bytes());
                let count = index.unlearn_subject(&items, gone);
                black_box(count + index.learn_all(&items, orders).unwrap_or(0))
            },
            BatchSize::SmallInput,
        );
    });
}

fn bench_together(criterion: &mut Criterion) {
    let (items, numbers, index) = shop();
    let mut together = TogetherScratch::default();
    let mut turn = 0;
    criterion.bench_function("baskets/bought_with_a_cart_of_five", |bencher| {
        bencher.iter_batched(
            || {
                turn += 1;
                order(&numbers, turn % CUSTOMERS, ORDERS - 1).items
            },
            |mut cart| {
                cart.truncate(5);
                let (anchors, exclude) = (cart.as_slice(), &[][..]);
                let beside =
                    Beside { anchors, myself: None, supporters_min: 2, count: 20, exclude };
                black_box(index.bought_with(&items, &beside, &mut together).len())
            },
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, bench, bench_together);
criterion_main!(benches);
