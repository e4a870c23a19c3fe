//! The protocol on sessions small enough to score by hand.

use domain::id::ItemId;
use domain::time::Timestamp;

use crate::evaluation::rows::{Row, sessions};
use crate::evaluation::{
    EvaluationSettings, ListReport, Listed, Quality, Report, Session, evaluate,
};
use crate::settings::{SettingsError, VmisSettings};

fn session(at: i64, items: &str) -> Session {
    let items = items.split(' ').map(|item| ItemId::parse(item).unwrap()).collect();
    Session { subject: None, at: Timestamp::from_ms(at * 1000), items }
}

fn run(train: &[Session], test: &[Session], listed: Listed) -> (Report, Vec<String>) {
    let settings = EvaluationSettings { list_len: 2, listed, ..EvaluationSettings::default() };
    let (mut ticks, mut lines) = (0, Vec::new());
    let mut clock = || {
        ticks += 5;
        ticks
    };
    let mut keep = |line: &str| lines.push(line.to_owned());
    let report = evaluate(train, test, &settings, &mut clock, &mut keep).unwrap();
    (report, lines)
}

fn train() -> Vec<Session> {
    vec![session(1, "a b"), session(2, "a b c"), session(3, "b d"), session(4, "e f")]
}

#[test]
fn targets_are_counted_by_kind() {
    // Targets: b after a, b after b (a repeat), x after b (never seen).
    let (report, lines) =
        run(&train(), &[session(9, "a b b x"), session(9, "a")], Listed::CurrentExcluded);
    assert_eq!((report.train_sessions, report.train_items), (4, 6));
    assert_eq!((report.test_sessions, report.predictions, report.list_len), (1, 3, 2));
    assert_eq!((report.build_ns, report.latency.p50_ns, report.latency.p99_5_ns), (5, 5, 5));
    let ListReport { all, non_repeat, repeat, .. } = report.floors[0].current_excluded;
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
    let (report, lines) = run(&train(), &[session(9, "e e")], Listed::CurrentAllowed);
    assert_eq!(lines, ["e,f;e;e"]);
    let floor = report.floors[0];
    assert_eq!(floor.current_allowed.repeat.targets, 1);
    assert_eq!((floor.current_allowed.repeat.hits, floor.current_excluded.repeat.hits), (1, 0));
    assert_eq!(floor.current_allowed.non_repeat.targets, 0);
}

#[test]
fn a_floor_of_two_asks_for_two_sessions() {
    let (report, _) =
        run(&train(), &[session(9, "a b"), session(9, "e f")], Listed::CurrentExcluded);
    assert_eq!(report.floors[1].supporters_min, 2);
    assert_eq!(report.floors[0].current_excluded.all.hits, 2);
    assert_eq!(report.floors[1].current_excluded.all.hits, 1, "one session alone has e and f");
    assert_eq!(report.floors[1].current_excluded.empty_lists, 1);
    assert!(
        report.floors[1].current_excluded.coverage < report.floors[0].current_excluded.coverage
    );
}

#[test]
fn recall_looks_at_the_distinct_rest() {
    let (report, _) = run(&train(), &[session(9, "a b c b")], Listed::CurrentExcluded);
    // After a: {b, c} both listed. After b: {c, b}, b is current. After c: {b}.
    let recall = report.floors[0].current_excluded.recall_rest;
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
    assert_eq!((none.predictions, none.floors[0].current_allowed.coverage), (0, 0.0));
}

#[test]
fn settings_are_checked() {
    let vmis = VmisSettings { last_items_max: 0, ..VmisSettings::default() };
    let settings = EvaluationSettings { vmis, ..EvaluationSettings::default() };
    let report = evaluate(&[], &[], &settings, &mut || 0, &mut |_| ());
    assert_eq!(report, Err(SettingsError::LastItems));
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
