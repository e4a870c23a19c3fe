//! Differential test against `@iabtechlabtcf/core`, the reference codec of the IAB, in Node.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use consent::tcf::TcString;
use consent::tcf::decode::decode;
use consent::tcf::error::{Problem, TcError};
use consent::tcf::restrictions::RestrictionKind;
use consent::tcf::sets::{IdSet, VendorId, VendorSet};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::models::{damaged, model, text};

/// Models that both codecs write and read.
const MODELS: usize = 3_000;
/// Strings that came to harm, which both codecs read or refuse.
const DAMAGED: usize = 3_000;

/// Where the reference codec is installed.
fn modules() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/tests/node/node_modules");
    let folder = std::env::var_os("CONFIDANT_NODE_MODULES").map_or(own, PathBuf::from);
    assert!(
        folder.join("@iabtechlabtcf/core").exists(),
        "the reference codec is not installed; `cargo xtask test` does it"
    );
    folder
}

/// What the reference codec says to each question.
fn ask(questions: &[Value]) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tcf/reference.mjs");
    let mut node = Command::new("node")
        .arg(script)
        .env("CONFIDANT_NODE_MODULES", modules())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs; `cargo xtask test` installs it");
    // The script reads all questions before it answers the first, so nobody waits for the other.
    let lines: String = questions.iter().map(|question| format!("{question}\n")).collect();
    node.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> =
        answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), questions.len());
    answers
}

/// The same values in every run.
fn generated<T: std::fmt::Debug>(strategy: &impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

fn ranges(vendors: &VendorSet) -> Value {
    vendors.ranges().map(|range| json!([range.first.get(), range.last.get()])).collect()
}

fn ids<const WIDTH_BITS: u32>(set: IdSet<WIDTH_BITS>) -> Value {
    let vendors: Option<VendorSet> = set.iter().map(|id| VendorId::new(id.into())).collect();
    ranges(&vendors.unwrap())
}

/// The model as the reference codec shows its own. It cannot say that a segment is missing, and
/// forgets restrictions of no vendor.
fn shown(string: &TcString) -> Value {
    let core = &string.core;
    let none = VendorSet::new();
    let restrictions = core.restrictions.iter().filter(|(_, _, vendors)| !vendors.is_empty());
    let restrictions: Value = restrictions
        .map(|(purpose, kind, vendors)| json!([purpose, kind.code(), ranges(vendors)]))
        .collect();
    let publisher = string.publisher.unwrap_or_default();
    json!({
        "created": core.created.get(),
        "lastUpdated": core.last_updated.get(),
        "cmp": [core.cmp_id, core.cmp_version, core.consent_screen],
        "consentLanguage": core.consent_language.as_str(),
        "vendorListVersion": core.vendor_list_version,
        "policyVersion": core.policy_version,
        "flags": [
            core.is_service_specific, core.use_non_standard_texts, core.purpose_one_treatment,
        ],
        "specialFeatures": ids(core.special_feature_opt_ins),
        "purposesConsent": ids(core.purposes_consent),
        "purposesLi": ids(core.purposes_li_transparency),
        "publisherCountry": core.publisher_cc.as_str(),
        "vendorConsents": ranges(&core.vendor_consents),
        "vendorLi": ranges(&core.vendor_li),
        "restrictions": restrictions,
        "disclosed": ranges(string.disclosed_vendors.as_ref().unwrap_or(&none)),
        "allowed": ranges(string.allowed_vendors.as_ref().unwrap_or(&none)),
        "publisher": {
            "purposesConsent": ids(publisher.purposes_consent),
            "purposesLi": ids(publisher.purposes_li_transparency),
            "customPurposes": publisher.custom_purposes,
            "customConsent": ids(publisher.custom_consent),
            "customLi": ids(publisher.custom_li_transparency),
        },
    })
}

fn segments(string: &TcString) -> Vec<&'static str> {
    let mut names = vec!["CORE"];
    names.extend(string.disclosed_vendors.as_ref().map(|_| "VENDORS_DISCLOSED"));
    names.extend(string.allowed_vendors.as_ref().map(|_| "VENDORS_ALLOWED"));
    names.extend(string.publisher.map(|_| "PUBLISHER_TC"));
    names
}

#[test]
fn both_codecs_read_what_the_other_writes() {
    let models = generated(&model(), MODELS);
    let texts: Vec<String> = models.iter().map(text).collect();
    let questions: Vec<Value> = models
        .iter()
        .zip(&texts)
        .map(|(model, text)| {
            json!({ "text": text, "model": shown(model), "segments": segments(model) })
        })
        .collect();
    for (answer, (model, text)) in ask(&questions).iter().zip(models.iter().zip(&texts)) {
        assert_eq!(answer["read"], shown(model), "{text}: {}", answer["refused"]);
        let theirs = answer["written"].as_str().unwrap();
        assert_eq!(decode(theirs).as_ref(), Ok(model), "{theirs}");
        assert!(text.len() <= theirs.len(), "ours is longer: {text} {theirs}");
    }
}

/// Whether we refuse on purpose what the reference codec reads as something.
fn is_stricter(error: &TcError) -> bool {
    match error {
        TcError::Field { problem, .. } => matches!(
            problem,
            Problem::Letter
                | Problem::VendorZero
                | Problem::RangeReversed
                | Problem::BeyondMax
                | Problem::Trailing
        ),
        TcError::Version { .. } | TcError::Repeated { .. } => true,
        TcError::TooLong { .. }
        | TcError::TooManySegments
        | TcError::EmptySegment { .. }
        | TcError::Character { .. } => false,
    }
}

/// Whether we read on purpose what the reference codec refuses; `validate` judges it.
fn is_wider(string: &TcString) -> bool {
    let undefined =
        |(purpose, kind, _): (u8, _, _)| purpose == 0 || kind == RestrictionKind::Undefined;
    string.core.cmp_id < 2
        || !string.unknown_segments.is_empty()
        || string.core.restrictions.iter().any(undefined)
}

#[test]
fn damaged_strings_mean_the_same_or_are_refused() {
    let texts = generated(&damaged(), DAMAGED);
    let questions: Vec<Value> = texts.iter().map(|text| json!({ "text": text })).collect();
    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    for (answer, text) in ask(&questions).iter().zip(&texts) {
        let is_read = answer["refused"].is_null();
        let outcome = match decode(text) {
            Ok(string) if !string.unknown_segments.is_empty() => "unknown segments",
            Ok(string) if is_read => {
                assert_eq!(answer["read"], shown(&string), "{text}");
                "both read the same"
            }
            Ok(string) => {
                assert!(is_wider(&string), "{text}: {}", answer["refused"]);
                "only ours reads"
            }
            Err(error) if is_read => {
                assert!(is_stricter(&error), "{text}: {error}");
                "only theirs reads"
            }
            Err(_) => "both refuse",
        };
        *outcomes.entry(outcome).or_default() += 1;
    }
    let read = outcomes.get("both read the same").copied().unwrap_or(0);
    assert!(read * 4 > DAMAGED, "too few strings were compared: {outcomes:?}");
    println!("{outcomes:?}");
}
