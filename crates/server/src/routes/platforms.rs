//! Hooks of shop platforms: what they tell of customers goes the way of every other request.
//!
//! No key of ours: each platform signs with a secret of its own, and whatever is not signed is
//! answered with 401 before anything of it is read. What is answered with success is durable, so
//! a platform that tries again after a failure loses nothing.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::date::Date;
use domain::hex;
use domain::id::RowId;
use domain::time::Timestamp;
use personal::kinds::PlatformRequest;
use personal::subject::{CustomerId, Subject};
use rights::machine::Verification;
use rights::request::kind::Kind;
use rights::request::names::PlatformId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::instant;
use crate::access::sealed::Lock;
use crate::auth::Role;
use crate::engine::platforms::Redaction;
use crate::engine::requests::handing::FromPlatform;
use crate::engine::{Engine, EngineError};
use crate::mail::letters::Deed;
use crate::mail::telling::tell;
use crate::platforms::shopify::{NotFollowed, ShopifyMessage, Wanted};
use crate::platforms::{Hook, Named};
use crate::problem::{self, Problem, ProblemBody};
use crate::requests::SHOPIFY;
use crate::routes::App;
use crate::routes::access::{archived, packed};
use crate::routes::caller::Caller;
use crate::routes::parameters::JsonBytes;

pub mod wordpress;

/// The hooks, and what the shop's server picks up.
pub fn router() -> Router<App> {
    Router::new()
        .route("/v1/platforms/shopify", post(shopify_message))
        .route("/v1/platforms/medusa", post(medusa_event))
        .route("/v1/platforms/commercetools", post(commercetools_message))
        .route("/v1/platforms/wordpress/exporter", post(wordpress::wordpress_export))
        .route("/v1/platforms/wordpress/eraser", post(wordpress::wordpress_erase))
        .route("/v1/platforms/requests", get(list_platform_requests))
        .route("/v1/platforms/requests/{id}", post(pick_up))
        .route("/v1/platforms/shop-redaction", get(read_redaction).delete(end_redaction))
}

/// What became of a message.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Followed {
    /// `erased`, `waits` (to be picked up, for its day, or for people), `noted`, or `repeated`.
    pub status: &'static str,
}

fn unsigned() -> Problem {
    Problem::new(problem::UNAUTHENTICATED, "the message is not signed by a platform that is set up")
}

/// Takes Shopify's `customers/data_request`, `customers/redact`, `app/uninstalled` and
/// `shop/redact`. Signed with the client secret of the app over the raw body.
///
/// # Errors
/// [`problem::UNAUTHENTICATED`] for what Shopify did not sign.
#[utoipa::path(post, path = "/v1/platforms/shopify", tag = "platforms",
    request_body = ShopifyMessage,
    params(("X-Shopify-Topic" = String, Header, description = "What the message is about"),
        ("X-Shopify-Webhook-Id" = String, Header, description = "Its own number"),
        ("X-Shopify-Hmac-Sha256" = String, Header, description = "HMAC of the body, base64")),
    responses(
    (status = 200, description = "Followed, and durable", body = Followed),
    (status = "4XX", description = "Not signed or not understood", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn shopify_message(
    State(app): State<App>,
    headers: HeaderMap,
    sent: JsonBytes,
) -> Result<Json<Followed>, Problem> {
    let JsonBytes(body) = sent;
    let hook = app.platforms.shopify.as_ref().ok_or_else(unsigned)?;
    let (wanted, id) = hook.read(&headers, &body).map_err(|why| match why {
        NotFollowed::Unsigned => unsigned(),
        NotFollowed::Strange(detail) => Problem::new(problem::INVALID, detail),
    })?;
    let status = match wanted {
        Wanted::Data { customer, reference } => {
            wait(&app, hook_id(SHOPIFY)?, customer, reference).await?;
            "waits"
        }
        Wanted::Erase(customer) => {
            let platform = hook_id(SHOPIFY)?;
            erase(&app, (platform, customer.id), Some((SHOPIFY, id, body))).await?.as_str()
        }
        Wanted::Uninstalled => {
            app.writer.run(Engine::app_left).await?;
            "noted"
        }
        Wanted::EraseShop => {
            app.writer.run(Engine::begin_redaction).await?;
            "waits"
        }
    };
    Ok(Json(Followed { status }))
}

/// Keeps a request for a customer's data until the shop's server picks it up.
async fn wait(
    app: &App,
    platform: PlatformId,
    customer: Named,
    reference: String,
) -> Result<(), Problem> {
    let kept = app.writer.run(move |engine, now| {
        let request = PlatformRequest {
            at: now,
            platform: platform.as_str().to_owned(),
            reference,
            customer: customer.text,
        };
        engine.keep_request(&Subject::Customer(customer.id), (platform, request), now)
    });
    Ok(kept.await?)
}

/// What became of an erasure that a platform asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Erased {
    /// It is carried out.
    Done,
    /// People keep it from being carried out; it stands in their queue.
    Held,
    /// The message was taken before.
    Repeated,
}

impl Erased {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "erased",
            Self::Held => "waits",
            Self::Repeated => "repeated",
        }
    }
}

