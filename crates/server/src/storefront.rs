//! The storefront of the demo: a clothing shop where people opt in.
//!
//! Static pages and drawn pictures; everything personal goes through the same API that a shop
//! would use. The policy allows nothing but this origin.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use domain::catalog::Item;
use domain::id::ItemId;
use serde::{Deserialize, Serialize};
use testkit::shop::picture::picture;

use crate::problem::{self, Problem};
use crate::routes::App;
use crate::routes::parameters::Parameters;

const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; \
    frame-ancestors 'none'; form-action 'self'; require-trusted-types-for 'script'";
const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! asset {
    ($name:literal) => {
        include_str!(concat!("../assets/storefront/", $name))
    };
}

const ASSETS: &[(&str, &str, &str)] = &[
    ("api.js", JS, asset!("api.js")),
    ("app.js", JS, asset!("app.js")),
    ("cart.js", JS, asset!("cart.js")),
    ("favicon.svg", SVG, asset!("favicon.svg")),
    ("hero.svg", SVG, asset!("hero.svg")),
    ("home.js", JS, asset!("home.js")),
    ("preferences.js", JS, asset!("preferences.js")),
    ("privacy.css", CSS, asset!("privacy.css")),
    ("privacy.js", JS, asset!("privacy.js")),
    ("product.js", JS, asset!("product.js")),
    ("receipt.js", JS, asset!("receipt.js")),
    ("recommend.js", JS, asset!("recommend.js")),
    ("shop.css", CSS, asset!("shop.css")),
    ("state.js", JS, asset!("state.js")),
    ("style.css", CSS, asset!("style.css")),
    ("view.js", JS, asset!("view.js")),
    ("words.js", JS, asset!("words.js")),
];

#[derive(Serialize)]
struct Config {
    write_key: String,
    shop: String,
    currency: &'static str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PageIn {
    #[serde(default)]
    category: String,
    #[serde(default)]
    offset: usize,
    #[serde(default = "a_page")]
    limit: usize,
}

const fn a_page() -> usize {
    100
}

#[derive(Serialize)]
struct PageOut {
    items: Vec<Arc<Item>>,
    categories: Vec<CategoryOut>,
}

#[derive(Serialize)]
struct CategoryOut {
    name: String,
    count: usize,
}

/// The pages of the storefront.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/", get(|State(app): State<App>| async move { page(&app, asset!("index.html")) }))
        .route(
            "/p/{id}",
            get(|State(app): State<App>| async move { page(&app, asset!("product.html")) }),
        )
        .route(
            "/cart",
            get(|State(app): State<App>| async move { page(&app, asset!("cart.html")) }),
        )
        .route("/assets/{name}", get(file))
        .route("/img/{name}", get(drawing))
        .route("/demo/config.json", get(config))
        .route("/demo/mail", get(mailbox))
        .route("/demo/items", get(items))
        .route("/demo/items/{id}", get(item))
}

/// A page, with the key that the banner's tag carries.
fn page(app: &App, html: &str) -> Response {
    content(HTML, html.replace("WRITE_KEY", app.shared.api_keys.write_key()))
}

fn content(kind: &'static str, body: impl Into<String>) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, POLICY)];
    (headers, body.into()).into_response()
}

/// Files that do not change while the demo runs; the browser may keep them for an hour.
fn lasting(kind: &'static str, body: impl Into<String>) -> Response {
    let mut response = content(kind, body);
    let hour = header::HeaderValue::from_static("public, max-age=3600");
    response.headers_mut().insert(header::CACHE_CONTROL, hour);
    response
}

async fn file(Path(name): Path<String>) -> Result<Response, Problem> {
    let found = ASSETS.iter().find(|(known, _, _)| *known == name);
    let (_, kind, body) = found.ok_or(problem::NOT_FOUND)?;
    Ok(lasting(kind, *body))
}

async fn drawing(State(app): State<App>, Path(name): Path<String>) -> Result<Response, Problem> {
    let id = name.strip_suffix(".svg").ok_or(problem::NOT_FOUND)?;
    let item = find(&app, id)?;
    Ok(lasting(SVG, picture(&item)))
}

async fn config(State(app): State<App>) -> Json<Config> {
    let shared = &app.shared;
    Json(Config {
        write_key: shared.api_keys.write_key().to_owned(),
        shop: shared.settings.shop.as_str().to_owned(),
        currency: testkit::shop::catalog::CURRENCY,
    })
}

/// The mail box of the demo: every mail that a shop would send.
#[derive(Debug, Template)]
#[template(path = "storefront/mail.html")]
struct MailBox {
    letters: Vec<Shown>,
    /// Where a link can be asked for.
    ask: Option<String>,
}

#[derive(Debug)]
struct Shown {
    to: String,
    subject: String,
    /// Lines, and whether each is a link.
    lines: Vec<(String, bool)>,
}

async fn mailbox(State(app): State<App>) -> Result<Response, Problem> {
    let post = app.post.as_ref().ok_or(problem::NOT_FOUND)?;
    let origin = app.center.as_ref().map(|center| center.origin.as_str());
    let own = |line: &str| origin.is_some_and(|origin| line.starts_with(origin));
    let letters = post.kept().into_iter().map(|letter| Shown {
        to: letter.to.to_string(),
        subject: letter.subject,
        lines: letter.text.lines().map(|line| (line.to_owned(), own(line))).collect(),
    });
    let ask = origin.map(|origin| format!("{origin}/mail"));
    let page = MailBox { letters: letters.collect(), ask };
    Ok(content(HTML, page.render().map_err(|_| problem::INTERNAL)?))
}

async fn items(
    State(app): State<App>,
    Parameters(page): Parameters<PageIn>,
) -> Result<Json<PageOut>, Problem> {
    let taught = app.shared.taught();
    let mut categories: BTreeMap<&str, usize> = BTreeMap::new();
    for item in taught.catalog.values() {
        for category in &item.categories {
            *categories.entry(category).or_default() += 1;
        }
    }
    let categories =
        categories.into_iter().map(|(name, count)| CategoryOut { name: name.to_owned(), count });
    let wanted = |item: &&Arc<Item>| {
        page.category.is_empty()
            || item.categories.iter().any(|one| one.starts_with(&page.category))
    };
    let items = taught.catalog.values().filter(wanted).skip(page.offset).take(page.limit.min(500));
    Ok(Json(PageOut { items: items.cloned().collect(), categories: categories.collect() }))
}

async fn item(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Arc<Item>>, Problem> {
    Ok(Json(find(&app, &id)?))
}

fn find(app: &App, id: &str) -> Result<Arc<Item>, Problem> {
    let id = ItemId::parse(id).map_err(|_| problem::NOT_FOUND)?;
    app.shared.taught().catalog.get(&id).cloned().ok_or_else(|| problem::NOT_FOUND.into())
}

#[cfg(test)]
mod tests;
