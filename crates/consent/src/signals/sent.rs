//! Signals as a request carries them: the header `Confidant-Signals`, or `context.signals` of an
//! event. One JSON object, every member of it optional:
//!
//! ```json
//! {"gpc": true, "tcf": "CP...", "gpp": "DB...", "us_privacy": "1YYN",
//!  "consent_mode": {"ad_storage": "denied"}, "shopify": {"analytics": false}}
//! ```
//!
//! The object itself is parsed strictly, because a member that nobody knows may have been a no;
//! what a member says is read by its own codec, and one that cannot be read denies everything.

use std::borrow::Cow;

use domain::time::Timestamp;
use personal::signal::SignalsByPurpose;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::consent_mode::ConsentMode;
use crate::gpp::Gpp;
use crate::shopify::Shopify;
use crate::signals::CategoryMap;
use crate::signals::combine::{Combined, Statement};
use crate::tcf::denied::{Denied, TcfMap, denied};
use crate::tcf::enforce::Party;
use crate::tcf::validate::Rules;
use crate::us_privacy::UsPrivacy;

/// Longest object, in bytes.
pub const TEXT_BYTES_MAX: usize = 32 * 1024;

/// Why signals cannot be taken. Holds nothing of what they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SentError {
    /// Longer than [`TEXT_BYTES_MAX`].
    #[error("signals have {bytes} bytes, at most {TEXT_BYTES_MAX} are read")]
    TooLong {
        /// Bytes that were sent.
        bytes: usize,
    },
    /// No object, or a member that is not known or of the wrong type.
    #[error(
        "signals are no object of gpc (true or false), tcf, gpp, us_privacy (texts), \
         consent_mode, shopify (objects) alone, at line {line}, column {column}"
    )]
    Malformed {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
}

/// What a shop tells us about how its signals are meant.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// For whom TC strings are enforced: the shop's vendor id, or the shop as publisher.
    pub party: Party,
    /// Which TCF purposes each purpose of ours needs.
    pub tcf: TcfMap,
    /// What the categories of the shop's consent tool stand for.
    pub categories: CategoryMap,
}

/// Signals as they were sent. Prints nothing of them: a TC string is personal data (CJEU
/// C-604/22).
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent<'t> {
    #[serde(default)]
    gpc: Option<bool>,
    #[serde(borrow, default)]
    tcf: Option<Cow<'t, str>>,
    #[serde(borrow, default)]
    gpp: Option<Cow<'t, str>>,
    #[serde(borrow, default)]
    us_privacy: Option<Cow<'t, str>>,
    #[serde(borrow, default)]
    consent_mode: Option<&'t RawValue>,
    #[serde(borrow, default)]
    shopify: Option<&'t RawValue>,
}

impl std::fmt::Debug for Sent<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sent(..)")
    }
}

impl<'t> Sent<'t> {
    /// Reads the object; a member that is `null` was not sent.
    ///
    /// # Errors
    /// [`SentError`].
    pub fn read(text: &'t str) -> Result<Self, SentError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(SentError::TooLong { bytes: text.len() });
        }
        // A list would be taken for the members in their order.
        if !text.trim_start().starts_with('{') {
            return Err(SentError::Malformed { line: 1, column: 1 });
        }
        serde_json::from_str(text)
            .map_err(|wrong| SentError::Malformed { line: wrong.line(), column: wrong.column() })
    }

    /// What each of them says, in the order of the object. `region` (ISO 3166) is where the
    /// person is; Consent Mode has defaults by region.
    ///
    /// # Privacy
    /// One that cannot be read denies every purpose that rests on consent.
    pub fn statements(
        &self,
        reader: &Reader,
        region: Option<&str>,
        now: Timestamp,
    ) -> Vec<Statement> {
        let tcf = |text: &str| -> Denied { reader.denied_by_tcf(text, now) };
        let mut said = Vec::new();
        if self.gpc == Some(true) {
            said.push(Statement::gpc());
        }
        if let Some(text) = &self.tcf {
            said.push(Statement::tcf(&tcf(text)));
        }
        if let Some(text) = &self.gpp {
            said.push(match Gpp::decode(text) {
                Ok(gpp) => Statement::gpp(Ok(&gpp), tcf),
                Err(error) => Statement::gpp(Err(error), tcf),
            });
        }
        if let Some(text) = &self.us_privacy {
            said.push(Statement::us_privacy(UsPrivacy::decode(text)));
        }
        if let Some(text) = self.consent_mode {
            let read = ConsentMode::read(text.get().as_bytes(), region);
            said.push(Statement::consent_mode(read));
        }
        if let Some(text) = self.shopify {
            said.push(Statement::shopify(Shopify::read(text.get().as_bytes())));
        }
        said
    }
}

impl Reader {
    fn denied_by_tcf(&self, text: &str, now: Timestamp) -> Denied {
        denied(text, &self.party, &self.tcf, &Rules::at(now))
    }
}

impl Combined {
    /// The signals that say no to each purpose, as the gate's facts take them.
    pub fn signals(&self) -> SignalsByPurpose {
        self.by_purpose().iter().map(|(purpose, signals)| (*purpose, *signals)).collect()
    }
}

#[cfg(test)]
mod tests;
