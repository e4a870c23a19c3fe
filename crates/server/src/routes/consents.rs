//! What a person chose, and choosing.

#![expect(unused_qualifications, reason = "the code that utoipa generates qualifies")]

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use consent::dpv::Profile;
use consent::law::LawPack;
use consent::law::place::Place;
use consent::record::{self, Context, switching};
use consent::request::{ChoiceRequest, RequestError};
use consent::signals::combine::{Combined, Statement};
use domain::date::Date;
use domain::time::Timestamp;
use personal::evidence::DecidedBy;
use personal::feature::Feature;
use personal::gate::{Choice, ChoiceState, Choices};
use personal::purpose::LawfulBasis;
use personal::signal::SignalsByPurpose;
use personal::subject::{BrowserId, CustomerId, Subject};
use rights::receipt::Receipt;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::chance;
use crate::circumstances::Circumstances;
use crate::engine::Engine;
use crate::engine::choosing::Setting;
use crate::people::Person;
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::{Caller, law_at};
use crate::routes::erasures::ReceiptBody;
use crate::routes::parameters::{JsonBytes, Parameters};
use crate::routes::projections::{self, Asked, Projections};
use crate::routes::records;

/// Whose choices are asked for; with a customer token, nothing needs to be said.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Whose {
    /// A browser id that we issued: 32 hexadecimal characters.
    #[param(pattern = "^[0-9a-f]{32}$")]
    pub browser: Option<String>,
    /// A customer, with the secret key only.
    #[param(min_length = 1, max_length = 128)]
    pub customer: Option<String>,
    /// Where the person is (ISO 3166, such as `DE` or `US-CA`); the shop's setting when missing.
    #[param(min_length = 1, max_length = 8)]
    pub jurisdiction: Option<String>,
    /// Whether the answer says what the record means for other tools.
    pub projections: Option<bool>,
    /// The names of the categories that a consent tool asks about, parted by commas; without them
    /// `Advertising,Analytics,Functional,DataSharing`.
    pub categories: Option<String>,
}

/// One choice as it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChoiceBody {
    /// `given`, `refused`, `withdrawn`, `paused` or `expired`.
    pub state: &'static str,
    /// When it was made, in milliseconds since 1970.
    pub at_ms: i64,
    /// When it ends by itself, in milliseconds since 1970.
    pub expires_ms: i64,
    /// After a no: the first day on which the person may be asked again, `null` for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    pub ask_again_from: Option<Option<Date>>,
    /// After a yes: the first day on which the person is to be reminded of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    pub remind_from: Option<Date>,
}

/// One feature as it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeatureBody {
    /// The purpose that it is a part of; it counts only where that is allowed.
    pub purpose: &'static str,
    /// `on`, `off` or `not_asked`.
    pub state: &'static str,
    /// When it was last said, in milliseconds since 1970; missing where silence is a yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_ms: Option<i64>,
}

/// What a signal of a request says.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignalBody {
    /// `gpc`, `tcf`, `gpp`, `us_privacy`, `consent_mode` or `shopify`.
    pub signal: &'static str,
    /// The purposes to which it says no.
    pub denies: BTreeSet<&'static str>,
    /// What in it says no, in its own words.
    pub says: BTreeSet<String>,
}

/// A person's choices.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Consents {
    /// The browser id that these choices belong to, when a browser asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// Erases everything under the browser id; given once, with a newly issued id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erase_handle: Option<String>,
    /// How many changes there were.
    pub version: u64,
    /// The choices, by purpose; a purpose that is missing was never chosen.
    pub consents: BTreeMap<&'static str, ChoiceBody>,
    /// The features that can be switched, and those that are switched off.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub features: BTreeMap<&'static str, FeatureBody>,
    /// Purposes whose data was erased by this request because consent was taken back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub erased: Vec<&'static str>,
    /// Features whose data was erased by this request because they were switched off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub erased_features: Vec<&'static str>,
    /// How many days data is kept at most, by purpose, where the person chose less than declared.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub keep_days: BTreeMap<&'static str, u16>,
    /// Rows that this request deleted because they were older than that, by table.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub erased_rows: BTreeMap<&'static str, u64>,
    /// Whether the person is a stranger for this visit: answers are `anonymous`, nothing is kept.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stranger: bool,
    /// The law pack that was applied. It is not legal advice.
    pub law: &'static str,
    /// Every opt-out signal that this request carried, whatever it said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<SignalBody>,
    /// What the gate allows now, in the words of other tools, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projections: Option<Projections>,
    /// The signed receipt, when it was asked for; `confidant verify receipt FILE` checks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ReceiptBody>)]
    pub receipt: Option<Receipt>,
}

