//! `/.well-known/gpc.json`: the shop says that it honors Global Privacy Control (W3C GPC,
//! section "GPC support resource"). The signal itself is read in [`crate::signals`].

use domain::time::Day;
use serde::Deserialize;
use serde_json::json;

/// Where the body is served.
pub const PATH: &str = "/.well-known/gpc.json";
/// Longest body that is read, in bytes.
pub const BODY_BYTES_MAX: usize = 4 * 1024;

/// What a site says of its support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Support {
    /// Whether the site intends to honor the signal.
    pub gpc: bool,
    /// The day on which this was last said.
    pub last_update: Day,
}

/// Why a body says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SupportError {
    /// Longer than [`BODY_BYTES_MAX`].
    #[error("body has {bytes} bytes, at most {BODY_BYTES_MAX} are read")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// No object with a boolean `gpc` and a text `lastUpdate`.
    #[error("body is no object with gpc (true or false) and lastUpdate (text)")]
    Malformed,
    /// `lastUpdate` begins with no date from 1970 on.
    #[error("lastUpdate does not begin with a date (RFC 3339, full-date) from 1970 on")]
    Date,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    gpc: bool,
    last_update: String,
}

impl Support {
    /// The body.
    pub fn body(self) -> String {
        let (year, month, day) = date(self.last_update);
        let last_update = format!("{year:04}-{month:02}-{day:02}");
        json!({ "gpc": self.gpc, "lastUpdate": last_update }).to_string()
    }

    /// Reads the body of another site. Members that it does not know do not matter.
    ///
    /// # Errors
    /// [`SupportError`].
    pub fn read(body: &[u8]) -> Result<Self, SupportError> {
        if body.len() > BODY_BYTES_MAX {
            return Err(SupportError::TooLong { bytes: body.len() });
        }
        let body: Body = serde_json::from_slice(body).map_err(|_| SupportError::Malformed)?;
        let last_update = day(&body.last_update).ok_or(SupportError::Date)?;
        Ok(Self { gpc: body.gpc, last_update })
    }
}

const DAYS_OF_400_YEARS: u32 = 146_097;
/// Days from 1 March of the year 0 to 1 January 1970.
const DAYS_BEFORE_1970: u32 = 719_468;

/// Year, month and day of the Gregorian calendar. Years begin on 1 March here, so that the day of
/// a leap year is the last of its year.
fn date(day: Day) -> (u32, u32, u32) {
    let days = day.number() % (u32::MAX - DAYS_BEFORE_1970) + DAYS_BEFORE_1970;
    let (era, of_era) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + u32::from(month <= 2), month, day)
}

/// The day that a text begins with; a time behind it does not matter.
fn day(text: &str) -> Option<Day> {
    let (text, time) = text.split_at_checked(10)?;
    let mut parts = text.split('-').map(|part| match part.bytes().all(|c| c.is_ascii_digit()) {
        true => Some((part.len(), part.parse::<u32>().ok()?)),
        false => None,
    });
    let mut next = |len| parts.next()?.filter(|(found, _)| *found == len).map(|(_, value)| value);
    let (year, month, of_month) = (next(4)?, next(2)?, next(2)?);
    let is_date = (1970..=9999).contains(&year) && (1..=12).contains(&month);
    if !is_date || !(time.is_empty() || time.starts_with(['T', 't', ' '])) {
        return None;
    }
    let years = if month <= 2 { year - 1 } else { year };
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * from_march + 2) / 5 + of_month.checked_sub(1)?;
    let (era, of_era) = (years / 400, years % 400);
    let days = era * DAYS_OF_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    let found = Day::from_number(days.checked_sub(DAYS_BEFORE_1970)?);
    // A day that the month does not have would come back as another.
    (date(found) == (year, month, of_month)).then_some(found)
}

#[cfg(test)]
mod tests;
