//! The exchange of the shop key for `confidant keys rotate`, on the staff listener.
//!
//! No key goes over HTTP: the next one lies in a file beside the present one, and who asks only
//! says that the server may go on.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::engine::exchanging::PAGE_KEYS;
use crate::problem::{Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Staff;

/// How far the exchange of the shop key is.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RotationOut {
    /// Keys of people that were looked at.
    pub looked: u64,
    /// Keys of people that there are.
    pub all: u64,
    /// Whether the next key is the shop key now.
    pub finished: bool,
}

/// Goes one step on with the exchange of the shop key: at most 1,000 keys of people are wrapped
/// anew. The next key lies in a file beside the present one.
///
/// # Errors
/// [`crate::problem::INVALID`] when there is no next key, [`crate::problem::UNAVAILABLE`].
#[utoipa::path(post, path = "/staff/keys/rotate", tag = "staff", security(("staff_key" = [])),
    responses(
    (status = 200, description = "One step further", body = RotationOut),
    (status = "4XX", description = "Not allowed, or no next key", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn rotate_key(
    State(app): State<App>,
    _staff: Staff,
) -> Result<Json<RotationOut>, Problem> {
    let told = app.writer.run(|engine, _| engine.exchange_some(PAGE_KEYS)).await?;
    Ok(Json(RotationOut { looked: told.looked, all: told.all, finished: told.finished }))
}
