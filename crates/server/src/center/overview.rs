//! The first page: how the shop knows the person, what is allowed, what that changes.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::RawQuery;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use consent::record::has_ended;
use consent::request::{ChoiceRequest, Notice as Shown};
use domain::date::Date;
use domain::hex;
use domain::time::Timestamp;
use personal::feature::Features;
use personal::gate::{Choice, ChoiceState, Choices};
use personal::purpose::PurposeName;
use personal::signal::SignalsByPurpose;
use personal::subject::SubjectRef;
use recommend::placement::Placement;
use serde::Deserialize;

use crate::answer::{Ask, Tier, TierName};
use crate::banner::notice::Notice;
use crate::center::door::Scope;
use crate::center::keeping::{Period, periods};
use crate::center::parts::{Part, parts};
use crate::center::words::fill;
use crate::center::{Arriving, Frame, Inside, draw};
use crate::circumstances::Circumstances;
use crate::engine::choosing::Setting;
use crate::engine::telling::Told;
use crate::path;
use crate::problem::{self, Problem};
use crate::recipients::named;
use crate::routes::notice;

/// How the choice was expressed, as evidence names it.
pub(super) const HOW: &str = "privacy_center";
/// Items of each list of the preview.
const PREVIEW_ITEMS: usize = 5;

/// One purpose with its switch.
#[derive(Debug)]
struct Switch {
    purpose: &'static str,
    title: String,
    text: String,
    kept: Vec<String>,
    state: String,
    /// Buttons: value and label, each said before the click by `says`.
    ways: Vec<Way>,
    /// Said before the parts.
    leave_out: Option<String>,
    parts: Vec<Part>,
    periods: Vec<Period>,
}

#[derive(Debug)]
struct Way {
    value: &'static str,
    label: String,
    says: String,
}

/// A table with the number of its rows.
#[derive(Debug)]
struct Kept {
    what: String,
    rows: usize,
    longest: String,
}

/// The start page of the shop for this person, as it would be.
#[derive(Debug)]
pub(super) struct Preview<'a> {
    inside: &'a Inside,
    placement: Arc<Placement>,
    /// As it is.
    pub(super) with: Vec<String>,
    nobody: Vec<String>,
}

#[derive(Debug, Template)]
#[template(path = "center/overview.html")]
struct OverviewPage<'a> {
    frame: Frame<'a>,
    saved: bool,
    stranger: bool,
    signal: Option<String>,
    switches: Vec<Switch>,
    preview: Option<Preview<'a>>,
    kept: Vec<Kept>,
    /// Who receives data.
    gets: Vec<String>,
    /// What they heard of erasures.
    heard: Vec<String>,
    whole: bool,
}

/// Draws the page.
pub async fn show(at: Arriving, RawQuery(asked): RawQuery) -> Response {
    match at.guest(Scope::Choices) {
        Ok(inside) => overview(&inside, asked.as_deref() == Some("saved")).await,
        Err(said) => *said,
    }
}

async fn overview(inside: &Inside, saved: bool) -> Response {
    let Inside { at, visit } = inside;
    let name = visit.guest.name.clone();
    let held = at.app.writer.run(move |engine, now| {
        let told = engine.told_of(&name, now)?;
        Ok((engine.held_rows(&name)?, engine.choices_of(&name), told))
    });
    let (rows, choices, heard) = match held.await {
        Ok(held) => held,
        Err(error) => return at.failed(&error.into()),
    };
    let told = match told(at) {
        Ok(told) => told,
        Err(problem) => return at.failed(&problem),
    };
    let preview = Preview::of(inside);
    let kept = rows.into_iter().map(|(declaration, rows)| Kept {
        what: at.words.kind(declaration.table).to_owned(),
        rows,
        longest: {
            let days = choices.keep(declaration.purpose).of(declaration).to_string();
            fill(&at.words.kept_days, &[("days", &days)])
        },
    });
    let page = OverviewPage {
        frame: Frame::new(at, "overview"),
        saved,
        stranger: at.app.shared.strangers.holds(visit.guest.subject, false, at.now),
        signal: told.settings.signal.clone(),
        switches: switches((at, &told), &choices, preview.as_ref()),
        preview,
        kept: kept.collect(),
        gets: receives(at),
        heard: heard.iter().map(|one| hears(at, one)).collect(),
        whole: visit.guest.scope == Scope::All,
    };
    draw(StatusCode::OK, &page)
}

