//! Pages for staff: drawn by the server, plain forms, no script at all.
//!
//! They stand on the staff listener. A browser logs in with HTTP Basic: any name, and the staff
//! key as the password ([`login`]). The browser then sends the key by itself, so a form is taken
//! from these pages only ([`refuse_foreign`]), the API takes the key never from the password, and
//! nothing but the own style sheet and forms may load or be sent.

use askama::Template;
use axum::Form;
use axum::Router;
use axum::extract::rejection::FormRejection;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use consent::law::LawPack;
use domain::date::Date;
use personal::feature::Feature;
use personal::purpose::{LawfulBasis, PurposeName};

use crate::pages::form::{AGES, Filled, STATES};
use crate::pages::login::AtPage;
use crate::problem::{self, Problem};
use crate::replay::replay;
use crate::replay::said::Replayed;
use crate::routes::App;
use crate::routes::staff::consents::{RatesOut, counted};

pub mod form;
pub mod login;
mod papers;
mod requests;

/// No script, no picture, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// The pages, for the staff listener.
pub fn router() -> Router<App> {
    Router::new()
        .route("/staff/pages", get(|_: AtPage| async { Redirect::to("/staff/pages/consents") }))
        .route("/staff/pages/style.css", get(style))
        .route("/staff/pages/consents", get(rates))
        .route("/staff/pages/replay", get(ask).post(answer))
        .route("/staff/pages/requests", get(requests::list))
        .route("/staff/pages/requests/{id}", post(requests::look))
        .route("/staff/pages/requests/{id}/acts", post(requests::act))
        .route("/staff/pages/notices", get(papers::list))
        .route("/staff/pages/notices/{kind}", get(papers::show))
}

/// Refuses what another site makes a browser send: whatever changes something here has to come
/// from here, or from a client that is no browser (Fetch Metadata; RFC 6454).
pub async fn refuse_foreign(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && is_foreign(request.headers(), request.uri().authority().map(AsRef::as_ref)) {
        let detail = "this came from a page of another site";
        return Problem::new(problem::FORBIDDEN, detail).into_response();
    }
    next.run(request).await
}

fn is_foreign(headers: &HeaderMap, authority: Option<&str>) -> bool {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or(""));
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = text(header::ORIGIN) else { return false };
    let host = authority.or_else(|| text(header::HOST)).unwrap_or_default();
    let own = origin.split_once("://").is_some_and(|(_, of)| of.eq_ignore_ascii_case(host));
    host.is_empty() || !own
}

async fn style(_: AtPage) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/css; charset=utf-8")];
    (kind, include_str!("../assets/staff/style.css")).into_response()
}

/// What stands around every page.
#[derive(Debug)]
struct Frame<'a> {
    shop: &'a str,
    here: &'static str,
    /// How the opt-out canary stands: `held`, `failed`, `overdue` or `never_played`.
    canary: &'static str,
    /// When it was played last.
    played: Option<String>,
    /// Requests about data whose last day is over, and whose answer is due soon.
    overdue: i64,
    due_soon: i64,
}

impl<'a> Frame<'a> {
    fn new(app: &'a App, here: &'static str) -> Self {
        let board = &app.shared.canary;
        Self {
            shop: app.shared.settings.shop.as_str(),
            here,
            canary: board.word(app.shared.clock.now()),
            played: board.last().map(|last| moment(last.at.ms())),
            overdue: app.shared.metrics.rights_overdue.get(),
            due_soon: app.shared.metrics.rights_due_soon.get(),
        }
    }
}

fn moment(ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(ms);
    at.map(|at| at.strftime("%F %T UTC").to_string()).unwrap_or_default()
}

/// How many people say yes.
#[derive(Debug, Template)]
#[template(path = "staff/consents.html")]
struct RatesPage<'a> {
    frame: Frame<'a>,
    rates: RatesOut,
    at: String,
    until: String,
}

async fn rates(_: AtPage, State(app): State<App>) -> Response {
    let rates = match counted(&app).await {
        Ok(rates) => rates,
        Err(problem) => return problem.into_response(),
    };
    let (at, until) = (moment(rates.at_ms), moment(rates.rests_until_ms));
    let frame = Frame::new(&app, "consents");
    page(StatusCode::OK, &RatesPage { frame, rates, at, until })
}

/// The replay tester.
#[derive(Debug, Template)]
#[template(path = "staff/replay.html")]
struct ReplayPage<'a> {
    frame: Frame<'a>,
    form: &'a Filled,
    wrong: Option<String>,
    said: Option<Replayed>,
    /// The shop's own place.
    place: Option<&'a str>,
    packs: Vec<&'static LawPack>,
    places: Vec<String>,
    purposes: Vec<&'static str>,
    features: [&'static str; 3],
    ages: [(&'static str, &'static str); 4],
    states: [(&'static str, &'static str); 5],
}

impl<'a> ReplayPage<'a> {
    fn new(app: &'a App, form: &'a Filled) -> Self {
        let asked = |purpose: &PurposeName| {
            matches!(purpose.basis(), LawfulBasis::Consent | LawfulBasis::LegitimateInterests)
        };
        let packs: Vec<_> = app.shared.effect().laws.all().collect();
        let mut places: Vec<String> =
            packs.iter().flat_map(|pack| &pack.places).map(ToString::to_string).collect();
        places.sort_unstable();
        places.dedup();
        Self {
            frame: Frame::new(app, "replay"),
            form,
            wrong: None,
            said: None,
            place: app.shared.settings.jurisdiction.as_deref(),
            packs,
            places,
            purposes: PurposeName::ALL
                .iter()
                .filter(|one| asked(one))
                .map(|p| p.as_str())
                .collect(),
            features: Feature::ALL.map(Feature::as_str),
            ages: AGES,
            states: STATES,
        }
    }
}

async fn ask(_: AtPage, State(app): State<App>) -> Response {
    let today = Date(app.shared.clock.now().day()).to_string();
    let taught = app.shared.taught();
    let item = taught.catalog.values().next().map(|item| item.id.as_str().to_owned());
    drop(taught);
    let form = Filled::example(&today, item.as_deref().unwrap_or("item-1"));
    page(StatusCode::OK, &ReplayPage::new(&app, &form))
}

async fn answer(
    _: AtPage,
    State(app): State<App>,
    form: Result<Form<Filled>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return Problem::new(problem::MALFORMED, "the form cannot be read").into_response();
    };
    let mut drawn = ReplayPage::new(&app, &form);
    let asked = form.asked().and_then(|asked| asked.read(app.shared.clock.now().day()));
    match asked.and_then(|asked| replay(&app.shared, &asked)) {
        Ok(said) => {
            drawn.said = Some(said);
            page(StatusCode::OK, &drawn)
        }
        Err(error) => {
            drawn.wrong = Some(error.to_string());
            page(StatusCode::UNPROCESSABLE_ENTITY, &drawn)
        }
    }
}

fn page(status: StatusCode, drawn: &impl Template) -> Response {
    match drawn.render() {
        Ok(text) => (status, headers(), Html(text)).into_response(),
        Err(_) => Problem::from(problem::INTERNAL).into_response(),
    }
}

/// The address of a page is sent to itself, so that a form says where it comes from.
fn headers() -> [(header::HeaderName, &'static str); 2] {
    [(header::CONTENT_SECURITY_POLICY, POLICY), (header::REFERRER_POLICY, "same-origin")]
}

#[cfg(test)]
mod tests;
