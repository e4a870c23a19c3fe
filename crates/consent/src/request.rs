//! The body of `PUT /v1/consents`: whose choices, which, and what was shown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

use domain::hex;
use personal::evidence::{DecidedBy, Lasting};
use personal::feature::{Feature, Features};
use personal::keeping::{KEEP_DAYS_MIN, Keep};
use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals};
use personal::subject::{BrowserId, CustomerId, Subject};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Longest body, in bytes.
pub const BODY_BYTES_MAX: usize = 16 * 1024;
/// Most choices of one request.
pub const CHOICES_MAX: usize = 32;
/// Longest time that a yes counts: 13 months, in days.
pub const CONSENT_DAYS_MAX: u32 = 395;
/// Most days that a person can name for keeping data: no declared period is longer.
pub const KEEP_DAYS_MAX: u16 = 395;
/// Bytes of a notice's digest (SHA-256).
pub const NOTICE_DIGEST_BYTES: usize = 32;
/// Longest language tag, in bytes (BCP 47, section 4.4.1).
pub const LANGUAGE_BYTES_MAX: usize = 35;
/// Longest word for how a choice was expressed, in bytes.
pub const HOW_BYTES_MAX: usize = 64;
/// What stands for a request that does not say how the choice was expressed.
pub const HOW_UNSAID: &str = "unsaid";

/// Why a body is not a request. Names fields, never values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Longer than [`BODY_BYTES_MAX`].
    #[error("body has {bytes} bytes, at most {BODY_BYTES_MAX} are allowed")]
    TooLong {
        /// Bytes that were given.
        bytes: usize,
    },
    /// Not JSON, or not these fields, or not of these types.
    #[error(
        "body is malformed, or a field is unknown or of the wrong type, at line {line}, column {column}"
    )]
    Malformed {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// Both names at once.
    #[error("browser and customer exclude each other")]
    TwoSubjects,
    /// Not a browser id.
    #[error("browser is not null or 32 lower-case hexadecimal characters")]
    Browser,
    /// Not a customer id.
    #[error("customer is not a customer id (1 to 128 bytes, no control characters)")]
    Customer,
    /// No choice at all, no pause, no feature and no period.
    #[error("choices is empty")]
    NoChoice,
    /// One purpose with a choice and a pause.
    #[error("pause names a purpose of choices")]
    PauseAndChoice,
    /// More than [`CHOICES_MAX`].
    #[error("choices or pause has more than {CHOICES_MAX} entries")]
    TooManyChoices,
    /// A purpose that is not on the list.
    #[error(
        "choices or pause holds an unknown purpose; those that rest on consent are {}",
        asked()
    )]
    UnknownPurpose,
    /// A feature that is not on the list.
    #[error("features holds an unknown feature; known are {}", known_features())]
    UnknownFeature,
    /// A yes without the notice that was shown (GDPR Art. 7(1)).
    #[error("a yes needs notice.digest and notice.language")]
    NoNotice,
    /// Not a digest.
    #[error("notice.digest is not 64 lower-case hexadecimal characters")]
    Digest,
    /// Not a language.
    #[error("notice.language is not a language tag of at most {LANGUAGE_BYTES_MAX} characters")]
    Language,
    /// A signal that is not on the list.
    #[error("acknowledged_signals holds an unknown signal; known are {}", signals())]
    UnknownSignal,
    /// Zero or too many days.
    #[error("for_days is not 1 to {CONSENT_DAYS_MAX} days")]
    Days,
    /// Not a period.
    #[error("keep_days holds something else than {KEEP_DAYS_MIN} to {KEEP_DAYS_MAX} days or null")]
    KeepDays,
    /// Not a visit, or a visit and days at once.
    #[error("for is \"visit\" and excludes for_days")]
    Visit,
    /// Choices and the end of the visit, or being a stranger in it, at once.
    #[error("end_visit and stranger exclude each other and choices, pause, features, keep_days")]
    EndVisit,
    /// Not a word for who decided.
    #[error("decided_by is person or parent")]
    DecidedBy,
    /// Not a word.
    #[error("how is not 1 to {HOW_BYTES_MAX} printable ASCII characters")]
    How,
}

