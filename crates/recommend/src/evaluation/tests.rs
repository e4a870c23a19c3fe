//! The protocol on sessions small enough to score by hand.

use domain::id::ItemId;
use domain::time::Timestamp;

use crate::evaluation::learned::Learned;
use crate::evaluation::methods::Method;
use crate::evaluation::rows::{Row, sessions};
use crate::evaluation::{
    Ears, EvaluationSettings, ListReport, Listed, MethodReport, Quality, Report, Session, evaluate,
};
use crate::linear::LinearSettings;
use crate::plan::Plan;
use crate::sequence::settings::TrainerSettings;

fn session(at: i64, items: &str) -> Session {
    let items = items.split(' ').map(|item| ItemId::parse(item).unwrap()).collect();
    Session { subject: None, at: Timestamp::from_ms(at * 1000), items }
}

fn report(
    train: &[Session],
    test: &[Session],
    plan: &Plan,
    settings: &EvaluationSettings,
) -> (Report, Vec<String>) {
    let learned = Learned::new(train, plan, &mut |_, _, _| ()).unwrap();
    let methods = Method::all(&learned, plan).unwrap();
    let (mut ticks, mut lines) = (0, Vec::new());
    let mut ears = Ears {
        clock: &mut || {
            ticks += 5;
            ticks
        },
        prediction: &mut |line| lines.push(line.to_owned()),
        watch: &mut |_, _, _| (),
    };
    let report = evaluate(&learned, &methods, test, settings, &mut ears);
    (report, lines)
}

/// What the scorer `vmis` alone reached.
fn run(train: &[Session], test: &[Session], listed: Listed) -> (Run, Vec<String>) {
    let predicts = "vmis".to_owned();
    let settings =
        EvaluationSettings { list_len: 2, listed, predicts, ..EvaluationSettings::default() };
    let (report, lines) = report(train, test, &Plan::shipped(), &settings);
    let vmis = report.methods.iter().find(|method| method.name == "vmis").unwrap().clone();
    (Run { report, vmis }, lines)
}

#[derive(Debug, PartialEq)]
struct Run {
    report: Report,
    vmis: MethodReport,
}

fn train() -> Vec<Session> {
    vec![session(1, "a b"), session(2, "a b c"), session(3, "b d"), session(4, "e f")]
}

#[test]
fn targets_are_counted_by_kind() {
    // Targets: b after a, b after b (a repeat), x after b (never seen).
    let (Run { report, vmis }, lines) =
        run(&train(), &[session(9, "a b b x"), session(9, "a")], Listed::CurrentExcluded);
    assert_eq!((report.train_sessions, report.train_items), (4, 6));
    assert_eq!((report.test_sessions, report.predictions, report.list_len), (1, 3, 2));
    assert_eq!((vmis.latency.p50_ns, vmis.latency.p99_5_ns), (5, 5));
    let ListReport { all, non_repeat, repeat, .. } = vmis.floors[0].current_excluded;
    assert_eq!((all.targets, all.hits), (3, 1));
    assert_eq!(
        non_repeat,
        Quality { targets: 2, hits: 1, hit_rate: 0.5, reciprocal_rank: 0.25 },
        "c, the rarest neighbor item, stands before b"
    );
    assert_eq!((repeat.targets, repeat.hits), (1, 0));
    assert_eq!(lines[0], "c,b;b,b,x;a");
    assert_eq!(lines.len(), 3, "one line per prediction, of floor 1 only");
    assert!(lines[2].ends_with(";x;b"));
}

#[test]
fn the_current_item_is_allowed_or_not() {
    let (Run { vmis, .. }, lines) = run(&train(), &[session(9, "e e")], Listed::CurrentAllowed);
    assert_eq!(lines, ["e,f;e;e"]);
    let floor = vmis.floors[0];
    assert_eq!(floor.current_allowed.repeat.targets, 1);
    assert_eq!((floor.current_allowed.repeat.hits, floor.current_excluded.repeat.hits), (1, 0));
    assert_eq!(floor.current_allowed.non_repeat.targets, 0);
}

