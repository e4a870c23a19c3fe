//! Notices and records for staff: a list with what is missing, and each document as a page.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::date::Date;
use notices::document::Kind;

use crate::engine::sweeps::SweepProof;
use crate::pages::login::AtPage;
use crate::pages::{Frame, page};
use crate::problem::{self, Problem};
use crate::routes::App;
use crate::routes::notices::{Format, POLICY, PaperIn, paper};
use crate::routes::parameters::Parameters;

/// Sweeps on the page.
const SWEEPS_SHOWN: usize = 31;

/// The list.
#[derive(Debug, Template)]
#[template(path = "staff/notices.html")]
struct PapersPage<'a> {
    frame: Frame<'a>,
    papers: Vec<Line>,
    /// What the shop still has to state, as keys of the settings.
    missing: Vec<String>,
    languages: Vec<&'a str>,
    /// The day of the last sweep since the start.
    swept: Option<String>,
    /// The newest sweeps that deleted something.
    sweeps: Vec<SweepProof>,
}

/// One document of the list.
#[derive(Debug)]
struct Line {
    kind: &'static str,
    title: &'static str,
    digest: String,
}

/// What the pages call a document; they are in English.
const fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Inventory => "Data inventory",
        Kind::Ropa => "Record of processing activities (GDPR Art. 30)",
        Kind::Retention => "Retention table",
        Kind::Notice => "Privacy notice (GDPR Art. 13)",
        Kind::Dpia => "Data protection impact assessment, draft (GDPR Art. 35)",
    }
}

pub(super) async fn list(_: AtPage, State(app): State<App>) -> Response {
    let english = PaperIn { language: Some("en".to_owned()), format: Format::Html };
    let mut papers = Vec::new();
    let mut missing = Vec::new();
    for kind in Kind::ALL {
        match paper(&app, kind, &english) {
            Ok(paper) => {
                let digest = paper.digest.clone();
                papers.push(Line { kind: kind.as_str(), title: title(kind), digest });
                missing.extend(paper.missing.iter().cloned());
            }
            Err(problem) => return problem.into_response(),
        }
    }
    let read = app.writer.run(|engine, _| Ok((engine.swept_on(), engine.proofs()?))).await;
    let (swept, mut sweeps) = match read {
        Ok(read) => read,
        Err(error) => return Problem::from(error).into_response(),
    };
    sweeps.reverse();
    sweeps.truncate(SWEEPS_SHOWN);
    let swept = swept.map(|day| Date(day).to_string());
    missing.sort_unstable();
    missing.dedup();
    let languages = notices::words::FILES.iter().map(|(tag, _)| *tag).collect();
    let frame = Frame::new(&app, "notices");
    page(StatusCode::OK, &PapersPage { frame, papers, missing, languages, swept, sweeps })
}

pub(super) async fn show(
    _: AtPage,
    State(app): State<App>,
    Path(kind): Path<String>,
    Parameters(asked): Parameters<PaperIn>,
) -> Response {
    let Some(kind) = Kind::parse(&kind) else {
        return Problem::from(problem::NOT_FOUND).into_response();
    };
    match paper(&app, kind, &asked) {
        Ok(paper) => {
            let policy = [(header::CONTENT_SECURITY_POLICY, POLICY.as_str())];
            (policy, Html(paper.html.clone())).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}
