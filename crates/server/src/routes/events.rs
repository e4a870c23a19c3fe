//! Events in the Segment spec: `track`, `page`, `identify` and `batch`.

use axum::Json;
use axum::extract::State;
use consent::signals::combine::{Statement, combine};
use consent::signals::sent::{Sent, SentError};
use ingest::error::IngestError;
use ingest::event::{Event, SignalsText};
use ingest::segment::{ClaimedKey, Endpoint, parse};
use personal::signal::SignalsByPurpose;
use personal::subject::Subject;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Role;
use crate::chance;
use crate::circumstances::Circumstances;
use crate::engine::recording::Claim;
use crate::engine::staging::Arrival;
use crate::engine::visits::Sender;
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::{Caller, Credentials, against};
use crate::routes::parameters::JsonBytes;
use crate::telemetry::Metrics;

/// What became of the events of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Taken {
    /// The request was understood; what was kept stands below.
    pub success: bool,
    /// Events of which something was kept.
    pub stored: usize,
    /// Events of which nothing was kept, and why.
    pub dropped: Vec<Dropped>,
}

/// An event of which nothing was kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Dropped {
    /// Which event of the request, from 0.
    pub event: usize,
    /// A word from a closed list.
    pub reason: &'static str,
    /// What is wrong with it, when something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Records one thing that happened.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(post, path = "/v1/track", tag = "events", request_body = Object,
    security(("write_key" = []), ("secret_key" = [])), responses(
    (status = 200, description = "Durable, or dropped for a named reason", body = Taken),
    (status = "4XX", description = "Not understood", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn track(
    State(app): State<App>,
    credentials: Credentials,
    body: JsonBytes,
) -> Result<Json<Taken>, Problem> {
    take(&app, credentials, Endpoint::Track, &body).await
}

/// Records a page; the page of a product counts as a view of it.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(post, path = "/v1/page", tag = "events", request_body = Object,
    security(("write_key" = []), ("secret_key" = [])), responses(
    (status = 200, description = "Durable, or dropped for a named reason", body = Taken),
    (status = "4XX", description = "Not understood", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn page(
    State(app): State<App>,
    credentials: Credentials,
    body: JsonBytes,
) -> Result<Json<Taken>, Problem> {
    take(&app, credentials, Endpoint::Page, &body).await
}

/// Records what a person states; only sizes and preferred categories are kept.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(post, path = "/v1/identify", tag = "events", request_body = Object,
    security(("write_key" = []), ("secret_key" = [])), responses(
    (status = 200, description = "Durable, or dropped for a named reason", body = Taken),
    (status = "4XX", description = "Not understood", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn identify(
    State(app): State<App>,
    credentials: Credentials,
    body: JsonBytes,
) -> Result<Json<Taken>, Problem> {
    take(&app, credentials, Endpoint::Identify, &body).await
}

/// Records up to 2,500 events that become durable together.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(post, path = "/v1/batch", tag = "events", request_body = Object,
    security(("write_key" = []), ("secret_key" = [])), responses(
    (status = 200, description = "Durable, or dropped for a named reason", body = Taken),
    (status = "4XX", description = "Not understood", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn batch(
    State(app): State<App>,
    credentials: Credentials,
    body: JsonBytes,
) -> Result<Json<Taken>, Problem> {
    take(&app, credentials, Endpoint::Batch, &body).await
}

async fn take(
    app: &App,
    credentials: Credentials,
    endpoint: Endpoint,
    body: &JsonBytes,
) -> Result<Json<Taken>, Problem> {
    let fallback = domain::hex::encode(&chance::bytes::<16>().map_err(|_| problem::UNAVAILABLE)?);
    // Who shows a key in a header is believed or refused before the body is looked at.
    let parsed = parse(endpoint, &body.0, &fallback);
    let claimed = parsed.as_ref().ok().and_then(|parsed| parsed.write_key.as_ref());
    let caller = credentials.believe(app, claimed.map(ClaimedKey::as_str))?;
    let parsed = parsed.map_err(|error| body_problem(&error))?;
    let single = endpoint != Endpoint::Batch;
    let of_batch = opt_outs(app, &caller, parsed.signals.as_ref(), &[])
        .map_err(|error| Problem::new(problem::INVALID, error))?;
    let mut dropped = Vec::new();
    let mut events = Vec::new();
    for (place, event) in parsed.events.into_iter().enumerate() {
        match event.map_err(IngestError::from) {
            Err(error) if single => return Err(Problem::new(problem::INVALID, error)),
            Err(error) => {
                Metrics::count(&app.shared.metrics.events, "malformed");
                let detail = Some(error.to_string());
                dropped.push(Dropped { event: place, reason: "malformed", detail });
            }
            Ok(event) => match claim(app, &caller, (&event, of_batch)) {
                Ok(claim) => events.push((place, (event, claim))),
                Err(NoClaim::Signals(error)) if single => {
                    return Err(Problem::new(problem::INVALID, error));
                }
                Err(NoClaim::Signals(error)) => {
                    Metrics::count(&app.shared.metrics.events, "malformed");
                    let detail = Some(error.to_string());
                    dropped.push(Dropped { event: place, reason: "malformed", detail });
                }
                Err(NoClaim::Nobody(reason)) => {
                    Metrics::count(&app.shared.metrics.events, reason);
                    dropped.push(Dropped { event: place, reason, detail: None });
                }
            },
        }
    }
    let (places, events): (Vec<_>, Vec<_>) = events.into_iter().unzip();
    let outcomes = if events.is_empty() { Vec::new() } else { app.writer.record(events).await? };
    let mut stored = 0;
    for (event, outcome) in places.into_iter().zip(outcomes) {
        match outcome {
            Ok(_) => stored += 1,
            Err(reason) => dropped.push(Dropped { event, reason, detail: None }),
        }
    }
    dropped.sort_by_key(|one| one.event);
    Ok(Json(Taken { success: true, stored, dropped }))
}

/// Why nothing of an event can be asked of the writer.
enum NoClaim {
    /// There is nobody whom this caller may name; the word says why.
    Nobody(&'static str),
    /// What the event says of its signals cannot be understood.
    Signals(SentError),
}

/// What request and event say no to: strings of consent tools, and the word of Segment's tool.
fn opt_outs(
    app: &App,
    caller: &Caller,
    text: Option<&SignalsText>,
    tool: &[(String, bool)],
) -> Result<SignalsByPurpose, SentError> {
    let reader = &app.shared.signals;
    let mut statements = Vec::new();
    if let Some(text) = text {
        let (place, now) = (caller.place.as_deref(), app.shared.clock.now());
        statements.extend(Sent::read(text.as_str())?.statements(reader, place, now));
    }
    if !tool.is_empty() {
        statements.push(Statement::tool(&reader.categories, tool));
    }
    Ok(against(&combine(statements)))
}

/// Whom an event is about, if this caller may say so, and what its signals say.
fn claim(
    app: &App,
    caller: &Caller,
    (event, of_batch): (&Event, SignalsByPurpose),
) -> Result<Claim, NoClaim> {
    let own = opt_outs(app, caller, event.signals(), event.consent()).map_err(NoClaim::Signals)?;
    let signals = caller.circumstances.signals.and(of_batch).and(own);
    let circumstances = Circumstances { signals, ..caller.circumstances };
    let (name, source, sender) = sender(app, caller, event).map_err(NoClaim::Nobody)?;
    let arrival = Arrival { received: app.shared.clock.now(), sender, circumstances };
    Ok(Claim { name, source, arrival })
}

/// Whom an event is about, if this caller may say so; otherwise the event has no person and
/// nothing of it is kept.
fn sender(
    app: &App,
    caller: &Caller,
    event: &Event,
) -> Result<(Subject, &'static str, Sender), &'static str> {
    let names = event.names();
    let name = match (caller.role, &caller.customer, &names.customer) {
        (Role::Secret, _, Some(named)) => Subject::Customer(named.clone()),
        (_, Some(token), None) => Subject::Customer(token.clone()),
        (_, Some(token), Some(named)) if token == named => Subject::Customer(token.clone()),
        (_, Some(_), Some(_)) => return Err("another_customer"),
        (Role::Write, None, named) => match names.browser {
            // The write key never names a customer; the browser still counts.
            Some(browser) => Subject::Browser(browser),
            None if named.is_some() => return Err("customer_not_proven"),
            None => return Err("nobody"),
        },
        (Role::Secret, None, None) => match names.browser {
            Some(browser) => Subject::Browser(browser),
            None => return Err("nobody"),
        },
    };
    let sender = match caller.role {
        Role::Secret => Sender::Shop,
        Role::Write => Sender::Network(app.shared.ring.message("network", &caller.prefix.text())),
    };
    let source = match caller.role {
        Role::Secret => "server",
        Role::Write => "browser",
    };
    Ok((name, source, sender))
}

fn body_problem(error: &IngestError) -> Problem {
    let too_large =
        matches!(error, IngestError::BodyTooLong { .. } | IngestError::TooManyEvents { .. });
    Problem::new(if too_large { problem::TOO_LARGE } else { problem::MALFORMED }, error)
}
