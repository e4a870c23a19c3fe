use std::sync::Arc;

use domain::catalog::Item;
use domain::id::ItemId;
use recommend::answer::Reason;
use recommend::content::Shared as SharedField;
use recommend::items::ItemNo;
use recommend::model::Model;
use recommend::placement::{Naming, Placement, shipped};
use recommend::settings::Settings;

use super::{Speaker, Why};
use crate::answer::TierName;
use crate::answer::words::Language;
use crate::shared::Taught;
use crate::shared::catalog::Catalog;

/// A shirt, a sensitive book and a hidden bag.
fn shop() -> (Taught, [ItemNo; 3]) {
    let item = |id: &str, change: fn(&mut Item)| {
        let mut item = Item::new(ItemId::parse(id).unwrap(), format!("The {id}"));
        change(&mut item);
        item
    };
    let items = [
        item("shirt", |item| item.categories = vec!["w/shirts".to_owned()]),
        item("book", |item| item.sensitive = true),
        item("bag", |item| item.hidden = true),
    ];
    let mut model = Model::new(Settings::default()).unwrap();
    let mut catalog = Catalog::default();
    let numbers = items.map(|item| {
        let number = model.declare(&item);
        catalog.put(number, Arc::new(item));
        number
    });
    (Taught { model, catalog }, numbers)
}

fn of_category(path: &str) -> Item {
    let mut item = Item::new(ItemId::parse("other").unwrap(), "Other".to_owned());
    item.categories = vec![path.to_owned()];
    item
}

#[test]
fn a_kind_is_a_whole_category() {
    let (taught, [shirt, ..]) = shop();
    let placement = with(Naming::Always);
    let (tier, language, category) = (TierName::Visit, Language::English, None);
    let speaker = Speaker { taught: &taught, tier, placement: &placement, language, category };
    let alike = Why::Model(Reason::SimilarTo { with: shirt, shared: SharedField::Category });
    for (path, begin) in [
        ("w/shirts", "Of the same kind as"),
        ("w/shoes", "Has something in common with"),
        ("w", "Has something in common with"),
    ] {
        let said = speaker.say(alike, &of_category(path)).text;
        assert!(said.starts_with(begin), "{path}: {said}");
    }
}

fn with(reasons_name: Naming) -> Placement {
    Placement { reasons_name, ..shipped::custom("test") }
}

/// What is said in English, and whether another item is named.
#[track_caller]
fn check(why: Why, tier: TierName, naming: Naming, expected: (&str, bool)) {
    let (taught, _) = shop();
    let placement = with(naming);
    let language = Language::English;
    let category = Some("Women/Dresses");
    let speaker = Speaker { taught: &taught, tier, placement: &placement, language, category };
    let dress = of_category("w/dresses");
    let said = speaker.say(why, &dress);
    let text: String = said.text.replace(['\u{2068}', '\u{2069}'], "");
    assert_eq!((text.as_str(), said.item.is_some()), expected, "{why:?}");
}

#[test]
fn reasons_name_what_may_be_named() {
    let (_, [shirt, book, bag]) = shop();
    let viewed = |with| Why::Model(Reason::ViewedTogether { with });
    let alike = |with| Why::Model(Reason::SimilarTo { with, shared: SharedField::Brand });
    let (anonymous, visit, history) = (TierName::Anonymous, TierName::Visit, TierName::History);
    check(viewed(shirt), visit, Naming::Always, ("Often looked at with The shirt", true));
    check(alike(shirt), anonymous, Naming::Always, ("Of the same brand as The shirt", true));
    // Sensitive and hidden goods are named to nobody.
    for hidden in [book, bag] {
        let unnamed = ("Often looked at with what you saw", false);
        check(viewed(hidden), history, Naming::Always, unnamed);
        check(alike(hidden), history, Naming::Always, ("Similar to what you looked at", false));
    }
    // A message names what the person met only to whom consented to a history.
    check(viewed(shirt), visit, Naming::History, ("Often looked at with what you saw", false));
    check(alike(shirt), anonymous, Naming::History, ("Similar to what you looked at", false));
    check(viewed(shirt), history, Naming::History, ("Often looked at with The shirt", true));
    check(viewed(shirt), history, Naming::Never, ("Often looked at with what you saw", false));
}

#[test]
fn reasons_are_true_to_the_tier_and_the_cycle() {
    let fits = Why::Model(Reason::ThisVisit);
    let always = Naming::Always;
    check(fits, TierName::Anonymous, always, ("Fits this item", false));
    check(fits, TierName::Visit, always, ("Fits what you looked at in this visit", false));
    check(fits, TierName::History, always, ("Fits what you looked at recently", false));
    let every = |interval_days| Why::BuyAgain { interval_days };
    let history = TierName::History;
    check(every(None), history, always, ("You bought this before", false));
    check(every(Some(6)), history, always, ("You buy this about every week", false));
    check(every(Some(29)), history, always, ("You buy this about every 4 weeks", false));
    let (popular, trending) =
        (|in_category| Why::Popular { in_category }, |in_category| Why::Trending { in_category });
    check(popular(false), history, always, ("Popular right now", false));
    check(popular(true), history, always, ("Popular in Dresses right now", false));
    check(trending(false), history, always, ("On the rise this week", false));
    check(trending(true), history, always, ("On the rise in Dresses this week", false));
    check(Why::Search, history, always, ("Matches your search", false));
    check(Why::Explore, history, always, ("Seldom shown, picked at random", false));
}
