use domain::catalog::Item;
use domain::id::ItemId;
use domain::market::Market;
use domain::money::{Currency, Money};
use domain::time::{DAY_MS, Timestamp};
use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};

use super::condition::{Circumstances, Condition, is_under};
use super::{Effect, Rule, RuleError, Rules, Verdict};

const NOW: Timestamp = Timestamp::from_ms(100 * DAY_MS);

fn item() -> Item {
    let mut item = Item::new(ItemId::parse("shirt-1").unwrap(), "Linen shirt".to_owned());
    item.categories = vec!["women/shirts/linen".to_owned()];
    item.brand = Some("Lark".to_owned());
    item.attributes.insert("color".to_owned(), "sand".to_owned());
    item.price = Some(Money { minor: 4_900, currency: Currency::parse("EUR").unwrap() });
    item.margin_per_mille = Some(400);
    item.stock_units = Some(7);
    item.added_ms = Some(Timestamp::from_ms(90 * DAY_MS));
    item
}

fn at(market: Option<&str>) -> Circumstances {
    Circumstances { now: NOW, market: market.map(|code| Market::parse(code).unwrap()) }
}

/// A rule about `when`, by the JSON that a settings file means.
fn rule(name: &str, then: Effect, when: Condition) -> Rule {
    Rule { name: name.to_owned(), then, when }
}

fn in_category(path: &str) -> Condition {
    Condition { category: vec![path.to_owned()], ..Condition::default() }
}

#[track_caller]
fn check(change: impl FnOnce(&mut Condition), holds: bool) {
    let mut when = Condition::default();
    change(&mut when);
    assert_eq!(when.check(), Ok(()), "{when:?}");
    assert_eq!(when.holds(&item(), &at(None)), holds, "{when:?}");
}

#[test]
fn conditions_hold_when_all_of_them_do() {
    let eur = || Some(Currency::parse("EUR").unwrap());
    check(|_| {}, true);
    check(|when| when.item = vec![item().id], true);
    check(|when| when.item = vec![ItemId::parse("shirt-2").unwrap()], false);
    check(|when| when.category = vec!["women/shirts".to_owned()], true);
    check(|when| when.category = vec!["men".to_owned(), "women".to_owned()], true);
    check(|when| when.category = vec!["women/shi".to_owned()], false);
    check(|when| when.brand = vec!["Lark".to_owned()], true);
    check(|when| when.brand = vec!["lark".to_owned()], false);
    let color = |value: &str| [("color".to_owned(), vec![value.to_owned()])].into();
    check(|when| when.attribute = color("sand"), true);
    check(|when| when.attribute = color("red"), false);
    check(|when| (when.currency, when.price_minor_max) = (eur(), Some(4_900)), true);
    check(|when| (when.currency, when.price_minor_min) = (eur(), Some(4_901)), false);
    let usd = Currency::parse("USD").ok();
    check(|when| (when.currency, when.price_minor_min) = (usd, Some(1)), false);
    check(|when| when.margin_per_mille_min = Some(400), true);
    check(|when| when.margin_per_mille_max = Some(399), false);
    check(|when| when.stock_units_max = Some(7), true);
    check(|when| when.stock_units_min = Some(8), false);
    check(|when| when.age_days_max = Some(10), true);
    check(|when| when.age_days_max = Some(9), false);
    check(|when| when.age_days_min = Some(11), false);
    check(|when| (when.brand, when.age_days_min) = (vec!["Lark".to_owned()], Some(11)), false);
}

#[test]
fn what_the_catalog_does_not_say_fits_no_bound() {
    let bare = Item::new(ItemId::parse("bare").unwrap(), "Bare".to_owned());
    for change in [
        |when: &mut Condition| when.margin_per_mille_min = Some(-10_000),
        |when: &mut Condition| when.stock_units_min = Some(0),
        |when: &mut Condition| when.age_days_min = Some(0),
        |when: &mut Condition| when.brand = vec![String::new()],
    ] {
        let mut when = Condition::default();
        change(&mut when);
        assert!(!when.holds(&bare, &at(None)), "{when:?}");
    }
}

