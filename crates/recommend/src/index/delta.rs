//! Sessions that came since the last compaction, in tables that change.
//!
//! Sessions stand in slots, which are reused. Each linked session is in the `linked` list of each
//! of its items and every other one in the `idle` list, oldest first by (time, row id). The bytes
//! are counted as they are held: what vectors may fill, and for each entry of a tree two of its
//! size, because a tree's nodes are at least about half full.

use std::collections::BTreeMap;

use domain::id::Pseudonym;

use crate::index::SessionKey;
use crate::items::ItemNo;

/// What an allocation costs beside its content.
const ALLOCATION: usize = 16;
/// Entries that an empty vector makes room for first.
const FIRST: usize = 4;

/// One session.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) key: SessionKey,
    pub(crate) at: u32,
    /// None is nobody; numbers of the base and of this delta.
    pub(crate) subject: Option<u32>,
    pub(crate) items: Box<[ItemNo]>,
    pub(crate) linked: bool,
}

/// One entry of a posting list, by slot of the delta.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) at: u32,
    pub(crate) slot: u32,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Lists {
    pub(crate) linked: Vec<Entry>,
    pub(crate) idle: Vec<Entry>,
}

/// The changing part of the index.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delta {
    slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    pub(crate) by_key: BTreeMap<SessionKey, u32>,
    lists: BTreeMap<ItemNo, Lists>,
    /// Slots of a subject, of one of the base too.
    owned: BTreeMap<u32, Vec<u32>>,
    /// Subjects that the base does not name, counted on from there.
    subjects: Vec<Option<Pseudonym>>,
    free_subjects: Vec<u32>,
    by_name: BTreeMap<Pseudonym, u32>,
    /// Bytes of the items of all slots and of all lists.
    held: usize,
}

