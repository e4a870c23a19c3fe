//! Days on which nobody works, and how long before its end a lifted restriction is announced:
//! `[requests]` of the configuration.

use std::collections::BTreeSet;

use domain::date::{Date, day};
use domain::time::Day;
use rights::clock::period::{Calendar, CalendarError};
use rights::request::lift::{LIFT_DAYS_MAX, LIFT_DAYS_MIN};
use serde::Deserialize;

/// How requests of people are answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequestSettings {
    /// The public holidays of the place where the shop works, beside Saturdays and Sundays.
    pub holidays: Holidays,
    /// How many days before its end a person is told that the shop lifts a restriction.
    pub lift_days: u32,
}

impl Default for RequestSettings {
    fn default() -> Self {
        Self { holidays: Holidays::default(), lift_days: 14 }
    }
}

/// Public holidays, as a list of days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<Date>")]
pub struct Holidays {
    calendar: Calendar,
    /// The last day of the year of the last one: for later days nobody said anything.
    until: Option<Day>,
}

/// Why the days cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestSettingsError {
    /// A day stands twice.
    #[error("holidays: {0} stands twice")]
    Twice(Date),
    /// Too many.
    #[error("holidays: {0}")]
    Many(#[from] CalendarError),
    /// No time to object, or too long.
    #[error("lift_days is {LIFT_DAYS_MIN} to {LIFT_DAYS_MAX}")]
    LiftDays,
}

impl TryFrom<Vec<Date>> for Holidays {
    type Error = RequestSettingsError;

    fn try_from(dates: Vec<Date>) -> Result<Self, RequestSettingsError> {
        let mut days = BTreeSet::new();
        for date in dates {
            if !days.insert(date.0) {
                return Err(RequestSettingsError::Twice(date));
            }
        }
        let until = days.last().map(|last| end_of_year(*last));
        Ok(Self { calendar: Calendar::new(days)?, until })
    }
}

impl Holidays {
    /// The days on which nobody works.
    pub const fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Whether the list says something about every day up to this one. An empty list says nothing
    /// about any day.
    pub fn cover(&self, day: Day) -> bool {
        self.until.is_some_and(|until| day <= until)
    }

    /// Whether there is no list.
    pub const fn is_empty(&self) -> bool {
        self.until.is_none()
    }
}

/// Who lists a holiday of a year has looked at that year.
fn end_of_year(of: Day) -> Day {
    let year = Date(of).to_string();
    let year = year.split('-').next().and_then(|year| year.parse().ok()).unwrap_or(1970);
    day(year, 12, 31)
}

impl RequestSettings {
    pub(super) fn check(&self) -> Result<(), RequestSettingsError> {
        match (LIFT_DAYS_MIN..=LIFT_DAYS_MAX).contains(&self.lift_days) {
            true => Ok(()),
            false => Err(RequestSettingsError::LiftDays),
        }
    }
}

#[cfg(test)]
mod tests;
