use domain::id::ItemId;
use domain::time::Timestamp;
use recommend::evaluation::{EvaluationSettings, Latency, Session, evaluate};

use super::{digest_of, micros, millis, table};

fn session(items: &[&str]) -> Session {
    let items = items.iter().map(|item| ItemId::parse(item).unwrap()).collect();
    Session { subject: None, at: Timestamp::from_ms(1), items }
}

#[test]
fn the_digest_leaves_out_times_and_nothing_else() {
    let train = [session(&["a", "b"]), session(&["a", "c"])];
    let test = [session(&["a", "b"])];
    let settings = EvaluationSettings::default();
    let run = |test: &[Session], tick: u64| {
        let mut now = 0;
        let mut clock = || {
            now += tick;
            now
        };
        evaluate(&train, test, &settings, &mut clock, &mut |_| ()).unwrap()
    };
    let (once, again) = (run(&test, 1), run(&test, 7));
    assert_ne!(once.latency, Latency::default());
    assert_ne!(once, again);
    assert_eq!(digest_of(&once).unwrap(), digest_of(&again).unwrap());
    let other = run(&[session(&["a", "c"]), session(&["b", "a"])], 1);
    assert_ne!(digest_of(&once).unwrap(), digest_of(&other).unwrap());
}

#[test]
fn the_table_names_every_group_and_floor() {
    let train = [session(&["a", "b"]), session(&["a", "b"])];
    let settings = EvaluationSettings::default();
    let report = evaluate(&train, &train, &settings, &mut || 5, &mut |_| ()).unwrap();
    let table = table(&report);
    for part in ["HR@20", "MRR@20", "current item excluded, all", "non-repeat", "p99.5", "bytes"] {
        assert!(table.contains(part), "{part} is missing in\n{table}");
    }
    assert_eq!(table.matches("behind each item").count(), 2);
}

#[test]
fn durations_have_one_decimal() {
    assert_eq!(micros(12_345), "12.3 us");
    assert_eq!(micros(999), "0.9 us");
    assert_eq!(millis(12_345_678), "12.3 ms");
}