impl Delta {
    /// How many sessions there are.
    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
    }

    pub(crate) fn slot(&self, number: u32) -> Option<&Slot> {
        self.slots.get(number as usize)?.as_ref()
    }

    /// All slots in use.
    pub(crate) fn slots(&self) -> impl Iterator<Item = (u32, &Slot)> {
        (0..).zip(&self.slots).filter_map(|(number, slot)| Some((number, slot.as_ref()?)))
    }

    pub(crate) fn lists(&self, item: ItemNo) -> Option<&Lists> {
        self.lists.get(&item)
    }

    /// Items that some session names.
    pub(crate) fn named(&self) -> impl Iterator<Item = ItemNo> {
        self.lists.keys().copied()
    }

    pub(crate) fn slots_of(&self, subject: u32) -> &[u32] {
        self.owned.get(&subject).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn name(&self, subject: u32) -> Option<Pseudonym> {
        self.subjects.get(subject as usize).copied().flatten()
    }

    pub(crate) fn find_name(&self, name: &Pseudonym) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    /// How many subject numbers there are, free ones too.
    pub(crate) fn subject_numbers(&self) -> u32 {
        u32::try_from(self.subjects.len()).unwrap_or(u32::MAX)
    }

    /// How many subjects it names.
    pub(crate) fn names(&self) -> usize {
        self.by_name.len()
    }

    /// Gives a new subject a number, counted from 0.
    pub(crate) fn add_name(&mut self, name: Pseudonym) -> u32 {
        let number = self.free_subjects.pop().unwrap_or_else(|| {
            make_room(&mut self.subjects, &mut self.free_subjects);
            self.subjects.push(None);
            last(&self.subjects)
        });
        if let Some(place) = self.subjects.get_mut(number as usize) {
            *place = Some(name);
        }
        self.by_name.insert(name, number);
        number
    }

    /// Forgets a subject.
    pub(crate) fn drop_name(&mut self, number: u32) {
        let name = self.subjects.get_mut(number as usize).and_then(Option::take);
        if let Some(name) = name {
            self.by_name.remove(&name);
            self.free_subjects.push(number);
        }
        if self.by_name.is_empty() {
            (self.subjects, self.free_subjects) = (Vec::new(), Vec::new());
        }
    }

    /// Takes a session in.
    pub(crate) fn insert(&mut self, slot: Slot) -> u32 {
        let (key, subject) = (slot.key, slot.subject);
        self.held += box_bytes(&slot.items);
        let number = self.free.pop().unwrap_or_else(|| {
            make_room(&mut self.slots, &mut self.free);
            self.slots.push(None);
            last(&self.slots)
        });
        if let Some(place) = self.slots.get_mut(number as usize) {
            *place = Some(slot);
        }
        self.by_key.insert(key, number);
        if let Some(subject) = subject {
            let slots = self.owned.entry(subject).or_default();
            self.held -= vec_bytes(slots);
            slots.push(number);
            self.held += vec_bytes(slots);
        }
        self.list(number);
        number
    }

    /// Takes a session out.
    pub(crate) fn take(&mut self, number: u32) -> Option<Slot> {
        self.unlist(number);
        let slot = self.slots.get_mut(number as usize)?.take()?;
        self.held -= box_bytes(&slot.items);
        self.by_key.remove(&slot.key);
        self.free.push(number);
        if let Some(subject) = slot.subject {
            if let Some(slots) = self.owned.get_mut(&subject) {
                self.held -= vec_bytes(slots);
                slots.retain(|other| *other != number);
                shrink(slots);
                self.held += vec_bytes(slots);
                if slots.is_empty() {
                    self.owned.remove(&subject);
                }
            }
        }
        if self.by_key.is_empty() {
            (self.slots, self.free) = (Vec::new(), Vec::new());
        }
        Some(slot)
    }

    /// Moves a session between the lists.
    pub(crate) fn set_linked(&mut self, number: u32, linked: bool) {
        if self.slot(number).is_none_or(|slot| slot.linked == linked) {
            return;
        }
        self.unlist(number);
        if let Some(Some(slot)) = self.slots.get_mut(number as usize) {
            slot.linked = linked;
        }
        self.list(number);
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Option<Slot>>()
            + (self.free.capacity() + self.free_subjects.capacity()) * size_of::<u32>()
            + self.subjects.capacity() * size_of::<Option<Pseudonym>>()
            + self.by_key.len() * KEY_ENTRY
            + self.by_name.len() * KEY_ENTRY
            + self.lists.len() * LISTS_ENTRY
            + self.owned.len() * OWNED_ENTRY
            + self.held
    }

    /// Bytes by which [`Self::bytes`] could grow with a session, at most: as if nothing of it were
    /// known, not even the session that it may replace.
    pub(crate) fn growth(&self, subject: Option<u32>, items: &[ItemNo], linked: bool) -> usize {
        let slots = subject.map_or(0, |subject| self.slots_of(subject).len());
        let mut bytes = KEY_ENTRY + room_bytes(&self.slots, &self.free);
        bytes += KEY_ENTRY + room_bytes(&self.subjects, &self.free_subjects);
        bytes += OWNED_ENTRY + ALLOCATION + slots.max(FIRST) * size_of::<u32>();
        bytes += box_bytes(items);
        for item in distinct(items) {
            bytes += match self.lists.get(&item) {
                None => LISTS_ENTRY + list_bytes(FIRST),
                Some(lists) => {
                    let list = if linked { &lists.linked } else { &lists.idle };
                    let full = list.len() == list.capacity();
                    if full { list_bytes(list.len().max(FIRST)) } else { 0 }
                }
            };
        }
        bytes
    }

    fn list(&mut self, number: u32) {
        let Some(slot) = self.slot(number) else { return };
        let (linked, entry) = (slot.linked, Entry { at: slot.at, slot: number });
        for item in distinct(&slot.items) {
            let mut list = self.take_list(item, linked);
            let place = self.find(&list, entry);
            self.held -= vec_bytes(&list);
            list.insert(place, entry);
            self.held += vec_bytes(&list);
            self.put_list(item, linked, list);
        }
    }

    fn unlist(&mut self, number: u32) {
        let Some(slot) = self.slot(number) else { return };
        let (linked, entry) = (slot.linked, Entry { at: slot.at, slot: number });
        for item in distinct(&slot.items) {
            let mut list = self.take_list(item, linked);
            let place = self.find(&list, entry);
            self.held -= vec_bytes(&list);
            if list.get(place).is_some_and(|found| found.slot == number) {
                list.remove(place);
                shrink(&mut list);
            }
            self.held += vec_bytes(&list);
            self.put_list(item, linked, list);
        }
    }

    /// Where an entry stands in its list, or would stand.
    fn find(&self, list: &[Entry], entry: Entry) -> usize {
        let key = |number: u32| self.slot(number).map(|slot| slot.key);
        let sought = key(entry.slot);
        list.partition_point(|other| {
            other.at < entry.at || (other.at == entry.at && key(other.slot) < sought)
        })
    }

    /// Lifts a list out for a change, so that the slots stay readable meanwhile.
    fn take_list(&mut self, item: ItemNo, linked: bool) -> Vec<Entry> {
        let lists = self.lists.entry(item).or_default();
        std::mem::take(if linked { &mut lists.linked } else { &mut lists.idle })
    }

    fn put_list(&mut self, item: ItemNo, linked: bool, list: Vec<Entry>) {
        let Some(lists) = self.lists.get_mut(&item) else { return };
        *(if linked { &mut lists.linked } else { &mut lists.idle }) = list;
        if lists.linked.is_empty() && lists.idle.is_empty() {
            self.lists.remove(&item);
        }
    }
}

