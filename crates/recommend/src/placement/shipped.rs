//! The placements that every shop has, until it says otherwise.

use std::collections::BTreeMap;

use crate::diversity::Diversity;
use crate::exposure::Exploration;
use crate::placement::{Known, Naming, Placement, Relation, Source};
use crate::rules::Rules;

/// The front page.
pub const HOME: &str = "home";
/// The page of one item.
pub const PRODUCT: &str = "product";
/// The cart.
pub const CART: &str = "cart";
/// A list of a category.
pub const LISTING: &str = "listing";
/// The answer to a search.
pub const SEARCH: &str = "search";
/// A message that is read later and elsewhere.
pub const EMAIL: &str = "email";
/// What goes with the item in view, of other kinds.
pub const COMPLETE_THE_LOOK: &str = "complete_the_look";
/// What this customer buys again and again.
pub const BUY_IT_AGAIN: &str = "buy_it_again";

/// What a placement of a shop's own making starts from.
pub fn custom(name: &str) -> Placement {
    Placement {
        name: name.to_owned(),
        models: vec![Source::Blend, Source::Trending, Source::Popular, Source::Range],
        count: 12,
        may_return: vec![Known::Seen],
        category_of_current: Relation::Any,
        reasons_name: Naming::Always,
        diversity: Diversity::default(),
        exploration: Exploration::default(),
        floors: Vec::new(),
        rules: Rules::default(),
    }
}

/// All of them, by name.
pub fn placements() -> BTreeMap<String, Placement> {
    let of_orders = [Source::BasketRepeat, Source::BasketExplore];
    let returning = || of_orders.into_iter().chain(custom(HOME).models).collect();
    let home = Placement { models: returning(), may_return: Vec::new(), ..custom(HOME) };
    let product = Placement {
        models: vec![Source::Blend, Source::Content, Source::Popular, Source::Range],
        ..custom(PRODUCT)
    };
    let cart = Placement {
        models: vec![
            Source::BoughtWith,
            Source::BasketRepeat,
            Source::BasketExplore,
            Source::GoesWith,
            Source::Blend,
            Source::Popular,
            Source::Range,
        ],
        may_return: Vec::new(),
        ..custom(CART)
    };
    let listing =
        Placement { count: 24, may_return: vec![Known::Seen, Known::Bought], ..custom(LISTING) };
    let search = Placement {
        models: vec![Source::Search],
        count: 24,
        may_return: vec![Known::Current, Known::Cart, Known::Seen, Known::Bought],
        ..custom(SEARCH)
    };
    let email =
        Placement { models: returning(), count: 6, reasons_name: Naming::History, ..custom(EMAIL) };
    let complete_the_look = Placement {
        models: vec![Source::BoughtWith, Source::GoesWith, Source::Blend, Source::Content],
        count: 4,
        category_of_current: Relation::Other,
        diversity: Diversity { category_max: 1, ..Diversity::default() },
        ..custom(COMPLETE_THE_LOOK)
    };
    let buy_it_again = Placement {
        models: vec![Source::BuyAgain, Source::BasketRepeat],
        may_return: vec![Known::Seen, Known::Bought],
        ..custom(BUY_IT_AGAIN)
    };
    [home, product, cart, listing, search, email, complete_the_look, buy_it_again]
        .into_iter()
        .map(|placement| (placement.name.clone(), placement))
        .collect()
}
