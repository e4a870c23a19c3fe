//! The queue of requests about data, for staff.
//!
//! The queue names nobody: kinds, days and where each stands. Who looks into one gives a reason
//! that the person can read. What changes a request needs the key of a named member, and what is
//! weighed needs two of them, the second of whom is an officer.

use axum::Json;
use axum::extract::{Path, State};
use personal::desk::Desk;
use personal::kinds::DECLARATIONS;
use rights::clock::extension;
use rights::plan::plan_erasure;
use rights::request::act::{Act, Delay, HoldBasis, Review, Step};
use rights::request::denial::Denial;
use rights::request::error::ActError;
use rights::request::kind::{About, Kind};
use rights::request::lift::{LiftReason, ToldHow};
use rights::request::names::StaffId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::engine::requests::Filed;
use crate::engine::{Engine, EngineError};
use crate::problem::{self, Problem, ProblemBody};
use crate::requests::{QueuedBody, StaysBody, clock_of, queued, resting, urgency, would_stay};
use crate::routes::App;
use crate::routes::caller::Staff;
use crate::routes::parameters::{JsonBytes, Parameters};
use crate::routes::platforms::{RedactionOut, redaction_out};
use crate::routes::requests::request_id;
use crate::settings::members::StaffRole;

/// Most requests of one answer.
const LISTED_MAX: usize = 500;

/// Which requests.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueIn {
    /// Also those that have ended.
    pub all: Option<bool>,
}

/// The queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QueueBody {
    /// Open requests.
    pub open: usize,
    /// Of them, those whose answer is due within three days.
    pub due_soon: i64,
    /// Of them, those whose last day is over.
    pub overdue: i64,
    /// The most urgent first, at most 500.
    pub requests: Vec<QueuedBody>,
    /// Restrictions in force that nobody is about to end, newest first, at most 500.
    pub restrictions: Vec<QueuedBody>,
    /// How far the erasure of the whole shop is, where a platform asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shop_redaction: Option<RedactionOut>,
}

/// Why a request is opened.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookIn {
    /// The person can read it.
    #[schema(min_length = 8, max_length = 500)]
    pub reason: String,
}

/// A request with everything that is needed to decide it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LookBody {
    /// The request.
    pub queued: QueuedBody,
    /// What the person wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// What an erasure would delete; for erasures only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub would_go: Vec<GoesBody>,
    /// What would stay, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub would_stay: Vec<StaysBody>,
}

/// What an erasure would delete of one table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GoesBody {
    /// Name of the table.
    pub table: String,
    /// What it holds.
    pub what: &'static str,
    /// Rows of the person now.
    pub rows: u64,
}

/// What a member of staff does.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum ActIn {
    /// Puts the answer off, once; the person is told why.
    Extend {
        /// `complex` or `many_requests`.
        why: String,
    },
    /// Refuses it. A plain fact counts at once; what has to be weighed is proposed.
    Deny {
        /// The reason.
        reason: String,
    },
    /// Proposes to keep everything as it is.
    Hold {
        /// `legal_claim`, `order` or `open_fraud_case`.
        basis: String,
    },
    /// Proposes to end a hold.
    LiftHold {
        /// Its number.
        hold: u32,
    },
    /// Proposes how the review of a decision ends.
    Decide {
        /// `stands` or `changed`.
        review: String,
    },
    /// Agrees to what somebody else proposed.
    Approve,
    /// Does not agree, or takes the own proposal back.
    Reject,
    /// Gives in: carries it out.
    Fulfil,
    /// Proposes to end a restriction that was carried out; the person is told before it ends.
    Lift {
        /// `accuracy_verified`, `use_lawful`, `claim_ended` or `objection_decided`.
        why: String,
    },
    /// The person was told by letter, telephone or at the counter that a restriction ends.
    Told,
}

/// Lists the queue.
///
/// # Errors
/// [`problem::UNAVAILABLE`].
#[utoipa::path(get, path = "/staff/requests", tag = "staff", params(QueueIn),
    security(("staff_key" = [])), responses(
    (status = 200, description = "The queue, the most urgent first", body = QueueBody),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody)))]
pub async fn list_requests(
    State(app): State<App>,
    _staff: Staff,
    Parameters(asked): Parameters<QueueIn>,
) -> Result<Json<QueueBody>, Problem> {
    Ok(Json(queue(&app, asked.all.unwrap_or(false)).await?))
}