/// The name of a platform, as requests carry it.
fn hook_id(name: &str) -> Result<PlatformId, Problem> {
    PlatformId::parse(name).map_err(|_| problem::INTERNAL.into())
}

/// Erases a customer by a request of the queue, unless the message was taken before; then nothing
/// happens.
async fn erase(
    app: &App,
    (platform, customer): (PlatformId, CustomerId),
    message: Option<(&'static str, String, Bytes)>,
) -> Result<Erased, Problem> {
    let name = Subject::Customer(customer);
    let subject = app.shared.ring.subject_ref(&name);
    let erased = app.writer.run(move |engine, now| {
        let known = engine.address_of(&name, now)?; // it goes with the rest
        if let Some((platform, id, body)) = &message
            && engine.knows_message((platform, id, body))?
        {
            return Ok((Erased::Repeated, None));
        }
        let from = FromPlatform { platform, kind: Kind::Erasure, row: None };
        let filed = engine.file_for_platform(&name, from, now)?;
        let filed = engine.requests().get(filed).ok_or(EngineError::Unknown)?;
        let done = if filed.case.end.is_some() { Erased::Done } else { Erased::Held };
        // Only what was done is not done again.
        if let Some((platform, id, body)) = &message {
            engine.take_message((platform, id, body), now)?;
        }
        Ok((done, known))
    });
    let (erased, known) = erased.await?;
    if erased == Erased::Done {
        tell(app, (subject, known), Deed::Erased);
    }
    Ok(erased)
}

/// An event of Medusa's event bus, as a subscriber of the shop sends it on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct MedusaEvent {
    /// `customer.deleted`; every other name is noted and changes nothing.
    name: String,
    /// What it is about.
    data: MedusaData,
}

/// What an event of Medusa is about.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct MedusaData {
    /// The customer.
    id: String,
}

/// Takes Medusa's `customer.deleted`.
///
/// # Errors
/// [`problem::UNAUTHENTICATED`] for what the shop's Medusa did not sign.
#[utoipa::path(post, path = "/v1/platforms/medusa", tag = "platforms", request_body = MedusaEvent,
    params(("Confidant-Timestamp" = String, Header, description = "Seconds since 1970"),
        ("Confidant-Signature" = String, Header, description = "HMAC of time and body, base64")),
    responses(
    (status = 200, description = "Followed, and durable", body = Followed),
    (status = "4XX", description = "Not signed or not understood", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn medusa_event(
    State(app): State<App>,
    headers: HeaderMap,
    sent: JsonBytes,
) -> Result<Json<Followed>, Problem> {
    let hook = app.platforms.medusa.as_ref();
    let (hook, event): (_, MedusaEvent) = signed(&app, hook, &headers, &sent)?;
    if event.name != "customer.deleted" {
        return Ok(Json(Followed { status: "noted" }));
    }
    deleted(&app, hook, &event.data.id).await
}

/// What a message of commercetools is about.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommercetoolsResource {
    /// `customer`.
    type_id: String,
    /// The customer.
    id: String,
}

/// A message of commercetools, as a subscription delivers it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CommercetoolsMessage {
    /// `CustomerDeleted`; every other type is noted and changes nothing.
    #[serde(rename = "type")]
    kind: String,
    /// What it is about.
    resource: CommercetoolsResource,
}

