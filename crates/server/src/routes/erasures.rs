//! Forgetting, with a receipt.

use axum::Json;
use axum::extract::{Path, State};
use domain::date::Date;
use domain::id::RequestId;
use domain::time::Timestamp;
use personal::subject::Subject;
use rights::machine::Verification;
use rights::plan::Scope;
use rights::preview::Preview;
use rights::receipt::{Receipt, public_key};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vault::macs::EraseHandle;

use crate::auth::Role;
use crate::engine::forgetting::ErasureRequest;
use crate::engine::telling::Told;
use crate::erasing;
use crate::mail::letters::Deed;
use crate::mail::telling::tell;
use crate::path;
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Caller;
use crate::routes::consents::{browser_id, customer_id};
use crate::routes::parameters::JsonBytes;

/// Who is to be erased: a browser with its handle, a customer with the secret key, or, with a
/// customer token, nothing needs to be said.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErasureIn {
    /// A browser id that we issued.
    #[serde(default)]
    #[schema(pattern = "^[0-9a-f]{32}$")]
    pub browser: Option<String>,
    /// The handle that came with it.
    #[serde(default)]
    pub erase_handle: Option<String>,
    /// A customer, with the secret key only.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 128)]
    pub customer: Option<String>,
}

/// Whose erasure is to be shown, and of what.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanIn {
    /// A browser id that we issued.
    #[serde(default)]
    #[schema(pattern = "^[0-9a-f]{32}$")]
    pub browser: Option<String>,
    /// The handle that came with it.
    #[serde(default)]
    pub erase_handle: Option<String>,
    /// A customer, with the secret key only.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 128)]
    pub customer: Option<String>,
    /// `everything` (default), or the name of a purpose.
    #[serde(default)]
    pub scope: Option<String>,
}

/// What an erasure would do today.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "describes `rights::preview::Preview`, which knows no HTTP")]
pub struct PlanBody {
    /// `everything`, or the name of a purpose.
    scope: String,
    /// The day for which it was computed.
    day: String,
    /// Whether anything is held about the person.
    known: bool,
    /// What goes.
    goes: Vec<GoingBody>,
    /// What stays, and why.
    stays: Vec<StayingBody>,
    /// Who is told (GDPR Art. 17(2) and 19).
    told: Vec<TellingBody>,
    /// What an erasure does not undo.
    not_undone: Vec<String>,
}

/// Something that goes.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "describes `rights::preview::Going`, which knows no HTTP")]
pub struct GoingBody {
    /// `table`, `key`, `model`, `memory`, `center`, `queue`, `log`, `replica` or `backup`.
    place: String,
    /// Its name there.
    name: String,
    /// What it holds.
    what: String,
    /// How many there are now.
    count: Option<u64>,
    /// The first day without it; missing when it goes at once.
    until: Option<String>,
}

/// Something that stays.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "describes `rights::preview::Staying`, which knows no HTTP")]
pub struct StayingBody {
    /// Its name.
    name: String,
    /// What it holds.
    what: String,
    /// How many there are now.
    count: Option<u64>,
    /// The article that allows it.
    basis: String,
    /// The first day without it; missing where it names nobody.
    until: Option<String>,
    /// Who decided that it stays.
    decided_by: String,
}

/// Somebody who received data.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "describes `rights::preview::Telling`, which knows no HTTP")]
pub struct TellingBody {
    /// The name in the settings.
    name: String,
    /// Where it is.
    country: String,
    /// How it is told, or why it is not.
    how: String,
    /// Whether this server tells it.
    by_program: bool,
}

/// An erasure that is done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErasureBody {
    /// The random name of the request; who knows it can read the receipt again.
    pub id: String,
    /// Always `done`: it is answered when everything is erased.
    pub status: &'static str,
    /// The signed receipt; `confidant verify receipt FILE` checks it offline.
    #[schema(value_type = ReceiptBody)]
    pub receipt: serde_json::Value,
    /// The recipients that are told, and how far each is.
    pub told: Vec<ToldBody>,
}