/// The queue, for the API and the page.
///
/// # Errors
/// What the writer says.
pub(crate) async fn queue(app: &App, all: bool) -> Result<QueueBody, Problem> {
    let listed = app.writer.run(move |engine, now| {
        let redaction = engine.redaction()?;
        let requests = engine.requests();
        let mut filed: Vec<&Filed> = match all {
            true => requests.all().collect(),
            false => requests.open().chain(requests.lifting()).collect(),
        };
        filed.sort_by_cached_key(|one| (urgency(&engine.shared, one, now), one.case.asked.id));
        let listed = filed.into_iter().take(LISTED_MAX);
        let rests = |one: &&Filed| {
            let case = &one.case;
            case.is_in_force() && case.lifting().is_none() && !resting(engine, one).is_empty()
        };
        let mut restrictions: Vec<&Filed> = requests.all().filter(rests).collect();
        restrictions.sort_by_key(|one| std::cmp::Reverse((one.case.received, one.case.asked.id)));
        let restrictions = restrictions.into_iter().take(LISTED_MAX);
        let metrics = &engine.shared.metrics;
        Ok(QueueBody {
            open: requests.open().count(),
            due_soon: metrics.rights_due_soon.get(),
            overdue: metrics.rights_overdue.get(),
            requests: listed.map(|one| queued(engine, one, now)).collect(),
            restrictions: restrictions.map(|one| queued(engine, one, now)).collect(),
            shop_redaction: redaction.map(|one| redaction_out(Some(one), now)),
        })
    });
    Ok(listed.await?)
}

/// Opens one request; the person can read who looked, by role, and why.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(post, path = "/staff/requests/{id}/look", tag = "staff", request_body = LookIn,
    params(("id" = String, Path, description = "The random name of the request")),
    security(("staff_key" = [])), responses(
    (status = 200, description = "The request, with the plan of an erasure", body = LookBody),
    (status = "4XX", description = "Not there, not understood or not allowed", body = ProblemBody)))]
pub async fn look_at_request(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    body: JsonBytes,
) -> Result<Json<LookBody>, Problem> {
    let asked: LookIn = body.read()?;
    // A list of one text is no object, although it could be read as one.
    if !body.0.trim_ascii_start().starts_with(b"{") {
        return Err(Problem::new(problem::MALFORMED, "the body is an object with a reason"));
    }
    Ok(Json(look(&app, staff, &id, &asked.reason).await?))
}

/// One request with everything that is needed to decide it.
///
/// # Errors
/// A problem that names what is wrong with the request.
pub(crate) async fn look(
    app: &App,
    staff: Staff,
    id: &str,
    reason: &str,
) -> Result<LookBody, Problem> {
    let role = staff.named()?.role.as_str();
    let desk = Desk::sit(role, reason).map_err(|error| Problem::new(problem::INVALID, error))?;
    let (id, reason) = (request_id(id)?, reason.trim().to_owned());
    let looked = app.writer.run(move |engine, now| {
        let (filed, words) = engine.look_at_request(id, (&desk, role, &reason), now)?;
        let mut would_go = Vec::new();
        if let (Kind::Erasure, About::Scope(scope), None) =
            (filed.case.asked.kind, filed.case.asked.about, filed.case.end)
        {
            let plan = plan_erasure(scope, &DECLARATIONS, now.day());
            let (_, found) = engine.survey((filed.subject, scope), now)?;
            for (table, rows) in found.rows {
                let gone = plan.delete.iter().find(|gone| gone.table == table);
                let Some(gone) = gone.filter(|_| rows > 0) else { continue };
                would_go.push(GoesBody { table, what: gone.what, rows });
            }
        }
        let would_stay = match filed.case.end {
            None => would_stay(&filed, now),
            Some(_) => Vec::new(),
        };
        Ok(LookBody { queued: queued(engine, &filed, now), words, would_go, would_stay })
    });
    Ok(looked.await?)
}

/// Does something with a request, under a name.
///
/// # Errors
/// A problem that names what is wrong with the request; [`problem::REQUEST`] when its state does
/// not allow it.
#[utoipa::path(post, path = "/staff/requests/{id}/acts", tag = "staff", request_body = ActIn,
    params(("id" = String, Path, description = "The random name of the request")),
    security(("staff_key" = [])), responses(
    (status = 200, description = "The request as it stands now", body = QueuedBody),
    (status = "4XX", description = "Not there, not understood or not allowed", body = ProblemBody)))]
pub async fn act_on_request(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    body: JsonBytes,
) -> Result<Json<QueuedBody>, Problem> {
    Ok(Json(act(&app, staff, &id, body.read()?).await?))
}

