//! The privacy center: pages where a person sees, corrects, takes along and erases what is held.
//!
//! Drawn by the server, without any script, on an origin of its own: what else runs on the shop's
//! pages could read them otherwise. Who comes in was named by the shop's server, or showed the
//! erase handle of the browser ([`door`]). Every form carries a token of its session and has to
//! come from these pages.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use consent::signals;
use domain::time::Timestamp;
use personal::signal::Signals;

use crate::center::door::{Door, FRESH_MS, Scope, Visit};
use crate::center::requests::words::Shelf;
use crate::center::words::{Library, Words, accepted, fill};
use crate::pages::refuse_foreign;
use crate::problem::{self, Problem};
use crate::routes::App;

pub mod asking;
pub mod coming;
pub mod data;
pub mod door;
pub mod erasing;
pub mod keeping;
pub mod overview;
pub mod parts;
pub mod requests;
pub mod stranger;
pub mod words;

/// The cookie of a session: this origin only, never sent from other sites (RFC 6265bis).
const COOKIE: &str = "__Host-privacy-center";
/// No script, no picture, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";
/// Largest form, in bytes.
const FORM_BYTES_MAX: usize = 8 * 1024;

/// The privacy center of a running shop.
#[derive(Debug)]
pub struct Center {
    /// The origin as people see it.
    pub origin: String,
    /// Who is in.
    pub door: Door,
    words: Library,
    requests: Shelf,
}

impl Center {
    /// A center where nobody is in yet.
    ///
    /// # Errors
    /// [`words::WordsError`].
    pub fn new(origin: String) -> Result<Self, words::WordsError> {
        let (words, requests) = (Library::read()?, Shelf::read()?);
        Ok(Self { origin, door: Door::default(), words, requests })
    }
}

/// The pages.
pub fn router() -> Router<App> {
    Router::new()
        .route("/", get(overview::show))
        .route("/style.css", get(style))
        .route("/enter", get(coming::ask).post(coming::enter))
        .route("/leave", post(coming::leave))
        .route("/mail", get(asking::ask).post(asking::send))
        .route("/choices", post(overview::choose))
        .route("/features", post(parts::switch))
        .route("/keeping", post(keeping::choose))
        .route("/stranger", post(stranger::switch))
        .route("/data", get(data::show).post(data::take_out))
        .route("/requests", get(requests::show).post(requests::make))
        .route("/requests/change", post(requests::change))
        .route("/download", get(data::offer).post(data::download))
        .route("/erase", get(erasing::ask).post(erasing::erase))
        .route("/receipt", post(erasing::receipt))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn(refuse_foreign))
        .layer(axum::middleware::map_response(careful))
}

/// What every answer of these pages carries.
async fn careful(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        // The address of a page is sent to itself, so that a form says where it comes from.
        (header::REFERRER_POLICY, "same-origin"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    response
}

async fn style() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=300")];
    (headers, include_str!("../assets/center/style.css")).into_response()
}

/// Somebody at the door: the center, the language, the session if there is one.
#[derive(Debug)]
pub struct Arriving {
    center: Arc<Center>,
    app: App,
    words: Words,
    cookie: Option<String>,
    visit: Option<Visit>,
    now: Timestamp,
    /// Global Privacy Control, where the browser sends it.
    gpc: Signals,
}

impl FromRequestParts<App> for Arriving {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let center =
            app.center.clone().ok_or_else(|| Problem::from(problem::NOT_FOUND).into_response())?;
        let now = app.shared.clock.now();
        let language = parts.headers.get(header::ACCEPT_LANGUAGE);
        let language = language.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let words = center.words.nearest(accepted(language)).cloned();
        let words = words.ok_or_else(|| Problem::from(problem::INTERNAL).into_response())?;
        let cookie = cookie(&parts.headers);
        let visit = cookie.as_deref().and_then(|cookie| center.door.visit(cookie, now));
        let gpc = parts.headers.get_all("sec-gpc");
        let gpc = signals::gpc(gpc.iter().map(header::HeaderValue::as_bytes));
        Ok(Self { center, app: app.clone(), words, cookie, visit, now, gpc })
    }
}

/// The session token that a browser sends; two of them count as none.
fn cookie(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let mut own = pairs.filter(|(name, _)| name.trim() == COOKIE);
    let (_, value) = own.next()?;
    if own.next().is_some() { None } else { Some(value.trim().to_owned()) }
}

