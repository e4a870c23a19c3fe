//! The demo shop is the same for a seed, keeps the limits of the catalog, and makes sense.

use std::collections::{BTreeMap, BTreeSet};

use domain::catalog::Item;
use domain::event::Action;
use domain::id::ItemId;
use domain::time::{DAY_MS, Timestamp};

use super::picture::picture;
use super::visits::VIEWS_MAX;
use super::{Shop, ShopSize};

const END: Timestamp = Timestamp::from_ms(1_790_000_000_000);

fn demo() -> Shop {
    Shop::from_seed(1, ShopSize::DEMO)
}

#[test]
fn a_seed_gives_one_shop() {
    let (one, same, other) = (demo(), demo(), Shop::from_seed(2, ShopSize::DEMO));
    assert_eq!(one.items(), same.items());
    assert_eq!(one.customers(), same.customers());
    assert!(one.visits(END).eq(same.visits(END)));
    assert_ne!(one.items(), other.items());
    // The first id is what links and bookmarks of the demo hold; it stays.
    assert_eq!(one.items()[0].id.as_str(), "satin-slip-dress-000");
}

#[test]
fn a_bigger_shop_keeps_the_first_items() {
    let small = Shop::from_seed(1, ShopSize { items: 50, ..ShopSize::DEMO });
    assert_eq!(small.items(), &demo().items()[..50]);
}

#[test]
fn the_catalog_has_the_asked_size_and_keeps_the_limits() {
    let shop = demo();
    assert_eq!(shop.items().len(), 300);
    let ids: BTreeSet<_> = shop.items().iter().map(|item| &item.id).collect();
    let titles: BTreeSet<_> = shop.items().iter().map(|item| (&item.title, &item.brand)).collect();
    assert_eq!((ids.len(), titles.len()), (300, 300));
    for item in shop.items() {
        assert_eq!(item.clone().admit().as_ref(), Ok(item));
        assert_eq!(shop.item(&item.id), Some(item));
        let price = item.price.expect("every item has a price");
        assert!((900..=30_000).contains(&price.minor), "{price}");
        assert!(!item.categories.is_empty() && item.attributes.contains_key("size"));
        assert_eq!(item.url, Some(format!("/p/{}", item.id)));
        assert_eq!(item.image, Some(format!("/img/{}.svg", item.id)));
    }
}

#[test]
fn a_few_items_are_sensitive_and_a_few_are_gone() {
    let shop = demo();
    for item in shop.items() {
        let maternity = item.categories.iter().any(|category| category.contains("Maternity"));
        assert_eq!(item.sensitive, maternity, "{}", item.id);
    }
    let count = |test: fn(&Item) -> bool| shop.items().iter().filter(|item| test(item)).count();
    assert_eq!(count(|item| item.sensitive), 6);
    assert!((4..=25).contains(&count(|item| !item.in_stock)));
}

#[test]
fn every_side_has_every_department() {
    let shop = demo();
    let mut counts = BTreeMap::new();
    for category in shop.items().iter().flat_map(|item| &item.categories) {
        *counts.entry(category.as_str()).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 15, "{counts:?}");
    assert!(counts.values().all(|&count| count >= 6), "{counts:?}");
}

