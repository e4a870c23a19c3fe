//! What the cookies of other consent tools say, read into yes and no per category.
//!
//! Three formats: `cc_cookie` of orestbida/cookieconsent (JSON; version 3, and the names that
//! version 2 gave the times), `OptanonConsent` with `OptanonAlertBoxClosed` of OneTrust (a query
//! string), and the preferences of Transcend (the JSON that `airgap.getConsent()` is documented to
//! return; how it lies in the browser is not documented and not read here).
//!
//! What this must never do: make a yes out of a default. A tool that fills its cookie before
//! anybody has clicked says so, and then its yes is left out ([`Said::clicked`]). Identifiers in
//! the cookies (consent ids, places) are not read.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Longest text that is read, in bytes: what browsers allow all cookies of a site together.
pub const COOKIE_BYTES_MAX: usize = 16 * 1024;
/// Most categories of one cookie.
pub const CATEGORIES_MAX: usize = 64;
/// Longest name of a category, in bytes.
pub const CATEGORY_BYTES_MAX: usize = 64;
/// Longest time or language, in bytes.
const WORD_BYTES_MAX: usize = 64;

/// Whose cookie it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// orestbida/cookieconsent.
    CookieConsent,
    /// OneTrust.
    OneTrust,
    /// Transcend.
    Transcend,
}

impl Tool {
    /// Every tool.
    pub const ALL: [Self; 3] = [Self::CookieConsent, Self::OneTrust, Self::Transcend];

    /// The tool as the command line writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CookieConsent => "cookieconsent",
            Self::OneTrust => "onetrust",
            Self::Transcend => "transcend",
        }
    }

    /// The tool by its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.as_str() == text)
    }
}

/// Why a text is not a cookie of the tool. Repeats nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CookieError {
    /// Too long.
    #[error("cookie has more than {COOKIE_BYTES_MAX} bytes")]
    TooLong,
    /// Not in the tool's format.
    #[error("cookie is not in the format of this tool")]
    Malformed,
    /// Too many categories, or too long a name.
    #[error(
        "cookie has more than {CATEGORIES_MAX} categories or a name over {CATEGORY_BYTES_MAX} bytes"
    )]
    Categories,
}

/// What a cookie says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Yes or no per category, in the tool's names.
    pub categories: BTreeMap<String, bool>,
    /// When the person last decided, as the tool writes times; empty when it does not say.
    pub at: String,
    /// The language of the dialog; empty when the tool does not say.
    pub language: String,
    /// Whether a person decided. Without it a yes is a default, and is left out.
    pub clicked: bool,
    /// Whether the tool saw Global Privacy Control.
    pub gpc: bool,
}

/// Reads a cookie. `offered` are the categories that the tool asked for: one of the formats lists
/// only what was accepted, and what was offered and not accepted is a no.
///
/// # Privacy
/// A no always counts; a yes only where a person decided.
///
/// # Errors
/// [`CookieError`].
pub fn read(tool: Tool, text: &str, offered: &[String]) -> Result<Said, CookieError> {
    if text.len() > COOKIE_BYTES_MAX {
        return Err(CookieError::TooLong);
    }
    let mut said = match tool {
        Tool::CookieConsent => cookie_consent(text, offered),
        Tool::OneTrust => one_trust(text),
        Tool::Transcend => transcend(text),
    }?;
    let fits = |name: &String| (1..=CATEGORY_BYTES_MAX).contains(&name.len());
    if said.categories.len() > CATEGORIES_MAX || !said.categories.keys().all(fits) {
        return Err(CookieError::Categories);
    }
    if said.at.len() > WORD_BYTES_MAX || said.language.len() > WORD_BYTES_MAX {
        return Err(CookieError::Malformed);
    }
    if !said.clicked {
        said.categories.retain(|_, yes| !*yes);
    }
    Ok(said)
}

