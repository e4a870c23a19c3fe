//! What a page costs beside the models: nothing asked for, a hundred rules, diversity, all of it.
//! `cargo bench -p recommend --bench page`

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use domain::catalog::Item;
use domain::id::ItemId;
use domain::time::Timestamp;
use recommend::diversity::Diversity;
use recommend::page::presence::Visit;
use recommend::page::trace::Trace;
use recommend::page::{Offer, Shelf, Terms, page};
use recommend::placement::{Placement, shipped};
use recommend::rules::condition::{Circumstances, Condition};
use recommend::rules::{Effect, Rule, Rules};

/// Candidates of a page, as the server asks for them where rules or diversity choose.
const OFFERS: usize = 200;

fn catalog() -> Vec<Item> {
    (0..OFFERS)
        .filter_map(|number| {
            let id = ItemId::parse(&format!("item-{number}")).ok()?;
            let mut item = Item::new(id, format!("Striped linen shirt number {number}"));
            item.categories = vec![format!("Top {}/Kind {}", number % 3, number % 17)];
            item.brand = Some(format!("Brand {}", number % 23));
            for (name, values) in [("color", 12), ("material", 9), ("size", 5), ("style", 4)] {
                item.attributes.insert(name.to_owned(), format!("{name} {}", number % values));
            }
            Some(item)
        })
        .collect()
}

fn hundred_rules() -> Rules {
    let rule = |number: u32| Rule {
        name: format!("rule {number}"),
        then: match number % 3 {
            0 => Effect::BoostPerMille(100),
            1 => Effect::BuryPerMille(50),
            _ => Effect::Exclude,
        },
        when: Condition {
            category: vec![format!("Top {}/Kind {}", number % 4, number % 19)],
            brand: vec![format!("Brand {}", number % 29)],
            ..Condition::default()
        },
    };
    Rules::try_from((0..100).map(rule).collect::<Vec<_>>()).unwrap_or_default()
}

fn pages(bench: &mut Criterion) {
    let catalog = catalog();
    let visit = Visit::default();
    let plain = shipped::custom("plain");
    let rules = Placement { rules: hundred_rules(), ..shipped::custom("rules") };
    let diversity = Diversity { lambda_per_mille: 300, category_max: 3, brand_max: 0 };
    let diverse = Placement { diversity, ..shipped::custom("diverse") };
    let both = Placement { rules: hundred_rules(), ..diverse.clone() };
    for (name, placement, count) in [
        ("page, 20 candidates, nothing asked for", &plain, 20),
        ("page, 200 candidates, nothing asked for", &plain, OFFERS),
        ("page, 200 candidates, 100 rules", &rules, OFFERS),
        ("page, 200 candidates, diversity and quota", &diverse, OFFERS),
        ("page, 200 candidates, 100 rules, diversity and quota", &both, OFFERS),
    ] {
        let offers: Vec<Offer<'_, ()>> =
            catalog.iter().take(count).map(|item| Offer { item, from: () }).collect();
        let circumstances = Circumstances { now: Timestamp::from_ms(0), market: None };
        let terms =
            Terms { placement, circumstances, visit: &visit, first_place: 1, count: 12, seed: 1 };
        let shelf = Shelf { offers: &offers, reserve: &[], find: &|_| None };
        bench.bench_function(name, |b| {
            b.iter(|| black_box(page(black_box(&shelf), &terms, &mut Trace::off())));
        });
    }
}

criterion_group!(benches, pages);
criterion_main!(benches);
