use clap::Parser;
use domain::id::ItemId;
use recommend::baskets::evaluation::history::History;

use super::words::{Printed, table};
use super::{Baskets, Held, held, measure, read};
use crate::commands::import::table::Form;

/// Two customers and a guest; C3 is a cancellation.
const ORDERS: &str = "invoice,customer,item,time,quantity
1,7.0,milk,2024-01-01,1
1,7.0,bread,2024-01-01,1
2,7.0,milk,2024-01-08,1
3,7.0,milk,2024-01-15,2
3,7.0,tea,2024-01-15,1
C3,7.0,tea,2024-01-16,-1
4,8,tea,2024-01-03,1
5,8,tea,2024-01-04,1
6,8,milk,2024-01-09,1
7,,milk,2024-01-09,1
8,9,wood,never,1
";

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    baskets: Baskets,
}

fn command(more: &[&str]) -> Baskets {
    let line = ["evaluate", "--orders", "unused"].into_iter().chain(more.iter().copied());
    Line::parse_from(line).baskets
}

fn held_of(text: &str) -> Held {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    std::fs::write(&path, text).unwrap();
    read(&path, &Form { format: "auto".to_owned(), ..Form::default() }).unwrap()
}

fn printed(more: &[&str]) -> String {
    let (held, command) = (held_of(ORDERS), command(more));
    let history = History::new(&held.orders);
    let outcome = measure(&history, &command).unwrap();
    let printed = Printed::new(&held, &history, &outcome).unwrap();
    let all = table(&printed);
    // Times differ from run to run.
    all.lines().filter(|line| !line.contains("learned in")).collect::<Vec<_>>().join("\n")
}

#[test]
fn orders_are_read_without_guests_and_cancellations() {
    let held = held_of(ORDERS);
    assert_eq!((held.rows, held.returned, held.guests, held.refused), (8, 1, 1, 1));
    let items = |order: usize| -> Vec<&str> {
        held.orders[order].items.iter().map(ItemId::as_str).collect()
    };
    assert_eq!(held.orders.len(), 6);
    assert_eq!(items(0), ["milk", "bread"]);
    assert_eq!(items(2), ["milk", "tea"]);
}

#[test]
fn without_order_ids_a_day_is_an_order() {
    let text =
        "customer,item,time\n7,a,2024-01-01T08:00:00Z\n7,b,2024-01-01T20:00:00Z\n7,c,2024-01-02\n";
    let held = held_of(text);
    let sizes: Vec<usize> = held.orders.iter().map(|order| order.items.len()).collect();
    assert_eq!(sizes, [2, 1]);
}

#[test]
fn two_runs_print_the_same() {
    let text = printed(&["--k", "1,2"]);
    assert!(text.starts_with("8 rows, 1 sent back or canceled, 1 of guests, 1 refused"), "{text}");
    assert!(text.contains("6 baskets of 2 customers, 3 items"), "{text}");
    assert!(text.contains("predicted 2; groups"), "{text}");
    assert_eq!(text, printed(&["--k", "2,1,2"]));
    assert_ne!(text, printed(&["--k", "1"]));
}

#[test]
fn the_split_is_written_for_others() {
    let (held, command) = (held_of(ORDERS), command(&["--k", "2"]));
    let history = History::new(&held.orders);
    let outcome = measure(&history, &command).unwrap();
    let folder = tempfile::tempdir().unwrap();
    held::write(folder.path(), &history, &command, &outcome).unwrap();
    let lines =
        |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap().lines().count();
    // Each with a header. Who buys only tea has nobody to learn from, so the list has one item.
    assert_eq!((lines("train.csv"), lines("test.csv"), lines("lists.csv")), (6, 4, 4));
}
