//! What another site makes a browser send is told from what these pages send.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::form::Filled;
use super::is_foreign;
use crate::replay::asked::{ReplayError, StateIn};

#[track_caller]
fn check(sent: &[(&'static str, &'static str)], foreign: bool) {
    let header = |(name, value): &(&'static str, &'static str)| {
        (HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    let headers: HeaderMap = sent.iter().map(header).collect();
    assert_eq!(is_foreign(&headers, None), foreign, "{sent:?}");
}

#[test]
fn a_request_of_another_site_is_foreign() {
    let host = ("host", "staff.example:8081");
    check(&[host], false);
    check(&[host, ("origin", "https://staff.example:8081")], false);
    check(&[host, ("sec-fetch-site", "same-origin")], false);
    check(&[host, ("sec-fetch-site", "none")], false);
    check(&[host, ("origin", "https://evil.example")], true);
    check(&[host, ("origin", "https://staff.example")], true);
    check(&[host, ("origin", "null")], true);
    check(&[host, ("origin", "staff.example:8081")], true);
    check(&[("origin", "https://")], true);
    check(&[host, ("sec-fetch-site", "cross-site")], true);
    check(&[host, ("sec-fetch-site", "same-site")], true);
    let own = ("origin", "https://staff.example:8081");
    check(&[host, own, ("sec-fetch-site", "cross-site")], true);
}

fn filled(fields: &[(&str, &str)]) -> Filled {
    let fields: serde_json::Map<_, _> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    serde_json::from_value(fields.into()).unwrap()
}

#[test]
fn a_form_asks_what_was_filled_in() {
    let asked = filled(&[
        ("choice.Personalization", "given"),
        ("told.Personalization", "yes"),
        ("choice.Marketing", ""),
        ("since.Marketing", "2026-01-01"),
        ("gpc", "yes"),
        ("jurisdiction", "  "),
        ("consent_mode", r#"{"ad_storage": "denied"}"#),
    ])
    .asked()
    .unwrap();
    assert_eq!(asked.choices.len(), 1);
    let choice = &asked.choices["Personalization"];
    assert_eq!((choice.state, choice.acknowledged.len()), (StateIn::Given, 7));
    assert!(asked.signals.gpc && asked.signals.consent_mode.is_some());
    assert_eq!((asked.jurisdiction, asked.event), (None, None));
    let wrong = filled(&[("event", "{")]).asked().unwrap_err();
    assert_eq!(wrong, ReplayError::NotJson("the event"));
}
