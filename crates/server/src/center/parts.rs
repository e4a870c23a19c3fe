//! The parts of a purpose, each with its own switch, and the start page without each of them.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse as _, Redirect, Response};
use consent::record::Context;
use consent::record::switching::{Standing, standing};
use consent::request::ChoiceRequest;
use domain::date::Date;
use personal::feature::{Feature, Features};
use personal::gate::Choices;
use personal::signal::SignalsByPurpose;
use serde::Deserialize;

use crate::banner::notice::{Notice, NoticePurpose};
use crate::center::Arriving;
use crate::center::door::Scope;
use crate::center::overview::{HOW, Preview, carry_out, shown, told};
use crate::center::words::fill;
use crate::problem::{self, Problem};

/// One part of a purpose with its switch.
#[derive(Debug)]
pub(super) struct Part {
    /// The feature, as forms name it.
    pub(super) feature: &'static str,
    /// What it is.
    pub(super) title: String,
    /// How it stands.
    pub(super) state: String,
    /// The way from here and its button; none where nothing may be let in.
    pub(super) way: Option<(&'static str, String)>,
    /// The start page without it, while it counts.
    pub(super) without: Option<Vec<String>>,
    /// Whether it is the same as with it.
    pub(super) same: bool,
}

/// The parts of a purpose that are to choose from: none while the purpose is off.
pub(super) fn parts(
    (at, told): (&Arriving, &Notice),
    one: &NoticePurpose,
    choices: &Choices,
    preview: Option<&Preview<'_>>,
) -> Vec<Part> {
    let law = at.app.shared.law(at.now.day()).pack;
    let context = Context { now: at.now, law, place: None, signals: SignalsByPurpose::NONE };
    let part = |named: &crate::banner::notice::NoticeFeature| {
        let feature = Feature::parse(named.feature).ok()?;
        let (stands, since) = standing(choices, feature, &context)?;
        let words = &at.words;
        let date = since.map(|since| Date(since.day()).to_string()).unwrap_or_default();
        let let_in = || told.yes_counts.then(|| ("let", words.part_let.clone()));
        let (state, way) = match stands {
            Standing::On => (words.part_on.clone(), Some(("leave", words.part_leave.clone()))),
            Standing::Off => (fill(&words.part_off, &[("date", &date)]), let_in()),
            Standing::NotAsked => (words.part_new.clone(), let_in()),
        };
        let without = preview.filter(|_| stands == Standing::On);
        let without = without.map(|preview| preview.without(Features::NONE.with(feature)));
        let same = preview.zip(without.as_ref()).is_some_and(|(preview, one)| preview.with == *one);
        let title = named.title.clone();
        Some(Part { feature: named.feature, title, state, way, without, same })
    };
    one.features.iter().filter_map(part).collect()
}

/// A part that is left out or let in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pressed {
    csrf: String,
    feature: String,
    way: String,
}

/// Carries it out. What only the part kept is deleted before the answer.
pub async fn switch(at: Arriving, form: Result<Form<Pressed>, FormRejection>) -> Response {
    let inside = match at.guest(Scope::Choices) {
        Ok(inside) => inside,
        Err(said) => return *said,
    };
    let Ok(Form(pressed)) = form else { return inside.at.failed(&problem::MALFORMED.into()) };
    if let Err(said) = inside.check(&pressed.csrf) {
        return *said;
    }
    let request = match request(&inside.at, &pressed) {
        Ok(request) => request,
        Err(problem) => return inside.at.failed(&problem),
    };
    match carry_out(&inside, request).await {
        Ok(()) => Redirect::to("/?saved").into_response(),
        Err(problem) => inside.at.failed(&problem),
    }
}

fn request(at: &Arriving, pressed: &Pressed) -> Result<ChoiceRequest, Problem> {
    let told = told(at)?;
    let asked = |feature: &Feature| {
        let named = told.purposes.iter().flat_map(|one| &one.features);
        named.into_iter().any(|one| one.feature == feature.as_str())
    };
    let feature = Feature::parse(&pressed.feature).ok().filter(asked).ok_or(problem::INVALID)?;
    let said = ChoiceRequest::of([].into(), HOW);
    match pressed.way.as_str() {
        "leave" => Ok(ChoiceRequest { features: [(feature, false)].into(), ..said }),
        "let" => {
            let notice = Some(shown(&told)?);
            Ok(ChoiceRequest { features: [(feature, true)].into(), notice, ..said })
        }
        _ => Err(problem::INVALID.into()),
    }
}
