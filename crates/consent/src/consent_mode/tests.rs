use personal::purpose::PurposeName;
use proptest::prelude::{Strategy, any, prop, proptest};

use super::{COMMANDS_MAX, Command, ConsentMode, ConsentModeError, Kind, State, TEXT_BYTES_MAX};
use crate::signals::allowed::Allowed;

const G: State = State::Granted;
const D: State = State::Denied;

#[track_caller]
fn check(text: &str, region: Option<&str>, expected: &[(Kind, State)]) {
    let read = ConsentMode::read(text.as_bytes(), region).unwrap();
    assert_eq!(read.iter().collect::<Vec<_>>(), expected, "{text}");
}

#[test]
fn commands_are_read_in_every_form() {
    let expected = [(Kind::AdStorage, D), (Kind::AnalyticsStorage, G)];
    for text in [
        r#"["consent", "default", {"ad_storage": "denied", "analytics_storage": "granted"}]"#,
        r#"["consent", "update", {"ad_storage": "denied", "analytics_storage": "granted"}]"#,
        r#"{"0": "consent", "1": "update", "2": {"ad_storage": "denied",
            "analytics_storage": "granted"}}"#,
        r#"{"ad_storage": "denied", "analytics_storage": "granted", "wait_for_update": 500}"#,
        r#"[["js", 1], {"event": "gtm.js"}, null,
            ["consent", "default", {"ad_storage": "denied", "url_passthrough": true}],
            {"0": "consent", "1": "update", "2": {"analytics_storage": "granted"}}]"#,
    ] {
        check(text, None, &expected);
    }
    for nothing in ["[]", "{}", "null", r#"["js", 1]"#, r#"[{}]"#] {
        check(nothing, None, &[]);
    }
    // Whoever says just this may have meant a no.
    for nonsense in ["1", "false", r#""denied""#] {
        let read = ConsentMode::read(nonsense.as_bytes(), None);
        assert!(matches!(read, Err(ConsentModeError::Malformed { .. })), "{nonsense}");
    }
}

#[test]
fn an_update_comes_last_whatever_the_order() {
    let update = r#"["consent", "update", {"ad_storage": "granted"}]"#;
    let default = r#"["consent", "default", {"ad_storage": "denied"}]"#;
    check(&format!("[{default},{update}]"), None, &[(Kind::AdStorage, G)]);
    check(&format!("[{update},{default}]"), None, &[(Kind::AdStorage, G)]);
    let back = r#"["consent", "update", {"ad_storage": "denied"}]"#;
    check(&format!("[{default},{update},{back}]"), None, &[(Kind::AdStorage, D)]);
}

/// The example of the documentation: denied in Spain and Alaska, granted elsewhere.
#[test]
fn the_most_specific_region_counts() {
    let text = r#"[
        ["consent", "default", {"analytics_storage": "denied", "region": ["ES", "US-AK"]}],
        ["consent", "default", {"analytics_storage": "granted"}]]"#;
    let of = |region, state| check(text, region, &[(Kind::AnalyticsStorage, state)]);
    of(Some("ES"), D);
    of(Some("es-md"), D);
    of(Some("US-AK"), D);
    of(Some("US-CA"), G);
    of(Some("FR"), G);
    of(None, D);
    let text = r#"[
        ["consent", "default", {"ad_storage": "granted", "region": ["US"]}],
        ["consent", "default", {"ad_storage": "denied", "region": ["US-CA"]}],
        ["consent", "default", {"ad_storage": "granted", "region": ["US"]}]]"#;
    check(text, Some("US-CA"), &[(Kind::AdStorage, D)]);
    check(text, Some("US"), &[(Kind::AdStorage, G)]);
    check(text, Some("DE"), &[]);
    check(text, None, &[(Kind::AdStorage, D)]);
}

#[test]
fn what_was_not_said_is_denied_but_no_no() {
    let silent = ConsentMode::default();
    for kind in Kind::ALL {
        assert_eq!(silent.said(kind), None);
        assert_eq!(silent.state(kind), D);
        assert_eq!(silent.with(kind, G).state(kind), G);
    }
}