fn signals() -> String {
    Signal::ALL.map(Signal::as_str).join(", ")
}

fn known_features() -> String {
    Feature::ALL.map(Feature::as_str).join(", ")
}

fn asked() -> String {
    let consent = |p: &PurposeName| p.basis() == personal::purpose::LawfulBasis::Consent;
    let names: Vec<_> =
        PurposeName::ALL.into_iter().filter(consent).map(PurposeName::as_str).collect();
    names.join(", ")
}

/// The notice that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// SHA-256 of the notice as shown.
    pub digest: [u8; NOTICE_DIGEST_BYTES],
    /// Its language.
    pub language: String,
}

/// One person's choices, as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceRequest {
    /// Whose choices; `None` asks for a fresh browser id. A customer is a claim until the shell
    /// has checked who says it.
    pub subject: Option<Subject>,
    /// Yes or no per purpose; not empty unless there are pauses or features.
    pub choices: BTreeMap<PurposeName, bool>,
    /// Purposes that rest from now on; none of them has a yes or no beside it.
    pub pauses: BTreeSet<PurposeName>,
    /// Features that are switched on or off.
    pub features: BTreeMap<Feature, bool>,
    /// How long data of a purpose may be kept from now on.
    pub keep: BTreeMap<PurposeName, Keep>,
    /// The features that the person was told of: a yes covers no others.
    pub covers: Features,
    /// What was shown; there whenever a choice or a feature is yes.
    pub notice: Option<Notice>,
    /// The opt-out signals that the person was told of and outranks.
    pub acknowledged: Signals,
    /// How long a yes counts, in days; at most [`CONSENT_DAYS_MAX`].
    pub for_days: u32,
    /// Whether a yes ends with the visit.
    pub lasting: Lasting,
    /// How the choice was expressed, such as `banner`.
    pub how: String,
    /// Who decided. A parent is a claim until the shell has checked who says it.
    pub decided_by: DecidedBy,
    /// Where it was said when not here; empty otherwise.
    pub source: String,
    /// Whether the answer shall carry a receipt.
    pub receipt: bool,
    /// Whether every yes for the visit ends now, such as at logout; then there are no choices.
    pub end_visit: bool,
    /// Whether the person is a stranger for this visit from now on; then there are no choices.
    pub stranger: Option<bool>,
}

impl ChoiceRequest {
    /// Choices with nothing said about them: no notice, the longest time, by the person, here, and
    /// about what the purposes have always done.
    pub fn of(choices: BTreeMap<PurposeName, bool>, how: &str) -> Self {
        Self {
            subject: None,
            choices,
            pauses: BTreeSet::new(),
            features: BTreeMap::new(),
            keep: BTreeMap::new(),
            covers: Features::FIRST,
            notice: None,
            acknowledged: Signals::NONE,
            for_days: CONSENT_DAYS_MAX,
            lasting: Lasting::Days,
            how: how.to_owned(),
            decided_by: DecidedBy::Person,
            source: String::new(),
            receipt: false,
            end_visit: false,
            stranger: None,
        }
    }

