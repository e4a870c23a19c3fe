//! What the shop has to write down and tell: the privacy notice for everyone, the rest for staff.
//!
//! A pure function of the program, the settings and the day; nothing is kept about who asks.

#![expect(unused_qualifications, reason = "the code that utoipa generates qualifies")]

use std::sync::{Arc, LazyLock};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use notices::diff::{Diff, between};
use notices::document::Kind;
use notices::html::STYLE;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use utoipa::IntoParams;

use crate::banner::texts::is_tag;
use crate::papers::Paper;
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Staff;
use crate::routes::parameters::{JsonBytes, Parameters};
use crate::schemas::{PaperBody, PaperDiff};

/// How long a browser or a cache in between may use the privacy notice again.
const CACHE: &str = "public, max-age=3600";

/// Nothing but the page's own style, by its hash.
pub static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
});

/// How a document is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JSON, with words and without.
    #[default]
    Json,
    /// One page that loads nothing.
    Html,
    /// JSON-LD, of the record of processing only.
    Dpv,
}

/// What a document is asked for with.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PaperIn {
    /// The language (BCP 47); the nearest one that there is answers.
    #[param(min_length = 2, max_length = 35)]
    pub language: Option<String>,
    /// `json` (as it comes), `html`, or `dpv` for the record of processing.
    #[serde(default)]
    #[param(inline)]
    pub format: Format,
}

/// The privacy notice (GDPR Art. 13) in two layers, with its digest.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(get, path = "/v1/privacy-notice", tag = "consents", params(PaperIn), responses(
    (status = 200, description = "The notice", content(
        (PaperBody = "application/json"), (String = "text/html"))),
    (status = 304, description = "It has not changed"),
    (status = "4XX", description = "Not understood", body = ProblemBody)))]
pub async fn privacy_notice(
    State(app): State<App>,
    headers: HeaderMap,
    Parameters(asked): Parameters<PaperIn>,
) -> Result<Response, Problem> {
    let paper = paper(&app, Kind::Notice, &asked)?;
    let tag = match asked.format {
        Format::Json | Format::Dpv => format!("\"{}\"", paper.digest),
        Format::Html => format!("\"{}-html\"", paper.digest),
    };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let own = [(header::CACHE_CONTROL, CACHE.to_owned()), (header::ETAG, tag.clone())];
    if known.is_some_and(|known| known.contains(&tag)) {
        return Ok((StatusCode::NOT_MODIFIED, own).into_response());
    }
    Ok((own, written(&paper, asked.format)?).into_response())
}

/// A notice or record: `inventory`, `ropa`, `retention`, `notice` or `dpia`.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(get, path = "/staff/notices/{kind}", tag = "staff",
    params(("kind" = String, Path, description = "Which document"), PaperIn),
    security(("staff_key" = [])), responses(
    (status = 200, description = "The document", content((PaperBody = "application/json"),
        (String = "text/html"), (Object = "application/ld+json"))),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody)))]
pub async fn read_paper(
    State(app): State<App>,
    _staff: Staff,
    Path(kind): Path<String>,
    Parameters(asked): Parameters<PaperIn>,
) -> Result<Response, Problem> {
    let paper = paper(&app, Kind::parse(&kind).ok_or(problem::NOT_FOUND)?, &asked)?;
    written(&paper, asked.format)
}

/// Compares a document from before, as it was answered as JSON, with that of today.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(post, path = "/staff/notices/{kind}/comparison", tag = "staff",
    params(("kind" = String, Path, description = "Which document of today"), PaperIn),
    request_body = PaperBody, security(("staff_key" = [])), responses(
    (status = 200, description = "What is different, and what a yes from before does not cover",
        body = PaperDiff),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody)))]
pub async fn compare_papers(
    State(app): State<App>,
    _staff: Staff,
    Path(kind): Path<String>,
    Parameters(asked): Parameters<PaperIn>,
    body: JsonBytes,
) -> Result<Json<Diff>, Problem> {
    let paper = paper(&app, Kind::parse(&kind).ok_or(problem::NOT_FOUND)?, &asked)?;
    let older = std::str::from_utf8(&body.0)
        .map_err(|_| Problem::new(problem::MALFORMED, "the body is not UTF-8"))?;
    let different = between(older, &paper.json).map_err(|error| match error {
        notices::diff::DiffError::Json(_) => {
            Problem::new(problem::MALFORMED, "the body is not JSON")
        }
        notices::diff::DiffError::NoDocument(_) => {
            Problem::new(problem::INVALID, "the body is no document of this program")
        }
        notices::diff::DiffError::Changed => Problem::new(problem::INVALID, error),
    })?;
    Ok(Json(different))
}

/// The document of today.
pub(crate) fn paper(app: &App, kind: Kind, asked: &PaperIn) -> Result<Arc<Paper>, Problem> {
    if asked.language.as_deref().is_some_and(|language| !is_tag(language)) {
        let detail = "language is no language tag of 2 to 35 characters";
        return Err(Problem::new(problem::INVALID, detail));
    }
    let shared = &app.shared;
    let from = (&shared.settings, &shared.wording, shared.clock.now().day());
    shared.papers.of(kind, asked.language.as_deref(), from).map_err(|error| {
        tracing::error!(%error, "a notice cannot be made");
        problem::INTERNAL.into()
    })
}

fn written(paper: &Paper, format: Format) -> Result<Response, Problem> {
    match format {
        Format::Json => Ok(Json(&paper.json).into_response()),
        Format::Html => {
            let policy = [(header::CONTENT_SECURITY_POLICY, POLICY.as_str())];
            Ok((policy, Html(paper.html.clone())).into_response())
        }
        Format::Dpv => {
            let detail = "only the record of processing (ropa) is written as dpv";
            let record = paper.dpv.as_ref();
            let record = record.ok_or_else(|| Problem::new(problem::INVALID, detail))?;
            let kind = [(header::CONTENT_TYPE, "application/ld+json")];
            Ok((kind, record.to_string()).into_response())
        }
    }
}