#[track_caller]
fn refuse(text: &str, expected: ConsentModeError) {
    assert_eq!(ConsentMode::read(text.as_bytes(), None), Err(expected), "{text}");
}

#[test]
fn texts_that_say_something_else_are_refused() {
    refuse("", ConsentModeError::Malformed { line: 1, column: 0 });
    refuse(r#"{"ad_storage": "maybe"}"#, ConsentModeError::State(Kind::AdStorage));
    refuse(r#"{"ad_user_data": true}"#, ConsentModeError::State(Kind::AdUserData));
    refuse(r#"{"ad_storage": "Granted"}"#, ConsentModeError::State(Kind::AdStorage));
    refuse(r#"["consent", "declare", {}]"#, ConsentModeError::Command);
    refuse(r#"["consent", "default"]"#, ConsentModeError::Command);
    refuse(r#"["consent", "default", {"region": "ES"}]"#, ConsentModeError::Region);
    refuse(r#"["consent", "default", {"region": [1]}]"#, ConsentModeError::Region);
    let many = format!("[{}[]]", "[],".repeat(COMMANDS_MAX));
    refuse(&many, ConsentModeError::TooMany);
    let bytes = TEXT_BYTES_MAX + 1;
    refuse(&" ".repeat(bytes), ConsentModeError::TooLong { bytes });
}

#[track_caller]
fn project(allowed: &[PurposeName], granted: &[Kind]) {
    let allowed: Allowed = allowed.iter().copied().collect();
    let mode = ConsentMode::of(&allowed);
    let found: Vec<_> = Kind::ALL.into_iter().filter(|kind| mode.state(*kind) == G).collect();
    assert_eq!(found, granted, "{allowed:?}");
}

#[test]
fn our_record_is_projected_on_seven_types() {
    use PurposeName as P;
    project(&[], &[]);
    project(&[P::FraudPrevention], &[Kind::SecurityStorage]);
    project(&[P::Measurement], &[Kind::AnalyticsStorage]);
    project(&[P::Marketing], &[Kind::AdStorage, Kind::AdUserData]);
    project(&[P::Personalization], &[Kind::FunctionalityStorage, Kind::PersonalizationStorage]);
    project(&P::ALL, &Kind::ALL);
    let all_denied = r#"["consent","default",{"ad_personalization":"denied","ad_storage":"denied","ad_user_data":"denied","analytics_storage":"denied","functionality_storage":"denied","personalization_storage":"denied","security_storage":"denied"}]"#;
    assert_eq!(ConsentMode::default().command(Command::Default), all_denied);
}

fn any_mode() -> impl Strategy<Value = ConsentMode> {
    prop::array::uniform7(any::<Option<bool>>()).prop_map(|states| {
        let states = Kind::ALL.into_iter().zip(states);
        let said = states.filter_map(|(kind, yes)| Some((kind, if yes? { G } else { D })));
        said.fold(ConsentMode::default(), |mode, (kind, state)| mode.with(kind, state))
    })
}

proptest! {
    #[test]
    fn write_then_read_is_identity_but_for_what_was_not_said(mode in any_mode()) {
        for command in [Command::Default, Command::Update] {
            let read = ConsentMode::read(mode.command(command).as_bytes(), None).unwrap();
            for kind in Kind::ALL {
                assert_eq!(read.said(kind), Some(mode.state(kind)));
            }
        }
    }

    #[test]
    fn a_projection_never_says_yes_where_the_record_does_not(
        allowed in prop::collection::btree_set(prop::sample::select(&PurposeName::ALL[..]), 0..11),
    ) {
        let mode = ConsentMode::of(&allowed.iter().copied().collect());
        for (kind, state) in mode.iter() {
            let is_allowed = kind.needs().iter().all(|purpose| allowed.contains(purpose));
            assert_eq!(state == G, is_allowed);
        }
    }

    #[test]
    fn no_text_panics(text in r#"[\[\]{}":,a-z_0-2]{0,60}"#) {
        if let Ok(mode) = ConsentMode::read(text.as_bytes(), Some("US-CA")) {
            assert!(mode.iter().count() <= 7);
        }
    }
}
