//! Times as files write them.

use domain::time::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Longest text of a time, in bytes.
pub const TIME_BYTES_MAX: usize = 64;
/// From this number on an epoch time is in milliseconds; in seconds it would lie in the year 5138.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// The text is not a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "time is neither RFC 3339, nor YYYY-MM-DD with or without hh:mm:ss, nor epoch seconds or \
     milliseconds, or lies before 1970"
)]
pub struct MomentError;

/// Where a shop's clocks hang.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// The text names no time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("zone is not a name of the IANA time zone database, such as Europe/Berlin")]
pub struct ZoneError;

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// Finds a zone by its IANA name.
    ///
    /// # Errors
    /// [`ZoneError`].
    pub fn parse(name: &str) -> Result<Self, ZoneError> {
        TimeZone::get(name).map(Self).map_err(|_| ZoneError)
    }
}

/// Reads one time; texts without an offset are in `zone`.
///
/// # Errors
/// [`MomentError`].
pub fn parse(text: &str, zone: &Zone) -> Result<Timestamp, MomentError> {
    let text = text.trim();
    if text.is_empty() || text.len() > TIME_BYTES_MAX {
        return Err(MomentError);
    }
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return number(text, zone);
    }
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return since_1970(instant);
    }
    civil(text.parse().map_err(|_| MomentError)?, zone)
}

/// Reads a time that is spread over columns: year, month, day and possibly hour, minute, second;
/// or a date and a time of day.
///
/// # Errors
/// [`MomentError`].
pub fn compose(parts: &[&str], zone: &Zone) -> Result<Timestamp, MomentError> {
    if let [date, time_of_day] = parts {
        return parse(&format!("{}T{}", date.trim(), time_of_day.trim()), zone);
    }
    let number = |place: usize| match parts.get(place) {
        None => Ok(0),
        Some(part) => part.trim().parse::<i16>().map_err(|_| MomentError),
    };
    let small = |place| number(place).and_then(|n| i8::try_from(n).map_err(|_| MomentError));
    if !(3..=6).contains(&parts.len()) {
        return Err(MomentError);
    }
    let date_time =
        DateTime::new(number(0)?, small(1)?, small(2)?, small(3)?, small(4)?, small(5)?, 0);
    civil(date_time.map_err(|_| MomentError)?, zone)
}

fn civil(date_time: DateTime, zone: &Zone) -> Result<Timestamp, MomentError> {
    let instant = zone.0.to_ambiguous_timestamp(date_time).compatible().map_err(|_| MomentError)?;
    since_1970(instant)
}

fn since_1970(instant: jiff::Timestamp) -> Result<Timestamp, MomentError> {
    let ms = instant.as_millisecond();
    if ms < 0 { Err(MomentError) } else { Ok(Timestamp::from_ms(ms)) }
}

/// Epoch seconds or milliseconds, with decimals or without; eight digits are a date.
fn number(text: &str, zone: &Zone) -> Result<Timestamp, MomentError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if text.len() == 8
        && let Ok(date) = jiff::civil::Date::strptime("%Y%m%d", text)
    {
        return civil(date.to_datetime(jiff::civil::Time::midnight()), zone);
    }
    let whole: i64 = whole.parse().map_err(|_| MomentError)?;
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(MomentError);
    }
    if whole >= MILLISECONDS_FROM {
        return Ok(Timestamp::from_ms(whole));
    }
    let mut digits = fraction.bytes().map(|b| i64::from(b - b'0'));
    let mut ms = whole;
    for _ in 0..3 {
        ms = ms * 10 + digits.next().unwrap_or(0);
    }
    Ok(Timestamp::from_ms(ms))
}

#[cfg(test)]
mod tests;
