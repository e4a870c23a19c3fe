use personal::evidence::{DecidedBy, Lasting};
use personal::feature::{Feature, Features};
use personal::keeping::Keep;
use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals};
use personal::subject::{BrowserId, CustomerId, Subject};
use proptest::prelude::{any, prop, proptest};

use crate::request::{BODY_BYTES_MAX, CONSENT_DAYS_MAX, ChoiceRequest, RequestError};

const DIGEST: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const BROWSER: &str = "00112233445566778899aabbccddeeff";

fn with_notice(rest: &str) -> String {
    format!(
        r#"{{"choices":{{"Personalization":true}},"notice":{{"digest":"{DIGEST}","language":"en"}}{rest}}}"#
    )
}

fn parse(body: &str) -> Result<ChoiceRequest, RequestError> {
    ChoiceRequest::parse(body.as_bytes())
}

#[test]
fn a_full_body_is_read() {
    let body = format!(
        r#"{{"browser":"{BROWSER}","customer":null,
            "choices":{{"Personalization":true,"SharedLearning":false}},
            "notice":{{"digest":"{DIGEST}","language":"pt-BR"}},
            "acknowledged_signals":["gpc"],"for_days":30,"how":"banner"}}"#
    );
    let request = parse(&body).unwrap();
    assert_eq!(request.subject, BrowserId::parse(BROWSER).ok().map(Subject::Browser));
    let choices: Vec<_> = request.choices.into_iter().collect();
    assert_eq!(
        choices,
        [(PurposeName::Personalization, true), (PurposeName::SharedLearning, false)]
    );
    let notice = request.notice.unwrap();
    assert_eq!((notice.digest[1], notice.language.as_str()), (0x11, "pt-BR"));
    assert_eq!(request.acknowledged, Signals::NONE.with(Signal::Gpc));
    assert_eq!((request.for_days, request.how.as_str()), (30, "banner"));
}

