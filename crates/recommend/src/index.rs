//! Closed sessions and their postings: integers only, learned and unlearned exactly.
//!
//! Every session of at least two visible items is *linked*: it is a neighbor for each of its
//! items, uncapped, so that unlearning never needs a refill. Other sessions are *idle*. An item is
//! visible while the catalog declares it; sessions keep the items that it withdrew as holes, and
//! everything that this module says (counts, canonical bytes, fingerprint, postings) is said of
//! the visible rest with repeats collapsed anew. So the state is a function of the surviving
//! sessions and the catalog, whatever the order in which they came.
//!
//! New sessions go to a small `delta`; now and then `compact` packs them together with the
//! `base`, whose sessions stand in the order of (time, row id) in few bytes. Of the base only
//! small things change in place, and what is unlearned is overwritten there at once. Nobody sees
//! where a session stands: slots and numbers are reused and never show outside.

use std::collections::BTreeSet;

use domain::id::Pseudonym;
use domain::time::Timestamp;

use crate::fingerprint::{Fingerprint, SessionHash};
use crate::index::base::Base;
use crate::index::delta::{Delta, Slot};
use crate::index::session::{Class, Session, class, hash, learnable, seconds, time};
use crate::items::{ItemNo, Items};

mod base;
pub mod build;
mod canonical;
mod catalog;
pub mod compact;
mod delta;
pub mod read;
mod session;

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

