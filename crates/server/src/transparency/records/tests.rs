//! The spelling of records is part of what was committed to: it must not change.

use domain::time::Timestamp;
use personal::evidence::{DecidedBy, Lasting, RecordState};
use personal::feature::{Feature, Features};
use personal::keeping::Keep;
use personal::kinds::{ConsentEvidence, OwnRead, StaffRead};
use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals};

use super::{
    of_answered, of_change, of_consent, of_key, of_look, of_model, of_order, of_policy, of_start,
};
use crate::documents::{Author, Format, Key, Text, Version};
use crate::transparency::LogError;

const AT: Timestamp = Timestamp::from_ms(1_772_366_400_000);

#[test]
fn a_consent_keeps_its_spelling() {
    let row = ConsentEvidence {
        version: 2,
        purpose: PurposeName::SharedLearning,
        state: RecordState::Given,
        at: AT,
        expires: AT.plus_ms(1),
        lasting: Lasting::Days,
        signals: Signals::NONE.with(Signal::Gpc),
        acknowledged: Signals::NONE,
        notice: vec![0xab, 0xcd],
        language: "de".to_owned(),
        law: "eu-1".to_owned(),
        law_digest: vec![1],
        place: "DE".to_owned(),
        how: "banner".to_owned(),
        decided_by: DecidedBy::Person,
        source: String::new(),
        on: Features::FIRST,
        off: Features::NONE,
        keep: None,
    };
    let text = String::from_utf8(of_consent(&row).unwrap()).unwrap();
    let expected = concat!(
        r#"{"format":"confidant-log-consent-v1","version":2,"purpose":"SharedLearning","#,
        r#""state":"given","at_ms":1772366400000,"expires_ms":1772366400001,"#,
        r#""lasts_for_the_visit":false,"signals":["gpc"],"acknowledged":[],"notice":"abcd","#,
        r#""language":"de","law":"eu-1","law_digest":"01","place":"DE","how":"banner","#,
        r#""decided_by":"person","source":""}"#
    );
    assert_eq!(text, expected);
    // Switches are committed to as well, and a row without them is spelled as it always was.
    let on = Features::NONE.with(Feature::PurchaseHistory);
    let switched = ConsentEvidence { state: RecordState::Switched, on, ..row.clone() };
    let text = String::from_utf8(of_consent(&switched).unwrap()).unwrap();
    let end = r#""source":"","features_on":["purchase_history"],"features_off":[]}"#;
    assert!(text.contains(r#""state":"switched""#) && text.ends_with(end), "{text}");
    let (state, keep) = (RecordState::Period, Some(Keep::Days(30)));
    let period = ConsentEvidence { state, keep, on: Features::NONE, ..row };
    let text = String::from_utf8(of_consent(&period).unwrap()).unwrap();
    let end = r#""source":"","keep_days":"30"}"#;
    assert!(text.contains(r#""state":"period""#) && text.ends_with(end), "{text}");
}

#[test]
fn a_look_keeps_its_spelling() {
    let text = |text: &str| text.to_owned();
    let (role, table, reason) = (text("support"), text("consent_evidence"), text("asked"));
    let row = StaffRead { at: AT, role, table, reason };
    let expected = concat!(
        r#"{"format":"confidant-log-look-v1","at_ms":1772366400000,"role":"support","#,
        r#""table":"consent_evidence","reason":"asked"}"#
    );
    assert_eq!(String::from_utf8(of_look(&row).unwrap()).unwrap(), expected);
}

#[test]
fn a_change_keeps_its_spelling() {
    let author = Author { role: "merchandiser".to_owned(), reason: "spring".to_owned() };
    let text = Some(Text { format: Format::Toml, text: "count = 5".to_owned() });
    let key = Key::parse("placement", "home").unwrap();
    let version = Version { key, version: 3, seq: 9, at_ms: 7, author, restored: None, text };
    let expected = concat!(
        r#"{"format":"confidant-log-change-v1","document":"placement home","version":3,"#,
        r#""at_ms":7,"role":"merchandiser","reason":"spring","#,
        r#""sha256":""#
    );
    let said = String::from_utf8(of_change(&version).unwrap()).unwrap();
    assert!(said.starts_with(expected), "{said}");
    assert!(said.contains(&version.text.unwrap().digest()));
}

#[test]
fn a_start_keeps_its_spelling() {
    let said = |settings| String::from_utf8(of_start(settings, &[], AT).unwrap()).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let front = r#"{"format":"confidant-log-start-v2","at_ms":1772366400000,"#;
    let front = format!(r#"{front}"program":"{version}","#);
    assert_eq!(said(None), format!("{front}\"law_packs\":{{}}}}"));
    let with = format!(r#"{front}"settings_sha256":"ab","law_packs":{{}}}}"#);
    assert_eq!(said(Some("ab")), with);
    let shipped = consent::law::shipped().unwrap().packs();
    let packs = String::from_utf8(of_start(None, shipped, AT).unwrap()).unwrap();
    for pack in shipped {
        assert!(packs.contains(&format!("{:?}:{:?}", pack.id, pack.digest)), "{}", pack.id);
    }
}

#[test]
fn what_the_shop_states_keeps_its_spelling() {
    let check = |made: Result<Vec<u8>, LogError>, expected: &str| {
        let said = String::from_utf8(made.unwrap()).unwrap();
        assert_eq!(said, expected.replace("NOW", "1772366400000"));
    };
    check(
        of_key("log", "in_use", "shop.example/log+00+AX", AT),
        r#"{"format":"confidant-log-key-v1","at_ms":NOW,"key":"log","event":"in_use","says":"shop.example/log+00+AX"}"#,
    );
    let packs = [("eu-1".to_owned(), "ab".to_owned())].into();
    check(
        of_policy(&packs, &[("record", "cd".to_owned())].into(), AT),
        r#"{"format":"confidant-log-policy-v1","at_ms":NOW,"law_packs":{"eu-1":"ab"},"notices":{"record":"cd"}}"#,
    );
    check(
        of_model("ab", "shipped", AT),
        r#"{"format":"confidant-log-model-v1","at_ms":NOW,"plan_sha256":"ab","from":"shipped"}"#,
    );
    let (why, how) = ("correction".to_owned(), "secret_key".to_owned());
    check(
        of_answered(&OwnRead { at: AT, why, how, rows: 3 }),
        r#"{"format":"confidant-log-answered-v1","at_ms":NOW,"what":"correction","how":"secret_key","rows":3}"#,
    );
    let order = serde_json::value::RawValue::from_string(r#"{"n": 1}"#.to_owned()).unwrap();
    check(
        of_order("shop.example/log", &order, AT),
        r#"{"format":"confidant-log-order-v1","shop":"shop.example/log","at_ms":NOW,"order":{"n": 1}}"#,
    );
}
