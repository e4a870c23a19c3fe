use consent::law::law_for;
use consent::law::laws::Laws;
use domain::date::day;
use domain::time::{DAY_MS, Timestamp};

use super::{Board, Broken, Last, Run, RunError, packs_of, visitor};

fn run() -> Run {
    Run {
        run: "0123456789abcdef".to_owned(),
        how: "daily".to_owned(),
        packs: Vec::new(),
        ways: vec!["gpc".to_owned()],
        visitors: vec!["confidant-canary-0123-us-ca-gpc".to_owned()],
        opened: 0,
        quiet: 1,
        failures: Vec::new(),
    }
}

#[test]
fn only_invented_names_are_visitors() {
    for name in ["confidant-canary-a", "confidant-canary-0123-us-ca-gpc"] {
        assert!(visitor(name).is_some(), "{name}");
    }
    for name in ["anna", "confidant-canary-", "confidant-canary-Anna", "xconfidant-canary-a", ""] {
        assert!(visitor(name).is_none(), "{name}");
    }
}

#[test]
fn a_run_is_checked_before_it_is_kept() {
    assert!(run().checked().is_ok());
    let named = Run { visitors: vec!["anna".to_owned()], ..run() };
    assert_eq!(named.checked().err(), Some(RunError::NotInvented));
    for wrong in [
        Run { run: "0123".to_owned(), ..run() },
        Run { run: "0123456789abcdeF".to_owned(), ..run() },
        Run { how: "x".repeat(301), ..run() },
        Run { visitors: vec!["confidant-canary-a".to_owned(); 1_001], ..run() },
    ] {
        assert_eq!(wrong.checked().err(), Some(RunError::Malformed));
    }
    let what = Broken { place: "DE".to_owned(), way: "gpc".to_owned(), what: "x".to_owned() };
    let failed = Run { failures: vec![what], ..run() };
    let now = Timestamp::from_ms(20_000 * DAY_MS);
    let cut = Run { ways: Vec::new(), ..run() };
    let words = [run(), failed, cut].map(|run| run.kept(now).outcome);
    assert_eq!(words, ["held", "failed", "cut_short"]);
}

#[test]
fn every_pack_in_force_has_a_place_where_it_counts() {
    let today = day(2026, 11, 22);
    let packs = packs_of(&Laws::of_the_program(), today);
    assert!(packs.len() > 20);
    for (pack, place) in packs {
        assert_eq!(law_for(Some(&place), today).id, pack.id, "{place}");
    }
}

#[test]
fn the_last_run_in_one_word() {
    let (board, at) = (Board::default(), Timestamp::from_ms(20_000 * DAY_MS));
    assert_eq!(board.word(at), "never_played");
    board.set(Last { at, held: true });
    assert_eq!(board.word(at.plus_ms(DAY_MS)), "held");
    assert_eq!(board.word(at.plus_ms(3 * DAY_MS)), "overdue");
    board.set(Last { at, held: false });
    assert_eq!(board.word(at), "failed");
}
