use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::ShopId;
use domain::time::Timestamp;

use super::{ApiKeys, Role, TokenError, key_of};

fn shop() -> ShopId {
    ShopId::parse("demo").unwrap()
}

fn keys(seed: u8) -> ApiKeys {
    ApiKeys::generate(&[[seed; 32], [seed + 1; 32], [seed + 2; 32]])
}

#[track_caller]
fn check(token: &str, now_s: i64, expected: Result<(), TokenError>) {
    let now = Timestamp::from_ms(now_s * 1_000);
    assert_eq!(keys(1).customer(token, &shop(), now).map(|_| ()), expected, "{token}");
}

#[test]
fn a_token_counts_for_its_shop_and_its_ten_minutes() {
    let sign = |iat, exp| keys(1).sign_customer(&shop(), "c-7", iat, exp);
    check(&sign(1_000, 1_600), 1_000, Ok(()));
    check(&sign(1_000, 1_600), 1_599, Ok(()));
    check(&sign(1_000, 1_600), 1_600, Err(TokenError::Expired));
    check(&sign(1_000, 1_601), 1_100, Err(TokenError::Expired));
    check(&sign(1_000, 1_000), 1_000, Err(TokenError::Expired));
    check(&sign(1_031, 1_100), 1_000, Err(TokenError::Expired));
    check(&sign(1_030, 1_100), 1_000, Ok(()));
    let other = ShopId::parse("other").unwrap();
    check(&keys(1).sign_customer(&other, "c-7", 1_000, 1_100), 1_000, Err(TokenError::Invalid));
    check(&keys(9).sign_customer(&shop(), "c-7", 1_000, 1_100), 1_000, Err(TokenError::Invalid));
    check(&keys(1).sign_customer(&shop(), "", 1_000, 1_100), 1_000, Err(TokenError::Invalid));
}

#[test]
fn forged_tokens_are_refused() {
    let good = keys(1).sign_customer(&shop(), "c-7", 1_000, 1_600);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let payload = signed.split_once('.').unwrap().1;
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    for forged in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        signed.to_owned(),
        format!("{signed}."),
        format!("{none}.{payload}."),
        format!("{none}.{payload}.{signature}"),
        format!("{good}a"),
        format!("{good}.{signature}"),
        "x".repeat(3_000),
    ] {
        check(&forged, 1_000, Err(TokenError::Invalid));
    }
    for at in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(bytes).unwrap();
        // The last character of a base64url text holds unused bits that must be zero.
        check(&forged, 1_000, Err(TokenError::Invalid));
    }
}

#[test]
fn keys_have_roles() {
    let keys = keys(3);
    assert_eq!(keys.role(keys.write_key()), Some(Role::Write));
    assert_eq!(keys.role(keys.secret_key()), Some(Role::Secret));
    assert_eq!(keys.role(keys.staff_key()), None);
    assert_eq!(keys.role(""), None);
    assert!(keys.is_staff(keys.staff_key()));
    assert!(!keys.is_staff(keys.secret_key()));
    assert!(!format!("{keys:?}").contains("sk_"));
    let again = ApiKeys::from_lines(&keys.to_lines()).unwrap();
    assert_eq!(again.secret_key(), keys.secret_key());
    assert!(ApiKeys::from_lines("wk_1\nsk_2\n").is_none());
}

#[test]
fn keys_are_found_in_both_headers() {
    assert_eq!(key_of("Bearer wk_1").as_deref(), Some("wk_1"));
    assert_eq!(key_of("Basic d2tfMTo=").as_deref(), Some("wk_1"));
    assert_eq!(key_of("Basic d2tfMQ==").as_deref(), Some("wk_1"));
    assert_eq!(key_of("Basic ???"), None);
    assert_eq!(key_of("wk_1"), None);
}