/// How far a recipient is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ToldBody {
    /// Its name in the shop's settings.
    pub recipient: String,
    /// `not_yet`, `told` or `answered`.
    pub state: &'static str,
    /// The day on which it took the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_on: Option<String>,
    /// The day on which it said that everything is erased there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_on: Option<String>,
    /// How often it was called.
    pub tries: u32,
    /// What the last call met; empty before the first.
    pub met: String,
    /// The same in a sentence.
    pub words: String,
}

fn told(one: Told) -> ToldBody {
    let day = |at: Option<Timestamp>| at.map(|at| Date(at.day()).to_string());
    let Told { recipient, tries, met, .. } = one;
    let (told_on, answered_on) = (day(one.told), day(one.answered));
    let (state, words) = match (&told_on, &answered_on) {
        (_, Some(answered)) => ("answered", format!("{recipient}: answered on {answered}")),
        (Some(told), None) => ("told", format!("{recipient}: told on {told}, no answer yet")),
        (None, None) => ("not_yet", format!("{recipient}: not yet told, {tries} calls")),
    };
    ToldBody { recipient, state, told_on, answered_on, tries, met, words }
}

/// A signed receipt.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "describes `rights::receipt::Receipt`, which knows no HTTP")]
pub struct ReceiptBody {
    /// `confidant-receipt-v1` for an erasure, `confidant-consent-receipt-v1` for consent.
    format: String,
    /// The signed text, itself JSON.
    payload: String,
    /// The public key, in hexadecimal.
    key: String,
    /// The Ed25519 signature, in hexadecimal.
    signature: String,
}

/// Erases a person from rows, keys, models and logs.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(post, path = "/v1/erasures", tag = "erasures", request_body = ErasureIn,
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "Erased, with the receipt", body = ErasureBody),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn create_erasure(
    State(app): State<App>,
    caller: Caller,
    body: JsonBytes,
) -> Result<Json<ErasureBody>, Problem> {
    let request = verified(&app, &caller, &body.read()?)?;
    let subject = app.shared.ring.subject_ref(&request.name);
    let erased = app.writer.run(move |engine, now| {
        let known = engine.address_of(&request.name, now)?; // it goes with the rest
        Ok((path::forget(engine, &request, now)?, known))
    });
    let (receipt, known) = erased.await?;
    tell(&app, (subject, known), Deed::Erased);
    let mut body = done(&receipt)?;
    let id = RequestId::parse(&body.id).map_err(|_| problem::INTERNAL)?;
    // A person of whom nothing was held has no receipt on file, and nobody is told then.
    let said = app.writer.run(move |engine, now| engine.told(id, now)).await;
    body.told = said.unwrap_or_default().into_iter().map(told).collect();
    Ok(Json(body))
}

/// Says what an erasure would do, and does nothing.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(post, path = "/v1/erasures/plan", tag = "erasures", request_body = PlanIn,
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "What would go, what would stay, who would be told",
        body = PlanBody),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn plan_erasure(
    State(app): State<App>,
    caller: Caller,
    body: JsonBytes,
) -> Result<Json<Preview>, Problem> {
    let asked: PlanIn = body.read()?;
    let who = Who {
        browser: asked.browser.as_deref(),
        erase_handle: asked.erase_handle.as_deref(),
        customer: asked.customer.as_deref(),
    };
    let (name, _) = who.verified(&app, &caller)?;
    let scope = Scope::parse(asked.scope.as_deref().unwrap_or(Scope::Everything.as_str()));
    let scope = scope.map_err(|error| Problem::new(problem::INVALID, error))?;
    Ok(Json(erasing::preview(&app, &name, scope).await?))
}

/// The public key that receipts of this shop are signed with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReceiptKey {
    /// Ed25519, 64 hexadecimal characters; `confidant verify receipt FILE --key KEY` takes it.
    pub key: String,
}

