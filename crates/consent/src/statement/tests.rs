use personal::purpose::PurposeName;
use personal::subject::{CustomerId, Subject};
use proptest::prelude::{any, prop, proptest};

use crate::request::RequestError;
use crate::statement::{Stated, Statement, StatementError};

fn parse(body: &str) -> Result<Statement, StatementError> {
    Statement::parse(body.as_bytes())
}

#[test]
fn statements_are_read() {
    let asked = parse(
        r#"{"customer":"c-1","state":"requested","purposes":["Marketing"],"how":"letter",
            "notice":{"digest":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
            "language":"de"}}"#,
    )
    .unwrap();
    assert_eq!(asked.state, Stated::Requested);
    assert_eq!(Some(asked.subject), CustomerId::parse("c-1").ok().map(Subject::Customer));
    assert_eq!(asked.request.choices.keys().collect::<Vec<_>>(), [&PurposeName::Marketing]);
    assert_eq!((asked.request.how.as_str(), asked.request.source.as_str()), ("letter", ""));
    assert_eq!(asked.request.notice.unwrap().language, "de");
    let gone = parse(
        r#"{"customer":"c-1","state":"invalidated","purposes":["Marketing","Measurement"],
            "reason":" not the account's owner "}"#,
    )
    .unwrap();
    assert_eq!(gone.state, Stated::Invalidated);
    assert_eq!(gone.request.source, "not the account's owner");
}

#[track_caller]
fn refused(body: &str, expected: StatementError) {
    assert_eq!(parse(body).map(|_| ()), Err(expected), "{body}");
}

#[test]
fn what_is_wrong_is_refused_by_name() {
    let with = |rest: &str| format!(r#"{{"customer":"c","state":"invalidated",{rest}}}"#);
    refused(r#"{"state":"requested","purposes":["Marketing"]}"#, StatementError::Nobody);
    refused(r#"{"customer":"c","state":"given","purposes":["Marketing"]}"#, StatementError::State);
    refused(&with(r#""purposes":["Marketing"]"#), StatementError::Reason);
    refused(&with(r#""purposes":["Marketing"],"reason":"  ""#), StatementError::Reason);
    refused(&with(r#""purposes":[],"reason":"x""#), RequestError::NoChoice.into());
    refused(&with(r#""purposes":["fun"],"reason":"x""#), RequestError::UnknownPurpose.into());
    let long = "x".repeat(501);
    refused(
        &with(&format!(r#""purposes":["Marketing"],"reason":"{long}""#)),
        StatementError::Reason,
    );
    assert!(matches!(
        parse(&with(r#""purposes":["Marketing"],"reason":"x","ip":"1""#)),
        Err(StatementError::Request(RequestError::Malformed { .. }))
    ));
}

proptest! {
    #[test]
    fn no_body_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        Statement::parse(&bytes).ok();
    }
}
