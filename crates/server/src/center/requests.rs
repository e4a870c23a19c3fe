//! My requests: what became of them and by when there is an answer, and a form for those that have
//! no page of their own.

use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::date::Date;
use domain::id::RequestId;
use domain::time::Timestamp;
use rights::proof::Strength;
use rights::request::act::Act;
use rights::request::lift::ToldHow;
use rights::request::names::Asker;
use serde::Deserialize;

use crate::center::door::Scope;
use crate::center::requests::words::Texts;
use crate::center::words::fill;
use crate::center::{Arriving, Frame, Inside, draw};
use crate::engine::requests::NewRequest;
use crate::problem::{self, Problem};
use crate::requests::{RequestBody, shown};
use crate::routes::requests::{own, request_id, what, words as read_words};

pub mod words;

/// One request in plain words.
#[derive(Debug)]
struct Line {
    id: String,
    kind: String,
    state: String,
    says: Vec<String>,
    /// Whether it can be taken back.
    open: bool,
    /// Whether it restricts something now, until that is lifted.
    lifts: bool,
}

#[derive(Debug, Template)]
#[template(path = "center/requests.html")]
struct RequestsPage<'a> {
    frame: Frame<'a>,
    t: &'a Texts,
    saved: bool,
    lines: Vec<Line>,
}

/// Whether something was just asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Saved {
    saved: Option<String>,
}

/// Shows the requests of whoever is in.
pub async fn show(at: Arriving, saved: Result<Query<Saved>, QueryRejection>) -> Response {
    let inside = match at.guest(Scope::All) {
        Ok(inside) => inside,
        Err(said) => return *said,
    };
    let saved = saved.is_ok_and(|Query(query)| query.saved.is_some());
    let Inside { at, visit } = &inside;
    let subject = visit.guest.subject;
    let listed = at.app.writer.run(move |engine, now| {
        // Whoever reads this page is told by it that a restriction ends.
        let own = engine.requests().of(subject);
        let to_tell = own.iter().filter(|one| one.case.lifting().is_some());
        let to_tell: Vec<RequestId> = to_tell.map(|one| one.case.asked.id).collect();
        for id in to_tell {
            engine.tell_lift(id, ToldHow::Page, now)?;
        }
        let own = engine.requests().of(subject);
        Ok(own.into_iter().map(|filed| shown(engine, filed, now)).collect::<Vec<_>>())
    });
    let listed = match listed.await {
        Ok(listed) => listed,
        Err(error) => return at.failed(&error.into()),
    };
    let Some(t) = at.center.requests.of(at.words.language) else {
        return at.failed(&problem::INTERNAL.into());
    };
    let lines = listed.iter().map(|one| line(t, one, at.now)).collect();
    draw(StatusCode::OK, &RequestsPage { frame: Frame::new(at, "requests"), t, saved, lines })
}

fn line(t: &Texts, one: &RequestBody, now: Timestamp) -> Line {
    let day = |ms: i64| Date(Timestamp::from_ms(ms).day()).to_string();
    let dated = |text: &str, date: &str| fill(text, &[("date", date)]);
    let mut says = vec![dated(&t.arrived, &day(one.received_ms))];
    match &one.due {
        Some(due) if one.level == "overdue" => says.push(dated(&t.late, due)),
        Some(due) => says.push(dated(&t.due, due)),
        None => {}
    }
    if let Some(until) = one.waits_until_ms.filter(|until| *until > now.ms()) {
        says.push(dated(&t.waits, &day(until)));
    }
    if let Some(why) = one.extended.filter(|_| one.ended_ms.is_none()) {
        says.push(if why.contains("many") { t.many_requests.clone() } else { t.complex.clone() });
    }
    says.extend(one.ended_ms.map(|ms| dated(&t.ended, &day(ms))));
    if let Some(denied) = one.denied {
        says.push(t.denial(denied.reason).to_owned());
        says.push(fill(&t.refused, &[("source", denied.source)]));
    }
    says.extend(one.review.map(|how| match how {
        "changed" => t.changed.clone(),
        _ => t.stands.clone(),
    }));
    if !one.stays.is_empty() {
        says.push(t.partly.clone());
    }
    says.extend(one.results_until_ms.map(|ms| dated(&t.results, &day(ms))));
    let (open, rests) = (one.ended_ms.is_none(), !one.resting.is_empty());
    if rests {
        says.push(if open { t.weighing.clone() } else { t.resting.clone() });
    }
    if let Some((lift, on)) = one.lift.as_ref().and_then(|lift| Some((lift, lift.on.as_ref()?))) {
        says.push(dated(&t.lifting, on));
        says.push(t.lift_reason(lift.why).to_owned());
        says.push(t.lift_object.clone());
    }
    says.extend(one.lifted_ms.map(|ms| dated(&t.lifted, &day(ms))));
    Line {
        id: one.id.clone(),
        kind: t.kind(one.kind).to_owned(),
        state: t.state(one.state).to_owned(),
        says,
        open,
        lifts: rests && !open,
    }
}

