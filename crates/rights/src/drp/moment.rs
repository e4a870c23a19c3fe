//! Instants as agents write them: ISO 8601 with a zone, such as `2026-11-22T14:00:00Z` or
//! `2026-11-22T15:00:00.123456+01:00`. An instant without a zone is none.

use domain::date::{Date, day};
use domain::time::{DAY_MS, Timestamp};

/// Longest text of an instant, in bytes.
pub const MOMENT_BYTES_MAX: usize = 40;

/// Reads an instant of the years 1970 to 9999; what is finer than a millisecond is cut off.
pub fn parse(text: &str) -> Option<Timestamp> {
    if text.len() > MOMENT_BYTES_MAX {
        return None;
    }
    let (date, rest) = text.split_once('T')?;
    let day_ms = Date::parse(date).ok()?.0.start().ms();
    let (time, offset_ms) = zone(rest)?;
    let ms = day_ms.checked_add(clock(time)?)?.checked_sub(offset_ms)?;
    let moment = Timestamp::from_ms(ms);
    // Beyond the years that there are, an instant would be another one.
    (moment.ms() == ms).then_some(moment)
}

/// Splits `14:00:00+01:00` into the time and how far the zone is ahead.
fn zone(text: &str) -> Option<(&str, i64)> {
    if let Some(time) = text.strip_suffix('Z') {
        return Some((time, 0));
    }
    let at = text.rfind(['+', '-'])?;
    let (time, zone) = text.split_at_checked(at)?;
    let (sign, hours_minutes) = zone.split_at_checked(1)?;
    let (hours, minutes) =
        hours_minutes.split_once(':').or_else(|| hours_minutes.split_at_checked(2))?;
    let minutes = if minutes.is_empty() { 0 } else { number(minutes, 2, 59)? };
    let ahead = number(hours, 2, 23)? * 3_600_000 + minutes * 60_000;
    Some((time, if sign == "-" { -ahead } else { ahead }))
}

/// Reads `14:00`, `14:00:00` or `14:00:00.123`.
fn clock(text: &str) -> Option<i64> {
    let (hours, rest) = text.split_once(':')?;
    let (minutes, seconds) = rest.split_once(':').unwrap_or((rest, "00"));
    let (seconds, part) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let digits = part.bytes().all(|byte| byte.is_ascii_digit());
    if part.is_empty() || part.len() > 9 || !digits {
        return None;
    }
    let ms: String = part.chars().chain("000".chars()).take(3).collect();
    let whole = number(hours, 2, 23)? * 3_600 + number(minutes, 2, 59)? * 60;
    Some((whole + number(seconds, 2, 59)?) * 1_000 + number(&ms, 3, 999)?)
}

fn number(text: &str, digits: usize, max: i64) -> Option<i64> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = plain.then(|| text.parse().ok())??;
    (number <= max).then_some(number)
}

/// Writes an instant in UTC, to the second.
pub fn write(moment: Timestamp) -> String {
    // The last day that there is ends the year 9999.
    let date = Date(moment.day().min(day(9999, 12, 31)));
    let seconds = moment.ms() % DAY_MS / 1_000;
    let (hours, minutes) = (seconds / 3_600, seconds % 3_600 / 60);
    format!("{date}T{hours:02}:{minutes:02}:{:02}Z", seconds % 60)
}

#[cfg(test)]
mod tests;
