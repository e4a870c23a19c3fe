//! What `confidant import` takes: the catalog, choices and events of customers whom the shop named.
//!
//! The store knows no customer by name, so only a person whom the shop names can be taken along to
//! another store. Choices become choices again with the notice that was shown; events are what the
//! shop's models and answers were made of, each once.

use std::collections::BTreeSet;

use domain::event::Action;
use domain::time::{DAY_MS, Timestamp};
use personal::evidence::RecordState;
use personal::handover::Handover;
use personal::kinds::{ConsentEvidence, DECLARATIONS};
use personal::purpose::PurposeName;
use personal::subject::Subject;
use store::keys::Keys as _;

use crate::commands::{Failure, OrFail as _};
use crate::engine::own::OwnData;
use crate::leaving::files::Sink;
use crate::leaving::taking::Store;

/// Columns of the file of choices, as `confidant import --consent` reads them.
pub const CHOICES: [&str; 10] = [
    "customer",
    "purpose",
    "state",
    "at",
    "notice",
    "language",
    "how",
    "days",
    "keep_days",
    "restricted",
];
/// Columns of the file of events, as `confidant import events` reads them.
pub const EVENTS: [&str; 4] = ["customer", "item", "time", "event"];

/// What was written, and what could not be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Written {
    /// People of the list of whom something is held.
    pub people: u64,
    /// Choices that an import cannot make: pauses, and a yes without the notice that was shown.
    pub left_out: u64,
}

/// Everything that is held about one customer, from all purposes.
///
/// # Errors
/// What the store says.
pub fn whole(
    store: &Store,
    name: &Subject,
    door: &mut Handover,
) -> Result<Option<OwnData>, Failure> {
    let mut data = OwnData::default();
    let mut known = false;
    for purpose in PurposeName::ALL {
        let blind = store.ring.blind(purpose, name);
        let row = store.keys.by_blind(purpose, blind.as_bytes());
        let Some(row) = row.or_fail("the keys cannot be read")? else { continue };
        let key = store.unwrap(&row)?;
        known = true;
        for declaration in DECLARATIONS.iter().filter(|one| one.purpose == purpose) {
            store.rows_into(&mut data, declaration, &key, door)?;
        }
    }
    Ok(known.then_some(data))
}

/// Writes the choices and events of one customer.
///
/// # Errors
/// A file that cannot be written.
pub fn write(
    customer: &str,
    data: &OwnData,
    (choices, events): (&mut Sink, &mut Sink),
    (now, written): (Timestamp, &mut Written),
) -> Result<(), Failure> {
    written.people += 1;
    let mut evidence: Vec<&ConsentEvidence> =
        data.evidence.iter().map(|held| &held.value).collect();
    evidence.sort_by_key(|row| (row.version, row.at));
    for purpose in PurposeName::ALL {
        let about = |row: &&&ConsentEvidence| row.purpose == purpose;
        let last = evidence.iter().filter(about).rfind(|row| row.state.choice().is_some());
        let rests = |row: &&&ConsentEvidence| {
            matches!(row.state, RecordState::Restricted | RecordState::Released)
        };
        let resting = evidence.iter().filter(about).rfind(rests);
        let resting = resting.filter(|row| row.state == RecordState::Restricted);
        let period = evidence.iter().filter(about).rfind(|row| row.keep.is_some());
        let days = period.and_then(|row| row.keep?.days());
        let said = last.and_then(|row| choice(row, now));
        written.left_out += u64::from(last.is_some() && said.is_none());
        let besides = resting.or(period.filter(|_| days.is_some()));
        let Some(said) = said.or_else(|| besides.map(|row| no_choice(row))) else { continue };
        let restricted = if resting.is_some() { "yes" } else { "" };
        let besides =
            [days.map(|days| days.to_string()).unwrap_or_default(), restricted.to_owned()];
        let head = [customer.to_owned(), purpose.as_str().to_owned()];
        let fields: Vec<String> = head.into_iter().chain(said).chain(besides).collect();
        choices.row(&fields)?;
    }
    for (at, item, action) in steps(data) {
        let at = at.ms().to_string();
        events.row(&[customer.to_owned(), item, at, action.as_str().to_owned()])?;
    }
    Ok(())
}

/// Where only a period or a restriction is known: from state to days.
fn no_choice(row: &ConsentEvidence) -> Vec<String> {
    let (at, none) = (row.at.ms().to_string(), String::new);
    vec!["none".to_owned(), at, none(), none(), row.how.clone(), none()]
}

/// A choice as an import makes it again, from state to days.
fn choice(row: &ConsentEvidence, now: Timestamp) -> Option<Vec<String>> {
    let state = match row.state {
        RecordState::Given | RecordState::Renewed if row.expires > now => "given",
        RecordState::Refused => "refused",
        RecordState::Given
        | RecordState::Renewed
        | RecordState::Withdrawn
        | RecordState::Expired
        | RecordState::Invalidated => "withdrawn",
        RecordState::Paused
        | RecordState::Requested
        | RecordState::Switched
        | RecordState::Period
        | RecordState::Restricted
        | RecordState::Released => return None,
    };
    if state == "given" && (row.notice.is_empty() || row.language.is_empty()) {
        return None;
    }
    let days = row.expires.ms_since(row.at) / DAY_MS;
    let days = if state == "given" { days.clamp(1, 395).to_string() } else { String::new() };
    Some(vec![
        state.to_owned(),
        row.at.ms().to_string(),
        domain::hex::encode(&row.notice),
        row.language.clone(),
        row.how.clone(),
        days,
    ])
}

/// What a customer did, oldest first: own history, and what only the models know of.
fn steps(data: &OwnData) -> Vec<(Timestamp, String, Action)> {
    let mut known: BTreeSet<(u64, String)> = BTreeSet::new();
    let mut steps = Vec::new();
    for event in data.history.iter().map(|held| &held.value) {
        known.insert((event.message, event.item.as_str().to_owned()));
        steps.push((event.at, event.item.as_str().to_owned(), event.action));
    }
    let learned = data.orders.iter().flat_map(|held| {
        let order = &held.value;
        order.items.iter().map(move |item| (order.message, order.at, item, Action::Purchase))
    });
    let open = data.learning.iter().map(|held| {
        let event = &held.value;
        (event.message, event.at, &event.item, Action::View)
    });
    let closed = data.sessions.iter().flat_map(|held| held.value.steps.iter());
    let closed = closed.map(|step| (step.message, step.at, &step.item, Action::View));
    for (message, at, item, action) in learned.chain(open).chain(closed) {
        if known.insert((message, item.as_str().to_owned())) {
            steps.push((at, item.as_str().to_owned(), action));
        }
    }
    steps.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    steps
}
