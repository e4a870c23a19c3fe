//! How a browser logs in at the staff listener.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::pages::headers;
use crate::routes::App;
use crate::routes::caller::Staff;

/// What a browser asks its user for.
const ASK: &str = "Basic realm=\"Confidant for staff\", charset=\"UTF-8\"";
const NEEDED: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <title>The staff key is needed</title><h1>The staff key is needed</h1>\
    <p>Any name, and the staff key as the password.</p></html>";

/// Somebody who showed the staff key to a page: as the password of HTTP Basic (RFC 7617), or as a
/// bearer token.
///
/// # Privacy
/// The API does not take the key from the password, so a browser that remembers it for the pages
/// can do nothing there.
#[derive(Clone, Debug)]
pub struct AtPage {
    /// Whose key it is.
    pub staff: Staff,
}

impl FromRequestParts<App> for AtPage {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let header = parts.headers.get(header::AUTHORIZATION);
        let key = header.and_then(|value| value.to_str().ok()).and_then(key_of);
        let staff = key.and_then(|key| Staff::of(app, &key));
        staff.map(|staff| Self { staff }).ok_or_else(needed)
    }
}

fn needed() -> Response {
    let ask = [(header::WWW_AUTHENTICATE, ASK)];
    (StatusCode::UNAUTHORIZED, headers(), ask, Html(NEEDED)).into_response()
}

fn key_of(header: &str) -> Option<String> {
    if let Some(key) = header.strip_prefix("Bearer ") {
        return Some(key.trim().to_owned());
    }
    let encoded = header.strip_prefix("Basic ")?;
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (_, password) = pair.split_once(':')?;
    Some(password.to_owned())
}
