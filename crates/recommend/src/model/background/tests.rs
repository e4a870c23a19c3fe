//! Models of the background answer only while nobody in them was unlearned.

use domain::time::Timestamp;

use crate::linear::LinearSettings;
use crate::model::Model;
use crate::plan::Plan;
use crate::sequence::settings::TrainerSettings;
use crate::settings::Settings;
use crate::small_shop::{ITEMS, Visit, id, item, key, learn, person};

fn planned() -> Model {
    let sequence = TrainerSettings { width: 8, epochs: 1, ..TrainerSettings::default() };
    let linear = LinearSettings { voters_min: 1, ..LinearSettings::default() };
    let plan = Plan { sequence: Some(sequence), linear: Some(linear), ..Plan::shipped() };
    let settings = Settings { supporters_min: 1, ..Settings::default() };
    let mut model = Model::with_plan(settings, plan).unwrap();
    for number in 0..ITEMS {
        model.declare(&item(number));
    }
    for number in 0..20_u8 {
        let items = vec![number % 8, (number + 1) % 8, (number * 3) % 8];
        learn(&mut model, &visit(number, number % 5 + 1, items));
    }
    model
}

fn visit(key: u8, person: u8, items: Vec<u8>) -> Visit {
    Visit { key, person, hour: u32::from(key), items }
}

fn hours(hours: i64) -> Timestamp {
    Timestamp::from_ms(hours * 3_600_000)
}

/// Trains on the sessions up to an hour; `meanwhile` happens while that goes on.
fn train(model: &mut Model, to: i64, meanwhile: impl FnOnce(&mut Model)) -> bool {
    model.announce(hours(0), hours(to));
    let lesson = model.lesson().unwrap();
    let mut training = lesson.begin().unwrap();
    while training.step() {}
    meanwhile(model);
    model.adopt(training.finish())
}

#[test]
fn an_unlearned_session_ends_the_sequence_model_that_was_trained_on_it() {
    let mut model = planned();
    assert!(train(&mut model, 10, |_| ()));
    let weights = model.sequence().unwrap().weights().to_bytes();
    model.unlearn_session(&key(15));
    assert!(model.sequence().is_some(), "that session came after the training");
    model.unlearn_session(&key(3));
    assert!(model.sequence().is_none());
    assert!(train(&mut model, 10, |_| ()));
    assert_ne!(model.sequence().unwrap().weights().to_bytes(), weights);
    model.unlearn_subject(person(2).unwrap());
    assert!(model.sequence().is_none());
}

#[test]
fn a_training_that_loses_a_session_is_refused() {
    let mut model = planned();
    assert!(!train(&mut model, 10, |model| {
        model.unlearn_session(&key(3));
    }));
    assert!(model.sequence().is_none());
    assert!(train(&mut model, 10, |model| {
        model.unlearn_session(&key(19));
    }));
    let other = visit(3, 1, vec![1, 2]);
    assert!(!train(&mut model, 10, Model::clear));
    learn(&mut model, &other);
    model.announce(hours(11), hours(12));
    assert!(model.lesson().is_none(), "nothing happened then");
}

#[test]
fn trained_again_without_a_person_is_as_if_never_met() {
    let (mut met, mut never) = (planned(), planned());
    met.unlearn_subject(person(4).unwrap());
    never.clear();
    for number in 0..ITEMS {
        never.declare(&item(number));
    }
    for number in (0..20_u8).filter(|number| number % 5 + 1 != 4) {
        let items = vec![number % 8, (number + 1) % 8, (number * 3) % 8];
        learn(&mut never, &visit(number, number % 5 + 1, items));
    }
    assert_eq!(met.canonical_bytes(), never.canonical_bytes());
    assert!(train(&mut met, 99, |_| ()) && train(&mut never, 99, |_| ()));
    let bytes = |model: &Model| model.sequence().unwrap().weights().to_bytes();
    assert_eq!(bytes(&met), bytes(&never));
    let solve = |model: &mut Model| {
        let mut solver = model.solver().unwrap();
        while solver.step().unwrap() {}
        assert!(model.adopt_solution(solver.finish().unwrap()));
    };
    solve(&mut met);
    solve(&mut never);
    assert_eq!(
        met.linear().unwrap().solved().is_some(),
        never.linear().unwrap().solved().is_some()
    );
    met.unlearn_session(&key(0));
    assert!(met.linear().unwrap().solved().is_none(), "a session left the solution");
}

#[test]
fn a_sensitive_item_ends_every_model_that_saw_it() {
    let mut model = planned();
    assert!(train(&mut model, 99, |_| ()));
    let mut sensitive = item(1);
    sensitive.sensitive = true;
    model.declare(&sensitive);
    assert!(model.sequence().is_none());
    assert!(train(&mut model, 99, |_| ()));
    model.withdraw(&id(2));
    let trained = model.sequence().unwrap();
    let known = (0..ITEMS).filter_map(|number| model.items().number(&id(number)));
    assert_eq!(known.filter(|item| trained.number(*item).is_some()).count(), 6);
}
