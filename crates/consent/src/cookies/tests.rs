use proptest::prelude::{any, prop, prop_oneof, proptest};
use proptest::strategy::Just;

use super::{COOKIE_BYTES_MAX, CookieError, Said, Tool, read};

fn offered() -> Vec<String> {
    ["analytics", "ads"].map(str::to_owned).to_vec()
}

#[track_caller]
fn check(tool: Tool, text: &str, expected: &[(&str, bool)]) -> Said {
    let said = read(tool, text, &offered()).unwrap_or_else(|error| panic!("{text}: {error}"));
    let found: Vec<(&str, bool)> =
        said.categories.iter().map(|(name, yes)| (name.as_str(), *yes)).collect();
    assert_eq!(found, expected, "{text}");
    said
}

const V3: &str = r#"{"categories":["necessary","analytics"],"revision":0,"data":null,
    "consentTimestamp":"2025-01-02T03:04:05.678Z","consentId":"6f1b1c1e-0000-4000-8000-000000000000",
    "services":{"necessary":[],"analytics":["ga"]},"languageCode":"de",
    "lastConsentTimestamp":"2025-02-03T04:05:06.789Z","expirationTime":1754108706789}"#;

#[test]
fn cookieconsent_lists_what_was_accepted() {
    let expected = [("ads", false), ("analytics", true), ("necessary", true)];
    let said = check(Tool::CookieConsent, V3, &expected);
    assert_eq!((said.at.as_str(), said.language.as_str()), ("2025-02-03T04:05:06.789Z", "de"));
    assert!(said.clicked && !said.gpc);
    let encoded =
        V3.replace('"', "%22").replace('{', "%7B").replace('}', "%7D").replace(',', "%2C");
    check(Tool::CookieConsent, &encoded.replace(['\n', ' '], ""), &expected);
    let header = format!("a=1; cc_cookie={}; b=2", V3.replace(['\n', ' '], ""));
    check(Tool::CookieConsent, &header, &expected);
    // Version 2 gave the times other names.
    let v2 = r#"{"level":["necessary"],"categories":["necessary"],"revision":0,"data":null,
        "rfc_cookie":false,"consent_date":"2023-01-02T03:04:05.678Z",
        "consent_uuid":"6f1b1c1e-0000-4000-8000-000000000000",
        "last_consent_update":"2023-01-03T03:04:05.678Z"}"#;
    let expected = [("ads", false), ("analytics", false), ("necessary", true)];
    assert_eq!(check(Tool::CookieConsent, v2, &expected).at, "2023-01-03T03:04:05.678Z");
}

const GROUPS: &str = "isGpcEnabled=1&datestamp=Wed+Apr+08+2026+10%3A00%3A47+GMT%2B0100&version=\
    202503.2.0&hosts=&consentId=cf498ced-0000-4000-8000-000000000000&interactionCount=2&\
    groups=C0001%3A1%2CC0004%3A0%2CC0002%3A1&AwaitingReconsent=false&geolocation=%3B";

#[test]
fn onetrust_says_yes_only_after_the_box_was_closed() {
    let closed = format!("OptanonConsent={GROUPS}; OptanonAlertBoxClosed=2026-04-06T11:23:20.578Z");
    let expected = [("C0001", true), ("C0002", true), ("C0004", false)];
    let said = check(Tool::OneTrust, &closed, &expected);
    assert_eq!(said.at, "2026-04-06T11:23:20.578Z");
    assert!(said.clicked && said.gpc);
    let open = check(Tool::OneTrust, GROUPS, &[("C0004", false)]);
    assert!(!open.clicked, "defaults are no choice");
    let twice = "groups=C0002:1,C0002:0; OptanonAlertBoxClosed=2026-04-06T11:23:20.578Z";
    check(Tool::OneTrust, &format!("OptanonConsent={twice}"), &[("C0002", false)]);
    let encoded = "OptanonConsent=groups%3DC0002%3A0%26isGpcEnabled%3D0";
    check(Tool::OneTrust, encoded, &[("C0002", false)]);
}

#[test]
fn transcend_says_yes_only_when_it_was_confirmed() {
    let text = |confirmed: bool| {
        format!(
            r#"{{"purposes":{{"Analytics":true,"SaleOfInfo":false,"Functional":"Auto"}},
                "confirmed":{confirmed},"timestamp":"2025-05-06T07:08:09.000Z"}}"#
        )
    };
    let said = check(Tool::Transcend, &text(true), &[("Analytics", true), ("SaleOfInfo", false)]);
    assert_eq!((said.at.as_str(), said.clicked), ("2025-05-06T07:08:09.000Z", true));
    check(Tool::Transcend, &text(false), &[("SaleOfInfo", false)]);
}

#[track_caller]
fn refused(tool: Tool, text: &str, expected: CookieError) {
    assert_eq!(read(tool, text, &[]), Err(expected), "{text}");
}

#[test]
fn what_is_no_cookie_is_refused() {
    for tool in Tool::ALL {
        assert_eq!(Tool::parse(tool.as_str()), Some(tool));
        for text in ["", "{", "[]", "%", "%zz", "groups", "{\"categories\":7}", "{\"purposes\":[]}"]
        {
            refused(tool, text, CookieError::Malformed);
        }
        refused(tool, &"x".repeat(COOKIE_BYTES_MAX + 1), CookieError::TooLong);
    }
    refused(Tool::OneTrust, "groups=C0001", CookieError::Malformed);
    refused(Tool::OneTrust, "groups=C0001:2", CookieError::Malformed);
    let many: Vec<String> = (0..65).map(|number| format!("C{number}:0")).collect();
    refused(Tool::OneTrust, &format!("groups={}", many.join(",")), CookieError::Categories);
    let long = format!("groups={}:0", "C".repeat(65));
    refused(Tool::OneTrust, &long, CookieError::Categories);
    let late = format!("groups=C1:0; OptanonAlertBoxClosed={}", "1".repeat(65));
    refused(Tool::OneTrust, &format!("OptanonConsent={late}"), CookieError::Malformed);
    assert_eq!(Tool::parse("other"), None);
}

proptest! {
    #[test]
    fn no_text_panics_and_nothing_is_longer_than_allowed(
        text in prop_oneof![
            ".{0,200}",
            "[{}\\[\\]\",:=;&%+a-z0-9]{0,200}",
            Just(V3.to_owned()),
            Just(GROUPS.to_owned()),
        ],
        at: prop::sample::Index,
        byte in any::<u8>(),
    ) {
        let mut bytes = text.into_bytes();
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let text = String::from_utf8_lossy(&bytes);
        for tool in Tool::ALL {
            if let Ok(said) = read(tool, &text, &offered()) {
                assert!(said.categories.len() <= 64);
                assert!(said.clicked || said.categories.values().all(|yes| !yes));
            }
        }
    }
}
