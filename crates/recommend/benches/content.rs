//! Declaring, comparing and searching in a seeded catalog of 100,000 items.
//! `cargo bench -p recommend --bench content`

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use domain::catalog::Item;
use domain::id::ItemId;
use domain::money::{Currency, Money};
use recommend::content::query::ContentScratch;
use recommend::content::similar::Anchor;
use recommend::content::{Content, ContentSettings};
use recommend::items::{Items, Traits};
use recommend::neighbors::Wanted;

const ITEMS: u64 = 100_000;

fn spread(number: u64) -> u64 {
    (number ^ (number >> 15)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20
}

/// A number below `most`, low ones more often, as words are in texts.
fn skewed(number: u64, most: u64) -> u64 {
    (spread(number) % most) * (spread(number + 7) % most) / most
}

fn entry(number: u64) -> Option<Item> {
    let seed = number * 64;
    let words: Vec<String> =
        (0..10).map(|place| format!("word{}", skewed(seed + place, 20_000))).collect();
    let mut item = Item::new(ItemId::parse(&format!("item-{number}")).ok()?, words.join(" "));
    let (top, middle, leaf) = (skewed(seed + 20, 8), skewed(seed + 21, 20), spread(seed) % 20);
    item.categories = vec![format!("Top {top}/Middle {middle}/Leaf {leaf}")];
    item.brand = Some(format!("Brand {}", skewed(seed + 22, 800)));
    let attributes = [("color", 12), ("size", 10), ("material", 30), ("season", 4)];
    for (place, (name, values)) in (30..).zip(attributes) {
        let value = format!("{name} {}", skewed(seed + place, values));
        item.attributes.insert(name.to_owned(), value);
    }
    let minor = i64::try_from(500 + skewed(seed + 40, 50_000)).unwrap_or(0);
    item.price = Some(Money { minor, currency: Currency::parse("EUR").ok()? });
    Some(item)
}

fn shop() -> (Content, Items) {
    let (mut content, mut items) = (Content::new(ContentSettings::default()), Items::new());
    for item in (0..ITEMS).filter_map(entry) {
        let number = items.declare(&item.id, Traits { answers: true, sensitive: false });
        content.declare(number, &item);
    }
    (content, items)
}

fn bench(criterion: &mut Criterion) {
    let (mut content, mut items) = shop();
    let mut scratch = ContentScratch::new();
    let wanted = Wanted { count: 20, supporters_min: 1, exclude: &[] };
    let all: Vec<_> = items.iter().map(|(_, item)| item).collect();
    let mut turn = 0;
    let mut next = || {
        turn = (turn + 7_919) % all.len();
        Anchor { item: all.get(turn).copied().unwrap_or_else(|| std::process::abort()), weight: 1 }
    };
    criterion.bench_function("content/similar_to_one", |bencher| {
        bencher.iter(|| black_box(content.similar(&items, &[next()], &wanted, &mut scratch).len()));
    });
    criterion.bench_function("content/similar_to_nine", |bencher| {
        bencher.iter(|| {
            let anchors: [Anchor; 9] = std::array::from_fn(|_| next());
            black_box(content.similar(&items, &anchors, &wanted, &mut scratch).len())
        });
    });
    criterion.bench_function("content/search_three_words", |bencher| {
        bencher.iter(|| {
            let query = "word3 brand 7";
            black_box(content.search(&items, query, &wanted, &mut scratch).len())
        });
    });
    let Some(new) = entry(ITEMS + 1) else { return };
    let number = items.declare(&new.id, Traits { answers: true, sensitive: false });
    criterion.bench_function("content/declare_and_withdraw", |bencher| {
        bencher.iter(|| {
            content.declare(number, &new);
            content.withdraw(number);
        });
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
