//! The transparency log: its files for everybody, and a person's proofs for that person.

#![expect(unused_qualifications, reason = "the code that utoipa generates qualifies")]

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::id::RequestId;
use ledger::tile::Resource;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Caller;
use crate::routes::consents::named;
use crate::routes::parameters::Parameters;
use crate::transparency::{LogError, Opened, Published};

/// A checkpoint changes with every batch.
const NEWEST: &str = "public, max-age=5";
/// Tiles and bundles never change.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// What an auditor needs to know of the log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LogBody {
    /// The name of the log in its checkpoints.
    pub origin: String,
    /// The key of the log in the form of signed notes: name, key id and public key.
    pub key: String,
    /// Where its files are, below this server.
    pub prefix: &'static str,
    /// Seconds between two batches.
    pub interval_s: u32,
    /// Leaves under the newest checkpoint.
    pub size: u64,
    /// The first entry that is served; older ones left by the policy of `keep_entries_days`.
    pub first_entry: u64,
    /// How many days entries are served; missing, for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_entries_days: Option<u32>,
    /// `sound`, `late` when a batch could not be written yet, or `damaged` when files are not what
    /// was signed.
    pub state: &'static str,
    /// When everything was re-hashed last and found right, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audited_ms: Option<i64>,
}

/// Describes the log. Public on purpose: anyone may check it.
#[utoipa::path(get, path = "/v1/log", tag = "log", responses(
    (status = 200, description = "The log and its key", body = LogBody)))]
pub async fn read_log(State(app): State<App>) -> Json<LogBody> {
    let log = &app.shared.log;
    Json(LogBody {
        origin: log.key().name().as_str().to_owned(),
        key: log.key().to_text(),
        prefix: "/log",
        interval_s: app.shared.settings.ledger.interval_s,
        size: log.signed().map_or(0, |signed| signed.head.size),
        first_entry: log.minimum().index(),
        keep_entries_days: app.shared.settings.ledger.keep_entries_days,
        state: log.word(),
        audited_ms: log.audited().map(domain::time::Timestamp::ms),
    })
}

/// Serves the checkpoint, tiles and entry bundles as `c2sp.org/tlog-tiles` names them.
///
/// # Errors
/// [`problem::NOT_FOUND`] for what the newest checkpoint does not cover.
#[utoipa::path(get, path = "/log/{path}", tag = "log",
    params(("path" = String, Path,
        description = "`checkpoint`, `tile/L/N[.p/W]` or `tile/entries/N[.p/W]`")),
    responses(
    (status = 200, description = "The checkpoint as a signed note, or the bytes of the file",
        body = String, content_type = "text/plain"),
    (status = "4XX", description = "Not there", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn log_file(
    State(app): State<App>,
    Path(path): Path<String>,
) -> Result<Response, Problem> {
    let resource = Resource::parse(&path).map_err(|_| problem::NOT_FOUND)?;
    let log = Arc::clone(&app.shared.log);
    let bytes = aside(move || log.read(&resource)).await?.ok_or(problem::NOT_FOUND)?;
    let (kind, keep) = match resource {
        Resource::Checkpoint => ("text/plain; charset=utf-8", NEWEST),
        Resource::Tile { .. } | Resource::Entries { .. } => ("application/octet-stream", FOREVER),
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)], bytes).into_response())
}

/// A record with its proof.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoggedRecord {
    /// `consent`, `request`, `receipt`, `human_read`, `key`, `policy`, `model` or `configuration`.
    pub kind: &'static str,
    /// The bytes that the log commits to, which are JSON themselves.
    pub record: String,
    /// The proof (`c2sp.org/tlog-proof`); missing until the next batch is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
}

/// Records with their proofs; `confidant verify logged FILE --log KEY` checks them offline.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoggedBody {
    /// The key of the log. Take it from elsewhere to be sure that it is the one that others see.
    pub log: String,
    /// The records, newest first.
    pub records: Vec<LoggedRecord>,
}

/// Whose consents.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhoseProofs {
    /// A browser id that we issued: 32 hexadecimal characters.
    #[param(pattern = "^[0-9a-f]{32}$")]
    pub browser: Option<String>,
    /// A customer, with the secret key only.
    #[param(min_length = 1, max_length = 128)]
    pub customer: Option<String>,
}

/// Proves that a person's consents stand in the log.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(get, path = "/v1/consents/proofs", tag = "log", params(WhoseProofs),
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "At most 200 records with their proofs", body = LoggedBody),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn consent_proofs(
    State(app): State<App>,
    caller: Caller,
    Parameters(whose): Parameters<WhoseProofs>,
) -> Result<Json<LoggedBody>, Problem> {
    let name = named(&caller, whose.customer.as_deref(), whose.browser.as_deref())?;
    let name = name.ok_or_else(|| {
        Problem::new(problem::INVALID, "say whose: browser, customer, or a customer token")
    })?;
    let opened = app.writer.run(move |engine, now| engine.opened_consents(&name, now)).await?;
    logged(&app, opened).await
}

/// Proves that the receipt of an erasure stands in the log.
///
/// # Errors
/// [`problem::NOT_FOUND`] for a name of nothing.
#[utoipa::path(get, path = "/v1/erasures/{id}/proof", tag = "log",
    params(("id" = String, Path, description = "The random name of the request")),
    security(("write_key" = []), ("secret_key" = [])), responses(
    (status = 200, description = "The receipt's text with its proof", body = LoggedBody),
    (status = "4XX", description = "Not there or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn erasure_proof(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<LoggedBody>, Problem> {
    let id = RequestId::parse(&id).map_err(|_| problem::NOT_FOUND)?;
    let opened = app.writer.run(move |engine, now| engine.opened_receipt(id, now)).await?;
    logged(&app, vec![opened]).await
}

/// Proves what was opened, as far as its batch is published.
///
/// # Errors
/// [`problem::UNAVAILABLE`].
pub(crate) async fn logged(app: &App, opened: Vec<Opened>) -> Result<Json<LoggedBody>, Problem> {
    let log = Arc::clone(&app.shared.log);
    let records = aside(move || opened.iter().map(|one| proven(&log, one)).collect()).await?;
    Ok(Json(LoggedBody { log: app.shared.log.key().to_text(), records }))
}

fn proven(log: &Published, opened: &Opened) -> Result<LoggedRecord, LogError> {
    let proof = log.prove(opened)?.map(|proof| proof.to_text());
    let record = String::from_utf8_lossy(&opened.record).into_owned();
    Ok(LoggedRecord { kind: opened.kind.name(), record, proof })
}

/// Reads files where nobody else waits.
///
/// # Errors
/// [`problem::UNAVAILABLE`].
pub(crate) async fn aside<R: Send + 'static>(
    work: impl FnOnce() -> Result<R, LogError> + Send + 'static,
) -> Result<R, Problem> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|_| problem::INTERNAL)?;
    done.map_err(|error| {
        tracing::error!(%error, "the log cannot be read");
        problem::UNAVAILABLE.into()
    })
}
