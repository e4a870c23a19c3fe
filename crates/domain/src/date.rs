//! Days as dates of the Gregorian calendar: ISO 8601, UTC, years 1970 to 9999 (days from civil,
//! H. Hinnant). What receipts, law packs and `gpc.json` write.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::Day;

/// A day, written as `2026-11-22`; a day after the year 9999 as the last of that year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date(pub Day);

/// The text is not a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a date is written as 2026-11-22, in the years 1970 to 9999")]
pub struct DateError;

impl Date {
    /// Reads `2026-11-22`.
    ///
    /// # Errors
    /// [`DateError`].
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part = parts.next().ok_or(DateError)?;
            let plain = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
            if plain { part.parse().map_err(|_| DateError) } else { Err(DateError) }
        };
        let (year, month, of_month) = (number(4)?, number(2)?, number(2)?);
        let known = (1970..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=31).contains(&of_month);
        if !known || parts.next().is_some() {
            return Err(DateError);
        }
        let date = Self(day(year, month, of_month));
        // The 31st of June would become the 1st of July.
        if date.to_string() == text { Ok(date) } else { Err(DateError) }
    }
}

impl Date {
    /// The day `months` later; where that month is shorter, its last day.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        let (year, month, of_month) = self.parts();
        let all = month - 1 + months;
        let (year, month) = (year + all / 12, all % 12 + 1);
        let first = day(year, month, 1);
        let next = if month == 12 { day(year + 1, 1, 1) } else { day(year, month + 1, 1) };
        let length = next.number() - first.number();
        Self(first.plus(of_month.min(length) - 1))
    }

    /// Year, month and day of the month.
    fn parts(self) -> (u32, u32, u32) {
        // After the last year that packs know the day stays the same.
        let days = self.0.number().min(day(9999, 12, 31).number()) + 719_468;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let shifted = (5 * of_year + 2) / 153;
        let of_month = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        (year + era * 400 + u32::from(month <= 2), month, of_month)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, of_month) = self.parts();
        write!(out, "{year:04}-{month:02}-{of_month:02}")
    }
}

impl TryFrom<String> for Date {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, DateError> {
        Self::parse(&text)
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

/// The day of a date of the years from 1970 on.
pub const fn day(year: u32, month: u32, of_month: u32) -> Day {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_year = (153 * month + 2) / 5 + of_month - 1;
    Day::from_number(year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719_468)
}

#[cfg(test)]
mod tests;