/// Tags open and close in order, attributes are quoted, and nothing but drawing is inside.
fn check_picture(svg: &str) {
    let mut open = Vec::new();
    for part in svg.split('<').skip(1) {
        let (tag, _) = part.split_once('>').expect("a tag ends");
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else {
            let name = tag.split([' ', '/']).next().expect("a tag has a name");
            let drawing = [
                "svg",
                "title",
                "defs",
                "linearGradient",
                "stop",
                "pattern",
                "path",
                "circle",
                "ellipse",
                "g",
            ];
            assert!(drawing.contains(&name), "{tag}");
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
    }
    assert!(open.is_empty(), "{open:?}");
    for banned in ["<script", "<style", "style=", "href", "onload", "{", "}"] {
        assert!(!svg.contains(banned), "{banned}");
    }
    assert!(svg.contains("viewBox=\"0 0 320 400\"") && svg.contains("role=\"img\""));
    assert!(svg.len() < 4_096, "{}", svg.len());
}

#[test]
fn pictures_are_plain_drawings() {
    for item in demo().items() {
        let svg = picture(item);
        check_picture(&svg);
        assert!(svg.contains(&item.title));
    }
}

#[test]
fn titles_never_become_markup() {
    let id = ItemId::parse("x").expect("an id");
    let svg = picture(&Item::new(id, "</title><script>alert(\"1\")</script>&".to_owned()));
    check_picture(&svg);
    assert!(svg.contains("&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;"));
}

#[test]
fn visits_lie_before_the_end_in_order() {
    let shop = demo();
    let visits: Vec<_> = shop.visits(END).collect();
    assert_eq!(visits.len(), 20_000);
    assert!(visits.is_sorted_by_key(|visit| visit.started));
    assert!(END.ms_since(visits[0].started) <= 90 * DAY_MS);
    for visit in &visits {
        assert!(shop.customers().get(visit.customer as usize).is_some());
        assert!(visit.events.is_sorted_by_key(|event| event.offset_ms));
        assert!(visit.events.iter().all(|event| visit.time(event) < END));
        let views = visit.events.iter().filter(|event| event.action == Action::View);
        assert!((1..=VIEWS_MAX as usize).contains(&views.count()));
        let last = visit.events.iter().rposition(|event| event.action != Action::Purchase);
        assert_eq!(visit.purchases().count(), visit.events.len() - 1 - last.expect("a view"));
    }
}

#[test]
fn visits_look_like_a_shop() {
    let shop = demo();
    let mut views = 0;
    let mut buyers = 0;
    let mut seen = BTreeSet::new();
    let mut repeats = 0;
    for visit in shop.visits(END) {
        let looked = visit.events.iter().filter(|event| event.action == Action::View);
        let items: Vec<_> = looked.map(|event| event.item).collect();
        repeats += items.windows(2).filter(|pair| pair[0] == pair[1]).count();
        views += items.len();
        seen.extend(items);
        buyers += usize::from(visit.purchases().next().is_some());
    }
    assert_eq!(repeats, 0);
    assert!((70_000..120_000).contains(&views), "{views}");
    assert!((1_000..5_000).contains(&buyers), "{buyers}");
    assert!(seen.len() >= 285, "{}", seen.len());
}

/// What is looked at next shares its style far more often than chance would have it, which is what
/// a recommender can learn from the visits.
#[test]
fn visits_keep_to_a_style() {
    let shop = demo();
    let style = |id: &ItemId| shop.item(id).map(|item| item.attributes["style"].clone());
    let (mut same, mut all) = (0, 0);
    for visit in shop.visits(END).take(4_000) {
        for pair in visit.events.windows(2).filter(|pair| pair[0].item != pair[1].item) {
            all += 1;
            same += usize::from(style(pair[0].item) == style(pair[1].item));
        }
    }
    assert!(same * 2 > all, "{same} of {all}");
}

#[test]
fn odd_sizes_are_shops_too() {
    let none = ShopSize { items: 0, customers: 0, visits: 0, days: 0 };
    assert_eq!(Shop::from_seed(1, none).visits(END).count(), 0);
    let no_items = ShopSize { visits: 5, customers: 2, ..none };
    assert_eq!(Shop::from_seed(1, no_items).visits(END).count(), 0);
    let nobody = ShopSize { items: 5, visits: 5, ..none };
    assert_eq!(Shop::from_seed(1, nobody).visits(END).count(), 0);
    let tiny = ShopSize { items: 1, customers: 1, visits: 3, days: 1 };
    assert!(Shop::from_seed(1, tiny).visits(END).count() <= 3);
    let small = Shop::from_seed(1, ShopSize::SMALL);
    assert!(small.visits(END).count() >= 190);
}
