//! The staff listener: metrics, inventory, and the desk.
//!
//! Staff see plain columns only. Opening one row needs a role and a reason, and the entry that the
//! person can read is durable before the value is shown.

#![expect(unused_qualifications, reason = "the code that utoipa generates qualifies")]

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::date::Date;
use domain::id::{Pseudonym, RowId};
use personal::feature::Feature;
use personal::purpose::PurposeName;
use personal::record::OnErasure;
use personal::register::readers;
use personal::signal::Signal;
use serde::{Deserialize, Serialize};
use store::inventory::inventory as lines;
use utoipa::{IntoParams, ToSchema};

use crate::engine::sweeps::SweepProof;
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Staff;
use crate::routes::parameters::{JsonBytes, Parameters};

pub mod consents;
pub mod requests;

/// One table, in the words of its declaration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InventoryLine {
    /// Name of the table.
    pub table: &'static str,
    /// What it holds.
    pub what: &'static str,
    /// The only purpose that it is kept for.
    pub purpose: &'static str,
    /// Category of the data.
    pub category: &'static str,
    /// Longest retention, in days.
    pub keep_days_max: u32,
    /// What an erasure does: `delete`, or `keep` with the article that allows it.
    pub on_erasure: String,
    /// The purposes that may open its rows.
    pub readers: Vec<&'static str>,
    /// The fields and what they are.
    pub fields: Vec<(&'static str, &'static str)>,
    /// Rows now.
    pub rows: u64,
    /// The newest retention sweep that deleted rows of it; missing when none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swept: Option<SweptRows>,
}

/// What a retention sweep deleted of one table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SweptRows {
    /// The day, such as `2026-11-22`.
    pub day: String,
    /// How many rows.
    pub rows: u64,
}

/// The retention sweeps that deleted something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Sweeps {
    /// The day of the last sweep since the start, whether it deleted something or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// The proofs, newest first.
    pub sweeps: Vec<SweepProof>,
}

/// A row as staff see it before opening it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlainRow {
    /// Whose it is, under the pseudonym of the table's purpose.
    pub pseudonym: String,
    /// Which row it is.
    pub id: String,
    /// The first day without it, in days since 1970.
    pub expires_day: u32,
}

/// Which rows.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RowsIn {
    /// Name of the table.
    pub table: String,
    /// Pseudonym and id of the last row of the page before, as `PSEUDONYM.ID`.
    pub after: Option<String>,
    /// Rows per page: 1 to 500, 100 when missing.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
}

/// Which row to open, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenIn {
    /// Name of the table.
    pub table: String,
    /// Whose row it is.
    pub pseudonym: String,
    /// Which row it is.
    pub id: String,
    /// The role of the staff member.
    pub role: String,
    /// Why the row is opened; the person can read it.
    pub reason: String,
}

/// A choice as staff see it once it is opened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OpenedChoice {
    /// The purpose.
    pub purpose: &'static str,
    /// What was chosen.
    pub state: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// When it ends by itself, in milliseconds since 1970.
    pub expires_ms: i64,
    /// The law pack.
    pub law: String,
    /// SHA-256 of the law pack, with which the replay tester makes the decision again; missing in
    /// rows from before it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub law_digest: Option<String>,
    /// Where the person was said to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The opt-out signals that were present.
    pub signals: Vec<&'static str>,
    /// Those that the person was told of and outranked.
    pub acknowledged: Vec<&'static str>,
    /// How it was expressed.
    pub how: String,
    /// The features that a yes covered, or that were switched on.
    pub features_on: Vec<&'static str>,
    /// The features that were switched off.
    pub features_off: Vec<&'static str>,
}

/// The metrics for Prometheus, in the OpenMetrics text format.
#[utoipa::path(get, path = "/metrics", tag = "staff", security(("staff_key" = [])), responses(
    (status = 200, description = "OpenMetrics text", body = String,
        content_type = "application/openmetrics-text"),
    (status = "4XX", description = "Not allowed", body = ProblemBody)))]
pub async fn metrics(State(app): State<App>, _staff: Staff) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.shared.metrics.text()).into_response()
}

/// Every table with its declaration and its number of rows.
///
/// # Errors
/// [`problem::UNAVAILABLE`].
#[utoipa::path(get, path = "/staff/inventory", tag = "staff", security(("staff_key" = [])),
    responses(
    (status = 200, description = "The inventory", body = Vec<InventoryLine>),
    (status = "4XX", description = "Not allowed", body = ProblemBody)))]
pub async fn inventory(
    State(app): State<App>,
    _staff: Staff,
) -> Result<Json<Vec<InventoryLine>>, Problem> {
    let both = app.writer.run(|engine, _| Ok((lines(engine.tables())?, engine.proofs()?))).await?;
    let (lines, proofs) = both;
    let swept = |table: &str| {
        let newest = proofs.iter().rev().find_map(|one| Some((one.day, *one.rows.get(table)?)));
        newest.map(|(day, rows)| SweptRows { day: day.to_string(), rows })
    };
    let line = |line: store::inventory::Line| InventoryLine {
        table: line.declaration.table,
        what: line.declaration.what.trim(),
        purpose: line.declaration.purpose.as_str(),
        category: line.declaration.category.as_str(),
        keep_days_max: line.declaration.keep_days_max,
        on_erasure: match line.declaration.on_erasure {
            OnErasure::Delete => "delete".to_owned(),
            OnErasure::Keep { basis, .. } => format!("keep: {basis}"),
        },
        readers: readers(line.declaration.table).map(PurposeName::as_str).collect(),
        fields: line.declaration.fields.iter().map(|f| (f.name, f.what.trim())).collect(),
        rows: line.rows,
        swept: swept(line.declaration.table),
    };
    Ok(Json(lines.into_iter().map(line).collect()))
}