impl Arriving {
    /// Who is in and may do this. Whoever is not is told how to come in.
    ///
    /// # Errors
    /// The page that says so.
    fn guest(self, needed: Scope) -> Result<Inside, Box<Response>> {
        let Some(visit) = self.visit.clone() else {
            return Err(Box::new(self.closed(StatusCode::UNAUTHORIZED)));
        };
        if !visit.guest.scope.may(needed) {
            let text = self.words.one_thing.clone();
            let said = self.said(StatusCode::FORBIDDEN, (&self.words.closed_title, &text));
            return Err(Box::new(said));
        }
        Ok(Inside { visit, at: self })
    }

    /// Who came from the shop just now; reading, taking along and erasing need it.
    ///
    /// # Errors
    /// The page that says so.
    fn fresh(self, needed: Scope) -> Result<Inside, Box<Response>> {
        let inside = self.guest(needed)?;
        if inside.visit.is_fresh(inside.at.now) {
            return Ok(inside);
        }
        let words = &inside.at.words;
        let minutes = (FRESH_MS / 60_000).to_string();
        let text = fill(&words.again_text, &[("minutes", &minutes)]);
        Err(Box::new(inside.at.said(StatusCode::FORBIDDEN, (&words.again_title, &text))))
    }

    /// How to come in.
    fn closed(&self, status: StatusCode) -> Response {
        self.said(status, (&self.words.closed_title, &self.words.closed_text))
    }

    /// Something went wrong, and nothing was changed.
    fn failed(&self, problem: &Problem) -> Response {
        tracing::warn!(status = problem.kind().status.as_u16(), "the privacy center refused");
        self.said(problem.kind().status, (&self.words.failed_title, &self.words.failed_text))
    }

    fn said(&self, status: StatusCode, (title, text): (&str, &str)) -> Response {
        let frame = Frame::new(self, "");
        draw(status, &Said { frame, title, text })
    }
}

/// Somebody who is in.
#[derive(Debug)]
struct Inside {
    visit: Visit,
    at: Arriving,
}

impl Inside {
    /// Whether a form is one of this session's.
    ///
    /// # Errors
    /// The page that says that it is not.
    fn check(&self, csrf: &str) -> Result<(), Box<Response>> {
        use subtle::ConstantTimeEq as _;
        if bool::from(csrf.as_bytes().ct_eq(self.visit.csrf.as_bytes())) {
            return Ok(());
        }
        Err(Box::new(self.at.failed(&problem::FORBIDDEN.into())))
    }
}

/// What stands around every page.
#[derive(Debug)]
struct Frame<'a> {
    w: &'a Words,
    heading: String,
    shop_page: Option<&'a str>,
    here: &'static str,
    /// Whether a link can be asked for by mail.
    by_mail: bool,
    /// The label of the page of requests.
    requests: &'a str,
    /// What the session may do; nothing when nobody is in.
    scope: Option<Scope>,
    csrf: &'a str,
}

impl<'a> Frame<'a> {
    fn new(at: &'a Arriving, here: &'static str) -> Self {
        let settings = &at.app.shared.settings;
        let center = settings.privacy_center.as_ref();
        Self {
            w: &at.words,
            heading: fill(&at.words.for_shop, &[("shop", name_of(at))]),
            shop_page: center.and_then(|center| center.shop_page.as_deref()),
            here,
            by_mail: at.app.post.is_some(),
            requests: at.center.requests.of(at.words.language).map_or("", |texts| texts.label()),
            scope: at.visit.as_ref().map(|visit| visit.guest.scope),
            csrf: at.visit.as_ref().map_or("", |visit| &visit.csrf),
        }
    }

    fn may(&self, page: &str) -> bool {
        let scope = Scope::ALL.into_iter().find(|scope| scope.as_str() == page);
        self.scope.zip(scope).is_some_and(|(has, needed)| has.may(needed))
    }
}

/// What the shop calls itself.
fn name_of(at: &Arriving) -> &str {
    let settings = &at.app.shared.settings;
    match settings.controller.name.as_str() {
        "" => settings.shop.as_str(),
        name => name,
    }
}

/// A page that says one thing.
#[derive(Debug, Template)]
#[template(path = "center/said.html")]
struct Said<'a> {
    frame: Frame<'a>,
    title: &'a str,
    text: &'a str,
}

fn draw(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(_) => Problem::from(problem::INTERNAL).into_response(),
    }
}

#[cfg(test)]
mod tests;
