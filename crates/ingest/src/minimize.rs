//! What survives of an admitted event, and under which names.
//!
//! [`minimize`] keeps what a record of `personal::kinds` declares and nothing else; the names that
//! the sender used end here. [`pseudonymize`] opens the permits and writes one record per item and
//! purpose under that purpose's pseudonym, and one for an order as a whole: its items teach as
//! steps of the visit, and that they were bought together teaches apart.

use domain::event::Action;
use domain::id::{ItemId, RowId};
use domain::time::Timestamp;
use personal::feature::Feature;
use personal::kinds::{HistoryEvent, LearnedOrder, LearningEvent, Preferences};
use personal::permit::{ConsentVersion, Permit};
use personal::purpose::{Personalization, PurposeName, SharedLearning};
use personal::subject::SubjectRef;
use personal::value::Personal;

use crate::admit::{About, Admitted};
use crate::error::IngestError;

/// The part of a message that is its order as a whole; no message has so many items.
const ORDER_PART: u32 = u32::MAX;

/// Only the declared fields of an event, per purpose.
#[derive(Debug)]
pub struct Minimal {
    subject: SubjectRef,
    at: Timestamp,
    serving: Option<(Permit<Personalization>, Serving)>,
    learning: Option<(Permit<SharedLearning>, Lessons)>,
}

/// What of an event teaches.
#[derive(Default)]
struct Lessons {
    /// Steps of the visit.
    steps: Vec<ItemId>,
    /// What was bought together, each item once.
    order: Vec<ItemId>,
}

impl std::fmt::Debug for Lessons {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lessons(..)")
    }
}

enum Serving {
    Items(Vec<(Action, ItemId)>),
    Preferences { sizes: Vec<String>, categories: Vec<String> },
}

impl std::fmt::Debug for Serving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Serving(..)")
    }
}

/// Throws away everything that no record declares.
///
/// # Privacy
/// An item teaches only when its action joins a session; a purchase or a refund teaches only when
/// the shop itself sent it, because anybody can claim one with the public key.
pub fn minimize(admitted: Admitted) -> Minimal {
    let Admitted { subject, about, at, trusted, personalization, learning, .. } = admitted;
    match about {
        About::Preferences(stated) => {
            let kept = Serving::Preferences { sizes: stated.sizes, categories: stated.categories };
            Minimal {
                subject,
                at,
                serving: personalization.map(|permit| (permit, kept)),
                learning: None,
            }
        }
        About::Items(items) => {
            let lessons = lessons(&items, trusted);
            let taught = !lessons.steps.is_empty();
            let learning = learning.filter(|_| taught).map(|permit| (permit, lessons));
            let serving = personalization.map(|permit| {
                let allowed =
                    |(action, _): &(Action, ItemId)| permit.allows(Feature::of_action(*action));
                let items = items.into_iter().filter(allowed).collect();
                (permit, Serving::Items(items))
            });
            Minimal { subject, at, serving, learning }
        }
    }
}

fn lessons(items: &[(Action, ItemId)], trusted: bool) -> Lessons {
    let mut lessons = Lessons::default();
    for (action, item) in items.iter().filter(|(action, _)| teaches(*action, trusted)) {
        lessons.steps.push(item.clone());
        if *action == Action::Purchase {
            lessons.order.push(item.clone());
        }
    }
    lessons.order.sort_unstable();
    lessons.order.dedup();
    lessons
}

const fn teaches(action: Action, trusted: bool) -> bool {
    match action {
        Action::Purchase | Action::Refund => trusted && action.joins_session(),
        Action::View | Action::AddToCart | Action::RemoveFromCart | Action::AddToWishlist => {
            action.joins_session()
        }
    }
}

/// Keyed numbers of a message. They come from the vault, which this room does not know.
#[derive(Clone, Copy, Debug)]
pub struct Keys<F> {
    /// A keyed number of (shop, source, message id), to notice repeats.
    pub message: u64,
    /// The id of the row for a purpose and the how-many-eth item of the message; the last number
    /// of all is that of an order as a whole.
    pub row_id: F,
}

/// An event as the shop keeps it: closed records under the pseudonym of each purpose.
#[derive(Debug)]
pub struct Pseudonymous {
    /// The person inside the running server, for the writer's consent check.
    pub subject: SubjectRef,
    /// The consent version that the event was judged under; a stale batch is refused.
    pub version: ConsentVersion,
    /// When it happened.
    pub at: Timestamp,
    /// Rows for the person's own history.
    pub history: Vec<(RowId, Personal<HistoryEvent>)>,
    /// Rows for the shared model, until the visit closes.
    pub learning: Vec<(RowId, Personal<LearningEvent>)>,
    /// The order as a whole, for the shared model.
    pub order: Option<(RowId, Personal<LearnedOrder>)>,
    /// What the person stated; replaces what was stated before.
    pub preferences: Option<(RowId, Personal<Preferences>)>,
}

/// Opens the permits and puts each purpose's pseudonym in the place of the person.
///
/// # Errors
/// [`IngestError::Permit`] when a permit has expired or `current`, the person's consent version
/// now, is not the one that the event was judged under.
pub fn pseudonymize<F: Fn(PurposeName, u32) -> RowId>(
    minimal: Minimal,
    (now, current): (Timestamp, ConsentVersion),
    keys: &Keys<F>,
) -> Result<Pseudonymous, IngestError> {
    let (at, message) = (minimal.at, keys.message);
    let mut kept = Pseudonymous {
        subject: minimal.subject,
        version: current,
        at,
        history: Vec::new(),
        learning: Vec::new(),
        order: None,
        preferences: None,
    };
    if let Some((permit, serving)) = minimal.serving {
        let pseudonym = permit.open(now, current)?;
        let purpose = PurposeName::Personalization;
        match serving {
            Serving::Items(items) => {
                for (part, (action, item)) in (0_u32..).zip(items) {
                    let event = HistoryEvent { message, at, action, item };
                    kept.history
                        .push(((keys.row_id)(purpose, part), Personal::new(pseudonym, event)));
                }
            }
            Serving::Preferences { sizes, categories } => {
                let stated = Personal::new(pseudonym, Preferences { sizes, categories });
                kept.preferences = Some(((keys.row_id)(purpose, 0), stated));
            }
        }
    }
    if let Some((permit, Lessons { steps, order: items })) = minimal.learning {
        let pseudonym = permit.open(now, current)?;
        if !items.is_empty() {
            let id = (keys.row_id)(PurposeName::SharedLearning, ORDER_PART);
            kept.order = Some((id, Personal::new(pseudonym, LearnedOrder { message, at, items })));
        }
        for (part, item) in (0_u32..).zip(steps) {
            let event = LearningEvent { message, at, item };
            let id = (keys.row_id)(PurposeName::SharedLearning, part);
            kept.learning.push((id, Personal::new(pseudonym, event)));
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests;
