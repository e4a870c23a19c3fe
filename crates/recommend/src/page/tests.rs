use std::collections::{BTreeMap, BTreeSet};

use domain::catalog::Item;
use domain::id::ItemId;
use domain::market::Market;
use domain::time::{DAY_MS, Timestamp};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::presence::{Absence, Visit, mark, off_sale};
use super::trace::{Note, Trace};
use super::{By, Offer, Page, Shelf, Terms, page};
use crate::exposure::Floor;
use crate::placement::{Known, Placement, Relation, Source, shipped};
use crate::rules::condition::{Circumstances, Condition};
use crate::rules::{Effect, Rule, Rules};

const NOW: Timestamp = Timestamp::from_ms(100 * DAY_MS);

fn id(number: usize) -> ItemId {
    ItemId::parse(&format!("item-{number:02}")).unwrap()
}

/// Forty items of four kinds and three brands; from 30 on they are new.
fn catalog() -> BTreeMap<ItemId, Item> {
    let item = |number: usize| {
        let mut item = Item::new(id(number), format!("Item {number}"));
        item.categories = vec![format!("shop/kind-{}", number % 4)];
        item.brand = Some(format!("brand-{}", number % 3));
        item.added_ms = Some(Timestamp::from_ms(if number < 30 { 0 } else { 95 * DAY_MS }));
        (item.id.clone(), item)
    };
    (0..40).map(item).collect()
}

fn plain() -> Placement {
    Placement { models: vec![Source::Blend], may_return: Vec::new(), ..shipped::custom("test") }
}

/// One page of `offers` in their order, the whole catalog in reserve.
fn make<'a>(
    catalog: &'a BTreeMap<ItemId, Item>,
    offers: &[usize],
    terms: &Terms<'_>,
    trace: &mut Trace,
) -> Page<'a, usize> {
    let offers: Vec<Offer<'_, usize>> =
        offers.iter().map(|number| Offer { item: &catalog[&id(*number)], from: *number }).collect();
    let reserve: Vec<&Item> = catalog.values().collect();
    let find = |id: &ItemId| catalog.get(id);
    page(&Shelf { offers: &offers, reserve: &reserve, find: &find }, terms, trace)
}

fn terms<'a>(placement: &'a Placement, visit: &'a Visit<'a>) -> Terms<'a> {
    let circumstances = Circumstances { now: NOW, market: None };
    Terms { placement, circumstances, visit, first_place: 1, count: 6, seed: 1 }
}

#[track_caller]
fn check(catalog: &BTreeMap<ItemId, Item>, terms: &Terms<'_>, expected: &[usize]) {
    let offers: Vec<usize> = (0..12).collect();
    let page = make(catalog, &offers, terms, &mut Trace::off());
    let expected: Vec<ItemId> = expected.iter().map(|number| id(*number)).collect();
    assert_eq!(ids(&page), expected);
}

fn ids<C>(page: &Page<'_, C>) -> Vec<ItemId> {
    page.items.iter().map(|placed| placed.item.id.clone()).collect()
}

fn rule(name: &str, then: Effect, when: Condition) -> Rule {
    Rule { name: name.to_owned(), then, when }
}

fn with_rules(rules: Vec<Rule>) -> Placement {
    Placement { rules: Rules::try_from(rules).unwrap(), ..plain() }
}

fn one(number: usize) -> Condition {
    Condition { item: vec![id(number)], ..Condition::default() }
}

fn kind(kind: usize) -> Condition {
    Condition { category: vec![format!("shop/kind-{kind}")], ..Condition::default() }
}

#[test]
fn a_page_without_wishes_is_the_models_list() {
    let (catalog, placement) = (catalog(), plain());
    check(&catalog, &terms(&placement, &Visit::default()), &[0, 1, 2, 3, 4, 5]);
}

#[test]
fn what_the_catalog_takes_back_vanishes_at_once() {
    let mut catalog = catalog();
    let mut change = |number, change: fn(&mut Item)| change(catalog.get_mut(&id(number)).unwrap());
    change(0, |item| item.hidden = true);
    change(1, |item| item.in_stock = false);
    change(2, |item| item.stock_units = Some(0));
    change(3, |item| item.sensitive = true);
    change(4, |item| item.available_until_ms = Some(NOW));
    change(5, |item| item.available_from_ms = Some(NOW.plus_ms(1)));
    change(6, |item| item.available_until_ms = Some(NOW.plus_ms(1)));
    change(7, |item| item.markets = vec![Market::parse("FR").unwrap()]);
    let (placement, visit) = (plain(), Visit::default());
    let mut terms = terms(&placement, &visit);
    check(&catalog, &terms, &[6, 7, 8, 9, 10, 11]);
    terms.circumstances.market = Some(Market::parse("DE").unwrap());
    check(&catalog, &terms, &[6, 8, 9, 10, 11]);
    let why = off_sale(&catalog[&id(7)], &terms.circumstances);
    assert_eq!(why.map(Absence::as_str), Some("not sold in this market"));
}

