//! Requests of people about their data: made, looked at, taken back.

use axum::Json;
use axum::extract::{Path, State};
use domain::id::RequestId;
use domain::time::Timestamp;
use personal::subject::Subject;
use rights::machine::Verification;
use rights::plan::Scope;
use rights::proof::{Known, Proof, Strength, gives, needed};
use rights::request::act::Act;
use rights::request::error::ActError;
use rights::request::kind::{About, Kind};
use rights::request::names::Asker;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Role;
use crate::engine::requests::{Filed, NewRequest};
use crate::engine::{Engine, EngineError};
use crate::problem::{self, Problem, ProblemBody};
use crate::requests::{RequestBody, is_read, shown};
use crate::routes::App;
use crate::routes::caller::Caller;
use crate::routes::consents::{browser_id, customer_id};
use crate::routes::erasures::Who;
use crate::routes::parameters::JsonBytes;

/// Longest text of a person, in bytes.
pub const WORDS_BYTES_MAX: usize = 4_000;

/// What is asked for, and for whom: a browser with its handle, a customer with the secret key, or,
/// with a customer token, nothing needs to be said. Who only protects needs no handle.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestIn {
    /// `access`, `portability`, `erasure`, `restriction`, `objection`, `opt_out`, `limit_use`,
    /// `human_review` or `withdrawal`.
    kind: String,
    /// `everything`, `categories`, the name of a purpose, or `one:` and 32 hexadecimal characters;
    /// `everything` when missing.
    #[serde(default)]
    about: Option<String>,
    /// A browser id that we issued.
    #[serde(default)]
    #[schema(pattern = "^[0-9a-f]{32}$")]
    browser: Option<String>,
    /// The handle that came with it.
    #[serde(default)]
    erase_handle: Option<String>,
    /// A customer, with the secret key only.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 128)]
    customer: Option<String>,
    /// Who asks, with the secret key only: `person`, `parent`, or `shop` for somebody who asked by
    /// letter, telephone or at the counter.
    #[serde(default)]
    asker: Option<String>,
    /// What the person wants those to know who decide: for an objection that is weighed, and for
    /// the review of a decision.
    #[serde(default)]
    #[schema(max_length = 4000)]
    words: Option<String>,
}

/// For whom.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhoIn {
    /// A browser id that we issued.
    #[serde(default)]
    #[schema(pattern = "^[0-9a-f]{32}$")]
    browser: Option<String>,
    /// The handle that came with it.
    #[serde(default)]
    erase_handle: Option<String>,
    /// A customer, with the secret key only.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 128)]
    customer: Option<String>,
}

/// The requests of a person, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RequestsBody {
    /// Each of them.
    pub requests: Vec<RequestBody>,
}

/// Takes a request in. What needs nobody else is carried out before this answers.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(post, path = "/v1/requests", tag = "rights", request_body = RequestIn,
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "The request as it stands now", body = RequestBody),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn make_request(
    State(app): State<App>,
    caller: Caller,
    body: JsonBytes,
) -> Result<Json<RequestBody>, Problem> {
    let asked: RequestIn = body.read()?;
    let (kind, about) = asked.what()?;
    let (name, proven) = asked.whom(&app, &caller, needed(kind, about).strength)?;
    let new = NewRequest {
        kind,
        about,
        asker: asked.asker(&caller)?,
        law: caller.circumstances.law.pack,
        proven,
        words: asked.words(kind, about)?,
        agent_request: None,
    };
    let made = app.writer.run(move |engine, now| {
        let id = engine.file_request(&name, new, now)?;
        told(engine, id, now)
    });
    Ok(Json(made.await?))
}

/// Says how a request stands. Its random name is enough, as it is for a receipt.
///
/// # Errors
/// [`problem::NOT_FOUND`] for a name of nothing.
#[utoipa::path(get, path = "/v1/requests/{id}", tag = "rights",
    params(("id" = String, Path, description = "The random name of the request")),
    security(("write_key" = []), ("secret_key" = [])), responses(
    (status = 200, description = "The request", body = RequestBody),
    (status = "4XX", description = "Not there or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn read_request(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<RequestBody>, Problem> {
    let id = request_id(&id)?;
    Ok(Json(app.writer.run(move |engine, now| told(engine, id, now)).await?))
}

/// Lists the requests of a person.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(post, path = "/v1/requests/own", tag = "rights", request_body = WhoIn,
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "The requests, newest first", body = RequestsBody),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn own_requests(
    State(app): State<App>,
    caller: Caller,
    body: JsonBytes,
) -> Result<Json<RequestsBody>, Problem> {
    let (name, _) = body.read::<WhoIn>()?.verified(&app, &caller)?;
    let listed = app.writer.run(move |engine, now| {
        let subject = engine.shared.ring.subject_ref(&name);
        let own = engine.requests().of(subject);
        Ok(own.into_iter().map(|filed| shown(engine, filed, now)).collect())
    });
    Ok(Json(RequestsBody { requests: listed.await? }))
}

