//! Answers with reasons and basis.

#![expect(unused_qualifications, reason = "the code that utoipa generates qualifies")]

use axum::Json;
use axum::extract::State;
use domain::id::ItemId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::{Answer, Ask, Placement, RECENT_MAX, TierName};
use crate::clock::Stopwatch;
use crate::path;
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Caller;
use crate::routes::consents::{browser_id, customer_id};
use crate::routes::parameters::Parameters;

/// What is asked.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AskIn {
    /// Where the answer is shown.
    #[param(inline)]
    pub placement: Option<Placement>,
    /// The item in view.
    #[param(min_length = 1, max_length = 128)]
    pub item: Option<String>,
    /// Items of this visit, oldest first, parted by commas; at most 50. Write a comma inside an
    /// id as `%2C` once more.
    pub recent: Option<String>,
    /// A browser id that we issued.
    #[param(pattern = "^[0-9a-f]{32}$")]
    pub browser: Option<String>,
    /// A customer, with the secret key only; a page sends a customer token instead.
    #[param(min_length = 1, max_length = 128)]
    pub customer: Option<String>,
    /// The highest tier to use; the highest possible when missing.
    #[param(inline)]
    pub tier: Option<TierName>,
    /// Length of the list: 1 to 50, 12 when missing.
    #[param(minimum = 1, maximum = 50)]
    pub count: Option<usize>,
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
    Parameters(ask): Parameters<AskIn>,
) -> Result<Json<Answer>, Problem> {
    let ask = read(&app, &caller, &ask)?;
    let watch = Stopwatch::start();
    let answer = path::recommend(&app.shared, &ask, app.shared.clock.now());
    #[expect(clippy::cast_precision_loss, reason = "a histogram of seconds")]
    app.shared.metrics.answer_seconds.observe(watch.ns() as f64 / 1e9);
    Ok(Json(answer))
}

fn read(app: &App, caller: &Caller, ask: &AskIn) -> Result<Ask, Problem> {
    let invalid = |detail: String| Problem::new(problem::INVALID, detail);
    let item = |text: &str| ItemId::parse(text).map_err(|error| invalid(error.to_string()));
    let recent = match ask.recent.as_deref() {
        None | Some("") => Vec::new(),
        Some(list) => list
            .split(',')
            .map(|text| item(&text.replace("%2C", ",")))
            .collect::<Result<Vec<_>, _>>()?,
    };
    if recent.len() > RECENT_MAX {
        return Err(invalid(format!("recent names at most {RECENT_MAX} items")));
    }
    let count_max = app.shared.settings.limits.count_max;
    let count = ask.count.unwrap_or(12.min(count_max));
    if !(1..=count_max).contains(&count) {
        return Err(invalid(format!("count is 1 to {count_max}")));
    }
    let customer = customer_id(ask.customer.as_deref())?;
    let name = caller.subject(customer, browser_id(ask.browser.as_deref())?)?;
    Ok(Ask {
        placement: ask.placement.unwrap_or_default(),
        current: ask.item.as_deref().map(item).transpose()?,
        recent,
        subject: name.map(|name| app.shared.ring.subject_ref(&name)),
        tier_max: ask.tier.unwrap_or(TierName::History),
        count,
        circumstances: caller.circumstances,
    })
}
