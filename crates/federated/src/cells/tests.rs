use domain::id::ItemId;

use super::{Edges, Pair, Popular, Seen, candidates, newest_pairs, sketch, sketched_count};
use crate::error::FederatedError;
use crate::task::{Field, Kind, Task};
use crate::world;

fn item(name: &str) -> ItemId {
    ItemId::parse(name).unwrap()
}

fn items(names: &[&str]) -> Vec<ItemId> {
    names.iter().map(|name| item(name)).collect()
}

fn seen(name: &str, category: &str) -> Seen {
    Seen { item: item(name), category: Some(category.to_owned()) }
}

fn task(kind: Kind, (cells, weight): (u32, u32), list: [u8; 32]) -> Task {
    Task { kind, list, ..world::task(Field::Compact, cells, weight) }
}

fn popular() -> Popular {
    Popular { items: items(&["a", "b"]), categories: vec!["coats".into(), "hats".into()] }
}

#[track_caller]
fn check_popular(weight: u32, newest_first: &[Seen], expected: &[u32]) {
    let task = task(Kind::Popularity, (4, weight), popular().digest());
    assert_eq!(popular().cells(&task, newest_first).unwrap(), expected);
}

#[test]
fn the_newest_facts_are_told_up_to_the_weight() {
    check_popular(4, &[], &[]);
    check_popular(4, &[seen("b", "hats")], &[1, 3]);
    check_popular(4, &[seen("unknown", "hats"), seen("b", "hats")], &[3, 1]);
    check_popular(4, &[seen("unknown", "unknown")], &[]);
    check_popular(3, &[seen("b", "hats"), seen("b", "hats"), seen("a", "coats")], &[1, 3, 0]);
    check_popular(1, &[seen("b", "hats"), seen("a", "coats")], &[1]);
}

#[test]
fn pairs_are_those_of_the_newest_products() {
    let pair = |one, other| Pair::new(item(one), item(other)).unwrap();
    assert_eq!(pair("a", "b"), pair("b", "a"));
    assert_eq!(Pair::new(item("a"), item("a")), None);
    let newest = items(&["c", "c", "b", "c", "a"]);
    let expected = [pair("c", "b"), pair("c", "a"), pair("b", "a")];
    assert_eq!(newest_pairs(&newest, 9), expected);
    assert_eq!(newest_pairs(&newest, 2), expected[..2]);
    assert_eq!(newest_pairs(&newest, 0), []);
}

#[test]
fn a_sketch_finds_its_pairs_again() {
    let task = task(Kind::Pairs, (1024, 8), [0; 32]);
    let set = sketch(&task, &items(&["a", "b", "c"])).unwrap();
    assert!(set.len() <= 6 && set.is_sorted() && set.iter().all(|cell| *cell < 1024));
    let mut counts = vec![0; 1024];
    for cell in set {
        counts[cell as usize] += 40;
    }
    let count = |one: &str, other: &str| {
        sketched_count(&task, &counts, &Pair::new(item(one), item(other)).unwrap()).unwrap()
    };
    assert_eq!((count("a", "b"), count("c", "b"), count("a", "c")), (40, 40, 40));
    assert_eq!(count("a", "d"), 0);
    assert_eq!(sketched_count(&task, &[], &Pair::new(item("a"), item("b")).unwrap()), None);
}

#[test]
fn candidates_are_the_pairs_that_a_sketch_speaks_of() {
    let task = task(Kind::Pairs, (4096, 8), [0; 32]);
    let mut counts = vec![0; 4096];
    for (newest, times) in [(items(&["a", "b"]), 50), (items(&["c", "d"]), 70)] {
        for cell in sketch(&task, &newest).unwrap() {
            counts[cell as usize] += times;
        }
    }
    let pair = |one, other| Pair::new(item(one), item(other)).unwrap();
    let of = |bounds| candidates(&task, &counts, &items(&["a", "b", "c", "d", "e"]), bounds);
    assert_eq!(of((40, 9)), [pair("c", "d"), pair("a", "b")]);
    assert_eq!(of((40, 1)), [pair("c", "d")]);
    assert_eq!(of((60, 9)), [pair("c", "d")]);
}

#[test]
fn each_release_hashes_anew() {
    let one = task(Kind::Pairs, (1024, 8), [0; 32]);
    let other = Task { id: [8; 16], ..one.clone() };
    let newest = items(&["a", "b", "c"]);
    assert_ne!(sketch(&one, &newest).unwrap(), sketch(&other, &newest).unwrap());
}

#[test]
fn a_sketch_stays_within_the_weight() {
    for weight in 1..20 {
        let task = task(Kind::Pairs, (1024, weight), [0; 32]);
        let newest: Vec<ItemId> = (0..12).map(|number| item(&format!("i{number}"))).collect();
        assert!(sketch(&task, &newest).unwrap().len() <= weight as usize);
    }
}

#[test]
fn edges_are_looked_up_in_the_public_list() {
    let pair = |one, other| Pair::new(item(one), item(other)).unwrap();
    let edges = Edges(vec![pair("a", "b"), pair("c", "d"), pair("a", "c")]);
    let task = task(Kind::Edges, (3, 2), edges.digest());
    assert_eq!(edges.cells(&task, &items(&["c", "b", "a"])).unwrap(), [2, 0]);
    assert_eq!(edges.cells(&task, &items(&["x", "y"])).unwrap(), [0_u32; 0]);
}

#[test]
fn a_list_that_is_not_the_tasks_is_refused() {
    let other = Popular { items: items(&["a"]), categories: vec!["b".into()] };
    let of_other = task(Kind::Popularity, (4, 2), other.digest());
    assert_eq!(popular().cells(&of_other, &[]), Err(FederatedError::OtherTask));
    let of_kind = task(Kind::Edges, (4, 2), popular().digest());
    assert_eq!(popular().cells(&of_kind, &[]), Err(FederatedError::OtherTask));
    let too_short = task(Kind::Popularity, (3, 2), popular().digest());
    assert_eq!(popular().cells(&too_short, &[]), Err(FederatedError::OtherTask));
    assert_eq!(sketch(&of_kind, &[]), Err(FederatedError::OtherTask));
    let shifted = Popular { items: items(&["a", "b", "coats"]), categories: vec!["hats".into()] };
    assert_ne!(shifted.digest(), popular().digest());
}
