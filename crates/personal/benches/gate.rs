//! What one decision of the gate costs, with a warm record: the choices are in memory.
//!
//! The person has answered every purpose that rests on consent, under a law where a later yes
//! outranks a signal that was acknowledged, and sends Global Privacy Control.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use domain::id::Pseudonym;
use domain::time::Timestamp;
use personal::feature::Switches;
use personal::gate::{Age, Choice, ChoiceState, Choices, Facts, Law, Regime, decide};
use personal::permit::ConsentVersion;
use personal::purpose::{LawfulBasis, Personalization, PurposeName, SharedLearning};
use personal::signal::{Signal, Signals};
use personal::subject::SubjectRef;

const NOW: Timestamp = Timestamp::from_ms(1_795_000_000_000);
const GPC: Signals = Signals::NONE.with(Signal::Gpc);
const LAW: Law =
    Law { regime: Regime::OptOut, choice_outranks_signal: true, child_directed: false };

/// Yes to everything; to everything but one purpose with the signal acknowledged.
fn record() -> Choices {
    let mut choices = Choices { version: ConsentVersion::from_number(3), ..Choices::default() };
    let consent = PurposeName::ALL.into_iter().filter(|one| one.basis() == LawfulBasis::Consent);
    for purpose in consent {
        let told = purpose != PurposeName::SharedLearning;
        let acknowledged = if told { GPC } else { Signals::NONE };
        let at = NOW.plus_ms(-1_000);
        let expires = NOW.plus_ms(86_400_000);
        let choice = Choice { state: ChoiceState::Given, at, expires, acknowledged };
        choices.by_purpose.insert(purpose, choice);
    }
    let at = NOW.plus_ms(-1_000);
    choices.features = Switches::covered(PurposeName::Personalization, at);
    choices
}

fn facts(choices: Option<&Choices>) -> Facts<'_> {
    Facts {
        subject: SubjectRef::from_bytes([1; 16]),
        pseudonym: Pseudonym::from_bytes([2; 16]),
        choices,
        signals: GPC,
        law: LAW,
        age: Age::Adult,
    }
}

fn decisions(criterion: &mut Criterion) {
    let choices = record();
    let warm = facts(Some(&choices));
    assert!(decide::<Personalization>(&warm, NOW).is_ok());
    assert!(decide::<SharedLearning>(&warm, NOW).is_err());
    criterion.bench_function("decide: a permit, over an acknowledged signal", |bencher| {
        bencher.iter(|| decide::<Personalization>(black_box(&warm), black_box(NOW)));
    });
    criterion.bench_function("decide: a refusal by a signal", |bencher| {
        bencher.iter(|| decide::<SharedLearning>(black_box(&warm), black_box(NOW)));
    });
    let nobody = facts(None);
    criterion.bench_function("decide: nothing on record", |bencher| {
        bencher.iter(|| decide::<Personalization>(black_box(&nobody), black_box(NOW)));
    });
    criterion.bench_function("decide, and open the permit", |bencher| {
        bencher.iter(|| {
            let permit = decide::<Personalization>(black_box(&warm), black_box(NOW)).ok()?;
            permit.open(black_box(NOW), choices.version).ok()
        });
    });
}

criterion_group!(benches, decisions);
criterion_main!(benches);
