//! What the shop sells.

#![expect(unused_qualifications, reason = "the code that utoipa generates qualifies")]

use std::ops::Bound;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::catalog::Item;
use domain::id::ItemId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Caller;
use crate::routes::parameters::{JsonBytes, Parameters};
use crate::schemas::ItemBody;

/// Most items of one request.
pub const ITEMS_MAX: usize = 1_000;

/// Items to put into the catalog.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemsIn {
    /// At most 1,000.
    #[schema(value_type = Vec<ItemBody>)]
    pub items: Vec<Item>,
}

/// One page of the catalog.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemsPage {
    /// Items in the order of their ids.
    #[schema(value_type = Vec<ItemBody>)]
    pub items: Vec<Arc<Item>>,
    /// Where the next page begins; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// How many items a request concerned.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ItemsCount {
    /// Items that were put or deleted.
    pub items: usize,
}

/// Which page.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageIn {
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Items per page: 1 to 1,000, 100 when missing.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
}

/// Which item.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ItemIn {
    /// The shop's own id.
    pub id: String,
}

/// Lists the catalog.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(get, path = "/v1/catalog/items", tag = "catalog", params(PageIn),
    security(("write_key" = []), ("secret_key" = [])), responses(
    (status = 200, description = "One page", body = ItemsPage),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody)))]
pub async fn list_items(
    State(app): State<App>,
    _caller: Caller,
    Parameters(page): Parameters<PageIn>,
) -> Result<Json<ItemsPage>, Problem> {
    let limit = page.limit.unwrap_or(100);
    if !(1..=ITEMS_MAX).contains(&limit) {
        return Err(Problem::new(problem::INVALID, format!("limit is 1 to {ITEMS_MAX}")));
    }
    let after = page.after.as_deref().map(item_id).transpose()?;
    let from = after.map_or(Bound::Unbounded, Bound::Excluded);
    let taught = app.shared.taught();
    let mut rest = taught.catalog.range((from, Bound::Unbounded));
    let items: Vec<Arc<Item>> = rest.by_ref().take(limit).map(|(_, item)| item.clone()).collect();
    let more = rest.next().is_some();
    let next = items.last().filter(|_| more).map(|item| item.id.as_str().to_owned());
    Ok(Json(ItemsPage { items, next }))
}

/// Puts items into the catalog, or their changes; all or none.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(put, path = "/v1/catalog/items", tag = "catalog", request_body = ItemsIn,
    security(("secret_key" = [])), responses(
    (status = 200, description = "Durable and answered from now on", body = ItemsCount),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn put_items(
    State(app): State<App>,
    caller: Caller,
    body: JsonBytes,
) -> Result<Json<ItemsCount>, Problem> {
    caller.secret_only()?;
    let ItemsIn { items } = body.read()?;
    if items.len() > ITEMS_MAX {
        let detail = format!("a request has at most {ITEMS_MAX} items");
        return Err(Problem::new(problem::TOO_LARGE, detail));
    }
    let count = items.len();
    let admitted: Result<Vec<Item>, Problem> = items
        .into_iter()
        .enumerate()
        .map(|(place, item)| {
            item.admit()
                .map_err(|error| Problem::new(problem::INVALID, format!("item {place}: {error}")))
        })
        .collect();
    let items = admitted?;
    app.writer.run(move |engine, now| engine.put_items(items, now)).await?;
    Ok(Json(ItemsCount { items: count }))
}

/// Takes an item out of the catalog; it is in no answer from then on.
///
/// # Errors
/// [`problem::NOT_FOUND`], or a problem that names what is wrong with the request.
#[utoipa::path(delete, path = "/v1/catalog/items", tag = "catalog", params(ItemIn),
    security(("secret_key" = [])), responses(
    (status = 200, description = "Gone", body = ItemsCount),
    (status = "4XX", description = "Not there, not understood or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn delete_items(
    State(app): State<App>,
    caller: Caller,
    Parameters(which): Parameters<ItemIn>,
) -> Result<Json<ItemsCount>, Problem> {
    caller.secret_only()?;
    let id = item_id(&which.id)?;
    match app.writer.run(move |engine, _| engine.delete_item(&id)).await? {
        true => Ok(Json(ItemsCount { items: 1 })),
        false => Err(problem::NOT_FOUND.into()),
    }
}

fn item_id(text: &str) -> Result<ItemId, Problem> {
    ItemId::parse(text).map_err(|error| Problem::new(problem::INVALID, error))
}
