use domain::id::ItemId;

use super::{NEIGHBORS_MAX, PublicIndex};

fn item(name: &str) -> ItemId {
    ItemId::parse(name).unwrap()
}

fn index(popular: &[(&str, u32)], edges: &[(&str, &str, u32)]) -> PublicIndex {
    PublicIndex::new(
        popular.iter().map(|(name, count)| (item(name), *count)),
        edges.iter().map(|(one, other, count)| (item(one), item(other), *count)),
    )
}

#[track_caller]
fn check(index: &PublicIndex, visit: &[&str], expected: &[&str]) {
    let visit: Vec<ItemId> = visit.iter().map(|name| item(name)).collect();
    let list = index.list(&visit, 4);
    let list: Vec<&str> = list.iter().map(ItemId::as_str).collect();
    assert_eq!(list, expected, "{visit:?}");
}

#[test]
fn without_a_visit_popularity_decides() {
    let index = index(&[("b", 3), ("c", 9), ("a", 3), ("d", 0)], &[]);
    check(&index, &[], &["c", "a", "b"]);
    check(&index, &["c"], &["a", "b"]);
}

#[test]
fn what_goes_with_the_newest_items_leads() {
    let index = index(&[("z", 9)], &[("a", "b", 20), ("b", "c", 30), ("c", "d", 40)]);
    check(&index, &["a"], &["b", "z"]);
    check(&index, &["b"], &["c", "a", "z"]);
    check(&index, &["a", "c"], &["b", "d", "z"]); // b: 30 of c, half of 20 of a; d: 40; by id
    check(&index, &["unknown"], &["z"]);
}

#[test]
fn an_edge_counts_both_ways_and_equal_pairs_add_up() {
    let twice = index(&[], &[("a", "b", 2), ("b", "a", 3), ("a", "a", 9), ("a", "c", 0)]);
    assert_eq!(twice, index(&[], &[("a", "b", 5)]));
    assert_eq!(twice.edges(), 2);
}

#[test]
fn an_item_has_a_bounded_number_of_neighbors() {
    let edges = (0..200).map(|number| (item("a"), item(&format!("n{number:03}")), number + 1));
    let index = PublicIndex::new([], edges);
    assert_eq!(index.edges(), NEIGHBORS_MAX + 200);
    assert_eq!(index.list(&[item("a")], 1), [item("n199")]);
}
