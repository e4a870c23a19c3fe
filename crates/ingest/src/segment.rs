//! Bodies of the Segment HTTP spec: `/v1/track`, `/v1/page`, `/v1/identify` and `/v1/batch`.
//!
//! [`parse`] reads a body once into raw values that hold declared fields only; what no record
//! declares is skipped while it is read and never kept. A wrong field makes its own event an
//! error and leaves the rest of the batch alone. The names of events stand in [`names`].

use std::borrow::Cow;

use domain::event::Action;
use domain::time::Timestamp;
use personal::subject::{BrowserId, CUSTOMER_ID_BYTES_MAX, CustomerId, CustomerIdError};

use crate::error::{EventError, IngestError, Problem};
use crate::event::{ClientTimes, Event, EventKind, Ignored, Names, SignalsText};
use crate::segment::lenient::{List, Object, Scalar};
use crate::segment::names::{Meaning, meaning};
use crate::segment::products::{item, object, order};
use crate::segment::raw::{Categories, Context, Envelope, Message, Properties, Traits};

pub(crate) mod depth;
pub(crate) mod lenient;
pub mod names;
pub(crate) mod products;
pub(crate) mod raw;

/// Longest body of one event, in bytes.
pub const EVENT_BYTES_MAX: usize = 32 * 1024;
/// Longest body of a batch, in bytes.
pub const BATCH_BYTES_MAX: usize = 500 * 1024;
/// Most events of a batch.
pub const BATCH_EVENTS_MAX: usize = 2_500;
/// Deepest nesting of a body, in levels of brackets.
pub const DEPTH_MAX: usize = 16;
/// Most products of one event.
pub const PRODUCTS_MAX: usize = 200;
/// Longest `messageId`, in bytes of UTF-8.
pub const MESSAGE_ID_BYTES_MAX: usize = 256;
/// Most sizes, and most categories, of one `identify`.
pub const TRAIT_VALUES_MAX: usize = 16;
/// Longest size or category of an `identify`, in bytes of UTF-8.
pub const TRAIT_BYTES_MAX: usize = 64;
/// Most categories of a consent tool.
pub const CONSENT_CATEGORIES_MAX: usize = 64;
/// Longest name of a consent tool's category, in bytes of UTF-8.
pub const CONSENT_CATEGORY_BYTES_MAX: usize = 64;
/// Longest `context.signals`, in bytes of JSON.
pub const SIGNALS_BYTES_MAX: usize = 32 * 1024;
/// Longest key that a body can claim, in bytes.
pub const WRITE_KEY_BYTES_MAX: usize = 128;

/// Where a body came in; it decides what an event without a `type` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `/v1/track`.
    Track,
    /// `/v1/page`.
    Page,
    /// `/v1/identify`.
    Identify,
    /// `/v1/batch`.
    Batch,
    /// One line of a file of events, each with its own `type`; `track` when it has none.
    Line,
}

/// A key that a body carries beside its events. Prints nothing: a sender may have taken the wrong
/// one.
#[derive(Clone, PartialEq, Eq)]
pub struct ClaimedKey(String);

impl ClaimedKey {
    /// The key as the body has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ClaimedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClaimedKey(..)")
    }
}

/// A body that was read.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// One entry per event, in the order of the body.
    pub events: Vec<Result<Event, EventError>>,
    /// `writeKey`; many senders put it here and not into a header.
    pub write_key: Option<ClaimedKey>,
    /// `context.signals` of a batch; it counts for every event.
    pub signals: Option<SignalsText>,
}

/// Reads a body. `fallback_id` is the identity of an event that has no `messageId`; in a batch its
/// index is added.
///
/// # Errors
/// What concerns the whole body; what concerns one event stands in [`Parsed::events`].
pub fn parse(endpoint: Endpoint, bytes: &[u8], fallback_id: &str) -> Result<Parsed, IngestError> {
    let max = if endpoint == Endpoint::Batch { BATCH_BYTES_MAX } else { EVENT_BYTES_MAX };
    if bytes.len() > max {
        return Err(IngestError::BodyTooLong { bytes: bytes.len(), max });
    }
    depth::check(bytes, DEPTH_MAX).map_err(|()| IngestError::TooDeep { max: DEPTH_MAX })?;
    let text = std::str::from_utf8(bytes)
        .map_err(|wrong| IngestError::NotUtf8 { at: wrong.valid_up_to() })?;
    if endpoint == Endpoint::Batch {
        let Some(envelope) = object_of::<Envelope<'_>>(text)? else {
            return Err(IngestError::NoBatch);
        };
        let write_key = claimed(&envelope.write_key);
        // One that is too long stops each event.
        let signals = signals_of(&envelope.context).ok().flatten().map(SignalsText::new);
        return Ok(Parsed { events: batch(envelope, fallback_id)?, write_key, signals });
    }
    let Some(message) = object_of::<Message<'_>>(text)? else {
        let events = vec![Err(wrong("event", Problem::NotAnObject).at(0))];
        return Ok(Parsed { events, write_key: None, signals: None });
    };
    let write_key = claimed(&message.write_key);
    let fallback = Cow::Borrowed(fallback_id);
    let event = event(endpoint, message, None, fallback).map_err(|wrong| wrong.at(0));
    Ok(Parsed { events: vec![event], write_key, signals: None })
}

