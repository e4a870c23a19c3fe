//! Google Consent Mode, version 2: seven types that are granted or denied.
//!
//! As an input: the commands that a page gave (`default` and `update`) become a [`ConsentMode`].
//! As a projection: [`ConsentMode::of`] says what our record allows. A type that nothing was said
//! of is denied, and never granted.

use std::collections::BTreeSet;

use personal::purpose::PurposeName;
use serde_json::{Map, Value};

use crate::signals::allowed::Allowed;

/// Longest text of commands, in bytes.
pub const TEXT_BYTES_MAX: usize = 16 * 1024;
/// Most commands of a text.
pub const COMMANDS_MAX: usize = 64;

/// A type of consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Storage for advertising.
    AdStorage,
    /// Sending personal data to Google for advertising.
    AdUserData,
    /// Personalized advertising.
    AdPersonalization,
    /// Storage for statistics.
    AnalyticsStorage,
    /// Storage for functions such as the language.
    FunctionalityStorage,
    /// Storage for personalization such as recommendations.
    PersonalizationStorage,
    /// Storage for security such as authentication and fraud prevention.
    SecurityStorage,
}

/// Granted or denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// `granted`.
    Granted,
    /// `denied`.
    Denied,
}

impl Kind {
    /// Every type.
    pub const ALL: [Self; 7] = [
        Self::AdStorage,
        Self::AdUserData,
        Self::AdPersonalization,
        Self::AnalyticsStorage,
        Self::FunctionalityStorage,
        Self::PersonalizationStorage,
        Self::SecurityStorage,
    ];

    /// The type as commands write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AdStorage => "ad_storage",
            Self::AdUserData => "ad_user_data",
            Self::AdPersonalization => "ad_personalization",
            Self::AnalyticsStorage => "analytics_storage",
            Self::FunctionalityStorage => "functionality_storage",
            Self::PersonalizationStorage => "personalization_storage",
            Self::SecurityStorage => "security_storage",
        }
    }

    /// The purposes of ours that a `denied` denies. Security rests on no consent, so nothing can
    /// be denied there.
    pub fn denies(self) -> BTreeSet<PurposeName> {
        let purposes: &[PurposeName] = match self {
            Self::AdStorage | Self::AdUserData => &[PurposeName::Marketing],
            Self::AdPersonalization => &[PurposeName::Marketing, PurposeName::PersonalizedPricing],
            Self::AnalyticsStorage => &[
                PurposeName::Measurement,
                PurposeName::PrivateAggregates,
                PurposeName::SharedLearning,
            ],
            Self::FunctionalityStorage => &[PurposeName::Personalization],
            Self::PersonalizationStorage => {
                &[PurposeName::Personalization, PurposeName::PersonalizedPricing]
            }
            Self::SecurityStorage => &[],
        };
        purposes.iter().copied().collect()
    }

    /// The purposes of ours that must all be allowed for a `granted`.
    pub const fn needs(self) -> &'static [PurposeName] {
        match self {
            Self::AdStorage | Self::AdUserData => &[PurposeName::Marketing],
            Self::AdPersonalization => &[PurposeName::Marketing, PurposeName::Personalization],
            Self::AnalyticsStorage => &[PurposeName::Measurement],
            Self::FunctionalityStorage | Self::PersonalizationStorage => {
                &[PurposeName::Personalization]
            }
            Self::SecurityStorage => &[PurposeName::FraudPrevention],
        }
    }
}

impl State {
    /// The state as commands write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Denied => "denied",
        }
    }
}

/// Which command a projection is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Before the person was asked.
    Default,
    /// After a choice.
    Update,
}

/// Why a text is no list of commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConsentModeError {
    /// Longer than [`TEXT_BYTES_MAX`].
    #[error("commands have {bytes} bytes, at most {TEXT_BYTES_MAX} are read")]
    TooLong {
        /// Their length.
        bytes: usize,
    },
    /// More than [`COMMANDS_MAX`].
    #[error("more than {COMMANDS_MAX} commands")]
    TooMany,
    /// Not JSON, or neither an object nor a list.
    #[error("commands are no json object or list at line {line}, column {column}")]
    Malformed {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A type that is neither granted nor denied.
    #[error("{} is neither granted nor denied", .0.as_str())]
    State(Kind),
    /// A list of regions that is none.
    #[error("region is no list of texts")]
    Region,
    /// A consent command that is neither default nor update, or sets nothing.
    #[error("a consent command is neither default nor update, or has no object")]
    Command,
}

/// What is granted and what is denied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConsentMode([Option<State>; Kind::ALL.len()]);

