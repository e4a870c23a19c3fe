//! HTTP: one router for the public listener, one for staff.
//!
//! Every operation is described by `utoipa` beside its handler; [`openapi`] is the document, and a
//! test compares it with `docs/openapi.json`. Every operation stands in the refusal table of the
//! integration tests as well.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use utoipa::OpenApi;

use crate::center::Center;
use crate::limits::RateLimits;
use crate::mail::Post;
use crate::pages;
use crate::platforms::Platforms;
use crate::problem::{self, MediaType, Problem};
use crate::routes::caller::SecuritySchemes;
use crate::shared::Shared;
use crate::telemetry::Answered;
use crate::writer::Writer;

pub mod access;
pub mod agents;
pub mod backups;
pub mod caller;
pub mod canary;
pub mod catalog;
pub mod center;
pub mod consents;
pub mod documents;
pub mod erasures;
pub mod events;
pub mod health;
pub mod keys;
pub mod mail;
pub mod notice;
pub mod notices;
pub mod parameters;
pub mod platforms;
pub mod projections;
pub mod proofs;
pub mod recommendations;
pub mod records;
pub mod requests;
pub mod staff;
pub mod statements;
pub mod transparency;

/// What every handler gets.
#[derive(Clone, Debug)]
pub struct App {
    /// What answers read.
    pub shared: Arc<Shared>,
    /// The queue to the writer.
    pub writer: Writer,
    /// Requests per network prefix.
    pub rates: Arc<RateLimits>,
    /// The privacy center, where there is one.
    pub center: Option<Arc<Center>>,
    /// The way out for mail, where there is one.
    pub post: Option<Arc<Post>>,
    /// The platforms that may tell about customers.
    pub platforms: Arc<Platforms>,
}

/// The description of the API (OpenAPI 3.1).
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Confidant",
        description = "Personalization under purpose-bound consent. Keys go into `Authorization: \
            Bearer KEY`; a customer token goes into `Confidant-Customer`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(
        events::track,
        events::page,
        events::identify,
        events::batch,
        consents::read_consents,
        consents::put_consents,
        statements::state_consents,
        records::read_record,
        records::read_receipt,
        notice::notice,
        notice::banner_script,
        notice::gpc_support,
        notices::privacy_notice,
        recommendations::recommendations,
        catalog::list_items,
        catalog::put_items,
        catalog::delete_items,
        access::read_access,
        access::correct,
        requests::make_request,
        requests::read_request,
        requests::own_requests,
        requests::revoke_request,
        requests::lift_restriction,
        requests::confirm_request,
        center::invite,
        mail::put_mail_address,
        platforms::shopify_message,
        platforms::medusa_event,
        platforms::commercetools_message,
        platforms::wordpress::wordpress_export,
        platforms::wordpress::wordpress_erase,
        platforms::list_platform_requests,
        platforms::pick_up,
        platforms::read_redaction,
        platforms::end_redaction,
        erasures::create_erasure,
        erasures::plan_erasure,
        erasures::read_erasure,
        erasures::receipt_key,
        transparency::read_log,
        transparency::log_file,
        transparency::consent_proofs,
        transparency::erasure_proof,
        proofs::own_proofs,
        proofs::stated_records,
        proofs::commit_order,
        proofs::order_proof,
        proofs::change_proof,
        health::healthz,
        health::readyz,
        backups::hold_files,
        backups::release_files,
        keys::rotate_key,
        canary::list_canary_runs,
        canary::read_canary_visitor,
        canary::keep_canary_run,
        staff::metrics,
        staff::inventory,
        staff::list_sweeps,
        notices::read_paper,
        notices::compare_papers,
        staff::requests::list_requests,
        staff::requests::look_at_request,
        staff::requests::act_on_request,
        staff::list_rows,
        staff::open_row,
        staff::consents::consent_rates,
        staff::consents::replay_consents,
        documents::list_documents,
        documents::read_document,
        documents::put_document,
        documents::delete_document,
        documents::list_versions,
        documents::read_version,
    ),
    modifiers(&SecuritySchemes, &MediaType),
    tags(
        (name = "events", description = "What happens in the shop, in the Segment spec"),
        (name = "consents", description = "What a person chose"),
        (name = "recommendations", description = "Answers with reasons and basis"),
        (name = "catalog", description = "What the shop sells"),
        (name = "rights", description = "Seeing and correcting what is held"),
        (name = "erasures", description = "Forgetting, with a receipt"),
        (name = "platforms", description = "What shop platforms tell and ask for"),
        (name = "log", description = "The transparency log, which anybody may check"),
        (name = "health", description = "Whether the server lives and is ready"),
        (name = "staff", description = "On the staff listener only"),
    )
)]
pub struct Api;