fn object_of<'a, T: serde::Deserialize<'a>>(text: &'a str) -> Result<Option<T>, IngestError> {
    let malformed = |wrong: serde_json::Error| IngestError::Malformed {
        line: wrong.line(),
        column: wrong.column(),
    };
    let mut reader = serde_json::Deserializer::from_str(text);
    let object: Object<T> = lenient::read(&mut reader).map_err(malformed)?;
    reader.end().map_err(malformed)?;
    match object {
        Object::Value(value) => Ok(Some(value)),
        Object::Absent | Object::Wrong => Ok(None),
    }
}

fn claimed(key: &Scalar<'_>) -> Option<ClaimedKey> {
    match key {
        Scalar::Text(key) if key.len() <= WRITE_KEY_BYTES_MAX => {
            Some(ClaimedKey(key.as_ref().to_owned()))
        }
        Scalar::Absent | Scalar::Text(_) | Scalar::Wrong => None,
    }
}

fn batch(
    mut envelope: Envelope<'_>,
    fallback_id: &str,
) -> Result<Vec<Result<Event, EventError>>, IngestError> {
    let List::Value(messages, count) = std::mem::take(&mut envelope.batch) else {
        return Err(IngestError::NoBatch);
    };
    if count > BATCH_EVENTS_MAX {
        return Err(IngestError::TooManyEvents { count, max: BATCH_EVENTS_MAX });
    }
    let one = |(index, message)| {
        let Object::Value(message) = message else {
            return Err(wrong("event", Problem::NotAnObject).at(index));
        };
        let fallback = Cow::Owned(format!("{fallback_id}-{index}"));
        event(Endpoint::Batch, message, Some(&envelope), fallback).map_err(|wrong| wrong.at(index))
    };
    Ok(messages.into_iter().enumerate().map(one).collect())
}

/// A problem at a place, before it is known which event of the body it is.
pub(crate) struct Wrong {
    place: Cow<'static, str>,
    problem: Problem,
}

impl Wrong {
    fn at(self, event: usize) -> EventError {
        EventError { event, place: self.place.into_owned(), problem: self.problem }
    }
}

pub(crate) fn wrong(place: impl Into<Cow<'static, str>>, problem: Problem) -> Wrong {
    Wrong { place: place.into(), problem }
}

fn event(
    endpoint: Endpoint,
    message: Message<'_>,
    envelope: Option<&Envelope<'_>>,
    fallback: Cow<'_, str>,
) -> Result<Event, Wrong> {
    let message_id = match text("messageId", &message.message_id)? {
        Some(id) if id.len() > MESSAGE_ID_BYTES_MAX => {
            return Err(wrong("messageId", Problem::TooLong { max: MESSAGE_ID_BYTES_MAX }));
        }
        Some("") | None => fallback.into_owned(),
        Some(id) => id.to_owned(),
    };
    let names = names_of(&message)?;
    let times = times_of(&message, envelope)?;
    let mut consent = consent_of(&message.context)?;
    let signals = signals_of(&message.context)?.map(SignalsText::new);
    if let Some(envelope) = envelope {
        consent.extend(consent_of(&envelope.context)?);
        signals_of(&envelope.context)?;
    }
    let kind = match call(endpoint, &message.kind)? {
        Call::Track => track(&message)?,
        Call::Page => page(&message.properties)?,
        Call::Identify => identify(message.traits)?,
        Call::Other => EventKind::Ignored(Ignored::OtherCall),
    };
    Ok(Event { kind, names, message_id, times, consent, signals })
}

enum Call {
    Track,
    Page,
    Identify,
    Other,
}

fn call(endpoint: Endpoint, kind: &Scalar<'_>) -> Result<Call, Wrong> {
    match endpoint {
        Endpoint::Track => return Ok(Call::Track),
        Endpoint::Page => return Ok(Call::Page),
        Endpoint::Identify => return Ok(Call::Identify),
        Endpoint::Batch | Endpoint::Line => {}
    }
    match text("type", kind)? {
        Some("track") => Ok(Call::Track),
        Some("page") => Ok(Call::Page),
        Some("identify") => Ok(Call::Identify),
        Some("alias" | "group" | "screen") => Ok(Call::Other),
        None if endpoint == Endpoint::Line => Ok(Call::Track),
        None => Err(wrong("type", Problem::Missing)),
        Some(_) => Err(wrong("type", Problem::Unknown)),
    }
}

/// A browser id that we did not issue names nobody we could know, so it is left out; a customer id
/// that cannot be one is an error, because the sender meant somebody.
fn names_of(message: &Message<'_>) -> Result<Names, Wrong> {
    let browser =
        text("anonymousId", &message.anonymous_id)?.and_then(|id| BrowserId::parse(id).ok());
    let customer = match text("userId", &message.user_id)? {
        None | Some("") => None,
        Some(id) => Some(CustomerId::parse(id).map_err(|error| {
            let problem = match error {
                CustomerIdError::Control => Problem::Control,
                CustomerIdError::Empty => Problem::Empty,
                CustomerIdError::TooLong { .. } => Problem::TooLong { max: CUSTOMER_ID_BYTES_MAX },
            };
            wrong("userId", problem)
        })?),
    };
    Ok(Names { browser, customer })
}

