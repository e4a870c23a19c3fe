//! What would be kept of an event: the same steps as `path::record`, up to the store.

use std::collections::{BTreeMap, BTreeSet};

use consent::replay::Case;
use domain::date::Date;
use domain::event::Action;
use domain::id::RowId;
use domain::time::Timestamp;
use ingest::admit::{Door, Laws, Pseudonyms};
use ingest::error::IngestError;
use ingest::event::Event;
use ingest::minimize::{Keys, Pseudonymous, minimize, pseudonymize};
use ingest::segment::{Endpoint, parse as parse_segment};
use personal::gate::{Choice, ChoiceState, Choices, decide};
use personal::kinds::{ClosedSession, HistoryEvent, LearnedOrder, LearningEvent, Preferences};
use personal::permit::Permit;
use personal::purpose::{Personalization, Purpose, PurposeName, SharedLearning, Support};
use personal::record::{OnErasure, Stored};
use personal::register::{Covers, readers};
use personal::signal::SignalsByPurpose;
use personal::value::Personal;
use serde_json::Value;

use crate::people::NOBODY;
use crate::replay::said::{EventOut, FieldOut, KeptOut};
use crate::shared::Shared;

/// Most names of fields that are listed as left out.
const LEFT_OUT_MAX: usize = 100;
/// Longest name that is listed, in characters.
const NAME_CHARS_MAX: usize = 100;

/// Field names of a row, and what its rows would hold.
type Holds = BTreeMap<&'static str, Vec<String>>;

/// Reads one event as a page or a server sends it, with its own `type`.
///
/// # Errors
/// What is wrong with it; names the field, never its value.
pub fn parse(text: &str) -> Result<Event, IngestError> {
    let parsed = parse_segment(Endpoint::Line, text.as_bytes(), "replay")?;
    let first = parsed.events.into_iter().next();
    Ok(first.ok_or(IngestError::NoBatch)??)
}

/// What would become of it.
pub fn kept(
    shared: &Shared,
    read: Result<Event, IngestError>,
    case: &Case<'_>,
    trusted: bool,
) -> EventOut {
    match read.and_then(|event| through(shared, &event, case, trusted)) {
        Ok(kept) => kept,
        Err(error) => EventOut {
            dropped: Some(code(&error)),
            why: Some(error.to_string()),
            ..EventOut::default()
        },
    }
}

/// The reason as `/v1/track` writes it.
const fn code(error: &IngestError) -> &'static str {
    match error {
        IngestError::Ignored(reason) => reason.code(),
        IngestError::Sensitive => "sensitive",
        IngestError::Refused(refusal) => refusal.code(),
        IngestError::BodyTooLong { .. }
        | IngestError::TooDeep { .. }
        | IngestError::Malformed { .. }
        | IngestError::NotUtf8 { .. }
        | IngestError::NoBatch
        | IngestError::TooManyEvents { .. }
        | IngestError::Event(_)
        | IngestError::Permit(_) => "malformed",
    }
}

fn through(
    shared: &Shared,
    event: &Event,
    case: &Case<'_>,
    trusted: bool,
) -> Result<EventOut, IngestError> {
    let choices = standing(case.choices, event.times().settle(case.now, trusted), trusted);
    let case = &Case { choices: &choices, ..*case };
    let walk = |purpose| one_purpose(shared, event.clone(), (case, purpose), trusted);
    // Signals and law can differ between the two purposes that an event serves.
    let (serving, teaching) =
        (walk(PurposeName::Personalization), walk(PurposeName::SharedLearning));
    let mut out = EventOut::default();
    let refusal = match serving {
        Ok((rows, sensitive)) => {
            out.sensitive = sensitive;
            out.kept.extend(serving_out(rows, case)?);
            None
        }
        Err(error) => Some(error),
    };
    if let Ok((rows, sensitive)) = teaching {
        out.sensitive = sensitive;
        out.kept.extend(teaching_out(rows, case)?);
    }
    match refusal {
        Some(error) if out.kept.is_empty() => Err(error),
        _ => Ok(out),
    }
}

