//! Coming in by a link of the shop, and leaving.

use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::center::door::Scope;
use crate::center::words::fill;
use crate::center::{Arriving, COOKIE, Frame, draw, name_of};
use crate::chance;
use crate::problem::{self, Problem};

/// A link.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    link: String,
}

/// The page behind a link. Looking at it uses nothing up, so that a program that looks links up
/// does not lock the person out.
#[derive(Debug, Template)]
#[template(path = "center/enter.html")]
struct EnterPage<'a> {
    frame: Frame<'a>,
    link: &'a str,
    text: String,
}

/// Asks whether this device is the person's.
pub async fn ask(at: Arriving, link: Result<Query<Link>, QueryRejection>) -> Response {
    let Ok(Query(Link { link })) = link else { return at.closed(StatusCode::BAD_REQUEST) };
    if !at.center.door.knows(&link, at.now) {
        return at.closed(StatusCode::GONE);
    }
    let text = fill(&at.words.enter_text, &[("shop", name_of(&at))]);
    draw(StatusCode::OK, &EnterPage { frame: Frame::new(&at, ""), link: &link, text })
}

/// Uses the link up and lets the person in.
pub async fn enter(at: Arriving, form: Result<Form<Link>, FormRejection>) -> Response {
    let Ok(Form(Link { link })) = form else { return at.closed(StatusCode::BAD_REQUEST) };
    let Ok(token) = chance::bytes() else { return at.failed(&problem::UNAVAILABLE.into()) };
    let (cookie, scope) = match at.center.door.enter(&link, token, at.now) {
        Ok(Some(entered)) => entered,
        Ok(None) => return at.closed(StatusCode::GONE),
        Err(crowded) => return at.failed(&Problem::new(problem::UNAVAILABLE, crowded)),
    };
    // Whoever was in before in this browser is out.
    if let Some(before) = &at.cookie {
        at.center.door.leave(before, at.now);
    }
    let cookie = format!("{COOKIE}={cookie}; Path=/; Secure; HttpOnly; SameSite=Strict");
    let first = match scope {
        Scope::All | Scope::Choices => "/",
        Scope::Download => "/download",
        Scope::Erase => "/erase",
    };
    ([(header::SET_COOKIE, cookie)], Redirect::to(first)).into_response()
}

/// Ends the session and clears what the browser keeps of it.
pub async fn leave(mut at: Arriving) -> Response {
    if let Some(cookie) = &at.cookie {
        at.center.door.leave(cookie, at.now);
    }
    at.visit = None;
    let gone = format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    let clear = header::HeaderName::from_static("clear-site-data");
    let said = at.said(StatusCode::OK, (&at.words.left_title, &at.words.left_text));
    ([(header::SET_COOKIE, gone), (clear, "\"cache\", \"storage\"".to_owned())], said)
        .into_response()
}
