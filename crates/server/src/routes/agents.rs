//! Data Rights Protocol 1.0, the addresses of a business: what authorized agents call.
//!
//! The protocol fixes bodies, answers and errors, so these are no problem documents and stand in
//! the protocol's description instead of ours. Every message is validated in the order of its
//! section 3.07 by [`rights::drp`] and counts once.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::id::RequestId;
use domain::time::Timestamp;
use personal::subject::Subject;
use rights::drp::claims::{Exercise, Regime};
use rights::drp::status::{ErrorBody, Facts, Status, TokenAnswer, request_id};
use rights::drp::{Agent, BODY_BYTES_MAX, Door, DrpError, exercise, revocation, set_up};
use rights::proof::{Known, Strength, gives};
use rights::request::act::Act;
use rights::request::denial::Denial;
use rights::request::kind::is_absolute;
use rights::request::names::Asker;
use serde_json::json;

use crate::chance;
use crate::engine::requests::NewRequest;
use crate::engine::{Engine, EngineError};
use crate::problem::{self, Problem};
use crate::requests::dial;
use crate::routes::App;
use crate::settings::drp::DrpSettings;
use crate::writer::WriterError;

/// Why an agent is refused, as the protocol answers it.
#[derive(Debug)]
pub enum Refused {
    /// A message that is not valid.
    Message(DrpError),
    /// A message that was taken before.
    Replayed,
    /// No token, or one of nobody.
    Token,
    /// No request of this agent.
    Unknown,
    /// The request's state does not allow it.
    State,
    /// Nothing of the sort here, or the writer is busy.
    Other(Problem),
}

impl From<DrpError> for Refused {
    fn from(error: DrpError) -> Self {
        Self::Message(error)
    }
}

impl From<WriterError> for Refused {
    fn from(error: WriterError) -> Self {
        if let WriterError::Engine(EngineError::Unknown) = error {
            return Self::Unknown;
        }
        if let WriterError::Engine(EngineError::Request(_)) = error {
            return Self::State;
        }
        Self::Other(error.into())
    }
}

/// The status of HTTP for a message that is not valid.
const fn code_of(error: DrpError) -> StatusCode {
    match error {
        DrpError::TooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        DrpError::Signature | DrpError::Agent | DrpError::Business => StatusCode::FORBIDDEN,
        DrpError::Action => StatusCode::NOT_IMPLEMENTED,
        DrpError::Base64
        | DrpError::Malformed
        | DrpError::Issued
        | DrpError::Expired
        | DrpError::Window
        | DrpError::Version
        | DrpError::Claim(_) => StatusCode::BAD_REQUEST,
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let said = |code: StatusCode, message: &str, fatal| {
            let body =
                ErrorBody { code: code.as_str().to_owned(), message: message.to_owned(), fatal };
            (code, Json(body)).into_response()
        };
        match self {
            Self::Message(error) => {
                let code = code_of(error);
                (code, Json(ErrorBody::of(error, code.as_u16()))).into_response()
            }
            Self::Replayed => said(StatusCode::CONFLICT, "message was taken before", Some(true)),
            Self::Token => said(StatusCode::UNAUTHORIZED, "token is missing or of nobody", None),
            Self::Unknown => said(StatusCode::NOT_FOUND, "there is nothing here for you", None),
            Self::State => said(StatusCode::CONFLICT, "this request does not allow that now", None),
            Self::Other(problem) => said(problem.kind().status, problem.kind().title, None),
        }
    }
}

fn settings(app: &App) -> Result<&DrpSettings, Refused> {
    app.shared.settings.drp.as_ref().ok_or(Refused::Other(problem::NOT_FOUND.into()))
}

/// The agent of a name; a name that is not in the list is answered as a wrong signature is, so that
/// nobody learns whom the shop knows.
fn listed(app: &App, id: &str) -> Result<Agent, Refused> {
    let agent = settings(app)?.agent(id).ok().flatten();
    agent.ok_or(Refused::Message(DrpError::Signature))
}

/// The agent whose token the request carries.
async fn bearer(app: &App, headers: &HeaderMap) -> Result<Agent, Refused> {
    settings(app)?;
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("Bearer ")).map(str::to_owned);
    let token = token.ok_or(Refused::Token)?;
    let id = app.writer.run(move |engine, _| engine.agent_of(&token)).await?;
    listed(app, &id.ok_or(Refused::Token)?).map_err(|_| Refused::Token)
}

fn short(body: &Bytes) -> Result<(), DrpError> {
    match body.len() <= BODY_BYTES_MAX {
        true => Ok(()),
        false => Err(DrpError::TooLong { len: body.len() }),
    }
}

