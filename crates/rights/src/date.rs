//! Days as receipts write them, for `#[serde(with = "date")]`: the dates of [`domain::date`].

use domain::date::Date;
use domain::time::Day;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes a day as `YYYY-MM-DD`.
pub fn write(day: Day) -> String {
    Date(day).to_string()
}

/// For `#[serde(with = "date")]`.
///
/// # Errors
/// What the serializer says.
pub fn serialize<S: Serializer>(day: &Day, serializer: S) -> Result<S::Ok, S::Error> {
    Date(*day).serialize(serializer)
}

/// For `#[serde(with = "date")]`.
///
/// # Errors
/// [`domain::date::DateError`], as the deserializer words it.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
    Date::deserialize(deserializer).map(|date| date.0)
}
