//! What the replay tester is asked, read into what the gate takes.

use std::collections::BTreeMap;

use consent::request::CONSENT_DAYS_MAX;
use consent::signals::sent::SentError;
use domain::date::Date;
use domain::time::Day;
use ingest::segment::EVENT_BYTES_MAX;
use personal::feature::{Feature, Features, Switch};
use personal::gate::{Age, Choice, ChoiceState, Choices};
use personal::permit::ConsentVersion;
use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Longest name of a place or a law pack, in bytes.
const NAME_BYTES_MAX: usize = 64;
/// How long ago a choice without a day was made, in days.
const SINCE_DAYS: u32 = 30;

/// What is asked. Everything may be missing: then nobody chose, nothing was sent, and the law of
/// the shop's own place counts today.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayIn {
    /// Where the person is (ISO 3166, such as `DE` or `US-CA`); the shop's setting when missing.
    #[schema(max_length = 64)]
    pub jurisdiction: Option<String>,
    /// The day, such as `2026-11-22`; today when missing.
    pub day: Option<String>,
    /// Id or digest of a law pack, as evidence names it, in place of the one that counts there
    /// and then.
    #[schema(max_length = 64)]
    pub pack: Option<String>,
    /// What is known of the person's age.
    #[serde(default)]
    pub age: AgeIn,
    /// What the person chose, by purpose.
    #[serde(default)]
    pub choices: BTreeMap<String, ChoiceIn>,
    /// Features that the person switched off: `purchase_history`, ...; a yes covers all others.
    #[serde(default)]
    pub features_off: Vec<String>,
    /// What the request carries.
    #[serde(default)]
    pub signals: SignalsIn,
    /// An event in the Segment spec, as a page or the shop's server would send it.
    #[schema(value_type = Option<Object>)]
    pub event: Option<Value>,
    /// Whose key the event comes with.
    #[serde(default)]
    pub sent_by: SentBy,
}

/// What is known of a person's age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgeIn {
    /// Nothing.
    #[default]
    Unknown,
    /// Old enough to consent alone.
    Adult,
    /// A child.
    Child,
    /// A child whose parent consented, verified.
    ChildWithParent,
}

/// Whose key an event comes with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SentBy {
    /// The public write key: not believed about purchases and old events.
    #[default]
    Page,
    /// The shop's secret key.
    Shop,
}

/// One choice.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoiceIn {
    /// What was said.
    pub state: StateIn,
    /// The day on which it was said; 30 days before the day when missing.
    #[serde(default)]
    pub since: Option<String>,
    /// The day on which it ends; 395 days after `since` when missing.
    #[serde(default)]
    pub until: Option<String>,
    /// The signals that were shown to the person and knowingly outranked: `gpc`, `tcf`, ...
    #[serde(default)]
    pub acknowledged: Vec<String>,
}

/// What a person says about a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StateIn {
    /// Yes.
    Given,
    /// No.
    Refused,
    /// A yes that was taken back.
    Withdrawn,
    /// A yes that rests.
    Paused,
}

/// Signals as they are sent; what is missing was not sent. What a consent tool says stands in the
/// event (`context.consent`).
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignalsIn {
    /// `Sec-GPC: 1`.
    #[serde(default)]
    pub gpc: bool,
    /// A TC string.
    pub tcf: Option<String>,
    /// A GPP string.
    pub gpp: Option<String>,
    /// A US privacy string, such as `1YYN`.
    pub us_privacy: Option<String>,
    /// Consent Mode: types, one command, or a list of commands.
    #[schema(value_type = Option<Object>)]
    pub consent_mode: Option<Value>,
    /// What Shopify's customer privacy interface says.
    #[schema(value_type = Option<Object>)]
    pub shopify: Option<Value>,
}

impl SignalsIn {
    /// The object that a request would carry; blanks were not sent.
    pub fn to_text(&self) -> String {
        let text = |text: &Option<String>| {
            let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
            text.map(|text| Value::String(text.to_owned()))
        };
        let members = [
            ("gpc", Some(Value::Bool(self.gpc))),
            ("tcf", text(&self.tcf)),
            ("gpp", text(&self.gpp)),
            ("us_privacy", text(&self.us_privacy)),
            ("consent_mode", self.consent_mode.clone()),
            ("shopify", self.shopify.clone()),
        ];
        let sent = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(sent.collect()).to_string()
    }
}