/// Publishes the key that receipts are signed with. Public on purpose: anyone may verify.
#[utoipa::path(get, path = "/v1/receipt-key", tag = "erasures", responses(
    (status = 200, description = "The public key", body = ReceiptKey)))]
pub async fn receipt_key(State(app): State<App>) -> Json<ReceiptKey> {
    Json(ReceiptKey { key: public_key(&app.shared.ring.receipt_seed()) })
}

/// Reads a receipt again.
///
/// # Errors
/// [`problem::NOT_FOUND`] for a name of nothing.
#[utoipa::path(get, path = "/v1/erasures/{id}", tag = "erasures",
    params(("id" = String, Path, description = "The random name of the request")),
    security(("write_key" = []), ("secret_key" = [])), responses(
    (status = 200, description = "The receipt", body = ErasureBody),
    (status = "4XX", description = "Not there or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn read_erasure(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ErasureBody>, Problem> {
    let id = RequestId::parse(&id).map_err(|_| problem::NOT_FOUND)?;
    let read =
        app.writer.run(move |engine, now| Ok((engine.receipt(id, now)?, engine.told(id, now)?)));
    let (receipt, said) = read.await?;
    let receipt = serde_json::from_str(&receipt).map_err(|_| problem::INTERNAL)?;
    let told = said.into_iter().map(told).collect();
    Ok(Json(ErasureBody { id: id.to_hex(), status: "done", receipt, told }))
}

fn verified(app: &App, caller: &Caller, asked: &ErasureIn) -> Result<ErasureRequest, Problem> {
    let who = Who {
        browser: asked.browser.as_deref(),
        erase_handle: asked.erase_handle.as_deref(),
        customer: asked.customer.as_deref(),
    };
    let (name, how) = who.verified(app, caller)?;
    Ok(ErasureRequest { name, scope: Scope::Everything, how })
}

/// Who asks for what only the person or the shop may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Who<'a> {
    pub(crate) browser: Option<&'a str>,
    pub(crate) erase_handle: Option<&'a str>,
    pub(crate) customer: Option<&'a str>,
}

impl Who<'_> {
    /// Makes sure that the request comes from the person or from the shop.
    ///
    /// # Errors
    /// [`problem::INVALID`] when nobody is named, [`problem::FORBIDDEN`] without proof.
    pub(crate) fn verified(
        self,
        app: &App,
        caller: &Caller,
    ) -> Result<(Subject, Verification), Problem> {
        let browser = browser_id(self.browser)?;
        let customer = customer_id(self.customer)?;
        let by_token = caller.customer.is_some();
        let name = caller.subject(customer, browser)?.ok_or_else(|| {
            let detail = "say who: browser with erase_handle, customer, or a customer token";
            Problem::new(problem::INVALID, detail)
        })?;
        let how = match (&name, caller.role) {
            (Subject::Customer(_), Role::Secret) => Verification::SecretKey,
            (Subject::Customer(_), Role::Write) => Verification::CustomerToken,
            (Subject::Browser(_), Role::Secret) if !by_token => Verification::SecretKey,
            (Subject::Browser(id), _) => {
                let handle = self.erase_handle.map(EraseHandle::parse);
                match handle {
                    Some(Ok(handle)) if app.shared.ring.is_erase_handle(id, handle) => {
                        Verification::BrowserHandle
                    }
                    Some(_) | None => {
                        let detail = "erase_handle is missing or not the one of this browser";
                        return Err(Problem::new(problem::FORBIDDEN, detail));
                    }
                }
            }
        };
        Ok((name, how))
    }
}

fn done(receipt: &Receipt) -> Result<ErasureBody, Problem> {
    let payload = rights::receipt::verify(
        &receipt.to_json().map_err(|_| problem::INTERNAL)?,
        Some(&receipt.key),
    )
    .map_err(|_| problem::INTERNAL)?;
    let id = payload.request.to_hex();
    let receipt = serde_json::to_value(receipt).map_err(|_| problem::INTERNAL)?;
    Ok(ErasureBody { id, status: "done", receipt, told: Vec::new() })
}
