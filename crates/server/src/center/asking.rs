//! Asking for a link by mail, for people without an account.
//!
//! # Privacy
//! The answer is the same for every address and is given before anything is looked up, so neither
//! its words nor its time say whether the shop knows the address.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::center::door::Scope;
use crate::center::words::fill;
use crate::center::{Arriving, Frame, draw};
use crate::mail::link::{self, Asked, MAILED_MS};
use crate::mail::quota::Counted;
use crate::problem;
use crate::routes::caller::Credentials;

#[derive(Debug, Template)]
#[template(path = "center/mail.html")]
struct MailPage<'a> {
    frame: Frame<'a>,
    ways: [(&'static str, &'a str); 4],
}

/// Shows the form.
pub async fn ask(at: Arriving) -> Response {
    if at.app.post.is_none() {
        return at.closed(StatusCode::NOT_FOUND);
    }
    let words = &at.words;
    let ways = [
        (Scope::All, words.your_data.as_str()),
        (Scope::Choices, &words.choices_title),
        (Scope::Download, &words.download_title),
        (Scope::Erase, &words.erase_title),
    ];
    let ways = ways.map(|(scope, label)| (scope.as_str(), label));
    draw(StatusCode::OK, &MailPage { frame: Frame::new(&at, ""), ways })
}

/// What was typed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typed {
    address: String,
    scope: String,
}

/// Takes the question and says the same to everybody.
pub async fn send(
    at: Arriving,
    credentials: Credentials,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    let Some(post) = at.app.post.clone() else { return at.closed(StatusCode::NOT_FOUND) };
    let Ok(Form(typed)) = form else { return at.failed(&problem::MALFORMED.into()) };
    let scope = Scope::ALL.into_iter().find(|scope| scope.as_str() == typed.scope);
    let Some(scope) = scope else { return at.failed(&problem::INVALID.into()) };
    let mail = at.app.shared.settings.mail.as_ref();
    let max = mail.map_or(0, |mail| mail.links_per_prefix_hour_max);
    let prefix = credentials.prefix().text();
    let network = at.app.shared.ring.message("network prefix", &prefix);
    if !post.quota.admits(Counted::Network(network), max, at.now) {
        return at.failed(&problem::RATE.into());
    }
    link::take(&at.app, &post, Asked { address: typed.address, scope });
    let minutes = (MAILED_MS / 60_000).to_string();
    let text = fill(&at.words.mailed_text, &[("minutes", &minutes)]);
    at.said(StatusCode::OK, (&at.words.mailed_title, &text))
}
