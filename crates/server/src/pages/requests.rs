//! The queue of requests about data, as a page.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use rights::request::denial::Denial;
use rights::request::kind::{About, Kind};
use rights::request::lift::LiftReason;
use serde::Deserialize;

use crate::pages::login::AtPage;
use crate::pages::{Frame, moment, page};
use crate::problem::{self, Problem};
use crate::requests::QueuedBody;
use crate::routes::App;
use crate::routes::platforms::RedactionOut;
use crate::routes::staff::requests::{ActIn, LookBody, QueueBody, look as open_request, queue};

#[derive(Debug, Template)]
#[template(path = "staff/requests.html")]
struct QueuePage<'a> {
    frame: Frame<'a>,
    queue: QueueBody,
    /// The name of whoever looks; nothing for the key that all share.
    name: Option<String>,
    wrong: Option<String>,
}

impl QueuedBody {
    fn arrived(&self) -> String {
        moment(self.request.received_ms)
    }
}

impl RedactionOut {
    fn begins(&self) -> Option<String> {
        self.begins_ms.map(moment)
    }
}

/// Shows the queue.
pub(super) async fn list(at: AtPage, State(app): State<App>) -> Response {
    drawn(&app, &at, (StatusCode::OK, None)).await
}

async fn drawn(app: &App, at: &AtPage, (status, wrong): (StatusCode, Option<String>)) -> Response {
    let queue = match queue(app, false).await {
        Ok(queue) => queue,
        Err(problem) => return problem.into_response(),
    };
    let name = at.staff.member.as_ref().map(|member| member.id.as_str().to_owned());
    page(status, &QueuePage { frame: Frame::new(app, "requests"), queue, name, wrong })
}

async fn refused(app: &App, at: &AtPage, problem: &Problem) -> Response {
    let kind = problem.kind();
    let wrong = problem.detail().unwrap_or(kind.title).to_owned();
    drawn(app, at, (kind.status, Some(wrong))).await
}

/// Why it is opened.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    reason: String,
}

#[derive(Debug, Template)]
#[template(path = "staff/request.html")]
struct RequestPage<'a> {
    frame: Frame<'a>,
    look: &'a LookBody,
    received: String,
    /// The reasons for which it can be refused, and whether two have to agree.
    reasons: Vec<(&'static str, bool)>,
    /// Whether a hold can be placed.
    holds: bool,
    /// Whether it is the review of a decision.
    reviews: bool,
    /// Whether it is a restriction in force that nobody is about to end, and the reasons for that.
    lifts: Vec<&'static str>,
    /// Whether the person has to hear that the restriction ends.
    tells: bool,
    /// How many days before its end the person is told.
    lift_days: u32,
}

/// Opens one request; the reason is written down where the person can read it.
pub(super) async fn look(
    at: AtPage,
    State(app): State<App>,
    Path(id): Path<String>,
    form: Result<Form<Why>, FormRejection>,
) -> Response {
    let Ok(Form(why)) = form else {
        return refused(&app, &at, &problem::MALFORMED.into()).await;
    };
    let look = match open_request(&app, at.staff.clone(), &id, &why.reason).await {
        Ok(look) => look,
        Err(problem) => return refused(&app, &at, &problem).await,
    };
    let request = &look.queued.request;
    let kind = Kind::parse(request.kind);
    let about = About::try_from(request.about.clone());
    let (Ok(kind), Ok(about)) = (kind, about) else {
        return Problem::from(problem::INTERNAL).into_response();
    };
    let fits = Denial::ALL.into_iter().filter(|denial| denial.fits(kind, about));
    let drawn = RequestPage {
        frame: Frame::new(&app, "requests"),
        received: moment(request.received_ms),
        reasons: fits.map(|denial| (denial.as_str(), denial.needs_two())).collect(),
        holds: kind.destroys(),
        reviews: kind == Kind::HumanReview,
        lifts: match (kind, &request.lift, request.resting.is_empty(), request.ended_ms) {
            (Kind::Restriction, None, false, Some(_)) => {
                LiftReason::ALL.map(LiftReason::as_str).to_vec()
            }
            _ => Vec::new(),
        },
        tells: look.queued.desk == Some("tell"),
        lift_days: app.shared.settings.requests.lift_days,
        look: &look,
    };
    page(StatusCode::OK, &drawn)
}

/// What is done; one field says what, another one which.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deed {
    act: String,
    #[serde(default)]
    which: String,
}

impl Deed {
    fn read(self) -> Option<ActIn> {
        Some(match self.act.as_str() {
            "extend" => ActIn::Extend { why: self.which },
            "deny" => ActIn::Deny { reason: self.which },
            "hold" => ActIn::Hold { basis: self.which },
            "lift_hold" => ActIn::LiftHold { hold: self.which.parse().ok()? },
            "decide" => ActIn::Decide { review: self.which },
            "approve" => ActIn::Approve,
            "reject" => ActIn::Reject,
            "fulfil" => ActIn::Fulfil,
            "lift" => ActIn::Lift { why: self.which },
            "told" => ActIn::Told,
            _ => return None,
        })
    }
}

/// Does something with a request, and shows the queue again.
pub(super) async fn act(
    at: AtPage,
    State(app): State<App>,
    Path(id): Path<String>,
    form: Result<Form<Deed>, FormRejection>,
) -> Response {
    let asked = form.ok().and_then(|Form(deed)| deed.read());
    let Some(asked) = asked else {
        return refused(&app, &at, &problem::MALFORMED.into()).await;
    };
    match crate::routes::staff::requests::act(&app, at.staff.clone(), &id, asked).await {
        Ok(_) => Redirect::to("/staff/pages/requests").into_response(),
        Err(problem) => refused(&app, &at, &problem).await,
    }
}
