//! Where sessions stand in the posting lists, and how they come and go.

use domain::id::Pseudonym;

use crate::fingerprint::SessionHash;
use crate::index::{Class, Lists, NO_SUBJECT, Posting, SessionIndex, Slot, Subject};
use crate::items::{ItemNo, Items};

impl SessionIndex {
    /// Gives a session a slot and attaches it.
    pub(super) fn place(&mut self, items: &Items, slot: Slot) {
        let (key, subject) = (slot.key, slot.subject);
        // Slots are far fewer than 2^32: the byte budget ends first.
        let number = self
            .free_slots
            .pop()
            .unwrap_or_else(|| u32::try_from(self.slots.len()).unwrap_or(u32::MAX));
        if let Some(place) = self.slots.get_mut(number as usize) {
            *place = Some(slot);
        } else {
            self.slots.push(Some(slot));
        }
        self.by_key.insert(key, number);
        if let Some(Some(owner)) = self.subjects.get_mut(subject as usize) {
            owner.slots.push(number);
        }
        self.attach(items, number);
    }

    /// Enters a session into the lists, counts and checksum.
    pub(super) fn attach(&mut self, items: &Items, number: u32) {
        if let Some(hash) = self.hash(items, number) {
            self.fingerprint.add(hash);
        }
        self.list(items, number);
    }

    /// Takes a session out of the lists, counts and checksum; it keeps its slot.
    pub(super) fn detach(&mut self, items: &Items, number: u32) {
        if let Some(hash) = self.hash(items, number) {
            self.fingerprint.subtract(hash);
        }
        self.unlist(number);
    }

    /// Moves a session between the lists when the catalog changed its class.
    pub(super) fn reclassify(&mut self, items: &Items, number: u32) {
        let Some(slot) = self.slot(number) else { return };
        let class = class(items, &distinct(slot));
        if class == slot.class {
            return;
        }
        if class != Class::Linked && slot.class != Class::Linked {
            self.count_out(slot.class);
            self.set_class(number, class);
            return;
        }
        self.unlist(number);
        self.list(items, number);
    }

    /// The slots of all sessions that name an item, idle ones too.
    pub(super) fn sessions_with(&self, item: ItemNo) -> Vec<u32> {
        let Some(lists) = self.lists.get(item.at()) else { return Vec::new() };
        lists.linked.iter().chain(&lists.idle).map(|posting| posting.slot).collect()
    }

    pub(super) fn hash(&self, items: &Items, number: u32) -> Option<SessionHash> {
        let slot = self.slot(number)?;
        super::hash(items, slot, self.subject_name(slot.subject))
    }

    /// The number of a subject, which is made when it is new.
    pub(super) fn subject_number(&mut self, name: Pseudonym) -> u32 {
        if let Some(number) = self.by_subject.get(&name) {
            return *number;
        }
        let subject = Some(Subject { name, slots: Vec::new() });
        let number = self
            .free_subjects
            .pop()
            .unwrap_or_else(|| u32::try_from(self.subjects.len()).unwrap_or(NO_SUBJECT));
        if let Some(place) = self.subjects.get_mut(number as usize) {
            *place = subject;
        } else {
            self.subjects.push(subject);
        }
        self.by_subject.insert(name, number);
        number
    }

    /// Forgets that a session was a subject's, and the subject with its last session.
    pub(super) fn leave_subject(&mut self, subject: u32, number: u32) {
        self.drop_slot(subject, number);
        let Some(place) = self.subjects.get_mut(subject as usize) else { return };
        if place.as_ref().is_some_and(|owner| owner.slots.is_empty()) {
            if let Some(owner) = place.take() {
                self.by_subject.remove(&owner.name);
                self.free_subjects.push(subject);
            }
        }
    }

    /// As [`Self::leave_subject`], but the subject stays when its session comes right back.
    pub(super) fn leave_subject_unless_kept(&mut self, slot: &Slot, number: u32, gone: bool) {
        if gone {
            self.leave_subject(slot.subject, number);
        } else {
            self.drop_slot(slot.subject, number);
        }
    }

    fn drop_slot(&mut self, subject: u32, number: u32) {
        if let Some(Some(owner)) = self.subjects.get_mut(subject as usize) {
            owner.slots.retain(|slot| *slot != number);
        }
    }

    fn list(&mut self, items: &Items, number: u32) {
        let Some(slot) = self.slot(number) else { return };
        let distinct = distinct(slot);
        let class = class(items, &distinct);
        let posting = Posting { at: slot.at, slot: number };
        self.set_class(number, class);
        for item in distinct {
            if self.lists.len() <= item.at() {
                self.lists.resize_with(item.at() + 1, Lists::default);
            }
            let mut list = self.take_list(item, class);
            let place = self.find(&list, posting);
            list.insert(place, posting);
            self.put_list(item, class, list);
        }
    }

    fn unlist(&mut self, number: u32) {
        let Some(slot) = self.slot(number) else { return };
        let class = slot.class;
        let posting = Posting { at: slot.at, slot: number };
        for item in distinct(slot) {
            let mut list = self.take_list(item, class);
            let place = self.find(&list, posting);
            if list.get(place).is_some_and(|found| found.slot == number) {
                list.remove(place);
            }
            self.put_list(item, class, list);
        }
        self.count_out(class);
        if let Some(Some(slot)) = self.slots.get_mut(number as usize) {
            slot.class = Class::Silent;
        }
    }

    /// Where a posting stands in its list, or would stand.
    fn find(&self, list: &[Posting], posting: Posting) -> usize {
        let key = |number: u32| self.slot(number).map(|slot| slot.key);
        let sought = key(posting.slot);
        list.partition_point(|other| {
            other.at < posting.at || (other.at == posting.at && key(other.slot) < sought)
        })
    }

    fn set_class(&mut self, number: u32, class: Class) {
        self.shown += u32::from(class != Class::Silent);
        self.linked += u32::from(class == Class::Linked);
        if let Some(Some(slot)) = self.slots.get_mut(number as usize) {
            slot.class = class;
        }
    }

    fn count_out(&mut self, class: Class) {
        self.shown -= u32::from(class != Class::Silent);
        self.linked -= u32::from(class == Class::Linked);
    }

    /// Lifts a list out for a change, so that the slots stay readable meanwhile.
    fn take_list(&mut self, item: ItemNo, class: Class) -> Vec<Posting> {
        self.list_mut(item, class).map(std::mem::take).unwrap_or_default()
    }

    fn put_list(&mut self, item: ItemNo, class: Class, list: Vec<Posting>) {
        if let Some(place) = self.list_mut(item, class) {
            *place = list;
        }
    }

    fn list_mut(&mut self, item: ItemNo, class: Class) -> Option<&mut Vec<Posting>> {
        let lists = self.lists.get_mut(item.at())?;
        Some(if class == Class::Linked { &mut lists.linked } else { &mut lists.idle })
    }
}

fn distinct(slot: &Slot) -> Vec<ItemNo> {
    let mut items = slot.items.to_vec();
    items.sort_unstable();
    items.dedup();
    items
}

fn class(items: &Items, distinct: &[ItemNo]) -> Class {
    match distinct.iter().filter(|item| items.is_declared(**item)).count() {
        0 => Class::Silent,
        1 => Class::Single,
        _ => Class::Linked,
    }
}