/// The document as it is checked in: pretty JSON with a line end.
///
/// # Errors
/// What the JSON writer says.
pub fn openapi() -> Result<String, serde_json::Error> {
    Ok(Api::openapi().to_pretty_json()? + "\n")
}

/// The public listener. `more` adds pages, such as the storefront of the demo.
pub fn public(app: App, more: Router<App>) -> Router {
    let limits = app.shared.settings.limits;
    let api = Router::new()
        .route("/v1/track", post(events::track))
        .route("/v1/page", post(events::page))
        .route("/v1/identify", post(events::identify))
        .route("/v1/batch", post(events::batch))
        .route("/v1/consents", get(consents::read_consents).put(consents::put_consents))
        .route("/v1/consents/record", get(records::read_record))
        .route("/v1/consents/receipt", get(records::read_receipt))
        .route("/v1/consents/statements", post(statements::state_consents))
        .route("/v1/notice", get(notice::notice))
        .route("/v1/privacy-notice", get(notices::privacy_notice))
        .route("/v1/banner.js", get(notice::banner_script))
        .route(consent::gpc::PATH, get(notice::gpc_support))
        .route("/v1/recommendations", get(recommendations::recommendations))
        .route(
            "/v1/catalog/items",
            put(catalog::put_items).get(catalog::list_items).delete(catalog::delete_items),
        )
        .route("/v1/access", post(access::read_access))
        .route("/v1/corrections", post(access::correct))
        .route("/v1/requests", post(requests::make_request))
        .route("/v1/requests/own", post(requests::own_requests))
        .route("/v1/requests/{id}", get(requests::read_request))
        .route("/v1/requests/{id}/revocation", post(requests::revoke_request))
        .route("/v1/requests/{id}/lift", post(requests::lift_restriction))
        .route("/v1/requests/{id}/confirmation", post(requests::confirm_request))
        .route("/v1/agent/{id}", get(agents::read_agent).post(agents::set_up_agent))
        .route("/v1/data-rights-request", post(agents::exercise_right))
        .route(
            "/v1/data-rights-request/{id}",
            get(agents::read_exercise).delete(agents::revoke_exercise),
        )
        .route("/v1/privacy-center/links", post(center::invite))
        .route("/v1/mail-addresses", put(mail::put_mail_address))
        .merge(platforms::router())
        .route("/v1/erasures", post(erasures::create_erasure))
        .route("/v1/erasures/plan", post(erasures::plan_erasure))
        .route("/v1/erasures/{id}", get(erasures::read_erasure))
        .route("/v1/erasures/{id}/proof", get(transparency::erasure_proof))
        .route("/v1/receipt-key", get(erasures::receipt_key))
        .route("/v1/consents/proofs", get(transparency::consent_proofs))
        .route("/v1/log", get(transparency::read_log))
        .route("/v1/log/proofs", post(proofs::own_proofs))
        .route("/v1/log/records", get(proofs::stated_records))
        .route("/v1/log/orders", post(proofs::commit_order))
        .route("/v1/log/orders/{commitment}", get(proofs::order_proof))
        .route("/log/{*path}", get(transparency::log_file))
        .merge(crate::verifier::router())
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .layer(DefaultBodyLimit::max(limits.body_bytes_max));
    // Outermost, so that a preflight is answered before a route can refuse its method.
    let cors = cors(&app);
    finish(api.merge(more), app).layer(cors)
}

