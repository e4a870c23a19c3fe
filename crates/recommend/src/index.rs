//! Closed sessions and their postings: integers only, learned and unlearned exactly.
//!
//! Every session of at least two visible items is *linked*: it stands in the posting list of each
//! of its items, oldest first by (time, row id), uncapped, so that unlearning never needs a
//! refill. Other sessions are *idle*: they wait in a second list per item and make no neighbor.
//! An item is visible while the catalog declares it; sessions keep the items that it withdrew as
//! holes, and everything that this module says (counts, canonical bytes, fingerprint, postings)
//! is said of the visible rest with repeats collapsed anew. So the state is a function of the
//! surviving sessions and the catalog, whatever the order in which they came.
//!
//! Slots and numbers are reused and never show outside.

use std::collections::BTreeMap;

use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;

use crate::fingerprint::{Fingerprint, SessionHash};
use crate::items::{ItemNo, Items};

mod canonical;
mod postings;
pub mod read;

/// The row id of a closed session.
pub type SessionKey = [u8; 16];

/// A session as the shared model may learn it.
#[derive(Clone, Debug)]
pub struct ClosedSession {
    /// Row id of the session.
    pub key: SessionKey,
    /// Whose session it is; a session without a subject counts as a subject of its own.
    pub subject: Option<Pseudonym>,
    /// Time of its last event; kept in whole seconds.
    pub at: Timestamp,
    /// Items in order; immediate repeats are collapsed and sensitive items dropped on learning.
    pub items: Vec<ItemNo>,
}

/// What learning did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learned {
    /// The session is new.
    Added,
    /// A session with this row id was there and was replaced.
    Replaced,
    /// No item of the session may be learned; if the row id was known, it is not any more.
    Nothing,
}

/// Why a session is not learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LearnError {
    /// The byte budget is spent.
    #[error("model is full: {bytes} of {bytes_max} bytes would be used")]
    Full {
        /// Bytes that the model would have.
        bytes: u64,
        /// Bytes that it may have.
        bytes_max: u64,
    },
}

/// Marks a session without a subject.
pub(crate) const NO_SUBJECT: u32 = u32::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    /// No visible item.
    Silent,
    /// One visible item.
    Single,
    /// A neighbor: two visible items or more.
    Linked,
}

/// One learned session.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) key: SessionKey,
    pub(crate) at: u32,
    pub(crate) subject: u32,
    pub(crate) items: Box<[ItemNo]>,
    class: Class,
}

/// One entry of a posting list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Time of the session in whole seconds.
    pub at: u32,
    /// Where the session stands now; see [`read`].
    pub slot: u32,
}

#[derive(Clone, Debug, Default)]
struct Lists {
    linked: Vec<Posting>,
    idle: Vec<Posting>,
}

#[derive(Clone, Debug)]
struct Subject {
    name: Pseudonym,
    slots: Vec<u32>,
}

/// The sessions of one shop.
#[derive(Clone, Debug, Default)]
pub struct SessionIndex {
    slots: Vec<Option<Slot>>,
    free_slots: Vec<u32>,
    by_key: BTreeMap<SessionKey, u32>,
    subjects: Vec<Option<Subject>>,
    free_subjects: Vec<u32>,
    by_subject: BTreeMap<Pseudonym, u32>,
    lists: Vec<Lists>,
    shown: u32,
    linked: u32,
    bytes: u64,
    fingerprint: Fingerprint,
}

impl SessionIndex {
    /// An index without sessions.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sessions with at least one visible item.
    pub const fn sessions(&self) -> u32 {
        self.shown
    }

    /// Sessions that can be neighbors.
    pub const fn linked_sessions(&self) -> u32 {
        self.linked
    }

    /// Items that at least one session names.
    pub fn items(&self) -> usize {
        self.lists
            .iter()
            .filter(|lists| !(lists.linked.is_empty() && lists.idle.is_empty()))
            .count()
    }

    /// Subjects with at least one session.
    pub fn subjects(&self) -> usize {
        self.by_subject.len()
    }

    /// An estimate of the memory that the sessions hold, in bytes.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The checksum of the visible sessions; see [`crate::fingerprint`].
    pub const fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Whether a session is known.
    pub fn contains(&self, key: &SessionKey) -> bool {
        self.by_key.contains_key(key)
    }