#[test]
fn what_is_left_out_has_a_protective_meaning() {
    let request = parse(&with_notice("")).unwrap();
    assert_eq!(request.subject, None);
    assert_eq!(request.acknowledged, Signals::NONE);
    assert_eq!((request.for_days, request.how.as_str()), (CONSENT_DAYS_MAX, "unsaid"));
    let no = parse(r#"{"browser":null,"choices":{"Marketing":false}}"#).unwrap();
    assert_eq!(no.notice, None, "a no needs no notice");
    let customer = parse(r#"{"customer":"c-1","choices":{"Marketing":false}}"#).unwrap();
    assert_eq!(customer.subject, CustomerId::parse("c-1").ok().map(Subject::Customer));
}

#[test]
fn a_period_is_days_or_null_for_as_long_as_declared() {
    let body = r#"{"keep_days":{"Personalization":30,"SharedLearning":null}}"#;
    let keep: Vec<_> = parse(body).unwrap().keep.into_iter().collect();
    let (own, declared) = (Keep::Days(30), Keep::Declared);
    assert_eq!(
        keep,
        [(PurposeName::Personalization, own), (PurposeName::SharedLearning, declared)]
    );
    for days in ["1", "396"] {
        let body = format!(r#"{{"keep_days":{{"Personalization":{days}}}}}"#);
        assert_eq!(parse(&body), Err(RequestError::KeepDays));
    }
    assert_eq!(parse(r#"{"keep_days":{"All":30}}"#), Err(RequestError::UnknownPurpose));
    assert_eq!(parse(r#"{"keep_days":{}}"#), Err(RequestError::NoChoice));
    let both = r#"{"end_visit":true,"keep_days":{"Personalization":30}}"#;
    assert_eq!(parse(both), Err(RequestError::EndVisit));
    let stranger = parse(r#"{"stranger":true}"#).unwrap();
    assert_eq!((stranger.stranger, stranger.end_visit), (Some(true), false));
    for more in [r#""end_visit":true"#, r#""choices":{"Marketing":false}"#] {
        let body = format!(r#"{{"stranger":false,{more}}}"#);
        assert_eq!(parse(&body), Err(RequestError::EndVisit));
    }
    for days in ["-1", "30.5", "\"30\"", "70000", r#"30,"Personalization":40"#] {
        let body = format!(r#"{{"keep_days":{{"Personalization":{days}}}}}"#);
        assert!(matches!(parse(&body), Err(RequestError::Malformed { .. })), "{days}");
    }
}

#[test]
fn a_yes_may_be_for_a_visit_or_by_a_parent() {
    let visit = parse(&with_notice(r#","for":"visit""#)).unwrap();
    assert_eq!((visit.lasting, visit.decided_by), (Lasting::Visit, DecidedBy::Person));
    let parent = parse(&with_notice(r#","decided_by":"parent""#)).unwrap();
    assert_eq!((parent.lasting, parent.decided_by), (Lasting::Days, DecidedBy::Parent));
    refused(&with_notice(r#","for":"visit","for_days":3"#), RequestError::Visit);
    refused(&with_notice(r#","for":"ever""#), RequestError::Visit);
    let end = parse(&format!(r#"{{"browser":"{BROWSER}","end_visit":true}}"#)).unwrap();
    assert!(end.end_visit && end.choices.is_empty());
    refused(&with_notice(r#","end_visit":true"#), RequestError::EndVisit);
    refused(&with_notice(r#","decided_by":"shop""#), RequestError::DecidedBy);
}

#[track_caller]
fn refused(body: &str, expected: RequestError) {
    assert_eq!(parse(body), Err(expected), "{body}");
}

#[test]
fn what_is_wrong_is_refused_by_name() {
    refused(&with_notice(r#","browser":"XY""#), RequestError::Browser);
    refused(&with_notice(r#","customer":"""#), RequestError::Customer);
    let both = format!(r#","customer":"c","browser":"{BROWSER}""#);
    refused(&with_notice(&both), RequestError::TwoSubjects);
    refused(&with_notice(r#","acknowledged_signals":["dnt"]"#), RequestError::UnknownSignal);
    refused(&with_notice(r#","for_days":0"#), RequestError::Days);
    refused(&with_notice(r#","for_days":396"#), RequestError::Days);
    refused(&with_notice(r#","how":"""#), RequestError::How);
    refused(&with_notice(r#","how":"ban\nner""#), RequestError::How);
    refused(&with_notice(&format!(r#","how":"{}""#, "h".repeat(65))), RequestError::How);
    refused(r#"{"choices":{}}"#, RequestError::NoChoice);
    refused(r#"{"features":{}}"#, RequestError::NoChoice);
    refused(r#"{"features":{"purchase_history":true}}"#, RequestError::NoNotice);
    refused(r#"{"features":{"search":false}}"#, RequestError::UnknownFeature);
    refused(
        r#"{"features":{"stated_preferences":false},"end_visit":true}"#,
        RequestError::EndVisit,
    );
    refused(r#"{"choices":{"Personalization":true}}"#, RequestError::NoNotice);
    refused(r#"{"choices":{"Everything":true}}"#, RequestError::UnknownPurpose);
    refused(r#"{"choices":{"personalization":false}}"#, RequestError::UnknownPurpose);
    let many: Vec<_> = (0..33).map(|n| format!(r#""p{n}":false"#)).collect();
    refused(&format!(r#"{{"choices":{{{}}}}}"#, many.join(",")), RequestError::TooManyChoices);
    let notice = |digest: &str, language: &str| {
        format!(
            r#"{{"choices":{{"Marketing":true}},"notice":{{"digest":"{digest}","language":"{language}"}}}}"#
        )
    };
    refused(&notice("00", "en"), RequestError::Digest);
    refused(&notice(&DIGEST.to_uppercase(), "en"), RequestError::Digest);
    refused(&notice(DIGEST, "e"), RequestError::Language);
    refused(&notice(DIGEST, "en_US"), RequestError::Language);
    refused(&notice(DIGEST, &"e".repeat(36)), RequestError::Language);
    let long = " ".repeat(BODY_BYTES_MAX + 1);
    refused(&long, RequestError::TooLong { bytes: long.len() });
}

#[test]
fn features_are_switched_with_a_choice_or_alone() {
    let off = parse(r#"{"features":{"purchase_history":false}}"#).unwrap();
    assert!(off.choices.is_empty());
    assert_eq!(off.switched(false), Features::NONE.with(Feature::PurchaseHistory));
    assert!(off.switched(true).is_empty());
    let yes = parse(&with_notice(r#","features":{"browsing_history":true}"#)).unwrap();
    assert_eq!(yes.switched(true), Features::NONE.with(Feature::BrowsingHistory));
    assert_eq!(yes.covers, Feature::ALL.into_iter().collect());
    malformed(r#"{"features":{"purchase_history":false,"purchase_history":true}}"#);
    malformed(r#"{"features":["purchase_history"]}"#);
}

#[track_caller]
fn malformed(body: &str) {
    assert!(matches!(parse(body), Err(RequestError::Malformed { .. })), "{body}");
}

#[test]
fn unknown_fields_and_doubled_choices_are_refused() {
    malformed("");
    refused("[]", RequestError::NoChoice);
    refused("{}", RequestError::NoChoice);
    malformed(r#"{"choices":{"Marketing":"yes"}}"#);
    malformed(r#"{"choices":["Marketing"]}"#);
    malformed(r#"{"choices":{"Marketing":false,"Marketing":true}}"#);
    malformed(r#"{"choices":{"Marketing":false},"choices":{"Marketing":true}}"#);
    malformed(&with_notice(r#","extra":1"#));
    malformed(&with_notice(r#","for_days":-1"#));
    malformed(&format!("{} x", with_notice("")));
    malformed(&format!(r#"{{"choices":{{"Marketing":false}},"x":{}"#, "[".repeat(5_000)));
}

#[test]
fn an_unknown_purpose_is_answered_with_those_to_choose_from() {
    let said = parse(r#"{"choices":{"MARKERx7":true}}"#).unwrap_err().to_string();
    assert!(said.contains("Personalization, SharedLearning, PrivateAggregates"), "{said}");
    assert!(!said.contains("FraudPrevention") && !said.contains("MARKER"), "{said}");
    let said = parse(&with_notice(r#","MARKERx7":"MARKERx7""#)).unwrap_err();
    assert!(!format!("{said} {said:?}").contains("MARKER"), "{said}");
}

proptest! {
    #[test]
    fn no_bytes_stop_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        assert!(ChoiceRequest::parse(&bytes).is_err());
    }

    #[test]
    fn no_damage_makes_a_yes_without_a_notice(at: prop::sample::Index, byte: u8) {
        let mut bytes = with_notice(r#","for_days":30,"how":"banner""#).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(request) = ChoiceRequest::parse(&bytes) {
            assert!(request.notice.is_some() || request.choices.values().all(|yes| !yes));
            assert!((1..=CONSENT_DAYS_MAX).contains(&request.for_days));
        }
    }
}