#[test]
fn known_items_come_back_only_where_the_placement_says_so() {
    let catalog = catalog();
    let (a, b, c, d) = (id(0), id(1), id(2), id(3));
    let visit = Visit {
        current: Some(&a),
        cart: BTreeSet::from([&b]),
        bought: BTreeSet::from([&c]),
        seen: BTreeSet::from([&d, &c]),
        shown: BTreeSet::from([mark(&id(4))]),
        ..Visit::default()
    };
    for (may_return, expected) in [
        (vec![], [5, 6, 7, 8, 9, 10]),
        (vec![Known::Seen], [3, 5, 6, 7, 8, 9]),
        (vec![Known::Bought], [5, 6, 7, 8, 9, 10]),
        (vec![Known::Bought, Known::Seen], [2, 3, 5, 6, 7, 8]),
        (vec![Known::Current, Known::Cart, Known::Bought, Known::Seen], [0, 1, 2, 3, 5, 6]),
    ] {
        let placement = Placement { may_return, ..plain() };
        check(&catalog, &terms(&placement, &visit), &expected);
    }
}

#[test]
fn a_page_about_a_category_keeps_to_it() {
    let catalog = catalog();
    let current = &catalog[&id(20)];
    let visit =
        Visit { current: Some(&current.id), current_entry: Some(current), ..Visit::default() };
    let same = Placement { category_of_current: Relation::Same, ..plain() };
    check(&catalog, &terms(&same, &visit), &[0, 4, 8]);
    let other = Placement { category_of_current: Relation::Other, ..plain() };
    check(&catalog, &terms(&other, &visit), &[1, 2, 3, 5, 6, 7]);
    let listing = Visit { category: Some("shop/kind-3"), ..Visit::default() };
    check(&catalog, &terms(&plain(), &listing), &[3, 7, 11]);
}

#[test]
fn rules_shape_a_page() {
    let catalog = catalog();
    let visit = Visit::default();
    let shaped = |rules, expected: &[usize]| {
        let placement = with_rules(rules);
        check(&catalog, &terms(&placement, &visit), expected);
    };
    shaped(vec![rule("out", Effect::Exclude, kind(0))], &[1, 2, 3, 5, 6, 7]);
    shaped(vec![rule("in", Effect::Include, kind(0))], &[0, 4, 8]);
    shaped(vec![rule("up", Effect::BoostPerMille(1_200), one(11))], &[11, 0, 1, 2, 3, 4]);
    shaped(vec![rule("up", Effect::BoostPerMille(500), one(11))], &[0, 1, 2, 3, 4, 11]);
    shaped(vec![rule("down", Effect::BuryPerMille(1_000), kind(0))], &[1, 2, 3, 5, 6, 7]);
    let pin = |place, number| rule("pin", Effect::PinToPlace(place), one(number));
    shaped(vec![pin(2, 9)], &[0, 9, 1, 2, 3, 4]);
    shaped(vec![pin(1, 35)], &[35, 0, 1, 2, 3, 4]);
    // A pinned item of a later page waits for it.
    shaped(vec![pin(7, 0)], &[1, 2, 3, 4, 5, 6]);
    // An exclusion is stronger than a pin, a pin stronger than an inclusion.
    shaped(vec![pin(1, 4), rule("out", Effect::Exclude, kind(0))], &[1, 2, 3, 5, 6, 7]);
    shaped(vec![pin(1, 5), rule("in", Effect::Include, kind(0))], &[5, 0, 4, 8]);
}

#[test]
fn a_pin_behind_the_end_of_a_short_list_closes_up() {
    let catalog = catalog();
    let placement = with_rules(vec![rule("pin", Effect::PinToPlace(5), one(9))]);
    let page = make(&catalog, &[0, 1], &terms(&placement, &Visit::default()), &mut Trace::off());
    assert_eq!(ids(&page), [id(0), id(1), id(9)]);
    assert!(!page.more);
}