/// Who receives data, in the shop's own words (GDPR Art. 15(1)(c)).
fn receives(at: &Arriving) -> Vec<String> {
    let named = named(&at.app.shared.settings, at.now.day()).unwrap_or_default();
    named.into_iter().map(|one| format!("{} ({}): {}", one.name, one.place, one.what_for)).collect()
}

/// How far one recipient is with an erasure (GDPR Art. 19).
fn hears(at: &Arriving, (erased, told): &(Timestamp, Told)) -> String {
    let said = at.app.shared.settings.recipients.get(&told.recipient);
    let who = said.and_then(|said| said.title.as_deref()).unwrap_or(&told.recipient);
    let (text, day) = match (told.answered, told.told) {
        (Some(answered), _) => (&at.words.told_answered, answered),
        (None, Some(_)) => (&at.words.told_took, *erased),
        (None, None) => (&at.words.told_waits, *erased),
    };
    fill(text, &[("who", who), ("date", &Date(day.day()).to_string())])
}

/// The same notice as in the banner, in the language of the page: a yes here names its digest.
pub(super) fn told(at: &Arriving) -> Result<Notice, Problem> {
    let pack = at.app.shared.law(at.now.day()).pack;
    let told = notice::told(&at.app.shared, Some(at.words.language), (pack, at.gpc));
    told.ok_or_else(|| problem::INTERNAL.into())
}

fn circumstances(at: &Arriving) -> Circumstances {
    let signals = SignalsByPurpose::everywhere(at.gpc);
    Circumstances { signals, ..Circumstances::of(at.app.shared.law(at.now.day())) }
}

fn switches(
    (at, told): (&Arriving, &Notice),
    choices: &Choices,
    preview: Option<&Preview<'_>>,
) -> Vec<Switch> {
    told.purposes
        .iter()
        .filter_map(|one| {
            let purpose = PurposeName::parse(one.purpose).ok()?;
            let choice = choices.by_purpose.get(&purpose).filter(|one| !has_ended(one, at.now));
            Some(Switch {
                purpose: one.purpose,
                title: one.title.clone(),
                text: one.text.clone(),
                kept: one
                    .data
                    .iter()
                    .map(|data| data.text.clone())
                    .chain(one.nothing_kept.clone())
                    .collect(),
                state: choice.map_or_else(|| one.silence.clone(), |choice| state(at, choice)),
                ways: ways(at, told, (one.regime, choice)),
                leave_out: told.settings.leave_out.clone(),
                parts: parts((at, told), one, choices, preview),
                periods: periods(at, purpose, choices),
            })
        })
        .collect()
}

fn state(at: &Arriving, choice: &Choice) -> String {
    let (since, until) =
        (Date(choice.at.day()).to_string(), Date(choice.expires.day()).to_string());
    let text = match choice.state {
        ChoiceState::Given => &at.words.given,
        ChoiceState::Refused => &at.words.refused,
        ChoiceState::Withdrawn => &at.words.withdrawn,
        ChoiceState::Paused => &at.words.paused,
    };
    fill(text, &[("date", &since), ("until", &until)])
}

/// The ways from here, the protective ones first. What each does is said before the click.
fn ways(at: &Arriving, told: &Notice, (regime, choice): (&str, Option<&Choice>)) -> Vec<Way> {
    let words = &at.words;
    let out = |way: &str, value| {
        let body = told.settings.out.iter().find(|body| body.way == way);
        body.map(|body| Way { value, label: body.button.clone(), says: body.text.clone() })
    };
    let plain =
        |value, label: &str| Some(Way { value, label: label.to_owned(), says: String::new() });
    let yes = |label: &str| if told.yes_counts { plain("yes", label) } else { None };
    let ways = match (choice.map(|choice| choice.state), regime) {
        (Some(ChoiceState::Given), _) | (None, "opt_out") => {
            [out("pause", "pause"), out("withdraw", "no"), None]
        }
        (Some(ChoiceState::Paused), _) => [out("withdraw", "no"), yes(&words.go_on), None],
        (Some(ChoiceState::Refused | ChoiceState::Withdrawn), _) => [yes(&words.yes), None, None],
        (None, _) => [plain("no", &words.no), yes(&words.yes), None],
    };
    ways.into_iter().flatten().collect()
}

