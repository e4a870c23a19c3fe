//! Placements, rules and weights on the staff listener: read, changed, gone back to.
//!
//! A change names the version that it is based on (`If-Match`, RFC 9110 section 13.1.1), so that
//! two people never overwrite each other unseen, and says who makes it and why.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use personal::desk::Desk;

use crate::documents::effect::blend;
use crate::documents::{Asked, Author, Change, DocumentError, Format, Key, Kind, Text};
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Staff;
use crate::routes::documents::bodies::{
    Changed, DeleteIn, DocumentIn, DocumentLine, DocumentOut, PutIn, VersionLine, VersionOut,
    effective, line, version_line, written,
};
use crate::routes::parameters::{JsonBytes, Parameters};

pub mod bodies;

/// Longest stated role, in characters.
const ROLE_CHARS_MAX: usize = 64;

type Named = Result<Path<(String, String)>, PathRejection>;
type NamedVersion = Result<Path<(String, String, u64)>, PathRejection>;
/// A version as it is answered, in its header too.
type Tagged<T> = ([(header::HeaderName, String); 1], Json<T>);

/// Every placement, its rules and the weights: which version counts, and where it comes from.
#[utoipa::path(get, path = "/staff/documents", tag = "staff", security(("staff_key" = [])),
    responses(
    (status = 200, description = "All of them, by kind and name", body = Vec<DocumentLine>),
    (status = "4XX", description = "Not allowed", body = ProblemBody)))]
pub async fn list_documents(State(app): State<App>, _staff: Staff) -> Json<Vec<DocumentLine>> {
    let effect = app.shared.effect();
    let mut keys: Vec<Key> = effect.newest.keys().cloned().collect();
    for placement in effect.placements.iter() {
        let name = &placement.name;
        keys.push(Key { kind: Kind::Placement, name: name.clone() });
        if !placement.rules.all().is_empty() {
            keys.push(Key { kind: Kind::Rules, name: name.clone() });
        }
    }
    keys.push(blend());
    keys.sort_unstable();
    keys.dedup();
    Json(keys.iter().map(|key| line(&app.shared, &effect, key)).collect())
}

/// One document: its newest text, and what answers go by.
///
/// # Errors
/// [`problem::NOT_FOUND`].
#[utoipa::path(get, path = "/staff/documents/{kind}/{name}", tag = "staff",
    params(("kind" = Kind, Path), ("name" = String, Path)), security(("staff_key" = [])),
    responses(
    (status = 200, description = "The document; `ETag` is its version", body = DocumentOut),
    (status = "4XX", description = "Not there or not allowed", body = ProblemBody)))]
pub async fn read_document(
    State(app): State<App>,
    _staff: Staff,
    named: Named,
) -> Result<Tagged<DocumentOut>, Problem> {
    let key = key(named)?;
    let effect = app.shared.effect();
    let effective = effective(&app.shared, &effect, &key)?;
    let newest = effect.newest.get(&key);
    let text = newest.and_then(|version| version.text.as_ref()).map(written).unwrap_or_default();
    let line = line(&app.shared, &effect, &key);
    Ok(tagged(line.version, DocumentOut { line, text, effective }))
}