    /// The features that are switched on, or off.
    pub fn switched(&self, on: bool) -> Features {
        let same = self.features.iter().filter(|(_, said)| **said == on);
        same.map(|(feature, _)| *feature).collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(default)]
    browser: Option<String>,
    #[serde(default)]
    customer: Option<String>,
    #[serde(default)]
    choices: Option<Once<bool>>,
    #[serde(default)]
    features: Option<Once<bool>>,
    #[serde(default)]
    keep_days: Option<Once<Option<u16>>>,
    #[serde(default)]
    end_visit: bool,
    #[serde(default)]
    stranger: Option<bool>,
    #[serde(default)]
    pause: Vec<String>,
    #[serde(default)]
    notice: Option<BodyNotice>,
    #[serde(default)]
    acknowledged_signals: Vec<String>,
    #[serde(default)]
    for_days: Option<u32>,
    #[serde(default, rename = "for")]
    lasting: Option<String>,
    #[serde(default)]
    how: Option<String>,
    #[serde(default)]
    decided_by: Option<String>,
    #[serde(default)]
    receipt: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BodyNotice {
    digest: String,
    language: String,
}

/// A map in which no key stands twice: who says yes and no at once has not chosen.
struct Once<V>(BTreeMap<String, V>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Once<V> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(OnceVisitor(PhantomData))
    }
}

struct OnceVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for OnceVisitor<V> {
    type Value = Once<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of purposes or features, each once")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Once<V>, A::Error> {
        let mut choices = BTreeMap::new();
        while let Some((purpose, said)) = map.next_entry()? {
            if choices.insert(purpose, said).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Once(choices))
    }
}

impl ChoiceRequest {
    /// Reads a body.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, RequestError> {
        if bytes.len() > BODY_BYTES_MAX {
            return Err(RequestError::TooLong { bytes: bytes.len() });
        }
        let body: Body = serde_json::from_slice(bytes).map_err(|wrong| {
            RequestError::Malformed { line: wrong.line(), column: wrong.column() }
        })?;
        let subject = subject(body.browser.as_deref(), body.customer.as_deref())?;
        let receipt = body.receipt;
        if body.end_visit || body.stranger.is_some() {
            let said = Self::of(BTreeMap::new(), HOW_UNSAID);
            let alone = body.choices.is_none()
                && body.features.is_none()
                && body.keep_days.is_none()
                && body.pause.is_empty()
                && !(body.end_visit && body.stranger.is_some());
            let (end_visit, stranger) = (body.end_visit, body.stranger);
            return match alone {
                true => Ok(Self { subject, receipt, end_visit, stranger, ..said }),
                false => Err(RequestError::EndVisit),
            };
        }
        let pauses = pauses(&body.pause)?;
        let features = features(body.features)?;
        let keep = keep(body.keep_days)?;
        let says = !pauses.is_empty() || !features.is_empty() || !keep.is_empty();
        let choices = match body.choices {
            None if says => BTreeMap::new(),
            asked => choices(asked.ok_or(RequestError::NoChoice)?)?,
        };
        if pauses.iter().any(|purpose| choices.contains_key(purpose)) {
            return Err(RequestError::PauseAndChoice);
        }
        let notice = body.notice.map(notice).transpose()?;
        if notice.is_none() && choices.values().chain(features.values()).any(|yes| *yes) {
            return Err(RequestError::NoNotice);
        }
        let for_days = body.for_days.unwrap_or(CONSENT_DAYS_MAX);
        if !(1..=CONSENT_DAYS_MAX).contains(&for_days) {
            return Err(RequestError::Days);
        }
        let how = printable(body.how)?;
        let acknowledged = acknowledged(&body.acknowledged_signals)?;
        let lasting = match body.lasting.as_deref() {
            None => Lasting::Days,
            Some("visit") if body.for_days.is_none() => Lasting::Visit,
            Some(_) => return Err(RequestError::Visit),
        };
        let decided_by = match body.decided_by.as_deref() {
            None | Some("person") => DecidedBy::Person,
            Some("parent") => DecidedBy::Parent,
            Some(_) => return Err(RequestError::DecidedBy),
        };
        let covers = Feature::ALL.into_iter().collect();
        let said = Self { pauses, features, keep, covers, ..Self::of(choices, &how) };
        Ok(Self { subject, notice, acknowledged, for_days, lasting, decided_by, receipt, ..said })
    }
}