#[test]
fn a_floor_of_two_asks_for_two_sessions() {
    let (Run { vmis, .. }, _) =
        run(&train(), &[session(9, "a b"), session(9, "e f")], Listed::CurrentExcluded);
    assert_eq!(vmis.floors[1].supporters_min, 2);
    assert_eq!(vmis.floors[0].current_excluded.all.hits, 2);
    assert_eq!(vmis.floors[1].current_excluded.all.hits, 1, "one session alone has e and f");
    assert_eq!(vmis.floors[1].current_excluded.empty_lists, 1);
    assert!(vmis.floors[1].current_excluded.coverage < vmis.floors[0].current_excluded.coverage);
}

#[test]
fn recall_looks_at_the_distinct_rest() {
    let (Run { vmis, .. }, _) = run(&train(), &[session(9, "a b c b")], Listed::CurrentExcluded);
    // After a: {b, c} both listed. After b: {c, b}, b is current. After c: {b}.
    let recall = vmis.floors[0].current_excluded.recall_rest;
    assert!((recall - (1.0 + 0.5 + 1.0) / 3.0).abs() < 1e-12, "{recall}");
}

#[test]
fn two_runs_are_bit_identical() {
    let test = [session(9, "a b c"), session(9, "d b a f")];
    let (one, other) = (
        run(&train(), &test, Listed::CurrentExcluded),
        run(&train(), &test, Listed::CurrentExcluded),
    );
    assert_eq!(one, other);
    let none = run(&[], &[], Listed::CurrentExcluded).0;
    assert_eq!((none.report.predictions, none.vmis.floors[0].current_allowed.coverage), (0, 0.0));
}

#[test]
fn every_model_of_a_plan_is_reported_and_the_same_twice() {
    let items = ["a", "b", "c", "d", "e", "f", "g"];
    let train: Vec<Session> = (0..60_usize)
        .map(|number| {
            let item = |step: usize| items[(number * 3 + step * step) % items.len()];
            let visit = [item(0), item(1), item(2)].join(" ");
            session(i64::try_from(number).unwrap(), &visit)
        })
        .collect();
    let sequence = TrainerSettings { width: 8, epochs: 2, ..TrainerSettings::default() };
    let linear = LinearSettings { voters_min: 1, ..LinearSettings::default() };
    let plan = Plan { sequence: Some(sequence), linear: Some(linear), ..Plan::shipped() };
    let settings = EvaluationSettings { list_len: 3, ..EvaluationSettings::default() };
    let test = [session(99, "a b d"), session(99, "c d g")];
    let (one, other) =
        (report(&train, &test, &plan, &settings).0, report(&train, &test, &plan, &settings).0);
    let names: Vec<&str> = one.methods.iter().map(|method| method.name.as_str()).collect();
    let expected = [
        "popular", "vmis", "vstan", "rules", "next", "together", "linear", "sequence", "varied",
        "blend",
    ];
    assert_eq!(names, expected);
    assert_eq!(one, other);
    for method in &one.methods {
        let floors = if method.name == "popular" || method.name == "sequence" { 1 } else { 2 };
        assert_eq!(method.floors.len(), floors, "{}", method.name);
        let ListReport { all, diversity, .. } = method.floors[0].current_allowed;
        assert_eq!(all.targets, 4);
        assert!((0.0..=1.0).contains(&diversity), "{}: {diversity}", method.name);
    }
}

#[test]
fn rows_become_sessions_in_order_of_time() {
    let row = |session: &str, item: &str, at| Row {
        session: session.to_owned(),
        subject: None,
        item: ItemId::parse(item).unwrap(),
        at: Timestamp::from_ms(at),
    };
    let rows = [row("2", "a", 9), row("1", "b", 5), row("2", "c", 3), row("2", "d", 9)];
    let expected = |at, items: &str| Session { at: Timestamp::from_ms(at), ..session(0, items) };
    assert_eq!(sessions(rows), [expected(5, "b"), expected(9, "c a d")]);
}
