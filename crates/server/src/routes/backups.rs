//! Holding the store's files for `confidant backup`, on the staff listener.
//!
//! No byte of the store goes over HTTP: who copies has the files already, and asks only that they
//! stay as they are for a moment.

use axum::Json;
use axum::extract::State;
use domain::hex;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::engine::Engine;
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Staff;
use crate::routes::parameters::JsonBytes;

/// Most archives of one backup.
const DIGESTS_MAX: usize = 4;

/// The files stay as they are from now on.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HoldOut {
    /// The random name of the hold.
    pub hold: String,
    /// Since when, in milliseconds since 1970.
    pub taken_ms: i64,
    /// The number of the last commit in the files.
    pub seq: u64,
    /// The common name of the two files.
    pub lineage: String,
    /// The name of the shop key; it says nothing about the key.
    pub shop_key: String,
}

/// The copying is done.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseIn {
    /// The name of the hold.
    pub hold: String,
    /// The SHA-256 of each archive, in hexadecimal; at most 4.
    pub digests: Vec<String>,
}

/// Whether the copy is good.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReleaseOut {
    /// Whether the files were left alone for all of the hold. An erasure ends it.
    pub whole: bool,
    /// For each digest what shows that this shop took the archive; empty when it is not whole.
    pub tags: Vec<String>,
}

/// Leaves the files of the store as they are until the copying is done, an erasure comes, or half
/// an hour has passed.
///
/// # Errors
/// [`problem::UNAVAILABLE`].
#[utoipa::path(post, path = "/staff/backups/hold", tag = "staff", security(("staff_key" = [])),
    responses(
    (status = 200, description = "The files stay as they are", body = HoldOut),
    (status = "4XX", description = "Not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn hold_files(State(app): State<App>, _staff: Staff) -> Result<Json<HoldOut>, Problem> {
    let standing = app.writer.run(Engine::hold_for_backup).await?;
    Ok(Json(HoldOut {
        hold: standing.hold,
        taken_ms: standing.taken.ms(),
        seq: standing.seq,
        lineage: hex::encode(&standing.lineage),
        shop_key: standing.shop_key,
    }))
}

/// Ends a hold, says whether the copy is good, and signs for it.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(post, path = "/staff/backups/release", tag = "staff", request_body = ReleaseIn,
    security(("staff_key" = [])), responses(
    (status = 200, description = "Whether the copy is good", body = ReleaseOut),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn release_files(
    State(app): State<App>,
    _staff: Staff,
    body: JsonBytes,
) -> Result<Json<ReleaseOut>, Problem> {
    let ReleaseIn { hold, digests } = body.read()?;
    let wrong =
        || Problem::new(problem::INVALID, "digests: at most 4 of 64 hexadecimal characters");
    if digests.len() > DIGESTS_MAX {
        return Err(wrong());
    }
    let digests: Result<Vec<[u8; 32]>, _> = digests.iter().map(|one| hex::decode(one)).collect();
    let digests = digests.map_err(|_| wrong())?;
    let tags = app.writer.run(move |engine, _| engine.end_backup(&hold, &digests)).await?;
    let whole = tags.is_some();
    let tags = tags.unwrap_or_default().iter().map(|tag| hex::encode(tag)).collect();
    Ok(Json(ReleaseOut { whole, tags }))
}
