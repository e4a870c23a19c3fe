//! The live catalog equals the fresh one; scores equal those of a slow reader; work is bounded.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use domain::catalog::Item;
use domain::id::ItemId;
use domain::money::{Currency, Money};

use crate::content::describe::describe;
use crate::content::query::{ContentScratch, Match};
use crate::content::similar::Anchor;
use crate::content::terms::Kind;
use crate::content::{Content, ContentSettings, ContentSettingsError, Shared};
use crate::items::{ItemNo, Items, Traits};
use crate::neighbors::Wanted;

const ALL: Wanted<'_> = Wanted { count: 1_000, supporters_min: 1, exclude: &[] };

/// A catalog in numbers and in terms.
struct Shop {
    items: Items,
    content: Content,
}

impl Shop {
    fn new(settings: ContentSettings) -> Self {
        Self { items: Items::new(), content: Content::new(settings.check().unwrap()) }
    }

    fn declare(&mut self, entry: &Item) -> ItemNo {
        let traits = Traits { answers: entry.in_stock, sensitive: entry.sensitive };
        let item = self.items.declare(&entry.id, traits);
        self.content.declare(item, entry);
        item
    }

    fn withdraw(&mut self, id: &ItemId) {
        if let Some(item) = self.items.number(id) {
            self.content.withdraw(item);
            self.items.withdraw(item);
            self.items.release(item);
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.content.canonical(&self.items, &mut |piece| bytes.extend_from_slice(piece));
        bytes
    }

    fn number(&self, item: u8) -> ItemNo {
        self.items.number(&id(item)).unwrap()
    }

    /// What is like one item, in external words.
    fn like(&self, item: u8, wanted: &Wanted<'_>) -> Vec<(ItemId, u64, Shared)> {
        let anchors = [Anchor { item: self.number(item), weight: 1 }];
        self.named(self.content.similar(&self.items, &anchors, wanted, &mut ContentScratch::new()))
    }

    fn search(&self, query: &str) -> Vec<(ItemId, u64, Shared)> {
        self.named(self.content.search(&self.items, query, &ALL, &mut ContentScratch::new()))
    }

    fn named(&self, matches: &[Match]) -> Vec<(ItemId, u64, Shared)> {
        let name = |found: &Match| self.items.id(found.item).unwrap().clone();
        matches.iter().map(|found| (name(found), found.score, found.shared)).collect()
    }
}

fn id(item: u8) -> ItemId {
    ItemId::parse(&format!("item-{}", item.reverse_bits())).unwrap()
}

/// Items of few words, so that they share many.
fn entry(item: u8, look: u32) -> Item {
    let pick =
        |shift: u32, words: &[&str]| words[(look >> shift) as usize % words.len()].to_owned();
    let mut entry = Item::new(id(item), String::new());
    let words = ["red boots", "red red shoes", "green boots with long laces", "hat", ""];
    entry.title = format!("{} {}", pick(0, &words), pick(3, &words));
    entry.categories = vec![pick(6, &["Women/Shoes", "Women/Shoes/Boots", "Men", "Red"])];
    entry.brand = Some(pick(8, &["Lark", "Wren", ""]));
    entry.attributes = [("color".to_owned(), pick(10, &["red", "green"]))].into();
    let minor = i64::from(look >> 12 & 3) * 700;
    entry.price = Some(Money { minor, currency: Currency::parse("EUR").unwrap() });
    entry.in_stock = look >> 14 & 7 > 0;
    entry.sensitive = look >> 17 & 7 == 0;
    entry
}

/// Reads the whole catalog for every item.
fn slow_score(
    catalog: &BTreeMap<u8, Item>,
    settings: &ContentSettings,
    asked: &dyn Fn(Kind, &str) -> bool,
    item: u8,
) -> u64 {
    let all: Vec<_> = catalog.values().filter(|item| !item.sensitive).map(describe).collect();
    let all: Vec<_> = all.into_iter().filter(|one| !one.terms.is_empty()).collect();
    let (n, words) = (all.len(), all.iter().map(|one| u64::from(one.text_length)).sum::<u64>());
    let texts = all.iter().filter(|one| one.text_length > 0).count() as u64;
    let mut score = 0;
    let described = describe(&catalog[&item]);
    for ((kind, text), often) in &described.terms {
        let with = all.iter().filter(|one| one.terms.contains_key(&(*kind, text.clone()))).count();
        if !asked(*kind, text) {
            continue;
        }
        let base = u64::from(settings.weight(*kind))
            * super::query::rarity(with, u32::try_from(n).unwrap());
        let factor = if *kind == Kind::Text {
            let norm = 120 * 1_024 * (25 * words + 75 * u64::from(described.text_length) * texts)
                / (10_000 * words);
            u64::from(*often) * 1_024 * (1_024 * 220 / 100) / (u64::from(*often) * 1_024 + norm)
        } else {
            1_024
        };
        score += base * factor;
    }
    score
}

fn half_of_all(catalog: &BTreeMap<u8, Item>, text: &str) -> bool {
    let all: Vec<_> = catalog.values().filter(|item| !item.sensitive).map(describe).collect();
    let with = all.iter().filter(|one| one.terms.contains_key(&(Kind::Text, text.to_owned())));
    2 * with.count() > all.iter().filter(|one| !one.terms.is_empty()).count()
}

#[derive(Clone, Debug)]
enum Step {
    Declare(u8, u32),
    Withdraw(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let declare = (0_u8..12, any::<u32>()).prop_map(|(item, look)| Step::Declare(item, look));
    vec(prop_oneof![4 => declare, 1 => (0_u8..12).prop_map(Step::Withdraw)], 0..60)
}

fn live(steps: &[Step]) -> (Shop, BTreeMap<u8, Item>) {
    let (mut shop, mut catalog) = (Shop::new(ContentSettings::default()), BTreeMap::new());
    for step in steps {
        match step {
            Step::Declare(item, look) => {
                let entry = entry(*item, *look);
                shop.declare(&entry);
                catalog.insert(*item, entry);
            }
            Step::Withdraw(item) => {
                shop.withdraw(&id(*item));
                catalog.remove(item);
            }
        }
    }
    (shop, catalog)
}

proptest! {
    #[test]
    fn the_live_catalog_equals_the_fresh_one(steps in steps()) {
        let (shop, catalog) = live(&steps);
        let mut fresh = Shop::new(ContentSettings::default());
        for entry in catalog.values().rev() {
            fresh.declare(entry);
        }
        prop_assert_eq!(shop.bytes(), fresh.bytes());
        prop_assert_eq!(shop.search("red boots lark"), fresh.search("red boots lark"));
        for item in catalog.keys() {
            prop_assert_eq!(shop.like(*item, &ALL), fresh.like(*item, &ALL));
            let first = Wanted { count: 2, ..ALL };
            prop_assert_eq!(shop.like(*item, &first), fresh.like(*item, &first));
        }
    }

    #[test]
    fn scores_are_those_of_a_slow_reader(steps in steps()) {
        let (shop, catalog) = live(&steps);
        let settings = ContentSettings::default();
        for (number, anchor) in &catalog {
            let terms = if anchor.sensitive { BTreeMap::new() } else { describe(anchor).terms };
            let asked = |kind: Kind, text: &str| {
                let common = kind == Kind::Text && half_of_all(&catalog, text);
                kind.compares() && !common && terms.contains_key(&(kind, text.to_owned()))
            };
            check_slow(&shop, &catalog, &shop.like(*number, &ALL), &|item| {
                if item == *number { 0 } else { slow_score(&catalog, &settings, &asked, item) }
            });
        }
        let words = ["red", "boots", "lark"];
        let asked = |kind: Kind, text: &str| {
            let read = matches!(kind, Kind::Text) || !kind.compares();
            read && words.contains(&text)
        };
        check_slow(&shop, &catalog, &shop.search("Lark, red BOOTS red"), &|item| {
            slow_score(&catalog, &settings, &asked, item)
        });
    }
}

#[track_caller]
fn check_slow(
    shop: &Shop,
    catalog: &BTreeMap<u8, Item>,
    found: &[(ItemId, u64, Shared)],
    slow: &dyn Fn(u8) -> u64,
) {
    let mut expected: Vec<(ItemId, u64)> = catalog
        .iter()
        .filter(|(_, item)| item.in_stock && !item.sensitive)
        .map(|(number, item)| (item.id.clone(), slow(*number)))
        .filter(|(_, score)| *score > 0)
        .collect();
    expected.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let found: Vec<_> = found.iter().map(|(id, score, _)| (id.clone(), *score)).collect();
    assert_eq!(found, expected, "{} items", shop.content.items());
}

fn item(number: u8, title: &str, category: &str, brand: &str) -> Item {
    let mut item = Item::new(id(number), title.to_owned());
    item.categories = vec![category.to_owned()];
    item.brand = (!brand.is_empty()).then(|| brand.to_owned());
    item
}

fn small_shop() -> Shop {
    let mut shop = Shop::new(ContentSettings::default());
    shop.declare(&item(0, "Red ankle boots", "Women/Shoes/Boots", "Lark"));
    shop.declare(&item(1, "Pumps", "women / shoes / Pumps", ""));
    shop.declare(&item(2, "Belt", "Men", " LARK"));
    shop.declare(&item(3, "Ankle chain", "Jewelry", "Wren"));
    shop.declare(&item(4, "Hat", "Hats", "Wren"));
    shop.declare(&item(5, "Cap", "Hats", ""));
    shop
}

#[track_caller]
fn check_like(shop: &Shop, anchor: u8, expected: &[(u8, Shared)]) {
    let found: Vec<_> =
        shop.like(anchor, &ALL).into_iter().map(|(id, _, shared)| (id, shared)).collect();
    let expected: Vec<_> = expected.iter().map(|(item, shared)| (id(*item), *shared)).collect();
    assert_eq!(found, expected);
}

#[test]
fn the_strongest_shared_field_is_named() {
    let mut shop = small_shop();
    check_like(&shop, 0, &[(1, Shared::Category), (3, Shared::Text), (2, Shared::Brand)]);
    check_like(&shop, 2, &[(0, Shared::Brand)]);
    let mut cheap = item(5, "Cap", "Hats", "");
    let eur = |minor| Some(Money { minor, currency: Currency::parse("EUR").unwrap() });
    cheap.price = eur(999);
    let mut chain = item(3, "Ankle chain", "Jewelry", "Wren");
    chain.price = eur(1_001);
    chain.attributes = [("Color".to_owned(), "Gold".to_owned())].into();
    let mut pumps = item(1, "Pumps", "Women/Shoes/Pumps", "");
    pumps.attributes = [("color".to_owned(), " gold ".to_owned())].into();
    for entry in [&cheap, &chain, &pumps] {
        shop.declare(entry);
    }
    check_like(&shop, 5, &[(4, Shared::Category), (3, Shared::Price)]);
    check_like(&shop, 1, &[(0, Shared::Category), (3, Shared::Attribute)]);
}

#[test]
fn several_anchors_add_up_and_the_stronger_one_is_named() {
    let shop = small_shop();
    let anchors = [(0, 1), (4, 3)].map(|(item, weight)| Anchor { item: shop.number(item), weight });
    let mut scratch = ContentScratch::new();
    let found: Vec<(ItemId, usize)> = shop
        .content
        .similar(&shop.items, &anchors, &ALL, &mut scratch)
        .iter()
        .map(|found| (shop.items.id(found.item).unwrap().clone(), found.anchor))
        .collect();
    // The chain shares a word with the boots and, three times as heavy, the brand with the hat.
    assert_eq!(found, [(5, 1), (3, 1), (1, 0), (2, 0)].map(|(item, anchor)| (id(item), anchor)));
    assert!(shop.content.similar(&shop.items, &[], &ALL, &mut scratch).is_empty());
    let none = Wanted { count: 0, ..ALL };
    assert!(shop.content.similar(&shop.items, &anchors, &none, &mut scratch).is_empty());
}

#[test]
fn sensitive_goods_are_like_nothing_and_found_by_nothing() {
    let mut shop = small_shop();
    let mut sensitive = item(0, "Red ankle boots", "Women/Shoes/Boots", "Lark");
    sensitive.sensitive = true;
    shop.declare(&sensitive);
    check_like(&shop, 0, &[]);
    check_like(&shop, 2, &[]);
    assert!(shop.search("boots").is_empty());
    assert_eq!(shop.content.items(), 5);
}

#[test]
fn searches_find_words_of_every_field() {
    let shop = small_shop();
    let ids = |query: &str| -> Vec<ItemId> {
        shop.search(query).into_iter().map(|(id, _, _)| id).collect()
    };
    assert_eq!(
        ids("lark"),
        [id(2), id(0)]
            .into_iter()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );
    assert_eq!(ids("ANKLE, bóots!")[0], id(0));
    assert_eq!(ids("jewelry"), [id(3)]);
    assert!(ids("nothing of that").is_empty() && ids("").is_empty());
    assert_eq!(shop.search("hats")[0].2, Shared::Category);
}

#[test]
fn a_frequent_term_is_looked_at_in_part_and_the_same_part_everywhere() {
    let settings = ContentSettings { postings_max: 7, ..ContentSettings::default() };
    let build = |order: &mut dyn Iterator<Item = u8>| {
        let mut shop = Shop::new(settings);
        for number in order {
            shop.declare(&item(number, "", "All", if number < 3 { "Lark" } else { "" }));
        }
        shop
    };
    let (one, other) = (build(&mut (0..200)), build(&mut (0..200).rev()));
    let found = one.like(0, &ALL);
    assert_eq!(found, other.like(0, &ALL));
    // Three postings of the brand, four of the category; the anchor itself is not an answer.
    assert!((3..=6).contains(&found.len()), "{found:?}");
    assert_eq!(found[..2].iter().filter(|(_, _, shared)| *shared == Shared::Brand).count(), 2);
}

#[test]
fn terms_leave_with_their_last_item() {
    let mut shop = small_shop();
    for number in 0..6 {
        shop.withdraw(&id(number));
    }
    assert_eq!(shop.bytes(), Shop::new(ContentSettings::default()).bytes());
    assert_eq!(shop.content.terms.iter().count(), 0);
}

#[track_caller]
fn check_settings(settings: ContentSettings, expected: Result<(), ContentSettingsError>) {
    assert_eq!(settings.check().map(|_| ()), expected);
}

#[test]
fn settings_are_checked() {
    let good = ContentSettings::default();
    let (weight, work) = (Err(ContentSettingsError::Weight), Err(ContentSettingsError::Work));
    check_settings(good, Ok(()));
    check_settings(ContentSettings { text_weight: 1_001, ..good }, weight);
    check_settings(ContentSettings { k1_percent: 1_001, ..good }, weight);
    check_settings(ContentSettings { b_percent: 101, ..good }, weight);
    check_settings(ContentSettings { terms_max: 129, ..good }, work);
    check_settings(ContentSettings { postings_max: 0, ..good }, work);
}