/// Sets up the pairwise key of an agent (section 2.05).
///
/// # Errors
/// [`Refused`].
pub async fn set_up_agent(
    State(app): State<App>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<TokenAnswer>, Refused> {
    short(&body)?;
    let agent = listed(&app, &id)?;
    let business = settings(&app)?.business().map_err(|_| DrpError::Business)?;
    let door = Door { agent: &agent, business: &business, now: app.shared.clock.now() };
    let once = set_up(&body, &door)?;
    let random: [u8; 32] =
        chance::bytes().map_err(|_| Refused::Other(problem::UNAVAILABLE.into()))?;
    let answer = TokenAnswer::new(&agent, &random);
    let token = answer.token().to_owned();
    let first = app.writer.run(move |engine, now| {
        let first = engine.take_once(&once, now)?;
        if first {
            engine.set_agent_token(&id, &token)?;
        }
        Ok(first)
    });
    if first.await? { Ok(Json(answer)) } else { Err(Refused::Replayed) }
}

/// Says to an agent that its token counts (section 2.06).
///
/// # Errors
/// [`Refused`].
pub async fn read_agent(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let agent = bearer(&app, &headers).await?;
    match agent.id().as_str() == id {
        true => Ok(Json(json!({ "agent-id": id })).into_response()),
        false => Err(Refused::Token),
    }
}

/// Takes a request of an agent in (section 2.01).
///
/// # Errors
/// [`Refused`].
pub async fn exercise_right(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Status>, Refused> {
    short(&body)?;
    let agent = bearer(&app, &headers).await?;
    let drp = settings(&app)?;
    let business = drp.business().map_err(|_| DrpError::Business)?;
    let door = Door { agent: &agent, business: &business, now: app.shared.clock.now() };
    let (asked, once) = exercise(&body, &door)?;
    let (kind, about) = asked.action.asks();
    let absolute = is_absolute(kind, about);
    let email = match absolute {
        true => asked.person.email(),
        false => asked.person.verified_email(),
    };
    let email = email.ok_or(DrpError::Claim("email"))?;
    let customer = drp.customer.customer(email).ok_or(DrpError::Claim("email"))?;
    let name = Subject::Customer(customer);
    let new = NewRequest {
        kind,
        about,
        asker: Asker::Agent(agent.id().clone()),
        law: law_of(&app, &asked),
        proven: match asked.person.proof() {
            Some(proof) if !absolute => gives(proof, Known::Account),
            _ => Strength::Nothing,
        },
        words: None,
        agent_request: asked.agent_request.clone(),
    };
    let subject = app.shared.ring.subject_ref(&name);
    let done = app.writer.run(move |engine, now| {
        if !engine.take_once(&once, now)? {
            return Ok(None);
        }
        let known = engine.shared.people.read().contains_key(&subject);
        let id = engine.file_request(&name, new, now)?;
        if !known && !absolute {
            // Nobody in the shop's data is the person, so there is nothing to confirm.
            engine.act(id, Act::Denied { denial: Denial::NoMatch }, now)?;
        }
        told(engine, id, now).map(Some)
    });
    done.await?.map(Json).ok_or(Refused::Replayed)
}

/// Says how a request of the agent stands (section 2.02).
///
/// # Errors
/// [`Refused`].
pub async fn read_exercise(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Status>, Refused> {
    let agent = bearer(&app, &headers).await?;
    let id = request_id(&id).ok_or(Refused::Unknown)?;
    let read = app.writer.run(move |engine, now| {
        own(engine, id, &agent)?;
        told(engine, id, now)
    });
    Ok(Json(read.await?))
}

/// Takes a request of the agent back (section 2.04).
///
/// # Errors
/// [`Refused`].
pub async fn revoke_exercise(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Status>, Refused> {
    short(&body)?;
    let agent = bearer(&app, &headers).await?;
    revocation(&body, &agent)?;
    let id = request_id(&id).ok_or(Refused::Unknown)?;
    let done = app.writer.run(move |engine, now| {
        own(engine, id, &agent)?;
        engine.act(id, Act::Revoked {}, now)?;
        told(engine, id, now)
    });
    Ok(Json(done.await?))
}

/// Whether the request is one of this agent; to others it is not there.
fn own(engine: &Engine, id: RequestId, agent: &Agent) -> Result<(), EngineError> {
    let filed = engine.requests().get(id).ok_or(EngineError::Unknown)?;
    let Asker::Agent(asker) = &filed.case.asked.asker else { return Err(EngineError::Unknown) };
    if asker == agent.id() { Ok(()) } else { Err(EngineError::Unknown) }
}

fn told(engine: &Engine, id: RequestId, now: Timestamp) -> Result<Status, EngineError> {
    let filed = engine.requests().get(id).ok_or(EngineError::Unknown)?;
    let page = engine.shared.settings.drp.as_ref().map(|drp| drp.page(&id.to_hex()));
    let facts = Facts {
        leading: None,
        agent_request: filed.agent_request.as_deref(),
        due: dial(&engine.shared, &filed.case, now).answer.due,
        verification_url: page.as_deref().unwrap_or_default(),
        results_url: None,
    };
    Ok(Status::of(&filed.case, &facts))
}

/// The law that the agent names, where there is a pack for it; else that of the shop's own place.
fn law_of(app: &App, asked: &Exercise) -> &'static consent::law::LawPack {
    let day = app.shared.clock.now().day();
    match asked.regime {
        Regime::Ccpa => app.shared.law_at(Some("US-CA"), day).pack,
        Regime::Voluntary | Regime::Named(_) => app.shared.law(day).pack,
    }
}
