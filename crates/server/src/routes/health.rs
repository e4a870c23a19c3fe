//! Whether the server lives and is ready.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::ProblemBody;
use crate::requests::outlives_holidays;
use crate::routes::App;

/// The server lives.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    pub status: &'static str,
}

/// The server is ready.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// Always `ready`.
    pub status: &'static str,
    /// How the opt-out canary stands: `held`, `failed`, `overdue` or `never_played`. A canary that
    /// failed does not stop the server from serving; it says that its promises need a look.
    pub canary: &'static str,
    /// How the transparency log stands: `sound`, `late`, `damaged` or `disputed`. None of it stops
    /// the server from serving; a damaged or disputed log is not signed any more.
    pub log: &'static str,
    /// How requests of people about their data stand: `in_time`, `due_soon` (within three days) or
    /// `overdue`. Neither stops the server from serving.
    pub requests: &'static str,
    /// How the log's witnesses stand: `none` where there are none, `confirmed`, `waiting`, or
    /// `missing` when too few confirmed for two intervals and a minute.
    pub witnesses: &'static str,
    /// Whether the list of public holidays reaches as far as the deadlines of open requests: `known`,
    /// `ended`, or `none` (only weekends count). A missing holiday makes a deadline earlier.
    pub holidays: &'static str,
}

/// Says that the process lives.
#[utoipa::path(get, path = "/healthz", tag = "health",
    responses((status = 200, description = "The process lives", body = Health)))]
pub async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Says whether the store is open and the writer takes commands.
///
/// # Errors
/// [`crate::problem::UNAVAILABLE`].
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = 200, description = "The writer takes commands", body = Readiness),
    (status = 503, description = "It does not", body = ProblemBody)))]
pub async fn readyz(State(app): State<App>) -> Result<Json<Readiness>, crate::problem::Problem> {
    let ended = app.writer.run(|engine, now| {
        let mut open = engine.requests().open();
        Ok(open.any(|filed| outlives_holidays(&engine.shared, &filed.case, now)))
    });
    let holidays = match (app.shared.settings.requests.holidays.is_empty(), ended.await?) {
        (true, _) => "none",
        (false, true) => "ended",
        (false, false) => "known",
    };
    let now = app.shared.clock.now();
    let (canary, log) = (app.shared.canary.word(now), &app.shared.log);
    let witnesses = log.witnessed(app.shared.settings.ledger.interval_s, now);
    let metrics = &app.shared.metrics;
    let requests = match (metrics.rights_overdue.get(), metrics.rights_due_soon.get()) {
        (0, 0) => "in_time",
        (0, _) => "due_soon",
        (_, _) => "overdue",
    };
    let log = log.word();
    Ok(Json(Readiness { status: "ready", canary, log, requests, witnesses, holidays }))
}