/// A choice as it is sent.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; `consent::request` reads it")]
pub struct ChoiceBodyIn {
    /// A browser id that we issued, or null to get one.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    browser: Option<String>,
    /// A customer, with the secret key only.
    #[schema(min_length = 1, max_length = 128)]
    customer: Option<String>,
    /// Purposes and a yes or no each; `Personalization` and `SharedLearning` are two switches.
    choices: Option<BTreeMap<String, bool>>,
    /// Features and on or off each: `browsing_history`, `purchase_history`, `stated_preferences`.
    /// Off narrows the yes to their purpose and erases what only they kept; on needs that yes.
    features: Option<BTreeMap<String, bool>>,
    /// Purposes and for how many days at most data of them is kept, 2 to 395; `null` is as long as
    /// declared. What is older is erased and unlearned before the answer.
    keep_days: Option<BTreeMap<String, Option<u16>>>,
    /// The notice that was shown; a yes, and a feature switched on, needs one.
    notice: Option<NoticeIn>,
    /// Opt-out signals that the person was told of and outranked: `gpc`, `consent_tool`.
    acknowledged_signals: Option<Vec<String>>,
    /// For how many days a yes counts: 1 to 395.
    #[schema(minimum = 1, maximum = 395)]
    for_days: Option<u32>,
    /// `visit` instead of days: a yes ends 30 minutes after the last event, and within 24 hours.
    #[schema(rename = "for", pattern = "^visit$")]
    lasting: Option<String>,
    /// How the choice was expressed, such as `banner`.
    #[schema(min_length = 1, max_length = 64)]
    how: Option<String>,
    /// `person` or, with the secret key only, `parent`: a holder of parental responsibility whom
    /// the shop has verified.
    #[schema(pattern = "^(person|parent)$")]
    decided_by: Option<String>,
    /// Whether the answer shall carry a signed receipt.
    receipt: Option<bool>,
    /// Purposes that rest from now on, for at most 30 days: nothing is used, models unlearn, what
    /// was kept stays sealed. A yes before that brings it back; after that it is erased.
    pause: Option<Vec<String>>,
    /// `true` instead of choices ends every yes for the visit, such as at logout.
    end_visit: Option<bool>,
    /// `true` instead of choices: answers are `anonymous` and nothing is kept until the visit is
    /// over. Nothing is deleted and no choice changes; `false` ends it.
    stranger: Option<bool>,
}

/// The notice that was shown.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; `consent::request` reads it")]
pub struct NoticeIn {
    /// SHA-256 of its text: 64 hexadecimal characters.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    digest: String,
    /// Its language (BCP 47).
    #[schema(min_length = 1, max_length = 35)]
    language: String,
}

/// Reads a person's choices.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(get, path = "/v1/consents", tag = "consents", params(Whose),
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "The choices", body = Consents),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody)))]
pub async fn read_consents(
    State(app): State<App>,
    caller: Caller,
    Parameters(whose): Parameters<Whose>,
) -> Result<Json<Consents>, Problem> {
    let name = named(&caller, whose.customer.as_deref(), whose.browser.as_deref())?;
    let name = name.ok_or_else(|| {
        Problem::new(problem::INVALID, "say whose: browser, customer, or a customer token")
    })?;
    let law = law_of(&app, &caller, whose.jurisdiction.as_deref())?;
    let subject = app.shared.ring.subject_ref(&name);
    let circumstances = match whose.jurisdiction.as_deref() {
        Some(place) => {
            let law = law_at(&app, Some(place))?;
            Circumstances { law, is_told: true, ..caller.circumstances }
        }
        None => caller.circumstances,
    };
    let people = app.shared.people.read();
    let nobody = Person::default();
    let person = people.get(&subject).unwrap_or(&nobody);
    let (categories, now) = (whose.categories.as_deref(), app.shared.clock.now());
    let asked = Asked { subject, circumstances: &circumstances, categories, now };
    let projections = match whose.projections {
        Some(true) => Some(projections::project(&app.shared, person, &asked)?),
        Some(false) | None => None,
    };
    let signals = seen(&caller.signals);
    let stranger = app.shared.strangers.holds(subject, false, now);
    Ok(Json(Consents { stranger, signals, projections, ..body(&app, &person.choices, law) }))
}

