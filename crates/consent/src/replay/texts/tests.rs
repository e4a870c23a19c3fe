use domain::time::Timestamp;
use personal::purpose::PurposeName;
use personal::signal::Signal;

use crate::replay::texts::Texts;
use crate::signals::combine::combine;
use domain::date::day;

fn now() -> Timestamp {
    day(2026, 11, 22).start()
}

#[track_caller]
fn check(texts: Texts<'_>, expected: &[(Signal, &str)], seen: Signal) {
    let combined = combine(texts.statements(Some("US-CA"), now()));
    assert!(combined.seen().holds(seen));
    let reasons: Vec<_> = combined.reasons(PurposeName::Marketing).collect();
    assert_eq!(reasons.len(), expected.len(), "{reasons:?}");
    for ((signal, what), (known, part)) in reasons.iter().zip(expected) {
        assert_eq!(signal, known);
        assert!(what.contains(part), "{part:?} is not in {what:?}");
    }
}

#[test]
fn every_text_speaks_in_its_own_words() {
    let none = Texts::default();
    assert_eq!(combine(none.statements(None, now())).statements(), []);
    check(Texts { gpc: true, ..none }, &[(Signal::Gpc, "Sec-GPC")], Signal::Gpc);
    let no = Texts { us_privacy: Some("1YYN"), ..none };
    check(no, &[(Signal::UsPrivacy, "opt-out of sale")], Signal::UsPrivacy);
    check(Texts { us_privacy: Some("1YNN"), ..none }, &[], Signal::UsPrivacy);
    let mode = Texts { consent_mode: Some(r#"{"ad_storage": "denied"}"#), ..none };
    check(mode, &[(Signal::ConsentMode, "ad_storage")], Signal::ConsentMode);
    let shopify = Texts { shopify: Some(r#"{"marketing": false}"#), ..none };
    check(shopify, &[(Signal::Shopify, "marketing")], Signal::Shopify);
}

#[test]
fn what_cannot_be_read_says_no() {
    let none = Texts::default();
    check(Texts { tcf: Some("C"), ..none }, &[(Signal::Tcf, "cannot be read")], Signal::Tcf);
    check(Texts { gpp: Some("?"), ..none }, &[(Signal::Gpp, "cannot be read")], Signal::Gpp);
    let mode = Texts { consent_mode: Some("{"), ..none };
    check(mode, &[(Signal::ConsentMode, "cannot be read")], Signal::ConsentMode);
}