/// Does what a member of staff asks for.
///
/// # Errors
/// A problem that names what is wrong with the request.
pub(crate) async fn act(
    app: &App,
    staff: Staff,
    id: &str,
    asked: ActIn,
) -> Result<QueuedBody, Problem> {
    let member = staff.named()?;
    if matches!(asked, ActIn::Approve) && member.role < StaffRole::Officer {
        return Err(Problem::new(problem::FORBIDDEN, "an officer approves"));
    }
    let (id, deed) = (request_id(id)?, Deed::read(asked)?);
    let done = app.writer.run(move |engine, now| {
        let filed = engine.requests().get(id).ok_or(EngineError::Unknown)?.clone();
        match deed.act(engine, &filed, member.id, now)? {
            Some(act) => engine.act(id, act, now)?,
            None => {
                engine.start_request(id, now)?;
                engine.go_on(id, now)?;
            }
        }
        let filed = engine.requests().get(id).ok_or(EngineError::Unknown)?;
        Ok(queued(engine, filed, now))
    });
    Ok(done.await?)
}

/// What a member of staff does, read.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Extend(Delay),
    Deny(Denial),
    Hold(HoldBasis),
    LiftHold(u32),
    Decide(Review),
    Approve,
    Reject,
    Fulfil,
    Lift(LiftReason),
    Told,
}

impl Deed {
    fn read(asked: ActIn) -> Result<Self, Problem> {
        let none =
            |what: &str| Problem::new(problem::INVALID, format!("{what} is none of the list"));
        Ok(match asked {
            ActIn::Extend { why } => Self::Extend(match why.as_str() {
                "complex" => Delay::Complex,
                "many_requests" => Delay::ManyRequests,
                _ => return Err(none("why")),
            }),
            ActIn::Deny { reason } => Self::Deny(
                Denial::ALL
                    .into_iter()
                    .find(|denial| denial.as_str() == reason)
                    .ok_or_else(|| none("reason"))?,
            ),
            ActIn::Hold { basis } => Self::Hold(match basis.as_str() {
                "legal_claim" => HoldBasis::LegalClaim,
                "order" => HoldBasis::Order,
                "open_fraud_case" => HoldBasis::OpenFraudCase,
                _ => return Err(none("basis")),
            }),
            ActIn::LiftHold { hold } => Self::LiftHold(hold),
            ActIn::Decide { review } => Self::Decide(match review.as_str() {
                "stands" => Review::Stands,
                "changed" => Review::Changed,
                _ => return Err(none("review")),
            }),
            ActIn::Approve => Self::Approve,
            ActIn::Reject => Self::Reject,
            ActIn::Fulfil => Self::Fulfil,
            ActIn::Lift { why } => Self::Lift(
                LiftReason::ALL
                    .into_iter()
                    .find(|reason| reason.as_str() == why)
                    .ok_or_else(|| none("why"))?,
            ),
            ActIn::Told => Self::Told,
        })
    }

    /// The step to add; `None` to carry the request out.
    fn act(
        self,
        engine: &Engine,
        filed: &Filed,
        by: StaffId,
        now: domain::time::Timestamp,
    ) -> Result<Option<Act>, EngineError> {
        let propose = |step, by| Ok(Some(Act::Proposed { step, by }));
        match self {
            Self::Extend(why) => {
                let (rules, calendar) = clock_of(&engine.shared, &filed.case);
                let act = extension(&filed.case, why, (&rules, &calendar), now.day());
                act.map(Some).map_err(|_| ActError::Late.into())
            }
            Self::Deny(denial) if denial.needs_two() => propose(Step::Deny(denial), by),
            Self::Deny(denial) => Ok(Some(Act::Denied { denial })),
            Self::Hold(basis) => {
                let last = filed.case.holds_known.last().copied().unwrap_or(0);
                propose(Step::PlaceHold { hold: last.saturating_add(1), basis }, by)
            }
            Self::LiftHold(hold) => propose(Step::LiftHold { hold }, by),
            Self::Decide(review) => propose(Step::Decide(review), by),
            Self::Lift(why) => Ok(Some(Act::LiftProposed { why, by })),
            Self::Told => {
                let days = engine.shared.settings.requests.lift_days;
                Ok(Some(Act::LiftTold { how: ToldHow::Staff, on: now.day().plus(days) }))
            }
            Self::Approve if filed.case.lifting().is_some() => Ok(Some(Act::LiftApproved { by })),
            Self::Reject if filed.case.lifting().is_some() => Ok(Some(Act::LiftRejected { by })),
            Self::Approve => Ok(Some(Act::Approved { by })),
            Self::Reject => Ok(Some(Act::Rejected { by })),
            Self::Fulfil => Ok(None),
        }
    }
}