fn times_of(message: &Message<'_>, envelope: Option<&Envelope<'_>>) -> Result<ClientTimes, Wrong> {
    let happened = match time("timestamp", &message.timestamp)? {
        None => time("originalTimestamp", &message.original_timestamp)?,
        given => given,
    };
    let sent = match (time("sentAt", &message.sent_at)?, envelope) {
        (None, Some(envelope)) => time("sentAt", &envelope.sent_at)?,
        (given, _) => given,
    };
    Ok(ClientTimes { happened, sent })
}

fn time(place: &'static str, value: &Scalar<'_>) -> Result<Option<Timestamp>, Wrong> {
    let Some(text) = text(place, value)? else { return Ok(None) };
    let time: jiff::Timestamp = text.parse().map_err(|_| wrong(place, Problem::NotATime))?;
    Ok(Some(Timestamp::from_ms(time.as_millisecond())))
}

fn text<'v>(place: &'static str, value: &'v Scalar<'_>) -> Result<Option<&'v str>, Wrong> {
    match value {
        Scalar::Absent => Ok(None),
        Scalar::Text(text) => Ok(Some(text)),
        Scalar::Wrong => Err(wrong(place, Problem::NotAText)),
    }
}

/// A consent tool that cannot be understood stops the event: it may have said no.
fn consent_of(context: &Object<Context<'_>>) -> Result<Vec<(String, bool)>, Wrong> {
    let context = match context {
        Object::Absent => return Ok(Vec::new()),
        Object::Value(context) => context,
        Object::Wrong => return Err(wrong("context", Problem::NotAnObject)),
    };
    let consent = match &context.consent {
        Object::Absent => return Ok(Vec::new()),
        Object::Value(consent) => consent,
        Object::Wrong => return Err(wrong("context.consent", Problem::NotAnObject)),
    };
    let place = "context.consent.categoryPreferences";
    match &consent.categories {
        Categories::Absent => Ok(Vec::new()),
        Categories::Value(categories, count) if *count == categories.len() => {
            Ok(categories.clone())
        }
        Categories::Value(..) => {
            Err(wrong(place, Problem::TooMany { max: CONSENT_CATEGORIES_MAX }))
        }
        Categories::Wrong => Err(wrong(place, Problem::NotAnObject)),
    }
}

/// Signals that are too long stop the event for the same reason; what they say is read elsewhere.
fn signals_of<'c>(context: &Object<Context<'c>>) -> Result<Option<&'c str>, Wrong> {
    match context {
        Object::Value(Context { signals: Some(signals), .. }) => match signals.get() {
            text if text.len() > SIGNALS_BYTES_MAX => {
                Err(wrong("context.signals", Problem::TooLong { max: SIGNALS_BYTES_MAX }))
            }
            text => Ok(Some(text)),
        },
        Object::Value(_) | Object::Absent | Object::Wrong => Ok(None),
    }
}

fn track(message: &Message<'_>) -> Result<EventKind, Wrong> {
    let name = text("event", &message.event)?.ok_or_else(|| wrong("event", Problem::Missing))?;
    match meaning(name) {
        Meaning::Product(action) => {
            let ids = object(&message.properties)?.map(|p| [&p.product_id, &p.id, &p.sku]);
            let item = ids.map(|ids| item("properties.", ids)).transpose()?.flatten();
            let item = item.ok_or_else(|| wrong("properties.product_id", Problem::Missing))?;
            Ok(EventKind::Items(vec![(action, item)]))
        }
        Meaning::Order(action) => order(action, &message.properties),
        Meaning::Nothing => Ok(EventKind::Ignored(Ignored::Spec)),
        Meaning::Unknown => Ok(EventKind::Ignored(Ignored::UnknownName)),
    }
}

/// Only `product_id` says that a page is about one product; pages have ids of other things.
fn page(properties: &Object<Properties<'_>>) -> Result<EventKind, Wrong> {
    let named = match object(properties)? {
        Some(p) => item("properties.", [&p.product_id, &Scalar::Absent, &Scalar::Absent])?,
        None => None,
    };
    Ok(match named {
        Some(item) => EventKind::Items(vec![(Action::View, item)]),
        None => EventKind::Ignored(Ignored::PageWithoutProduct),
    })
}

fn identify(traits: Traits) -> Result<EventKind, Wrong> {
    match traits {
        Traits::Wrong => Err(wrong("traits", Problem::NotAnObject)),
        Traits::Value(stated)
            if stated.emptied || !(stated.sizes.is_empty() && stated.categories.is_empty()) =>
        {
            Ok(EventKind::Preferences(stated))
        }
        Traits::Value(_) | Traits::Absent => Ok(EventKind::Ignored(Ignored::NoDeclaredTrait)),
    }
}

#[cfg(test)]
mod tests;
