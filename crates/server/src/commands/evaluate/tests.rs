use domain::id::ItemId;
use domain::time::Timestamp;

use super::{Held, read};
use crate::commands::import::table::Form;

fn held(text: &str) -> Held {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    std::fs::write(&path, text).unwrap();
    let form = Form { format: "auto".to_owned(), ..Form::default() };
    read(&path, &form).unwrap()
}

#[track_caller]
fn check(text: &str, refused: usize, expected: &[&[&str]]) {
    let held = held(text);
    assert_eq!(held.refused, refused);
    let found: Vec<Vec<&str>> = held
        .sessions
        .iter()
        .map(|session| session.items.iter().map(ItemId::as_str).collect())
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn files_become_sessions() {
    check("session,item,time\n2,c,9\n1,b,5\n1,a,4\nx,,1\n", 1, &[&["a", "b"], &["c"]]);
    // A pause of half an hour parts the visits of a customer where the file does not.
    check("customer,item,time\n7,a,0\n7,b,1799\n7,c,3599\n", 0, &[&["a", "b"], &["c"]]);
    // An order column outranks the time.
    check("session,item,date,order\n1,b,2008-04-01,2\n1,a,2008-04-01,1\n", 0, &[&["a", "b"]]);
}

#[test]
fn customers_are_told_apart_only_where_the_file_names_them() {
    let guests = held("session,item,time\n1,a,1\n2,a,2\n");
    assert!(guests.sessions.iter().all(|session| session.subject.is_none()));
    let known = held("session,customer,item,time\n1,7,a,1\n2,7,a,2\n3,8,a,3\n");
    let subjects: Vec<_> = known.sessions.iter().map(|session| session.subject).collect();
    assert!(subjects.iter().all(Option::is_some));
    assert_eq!(subjects[0], subjects[1]);
    assert_ne!(subjects[0], subjects[2]);
    assert_eq!(known.sessions[2].at, Timestamp::from_ms(3_000));
}
