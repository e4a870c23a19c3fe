//! A shop whose order matters is found to be one, people count once, and few people fit nothing.

use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;

use crate::evaluation::Session;
use crate::evaluation::learned::Learned;
use crate::evaluation::methods::Method;
use crate::evaluation::{Ears, EvaluationSettings, evaluate};
use crate::sequence::settings::TrainerSettings;
use crate::tune::{TuneError, TuneSettings, tune};

/// Visits that walk around a ring of items in one direction, with a side step now and then.
fn ring(count: u32, subject: impl Fn(u32) -> Option<Pseudonym>) -> Vec<Session> {
    let spread = |number: u32| number.wrapping_mul(2_654_435_761) >> 7;
    (0..count)
        .map(|number| {
            let start = spread(number);
            let item = |step: u32| {
                let aside = spread(number * 31 + step) % 5 == 0;
                let place = if aside { spread(step * 7 + number) } else { start + step };
                ItemId::parse(&format!("item-{:02}", place % 40)).unwrap()
            };
            let length = 3 + start % 4;
            Session {
                subject: subject(number),
                at: Timestamp::from_ms(i64::from(number) * 60_000),
                items: (0..length).map(item).collect(),
            }
        })
        .collect()
}

fn settings() -> TuneSettings {
    let sequence = TrainerSettings { width: 16, epochs: 3, ..TrainerSettings::default() };
    TuneSettings {
        search_choices_max: 100,
        choices_max: 600,
        sequence: Some(sequence),
        ..TuneSettings::default()
    }
}

#[test]
fn the_fitted_blend_is_the_same_twice_and_beats_what_it_is_made_of() {
    let sessions = ring(1_300, |_| None);
    let (train, test) = sessions.split_at(1_200);
    let mut stages = Vec::new();
    let mut watch = |stage: &'static str, done, all| {
        assert!(done <= all);
        if stages.last() != Some(&stage) {
            stages.push(stage);
        }
    };
    let tuned = tune(train, &settings(), &mut watch).unwrap();
    assert_eq!(tuned, tune(train, &settings(), &mut |_, _, _| ()).unwrap());
    assert_eq!((tuned.sessions, tuned.subjects), ((1_080, 120), 1_200));
    assert!(stages.contains(&"training the sequence model"), "{stages:?}");

    let learned = Learned::new(train, &tuned.plan, &mut |_, _, _| ()).unwrap();
    let methods = Method::all(&learned, &tuned.plan).unwrap();
    let mut ears = Ears { clock: &mut || 0, prediction: &mut |_| (), watch: &mut |_, _, _| () };
    let settings = EvaluationSettings { list_len: 3, ..EvaluationSettings::default() };
    let report = evaluate(&learned, &methods, test, &settings, &mut ears);
    let rank = |name: &str| {
        let method = report.methods.iter().find(|method| method.name == name).unwrap();
        method.floors[0].current_excluded.non_repeat.reciprocal_rank
    };
    assert!(rank("blend") > 0.6, "the ring is found: {}", rank("blend"));
    for name in ["vmis", "together", "popular"] {
        assert!(rank("blend") > rank(name), "{name}: {}", rank(name));
    }
}

#[test]
fn few_people_fit_nothing_however_many_sessions_they_have() {
    let person = |number: u32| Some(Pseudonym::from_bytes(u128::from(number % 999).to_be_bytes()));
    let refused = tune(&ring(2_000, person), &settings(), &mut |_, _, _| ());
    assert_eq!(refused, Err(TuneError::Few { found: 999, needed: 1_000 }));
    let never = ring(1_100, |_| None)
        .into_iter()
        .map(|one| Session { items: one.items.into_iter().take(1).collect(), ..one });
    let never: Vec<Session> = never.collect();
    assert_eq!(tune(&never, &settings(), &mut |_, _, _| ()), Err(TuneError::Nothing));
}
