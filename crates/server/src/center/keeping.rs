//! How long entries are kept: fewer days than declared, as the person chooses.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse as _, Redirect, Response};
use consent::request::{ChoiceRequest, KEEP_DAYS_MAX};
use personal::gate::Choices;
use personal::keeping::{KEEP_DAYS_MIN, Keep, is_chosen};
use personal::kinds::DECLARATIONS;
use personal::purpose::PurposeName;
use serde::Deserialize;

use crate::center::Arriving;
use crate::center::door::Scope;
use crate::center::overview::{HOW, carry_out};
use crate::center::words::fill;
use crate::problem::{self, Problem};

/// Periods that the page offers, in days, where they are shorter than declared.
const OFFERED: [u16; 3] = [30, 90, 180];

/// One period to choose.
#[derive(Debug)]
pub(super) struct Period {
    /// The days, as the form names them; nothing for as long as declared.
    pub(super) value: String,
    /// What it says.
    pub(super) label: String,
    /// Whether it counts now.
    pub(super) counts: bool,
}

/// The periods of a purpose; none where nothing is kept for it.
pub(super) fn periods(at: &Arriving, purpose: PurposeName, choices: &Choices) -> Vec<Period> {
    let tables = DECLARATIONS.iter().filter(|one| one.purpose == purpose);
    let longest = tables.map(|one| one.keep_days_max).max();
    let Some(longest) = longest.filter(|_| is_chosen(purpose)) else { return Vec::new() };
    let own = choices.keep(purpose).days();
    let mut days: Vec<u16> = OFFERED.into_iter().chain(own).collect();
    days.retain(|days| u32::from(*days) < longest);
    days.sort_unstable();
    days.dedup();
    let period = |days: u16| {
        let text = if own == Some(days) { &at.words.keep_own } else { &at.words.kept_days };
        let value = days.to_string();
        let label = fill(text, &[("days", &value)]);
        Period { value, label, counts: own == Some(days) }
    };
    let mut periods: Vec<Period> = days.into_iter().map(period).collect();
    let counts = !periods.iter().any(|one| one.counts);
    let label = at.words.keep_longest.clone();
    periods.push(Period { value: String::new(), label, counts });
    periods
}

/// A period that was chosen.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    csrf: String,
    purpose: String,
    days: String,
}

/// Carries it out. What is older is deleted and unlearned before the answer.
pub async fn choose(at: Arriving, form: Result<Form<Chosen>, FormRejection>) -> Response {
    let inside = match at.guest(Scope::Choices) {
        Ok(inside) => inside,
        Err(said) => return *said,
    };
    let Ok(Form(chosen)) = form else { return inside.at.failed(&problem::MALFORMED.into()) };
    if let Err(said) = inside.check(&chosen.csrf) {
        return *said;
    }
    let carried = match request(&chosen) {
        Ok(request) => carry_out(&inside, request).await,
        Err(problem) => Err(problem),
    };
    match carried {
        Ok(()) => Redirect::to("/?saved").into_response(),
        Err(problem) => inside.at.failed(&problem),
    }
}

fn request(chosen: &Chosen) -> Result<ChoiceRequest, Problem> {
    let purpose = PurposeName::parse(&chosen.purpose).map_err(|_| problem::INVALID)?;
    let keep = match chosen.days.parse() {
        _ if chosen.days.is_empty() => Keep::Declared,
        Ok(days @ KEEP_DAYS_MIN..=KEEP_DAYS_MAX) => Keep::Days(days),
        Ok(_) | Err(_) => return Err(problem::INVALID.into()),
    };
    Ok(ChoiceRequest { keep: [(purpose, keep)].into(), ..ChoiceRequest::of([].into(), HOW) })
}
