use axum::http::{HeaderMap, HeaderValue, header};

use super::cookie;

fn sent(lines: &[&str]) -> Option<String> {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(header::COOKIE, HeaderValue::from_str(line).unwrap());
    }
    cookie(&headers)
}

#[test]
fn only_one_session_cookie_counts() {
    assert_eq!(sent(&["a=1; __Host-privacy-center=token; b=2"]), Some("token".to_owned()));
    assert_eq!(sent(&["a=1", "__Host-privacy-center=token"]), Some("token".to_owned()));
    assert_eq!(sent(&["__Host-privacy-center=one; __Host-privacy-center=two"]), None);
    assert_eq!(sent(&["privacy-center=token", "x__Host-privacy-center=token"]), None);
    assert_eq!(sent(&[]), None);
}