/// Makes or takes back choices.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(put, path = "/v1/consents", tag = "consents", params(JurisdictionIn),
    request_body = ChoiceBodyIn,
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "Durable; withdrawn purposes are erased", body = Consents),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn put_consents(
    State(app): State<App>,
    caller: Caller,
    Parameters(place): Parameters<JurisdictionIn>,
    bytes: JsonBytes,
) -> Result<Json<Consents>, Problem> {
    let request = ChoiceRequest::parse(&bytes.0).map_err(unreadable)?;
    let law = law_of(&app, &caller, place.jurisdiction.as_deref())?;
    let (customer, browser) = match request.subject.clone() {
        Some(Subject::Customer(customer)) => (Some(customer), None),
        Some(Subject::Browser(browser)) => (None, Some(browser)),
        None => (None, None),
    };
    let named = caller.subject(customer, browser)?;
    if request.decided_by != DecidedBy::Person {
        caller.secret_only()?;
    }
    let signals = caller.circumstances.signals;
    let now = app.shared.clock.now();
    let (name, issued) = match named {
        Some(name) => (name, None),
        // Nobody gets an id for saying no.
        None if !request.choices.values().any(|yes| *yes) => {
            return Ok(Json(body(&app, &Choices::default(), law)));
        }
        None => {
            let random = chance::bytes().map_err(|_| problem::UNAVAILABLE)?;
            let browser = BrowserId::from_bytes(random);
            (Subject::Browser(browser), Some(browser))
        }
    };
    let subject = app.shared.ring.subject_ref(&name);
    match request.stranger {
        Some(true) => {
            let begun = app.shared.strangers.begin(subject, now);
            begun.map_err(|crowded| Problem::new(problem::UNAVAILABLE, crowded))?;
        }
        Some(false) => app.shared.strangers.end(subject),
        None => {}
    }
    let place = place_of(&caller, place.jurisdiction.as_deref());
    let setting = Setting { law, place, signals, now, how: caller.how() };
    let (whose, receipt) = (name.clone(), request.receipt);
    let decide = move |engine: &mut Engine, now| match (request.end_visit, request.stranger) {
        (true, _) => engine.end_visit(&name, now),
        (false, None) => engine.choose(&name, &request, &setting),
        (false, Some(_)) => Ok(engine.undecided(&name)),
    };
    let decided = app.writer.run(decide).await?;
    let mut answer = body(&app, &decided.choices, law);
    answer.erased = decided.erased.iter().map(|purpose| purpose.as_str()).collect();
    answer.erased_features = decided.features.iter().map(|feature| feature.as_str()).collect();
    answer.erased_rows = decided.shortened;
    answer.stranger = app.shared.strangers.holds(subject, false, now);
    answer.signals = seen(&caller.signals);
    answer.browser = issued.or(browser).map(BrowserId::to_hex);
    answer.erase_handle = issued.map(|browser| app.shared.ring.erase_handle(&browser).to_hex());
    if receipt {
        answer.receipt = Some(records::receipt(&app, whose, Profile::Receipt).await?);
    }
    Ok(Json(answer))
}

/// Where the person is.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JurisdictionIn {
    /// ISO 3166, such as `DE` or `US-CA`; the shop's setting when missing.
    #[param(min_length = 1, max_length = 8)]
    pub jurisdiction: Option<String>,
}

/// The person that a query names, or the caller's token.
pub(crate) fn named(
    caller: &Caller,
    customer: Option<&str>,
    browser: Option<&str>,
) -> Result<Option<Subject>, Problem> {
    caller.subject(customer_id(customer)?, browser_id(browser)?)
}

/// Reads a customer id of a query or body.
///
/// # Errors
/// [`problem::INVALID`].
pub fn customer_id(text: Option<&str>) -> Result<Option<CustomerId>, Problem> {
    let parsed = text.map(CustomerId::parse).transpose();
    parsed.map_err(|error| Problem::new(problem::INVALID, error))
}

/// Reads a browser id of a query or body.
///
/// # Errors
/// [`problem::INVALID`].
pub fn browser_id(text: Option<&str>) -> Result<Option<BrowserId>, Problem> {
    let parsed = text.map(BrowserId::parse).transpose();
    parsed.map_err(|error| Problem::new(problem::INVALID, format!("browser: {error}")))
}

