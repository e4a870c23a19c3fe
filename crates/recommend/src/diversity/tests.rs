use domain::catalog::Item;
use domain::id::ItemId;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::{Diversity, Features, diversify, intra_list_per_mille, within_quotas};

fn item(id: &str, category: &str, brand: &str) -> Item {
    let mut item = Item::new(ItemId::parse(id).unwrap(), format!("Thing {id}"));
    item.categories = vec![category.to_owned()];
    item.brand = Some(brand.to_owned());
    item
}

#[test]
fn likeness_is_the_share_of_words_that_both_have() {
    let shirt = Features::of(&item("aaa", "women/shirts", "Lark"));
    let same = Features::of(&item("aaa", "women/shirts", "Lark"));
    let blouse = Features::of(&item("bbb", "women/shirts", "Wren"));
    let bag = Features::of(&item("ccc", "bags", "Wren"));
    assert_eq!(shirt.likeness_per_mille(&same), 1_000);
    // Two category levels and "thing" of five and five words, seven in all.
    assert_eq!(shirt.likeness_per_mille(&blouse), 3_000 / 7);
    assert!(shirt.likeness_per_mille(&bag) < blouse.likeness_per_mille(&bag));
    assert_eq!(Features::default().likeness_per_mille(&Features::default()), 0);
}

#[test]
fn the_next_item_is_relevant_and_unlike() {
    // 0, 1 and 2 are alike; 3 is not.
    let alike = |one: usize, other: usize| if (one == 3) == (other == 3) { 900 } else { 0 };
    let standings = [1_000, 990, 980, 700];
    assert_eq!(diversify(&standings, alike, 0, 4), [0, 1, 2, 3]);
    assert_eq!(diversify(&standings, alike, 500, 4), [0, 3, 1, 2]);
    assert_eq!(diversify(&standings, alike, 500, 2), [0, 3]);
    assert_eq!(diversify(&[], alike, 500, 2), Vec::<usize>::new());
}

#[test]
fn who_is_over_quota_waits() {
    let items = [
        item("a", "shirts", "Lark"),
        item("b", "shirts", "Lark"),
        item("c", "shirts", "Wren"),
        item("d", "bags", "Lark"),
    ];
    let items: Vec<&Item> = items.iter().collect();
    let quota =
        |category_max, brand_max| Diversity { lambda_per_mille: 0, category_max, brand_max };
    assert_eq!(within_quotas(&items, &quota(0, 0), 4), [0, 1, 2, 3]);
    assert_eq!(within_quotas(&items, &quota(2, 0), 3), [0, 1, 3]);
    assert_eq!(within_quotas(&items, &quota(1, 1), 4), [0, 1, 2, 3]);
    assert_eq!(within_quotas(&items, &quota(0, 1), 2), [0, 2]);
    assert_eq!(within_quotas(&items, &quota(1, 0), 4), [0, 3, 1, 2]);
}

/// What diversity costs where it hurts most: visitors who want more of the same.
///
/// A hundred lists of sixty candidates of six categories; in each list the models are right and
/// the wanted item stands at a rank that falls off as it does in shops. Printed with
/// `cargo test -p recommend what_diversity_costs -- --nocapture`.
#[test]
fn what_diversity_costs() {
    let catalog: Vec<Item> = (0..60)
        .map(|n| {
            item(&format!("item-{n}"), &format!("shop/kind-{}", n % 6), &format!("b{}", n % 7))
        })
        .collect();
    let features: Vec<Features> = catalog.iter().map(Features::of).collect();
    let mut table = Vec::new();
    for lambda in [0, 100, 200, 300, 500, 700] {
        let (mut hits, mut alike) = (0_u32, 0_u32);
        for list in 0..100_usize {
            // The list's favorite category leads, as neighbors make it.
            let mut order: Vec<usize> = (0..60).map(|at| (at * 7 + list * 11) % 60).collect();
            order.sort_by_key(|at| (at % 6 != list % 6, (at * 31 + list) % 60));
            let standings: Vec<u64> = (0..60).map(|rank| (10 << 24) / (10 + rank)).collect();
            let like = |one: usize, other: usize| {
                features[order[one]].likeness_per_mille(&features[order[other]])
            };
            let chosen = diversify(&standings, like, lambda, 10);
            let wanted = [0, 0, 0, 1, 1, 2, 3, 4, 6, 9, 13, 20][list % 12];
            hits += u32::from(chosen.contains(&wanted));
            let shown: Vec<Features> =
                chosen.iter().map(|at| features[order[*at]].clone()).collect();
            alike += intra_list_per_mille(&shown);
        }
        println!(
            "lambda {lambda:>4} per mille: HR@10 {hits:>3} %, likeness {:>3} per mille",
            alike / 100
        );
        table.push((hits, alike));
    }
    let (first, last) = (table[0], table[5]);
    assert!(last.1 < first.1, "more weight on unlikeness makes lists less alike");
    assert!(last.0 <= first.0, "and costs hits where models are right");
}

proptest! {
    #[test]
    fn nothing_is_lost_or_doubled(
        mut standings in proptest::collection::vec(0_u64..1 << 40, 0..40),
        seed in any::<u64>(),
        lambda in 0_u32..1_200,
    ) {
        standings.sort_unstable_by(|one, other| other.cmp(one));
        let like = |one: usize, other: usize| {
            let mixed = ((one as u64 + other as u64) * 31) ^ seed;
            u32::try_from(mixed.rotate_left(7) % 1_001).unwrap()
        };
        let chosen = diversify(&standings, like, lambda, standings.len());
        let mut sorted = chosen.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, (0..standings.len()).collect::<Vec<_>>());
        prop_assert!(chosen.first().is_none_or(|first| standings[*first] == standings[0]));
    }
}
