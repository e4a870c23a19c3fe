//! Proofs for each kind of entry of the transparency log: a person's own, the shop's statements,
//! changes of documents, and orders, which the server proves without knowing whose they are.

#![expect(unused_qualifications, reason = "the code that utoipa generates qualifies")]

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use domain::hex;
use domain::time::Timestamp;
use ledger::entry::{Commitment, EntryKind};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use crate::documents::Key;
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::access::AccessIn;
use crate::routes::caller::{Caller, Credentials, Staff};
use crate::routes::erasures::Who;
use crate::routes::parameters::{JsonBytes, Parameters};
use crate::routes::transparency::{LoggedBody, LoggedRecord, aside, logged};

/// Longest order, in bytes.
pub const ORDER_BYTES_MAX: usize = 16 * 1024;
/// Longest place to go on from, in bytes.
const AFTER_BYTES_MAX: usize = 128;

/// Proves everything that the log holds about a person: consents, looks of the staff, steps of
/// requests, corrections, receipts of erasures.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(post, path = "/v1/log/proofs", tag = "log", request_body = AccessIn,
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "At most 200 records with their proofs", body = LoggedBody),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn own_proofs(
    State(app): State<App>,
    caller: Caller,
    body: JsonBytes,
) -> Result<Json<LoggedBody>, Problem> {
    let asked: AccessIn = body.read()?;
    let who = Who {
        browser: asked.browser.as_deref(),
        erase_handle: asked.erase_handle.as_deref(),
        customer: asked.customer.as_deref(),
    };
    let (name, _) = who.verified(&app, &caller)?;
    let opened = app.writer.run(move |engine, now| engine.opened_own(&name, now)).await?;
    logged(&app, opened).await
}

/// Which statements.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichStatements {
    /// `key`, `policy` or `model`; all of them when it is missing.
    pub kind: Option<String>,
    /// Where the last answer says to go on.
    #[param(max_length = 128)]
    pub after: Option<String>,
}

/// What the shop stated about itself, with proofs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatedBody {
    /// The key of the log.
    pub log: String,
    /// The records, oldest first; at most 50.
    pub records: Vec<LoggedRecord>,
    /// Where to go on; missing on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What the shop stated about itself: what it runs with, its keys, policies in force, models that
/// answer. Public on purpose: anyone may compare it with what they see.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(get, path = "/v1/log/records", tag = "log", params(WhichStatements), responses(
    (status = 200, description = "At most 50 records with their proofs", body = StatedBody),
    (status = "4XX", description = "Not understood", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn stated_records(
    State(app): State<App>,
    credentials: Credentials,
    Parameters(which): Parameters<WhichStatements>,
) -> Result<Json<StatedBody>, Problem> {
    credentials.within_rate(&app)?;
    let kind = which.kind.as_deref().map(|kind| match kind {
        "key" => Ok(EntryKind::Key),
        "policy" => Ok(EntryKind::Policy),
        "model" => Ok(EntryKind::Model),
        _ => Err(Problem::new(problem::INVALID, "kind is key, policy or model")),
    });
    let kind = kind.transpose()?;
    if which.after.as_ref().is_some_and(|after| after.len() > AFTER_BYTES_MAX) {
        let detail = format!("after has at most {AFTER_BYTES_MAX} bytes");
        return Err(Problem::new(problem::INVALID, detail));
    }
    let after = which.after;
    let found = app.writer.run(move |engine, _| engine.statements(kind, after.as_deref()));
    let (opened, next) = found.await?;
    let Json(LoggedBody { log, records }) = logged(&app, opened).await?;
    Ok(Json(StatedBody { log, records, next }))
}

/// Proves that a change of a document stands in the log. The record names role and reason, so it
/// is for staff, who show it to whom they like.
///
/// # Errors
/// [`problem::NOT_FOUND`] when the version is not kept.
#[utoipa::path(get, path = "/staff/documents/{kind}/{name}/versions/{version}/proof", tag = "staff",
    params(("kind" = String, Path), ("name" = String, Path), ("version" = u64, Path)),
    security(("staff_key" = [])), responses(
    (status = 200, description = "The record of the change with its proof", body = LoggedBody),
    (status = "4XX", description = "Not there or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn change_proof(
    State(app): State<App>,
    _staff: Staff,
    named: Result<Path<(String, String, u64)>, PathRejection>,
) -> Result<Json<LoggedBody>, Problem> {
    let Path((kind, name, number)) = named.map_err(|_| problem::NOT_FOUND)?;
    let key = Key::parse(&kind, &name).ok_or(problem::NOT_FOUND)?;
    let opened = app.writer.run(move |engine, _| {
        let versions = engine.document_versions(&key)?;
        let found = versions.iter().find(|version| version.version == number);
        found.map(|version| engine.opened_change(version)).transpose()
    });
    let opened = opened.await?.ok_or(problem::NOT_FOUND)?;
    logged(&app, vec![opened]).await
}

/// An order to commit to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderIn {
    /// What the customer shall be able to prove, in the words of the shop: any JSON object of at
    /// most 16 KiB. It is committed to as it is written and not kept.
    #[schema(value_type = serde_json::Value)]
    order: Box<RawValue>,
}

/// What a customer keeps to prove an order; nobody else has it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseReceipt {
    /// `confidant-purchase-v1`.
    pub format: &'static str,
    /// The key of the log.
    pub log: String,
    /// The bytes that the log commits to, which are JSON themselves.
    pub record: String,
    /// What opens the commitment: 64 hexadecimal characters. Who has it can show the purchase.
    pub opening: String,
    /// The hash in the log; the proof is asked for by it.
    pub commitment: String,
    /// When it was committed to, in milliseconds since 1970.
    pub at_ms: i64,
}

