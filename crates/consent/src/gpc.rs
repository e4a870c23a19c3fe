//! `/.well-known/gpc.json`: the shop says that it honors Global Privacy Control (W3C GPC,
//! section "GPC support resource"). The signal itself is read in [`crate::signals`].

use domain::date::Date;
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
        json!({ "gpc": self.gpc, "lastUpdate": Date(self.last_update) }).to_string()
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

/// The day that a text begins with; a time behind it does not matter.
fn day(text: &str) -> Option<Day> {
    let (date, time) = text.split_at_checked(10)?;
    let ends = time.is_empty() || time.starts_with(['T', 't', ' ']);
    Date::parse(date).ok().filter(|_| ends).map(|date| date.0)
}

#[cfg(test)]
mod tests;