#[derive(Deserialize)]
struct CookieConsentBody {
    categories: Vec<String>,
    #[serde(default, rename = "languageCode")]
    language: Option<String>,
    #[serde(default, rename = "lastConsentTimestamp", alias = "last_consent_update")]
    last: Option<String>,
    #[serde(default, rename = "consentTimestamp", alias = "consent_date")]
    first: Option<String>,
}

fn cookie_consent(text: &str, offered: &[String]) -> Result<Said, CookieError> {
    let value = value_of(text, "cc_cookie").unwrap_or(text);
    let body: CookieConsentBody = json(value)?;
    let mut categories: BTreeMap<String, bool> =
        offered.iter().map(|name| (name.clone(), false)).collect();
    // The cookie is written when the person decides, and not before.
    categories.extend(body.categories.into_iter().map(|name| (name, true)));
    let at = body.last.or(body.first).unwrap_or_default();
    let language = body.language.unwrap_or_default();
    Ok(Said { categories, at, language, clicked: true, gpc: false })
}

fn one_trust(text: &str) -> Result<Said, CookieError> {
    let consent = value_of(text, "OptanonConsent").unwrap_or(text);
    // What a header or a script shows is encoded once more in some browsers' exports.
    let once = match consent.contains('&') {
        true => consent.to_owned(),
        false => decoded(consent).ok_or(CookieError::Malformed)?,
    };
    let mut said = Said::default();
    let mut found = false;
    for field in once.split('&') {
        let Some((name, value)) = field.split_once('=') else { continue };
        match name.trim() {
            "groups" => {
                found = true;
                let groups = decoded(value).ok_or(CookieError::Malformed)?;
                for group in groups.split(',').filter(|group| !group.is_empty()) {
                    let (id, on) = group.split_once(':').ok_or(CookieError::Malformed)?;
                    let yes = match on {
                        "1" => true,
                        "0" => false,
                        _ => return Err(CookieError::Malformed),
                    };
                    // A category that stands twice was refused when one of them is a no.
                    let before = said.categories.entry(id.to_owned()).or_insert(true);
                    *before &= yes;
                }
            }
            "isGpcEnabled" | "browserGpcFlag" => said.gpc |= value == "1",
            _ => {}
        }
    }
    // The box was closed: without this the groups are what the shop's settings say by default.
    if let Some(closed) = value_of(text, "OptanonAlertBoxClosed") {
        said.at = decoded(closed).ok_or(CookieError::Malformed)?;
        said.clicked = true;
    }
    if found { Ok(said) } else { Err(CookieError::Malformed) }
}

#[derive(Deserialize)]
struct TranscendBody {
    purposes: BTreeMap<String, TranscendChoice>,
    #[serde(default)]
    confirmed: bool,
    #[serde(default)]
    timestamp: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TranscendChoice {
    Said(bool),
    /// `Auto`: allowed by default. Nobody has said so.
    Auto(#[expect(dead_code, reason = "only the kind counts")] String),
}

fn transcend(text: &str) -> Result<Said, CookieError> {
    let value = value_of(text, "tcm").unwrap_or(text);
    let body: TranscendBody = json(value)?;
    let said = |(name, choice)| match choice {
        TranscendChoice::Said(yes) => Some((name, yes)),
        TranscendChoice::Auto(_) => None,
    };
    Ok(Said {
        categories: body.purposes.into_iter().filter_map(said).collect(),
        at: body.timestamp.unwrap_or_default(),
        language: String::new(),
        clicked: body.confirmed,
        gpc: false,
    })
}

/// The value of a cookie in a text such as `a=1; b=2`.
fn value_of<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.split(';').find_map(|part| {
        let (found, value) = part.trim().split_once('=')?;
        (found == name).then_some(value.trim())
    })
}

/// JSON, as it is or encoded for a URL.
fn json<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, CookieError> {
    let text = text.trim();
    let plain = match text.starts_with('{') {
        true => text.to_owned(),
        false => decoded(text).ok_or(CookieError::Malformed)?,
    };
    serde_json::from_str(&plain).map_err(|_| CookieError::Malformed)
}

/// Undoes `encodeURIComponent`; `+` is a blank, as in a query string.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