    /// The sessions of a subject, by row id.
    pub fn sessions_of(&self, subject: Pseudonym) -> Vec<SessionKey> {
        let slots = self.by_subject.get(&subject).map(|number| self.slots_of(*number));
        let mut keys: Vec<SessionKey> = slots
            .unwrap_or_default()
            .iter()
            .filter_map(|slot| Some(self.slot(*slot)?.key))
            .collect();
        keys.sort_unstable();
        keys
    }

    /// Learns a session, or replaces the one with the same row id.
    pub fn learn(
        &mut self,
        items: &Items,
        session: ClosedSession,
        bytes_max: u64,
    ) -> Result<Learned, LearnError> {
        let kept = collapsed(session.items.into_iter().filter(|item| items.is_learnable(*item)));
        if kept.is_empty() {
            self.unlearn_session(items, &session.key);
            return Ok(Learned::Nothing);
        }
        let bytes = self.bytes_with(&session.key, kept.len(), bytes_max)?;
        let replaced = self.unlearn_session(items, &session.key);
        let subject = session.subject.map_or(NO_SUBJECT, |name| self.subject_number(name));
        let at = u32::try_from(session.at.ms() / 1000).unwrap_or(u32::MAX);
        let slot = Slot { key: session.key, at, subject, items: kept.into(), class: Class::Silent };
        self.bytes = bytes;
        self.place(items, slot);
        Ok(if replaced { Learned::Replaced } else { Learned::Added })
    }

    /// The bytes that the index would have with a session of so many items in it.
    pub(crate) fn bytes_with(
        &self,
        key: &SessionKey,
        items: usize,
        bytes_max: u64,
    ) -> Result<u64, LearnError> {
        let freed = self.slot_of(key).map_or(0, |slot| cost(slot.items.len()));
        let bytes = self.bytes - freed + cost(items);
        if bytes > bytes_max { Err(LearnError::Full { bytes, bytes_max }) } else { Ok(bytes) }
    }

    /// Takes a session out; says whether it was there.
    pub fn unlearn_session(&mut self, items: &Items, key: &SessionKey) -> bool {
        let Some(number) = self.by_key.remove(key) else { return false };
        self.detach(items, number);
        let Some(slot) = self.slots.get_mut(number as usize).and_then(Option::take) else {
            return false;
        };
        self.free_slots.push(number);
        self.bytes -= cost(slot.items.len());
        self.leave_subject(slot.subject, number);
        true
    }

    /// Takes all sessions of a subject out; says how many there were.
    pub fn unlearn_subject(&mut self, items: &Items, subject: Pseudonym) -> usize {
        let keys = self.sessions_of(subject);
        for key in &keys {
            self.unlearn_session(items, key);
        }
        keys.len()
    }

    /// Declares or withdraws an item through `change` and brings every session that names it in
    /// line with the catalog after it.
    pub fn with_catalog_change(
        &mut self,
        items: &mut Items,
        item: ItemNo,
        change: impl FnOnce(&mut Items),
    ) {
        let touched = self.sessions_with(item);
        for number in &touched {
            if let Some(hash) = self.hash(items, *number) {
                self.fingerprint.subtract(hash);
            }
        }
        change(items);
        for number in touched {
            if let Some(hash) = self.hash(items, number) {
                self.fingerprint.add(hash);
            }
            self.reclassify(items, number);
        }
    }

    /// Takes an item out of every session for good, as for goods that turn out to be sensitive.
    pub fn purge(&mut self, items: &Items, item: ItemNo) {
        for number in self.sessions_with(item) {
            let Some(slot) = self.slot(number).cloned() else { continue };
            self.detach(items, number);
            let kept = collapsed(slot.items.iter().copied().filter(|other| *other != item));
            self.bytes -= cost(slot.items.len());
            self.by_key.remove(&slot.key);
            if let Some(place) = self.slots.get_mut(number as usize) {
                *place = None;
            }
            self.free_slots.push(number);
            self.leave_subject_unless_kept(&slot, number, kept.is_empty());
            if !kept.is_empty() {
                self.bytes += cost(kept.len());
                self.place(items, Slot { items: kept.into(), ..slot });
            }
        }
    }

