//! One decision of the gate, counted in instructions; see the crate `recommend` for the method.

#![cfg(test)]

use std::ffi::OsString;
use std::hint::black_box;
use std::process::Command;

use domain::id::Pseudonym;
use domain::time::Timestamp;
use personal::feature::Switches;
use personal::gate::{Age, Choice, ChoiceState, Choices, Facts, Law, Regime, decide};
use personal::permit::ConsentVersion;
use personal::purpose::{LawfulBasis, Personalization, PurposeName};
use personal::signal::{Signal, Signals};
use personal::subject::SubjectRef;

/// How many decisions are counted.
const TURNS: u32 = 1_000;
/// Per cent by which a count may differ from the recorded one.
const TOLERANCE: u64 = 15;
/// What `cargo xtask test` found.
const VALGRIND: &str = "CONFIDANT_VALGRIND";
const NOW: Timestamp = Timestamp::from_ms(1_795_000_000_000);
const GPC: Signals = Signals::NONE.with(Signal::Gpc);

fn record() -> Choices {
    let mut choices = Choices { version: ConsentVersion::from_number(3), ..Choices::default() };
    let consent = PurposeName::ALL.into_iter().filter(|one| one.basis() == LawfulBasis::Consent);
    for purpose in consent {
        let (at, expires) = (NOW.plus_ms(-1_000), NOW.plus_ms(86_400_000));
        let choice = Choice { state: ChoiceState::Given, at, expires, acknowledged: GPC };
        choices.by_purpose.insert(purpose, choice);
    }
    let at = NOW.plus_ms(-1_000);
    choices.features = Switches::covered(PurposeName::Personalization, at);
    choices
}

#[inline(never)]
fn counted_decisions(choices: &Choices) -> u32 {
    let law = Law { regime: Regime::OptOut, choice_outranks_signal: true, child_directed: false };
    let facts = Facts {
        subject: SubjectRef::from_bytes([1; 16]),
        pseudonym: Pseudonym::from_bytes([2; 16]),
        choices: Some(choices),
        signals: GPC,
        law,
        age: Age::Adult,
    };
    let mut permits = 0;
    for _ in 0..TURNS {
        let permit = black_box(decide::<Personalization>(black_box(&facts), black_box(NOW)));
        permits += u32::from(permit.is_ok());
    }
    permits
}

#[test]
fn workload() {
    assert_eq!(counted_decisions(&record()), TURNS);
}

#[test]
fn a_decision_takes_as_many_instructions_as_recorded() {
    let valgrind = std::env::var_os(VALGRIND).unwrap_or_else(|| OsString::from("valgrind"));
    let output = Command::new(valgrind)
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg("--toggle-collect=*counted_decisions*")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "workload", "--test-threads=1"])
        .output()
        .expect("valgrind does not start; run `cargo xtask test`, which installs it");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    let count = text.lines().find_map(|line| line.split_once("Collected :"));
    let (_, count) = count.unwrap_or_else(|| panic!("callgrind counted nothing: {text}"));
    let each = count.trim().parse::<u64>().unwrap() / u64::from(TURNS);
    let recorded = 340;
    let range = recorded - recorded * TOLERANCE / 100..=recorded + recorded * TOLERANCE / 100;
    assert!(range.contains(&each), "{each} instructions each, recorded are {recorded}");
}