#[test]
fn a_floor_lifts_its_group_from_offers_then_from_the_reserve() {
    let catalog = catalog();
    let when = Condition { age_days_max: Some(30), ..Condition::default() };
    let floor = Floor { group: "new".to_owned(), share_per_mille: 300, when };
    let placement = Placement { floors: vec![floor], ..plain() };
    let visit = Visit::default();
    let terms = terms(&placement, &visit);
    let mut trace = Trace::on();
    let page = make(&catalog, &[0, 1, 2, 3, 4, 5, 6, 33], &terms, &mut trace);
    assert_eq!(ids(&page), [id(0), id(1), id(2), id(3), id(33), id(30)]);
    assert_eq!(page.items[4].by, By::Model(33));
    assert_eq!(page.items[5].by, By::Drawn);
    let lifted = |number| Note::Lifted { item: id(number), group: "new".to_owned() };
    assert_eq!(trace.notes(), [lifted(33), lifted(30)]);
    let page = make(&catalog, &[31, 32, 0, 1, 2, 3, 4], &terms, &mut Trace::off());
    assert_eq!(ids(&page), [id(31), id(32), id(0), id(1), id(2), id(3)]);
}

#[test]
fn exploration_shows_what_models_do_not_at_the_stated_rate() {
    let catalog = catalog();
    let mut placement = plain();
    placement.exploration.rate_per_mille = 200;
    let visit = Visit::default();
    let mut explored = 0;
    for seed in 0..2_000 {
        let terms = Terms { seed, ..terms(&placement, &visit) };
        let page = make(&catalog, &(0..12).collect::<Vec<_>>(), &terms, &mut Trace::off());
        assert_eq!(page.items.len(), 6);
        for placed in page.items.iter().filter(|placed| placed.by == By::Drawn) {
            assert!(placed.item.id >= id(6), "{} stood on the page anyway", placed.item.id);
            explored += 1;
        }
    }
    // 12,000 places at 200 per mille.
    assert!((2_200..2_600).contains(&explored), "{explored}");
}

#[test]
fn exploration_leaves_the_places_that_floors_need() {
    let catalog = catalog();
    let when = Condition { age_days_max: Some(30), ..Condition::default() };
    let floor = Floor { group: "new".to_owned(), share_per_mille: 300, when: when.clone() };
    let mut placement = Placement { floors: vec![floor], ..plain() };
    placement.exploration.rate_per_mille = 1_000;
    let visit = Visit::default();
    let terms = terms(&placement, &visit);
    let offers: Vec<usize> = (0..12).collect();
    let page = make(&catalog, &offers, &terms, &mut Trace::off());
    let new = page.items.iter().filter(|placed| terms.is_in(&when, placed.item)).count();
    assert_eq!((page.items.len(), new), (6, 2));
}

#[test]
fn a_trace_says_what_happened_to_whom() {
    let catalog = catalog();
    let current = id(1);
    let visit = Visit { current: Some(&current), ..Visit::default() };
    let placement = with_rules(vec![
        rule("out", Effect::Exclude, one(2)),
        rule("up", Effect::BoostPerMille(2_000), one(9)),
        rule("pin", Effect::PinToPlace(2), one(3)),
    ]);
    let mut trace = Trace::on();
    let offers: Vec<usize> = (0..12).collect();
    let traced = make(&catalog, &offers, &terms(&placement, &visit), &mut trace);
    assert_eq!(ids(&traced), [9, 3, 0, 4, 5, 6].map(id));
    let notes = trace.notes();
    for expected in [
        Note::Pinned { item: id(3), place: 2, rule: 2 },
        Note::Vanished { item: id(1), why: Absence::Current },
        Note::Excluded { item: id(2), rule: 0 },
        Note::Touched { item: id(9), per_mille: 3_000, rules: vec![1] },
        Note::Weighed { item: id(9), from: 6, to: 0 },
    ] {
        assert!(notes.contains(&expected), "{expected:?} not in {notes:?}");
    }
    let untraced = make(&catalog, &offers, &terms(&placement, &visit), &mut Trace::off());
    assert_eq!(traced, untraced);
}

