//! Erasing everything: what goes and what stays is said before, the receipt is given after.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::date::Date;
use domain::id::RequestId;
use personal::kinds::DECLARATIONS;
use rights::plan::{Scope as Reach, plan_erasure};
use rights::receipt;
use rights::words::describe;
use serde::Deserialize;

use crate::center::door::Scope;
use crate::center::words::fill;
use crate::center::{Arriving, Frame, Inside, draw};
use crate::engine::forgetting::ErasureRequest;
use crate::mail::letters::Deed;
use crate::mail::telling::tell;
use crate::path;
use crate::problem;

#[derive(Debug, Template)]
#[template(path = "center/erase.html")]
struct ErasePage<'a> {
    frame: Frame<'a>,
    goes: Vec<&'a str>,
    stays: Vec<String>,
    backups: String,
}

/// Shows the plan and asks.
pub async fn ask(at: Arriving) -> Response {
    let inside = match at.fresh(Scope::Erase) {
        Ok(inside) => inside,
        Err(said) => return *said,
    };
    let at = &inside.at;
    let today = at.now.day();
    let plan = plan_erasure(Reach::Everything, &DECLARATIONS, today);
    let stays = plan.keep.iter().map(|kept| {
        let (what, until) = (at.words.kind(kept.table), Date(kept.until).to_string());
        fill(&at.words.stays_until, &[("what", what), ("until", &until), ("basis", kept.basis)])
    });
    let clear = Date(today.plus(at.app.shared.settings.backup_keep_days)).to_string();
    let page = ErasePage {
        frame: Frame::new(at, "erase"),
        goes: plan.delete.iter().map(|gone| at.words.kind(gone.table)).collect(),
        stays: stays.collect(),
        backups: fill(&at.words.backups, &[("until", &clear)]),
    };
    draw(StatusCode::OK, &page)
}

/// The form of an erasure.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sure {
    csrf: String,
    #[serde(default)]
    sure: Option<String>,
}

#[derive(Debug, Template)]
#[template(path = "center/erased.html")]
struct ErasedPage<'a> {
    frame: Frame<'a>,
    id: String,
    receipt: String,
}

/// Erases everything, when the box was ticked.
pub async fn erase(at: Arriving, form: Result<Form<Sure>, FormRejection>) -> Response {
    let inside = match at.fresh(Scope::Erase) {
        Ok(inside) => inside,
        Err(said) => return *said,
    };
    let Inside { at, visit } = &inside;
    let Ok(Form(form)) = form else { return at.failed(&problem::MALFORMED.into()) };
    if let Err(said) = inside.check(&form.csrf) {
        return *said;
    }
    if form.sure.as_deref() != Some("yes") {
        return at.failed(&problem::INVALID.into());
    }
    let request = ErasureRequest {
        name: visit.guest.name.clone(),
        scope: Reach::Everything,
        how: visit.guest.how,
    };
    let done = at.app.writer.run(move |engine, now| {
        let known = engine.address_of(&request.name, now)?; // it goes with the rest
        Ok((path::forget(engine, &request, now)?, known))
    });
    let told = done.await.map_err(Into::into).and_then(|(receipt, known)| {
        tell(&at.app, (visit.guest.subject, known), Deed::Erased);
        let text = receipt.to_json().map_err(|_| problem::INTERNAL)?;
        receipt::verify(&text, Some(&receipt.key)).map_err(|_| problem::INTERNAL.into())
    });
    match told {
        Ok(payload) => {
            let (id, receipt) = (payload.request.to_hex(), describe(&payload));
            draw(StatusCode::OK, &ErasedPage { frame: Frame::new(at, "erase"), id, receipt })
        }
        Err(problem) => at.failed(&problem),
    }
}

/// Which receipt.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    csrf: String,
    id: String,
}

/// Gives the signed receipt as a file.
pub async fn receipt(at: Arriving, form: Result<Form<Which>, FormRejection>) -> Response {
    let inside = match at.guest(Scope::Erase) {
        Ok(inside) => inside,
        Err(said) => return *said,
    };
    let at = &inside.at;
    let Ok(Form(which)) = form else { return at.failed(&problem::MALFORMED.into()) };
    if let Err(said) = inside.check(&which.csrf) {
        return *said;
    }
    let Ok(id) = RequestId::parse(&which.id) else { return at.failed(&problem::NOT_FOUND.into()) };
    match at.app.writer.run(move |engine, now| engine.receipt(id, now)).await {
        Ok(receipt) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"erasure-receipt.json\""),
            ];
            (headers, receipt).into_response()
        }
        Err(error) => at.failed(&error.into()),
    }
}