/// What is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    csrf: String,
    kind: String,
    #[serde(default)]
    about: Option<String>,
    #[serde(default)]
    words: Option<String>,
}

/// Takes a request in.
pub async fn make(at: Arriving, form: Result<Form<Asked>, FormRejection>) -> Response {
    let inside = match at.guest(Scope::All) {
        Ok(inside) => inside,
        Err(said) => return *said,
    };
    let Inside { at, visit } = &inside;
    let Ok(Form(asked)) = form else { return at.failed(&problem::MALFORMED.into()) };
    if let Err(said) = inside.check(&asked.csrf) {
        return *said;
    }
    let proven = if visit.is_fresh(at.now) { Strength::Fresh } else { Strength::Linked };
    let new = match new(at, &asked, proven) {
        Ok(new) => new,
        Err(problem) => return at.failed(&problem),
    };
    let name = visit.guest.name.clone();
    let made = at.app.writer.run(move |engine, now| engine.file_request(&name, new, now)).await;
    done(at, made.map(|_| ()).map_err(Into::into))
}

fn new(at: &Arriving, asked: &Asked, proven: Strength) -> Result<NewRequest, Problem> {
    let about = asked.about.as_deref().map(str::trim).filter(|about| !about.is_empty());
    // A decision is named by its number alone.
    let one = about.filter(|_| asked.kind == "human_review").map(|number| format!("one:{number}"));
    let (kind, about) = what(&asked.kind, one.as_deref().or(about))?;
    let words = read_words(asked.words.as_deref(), kind, about).or_else(|problem| {
        // The form has a field for words in any case; what nobody reads is not kept.
        if crate::requests::is_read(kind, about) { Err(problem) } else { Ok(None) }
    })?;
    let law = at.app.shared.law(at.now.day()).pack;
    let asker = Asker::Person;
    Ok(NewRequest { kind, about, asker, law, proven, words, agent_request: None })
}

/// Which request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    csrf: String,
    id: String,
    way: String,
}

/// Takes a request back, or lifts a restriction.
pub async fn change(at: Arriving, form: Result<Form<Which>, FormRejection>) -> Response {
    let inside = match at.guest(Scope::All) {
        Ok(inside) => inside,
        Err(said) => return *said,
    };
    let Inside { at, visit } = &inside;
    let Ok(Form(which)) = form else { return at.failed(&problem::MALFORMED.into()) };
    if let Err(said) = inside.check(&which.csrf) {
        return *said;
    }
    let Ok(id) = request_id(&which.id) else { return at.failed(&problem::NOT_FOUND.into()) };
    let lifts = match which.way.as_str() {
        "lift" => true,
        "back" => false,
        _ => return at.failed(&problem::INVALID.into()),
    };
    let name = visit.guest.name.clone();
    let changed = at.app.writer.run(move |engine, now| {
        own(engine, id, &name)?;
        match lifts {
            true => engine.lift_by_person(id, now),
            false => engine.act(id, Act::Revoked {}, now),
        }
    });
    done(at, changed.await.map_err(Into::into))
}

fn done(at: &Arriving, outcome: Result<(), Problem>) -> Response {
    match outcome {
        Ok(()) => Redirect::to("/requests?saved=yes").into_response(),
        Err(problem) => at.failed(&problem),
    }
}
