use domain::id::ItemId;
use domain::time::Timestamp;
use recommend::evaluation::learned::Learned;
use recommend::evaluation::methods::Method;
use recommend::evaluation::{Ears, EvaluationSettings, Latency, Report, Session, evaluate};
use recommend::plan::Plan;

use super::{compared, comparisons, digest_of, micros, millis, table};

fn session(items: &[&str]) -> Session {
    let items = items.iter().map(|item| ItemId::parse(item).unwrap()).collect();
    Session { subject: None, at: Timestamp::from_ms(1), items }
}

fn run(train: &[Session], test: &[Session], tick: u64) -> Report {
    let plan = Plan::shipped();
    let learned = Learned::new(train, &plan, &mut |_, _, _| ()).unwrap();
    let methods = Method::all(&learned, &plan).unwrap();
    let mut now = 0;
    let mut ears = Ears {
        clock: &mut || {
            now += tick;
            now
        },
        prediction: &mut |_| (),
        watch: &mut |_, _, _| (),
    };
    evaluate(&learned, &methods, test, &EvaluationSettings::default(), &mut ears)
}

#[test]
fn the_digest_leaves_out_times_and_nothing_else() {
    let train = [session(&["a", "b"]), session(&["a", "c"])];
    let test = [session(&["a", "b"])];
    let (once, again) = (run(&train, &test, 1), run(&train, &test, 7));
    assert_ne!(once.methods[0].latency, Latency::default());
    assert_ne!(once, again);
    assert_eq!(digest_of(std::slice::from_ref(&once)).unwrap(), digest_of(&[again]).unwrap());
    let other = run(&train, &[session(&["a", "c"]), session(&["b", "a"])], 1);
    assert_ne!(digest_of(&[once]).unwrap(), digest_of(&[other]).unwrap());
}

#[test]
fn the_table_names_every_method_and_floor() {
    let train = [session(&["a", "b"]), session(&["a", "b"])];
    let report = run(&train, &train, 5);
    let text = table(&report);
    for part in [
        "HR@20",
        "MRR@20",
        "excluded",
        "non-repeat",
        "p99.5",
        "bytes",
        "vstan",
        "varied",
        "diverse",
        "blend",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert_eq!(text.matches("behind each item").count(), 2);
    let compared = compared(&[report]);
    assert_eq!(compared.len(), 7, "every method but the blend");
    assert!(comparisons(&compared).contains("popular"));
}

#[test]
fn durations_have_one_decimal() {
    assert_eq!(micros(12_345), "12.3 us");
    assert_eq!(micros(999), "0.9 us");
    assert_eq!(millis(12_345_678), "12.3 ms");
}