    /// Whether any session names the item.
    pub fn names(&self, item: ItemNo) -> bool {
        self.lists
            .get(item.at())
            .is_some_and(|lists| !(lists.linked.is_empty() && lists.idle.is_empty()))
    }

    /// The items of a session as learned, holes included.
    pub fn session_items(&self, key: &SessionKey) -> &[ItemNo] {
        self.slot_of(key).map_or(&[], |slot| &slot.items)
    }

    /// The subject and the time of a session.
    pub fn session_facts(&self, key: &SessionKey) -> Option<(Option<Pseudonym>, Timestamp)> {
        let slot = self.slot_of(key)?;
        Some((self.subject_name(slot.subject), time(slot.at)))
    }

    /// The last time that a subject's sessions name an item.
    pub fn last_named(&self, subject: Pseudonym, item: ItemNo) -> Option<Timestamp> {
        let slots = self.slots_of(*self.by_subject.get(&subject)?);
        let named = slots.iter().filter_map(|number| self.slot(*number));
        named.filter(|slot| slot.items.contains(&item)).map(|slot| slot.at).max().map(time)
    }

    pub(crate) fn slot(&self, number: u32) -> Option<&Slot> {
        self.slots.get(number as usize)?.as_ref()
    }

    /// Linked sessions with an item, oldest first.
    pub(crate) fn linked(&self, item: ItemNo) -> &[Posting] {
        self.lists.get(item.at()).map_or(&[], |lists| &lists.linked)
    }

    fn slot_of(&self, key: &SessionKey) -> Option<&Slot> {
        self.slot(*self.by_key.get(key)?)
    }

    fn slots_of(&self, subject: u32) -> &[u32] {
        self.subjects.get(subject as usize).and_then(Option::as_ref).map_or(&[], |s| &s.slots)
    }

    fn subject_name(&self, subject: u32) -> Option<Pseudonym> {
        Some(self.subjects.get(subject as usize)?.as_ref()?.name)
    }
}

fn time(seconds: u32) -> Timestamp {
    Timestamp::from_ms(i64::from(seconds) * 1000)
}

/// Immediate repeats become one.
fn collapsed(items: impl Iterator<Item = ItemNo>) -> Vec<ItemNo> {
    let mut kept: Vec<ItemNo> = Vec::new();
    for item in items {
        if kept.last() != Some(&item) {
            kept.push(item);
        }
    }
    kept
}

/// Bytes of a session: its slot, its key and subject entries, four per item and eight per
/// posting, with the usual slack of growing tables.
const fn cost(items: usize) -> u64 {
    const SESSION_BYTES: u64 = 160;
    const ITEM_BYTES: u64 = 16;
    SESSION_BYTES + ITEM_BYTES * items as u64
}

/// The visible items of a session, repeats collapsed.
fn visible_numbers<'a>(
    items: &'a Items,
    session: &'a [ItemNo],
) -> impl Iterator<Item = ItemNo> + use<'a> {
    let mut before = None;
    session.iter().copied().filter(move |item| {
        let shown = items.is_declared(*item) && before != Some(*item);
        if shown {
            before = Some(*item);
        }
        shown
    })
}

/// The ids of the visible items of a session.
fn visible<'a>(items: &'a Items, slot: &'a Slot) -> impl Iterator<Item = &'a ItemId> {
    visible_numbers(items, &slot.items).filter_map(|item| items.id(item))
}

fn hash(items: &Items, slot: &Slot, subject: Option<Pseudonym>) -> Option<SessionHash> {
    let mut hash = SessionHash::default();
    hash.feed(&slot.key);
    hash.feed(subject.as_ref().map_or(&[], |name| name.as_bytes()));
    hash.feed(&slot.at.to_be_bytes());
    let mut count = 0_u32;
    for id in visible(items, slot) {
        hash.feed(id.as_str().as_bytes());
        count += 1;
    }
    (count > 0).then_some(hash)
}

/// A text with its length before it.
pub(crate) fn canonical_text(text: &str, sink: &mut dyn FnMut(&[u8])) {
    sink(&(text.len() as u64).to_be_bytes());
    sink(text.as_bytes());
}

#[cfg(test)]
mod tests;
