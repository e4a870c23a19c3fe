//! The main path: the verbs of the product, and nothing else.
//!
//! ```text
//! record:     bytes > Event > Admitted > Minimal > Pseudonymous > store > own profile now,
//!             shared model when the session closes
//! recommend:  request > tier > pseudonym or none > models > rules > answer + basis + reasons
//! forget:     verified request > plan > intent > keys > rows > models > logs > receipt
//! ```
//!
//! Each arrow is a type with one constructor, so no step can be skipped or swapped.

use domain::id::RequestId;
use domain::time::Timestamp;
use ingest::event::Event;
use ingest::minimize::{Keys, minimize, pseudonymize};
use rights::machine::{Erasure, Request};
use rights::receipt::Receipt;

use crate::answer::{Answer, Ask, Tier};
use crate::chance;
use crate::engine::forgetting::ErasureRequest;
use crate::engine::recording::{Claim, NotRecorded, Recorded};
use crate::engine::{Engine, EngineError};
use crate::shared::Shared;

/// Takes one event of one person as far as consent lets it.
///
/// # Privacy
/// Without a permit nothing of the event is stored, learned or remembered.
///
/// # Errors
/// Why nothing of it was kept.
pub fn record(engine: &mut Engine, event: Event, claim: &Claim) -> Result<Recorded, NotRecorded> {
    let message = engine.first_time(&event, claim)?; // a repeat changes nothing
    let event = engine.without_personal_texts(event); // a mailbox is no item
    let person = engine.person(&event, claim)?; // choices as they were when it happened
    let admitted = person.admit(event, &engine.shared)?; // consent, signals and law decide
    let minimal = minimize(admitted); // only the declared fields survive
    let row_id = |purpose, part| engine.shared.ring.row_id(purpose, message, part);
    let keys = Keys { message, row_id };
    let kept = pseudonymize(minimal, (claim.arrival.received, person.version()), &keys)?;
    Ok(engine.stage(kept, message, &claim.arrival)?) // sealed; durable with the group's commit
}

/// Answers one request with items, the reasons for them, and what they were made from.
///
/// # Privacy
/// The tier is the highest that the request asks for and consent allows at this moment; the
/// answer says which it was and what was used.
pub fn recommend(shared: &Shared, ask: &Ask, now: Timestamp) -> Answer {
    let tier = Tier::of(shared, ask, now); // consent decides
    let visit = tier.visit(ask); // the items that this tier may use
    shared.with_memory(|memory| tier.answer(shared, (&visit, ask), now, memory))
}

/// Erases a person, or one purpose of a person, from rows, keys, models and logs.
///
/// # Privacy
/// Afterwards the shared model equals one that never met the person, and what stayed is in the
/// receipt with its basis and date (GDPR Art. 17).
///
/// # Errors
/// What the store says. Once the intent is durable the erasure is completed at the next start.
pub fn forget(
    engine: &mut Engine,
    request: &ErasureRequest,
    now: Timestamp,
) -> Result<Receipt, EngineError> {
    let id = RequestId::from_bytes(chance::bytes()?);
    engine.withdraw_all(request, now)?; // no permit is minted from here on
    let subject = engine.shared.ring.subject_ref(&request.name);
    let tell = engine.recipients_told(request)?; // recipients hear of it once it is done
    let (mut marks, found) = engine.survey((subject, request.scope), now)?;
    marks.tell = tell;
    let erasure = Erasure::new(Request { id, scope: request.scope, at: now }).verify(request.how);
    let planned = erasure.plan(marks, found)?;
    let intended = planned.intend(|intent| engine.begin(intent))?; // durable
    engine.carry_out(intended, now) // keys, rows, models, logs, receipt
}