/// Where the person is said to be: by the request, or by the shop's setting.
pub(crate) fn place_of(caller: &Caller, jurisdiction: Option<&str>) -> Option<String> {
    let place = jurisdiction.or(caller.place.as_deref());
    place.and_then(|place| Place::parse(place).ok()).map(|place| place.as_str().to_owned())
}

/// The law pack of today for a place; the parameter goes before the header.
///
/// # Errors
/// [`problem::INVALID`] for a text that is too long to be a place.
pub(crate) fn law_of(
    app: &App,
    caller: &Caller,
    place: Option<&str>,
) -> Result<&'static LawPack, Problem> {
    match place {
        Some(place) => Ok(law_at(app, Some(place))?.pack),
        None => Ok(caller.circumstances.law.pack),
    }
}

/// The answer of every operation on choices.
pub(crate) fn body(app: &App, choices: &Choices, law: &'static LawPack) -> Consents {
    let now = app.shared.clock.now();
    let state = |choice: &Choice| match choice.state {
        _ if record::has_ended(choice, now) => "expired",
        ChoiceState::Given => "given",
        ChoiceState::Refused => "refused",
        ChoiceState::Withdrawn => "withdrawn",
        ChoiceState::Paused if now < choice.expires => "paused",
        ChoiceState::Paused => "withdrawn",
    };
    let consents = choices
        .by_purpose
        .iter()
        .map(|(purpose, choice)| {
            let ended = record::has_ended(choice, now);
            let stands = choice.state == ChoiceState::Given && !ended;
            let no = !choice.state.ends_by_itself() && !ended;
            let day = choice.at.day();
            let asked = no && purpose.basis() == LawfulBasis::Consent;
            let body = ChoiceBody {
                state: state(choice),
                at_ms: choice.at.ms(),
                expires_ms: choice.expires.ms(),
                ask_again_from: asked.then(|| law.may_ask_again(day).map(Date)),
                remind_from: law.remind_from(day).filter(|_| stands).map(Date),
            };
            (purpose.as_str(), body)
        })
        .collect();
    let context = Context { now, law, place: None, signals: SignalsByPurpose::NONE };
    let feature = |feature: Feature| {
        let (state, since) = switching::standing(choices, feature, &context)?;
        let (purpose, state) = (feature.purpose().as_str(), state.as_str());
        Some((feature.as_str(), FeatureBody { purpose, state, at_ms: since.map(Timestamp::ms) }))
    };
    Consents {
        browser: None,
        erase_handle: None,
        version: choices.version.number(),
        consents,
        features: Feature::ALL.into_iter().filter_map(feature).collect(),
        erased: Vec::new(),
        erased_features: Vec::new(),
        keep_days: choices
            .keep
            .iter()
            .filter_map(|(purpose, keep)| Some((purpose.as_str(), keep.days()?)))
            .collect(),
        erased_rows: BTreeMap::new(),
        stranger: false,
        law: law.id,
        signals: Vec::new(),
        projections: None,
        receipt: None,
    }
}

/// Every signal that a request carried.
fn seen(signals: &Combined) -> Vec<SignalBody> {
    let body = |statement: &Statement| {
        let denied = statement.denials.iter().flat_map(|denial| &denial.purposes);
        SignalBody {
            signal: statement.signal.as_str(),
            denies: denied.map(|purpose| purpose.as_str()).collect(),
            says: statement.denials.iter().map(|denial| denial.what.clone()).collect(),
        }
    };
    signals.statements().iter().map(body).collect()
}

/// What is wrong with a body, as a problem.
pub(crate) fn unreadable(error: RequestError) -> Problem {
    let kind = match error {
        RequestError::Malformed { .. } => problem::MALFORMED,
        RequestError::TooLong { .. } => problem::TOO_LARGE,
        RequestError::TwoSubjects
        | RequestError::Browser
        | RequestError::Customer
        | RequestError::NoChoice
        | RequestError::TooManyChoices
        | RequestError::PauseAndChoice
        | RequestError::UnknownPurpose
        | RequestError::UnknownFeature
        | RequestError::NoNotice
        | RequestError::Digest
        | RequestError::Language
        | RequestError::UnknownSignal
        | RequestError::Days
        | RequestError::KeepDays
        | RequestError::Visit
        | RequestError::DecidedBy
        | RequestError::EndVisit
        | RequestError::How => problem::INVALID,
    };
    Problem::new(kind, error)
}