/// The sessions of one shop.
#[derive(Clone, Debug, Default)]
pub struct SessionIndex {
    base: Base,
    delta: Delta,
    /// All items that sessions name and the catalog does not declare, and perhaps others.
    holes: BTreeSet<ItemNo>,
    shown: u32,
    linked: u32,
    fingerprint: Fingerprint,
    /// Counts changes, so that a compaction that comes too late is noticed.
    changes: u64,
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
        let based = self.base.items.iter().filter(|item| self.base.names_item(**item)).count();
        based + self.delta.named().filter(|item| !self.base.names_item(*item)).count()
    }

    /// Subjects with at least one session.
    pub fn subjects(&self) -> usize {
        let based = (0..self.base.subject_numbers()).filter(|n| self.base.name(*n).is_some());
        based.count() + self.delta.names()
    }

    /// The memory that the sessions hold, in bytes: exact for what is compacted, and for the rest
    /// what its tables have room for.
    pub fn bytes(&self) -> u64 {
        (self.base.bytes() + self.delta.bytes()) as u64
    }

    /// The checksum of the visible sessions; see [`crate::fingerprint`].
    pub const fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Whether a session is known.
    pub fn contains(&self, key: &SessionKey) -> bool {
        self.find(key).is_some()
    }

    /// The sessions of a subject, by row id.
    pub fn sessions_of(&self, subject: Pseudonym) -> Vec<SessionKey> {
        let Some(subject) = self.find_subject(&subject) else { return Vec::new() };
        let slots = self.slots_of(subject).into_iter();
        let mut keys: Vec<SessionKey> = slots.map(|slot| self.key(slot)).collect();
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
        let ClosedSession { key, subject, at, items: named } = session;
        let kept = learnable(items, &named);
        if kept.is_empty() {
            self.unlearn_session(items, &key);
            return Ok(Learned::Nothing);
        }
        self.room(items, subject, &kept, bytes_max)?;
        let replaced = self.find(&key);
        let before = replaced.and_then(|slot| self.subject_of(slot));
        if let Some(slot) = replaced {
            self.remove(items, slot);
        }
        let subject = subject.map(|name| self.subject_number(name));
        let (class, at) = (class(items, &kept), seconds(at));
        let placed = Session { key, at, subject, items: kept };
        self.count_in(self.hash(items, &placed), class);
        let (items, linked) = (placed.items.into(), class == Class::Linked);
        self.delta.insert(Slot { key, at, subject, items, linked });
        if let Some(before) = before {
            self.leave(before);
        }
        Ok(if replaced.is_some() { Learned::Replaced } else { Learned::Added })
    }

    /// Refuses a session for which the byte budget has no room; changes nothing.
    pub fn check_room(
        &self,
        items: &Items,
        session: &ClosedSession,
        bytes_max: u64,
    ) -> Result<(), LearnError> {
        self.room(items, session.subject, &learnable(items, &session.items), bytes_max)
    }

    fn room(
        &self,
        items: &Items,
        subject: Option<Pseudonym>,
        kept: &[ItemNo],
        bytes_max: u64,
    ) -> Result<(), LearnError> {
        let known = subject.and_then(|name| self.find_subject(&name));
        let linked = class(items, kept) == Class::Linked;
        let bytes = self.bytes() + self.delta.growth(known, kept, linked) as u64;
        if bytes > bytes_max { Err(LearnError::Full { bytes, bytes_max }) } else { Ok(()) }
    }

    /// Takes a session out; says whether it was there.
    pub fn unlearn_session(&mut self, items: &Items, key: &SessionKey) -> bool {
        let Some(slot) = self.find(key) else { return false };
        let subject = self.subject_of(slot);
        self.remove(items, slot);
        if let Some(subject) = subject {
            self.leave(subject);
        }
        true
    }

    /// Takes all sessions of a subject out; says how many there were.
    pub fn unlearn_subject(&mut self, items: &Items, subject: Pseudonym) -> usize {
        let Some(number) = self.find_subject(&subject) else { return 0 };
        let slots = self.slots_of(number);
        for slot in &slots {
            self.remove(items, *slot);
        }
        self.leave(number);
        slots.len()
    }

    /// Whether any session names the item.
    pub fn names(&self, item: ItemNo) -> bool {
        self.base.names_item(item) || self.delta.lists(item).is_some()
    }

    /// The items of a session as learned, holes included.
    pub fn session_items(&self, key: &SessionKey) -> Vec<ItemNo> {
        let session = self.find(key).and_then(|slot| self.session(slot));
        session.map_or_else(Vec::new, |session| session.items)
    }

    /// The subject and the time of a session.
    pub fn session_facts(&self, key: &SessionKey) -> Option<(Option<Pseudonym>, Timestamp)> {
        let slot = self.find(key)?;
        let subject = self.subject_of(slot).and_then(|subject| self.subject_name(subject));
        Some((subject, time(self.at(slot))))
    }

    /// The last time that a subject's sessions name an item.
    pub fn last_named(&self, subject: Pseudonym, item: ItemNo) -> Option<Timestamp> {
        self.last_named_all(subject).into_iter().find(|(other, _)| *other == item).map(|(_, at)| at)
    }

    /// The items that a subject's sessions name, each with the last time, by number.
    pub fn last_named_all(&self, subject: Pseudonym) -> Vec<(ItemNo, Timestamp)> {
        self.find_subject(&subject)
            .map_or_else(Vec::new, |subject| self.last_named_in(&self.slots_of(subject)))
    }

    /// The times of a subject's sessions.
    pub fn times_of(&self, subject: Pseudonym) -> Vec<Timestamp> {
        let slots = self.find_subject(&subject).map(|subject| self.slots_of(subject));
        slots.unwrap_or_default().iter().map(|slot| time(self.at(*slot))).collect()
    }

    /// For each subject the items that its sessions name, each with the last time; a session
    /// without a subject is a subject of its own.
    pub(crate) fn each_profile(&self, mut take: impl FnMut(&[(ItemNo, Timestamp)])) {
        let subjects = self.base.subject_numbers() + self.delta.subject_numbers();
        for subject in 0..subjects {
            take(&self.last_named_in(&self.slots_of(subject)));
        }
        let packed = (0..self.base.len()).filter(|rank| self.base.is_live(*rank));
        let recent = self.delta.slots().map(|(number, _)| self.base.len() + number);
        for slot in packed.chain(recent).filter(|slot| self.subject_of(*slot).is_none()) {
            take(&self.last_named_in(&[slot]));
        }
    }

    fn last_named_in(&self, slots: &[u32]) -> Vec<(ItemNo, Timestamp)> {
        let mut named = Vec::new();
        for slot in slots {
            let at = self.at(*slot);
            self.each_item(*slot, |item| named.push((item, at)));
        }
        named.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        named.dedup_by_key(|(item, _)| *item);
        named.into_iter().map(|(item, at)| (item, time(at))).collect()
    }

    /// Where a session stands.
    fn find(&self, key: &SessionKey) -> Option<u32> {
        match self.delta.by_key.get(key) {
            Some(number) => Some(self.base.len() + number),
            None => self.base.find_key(key),
        }
    }

    fn session(&self, slot: u32) -> Option<Session> {
        if let Some(number) = slot.checked_sub(self.base.len()) {
            let slot = self.delta.slot(number)?;
            let (key, at, subject) = (slot.key, slot.at, slot.subject);
            return Some(Session { key, at, subject, items: slot.items.to_vec() });
        }
        self.base.is_live(slot).then(|| Session {
            key: self.base.key(slot),
            at: self.base.at(slot),
            subject: self.base.subject(slot),
            items: self.base.session_items(slot).collect(),
        })
    }

    /// The sessions of a subject in no order.
    fn slots_of(&self, subject: u32) -> Vec<u32> {
        let mut slots = self.base.sessions_of(subject);
        slots.extend(self.delta.slots_of(subject).iter().map(|number| self.base.len() + number));
        slots
    }

    fn find_subject(&self, name: &Pseudonym) -> Option<u32> {
        let new = || Some(self.base.subject_numbers() + self.delta.find_name(name)?);
        self.base.find_name(name).or_else(new)
    }

    fn subject_number(&mut self, name: Pseudonym) -> u32 {
        let known = self.find_subject(&name);
        known.unwrap_or_else(|| self.base.subject_numbers() + self.delta.add_name(name))
    }

    fn subject_name(&self, subject: u32) -> Option<Pseudonym> {
        match subject.checked_sub(self.base.subject_numbers()) {
            Some(number) => self.delta.name(number),
            None => self.base.name(subject),
        }
    }

    /// Takes a session out of everything; who it belonged to may have to [`Self::leave`].
    fn remove(&mut self, items: &Items, slot: u32) {
        let Some(session) = self.session(slot) else { return };
        self.count_out(self.hash(items, &session), class(items, &session.items));
        match slot.checked_sub(self.base.len()) {
            Some(number) => drop(self.delta.take(number)),
            None => self.base.erase(slot),
        }
    }

    /// Forgets the name of a subject that has no session any more.
    fn leave(&mut self, subject: u32) {
        if !self.delta.slots_of(subject).is_empty() || !self.base.sessions_of(subject).is_empty() {
            return;
        }
        match subject.checked_sub(self.base.subject_numbers()) {
            Some(number) => self.delta.drop_name(number),
            None => self.base.forget_subject(subject),
        }
    }

    fn count_in(&mut self, hash: SessionHash, class: Class) {
        self.changes += 1;
        if class == Class::Silent {
            return;
        }
        self.fingerprint.add(hash);
        self.shown += 1;
        self.linked += u32::from(class == Class::Linked);
    }

    fn count_out(&mut self, hash: SessionHash, class: Class) {
        self.changes += 1;
        if class == Class::Silent {
            return;
        }
        self.fingerprint.subtract(hash);
        self.shown -= 1;
        self.linked -= u32::from(class == Class::Linked);
    }

    fn hash(&self, items: &Items, session: &Session) -> SessionHash {
        let subject = session.subject.and_then(|subject| self.subject_name(subject));
        hash(items, &session.key, subject, session.at, &session.items)
    }
}

/// A text with its length before it.
pub(crate) fn canonical_text(text: &str, sink: &mut dyn FnMut(&[u8])) {
    sink(&(text.len() as u64).to_be_bytes());
    sink(text.as_bytes());
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
