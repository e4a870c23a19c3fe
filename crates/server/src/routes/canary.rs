//! The opt-out canary on the staff listener: its runs, what is held of an invented visitor, and
//! handing a run in.

use axum::Json;
use axum::extract::{Path, State};
use domain::hex;
use serde::Serialize;
use utoipa::ToSchema;

use crate::canary::{Kept, Run, visitor};
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Staff;
use crate::routes::parameters::JsonBytes;

/// The runs that are kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Runs {
    /// The state in one word: `held`, `failed`, `overdue` or `never_played`.
    pub state: &'static str,
    /// The runs, newest first.
    pub runs: Vec<Kept>,
}

/// How the shop stands; the same `seq` means that nobody wrote anything in between.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShopStanding {
    /// The number of the last commit.
    pub seq: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// Visits in the shared model.
    pub sessions: u64,
    /// The fingerprint of the shared model.
    pub fingerprint: String,
}

/// What is held of an invented visitor, besides the evidence of the choice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeldBody {
    /// Purposes with a key.
    pub purposes: Vec<&'static str>,
    /// Rows in the tables of those purposes.
    pub rows: u64,
    /// Visits that the shared model learned.
    pub sessions: u64,
    /// Orders that the shared model learned.
    pub orders: u64,
    /// Whether answers have newest items of the visitor.
    pub profile: bool,
    /// Whether a visit is open.
    pub visit: bool,
    /// How the shop stands at the same moment.
    pub shop: ShopStanding,
}

/// The runs of the opt-out canary.
///
/// # Errors
/// [`problem::UNAVAILABLE`].
#[utoipa::path(get, path = "/staff/canary", tag = "staff", security(("staff_key" = [])),
    responses(
    (status = 200, description = "The runs, newest first", body = Runs),
    (status = "4XX", description = "Not allowed", body = ProblemBody)))]
pub async fn list_canary_runs(
    State(app): State<App>,
    _staff: Staff,
) -> Result<Json<Runs>, Problem> {
    let mut runs = app.writer.run(|engine, _| engine.runs()).await?;
    runs.reverse();
    let state = app.shared.canary.word(app.shared.clock.now());
    Ok(Json(Runs { state, runs }))
}

/// What is held of an invented visitor of the opt-out canary; of nobody else.
///
/// # Errors
/// [`problem::NOT_FOUND`] for a name that could be anybody's.
#[utoipa::path(get, path = "/staff/canary/visitors/{name}", tag = "staff",
    params(("name" = String, Path, description = "confidant-canary-...")),
    security(("staff_key" = [])), responses(
    (status = 200, description = "What is held", body = HeldBody),
    (status = "4XX", description = "Not allowed, or no invented visitor", body = ProblemBody)))]
pub async fn read_canary_visitor(
    State(app): State<App>,
    _staff: Staff,
    Path(name): Path<String>,
) -> Result<Json<HeldBody>, Problem> {
    let subject = visitor(&name).ok_or(problem::NOT_FOUND)?;
    let look = move |engine: &mut crate::engine::Engine, _| {
        Ok((engine.held_of(&subject)?, engine.standing()?))
    };
    let (held, standing) = app.writer.run(look).await?;
    Ok(Json(HeldBody {
        purposes: held.purposes.iter().map(|purpose| purpose.as_str()).collect(),
        rows: held.rows,
        sessions: held.sessions,
        orders: held.orders,
        profile: held.profile,
        visit: held.visit,
        shop: ShopStanding {
            seq: standing.seq,
            rows: standing.rows,
            sessions: standing.sessions,
            fingerprint: hex::encode(&standing.fingerprint),
        },
    }))
}

/// Hands a run in: it is kept as evidence, and its visitors go without a trace.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(post, path = "/staff/canary", tag = "staff", request_body = Run,
    security(("staff_key" = [])), responses(
    (status = 200, description = "Kept", body = Kept),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody)))]
pub async fn keep_canary_run(
    State(app): State<App>,
    _staff: Staff,
    body: JsonBytes,
) -> Result<Json<Kept>, Problem> {
    let run: Run = body.read()?;
    let run = run.checked().map_err(|error| Problem::new(problem::INVALID, error))?;
    let kept = app.writer.run(move |engine, now| engine.keep_run(run, now)).await?;
    Ok(Json(kept))
}