/// Why a replay cannot be made. Names the field, never its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// The signals, pasted or of the event.
    #[error("{0}")]
    Signals(#[from] SentError),
    /// Not a day.
    #[error("{0} is not a day such as 2026-11-22")]
    Day(&'static str),
    /// A choice that ends before it begins, or lasts longer than a yes may.
    #[error("choices: until is 1 to {CONSENT_DAYS_MAX} days after since")]
    Until,
    /// Not a purpose.
    #[error("choices names a purpose that does not exist")]
    Purpose,
    /// Not a feature.
    #[error("features_off names a feature that does not exist")]
    Feature,
    /// Not a signal.
    #[error("choices: acknowledged names a signal that does not exist")]
    Signal,
    /// A name that no place or pack has.
    #[error("{0} has at most {NAME_BYTES_MAX} bytes")]
    TooLong(&'static str),
    /// No law pack.
    #[error("pack is no id or digest of a law pack (see confidant law list)")]
    Pack,
    /// More than an event may have.
    #[error("event has at most {EVENT_BYTES_MAX} bytes")]
    Event,
    /// A text of a form that is no JSON.
    #[error("{0} is not JSON")]
    NotJson(&'static str),
}

/// What is asked, read.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Where the person is; none is the shop's own place.
    pub jurisdiction: Option<String>,
    /// The day.
    pub day: Day,
    /// A law pack by name.
    pub pack: Option<String>,
    /// The age.
    pub age: Age,
    /// The choices.
    pub choices: Choices,
    /// The signals.
    pub signals: SignalsIn,
    /// The event, as text.
    pub event: Option<String>,
    /// Whether it comes with the secret key.
    pub trusted: bool,
}

impl ReplayIn {
    /// Reads it.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub fn read(self, today: Day) -> Result<Asked, ReplayError> {
        let day = match self.day.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => Date::parse(text).map_err(|_| ReplayError::Day("day"))?.0,
            None => today,
        };
        let age = match self.age {
            AgeIn::Unknown => Age::Unknown,
            AgeIn::Adult => Age::Adult,
            AgeIn::Child => Age::Child { parental_consent: false },
            AgeIn::ChildWithParent => Age::Child { parental_consent: true },
        };
        let mut choices = Choices::default();
        for (purpose, choice) in &self.choices {
            let purpose = PurposeName::parse(purpose).map_err(|_| ReplayError::Purpose)?;
            let choice = choice.read(day)?;
            choices.by_purpose.insert(purpose, choice);
            choices.features.set(Features::of(purpose), Switch { on: true, at: choice.at });
            choices.version = ConsentVersion::from_number(1);
        }
        let off = self.features_off.iter().map(|name| Feature::parse(name));
        let off: Features = off.collect::<Result<_, _>>().map_err(|_| ReplayError::Feature)?;
        if !off.is_empty() {
            choices.features.set(off, Switch { on: false, at: day.start() });
            choices.version = ConsentVersion::from_number(1);
        }
        let event = self.event.map(|event| event.to_string());
        if event.as_ref().is_some_and(|event| event.len() > EVENT_BYTES_MAX) {
            return Err(ReplayError::Event);
        }
        let trusted = self.sent_by == SentBy::Shop;
        let jurisdiction = name("jurisdiction", self.jurisdiction)?;
        let (pack, signals) = (name("pack", self.pack)?, self.signals);
        Ok(Asked { jurisdiction, day, pack, age, choices, signals, event, trusted })
    }
}

impl ChoiceIn {
    fn read(&self, day: Day) -> Result<Choice, ReplayError> {
        let parse = |field, text: &Option<String>| match text.as_deref().map(str::trim) {
            Some(text) if !text.is_empty() => {
                Date::parse(text).map(|date| Some(date.0)).map_err(|_| ReplayError::Day(field))
            }
            Some(_) | None => Ok(None),
        };
        let before = Day::from_number(day.number().saturating_sub(SINCE_DAYS));
        let since = parse("since", &self.since)?.unwrap_or(before);
        let until = parse("until", &self.until)?.unwrap_or(since.plus(CONSENT_DAYS_MAX));
        let days = until.number().checked_sub(since.number()).ok_or(ReplayError::Until)?;
        if !(1..=CONSENT_DAYS_MAX).contains(&days) {
            return Err(ReplayError::Until);
        }
        let mut acknowledged = Signals::NONE;
        for word in &self.acknowledged {
            let signal = Signal::ALL.into_iter().find(|signal| signal.as_str() == word);
            acknowledged = acknowledged.with(signal.ok_or(ReplayError::Signal)?);
        }
        let state = match self.state {
            StateIn::Given => ChoiceState::Given,
            StateIn::Refused => ChoiceState::Refused,
            StateIn::Withdrawn => ChoiceState::Withdrawn,
            StateIn::Paused => ChoiceState::Paused,
        };
        Ok(Choice { state, at: since.start(), expires: until.start(), acknowledged })
    }
}

fn name(field: &'static str, text: Option<String>) -> Result<Option<String>, ReplayError> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match text {
        Some(text) if text.len() > NAME_BYTES_MAX => Err(ReplayError::TooLong(field)),
        text => Ok(text),
    }
}
