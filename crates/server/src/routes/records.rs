//! A person's own copy of what was agreed: the record as JSON-LD, and as a signed receipt.

#![expect(unused_qualifications, reason = "the code that utoipa generates qualifies")]

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use consent::dpv::{self, Document, Profile, Source};
use domain::id::Pseudonym;
use domain::time::Timestamp;
use personal::kinds::ConsentEvidence;
use personal::subject::Subject;
use rights::consent_receipt;
use rights::receipt::{Receipt, ReceiptError};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::chance;
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Caller;
use crate::routes::consents::named;
use crate::routes::erasures::ReceiptBody;
use crate::routes::parameters::Parameters;
use crate::shared::Shared;

/// The media type of JSON-LD 1.1.
const JSON_LD: &str = "application/ld+json";

/// Whose record is asked for, and how it is written.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichRecord {
    /// A browser id that we issued: 32 hexadecimal characters.
    #[param(pattern = "^[0-9a-f]{32}$")]
    pub browser: Option<String>,
    /// A customer, with the secret key only.
    #[param(min_length = 1, max_length = 128)]
    pub customer: Option<String>,
    /// `record` (default), `record-eu-gdpr`, `receipt` or `receipt-eu-gdpr`.
    #[param(pattern = "^(record|receipt)(-eu-gdpr)?$")]
    pub profile: Option<String>,
}

impl WhichRecord {
    fn profile(&self, otherwise: Profile) -> Result<Profile, Problem> {
        match self.profile.as_deref() {
            None => Ok(otherwise),
            Some(text) => Profile::parse(text).ok_or_else(|| {
                let names = Profile::ALL.map(Profile::as_str).join(", ");
                Problem::new(problem::INVALID, format!("profile is one of {names}"))
            }),
        }
    }
}

/// Writes a person's record as JSON-LD.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(get, path = "/v1/consents/record", tag = "consents", params(WhichRecord),
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "The record in the W3C Data Privacy Vocabulary", body = String,
        content_type = "application/ld+json"),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn read_record(
    State(app): State<App>,
    caller: Caller,
    Parameters(which): Parameters<WhichRecord>,
) -> Result<Response, Problem> {
    let profile = which.profile(Profile::Record)?;
    let name = whose(&caller, &which)?;
    let (record, now) = found(&app, name).await?;
    let document = export(&app.shared, profile, (&record, now))?;
    Ok(([(header::CONTENT_TYPE, JSON_LD)], document.json.to_string()).into_response())
}

/// Signs a person's own copy of the record.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(get, path = "/v1/consents/receipt", tag = "consents", params(WhichRecord),
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "The signed receipt", body = ReceiptBody),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn read_receipt(
    State(app): State<App>,
    caller: Caller,
    Parameters(which): Parameters<WhichRecord>,
) -> Result<Json<Receipt>, Problem> {
    let profile = which.profile(Profile::Receipt)?;
    if !matches!(profile, Profile::Receipt | Profile::ReceiptEuGdpr) {
        return Err(Problem::new(problem::INVALID, "a receipt has the profile of a receipt"));
    }
    let name = whose(&caller, &which)?;
    receipt(&app, name, profile).await.map(Json)
}

/// Signs the newest record of a person.
///
/// # Errors
/// [`problem::NOT_FOUND`] when nothing is on record.
pub(crate) async fn receipt(
    app: &App,
    name: Subject,
    profile: Profile,
) -> Result<Receipt, Problem> {
    let (record, now) = found(app, name).await?;
    let document = export(&app.shared, profile, (&record, now))?;
    signed(&app.shared, document, now).map_err(|error| {
        tracing::error!(%error, "a receipt of consent cannot be signed");
        problem::INTERNAL.into()
    })
}

fn whose(caller: &Caller, which: &WhichRecord) -> Result<Subject, Problem> {
    let name = named(caller, which.customer.as_deref(), which.browser.as_deref())?;
    name.ok_or_else(|| {
        Problem::new(problem::INVALID, "say whose: browser, customer, or a customer token")
    })
}

/// The pseudonym that stands for a person, and all evidence.
pub type Record = (Pseudonym, Vec<ConsentEvidence>);

async fn found(app: &App, name: Subject) -> Result<(Record, Timestamp), Problem> {
    let found = app.writer.run(move |engine, now| Ok((engine.record_of(&name, now)?, now)));
    Ok(found.await?)
}

/// Writes a record in a profile.
///
/// # Errors
/// [`problem::UNAVAILABLE`] without random bytes.
fn export(
    shared: &Shared,
    profile: Profile,
    ((subject, evidence), now): (&Record, Timestamp),
) -> Result<Document, Problem> {
    let receipt = chance::bytes().map_err(|_| problem::UNAVAILABLE)?;
    let controller = shared.settings.controller.responsible();
    let (subject, now) = (*subject, now);
    let source = Source { controller: &controller, subject, evidence, now, receipt };
    Ok(dpv::export(profile, &source))
}

fn signed(shared: &Shared, document: Document, now: Timestamp) -> Result<Receipt, ReceiptError> {
    let shop = &shared.settings.shop;
    let seed = shared.ring.receipt_seed();
    consent_receipt::sign(shop, (document.json, now.day()), &seed)
}