#[test]
fn a_path_holds_what_is_below_it_and_nothing_beside_it() {
    let categories = ["women/shirts".to_owned(), "Health > Vitamins".to_owned()];
    for (path, expected) in [
        ("women", true),
        ("women/shirts", true),
        ("women/shirts/linen", false),
        ("wom", false),
        ("Health", true),
        ("shirts", false),
    ] {
        assert_eq!(is_under(&categories, path), expected, "{path}");
    }
}

#[track_caller]
fn verdict(rules: Vec<Rule>, market: Option<&str>, expected: Verdict) {
    let rules = Rules::try_from(rules).unwrap();
    assert_eq!(rules.judge(&item(), &at(market)), expected, "{rules:?}");
}

#[test]
fn exclusions_win_inclusions_must_all_hold_and_weights_add_up() {
    let boost = |name| rule(name, Effect::BoostPerMille(500), in_category("women"));
    let bury = rule("bury", Effect::BuryPerMille(300), in_category("women/shirts"));
    let weighs = |per_mille| Verdict::Weighs { per_mille };
    verdict(vec![], None, weighs(1_000));
    verdict(vec![boost("a")], None, weighs(1_500));
    verdict(vec![boost("a"), bury.clone(), boost("b")], None, weighs(1_700));
    let much = rule("much", Effect::BoostPerMille(9_000), in_category("women"));
    verdict(vec![boost("a"), much.clone(), boost("b")], None, weighs(10_000));
    let last = rule("last", Effect::BuryPerMille(1_000), in_category("women"));
    verdict(vec![last.clone()], None, weighs(0));
    let men = rule("men", Effect::Include, in_category("men"));
    let women = rule("women", Effect::Include, in_category("women"));
    verdict(vec![women.clone()], None, weighs(1_000));
    verdict(vec![women.clone(), men.clone()], None, Verdict::NotIncluded { rule: 1 });
    let out = rule("out", Effect::Exclude, in_category("women"));
    verdict(vec![men, much, out.clone()], None, Verdict::Excluded { rule: 2 });
    let mut in_france = out;
    in_france.when.market = vec![Market::parse("FR").unwrap()];
    verdict(vec![in_france.clone()], None, weighs(1_000));
    verdict(vec![in_france.clone()], Some("DE"), weighs(1_000));
    verdict(vec![in_france], Some("FR"), Verdict::Excluded { rule: 0 });
}

#[track_caller]
fn refused(rules: Vec<Rule>, part: &str) {
    let error = Rules::try_from(rules).unwrap_err().to_string();
    assert!(error.contains(part), "{error} does not say {part:?}");
}

fn pin(name: &str, place: u16, id: &str) -> Rule {
    let when = Condition { item: vec![ItemId::parse(id).unwrap()], ..Condition::default() };
    rule(name, Effect::PinToPlace(place), when)
}

#[test]
fn wrong_rules_are_refused_with_name_and_reason() {
    let out = |name: &str| rule(name, Effect::Exclude, in_category("a"));
    refused((0..101).map(|n| out(&n.to_string())).collect(), "101 rules, at most 100");
    refused(vec![out("")], "rule 1 needs a name");
    refused(vec![out("a"), out("a")], "two rules are named \"a\"");
    refused(vec![rule("all", Effect::Exclude, Condition::default())], "condition about items");
    refused(vec![rule("b", Effect::BoostPerMille(0), in_category("a"))], "1 to 9000");
    refused(vec![rule("b", Effect::BuryPerMille(1_001), in_category("a"))], "1 to 1000");
    refused(vec![pin("p", 0, "a")], "1 to 200");
    refused(vec![rule("p", Effect::PinToPlace(1), in_category("a"))], "exactly one item");
    refused(vec![pin("p", 1, "a"), pin("q", 1, "b")], "\"p\" and \"q\" pin to one place");
    refused(vec![pin("p", 1, "a"), pin("q", 2, "a")], "pin one item twice");
    let mut priced = out("price");
    priced.when.price_minor_min = Some(1);
    refused(vec![priced], "belong together");
    let mut turned = out("age");
    (turned.when.age_days_min, turned.when.age_days_max) = (Some(2), Some(1));
    refused(vec![turned], "above its highest");
    let mut long = out("long");
    long.when.brand = vec![String::new(); 201];
    refused(vec![long], "at most 200 entries");
    assert!(matches!(Rules::try_from(vec![out("a")]), Ok(rules) if rules.name(0) == "a"));
    assert_eq!(
        Rules::try_from(vec![]).map_err(|error: RuleError| error.to_string()).unwrap().all(),
        []
    );
}