/// Takes commercetools' `CustomerDeleted`.
///
/// # Errors
/// [`problem::UNAUTHENTICATED`] for what the shop's forwarder did not sign.
#[utoipa::path(post, path = "/v1/platforms/commercetools", tag = "platforms",
    request_body = CommercetoolsMessage,
    params(("Confidant-Timestamp" = String, Header, description = "Seconds since 1970"),
        ("Confidant-Signature" = String, Header, description = "HMAC of time and body, base64")),
    responses(
    (status = 200, description = "Followed, and durable", body = Followed),
    (status = "4XX", description = "Not signed or not understood", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn commercetools_message(
    State(app): State<App>,
    headers: HeaderMap,
    sent: JsonBytes,
) -> Result<Json<Followed>, Problem> {
    let hook = app.platforms.commercetools.as_ref();
    let (hook, message): (_, CommercetoolsMessage) = signed(&app, hook, &headers, &sent)?;
    if message.kind != "CustomerDeleted" || message.resource.type_id != "customer" {
        return Ok(Json(Followed { status: "noted" }));
    }
    deleted(&app, hook, &message.resource.id).await
}

async fn deleted(app: &App, hook: &Hook, id: &str) -> Result<Json<Followed>, Problem> {
    let customer = hook.customer(id);
    let customer = customer
        .ok_or_else(|| Problem::new(problem::INVALID, "the id cannot be the name of a customer"))?;
    let erased = erase(app, (hook_id(hook.name)?, customer.id), None).await?;
    Ok(Json(Followed { status: erased.as_str() }))
}

/// Checks the signature, then reads the body.
fn signed<'a, T: serde::de::DeserializeOwned>(
    app: &App,
    hook: Option<&'a Hook>,
    headers: &HeaderMap,
    sent: &JsonBytes,
) -> Result<(&'a Hook, T), Problem> {
    let hook = hook.ok_or_else(unsigned)?;
    if !hook.signed(headers, &sent.0, app.shared.clock.now()) {
        return Err(unsigned());
    }
    Ok((hook, sent.read()?))
}

/// A request that waits to be picked up.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaitingOut {
    /// Its name here.
    pub id: String,
    /// The platform.
    pub platform: String,
    /// The platform's number of the request.
    pub reference: String,
    /// The customer whose data is asked for.
    pub customer: String,
    /// When it came (RFC 3339, UTC).
    pub at: String,
    /// The first day without it.
    pub until: String,
}

fn only_the_shop(caller: &Caller) -> Result<(), Problem> {
    match caller.role {
        Role::Secret => Ok(()),
        Role::Write => Err(Problem::new(problem::FORBIDDEN, "this needs the secret key")),
    }
}

/// Lists the requests of platforms that wait to be picked up, oldest first.
///
/// # Errors
/// [`problem::FORBIDDEN`] without the secret key.
#[utoipa::path(get, path = "/v1/platforms/requests", tag = "platforms",
    security(("secret_key" = [])), responses(
    (status = 200, description = "What waits", body = Vec<WaitingOut>),
    (status = "4XX", description = "Not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn list_platform_requests(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Vec<WaitingOut>>, Problem> {
    only_the_shop(&caller)?;
    let waiting = app.writer.run(Engine::waiting_requests).await?;
    let out = waiting.into_iter().map(|one| WaitingOut {
        id: hex::encode(one.id.as_bytes()),
        platform: one.request.platform,
        reference: one.request.reference,
        customer: one.request.customer,
        at: instant(one.request.at),
        until: Date(one.until).to_string(),
    });
    Ok(Json(out.collect()))
}

/// How the archive is locked.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PickUpIn {
    /// A passphrase of the customer; 12 characters or more.
    #[serde(default)]
    #[schema(max_length = 1024)]
    passphrase: Option<String>,
    /// A public key of the customer, such as `age1...`, instead.
    #[serde(default)]
    #[schema(max_length = 128)]
    recipient: Option<String>,
}

