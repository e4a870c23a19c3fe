//! Answers with reasons and basis.

#![expect(unused_qualifications, reason = "the code that utoipa generates qualifies")]

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::catalog::CATALOG_TEXT_BYTES_MAX;
use domain::id::ItemId;
use domain::market::Market;
use personal::subject::Subject;
use recommend::placement::{COUNT_LIMIT, Placement};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::cursor::Cursor;
use crate::answer::words::Language;
use crate::answer::{Answer, Ask, PageOf, RECENT_MAX, TierName};
use crate::chance;
use crate::clock::Stopwatch;
use crate::path;
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Caller;
use crate::routes::consents::{browser_id, customer_id};
use crate::routes::parameters::Parameters;

/// Longest words of a search, in bytes.
const SEARCH_BYTES_MAX: usize = 200;
/// What the basis of an answer takes, in bytes; more is no harm.
const BASIS_BYTES: usize = 512;
/// What a usual item of an answer takes, in bytes.
const ITEM_BYTES: usize = 480;

/// What is asked.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AskIn {
    /// Where the answer is shown: the name of a placement of the settings; `home` when missing.
    /// Shipped are `home`, `product`, `cart`, `listing`, `search`, `email`, `complete_the_look`
    /// and `buy_it_again`.
    #[param(pattern = "^[a-z0-9_]{1,32}$")]
    pub placement: Option<String>,
    /// The item in view.
    #[param(min_length = 1, max_length = 128)]
    pub item: Option<String>,
    /// Items of this visit, oldest first, parted by commas; at most 50. Write a comma inside an
    /// id as `%2C` once more.
    pub recent: Option<String>,
    /// Items in the cart, written like `recent`.
    pub cart: Option<String>,
    /// The category that the page is about, as the catalog writes its path; only items of it are
    /// answered.
    #[param(min_length = 1, max_length = 2048)]
    pub category: Option<String>,
    /// The words of a search, for placements with the model `search`; at most 200 bytes.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// A browser id that we issued.
    #[param(pattern = "^[0-9a-f]{32}$")]
    pub browser: Option<String>,
    /// A customer, with the secret key only; a page sends a customer token instead.
    #[param(min_length = 1, max_length = 128)]
    pub customer: Option<String>,
    /// The highest tier to use; the highest possible when missing.
    #[param(inline)]
    pub tier: Option<TierName>,
    /// Length of the list, 1 to 50; that of the placement when missing.
    #[param(minimum = 1, maximum = 50)]
    pub count: Option<usize>,
    /// Where the goods would go (ISO 3166-1 alpha-2): items of other markets are left out.
    #[param(pattern = "^[A-Z]{2}$")]
    pub market: Option<String>,
    /// The language of the reasons (BCP 47); `Accept-Language` counts when missing. Known are en,
    /// de, fr, es, nl, it; English answers whoever reads none of them.
    #[param(max_length = 35)]
    pub lang: Option<String>,
    /// Whether the answer carries a cursor to the next page.
    pub paged: Option<bool>,
    /// The `next` of the answer before, for the same placement; it counts for 30 minutes.
    #[param(max_length = 2048)]
    pub cursor: Option<String>,
    /// Whether the answer says how it came about; with the secret key only.
    pub explain: Option<bool>,
}

/// Recommends items.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(get, path = "/v1/recommendations", tag = "recommendations", params(AskIn),
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "Items, best first", body = Answer),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody)))]
pub async fn recommendations(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Parameters(ask): Parameters<AskIn>,
) -> Result<Response, Problem> {
    if ask.explain == Some(true) {
        caller.secret_only()?;
    }
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let name = named(&caller, &ask)?;
    caller.carry_gpc(&app, name.as_ref()).await?;
    let mut asked = read(&app, &caller, (&ask, name.as_ref()))?;
    asked.language = match ask.lang.as_deref() {
        Some(tag) => Language::of(tag),
        None => accepted.and_then(Language::negotiated),
    }
    .unwrap_or_default();
    let watch = Stopwatch::start();
    let answer = path::recommend(&app.shared, &asked, app.shared.clock.now());
    #[expect(clippy::cast_precision_loss, reason = "a histogram of seconds")]
    app.shared.metrics.answer_seconds.observe(watch.ns() as f64 / 1e9);
    written(&answer)
}