#[test]
fn pins_of_different_markets_may_share_a_place() {
    let mut german = pin("german", 1, "a");
    german.when.market = vec![Market::parse("DE").unwrap()];
    let mut french = pin("french", 1, "b");
    french.when.market = vec![Market::parse("FR").unwrap()];
    let rules = Rules::try_from(vec![german, french]).unwrap();
    let pinned = |market| {
        let pins = rules.pins(&at(market));
        pins.iter().map(|pin| pin.item.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(pinned(Some("DE")), ["a"]);
    assert_eq!(pinned(Some("FR")), ["b"]);
    assert_eq!(pinned(None), Vec::<String>::new());
}

#[test]
fn rules_are_data() {
    let text = r#"[{"name": "new", "then": {"boost_per_mille": 500}, "when": {"age_days_max": 30}},
        {"name": "no cards", "then": "exclude", "when": {"brand": ["Giftly"]}},
        {"name": "star", "then": {"pin_to_place": 2}, "when": {"item": ["shirt-1"]}}]"#;
    let rules: Rules = serde_json::from_str(text).unwrap();
    assert_eq!(rules.all()[1].then, Effect::Exclude);
    assert_eq!(rules.pins(&at(None))[0].place, 2);
    let again: Rules = serde_json::from_str(&serde_json::to_string(&rules).unwrap()).unwrap();
    assert_eq!(again, rules);
    for wrong in [
        r#"[{"name": "a", "then": "exclude", "when": {"colour": ["red"]}}]"#,
        r#"[{"name": "a", "then": "drop", "when": {"brand": ["b"]}}]"#,
        r#"[{"name": "a", "then": "exclude", "when": {"brand": ["b"]}, "why": 1}]"#,
    ] {
        assert!(serde_json::from_str::<Rules>(wrong).is_err(), "{wrong}");
    }
}

fn effects() -> impl Strategy<Value = Effect> {
    (any::<u8>(), 1_u32..=1_000).prop_map(|(kind, by)| match kind % 4 {
        0 => Effect::Include,
        1 => Effect::Exclude,
        2 => Effect::BoostPerMille(by),
        _ => Effect::BuryPerMille(by),
    })
}

proptest! {
    /// Whoever sorts the file otherwise gets the same verdict.
    #[test]
    fn order_does_not_matter(
        effects in proptest::collection::vec((effects(), 0_usize..4), 0..12),
        turn in 0_usize..12,
    ) {
        let paths = ["women", "women/shirts", "men", "women/shirts/linen"];
        let rules: Vec<Rule> = (0..)
            .zip(&effects)
            .map(|(n, (then, path)): (u32, _)| rule(&n.to_string(), *then, in_category(paths[*path])))
            .collect();
        let mut turned = rules.clone();
        turned.rotate_left(turn.min(rules.len()));
        let kind = |rules: Vec<Rule>| {
            match Rules::try_from(rules).unwrap().judge(&item(), &at(None)) {
                Verdict::Excluded { .. } => (1, 0),
                Verdict::NotIncluded { .. } => (2, 0),
                Verdict::Weighs { per_mille } => (3, per_mille),
            }
        };
        prop_assert_eq!(kind(rules), kind(turned));
    }
}
