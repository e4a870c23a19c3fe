use domain::event::Action;
use domain::id::ItemId;
use domain::time::Timestamp;
use ingest::import::Kind;
use ingest::import::rows::ImportRow;
use personal::subject::CustomerId;

use super::{Gathered, Message, guest};

fn item_of(message: &Message) -> String {
    message.first.row.item.as_str().to_owned()
}

fn row(customer: Option<&str>, session: &str, item: &str, at: i64) -> ImportRow {
    ImportRow {
        customer: customer.map(|name| CustomerId::parse(name).unwrap()),
        session: Some(session.to_owned()).filter(|name| !name.is_empty()),
        item: ItemId::parse(item).unwrap(),
        at: Timestamp::from_ms(at),
        order: None,
        action: Action::View,
    }
}

/// A person's name, and per visit its name with the lines and items of its rows.
type Expected<'a> = (&'a str, &'a [(&'a str, &'a [(u64, &'a str)])]);

#[track_caller]
fn check(rows: Vec<ImportRow>, guests: u64, expected: &[Expected<'_>]) {
    let mut gathered = Gathered::default();
    for (line, row) in (2..).zip(rows) {
        gathered.add(line, row).unwrap();
    }
    assert_eq!(gathered.people(), (expected.len() as u64, guests));
    let people: Vec<_> = gathered.into_people().collect();
    assert_eq!(people.len(), expected.len());
    for (person, (name, visits)) in people.iter().zip(expected) {
        assert_eq!(person.customer, CustomerId::parse(name).unwrap());
        assert_eq!(person.visits.len(), visits.len());
        for ((found, rows), (name, expected)) in person.visits.iter().zip(*visits) {
            assert_eq!(found, name);
            let found: Vec<_> =
                rows.iter().map(|placed| (placed.line, placed.row.item.as_str())).collect();
            assert_eq!(found, *expected);
        }
    }
}

#[test]
fn rows_come_back_by_person_and_visit_in_order() {
    check(Vec::new(), 0, &[]);
    check(
        vec![
            row(Some("ada"), "1", "late", 9),
            row(None, "7", "guest", 5),
            row(Some("ada"), "2", "other", 1),
            row(Some("ada"), "1", "early", 3),
            row(None, "7", "tie", 5),
        ],
        1,
        &[
            ("ada", &[("1", &[(5, "early"), (2, "late")]), ("2", &[(4, "other")])]),
            ("session:7", &[("7", &[(3, "guest"), (6, "tie")])]),
        ],
    );
    // Customers without visits have one list; the same visit of two people is two.
    check(
        vec![row(Some("ada"), "", "a", 1), row(Some("bob"), "", "b", 2)],
        0,
        &[("ada", &[("", &[(2, "a")])]), ("bob", &[("", &[(3, "b")])])],
    );
}

#[test]
fn a_persons_rows_follow_time_across_visits() {
    let mut gathered = Gathered::default();
    for (line, one) in
        [row(Some("ada"), "1", "b", 9), row(Some("ada"), "2", "a", 1)].into_iter().enumerate()
    {
        gathered.add(line as u64, one).unwrap();
    }
    let person = gathered.into_people().next().unwrap();
    let items: Vec<_> = person.messages(Kind::Events, |_| false).iter().map(item_of).collect();
    assert_eq!(items, ["a", "b"]);
}

#[test]
fn guests_have_a_name_of_their_own() {
    assert_eq!(guest("12").unwrap(), CustomerId::parse("session:12").unwrap());
    let long = guest(&"9".repeat(128)).unwrap();
    assert_eq!(long, guest(&"9".repeat(128)).unwrap());
    assert_ne!(long, guest(&"8".repeat(128)).unwrap());
    assert!(guest("a\nb").is_err());
}

fn bought(session: &str, item: &str, at: i64) -> ImportRow {
    ImportRow { action: Action::Purchase, ..row(Some("ada"), session, item, at) }
}

/// The lines of each message.
#[track_caller]
fn check_messages(kind: Kind, rows: Vec<ImportRow>, expected: &[&[u64]]) {
    let mut gathered = Gathered::default();
    for (line, row) in (2..).zip(rows) {
        gathered.add(line, row).unwrap();
    }
    let person = gathered.into_people().next().unwrap();
    let apart = |item: &ItemId| item.as_str() == "secret";
    let lines: Vec<_> = person.messages(kind, apart).iter().map(Message::lines).collect();
    assert_eq!(lines, expected, "{kind:?}");
}

#[test]
fn what_was_bought_in_one_order_is_one_message() {
    // Under an order's name the lines may have times of their own.
    let named = || {
        vec![
            bought("7", "a", 10),
            bought("8", "b", 5),
            bought("7", "c", 90_000),
            ImportRow { action: Action::Refund, ..bought("7", "d", 90_000) },
            bought("7", "secret", 90_001),
            bought("7", "e", 90_002),
        ]
    };
    check_messages(Kind::Orders, named(), &[&[3], &[2, 4, 7], &[5], &[6]]);
    // In a file of visits only what was bought at one instant is.
    let visit = || {
        let look = row(Some("ada"), "7", "a", 10);
        vec![look, bought("7", "a", 20), bought("7", "b", 20), bought("7", "c", 9_000)]
    };
    check_messages(Kind::Events, visit(), &[&[2], &[3, 4], &[5]]);
    // Without a name of the order it is customer and instant.
    let nameless = vec![bought("", "a", 20), bought("", "b", 20), bought("", "c", 9_000)];
    check_messages(Kind::Orders, nameless, &[&[2, 3], &[4]]);
}