/// The rows of an event as far as one purpose is concerned, and how many sensitive goods were left
/// out. Rows of the other purpose do not matter.
fn one_purpose(
    shared: &Shared,
    event: Event,
    (case, purpose): (&Case<'_>, PurposeName),
    trusted: bool,
) -> Result<(Pseudonymous, usize), IngestError> {
    let facts = case.facts(purpose);
    let door = Door {
        subject: facts.subject,
        pseudonyms: Pseudonyms { personalization: NOBODY, learning: NOBODY },
        choices: facts.choices,
        signals: SignalsByPurpose::everywhere(facts.signals),
        laws: Laws { personalization: facts.law, learning: facts.law },
        age: facts.age,
        trusted,
    };
    let taught = shared.taught();
    let is_sensitive = |item: &_| taught.catalog.get(item).is_some_and(|item| item.sensitive);
    let admitted = event.admit(&door, is_sensitive, case.now)?;
    let sensitive = admitted.sensitive();
    let row_id = |_: PurposeName, _: u32| RowId::from_bytes([0; 16]);
    let keys = Keys { message: 0, row_id };
    let rows = pseudonymize(minimize(admitted), (case.now, case.choices.version), &keys)?;
    Ok((rows, sensitive))
}

/// The choices that count for an event: a yes is not retroactive, unless the shop itself says so.
fn standing(choices: &Choices, at: Timestamp, trusted: bool) -> Choices {
    let mut standing = choices.clone();
    let counts = |choice: &Choice| choice.state != ChoiceState::Given || choice.at <= at;
    standing.by_purpose.retain(|_, choice| trusted || counts(choice));
    if !trusted {
        standing.features = standing.features.until(at);
    }
    standing
}

fn serving_out(rows: Pseudonymous, case: &Case<'_>) -> Result<Vec<KeptOut>, IngestError> {
    let history = rows.history.into_iter().map(|(_, row)| row).collect();
    let history = table::<HistoryEvent, Personalization>(history, case, |row| {
        let done = ("action", action(row.action).to_owned());
        vec![at(row.at), done, ("item", row.item.as_str().to_owned())]
    })?;
    let stated = rows.preferences.into_iter().map(|(_, row)| row).collect();
    let stated = table::<Preferences, Personalization>(stated, case, |row| {
        let sizes = row.sizes.into_iter().map(|size| ("sizes", size));
        sizes.chain(row.categories.into_iter().map(|one| ("categories", one))).collect()
    })?;
    Ok(history.into_iter().chain(stated).collect())
}

fn teaching_out(rows: Pseudonymous, case: &Case<'_>) -> Result<Vec<KeptOut>, IngestError> {
    let learning = rows.learning.into_iter().map(|(_, row)| row).collect();
    let learning = table::<LearningEvent, SharedLearning>(learning, case, |row| {
        vec![at(row.at), ("item", row.item.as_str().to_owned())]
    })?;
    let order = rows.order.into_iter().map(|(_, row)| row).collect();
    let order = table::<LearnedOrder, SharedLearning>(order, case, |row| {
        let items = row.items.iter().map(|item| ("items", item.as_str().to_owned()));
        items.chain([at(row.at)]).collect()
    })?;
    Ok(learning.into_iter().chain(order).collect())
}

/// The rows of one table, opened with a permit as any reader would.
fn table<T: Stored, P: Purpose + Covers<T>>(
    rows: Vec<Personal<T>>,
    case: &Case<'_>,
    fields: impl Fn(T) -> Vec<(&'static str, String)>,
) -> Result<Option<KeptOut>, IngestError> {
    if rows.is_empty() {
        return Ok(None);
    }
    let count = rows.len();
    let permit: Permit<P> = decide::<P>(&case.facts(P::NAME), case.now)?;
    let mut holds = Holds::new();
    for row in rows {
        for (name, value) in fields(row.open(&permit, case.now, case.choices.version)?) {
            let known = holds.entry(name).or_default();
            if !known.contains(&value) {
                known.push(value);
            }
        }
    }
    Ok(Some(line::<T>(count, holds, case.now)))
}

fn line<T: Stored>(rows: usize, mut holds: Holds, now: Timestamp) -> KeptOut {
    let declared = T::DECLARATION;
    let fields = declared.fields.iter().map(|field| FieldOut {
        name: field.name,
        what: field.what.trim(),
        holds: holds.remove(field.name).unwrap_or_default(),
    });
    let read_by: Vec<&'static str> = readers(declared.table).map(PurposeName::as_str).collect();
    KeptOut {
        table: declared.table,
        what: declared.what.trim(),
        purpose: declared.purpose.as_str(),
        category: declared.category.as_str(),
        rows,
        fields: fields.collect(),
        keep_days_max: declared.keep_days_max,
        until: Date(declared.expires(now.day())).to_string(),
        on_erasure: match declared.on_erasure {
            OnErasure::Delete => "deleted at once, and its key with it".to_owned(),
            OnErasure::Keep { basis, days } => format!("kept for {days} days at most: {basis}"),
        },
        staff: read_by.contains(&Support::NAME.as_str()),
        read_by,
        then: (declared.table == LearningEvent::DECLARATION.table)
            .then_some(ClosedSession::DECLARATION.table),
    }
}

fn at(at: Timestamp) -> (&'static str, String) {
    let text = jiff::Timestamp::from_millisecond(at.ms()).map(|at| at.to_string());
    ("at", text.unwrap_or_default())
}

const fn action(action: Action) -> &'static str {
    match action {
        Action::View => "view",
        Action::AddToCart => "add to cart",
        Action::RemoveFromCart => "remove from cart",
        Action::AddToWishlist => "add to wish list",
        Action::Purchase => "purchase",
        Action::Refund => "refund",
    }
}

/// The fields of an event whose value stands in no row as it was sent.
pub fn left_out(text: &str, event: &EventOut) -> Vec<String> {
    let fields = event.kept.iter().flat_map(|kept| &kept.fields);
    let held: BTreeSet<&str> = fields.flat_map(|field| &field.holds).map(String::as_str).collect();
    let mut names = Vec::new();
    if let Ok(value) = serde_json::from_str(text) {
        leaves("", &value, &held, &mut names);
    }
    names.truncate(LEFT_OUT_MAX);
    names
}

fn leaves(name: &str, value: &Value, held: &BTreeSet<&str>, names: &mut Vec<String>) {
    if names.len() >= LEFT_OUT_MAX {
        return;
    }
    let kept = match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let dot = if name.is_empty() { "" } else { "." };
                leaves(&format!("{name}{dot}{key}"), value, held, names);
            }
            return;
        }
        Value::Array(values) => {
            for (place, value) in values.iter().enumerate() {
                leaves(&format!("{name}[{place}]"), value, held, names);
            }
            return;
        }
        Value::String(text) => held.contains(text.as_str()),
        Value::Number(number) => held.contains(number.to_string().as_str()),
        Value::Bool(_) | Value::Null => false,
    };
    if !kept {
        names.push(name.chars().take(NAME_CHARS_MAX).collect());
    }
}