/// Puts a document, or goes back to an older version of it; it counts from the next answer on.
///
/// # Errors
/// [`problem::STALE`] when somebody was faster, or a problem that names what is wrong.
#[utoipa::path(put, path = "/staff/documents/{kind}/{name}", tag = "staff", params(
        ("kind" = Kind, Path), ("name" = String, Path), PutIn,
        ("If-Match" = String, Header, description = "The version that is changed, in quotes; \
            \"0\" when there is none")),
    request_body = DocumentIn, security(("staff_key" = [])), responses(
    (status = 200, description = "Durable and answered from now on; `ETag` is the new version",
        body = Changed),
    (status = "4XX", description = "Not understood, not allowed or too late", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn put_document(
    State(app): State<App>,
    _staff: Staff,
    named: Named,
    Parameters(how): Parameters<PutIn>,
    (headers, body): (HeaderMap, JsonBytes),
) -> Result<Tagged<Changed>, Problem> {
    let DocumentIn { role, reason, toml, json, version } = body.read()?;
    let change = match (toml, json, version) {
        (Some(text), None, None) => Change::To(Text { format: Format::Toml, text }),
        (None, Some(value), None) => {
            let text = serde_json::to_string_pretty(&value).map_err(|_| problem::INTERNAL)?;
            Change::To(Text { format: Format::Json, text })
        }
        (None, None, Some(version)) => Change::BackTo(version),
        _ => return Err(Problem::new(problem::INVALID, "give one of toml, json and version")),
    };
    let author = author(&role, &reason)?;
    let (key, based_on) = (key(named)?, based_on(&headers)?);
    let asked = Asked { key, based_on, change, author, check: how.check == Some(true) };
    run(&app, asked).await
}

/// Goes back to what the settings file says; it counts from the next answer on. Versions are kept.
///
/// # Errors
/// [`problem::STALE`] when somebody was faster, or a problem that names what is wrong.
#[utoipa::path(delete, path = "/staff/documents/{kind}/{name}", tag = "staff", params(
        ("kind" = Kind, Path), ("name" = String, Path), DeleteIn,
        ("If-Match" = String, Header, description = "The version that is changed, in quotes")),
    security(("staff_key" = [])), responses(
    (status = 200, description = "Durable and answered from now on; `ETag` is the new version",
        body = Changed),
    (status = "4XX", description = "Not there, not allowed or too late", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn delete_document(
    State(app): State<App>,
    _staff: Staff,
    named: Named,
    headers: HeaderMap,
    Parameters(how): Parameters<DeleteIn>,
) -> Result<Tagged<Changed>, Problem> {
    let author = author(&how.role, &how.reason)?;
    let (key, based_on) = (key(named)?, based_on(&headers)?);
    let change = Change::ToDefault;
    run(&app, Asked { key, based_on, change, author, check: how.check == Some(true) }).await
}

/// The versions of a document that are kept, newest first.
///
/// # Errors
/// [`problem::NOT_FOUND`] when there is none.
#[utoipa::path(get, path = "/staff/documents/{kind}/{name}/versions", tag = "staff",
    params(("kind" = Kind, Path), ("name" = String, Path)), security(("staff_key" = [])),
    responses(
    (status = 200, description = "At most 50", body = Vec<VersionLine>),
    (status = "4XX", description = "Not there or not allowed", body = ProblemBody)))]
pub async fn list_versions(
    State(app): State<App>,
    _staff: Staff,
    named: Named,
) -> Result<Json<Vec<VersionLine>>, Problem> {
    let key = key(named)?;
    let versions = app.writer.run(move |engine, _| engine.document_versions(&key)).await?;
    if versions.is_empty() {
        return Err(problem::NOT_FOUND.into());
    }
    Ok(Json(versions.iter().rev().map(version_line).collect()))
}

/// One version of a document with its text.
///
/// # Errors
/// [`problem::NOT_FOUND`] when it is not kept.
#[utoipa::path(get, path = "/staff/documents/{kind}/{name}/versions/{version}", tag = "staff",
    params(("kind" = Kind, Path), ("name" = String, Path), ("version" = u64, Path)),
    security(("staff_key" = [])), responses(
    (status = 200, description = "The version", body = VersionOut),
    (status = "4XX", description = "Not there or not allowed", body = ProblemBody)))]
pub async fn read_version(
    State(app): State<App>,
    _staff: Staff,
    named: NamedVersion,
) -> Result<Json<VersionOut>, Problem> {
    let Path((kind, name, number)) = named.map_err(|_| problem::NOT_FOUND)?;
    let key = Key::parse(&kind, &name).ok_or(problem::NOT_FOUND)?;
    let versions = app.writer.run(move |engine, _| engine.document_versions(&key)).await?;
    let found = versions.iter().find(|version| version.version == number);
    let version = found.ok_or(problem::NOT_FOUND)?;
    let text = version.text.as_ref().map(written).unwrap_or_default();
    Ok(Json(VersionOut { line: version_line(version), text }))
}

async fn run(app: &App, asked: Asked) -> Result<Tagged<Changed>, Problem> {
    let (check, before) = (asked.check, asked.based_on);
    let version = app.writer.run(move |engine, now| engine.change_document(asked, now)).await?;
    let tag = if check { before } else { version.version };
    Ok(tagged(tag, Changed { changed: !check, line: version_line(&version) }))
}

fn tagged<T>(version: u64, body: T) -> Tagged<T> {
    ([(header::ETAG, format!("\"{version}\""))], Json(body))
}

fn key(named: Named) -> Result<Key, Problem> {
    let Path((kind, name)) = named.map_err(|_| problem::NOT_FOUND)?;
    Key::parse(&kind, &name).ok_or_else(|| problem::NOT_FOUND.into())
}

/// Who and why, under the rules of the desk.
fn author(role: &str, reason: &str) -> Result<Author, Problem> {
    let (role, reason) = (role.trim(), reason.trim());
    Desk::sit(role, reason).map_err(|error| Problem::new(problem::INVALID, error))?;
    if role.chars().count() > ROLE_CHARS_MAX {
        let detail = format!("role has at most {ROLE_CHARS_MAX} characters");
        return Err(Problem::new(problem::INVALID, detail));
    }
    Ok(Author { role: role.to_owned(), reason: reason.to_owned() })
}

/// The version that a change is based on.
fn based_on(headers: &HeaderMap) -> Result<u64, Problem> {
    let given = headers.get(header::IF_MATCH).ok_or(problem::VERSION_MISSING)?;
    let quoted = given.to_str().ok().and_then(|tag| tag.strip_prefix('"')?.strip_suffix('"'));
    let number = quoted.and_then(|digits| digits.parse().ok());
    number.ok_or_else(|| Problem::new(problem::INVALID, "If-Match is one version in quotes"))
}

impl From<DocumentError> for Problem {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Stale { current, .. } => {
                Self::new(problem::STALE, format!("the newest version is {current}"))
            }
            DocumentError::Wrong(why) => Self::new(problem::INVALID, why),
            DocumentError::Full => Self::new(problem::INVALID, error),
            DocumentError::NoVersion => problem::NOT_FOUND.into(),
            DocumentError::Layout => problem::UNAVAILABLE.into(),
        }
    }
}