pub(crate) fn printable(how: Option<String>) -> Result<String, RequestError> {
    let how = how.unwrap_or_else(|| HOW_UNSAID.to_owned());
    let printable = how.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    if how.is_empty() || how.len() > HOW_BYTES_MAX || !printable {
        return Err(RequestError::How);
    }
    Ok(how)
}

pub(crate) fn subject(
    browser: Option<&str>,
    customer: Option<&str>,
) -> Result<Option<Subject>, RequestError> {
    match (browser, customer) {
        (Some(_), Some(_)) => Err(RequestError::TwoSubjects),
        (Some(browser), None) => {
            let id = BrowserId::parse(browser).map_err(|_| RequestError::Browser)?;
            Ok(Some(Subject::Browser(id)))
        }
        (None, Some(customer)) => {
            let id = CustomerId::parse(customer).map_err(|_| RequestError::Customer)?;
            Ok(Some(Subject::Customer(id)))
        }
        (None, None) => Ok(None),
    }
}

fn pauses(names: &[String]) -> Result<BTreeSet<PurposeName>, RequestError> {
    if names.len() > CHOICES_MAX {
        return Err(RequestError::TooManyChoices);
    }
    let known: Result<_, _> = names.iter().map(|name| PurposeName::parse(name)).collect();
    known.map_err(|_| RequestError::UnknownPurpose)
}

fn choices(Once(asked): Once<bool>) -> Result<BTreeMap<PurposeName, bool>, RequestError> {
    if asked.is_empty() {
        return Err(RequestError::NoChoice);
    }
    if asked.len() > CHOICES_MAX {
        return Err(RequestError::TooManyChoices);
    }
    let known = |(name, yes): (String, bool)| Ok((PurposeName::parse(&name)?, yes));
    let known: Result<_, personal::purpose::PurposeError> = asked.into_iter().map(known).collect();
    known.map_err(|_| RequestError::UnknownPurpose)
}

fn features(asked: Option<Once<bool>>) -> Result<BTreeMap<Feature, bool>, RequestError> {
    let Some(Once(asked)) = asked else { return Ok(BTreeMap::new()) };
    let known = |(name, on): (String, bool)| Ok((Feature::parse(&name)?, on));
    let known: Result<_, personal::feature::FeatureError> = asked.into_iter().map(known).collect();
    known.map_err(|_| RequestError::UnknownFeature)
}

fn keep(asked: Option<Once<Option<u16>>>) -> Result<BTreeMap<PurposeName, Keep>, RequestError> {
    let Some(Once(asked)) = asked else { return Ok(BTreeMap::new()) };
    if asked.len() > CHOICES_MAX {
        return Err(RequestError::TooManyChoices);
    }
    let mut kept = BTreeMap::new();
    for (name, days) in asked {
        let purpose = PurposeName::parse(&name).map_err(|_| RequestError::UnknownPurpose)?;
        let days = match days {
            None => Keep::Declared,
            Some(days @ KEEP_DAYS_MIN..=KEEP_DAYS_MAX) => Keep::Days(days),
            Some(_) => return Err(RequestError::KeepDays),
        };
        kept.insert(purpose, days);
    }
    Ok(kept)
}

pub(crate) fn notice(body: BodyNotice) -> Result<Notice, RequestError> {
    let digest = hex::decode(&body.digest).map_err(|_| RequestError::Digest)?;
    let tag = body.language.bytes().all(|b| b == b'-' || b.is_ascii_alphanumeric());
    if !tag || !(2..=LANGUAGE_BYTES_MAX).contains(&body.language.len()) {
        return Err(RequestError::Language);
    }
    Ok(Notice { digest, language: body.language })
}

fn acknowledged(words: &[String]) -> Result<Signals, RequestError> {
    words.iter().try_fold(Signals::NONE, |signals, word| {
        let signal = Signal::ALL.into_iter().find(|signal| signal.as_str() == word);
        signal.map(|signal| signals.with(signal)).ok_or(RequestError::UnknownSignal)
    })
}

#[cfg(test)]
mod tests;