/// Commits to an order, where the settings turn that on. Hand the answer to the customer: it is
/// kept nowhere, and a call that is made twice commits twice.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(post, path = "/v1/log/orders", tag = "log", request_body = OrderIn,
    security(("secret_key" = [])), responses(
    (status = 200, description = "What the customer keeps", body = PurchaseReceipt),
    (status = "4XX", description = "Not understood, not allowed or not on", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn commit_order(
    State(app): State<App>,
    caller: Caller,
    body: JsonBytes,
) -> Result<Json<PurchaseReceipt>, Problem> {
    caller.secret_only()?;
    let OrderIn { order } = body.read()?;
    if !app.shared.settings.ledger.orders {
        return Err(Problem::new(problem::INVALID, "ledger.orders is off"));
    }
    if !order.get().starts_with('{') || order.get().len() > ORDER_BYTES_MAX {
        let detail = format!("order is a JSON object of at most {ORDER_BYTES_MAX} bytes");
        return Err(Problem::new(problem::INVALID, detail));
    }
    let opened = app.writer.run(move |engine, now| engine.commit_order(&order, now)).await?;
    Ok(Json(PurchaseReceipt {
        format: "confidant-purchase-v1",
        log: app.shared.log.key().to_text(),
        commitment: hex::encode(opened.commitment().as_bytes()),
        opening: hex::encode(opened.opening.as_bytes()),
        at_ms: opened.since.ms(),
        record: String::from_utf8(opened.record).map_err(|_| problem::INTERNAL)?,
    }))
}

/// When an order was committed to.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Since {
    /// As the receipt of the purchase says it.
    pub at_ms: i64,
}

/// The proof of an order, for whoever knows its hash.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderProof {
    /// The key of the log.
    pub log: String,
    /// The hash that was asked for.
    pub commitment: String,
    /// The hour of the leaf, counted from 1970; missing until the next batch is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hour: Option<u32>,
    /// The proof (`c2sp.org/tlog-proof`) without an extra line: only the receipt of the purchase
    /// can open the leaf. Missing until the next batch is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
}

/// Proves that a commitment stands in the log. Nothing is asked of who asks, and the server does
/// not know whose order it is.
///
/// # Errors
/// [`problem::NOT_FOUND`] for what cannot be a commitment.
#[utoipa::path(get, path = "/v1/log/orders/{commitment}", tag = "log",
    params(("commitment" = String, Path, description = "64 hexadecimal characters"), Since),
    responses(
    (status = 200, description = "The proof, once there is one", body = OrderProof),
    (status = "4XX", description = "Not understood", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn order_proof(
    State(app): State<App>,
    credentials: Credentials,
    Path(commitment): Path<String>,
    Parameters(since): Parameters<Since>,
) -> Result<Json<OrderProof>, Problem> {
    credentials.within_rate(&app)?;
    let hash = hex::decode(&commitment).map_err(|_| problem::NOT_FOUND)?;
    let (hash, since) = (Commitment::from_bytes(hash), Timestamp::from_ms(since.at_ms));
    let log = Arc::clone(&app.shared.log);
    let found = aside(move || log.prove_commitment(EntryKind::Order, hash, since)).await?;
    let (hour, proof) = found.map(|(hour, proof)| (hour.number(), proof.to_text())).unzip();
    Ok(Json(OrderProof { log: app.shared.log.key().to_text(), commitment, hour, proof }))
}