/// Takes a request back, before it is carried out.
///
/// # Errors
/// [`problem::NOT_FOUND`] for a request of somebody else, [`problem::REQUEST`] when it is too late.
#[utoipa::path(post, path = "/v1/requests/{id}/revocation", tag = "rights", request_body = WhoIn,
    params(("id" = String, Path, description = "The random name of the request")),
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "The request as it stands now", body = RequestBody),
    (status = "4XX", description = "Not there, too late or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn revoke_request(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: JsonBytes,
) -> Result<Json<RequestBody>, Problem> {
    let revoke = |engine: &mut Engine, id, now| engine.act(id, Act::Revoked {}, now);
    changed(&app, &caller, (&id, &body), revoke).await
}

/// Ends a restriction that was carried out: the data may be used again as far as consent goes.
///
/// # Errors
/// [`problem::NOT_FOUND`] for a request of somebody else, [`problem::REQUEST`] for what restricts
/// nothing.
#[utoipa::path(post, path = "/v1/requests/{id}/lift", tag = "rights", request_body = WhoIn,
    params(("id" = String, Path, description = "The random name of the request")),
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "The request as it stands now", body = RequestBody),
    (status = "4XX", description = "Not there, nothing to lift or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn lift_restriction(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: JsonBytes,
) -> Result<Json<RequestBody>, Problem> {
    changed(&app, &caller, (&id, &body), Engine::lift_by_person).await
}

/// Does something with a request of the caller's own, and says how it stands.
async fn changed(
    app: &App,
    caller: &Caller,
    (id, body): (&str, &JsonBytes),
    change: impl FnOnce(&mut Engine, RequestId, Timestamp) -> Result<(), EngineError> + Send + 'static,
) -> Result<Json<RequestBody>, Problem> {
    let (name, _) = body.read::<WhoIn>()?.verified(app, caller)?;
    let id = request_id(id)?;
    let done = app.writer.run(move |engine, now| {
        own(engine, id, &name)?;
        change(engine, id, now)?;
        told(engine, id, now)
    });
    Ok(Json(done.await?))
}

/// Confirms what an authorized agent asked for in the person's name, as 11 CCR 7063 allows.
///
/// # Errors
/// [`problem::NOT_FOUND`] for a request of somebody else, [`problem::REQUEST`] when there is nothing
/// to confirm.
#[utoipa::path(post, path = "/v1/requests/{id}/confirmation", tag = "rights",
    request_body = WhoIn,
    params(("id" = String, Path, description = "The random name of the request")),
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "The request as it stands now", body = RequestBody),
    (status = "4XX", description = "Not there, not asked for or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn confirm_request(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: JsonBytes,
) -> Result<Json<RequestBody>, Problem> {
    let (name, how) = body.read::<WhoIn>()?.verified(&app, &caller)?;
    let (id, strength) = (request_id(&id)?, strength(&name, how));
    let done = app.writer.run(move |engine, now| {
        engine.prove(id, (&name, strength), now)?;
        told(engine, id, now)
    });
    Ok(Json(done.await?))
}

/// The request as it stands.
pub(crate) fn told(
    engine: &Engine,
    id: RequestId,
    now: Timestamp,
) -> Result<RequestBody, EngineError> {
    let filed = engine.requests().get(id).ok_or(EngineError::Unknown)?;
    Ok(shown(engine, filed, now))
}

/// The request, if it is this person's; to others it is not there.
pub(crate) fn own<'e>(
    engine: &'e Engine,
    id: RequestId,
    name: &Subject,
) -> Result<&'e Filed, EngineError> {
    let filed = engine.requests().get(id).ok_or(EngineError::Unknown)?;
    match filed.subject == engine.shared.ring.subject_ref(name) {
        true => Ok(filed),
        false => Err(EngineError::Unknown),
    }
}

/// The random name of a request.
///
/// # Errors
/// [`problem::NOT_FOUND`]: what is no name is a name of nothing.
pub(crate) fn request_id(text: &str) -> Result<RequestId, Problem> {
    RequestId::parse(text).map_err(|_| problem::NOT_FOUND.into())
}

/// How strong it is what the caller showed.
pub(crate) const fn strength(name: &Subject, how: Verification) -> Strength {
    let known = match name {
        Subject::Customer(_) => Known::Account,
        Subject::Browser(_) => Known::Browser,
    };
    let proof = match how {
        Verification::BrowserHandle => Proof::BrowserHandle,
        // The shop's server signs it for who is logged in now, for ten minutes at most.
        Verification::CustomerToken => Proof::FreshLogin,
        Verification::MailLink => Proof::MailLink,
        Verification::Operator | Verification::Platform | Verification::SecretKey => Proof::Shop,
    };
    gives(proof, known)
}