/// Any rules over the small catalog; names and pins do not clash.
fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let one_rule = (0_u8..5, 0_usize..44, 1_u32..=1_000);
    proptest::collection::vec(one_rule, 0..8).prop_map(|drawn| {
        let mut pinned = BTreeSet::new();
        let mut rules = Vec::new();
        for (n, (effect, which, by)) in drawn.into_iter().enumerate() {
            let when = if which < 40 { one(which) } else { kind(which - 40) };
            let place = u16::try_from(by % 15 + 1).unwrap();
            let then = match effect {
                0 => Effect::Include,
                1 => Effect::Exclude,
                2 => Effect::BoostPerMille(by),
                3 => Effect::BuryPerMille(by),
                _ if which < 40
                    && pinned.insert((0, usize::from(place)))
                    && pinned.insert((1, which)) =>
                {
                    Effect::PinToPlace(place)
                }
                _ => continue,
            };
            rules.push(rule(&n.to_string(), then, when));
        }
        rules
    })
}

proptest! {
    /// Page after page: nobody twice, nobody excluded or vanished, pins at their places.
    #[test]
    fn pages_keep_their_promises(
        rules in rules(),
        offers in proptest::collection::btree_set(0_usize..40, 0..40),
        (explore, share, lambda) in (0_u32..=500, 1_u32..=500, 0_u32..=1_000),
        gone in proptest::collection::btree_set(0_usize..40, 0..10),
        count in 1_usize..8,
        seed in any::<u64>(),
    ) {
        let mut catalog = catalog();
        for number in &gone {
            catalog.get_mut(&id(*number)).unwrap().in_stock = false;
        }
        let mut placement = with_rules(rules.clone());
        placement.exploration.rate_per_mille = explore;
        placement.diversity.lambda_per_mille = lambda;
        placement.floors = vec![Floor { group: "k".to_owned(), share_per_mille: share, when: kind(1) }];
        let offers: Vec<usize> = offers.into_iter().collect();
        let mut visit = Visit::default();
        let mut all: Vec<ItemId> = Vec::new();
        for turn in 0_u64..60 {
            let first_place = all.len() + 1;
            let seed = seed.wrapping_add(turn);
            let terms = Terms { first_place, count, seed, ..terms(&placement, &visit) };
            let made = make(&catalog, &offers, &terms, &mut Trace::off());
            prop_assert!(made.items.len() <= count);
            let again = make(&catalog, &offers, &terms, &mut Trace::on());
            prop_assert_eq!(&made, &again);
            let shown = ids(&made);
            if !made.more || shown.is_empty() {
                all.extend(shown);
                break;
            }
            visit.shown.extend(shown.iter().map(mark));
            all.extend(shown);
        }
        let distinct: BTreeSet<&ItemId> = all.iter().collect();
        prop_assert_eq!(distinct.len(), all.len(), "an item came twice: {:?}", all);
        for one in &rules {
            let circumstances = Circumstances { now: NOW, market: None };
            let held = |id: &&ItemId| one.when.holds(&catalog[id], &circumstances);
            match one.then {
                Effect::Exclude => prop_assert!(!all.iter().any(|id| held(&id)), "{:?}", one),
                Effect::PinToPlace(place) => {
                    let at = all.iter().position(|id| held(&id)).map(|at| at + 1);
                    let place = usize::from(place);
                    // At its place; or the list ends before it; or it is excluded or gone.
                    prop_assert!(at.is_none_or(|at| at <= place), "{:?} at {:?}", one, at);
                    if at.is_some_and(|at| at < place) {
                        let behind = all.len() - at.unwrap();
                        let pins = rules.iter().filter(|r| matches!(r.then, Effect::PinToPlace(_)));
                        prop_assert!(behind < pins.count(), "{:?} stands too early", one);
                    }
                }
                Effect::Include | Effect::BoostPerMille(_) | Effect::BuryPerMille(_) => {}
            }
        }
        prop_assert!(!all.iter().any(|id| !catalog[id].in_stock));
    }

    /// A larger boost never makes an item stand lower.
    #[test]
    fn boosts_are_monotone(
        rules in rules(),
        item in 0_usize..12,
        (little, more) in (1_u32..=4_000, 1_u32..=4_000),
    ) {
        let catalog = catalog();
        let place = |by: u32| {
            let mut rules = rules.clone();
            rules.push(rule("boost", Effect::BoostPerMille(by), one(item)));
            let placement = with_rules(rules);
            let visit = Visit::default();
            let terms = Terms { count: 12, ..terms(&placement, &visit) };
            let page = make(&catalog, &(0..12).collect::<Vec<_>>(), &terms, &mut Trace::off());
            // Off the page is behind every place.
            ids(&page).iter().position(|found| *found == id(item)).unwrap_or(usize::MAX)
        };
        let (low, high) = (place(little.min(more)), place(little.max(more)));
        prop_assert!(high <= low, "{:?} with more, {:?} with less", high, low);
    }
}