const KEY_ENTRY: usize = 2 * size_of::<(SessionKey, u32)>();
const LISTS_ENTRY: usize = 2 * size_of::<(ItemNo, Lists)>();
const OWNED_ENTRY: usize = 2 * size_of::<(u32, Vec<u32>)>();

/// By how much a full table grows: an eighth, not to twice its size.
fn step(len: usize) -> usize {
    (len / 8).max(FIRST)
}

/// Makes room for one more in a table, and in the list of its free places for all of them, so
/// that nothing grows when something goes.
fn make_room<T>(table: &mut Vec<T>, free: &mut Vec<u32>) {
    if table.len() == table.capacity() {
        table.reserve_exact(step(table.len()));
        free.reserve_exact(table.capacity() - free.len());
    }
}

/// The bytes that [`make_room`] would take.
fn room_bytes<T>(table: &Vec<T>, free: &[u32]) -> usize {
    if free.is_empty() && table.len() == table.capacity() {
        step(table.len()) * (size_of::<T>() + size_of::<u32>())
    } else {
        0
    }
}

fn list_bytes(entries: usize) -> usize {
    entries * size_of::<Entry>() + ALLOCATION
}

fn box_bytes(items: &[ItemNo]) -> usize {
    size_of_val(items) + ALLOCATION
}

fn vec_bytes<T>(vec: &Vec<T>) -> usize {
    if vec.capacity() == 0 { 0 } else { vec.capacity() * size_of::<T>() + ALLOCATION }
}

/// Gives memory back when most of it is unused, but not what the next entry would take again.
fn shrink<T>(vec: &mut Vec<T>) {
    if vec.len() < vec.capacity() / 4 {
        vec.shrink_to(FIRST.max(vec.len() * 2));
    }
}

fn last<T>(vec: &[T]) -> u32 {
    // Slots are far fewer than 2^32: the byte budget ends first.
    u32::try_from(vec.len()).unwrap_or(u32::MAX) - 1
}

fn distinct(items: &[ItemNo]) -> Vec<ItemNo> {
    let mut items = items.to_vec();
    items.sort_unstable();
    items.dedup();
    items
}