/// The answer as a body, in one piece of memory that need not grow while it is written.
fn written(answer: &Answer) -> Result<Response, Problem> {
    let mut body = Vec::with_capacity(BASIS_BYTES + answer.items.len() * ITEM_BYTES);
    serde_json::to_writer(&mut body, answer).map_err(|_| problem::INTERNAL)?;
    let json = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, json)], body).into_response())
}

fn invalid(detail: impl std::fmt::Display) -> Problem {
    Problem::new(problem::INVALID, detail)
}

/// Whose answer it is, as far as this caller may say.
fn named(caller: &Caller, ask: &AskIn) -> Result<Option<Subject>, Problem> {
    let customer = customer_id(ask.customer.as_deref())?;
    caller.subject(customer, browser_id(ask.browser.as_deref())?)
}

fn read(
    app: &App,
    caller: &Caller,
    (ask, name): (&AskIn, Option<&Subject>),
) -> Result<Ask, Problem> {
    let effect = app.shared.effect();
    let placements = &effect.placements;
    let placement =
        placements.get(ask.placement.as_deref().unwrap_or("home")).ok_or_else(|| {
            let known = format!("placement is one of {}", placements.names());
            Problem::new(problem::MALFORMED, known)
        })?;
    let category = ask.category.as_deref().filter(|path| !path.is_empty());
    if category.is_some_and(|path| path.len() > CATALOG_TEXT_BYTES_MAX) {
        return Err(invalid(format!("category has at most {CATALOG_TEXT_BYTES_MAX} bytes")));
    }
    let words = ask.q.as_deref().map(str::trim).filter(|words| !words.is_empty());
    if words.is_some_and(|words| words.len() > SEARCH_BYTES_MAX) {
        return Err(invalid(format!("q has at most {SEARCH_BYTES_MAX} bytes")));
    }
    let market = ask.market.as_deref().map(Market::parse).transpose();
    Ok(Ask {
        current: ask.item.as_deref().map(item).transpose()?,
        recent: items("recent", ask.recent.as_deref())?,
        cart: items("cart", ask.cart.as_deref())?,
        category: category.map(str::to_owned),
        words: words.map(str::to_owned),
        subject: name.map(|name| app.shared.ring.subject_ref(name)),
        tier_max: ask.tier.unwrap_or(TierName::History),
        count: count(app, ask, placement)?,
        market: market.map_err(invalid)?,
        page: page(app, ask, placement)?,
        seed: match placement.draws_items() {
            true => u64::from_be_bytes(chance::bytes().map_err(|_| problem::UNAVAILABLE)?),
            false => 0,
        },
        explain: ask.explain == Some(true),
        ..Ask::new(std::sync::Arc::clone(placement), caller.circumstances)
    })
}

fn count(app: &App, ask: &AskIn, placement: &Placement) -> Result<usize, Problem> {
    let count_max = app.shared.settings.limits.count_max.min(COUNT_LIMIT);
    let count = ask.count.unwrap_or(placement.count.min(count_max));
    if !(1..=count_max).contains(&count) {
        return Err(invalid(format!("count is 1 to {count_max}")));
    }
    Ok(count)
}

fn page(app: &App, ask: &AskIn, placement: &Placement) -> Result<PageOf, Problem> {
    let Some(text) = ask.cursor.as_deref() else {
        return Ok(if ask.paged == Some(true) { PageOf::First } else { PageOf::Only });
    };
    let now = app.shared.clock.now();
    let cursor = Cursor::open(text, &placement.name, &app.shared.ring, now)
        .map_err(|error| Problem::new(problem::MALFORMED, error))?;
    Ok(PageOf::After(cursor))
}

fn item(text: &str) -> Result<ItemId, Problem> {
    ItemId::parse(text).map_err(invalid)
}

fn items(name: &str, list: Option<&str>) -> Result<Vec<ItemId>, Problem> {
    let Some(list) = list.filter(|list| !list.is_empty()) else { return Ok(Vec::new()) };
    let read = list.split(',').map(|text| item(&text.replace("%2C", ",")));
    let items = read.collect::<Result<Vec<_>, _>>()?;
    if items.len() > RECENT_MAX {
        return Err(invalid(format!("{name} names at most {RECENT_MAX} items")));
    }
    Ok(items)
}