/// The staff listener.
pub fn staff(app: App) -> Router {
    let api = Router::new()
        .route("/metrics", get(staff::metrics))
        .route("/staff/backups/hold", post(backups::hold_files))
        .route("/staff/backups/release", post(backups::release_files))
        .route("/staff/keys/rotate", post(keys::rotate_key))
        .route("/staff/canary", get(canary::list_canary_runs).post(canary::keep_canary_run))
        .route("/staff/canary/visitors/{name}", get(canary::read_canary_visitor))
        .route("/staff/inventory", get(staff::inventory))
        .route("/staff/sweeps", get(staff::list_sweeps))
        .route("/staff/notices/{kind}", get(notices::read_paper))
        .route("/staff/notices/{kind}/comparison", post(notices::compare_papers))
        .route("/staff/requests", get(staff::requests::list_requests))
        .route("/staff/requests/{id}/look", post(staff::requests::look_at_request))
        .route("/staff/requests/{id}/acts", post(staff::requests::act_on_request))
        .route("/staff/rows", get(staff::list_rows))
        .route("/staff/rows/open", post(staff::open_row))
        .route("/staff/consents/rates", get(staff::consents::consent_rates))
        .route("/staff/consents/replay", post(staff::consents::replay_consents))
        .route("/staff/documents", get(documents::list_documents))
        .route(
            "/staff/documents/{kind}/{name}",
            get(documents::read_document)
                .put(documents::put_document)
                .delete(documents::delete_document),
        )
        .route("/staff/documents/{kind}/{name}/versions", get(documents::list_versions))
        .route("/staff/documents/{kind}/{name}/versions/{version}", get(documents::read_version))
        .route("/staff/documents/{kind}/{name}/versions/{version}/proof", get(proofs::change_proof))
        .merge(pages::router())
        .layer(DefaultBodyLimit::max(app.shared.settings.limits.body_bytes_max))
        .layer(from_fn(pages::refuse_foreign));
    finish(api, app)
}

/// The listener of the privacy center.
pub fn privacy_center(app: App) -> Router {
    finish(crate::center::router(), app)
}

fn finish(router: Router<App>, app: App) -> Router {
    router
        .fallback(|| async { Problem::from(problem::NOT_FOUND) })
        .method_not_allowed_fallback(|| async { Problem::from(problem::METHOD) })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), around))
        .with_state(app)
}

fn cors(app: &App) -> CorsLayer {
    let origins = app.shared.settings.origins.iter();
    let origins: Vec<HeaderValue> =
        origins.filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok()).collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::PUT])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static(caller::CUSTOMER_HEADER),
            HeaderName::from_static(caller::SIGNALS_HEADER),
            HeaderName::from_static(caller::JURISDICTION_HEADER),
        ])
        .max_age(Duration::from_secs(600))
}

fn panicked(_payload: Box<dyn Any + Send + 'static>) -> Response {
    // The payload can quote a value; it is not logged.
    tracing::error!("a handler panicked");
    Problem::from(problem::INTERNAL).into_response()
}

/// What happens around every request, in one layer because each one is paid for by all: it ends in
/// time, it is counted by the route's pattern (never by the path that was asked for), and its
/// answer carries the headers of every answer, unless a page set a stricter policy of its own.
async fn around(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let limit = Duration::from_millis(app.shared.settings.limits.request_ms_max);
    let answered = tokio::time::timeout(limit, next.run(request)).await;
    let mut response = answered.unwrap_or_else(|_| Problem::from(problem::TIMEOUT).into_response());
    let status = response.status().as_u16();
    app.shared.metrics.requests.get_or_create(&Answered { route, status }).inc();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