impl std::fmt::Debug for PickUpIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PickUpIn(..)")
    }
}

/// Gives the archive of a request that waits, made at this moment, and ends the request.
///
/// # Errors
/// [`problem::NOT_FOUND`] for a request that does not wait.
#[utoipa::path(post, path = "/v1/platforms/requests/{id}", tag = "platforms",
    params(("id" = String, Path, description = "The name of the request")),
    request_body = PickUpIn, security(("secret_key" = [])), responses(
    (status = 200, description = "Everything that is held", content(
        (String = "application/zip"), (String = "application/octet-stream"))),
    (status = "4XX", description = "Not there or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn pick_up(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: JsonBytes,
) -> Result<Response, Problem> {
    only_the_shop(&caller)?;
    let asked: PickUpIn = body.read()?;
    let lock = Lock::read(asked.passphrase.as_deref(), asked.recipient.as_deref());
    let lock = lock.map_err(|error| Problem::new(problem::INVALID, error))?;
    let id = hex::decode(&id).map(RowId::from_bytes).map_err(|_| problem::NOT_FOUND)?;
    let waiting = app.writer.run(Engine::waiting_requests).await?;
    let found = waiting.into_iter().find(|one| one.id == id).ok_or(problem::NOT_FOUND)?;
    let customer = CustomerId::parse(&found.request.customer).map_err(|_| problem::INTERNAL)?;
    let name = Subject::Customer(customer);
    let package = packed(&app, name.clone(), Verification::Platform).await?;
    let archive = archived(package, lock).await?;
    let platform = hook_id(&found.request.platform)?;
    let ended = app.writer.run(move |engine, now| {
        engine.end_request(&name, id)?;
        engine.handed_over(&name, &platform, now)
    });
    ended.await?;
    Ok(archive)
}

/// How far the erasure of the whole shop is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct RedactionOut {
    /// `none`, `left` (the app left the shop), `waits`, `runs` or `done`.
    pub status: &'static str,
    /// When it begins, in milliseconds since 1970.
    pub begins_ms: Option<i64>,
    /// How many people were erased.
    pub erased: u64,
}

/// Says how far the erasure of the whole shop is.
///
/// # Errors
/// [`problem::FORBIDDEN`] without the secret key.
#[utoipa::path(get, path = "/v1/platforms/shop-redaction", tag = "platforms",
    security(("secret_key" = [])), responses(
    (status = 200, description = "How far it is", body = RedactionOut),
    (status = "4XX", description = "Not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn read_redaction(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<RedactionOut>, Problem> {
    only_the_shop(&caller)?;
    let redaction = app.writer.run(|engine, _| engine.redaction()).await?;
    Ok(Json(redaction_out(redaction, app.shared.clock.now())))
}

/// How far the erasure of the whole shop is, as the API and the queue of staff say it.
pub(crate) fn redaction_out(redaction: Option<Redaction>, now: Timestamp) -> RedactionOut {
    let now = now.ms();
    let status = match redaction {
        None => "none",
        Some(Redaction { done: true, .. }) => "done",
        Some(Redaction { begins_ms: None, .. }) => "left",
        Some(Redaction { begins_ms: Some(begins), .. }) if now < begins => "waits",
        Some(_) => "runs",
    };
    let redaction = redaction.unwrap_or_default();
    let Redaction { begins_ms, erased, .. } = redaction;
    RedactionOut { status, begins_ms, erased }
}

/// Takes the erasure of the whole shop back. What was erased already stays erased.
///
/// # Errors
/// [`problem::NOT_FOUND`] where nobody asked for it.
#[utoipa::path(delete, path = "/v1/platforms/shop-redaction", tag = "platforms",
    security(("secret_key" = [])), responses(
    (status = 204, description = "Taken back"),
    (status = "4XX", description = "Not there or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn end_redaction(State(app): State<App>, caller: Caller) -> Result<StatusCode, Problem> {
    only_the_shop(&caller)?;
    match app.writer.run(|engine, _| engine.end_redaction()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(problem::NOT_FOUND.into()),
    }
}
