//! The price of privacy on visits small enough to follow.

use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;

use super::{About, Crowd, Point, Price, PriceSettings, Series, price};
use crate::evaluation::Session;
use crate::plan::Plan;

fn session(subject: Option<u8>, at: i64, items: &str) -> Session {
    let items = items.split(' ').map(|item| ItemId::parse(item).unwrap()).collect();
    let subject = subject.map(|byte| Pseudonym::from_bytes([byte; 16]));
    Session { subject, at: Timestamp::from_ms(at * 1000), items }
}

fn settings() -> PriceSettings {
    PriceSettings { list_len: 1, ..PriceSettings::default() }
}

fn run(train: &[Session], test: &[Session], settings: &PriceSettings) -> Price {
    price(train, test, &Plan::shipped(), settings, &mut |_, _, _| ()).unwrap()
}

#[track_caller]
fn point<'a>(found: &'a Price, about: About, label: &str) -> &'a Point {
    let series: &Series = found.series.iter().find(|one| one.about == about).unwrap();
    series.points.iter().find(|one| one.label == label).unwrap()
}

/// Six people went from a to b, six from c to d, three from e to f, and all of them had p.
fn train() -> Vec<Session> {
    let pairs = [("p a b", 6), ("p c d", 6), ("p e f", 3)];
    let people = pairs.into_iter().flat_map(|(items, count)| (0..count).map(move |_| items));
    (1..).zip(people).map(|(who, items)| session(Some(who), i64::from(who), items)).collect()
}

#[test]
fn what_an_answer_may_know_decides_what_it_finds() {
    let test = [session(Some(1), 99, "a b")];
    let found = run(&train(), &test, &settings());
    let hits = |label: &str| point(&found, About::Tier, label).quality.hits;
    assert_eq!((hits("nothing"), hits("anonymous"), hits("visit")), (0, 1, 1));
    assert!((point(&found, About::Tier, "nothing").popular - 1.0).abs() < f64::EPSILON);
    assert!((point(&found, About::Tier, "visit").popular).abs() < f64::EPSILON);
    assert_eq!((found.people, found.with_history, found.named), (15, 1, true));
    // Popular items hit where that is what comes next.
    let found = run(&train(), &[session(None, 99, "a p")], &settings());
    assert_eq!(point(&found, About::Tier, "nothing").quality.hits, 1);
}

#[test]
fn history_is_asked_only_where_people_are_named() {
    let unnamed: Vec<Session> =
        train().into_iter().map(|one| Session { subject: None, ..one }).collect();
    let found = run(&unnamed, &[session(None, 99, "a b")], &settings());
    assert!(!found.named);
    assert_eq!((found.people, found.series[0].points.len()), (15, 3));
    // The item in view is new to everybody; only the earlier visit says something.
    let history = [train(), vec![session(Some(70), 50, "e")]].concat();
    let test = [session(Some(70), 99, "new f"), session(Some(71), 99, "new f")];
    let found = run(&history, &test, &PriceSettings { list_len: 2, ..settings() });
    let hits = |label: &str| point(&found, About::Tier, label).quality.hits;
    assert_eq!((hits("visit"), hits("history"), found.with_history), (0, 1, 1));
    // What happened later is no history.
    let later = [train(), vec![session(Some(70), 100, "e")]].concat();
    assert_eq!(run(&later, &test, &settings()).with_history, 0);
}

#[test]
fn below_the_floor_a_visitor_gets_popular_items() {
    let found = run(&train(), &[session(None, 99, "e f")], &settings());
    let of = |floor: &str| point(&found, About::Floor, floor);
    assert_eq!((of("3").quality.hits, of("5").quality.hits), (1, 0), "three people had f");
    // The three are behind p too, as far as neighbors of e go; as a popular item it has fifteen.
    assert_eq!((of("3").popular, of("5").popular, of("5").empty), (0.0, 1.0, 0.0));
    let few = [session(Some(1), 1, "x y"), session(Some(2), 2, "x y")];
    let found = run(&[train(), few.to_vec()].concat(), &[session(None, 99, "x y")], &settings());
    let of = |floor: &str| point(&found, About::Floor, floor);
    assert_eq!((of("2").quality.hits, of("2").popular), (1, 0.0));
    assert_eq!((of("3").quality.hits, of("3").popular), (0, 1.0));
    // Popular needs five people too.
    let found = run(&few, &[session(None, 99, "x y")], &settings());
    let third = point(&found, About::Floor, "3");
    assert_eq!((third.popular, third.empty), (0.0, 1.0));
}

#[test]
fn larger_shares_hold_the_smaller_ones() {
    let train: Vec<Session> =
        (0..=200).map(|who| session(Some(who / 2), i64::from(who), "a b")).collect();
    for seed in 0..4 {
        let crowd = Crowd::new(&train, seed);
        let mut before = Vec::new();
        for share in [1, 2, 5, 10, 20, 50, 100] {
            let [taken, others] = crowd.split(&train, share);
            assert_eq!(taken.len() + others.len(), train.len());
            assert!(before.iter().all(|one| taken.contains(one)), "{share} percent");
            // Whole people come, with all of their sessions.
            let mut people: Vec<_> = taken.iter().map(|one| one.subject).collect();
            people.dedup();
            assert_eq!(people.len(), (101 * usize::from(share)).div_ceil(100));
            before = taken;
        }
        assert_eq!(before, train);
    }
    let draws = |seed| Crowd::new(&train, seed).split(&train, 10);
    assert_eq!(draws(1), draws(1));
    assert_ne!(draws(1), draws(2));
}

#[test]
fn the_best_of_each_series_is_what_others_are_compared_with() {
    let test = [session(Some(1), 99, "a b"), session(Some(9), 99, "p c d d")];
    let found = run(&train(), &test, &settings());
    for series in &found.series {
        let best: Vec<&Point> =
            series.points.iter().filter(|point| point.against_best.is_none()).collect();
        assert_eq!(best.len(), 1, "{:?}", series.about);
        for other in &series.points {
            assert!(other.quality.hits <= best[0].quality.hits);
            assert_eq!(other.quality.targets, 3, "the repeat is no target");
            let below = other.against_best.map_or(0.0, |one| one.hit_rate.found);
            let expected = other.quality.hit_rate - best[0].quality.hit_rate;
            assert!((below - expected).abs() < 1e-12);
        }
    }
    let full = point(&found, About::Share, "100");
    assert_eq!(full.quality, point(&found, About::Tier, "visit").quality);
    assert_eq!(full.quality, point(&found, About::Floor, "2").quality);
    assert_eq!(found, run(&train(), &test, &settings()));
}

#[test]
fn nothing_to_learn_and_nothing_to_predict_is_no_error() {
    let found = run(&[], &[], &settings());
    assert_eq!((found.people, found.test_sessions, found.named), (0, 0, false));
    assert!(found.series.iter().flat_map(|one| &one.points).all(|one| one.quality.targets == 0));
}