impl<'a> Preview<'a> {
    /// For this person and for nobody; none where no history is used.
    fn of(inside: &'a Inside) -> Option<Self> {
        let shared = &inside.at.app.shared;
        let placement = Arc::clone(shared.effect().placements.get("home")?);
        let (with, nobody) = (Vec::new(), Vec::new());
        let mut preview = Self { inside, placement, with, nobody };
        let own = preview.asking(Some(inside.visit.guest.subject));
        if !matches!(Tier::of(shared, &own, inside.at.now), Tier::History(_)) {
            return None;
        }
        preview.with = preview.titles(&own);
        preview.nobody = preview.titles(&preview.asking(None));
        Some(preview)
    }

    fn asking(&self, subject: Option<SubjectRef>) -> Ask {
        Ask {
            subject,
            count: PREVIEW_ITEMS,
            tier_max: TierName::History,
            preview: Some(Features::NONE),
            ..Ask::new(Arc::clone(&self.placement), circumstances(&self.inside.at))
        }
    }

    fn titles(&self, ask: &Ask) -> Vec<String> {
        let answer = path::recommend(&self.inside.at.app.shared, ask, self.inside.at.now);
        answer.items.iter().map(|one| one.item.title.clone()).collect()
    }

    /// The start page without some parts of what is allowed.
    pub(super) fn without(&self, parts: Features) -> Vec<String> {
        let own = self.asking(Some(self.inside.visit.guest.subject));
        self.titles(&Ask { preview: Some(parts), ..own })
    }
}

/// A switch that was pressed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pressed {
    csrf: String,
    purpose: String,
    way: String,
}

/// Carries a choice out.
pub async fn choose(at: Arriving, form: Result<Form<Pressed>, FormRejection>) -> Response {
    let inside = match at.guest(Scope::Choices) {
        Ok(inside) => inside,
        Err(said) => return *said,
    };
    let at = &inside.at;
    let Ok(Form(pressed)) = form else { return at.failed(&problem::MALFORMED.into()) };
    if let Err(said) = inside.check(&pressed.csrf) {
        return *said;
    }
    let request = match request(at, &pressed) {
        Ok(request) => request,
        Err(problem) => return at.failed(&problem),
    };
    match carry_out(&inside, request).await {
        Ok(()) => Redirect::to("/?saved").into_response(),
        Err(problem) => at.failed(&problem),
    }
}

/// Writes a choice down as the person who is in, and everything that it takes back goes.
pub(super) async fn carry_out(inside: &Inside, request: ChoiceRequest) -> Result<(), Problem> {
    let Inside { at, visit } = inside;
    let setting = Setting {
        law: at.app.shared.law(at.now.day()).pack,
        place: at.app.shared.settings.jurisdiction.clone(),
        signals: circumstances(at).signals,
        now: at.now,
        how: visit.guest.how,
    };
    let name = visit.guest.name.clone();
    let chosen = at.app.writer.run(move |engine, _| engine.choose(&name, &request, &setting)).await;
    chosen.map(|_| ()).map_err(Problem::from)
}

/// The notice that the page showed, as evidence names it.
pub(super) fn shown(told: &Notice) -> Result<Shown, Problem> {
    let digest: [u8; 32] = hex::decode(&told.digest).map_err(|_| problem::INTERNAL)?;
    Ok(Shown { digest, language: told.language.clone() })
}

fn request(at: &Arriving, pressed: &Pressed) -> Result<ChoiceRequest, Problem> {
    let told = told(at)?;
    let purpose = PurposeName::parse(&pressed.purpose)
        .ok()
        .filter(|purpose| told.purposes.iter().any(|one| one.purpose == purpose.as_str()))
        .ok_or(problem::INVALID)?;
    let choice = |yes| ChoiceRequest::of([(purpose, yes)].into(), HOW);
    match pressed.way.as_str() {
        "no" => Ok(choice(false)),
        "pause" => {
            Ok(ChoiceRequest { pauses: [purpose].into(), ..ChoiceRequest::of([].into(), HOW) })
        }
        "yes" => {
            let shown = shown(&told)?;
            let days = told.yes_days;
            let acknowledged = at.gpc;
            Ok(ChoiceRequest { notice: Some(shown), for_days: days, acknowledged, ..choice(true) })
        }
        _ => Err(problem::INVALID.into()),
    }
}
