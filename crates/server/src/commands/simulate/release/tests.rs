use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;
use recommend::evaluation::Session;

use super::{Costs, Devices, Public, publish};
use crate::commands::import::table::Form;
use crate::commands::simulate::Simulate;

fn command() -> Simulate {
    Simulate {
        train: "train".into(),
        test: "test".into(),
        consent: 0,
        participation: 100,
        epsilon: vec![8],
        cells: 256,
        proofs: 100,
        list_len: 20,
        seed: 1,
        json: false,
        form: Form::default(),
    }
}

fn session(person: u8, items: &[&str]) -> Session {
    Session {
        subject: Some(Pseudonym::from_bytes([person; 16])),
        at: Timestamp::from_ms(i64::from(person)),
        items: items.iter().map(|name| ItemId::parse(name).unwrap()).collect(),
    }
}

/// 200 people look at a and b together, one of them at c and d.
fn world() -> Vec<Session> {
    let mut sessions: Vec<Session> = (0..200).map(|person| session(person, &["a", "b"])).collect();
    sessions.push(session(0, &["c", "d"]));
    sessions
}

#[test]
fn what_many_show_is_told_and_what_one_shows_is_not() {
    let sessions = world();
    let devices = Devices::new(&sessions);
    assert_eq!(devices.len(), 200, "one device a person");
    let alone = Public::of_consented(&[], &sessions);
    let mut costs = Costs::default();
    let told = publish(&command(), 8, (&devices, &alone), &mut costs).unwrap();
    let index = told.index();
    let list = |item| index.list(&[ItemId::parse(item).unwrap()], 9);
    assert_eq!(list("a"), [ItemId::parse("b").unwrap()]);
    assert_eq!(list("b"), [ItemId::parse("a").unwrap()]);
    assert!(list("c").iter().all(|item| item.as_str() != "d"), "one person's pair");
    assert_eq!(costs.proven, 300, "a hundred reports of each of the three releases");
    assert!(costs.upload_bytes > 3 * 2_000 && costs.device_ns > 0 && costs.server_ns > 0);
}

#[test]
fn the_seed_decides_a_simulation() {
    let sessions = world();
    let (devices, alone) = (Devices::new(&sessions), Public::of_consented(&[], &sessions));
    let run = |seed| {
        let command = Simulate { seed, ..command() };
        let told = publish(&command, 2, (&devices, &alone), &mut Costs::default()).unwrap();
        format!("{told:?}")
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn what_those_who_consent_show_needs_two_of_them() {
    let sessions = [session(1, &["a", "b"]), session(2, &["a", "b"]), session(3, &["c", "d"])];
    let public = Public::of_consented(&sessions, &sessions);
    assert_eq!(public.told(), (4, 1));
    let both = public.clone().and(&public);
    let (one, twice) = (public.index(), both.index());
    let a = [ItemId::parse("a").unwrap()];
    assert_eq!(one.list(&a, 1), twice.list(&a, 1));
}
