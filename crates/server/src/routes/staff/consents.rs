//! Consent on the staff listener: how many people say yes, and the replay tester.

use axum::Json;
use axum::extract::State;
use consent::rates::{Cell, FLOOR};
use serde::Serialize;
use utoipa::ToSchema;

use crate::engine::Engine;
use crate::engine::rates::Counted;
use crate::problem::{self, Problem, ProblemBody};
use crate::replay::asked::{ReplayError, ReplayIn};
use crate::replay::replay;
use crate::replay::said::Replayed;
use crate::routes::App;
use crate::routes::caller::Staff;
use crate::routes::parameters::JsonBytes;

/// How many people say yes; no number is about fewer than `floor` of them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RatesOut {
    /// When it was counted, in milliseconds since 1970.
    pub at_ms: i64,
    /// From when on it is counted anew, in milliseconds since 1970.
    pub rests_until_ms: i64,
    /// Fewest people behind any number.
    pub floor: u32,
    /// By purpose; purposes with too few people are missing.
    pub purposes: Vec<PurposeRate>,
}

/// One purpose.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PurposeRate {
    /// The purpose.
    pub purpose: &'static str,
    /// All places together.
    pub all: Rate,
    /// By place; together they are all.
    pub places: Vec<PlaceRate>,
}

/// One place.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlaceRate {
    /// The place; null is all the others together.
    pub place: Option<String>,
    /// All notices together.
    pub rate: Rate,
    /// By the notice that was shown; empty when that is not shown.
    pub notices: Vec<NoticeRate>,
}

/// One notice in one language.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeRate {
    /// The beginning of its digest, empty when none was shown; null is all the others together.
    pub digest: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// Its numbers.
    pub rate: Rate,
}

/// People, and the share of them that says yes: a range where nearly all or nearly nobody does.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Rate {
    /// People with a choice on record.
    pub people: u32,
    /// At least so many say yes.
    pub given_min: u32,
    /// At most so many say yes.
    pub given_max: u32,
    /// At least so many of a hundred, rounded down.
    pub per_cent_min: u32,
    /// At most so many of a hundred, rounded down.
    pub per_cent_max: u32,
}

impl Rate {
    /// The rate in words.
    pub fn words(&self) -> String {
        let Self { people, per_cent_min, per_cent_max, .. } = self;
        match self.given_min == self.given_max {
            true => format!("{per_cent_min} % of {people} people"),
            false => format!("{per_cent_min} to {per_cent_max} % of {people} people"),
        }
    }
}

impl From<Cell> for Rate {
    fn from(cell: Cell) -> Self {
        let Cell { people, given_min, given_max } = cell;
        let per_cent = |given: u32| {
            let share = u64::from(given) * 100 / u64::from(people.max(1));
            u32::try_from(share).unwrap_or(100)
        };
        let (per_cent_min, per_cent_max) = (per_cent(given_min), per_cent(given_max));
        Self { people, given_min, given_max, per_cent_min, per_cent_max }
    }
}

impl From<&Counted> for RatesOut {
    fn from(counted: &Counted) -> Self {
        let purposes = counted.lines.iter().filter_map(|line| {
            let places = line.places.iter().map(|place| PlaceRate {
                place: place.name.clone(),
                rate: place.cell.into(),
                notices: place
                    .parts
                    .iter()
                    .map(|part| NoticeRate {
                        digest: part.name.as_ref().map(|notice| notice.digest.clone()),
                        language: part.name.as_ref().map(|notice| notice.language.clone()),
                        rate: part.cell.into(),
                    })
                    .collect(),
            });
            let (purpose, all) = (line.purpose.as_str(), line.cell?.into());
            Some(PurposeRate { purpose, all, places: places.collect() })
        });
        Self {
            at_ms: counted.at.ms(),
            rests_until_ms: counted.rests_until.ms(),
            floor: FLOOR,
            purposes: purposes.collect(),
        }
    }
}

/// Counts, or gives what was counted a moment ago.
///
/// # Errors
/// [`problem::UNAVAILABLE`].
pub async fn counted(app: &App) -> Result<RatesOut, Problem> {
    if let Some(counted) = app.shared.counted(app.shared.clock.now()) {
        return Ok(RatesOut::from(&*counted));
    }
    let counted = app.writer.run(Engine::consent_rates).await?;
    Ok(RatesOut::from(&*counted))
}

/// How many people say yes now: by purpose, place and notice.
///
/// # Errors
/// [`problem::UNAVAILABLE`].
#[utoipa::path(get, path = "/staff/consents/rates", tag = "staff", security(("staff_key" = [])),
    responses(
    (status = 200, description = "Counted within the last minute, or not much longer ago",
        body = RatesOut),
    (status = "4XX", description = "Not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn consent_rates(
    State(app): State<App>,
    _staff: Staff,
) -> Result<Json<RatesOut>, Problem> {
    Ok(Json(counted(&app).await?))
}

/// Makes the decisions about an invented person again, and says what would be kept of an event.
///
/// # Privacy
/// Writes nothing and looks nobody up.
///
/// # Errors
/// A problem that names the field that is wrong.
#[utoipa::path(post, path = "/staff/consents/replay", tag = "staff", request_body = ReplayIn,
    security(("staff_key" = [])), responses(
    (status = 200, description = "The decisions, with rule and article; nothing was written",
        body = Replayed),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody)))]
pub async fn replay_consents(
    State(app): State<App>,
    _staff: Staff,
    body: JsonBytes,
) -> Result<Json<Replayed>, Problem> {
    let asked = body.read::<ReplayIn>()?.read(app.shared.clock.now().day())?;
    Ok(Json(replay(&app.shared, &asked)?))
}

impl From<ReplayError> for Problem {
    fn from(error: ReplayError) -> Self {
        Self::new(problem::INVALID, error)
    }
}