impl ConsentMode {
    /// Reads commands: one (`["consent", "default", {…}]`, or the same as an object with the keys
    /// `0`, `1` and `2`, which is how a data layer comes out as JSON), a list of them, or an object
    /// of types alone, which counts as an update. Other entries of a data layer do not matter.
    ///
    /// Defaults for a region count where the most specific one matches `region` (ISO 3166-2, such
    /// as `US-CA`); where the region is not known, the most protective default counts. Updates
    /// come last.
    ///
    /// # Errors
    /// [`ConsentModeError`].
    pub fn read(text: &[u8], region: Option<&str>) -> Result<Self, ConsentModeError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(ConsentModeError::TooLong { bytes: text.len() });
        }
        let value: Value = serde_json::from_slice(text).map_err(|error| {
            ConsentModeError::Malformed { line: error.line(), column: error.column() }
        })?;
        let mut reading = Reading { region, defaults: [None; 7], updates: Self::default() };
        let list = value.as_array().filter(|list| list.first().is_some_and(|one| !one.is_string()));
        let types = value.as_object().filter(|types| !types.contains_key("0"));
        if list.is_some_and(|list| list.len() > COMMANDS_MAX) {
            return Err(ConsentModeError::TooMany);
        }
        match (list, types) {
            (Some(list), _) => list.iter().try_for_each(|entry| reading.entry(entry))?,
            (None, Some(types)) => reading.update(types)?,
            (None, None) if value.is_array() || value.is_object() || value.is_null() => {
                reading.entry(&value)?;
            }
            (None, None) => return Err(ConsentModeError::Malformed { line: 1, column: 1 }),
        }
        Ok(reading.end())
    }

    /// What our record allows: never more than it.
    pub fn of(allowed: &Allowed) -> Self {
        let state = |kind: Kind| match allowed.all(kind.needs()) {
            true => State::Granted,
            false => State::Denied,
        };
        Self(Kind::ALL.map(|kind| Some(state(kind))))
    }

    /// What was said of a type; `None` where nothing was.
    pub fn said(self, kind: Kind) -> Option<State> {
        self.iter().find(|(one, _)| *one == kind).map(|(_, state)| state)
    }

    /// What counts for a type: denied where nothing was said.
    pub fn state(self, kind: Kind) -> State {
        self.said(kind).unwrap_or(State::Denied)
    }

    /// The same with one type set.
    #[must_use]
    pub fn with(mut self, kind: Kind, state: State) -> Self {
        for (one, place) in Kind::ALL.into_iter().zip(&mut self.0) {
            if one == kind {
                *place = Some(state);
            }
        }
        self
    }

    /// The types that something was said of.
    pub fn iter(self) -> impl Iterator<Item = (Kind, State)> {
        Kind::ALL.into_iter().zip(self.0).filter_map(|(kind, state)| Some((kind, state?)))
    }

    /// The command that sets all seven types, as JSON.
    pub fn command(self, command: Command) -> String {
        let types = Kind::ALL
            .map(|kind| (kind.as_str().to_owned(), Value::from(self.state(kind).as_str())));
        let verb = match command {
            Command::Default => "default",
            Command::Update => "update",
        };
        let types: Map<String, Value> = types.into_iter().collect();
        Value::from(vec![Value::from("consent"), Value::from(verb), Value::from(types)]).to_string()
    }
}

/// How specific the region of a default is: none, a country, a part of a country.
type Specific = u8;

struct Reading<'r> {
    region: Option<&'r str>,
    defaults: [Option<(Specific, State)>; Kind::ALL.len()],
    updates: ConsentMode,
}

impl Reading<'_> {
    /// One entry of a data layer.
    fn entry(&mut self, entry: &Value) -> Result<(), ConsentModeError> {
        let part = |at: usize| match entry {
            Value::Array(parts) => parts.get(at),
            Value::Object(parts) => parts.get(at.to_string().as_str()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        };
        if part(0).and_then(Value::as_str) != Some("consent") {
            return Ok(());
        }
        let types = part(2).and_then(Value::as_object).ok_or(ConsentModeError::Command)?;
        match part(1).and_then(Value::as_str) {
            Some("default") => self.default(types),
            Some("update") => self.update(types),
            _ => Err(ConsentModeError::Command),
        }
    }

    fn default(&mut self, types: &Map<String, Value>) -> Result<(), ConsentModeError> {
        let Some(specific) = self.specific(types)? else { return Ok(()) };
        for (kind, place) in Kind::ALL.into_iter().zip(&mut self.defaults) {
            let Some(state) = state(types, kind)? else { continue };
            let is_denied = matches!(place, Some((_, State::Denied)));
            let is_less = place.is_some_and(|(before, _)| before > specific);
            // Where the region is not known no default is more specific, and a no stays.
            let keep = if self.region.is_none() { is_denied } else { is_less };
            if !keep {
                *place = Some((specific, state));
            }
        }
        Ok(())
    }

    fn update(&mut self, types: &Map<String, Value>) -> Result<(), ConsentModeError> {
        for kind in Kind::ALL {
            if let Some(state) = state(types, kind)? {
                self.updates = self.updates.with(kind, state);
            }
        }
        Ok(())
    }

    /// How specific a default is for the region; `None` where it is for others.
    fn specific(&self, types: &Map<String, Value>) -> Result<Option<Specific>, ConsentModeError> {
        let Some(regions) = types.get("region") else { return Ok(Some(0)) };
        let regions = regions.as_array().ok_or(ConsentModeError::Region)?;
        let texts = regions.iter().map(|region| region.as_str().ok_or(ConsentModeError::Region));
        let texts: Vec<&str> = texts.collect::<Result<_, _>>()?;
        let Some(here) = self.region else { return Ok(Some(0)) };
        let country = here.split('-').next().unwrap_or(here);
        let specific = |text: &str| match text {
            _ if text.eq_ignore_ascii_case(here) && here != country => Some(2),
            _ if text.eq_ignore_ascii_case(country) => Some(1),
            _ => None,
        };
        Ok(texts.into_iter().filter_map(specific).max())
    }

    fn end(self) -> ConsentMode {
        let mut states = self.defaults.map(|default| default.map(|(_, state)| state));
        for (state, update) in states.iter_mut().zip(self.updates.0) {
            *state = update.or(*state);
        }
        ConsentMode(states)
    }
}

fn state(types: &Map<String, Value>, kind: Kind) -> Result<Option<State>, ConsentModeError> {
    match types.get(kind.as_str()).map(Value::as_str) {
        None => Ok(None),
        Some(Some("granted")) => Ok(Some(State::Granted)),
        Some(Some("denied")) => Ok(Some(State::Denied)),
        Some(_) => Err(ConsentModeError::State(kind)),
    }
}

#[cfg(test)]
mod tests;
