//! A stranger for this visit: nothing is deleted, and nothing is used.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::center::Arriving;
use crate::center::door::Scope;
use crate::problem::{self, Problem};

/// The button that was pressed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pressed {
    csrf: String,
    way: String,
}

/// Begins or ends it.
pub async fn switch(at: Arriving, form: Result<Form<Pressed>, FormRejection>) -> Response {
    let inside = match at.guest(Scope::Choices) {
        Ok(inside) => inside,
        Err(said) => return *said,
    };
    let at = &inside.at;
    let Ok(Form(pressed)) = form else { return at.failed(&problem::MALFORMED.into()) };
    if let Err(said) = inside.check(&pressed.csrf) {
        return *said;
    }
    let (strangers, who) = (&at.app.shared.strangers, inside.visit.guest.subject);
    match pressed.way.as_str() {
        "begin" => {
            if let Err(crowded) = strangers.begin(who, at.now) {
                return at.failed(&Problem::new(problem::UNAVAILABLE, crowded));
            }
        }
        "end" => strangers.end(who),
        _ => return at.failed(&problem::INVALID.into()),
    }
    Redirect::to("/?saved").into_response()
}