/// Reads what a request is about, and refuses what nobody carries out here.
///
/// # Errors
/// [`problem::INVALID`].
pub(crate) fn what(kind: &str, about: Option<&str>) -> Result<(Kind, About), Problem> {
    let invalid = |detail: &str| Problem::new(problem::INVALID, detail.to_owned());
    let kind = Kind::parse(kind).map_err(|error| Problem::new(problem::INVALID, error))?;
    let about = match about {
        None => About::EVERYTHING,
        Some(text) => About::try_from(text.to_owned())
            .map_err(|error| Problem::new(problem::INVALID, error))?,
    };
    if !about.fits(kind) {
        return Err(Problem::new(problem::INVALID, ActError::About));
    }
    match (kind, about) {
        (Kind::Rectification, _) | (Kind::Erasure, About::One(_)) => {
            Err(invalid("POST /v1/corrections takes single entries out at once"))
        }
        (Kind::Restriction, About::One(_)) => {
            Err(invalid("a restriction is about everything or one purpose"))
        }
        (Kind::Restriction | Kind::Objection, About::Scope(Scope::Purpose(purpose)))
            if !purpose.can_rest() =>
        {
            Err(invalid("what a contract or a law needs goes on"))
        }
        _ => Ok((kind, about)),
    }
}

impl RequestIn {
    fn what(&self) -> Result<(Kind, About), Problem> {
        what(&self.kind, self.about.as_deref())
    }

    /// For whom, and what was proven. Where nothing has to be proven, a browser that we know of is
    /// enough.
    fn whom(
        &self,
        app: &App,
        caller: &Caller,
        needs: Strength,
    ) -> Result<(Subject, Strength), Problem> {
        let who = Who {
            browser: self.browser.as_deref(),
            erase_handle: self.erase_handle.as_deref(),
            customer: self.customer.as_deref(),
        };
        let unproven = match who.verified(app, caller) {
            Ok((name, how)) => return Ok((name.clone(), strength(&name, how))),
            Err(problem) if needs == Strength::Nothing => problem,
            Err(problem) => return Err(problem),
        };
        let browser = browser_id(self.browser.as_deref())?;
        let customer = customer_id(self.customer.as_deref())?;
        let name = caller.subject(customer, browser)?.ok_or(unproven)?;
        let subject = app.shared.ring.subject_ref(&name);
        match app.shared.people.read().contains_key(&subject) {
            true => Ok((name, Strength::Nothing)),
            // Nothing is held, so there is nothing to protect.
            false => Err(problem::NOT_FOUND.into()),
        }
    }

    fn asker(&self, caller: &Caller) -> Result<Asker, Problem> {
        match (self.asker.as_deref(), caller.role) {
            (None | Some("person"), _) => Ok(Asker::Person),
            (Some("parent"), Role::Secret) => Ok(Asker::Parent),
            (Some("shop"), Role::Secret) => Ok(Asker::Shop),
            (Some("parent" | "shop"), Role::Write) => {
                Err(Problem::new(problem::FORBIDDEN, "asker needs the secret key"))
            }
            (Some(_), _) => Err(Problem::new(problem::INVALID, "asker is person, parent or shop")),
        }
    }

    fn words(&self, kind: Kind, about: About) -> Result<Option<String>, Problem> {
        words(self.words.as_deref(), kind, about)
    }
}

/// Reads what the person wrote.
///
/// # Errors
/// [`problem::INVALID`] for a text that nobody would read, or one that is too long.
pub(crate) fn words(
    text: Option<&str>,
    kind: Kind,
    about: About,
) -> Result<Option<String>, Problem> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if !is_read(kind, about) {
        let detail = "words are for an objection that is weighed and for human_review; nobody \
                      would read them here";
        return Err(Problem::new(problem::INVALID, detail));
    }
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.len() > WORDS_BYTES_MAX || text.chars().any(control) {
        let detail = format!("words is a text of at most {WORDS_BYTES_MAX} bytes");
        return Err(Problem::new(problem::INVALID, detail));
    }
    Ok(Some(text.to_owned()))
}

impl WhoIn {
    pub(crate) fn verified(
        &self,
        app: &App,
        caller: &Caller,
    ) -> Result<(Subject, Verification), Problem> {
        let who = Who {
            browser: self.browser.as_deref(),
            erase_handle: self.erase_handle.as_deref(),
            customer: self.customer.as_deref(),
        };
        who.verified(app, caller)
    }
}
