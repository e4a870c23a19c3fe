//! Days as receipts write them: ISO 8601 dates, proleptic Gregorian, UTC, years 1970 to 9999.

use domain::time::Day;
use serde::{Deserialize, Deserializer, Serializer};

/// 9999-12-31; later days are written as this one.
const LAST_DAY: u32 = 2_932_896;
const DAYS_OF_400_YEARS: u32 = 146_097;
const FIRST_YEAR: u32 = 1970;

/// The text is not a date of the years 1970 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a date such as 2026-02-28, years 1970 to 9999")]
pub struct DateError;

/// Writes a day as `YYYY-MM-DD`.
pub fn write(day: Day) -> String {
    let mut left = day.number().min(LAST_DAY);
    let mut year = FIRST_YEAR + left / DAYS_OF_400_YEARS * 400;
    left %= DAYS_OF_400_YEARS;
    while left >= days_of_year(year) {
        left -= days_of_year(year);
        year += 1;
    }
    let mut month = 1;
    while left >= days_of_month(year, month) {
        left -= days_of_month(year, month);
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", left + 1)
}

/// Reads `YYYY-MM-DD`.
///
/// # Errors
/// [`DateError`] for anything else, also for a day that the month does not have.
pub fn parse(text: &str) -> Result<Day, DateError> {
    let mut parts = text.splitn(3, '-');
    let mut number = |digits: usize| {
        parts
            .next()
            .filter(|part| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|part| part.parse::<u32>().ok())
            .ok_or(DateError)
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    let known = year >= FIRST_YEAR && (1..=12).contains(&month);
    if !known || !(1..=days_of_month(year, month)).contains(&day) {
        return Err(DateError);
    }
    let years: u32 = (FIRST_YEAR..year).map(days_of_year).sum();
    let months: u32 = (1..month).map(|month| days_of_month(year, month)).sum();
    Ok(Day::from_number(years + months + day - 1))
}

const fn leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_of_year(year: u32) -> u32 {
    if leap(year) { 366 } else { 365 }
}

const fn days_of_month(year: u32, month: u32) -> u32 {
    match month {
        2 if leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// For `#[serde(with = "date")]`.
///
/// # Errors
/// What the serializer says.
pub fn serialize<S: Serializer>(day: &Day, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&write(*day))
}

/// For `#[serde(with = "date")]`.
///
/// # Errors
/// [`DateError`], as the deserializer words it.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests;
