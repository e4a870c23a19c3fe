//! What the shop states about choices that are not the person's own.

use axum::Json;
use axum::extract::State;
use consent::statement::{Stated, Statement, StatementError};
use utoipa::ToSchema;

use crate::engine::choosing::Setting;
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Caller;
use crate::routes::consents::{self, Consents, JurisdictionIn, NoticeIn};
use crate::routes::parameters::{JsonBytes, Parameters};

/// A statement as it is sent.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; `consent::statement` reads it")]
pub struct StatementIn {
    /// A browser id that we issued; or a customer.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    browser: Option<String>,
    /// A customer; or a browser.
    #[schema(min_length = 1, max_length = 128)]
    customer: Option<String>,
    /// `requested`: the person was asked. `invalidated`: a yes does not count.
    #[schema(pattern = "^(requested|invalidated)$")]
    state: String,
    /// The purposes, each resting on consent.
    #[schema(min_items = 1, max_items = 32)]
    purposes: Vec<String>,
    /// The notice that was shown when asking.
    notice: Option<NoticeIn>,
    /// How the person was asked, such as `letter`.
    #[schema(min_length = 1, max_length = 64)]
    how: Option<String>,
    /// Why a yes does not count.
    #[schema(min_length = 1, max_length = 500)]
    reason: Option<String>,
}

/// Writes down that a person was asked, or that a yes does not count.
///
/// # Errors
/// A problem that names what is wrong with the request; [`problem::ASK_LATER`] while a no rests.
#[utoipa::path(post, path = "/v1/consents/statements", tag = "consents", params(JurisdictionIn),
    request_body = StatementIn, security(("secret_key" = [])), responses(
    (status = 200, description = "Durable; an invalidated purpose is erased", body = Consents),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn state_consents(
    State(app): State<App>,
    caller: Caller,
    Parameters(place): Parameters<JurisdictionIn>,
    bytes: JsonBytes,
) -> Result<Json<Consents>, Problem> {
    caller.secret_only()?;
    let Statement { state, subject: name, request } =
        Statement::parse(&bytes.0).map_err(unreadable)?;
    let law = consents::law_of(&app, &caller, place.jurisdiction.as_deref())?;
    let setting = Setting {
        law,
        place: consents::place_of(&caller, place.jurisdiction.as_deref()),
        signals: caller.circumstances.signals,
        now: app.shared.clock.now(),
        how: caller.how(),
    };
    let decided = app
        .writer
        .run(move |engine, _| match state {
            Stated::Requested => {
                engine.ask(&name, &request, &setting)?;
                Ok(engine.undecided(&name))
            }
            Stated::Invalidated => engine.invalidate(&name, &request, &setting),
        })
        .await?;
    let mut answer = consents::body(&app, &decided.choices, law);
    answer.erased = decided.erased.iter().map(|purpose| purpose.as_str()).collect();
    Ok(Json(answer))
}

fn unreadable(error: StatementError) -> Problem {
    match error {
        StatementError::Request(error) => consents::unreadable(error),
        StatementError::State | StatementError::Nobody | StatementError::Reason => {
            Problem::new(problem::INVALID, error)
        }
    }
}
