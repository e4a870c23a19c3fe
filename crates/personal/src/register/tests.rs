//! What people are told of the register is what the compiler goes by.

use std::collections::BTreeSet;

use crate::kinds::DECLARATIONS;
use crate::register::{READERS, readers};

/// `history_event` as the kind is called in code.
fn kind(table: &str) -> String {
    let words = table.split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    words.collect()
}

#[test]
fn every_line_has_its_value_and_no_value_is_without_a_line() {
    let lines = include_str!("../register.rs").lines();
    let lines =
        lines.filter_map(|line| Some(line.strip_prefix("impl Covers<")?.split_once(" {")?.0));
    let lines: BTreeSet<(String, String)> = lines
        .filter_map(|line| line.split_once("> for "))
        .map(|(kind, purpose)| (kind.to_owned(), purpose.to_owned()))
        .filter(|(kind, _)| kind != "RecentItems")
        .collect();
    let values: BTreeSet<(String, String)> =
        READERS.into_iter().map(|(table, p)| (kind(table), p.as_str().to_owned())).collect();
    assert_eq!(lines, values);
}

#[test]
fn every_table_is_read_for_the_purpose_that_it_is_kept_for() {
    for declaration in DECLARATIONS {
        let found: Vec<_> = readers(declaration.table).collect();
        assert!(found.contains(&declaration.purpose), "{}: {found:?}", declaration.table);
    }
}