/// The proofs of what retention deleted, by day and table; they name nobody.
///
/// # Errors
/// [`problem::UNAVAILABLE`].
#[utoipa::path(get, path = "/staff/sweeps", tag = "staff", security(("staff_key" = [])),
    responses(
    (status = 200, description = "The sweeps, newest first", body = Sweeps),
    (status = "4XX", description = "Not allowed", body = ProblemBody)))]
pub async fn list_sweeps(State(app): State<App>, _staff: Staff) -> Result<Json<Sweeps>, Problem> {
    let read = app.writer.run(|engine, _| Ok((engine.swept_on(), engine.proofs()?))).await?;
    let (last, mut sweeps) = read;
    sweeps.reverse();
    Ok(Json(Sweeps { last: last.map(|day| Date(day).to_string()), sweeps }))
}

/// Pages through the plain columns of a table.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(get, path = "/staff/rows", tag = "staff", params(RowsIn),
    security(("staff_key" = [])), responses(
    (status = 200, description = "One page of plain columns", body = Vec<PlainRow>),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody)))]
pub async fn list_rows(
    State(app): State<App>,
    _staff: Staff,
    Parameters(rows): Parameters<RowsIn>,
) -> Result<Json<Vec<PlainRow>>, Problem> {
    let limit = rows.limit.unwrap_or(100);
    if !(1..=500).contains(&limit) {
        return Err(Problem::new(problem::INVALID, "limit is 1 to 500"));
    }
    let after = rows.after.as_deref().map(row_key).transpose()?;
    declared(&rows.table)?;
    let page = app
        .writer
        .run(move |engine, _| Ok(engine.tables().page(&rows.table, after, limit)?))
        .await?;
    let plain = |row: personal::row::SealedRow| PlainRow {
        pseudonym: row.pseudonym.to_hex(),
        id: row.id.to_hex(),
        expires_day: row.expires.number(),
    };
    Ok(Json(page.into_iter().map(plain).collect()))
}

/// Opens one row; only consent evidence can be opened, to answer a person's question.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(post, path = "/staff/rows/open", tag = "staff", request_body = OpenIn,
    security(("staff_key" = [])), responses(
    (status = 200, description = "The row; the person can see that it was opened",
        body = OpenedChoice),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody)))]
pub async fn open_row(
    State(app): State<App>,
    _staff: Staff,
    body: JsonBytes,
) -> Result<Json<OpenedChoice>, Problem> {
    let asked: OpenIn = body.read()?;
    declared(&asked.table)?;
    if asked.table != "consent_evidence" {
        let detail = "no staff purpose covers this kind of data";
        return Err(Problem::new(problem::FORBIDDEN, detail));
    }
    let (pseudonym, id) = row_key(&format!("{}.{}", asked.pseudonym, asked.id))?;
    let desk = personal::desk::Desk::sit(&asked.role, &asked.reason)
        .map_err(|error| Problem::new(problem::INVALID, error))?;
    let evidence = app
        .writer
        .run(move |engine, now| engine.open_evidence((pseudonym, id), &desk, now))
        .await?;
    Ok(Json(OpenedChoice {
        purpose: evidence.purpose.as_str(),
        state: evidence.state.as_str().to_owned(),
        at_ms: evidence.at.ms(),
        expires_ms: evidence.expires.ms(),
        law: evidence.law,
        law_digest: filled(domain::hex::encode(&evidence.law_digest)),
        place: filled(evidence.place),
        signals: evidence.signals.iter().map(Signal::as_str).collect(),
        acknowledged: evidence.acknowledged.iter().map(Signal::as_str).collect(),
        how: evidence.how,
        features_on: evidence.on.iter().map(Feature::as_str).collect(),
        features_off: evidence.off.iter().map(Feature::as_str).collect(),
    }))
}

fn filled(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn declared(table: &str) -> Result<(), Problem> {
    let known = personal::kinds::DECLARATIONS.iter().any(|one| one.table == table);
    if known { Ok(()) } else { Err(problem::NOT_FOUND.into()) }
}

fn row_key(text: &str) -> Result<(Pseudonym, RowId), Problem> {
    let wrong = || Problem::new(problem::INVALID, "a row is PSEUDONYM.ID in hexadecimal");
    let (pseudonym, id) = text.split_once('.').ok_or_else(wrong)?;
    let pseudonym = Pseudonym::parse(pseudonym).map_err(|_| wrong())?;
    Ok((pseudonym, RowId::parse(id).map_err(|_| wrong())?))
}
