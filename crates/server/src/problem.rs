//! Problem documents (RFC 9457): the one table where the words of the rooms become HTTP.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::Modify;
use utoipa::openapi::RefOr;

/// The media type of a problem document (RFC 9457, section 3).
const MEDIA_TYPE_NAME: &str = "application/problem+json";

/// One kind of problem: a code that never changes, a status, a title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The stable word of the problem, also the last part of its `type`.
    pub code: &'static str,
    /// HTTP status.
    pub status: StatusCode,
    /// One short sentence.
    pub title: &'static str,
}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $status:ident, $code:literal, $title:literal;)+) => {
        $($(#[$doc])* pub const $name: Kind =
            Kind { code: $code, status: StatusCode::$status, title: $title };)+

        /// Every problem, for the documentation and its test.
        pub const ALL: &[Kind] = &[$($name),+];
    };
}

problems! {
    /// The body or query cannot be read.
    MALFORMED = BAD_REQUEST, "malformed", "The request cannot be read.";
    /// No key or token where one is needed.
    UNAUTHENTICATED = UNAUTHORIZED, "unauthenticated", "A key or token is needed.";
    /// The key or token may not do this.
    FORBIDDEN = FORBIDDEN, "forbidden", "This key or token may not do this.";
    /// The origin is not one of the shop's.
    ORIGIN = FORBIDDEN, "origin", "The write key may not be used from this origin.";
    /// Not there, or not for this asker to know.
    NOT_FOUND = NOT_FOUND, "not_found", "There is nothing here for you.";
    /// The path exists, the method does not.
    METHOD = METHOD_NOT_ALLOWED, "method_not_allowed", "This path has no such method.";
    /// The person said no, and the law pack lets that rest.
    ASK_LATER = CONFLICT, "ask_later", "The person said no, and that rests.";
    /// A step that the state of a request about data does not allow.
    REQUEST = CONFLICT, "request", "This request does not allow that now.";
    /// A change is based on a version that is not the newest.
    STALE = PRECONDITION_FAILED, "stale", "It was changed in the meantime.";
    /// A change does not say which version it is based on.
    VERSION_MISSING = PRECONDITION_REQUIRED, "version_missing", "Name the version that you change.";
    /// Too large.
    TOO_LARGE = PAYLOAD_TOO_LARGE, "too_large", "The request is too large.";
    /// Not JSON by its content type.
    MEDIA_TYPE = UNSUPPORTED_MEDIA_TYPE, "media_type", "The body must be application/json.";
    /// Understood and not acceptable.
    INVALID = UNPROCESSABLE_ENTITY, "invalid", "The request was understood and is not acceptable.";
    /// Too many requests.
    RATE = TOO_MANY_REQUESTS, "rate", "Too many requests.";
    /// It took too long.
    TIMEOUT = GATEWAY_TIMEOUT, "timeout", "It took too long.";
    /// The writer is busy or the store is not writable.
    UNAVAILABLE = SERVICE_UNAVAILABLE, "unavailable", "Try again in a moment.";
    /// Our fault.
    INTERNAL = INTERNAL_SERVER_ERROR, "internal", "Something failed on our side.";
}

/// A word on what was wrong here.
#[derive(Clone, Debug)]
pub struct Detail(String);

impl<T: std::fmt::Display> From<T> for Detail {
    fn from(words: T) -> Self {
        Self(words.to_string())
    }
}

/// Writes the media type of problems into the API's description, wherever a refusal is described.
#[derive(Debug)]
pub struct MediaType;

impl Modify for MediaType {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        for path in openapi.paths.paths.values_mut() {
            let operations = [&mut path.get, &mut path.put, &mut path.post, &mut path.delete];
            for operation in operations.into_iter().flatten() {
                for (status, response) in &mut operation.responses.responses {
                    let RefOr::T(response) = response else { continue };
                    if !status.starts_with('2') {
                        let described = std::mem::take(&mut response.content);
                        let contents = described.into_values();
                        response.content =
                            contents.map(|content| (MEDIA_TYPE_NAME.to_owned(), content)).collect();
                    }
                }
            }
        }
    }
}

/// A problem as an answer. The detail never holds a personal value.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: Kind,
    detail: Option<String>,
}

/// A problem document as it is sent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemBody {
    /// A URI reference that names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// One short sentence.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What was wrong here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Problem {
    /// A problem with a word on what was wrong here.
    pub fn new(kind: Kind, detail: impl Into<Detail>) -> Self {
        Self { kind, detail: Some(detail.into().0) }
    }

    /// The word on what was wrong here.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The kind of the problem.
    pub const fn kind(&self) -> Kind {
        self.kind
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self { kind, detail: None }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            kind: format!("/problems#{}", self.kind.code),
            title: self.kind.title.to_owned(),
            status: self.kind.status.as_u16(),
            detail: self.detail,
        };
        let mut response = (self.kind.status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE_NAME));
        if self.kind == UNAUTHENTICATED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.kind == RATE || self.kind == UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
