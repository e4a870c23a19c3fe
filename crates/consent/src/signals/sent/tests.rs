use domain::time::Timestamp;
use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals};
use proptest::prelude::{any, proptest};

use crate::signals::combine::combine;
use crate::signals::sent::{Reader, Sent, SentError, TEXT_BYTES_MAX};

const NOW: Timestamp = Timestamp::from_ms(1_790_000_000_000);

/// Which signals say no to marketing, and to learning.
#[track_caller]
fn check(text: &str, marketing: &[Signal], learning: &[Signal]) {
    let sent = Sent::read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let combined = combine(sent.statements(&Reader::default(), Some("US-CA"), NOW));
    let signals = combined.signals();
    let set = |list: &[Signal]| list.iter().fold(Signals::NONE, |all, one| all.with(*one));
    assert_eq!(signals.of(PurposeName::Marketing), set(marketing), "{text}");
    assert_eq!(signals.of(PurposeName::SharedLearning), set(learning), "{text}");
    assert_eq!(signals.of(PurposeName::OrderFulfilment), Signals::NONE, "{text}");
}

#[test]
fn each_member_is_read_by_its_own_codec() {
    check("{}", &[], &[]);
    check(r#"{"gpc":false,"tcf":null,"gpp":null,"shopify":null}"#, &[], &[]);
    check(r#"{"gpc":true}"#, &[Signal::Gpc], &[Signal::Gpc]);
    check(r#"{"us_privacy":"1YYN"}"#, &[Signal::UsPrivacy], &[Signal::UsPrivacy]);
    check(r#"{"us_privacy":"1YNN"}"#, &[], &[]);
    check(r#"{"consent_mode":{"ad_storage":"denied"}}"#, &[Signal::ConsentMode], &[]);
    check(r#"{"shopify":{"analytics":false,"marketing":true}}"#, &[], &[Signal::Shopify]);
    let both = r#"{"gpc":true,"shopify":{"marketing":false}}"#;
    check(both, &[Signal::Gpc, Signal::Shopify], &[Signal::Gpc]);
}

#[test]
fn defaults_of_other_regions_do_not_count() {
    let text = |region: &str| {
        format!(
            r#"{{"consent_mode":[["consent","default",
                {{"ad_storage":"denied","region":["{region}"]}}]]}}"#
        )
    };
    check(&text("US-CA"), &[Signal::ConsentMode], &[]);
    check(&text("ES"), &[], &[]);
}

#[test]
fn what_a_member_says_and_nobody_can_read_is_a_no() {
    check(r#"{"tcf":"not a string"}"#, &[Signal::Tcf], &[Signal::Tcf]);
    check(r#"{"gpp":""}"#, &[Signal::Gpp], &[Signal::Gpp]);
    check(r#"{"us_privacy":"2"}"#, &[Signal::UsPrivacy], &[Signal::UsPrivacy]);
    check(r#"{"consent_mode":7}"#, &[Signal::ConsentMode], &[Signal::ConsentMode]);
    check(r#"{"shopify":[]}"#, &[Signal::Shopify], &[Signal::Shopify]);
}

#[test]
fn the_object_itself_is_read_strictly() {
    for text in [
        "",
        "[]",
        "7",
        "{",
        r#"{"tfc":"C"}"#,
        r#"{"gpc":"1"}"#,
        r#"{"tcf":1}"#,
        r#"{"gpc":true,"gpc":false}"#,
        "{} {}",
    ] {
        assert!(matches!(Sent::read(text), Err(SentError::Malformed { .. })), "{text}");
    }
    let long = format!(r#"{{"tcf":"{}"}}"#, "C".repeat(TEXT_BYTES_MAX));
    assert!(matches!(Sent::read(&long), Err(SentError::TooLong { .. })));
    let printed = format!("{:?}", Sent::read(r#"{"tcf":"MARKER"}"#).unwrap());
    assert!(!printed.contains("MARKER"));
}

proptest! {
    #[test]
    fn no_text_panics_and_more_members_never_deny_less(tcf: String, gpp: String, us: String, gpc in any::<bool>()) {
        let text = |value: &str| serde_json::to_string(value).unwrap();
        let (tcf, gpp, us) = (text(&tcf), text(&gpp), text(&us));
        let few = format!(r#"{{"tcf":{tcf}}}"#);
        let many = format!(r#"{{"gpc":{gpc},"tcf":{tcf},"gpp":{gpp},"us_privacy":{us}}}"#);
        let signals = |text: &str| {
            let sent = Sent::read(text).unwrap();
            combine(sent.statements(&Reader::default(), None, NOW)).signals()
        };
        let (few, many) = (signals(&few), signals(&many));
        for purpose in PurposeName::ALL {
            assert_eq!(many.of(purpose).and(few.of(purpose)), many.of(purpose));
        }
    }
}
