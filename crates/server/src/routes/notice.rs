//! The notice, the script that shows it, and the shop's word on Global Privacy Control.
//!
//! Public on purpose: they say the same to everyone who asks the same, and keep nothing.

#![expect(unused_qualifications, reason = "the code that utoipa generates qualifies")]

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use consent::gpc::Support;
use consent::law::LawPack;
use personal::signal::{Signal, Signals};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::banner::notice::{Asked, Notice, notice as compute};
use crate::banner::script;
use crate::banner::texts::is_tag;
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Credentials;
use crate::routes::parameters::Parameters;
use crate::shared::Shared;

/// How long a browser may use a notice again.
const NOTICE_CACHE: &str = "private, max-age=300";
/// How long a browser may use the script again without asking.
const SCRIPT_CACHE: &str = "public, max-age=3600";

/// What a notice is asked for with.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoticeIn {
    /// The language (BCP 47); the nearest one that there is answers.
    #[param(min_length = 2, max_length = 35)]
    pub language: Option<String>,
    /// Where the person is (ISO 3166, such as `DE` or `US-CA`); the shop's setting when missing.
    #[param(min_length = 1, max_length = 8)]
    pub jurisdiction: Option<String>,
    /// Whether the page saw `navigator.globalPrivacyControl`; the header `Sec-GPC` says so too.
    #[serde(default)]
    pub gpc: bool,
}

/// Computes what a person is told before choosing, and the digest that a choice names.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(get, path = "/v1/notice", tag = "consents", params(NoticeIn), responses(
    (status = 200, description = "What is shown", body = Notice),
    (status = "4XX", description = "Not understood", body = ProblemBody)))]
pub async fn notice(
    State(app): State<App>,
    credentials: Credentials,
    Parameters(asked): Parameters<NoticeIn>,
) -> Result<Response, Problem> {
    if asked.language.as_deref().is_some_and(|language| !is_tag(language)) {
        let detail = "language is no language tag of 2 to 35 characters";
        return Err(Problem::new(problem::INVALID, detail));
    }
    if asked.jurisdiction.as_deref().is_some_and(|place| place.is_empty() || place.len() > 8) {
        return Err(Problem::new(problem::INVALID, "jurisdiction has 1 to 8 characters"));
    }
    let signals = credentials.gpc();
    let signals = if asked.gpc { signals.with(Signal::Gpc) } else { signals };
    let today = app.shared.clock.now().day();
    let pack = match asked.jurisdiction.as_deref() {
        Some(place) => app.shared.law_at(Some(place), today).pack,
        None => credentials.whereabouts(&app).law.pack,
    };
    let told = told(&app.shared, asked.language.as_deref(), (pack, signals));
    let told = told.ok_or(problem::INTERNAL)?;
    let headers = [(header::CACHE_CONTROL, NOTICE_CACHE), (header::VARY, "Sec-GPC")];
    Ok((headers, Json(told)).into_response())
}

/// What a person is told today in a language, under a law pack. `None` without any words at all.
pub(crate) fn told(
    shared: &Shared,
    language: Option<&str>,
    (pack, signals): (&LawPack, Signals),
) -> Option<Notice> {
    let settings = &shared.settings;
    let today = shared.clock.now().day();
    let texts = shared.wording.nearest(language.or(Some(&settings.banner.language)))?;
    // The gate permits nothing here while no age is known, so nothing is asked.
    let purposes = if settings.child_directed { &[][..] } else { &settings.banner.purposes };
    Some(compute(texts, &Asked { pack, signals, purposes, today }))
}

/// The script of banner and preferences.
#[utoipa::path(get, path = "/v1/banner.js", tag = "consents", responses(
    (status = 200, description = "The script", body = String, content_type = "text/javascript"),
    (status = 304, description = "It has not changed")))]
pub async fn banner_script(headers: HeaderMap) -> Response {
    let script = script::script();
    let has = |name: header::HeaderName, word: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|v| v.contains(word))
    };
    let zipped = has(header::ACCEPT_ENCODING, "gzip") && !script.gzip.is_empty();
    let mut response = if has(header::IF_NONE_MATCH, &script.tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if zipped {
        script.gzip.clone().into_response()
    } else {
        script.plain.clone().into_response()
    };
    let own = response.headers_mut();
    let tag = HeaderValue::from_str(&script.tag).unwrap_or(HeaderValue::from_static("\"\""));
    own.insert(header::ETAG, tag);
    for (name, value) in [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, SCRIPT_CACHE),
        (header::VARY, "Accept-Encoding"),
    ] {
        own.insert(name, HeaderValue::from_static(value));
    }
    if zipped {
        own.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// Says that this site honors Global Privacy Control (W3C GPC, section 4).
#[utoipa::path(get, path = "/.well-known/gpc.json", tag = "consents", responses(
    (status = 200, description = "`{\"gpc\": true, \"lastUpdate\": \"2026-11-22\"}`",
        body = String, content_type = "application/json")))]
pub async fn gpc_support(State(app): State<App>) -> Response {
    let last_update = app.shared.settings.banner.gpc_last_update.0;
    let body = Support { gpc: true, last_update }.body();
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
