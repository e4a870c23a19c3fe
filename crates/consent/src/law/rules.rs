//! The rules of a pack: each value with its source, and whether somebody read that source.

use std::collections::BTreeMap;
use std::fmt;

use domain::time::Day;
use personal::gate::Regime;
use personal::purpose::PurposeName;
use serde::{Deserialize, Serialize};

use crate::law::place::Place;
use domain::date::Date;

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule<T> {
    /// What it says.
    pub value: T,
    /// The article, or whose reading it is.
    pub source: String,
    /// Whether the source itself was read; everything else is general or second-hand knowledge.
    pub verified: bool,
    /// What a reader should know besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl<T> Rule<T> {
    /// The source, with a mark when nobody read it.
    pub fn cited(&self) -> String {
        let mark = if self.verified { "" } else { "; NOT VERIFIED" };
        let note = self.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
        format!("[{}{mark}{note}]", self.source)
    }
}

/// Everything that a pack says. What it leaves out follows the strictest pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// What a missing choice means for a purpose that rests on consent.
    pub regime: Rule<Regime>,
    /// Where one purpose differs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_purpose: BTreeMap<PurposeName, Rule<Regime>>,
    /// Whether a later explicit yes outranks a signal that was acknowledged.
    pub choice_outranks_signal: Rule<bool>,
    /// Whether a yes from before the pack's first day still counts. Left out: it does, unless it
    /// was given where silence was a yes as well and is one no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier_yes: Option<Rule<bool>>,
    /// Since when Global Privacy Control must be honored. Confidant honors it everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpc: Option<Rule<Date>>,
    /// Whether the page must show that a signal was honored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_honored: Option<Rule<bool>>,
    /// What sensitive data needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitive: Option<Rule<Sensitive>>,
    /// From which age on a child decides alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub children: Option<Rule<Children>>,
    /// How long a refusal rests before anybody may ask again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask_again: Option<Rule<Period>>,
    /// After how long a person is reminded of a yes; at most 13 months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind: Option<Rule<Period>>,
    /// How long an answer may take.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub deadlines: BTreeMap<Deadline, Rule<Period>>,
    /// Whether the time for an answer stands still while it is the person's turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_stop: Option<Rule<bool>>,
    /// Whether a time that would end on a day off ends with the next working day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_on_working_day: Option<Rule<bool>>,
}

impl Rules {
    /// The source of every rule.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        let regimes = self.by_purpose.values().chain([&self.regime]).map(|rule| &rule.source);
        let periods = self.deadlines.values().chain(&self.ask_again).chain(&self.remind);
        let switches = self.show_honored.iter().chain([&self.choice_outranks_signal]);
        let switches = switches.chain(&self.earlier_yes);
        let switches = switches.chain(&self.waits_stop).chain(&self.ends_on_working_day);
        regimes
            .chain(periods.map(|rule| &rule.source))
            .chain(switches.map(|rule| &rule.source))
            .chain(self.gpc.iter().map(|rule| &rule.source))
            .chain(self.sensitive.iter().map(|rule| &rule.source))
            .chain(self.children.iter().map(|rule| &rule.source))
            .map(String::as_str)
    }
}

/// What sensitive data (GDPR Art. 9 and its like) needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sensitive {
    /// A yes of its own, in words.
    ExplicitConsent,
    /// A yes.
    OptIn,
    /// Allowed until the person limits its use.
    LimitUse,
}

impl Sensitive {
    /// The need in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ExplicitConsent => "a yes of its own, in words",
            Self::OptIn => "a yes",
            Self::LimitUse => "allowed until the person limits its use",
        }
    }
}

/// The ages of children, in years.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Children {
    /// Below this age a parent decides, where the country has no age of its own.
    pub parent_below: u8,
    /// Below this age silence is a no, also where it is a yes for adults.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opt_in_below: Option<u8>,
    /// Ages of single countries.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_country: BTreeMap<Place, u8>,
}

impl Children {
    /// Below which age a parent decides in a country.
    pub fn parent_below(&self, country: &Place) -> u8 {
        self.by_country.get(country).copied().unwrap_or(self.parent_below)
    }
}

impl fmt::Display for Children {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a parent decides below {}", self.parent_below)?;
        for (country, age) in &self.by_country {
            write!(out, ", {country} {age}")?;
        }
        match self.opt_in_below {
            Some(age) => write!(out, "; opt-in below {age}"),
            None => Ok(()),
        }
    }
}

/// What runs against a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    /// Saying that a request arrived.
    Confirm,
    /// Answering a request.
    Answer,
    /// By how much an answer may be put off, once, with a notice.
    Extension,
    /// Putting an opt-out into effect.
    OptOut,
    /// Telling the authority of a breach.
    Breach,
}

impl Deadline {
    /// Every deadline.
    pub const ALL: [Self; 5] =
        [Self::Confirm, Self::Answer, Self::Extension, Self::OptOut, Self::Breach];

    /// The deadline in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm a request",
            Self::Answer => "answer a request",
            Self::Extension => "extension of an answer, once, with a notice",
            Self::OptOut => "put an opt-out into effect",
            Self::Breach => "tell the authority of a breach",
        }
    }
}

/// A length of time as laws write it: `45 days`, `10 business days`, `1 month`, `72 hours`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    /// How many; never zero.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// A unit of time as laws write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Hours.
    Hours,
    /// Calendar days.
    Days,
    /// Days on which offices work.
    BusinessDays,
    /// Calendar months.
    Months,
}

/// The text is not a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a period is 1 to {PERIOD_COUNT_MAX} hours, days, business days or months")]
pub struct PeriodError;

/// Most units of a period.
pub const PERIOD_COUNT_MAX: u32 = 999;

impl Period {
    /// Reads `45 days`.
    ///
    /// # Errors
    /// [`PeriodError`].
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let (count, unit) = text.split_once(' ').ok_or(PeriodError)?;
        let unit = match unit {
            "hours" | "hour" => Unit::Hours,
            "days" | "day" => Unit::Days,
            "business days" | "business day" => Unit::BusinessDays,
            "months" | "month" => Unit::Months,
            _ => return Err(PeriodError),
        };
        let count: u32 = count.parse().map_err(|_| PeriodError)?;
        let whole = (1..=PERIOD_COUNT_MAX).contains(&count);
        if whole { Ok(Self { count, unit }) } else { Err(PeriodError) }
    }

    /// The day on which a period that begins on `day` ends. `None` for hours, which end within a
    /// day, and for business days, which need a calendar of holidays.
    pub fn after(self, day: Day) -> Option<Day> {
        match self.unit {
            Unit::Days => Some(day.plus(self.count)),
            Unit::Months => Some(Date(day).plus_months(self.count).0),
            Unit::Hours | Unit::BusinessDays => None,
        }
    }

    /// The length in hours, to put periods of different units in an order: a month counts as 30
    /// days, and seven days hold five business days. A date is never computed from it.
    pub const fn rough_hours(self) -> u32 {
        match self.unit {
            Unit::Hours => self.count,
            Unit::Days => self.count * 24,
            Unit::BusinessDays => self.count * 7 * 24 / 5,
            Unit::Months => self.count * 30 * 24,
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Hours => "hour",
            Unit::Days => "day",
            Unit::BusinessDays => "business day",
            Unit::Months => "month",
        };
        write!(out, "{} {unit}{}", self.count, if self.count == 1 { "" } else { "s" })
    }
}

impl TryFrom<String> for Period {
    type Error = PeriodError;

    fn try_from(text: String) -> Result<Self, PeriodError> {
        Self::parse(&text)
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}
