//! What the catalog changes in sessions that were learned before.

use crate::index::SessionIndex;
use crate::index::delta::Slot;
use crate::index::session::{Class, class, collapsed};
use crate::items::{ItemNo, Items};

impl SessionIndex {
    /// Declares or withdraws an item through `change` and brings every session that names it in
    /// line with the catalog after it.
    pub fn with_catalog_change(
        &mut self,
        items: &mut Items,
        item: ItemNo,
        change: impl FnOnce(&mut Items),
    ) {
        let touched = self.slots_with(item);
        self.changes += 1;
        for slot in &touched {
            let Some(session) = self.session(*slot) else { continue };
            self.count_out(self.hash(items, &session), class(items, &session.items));
        }
        change(items);
        for slot in &touched {
            let Some(session) = self.session(*slot) else { continue };
            let class = class(items, &session.items);
            self.count_in(self.hash(items, &session), class);
            self.set_linked(*slot, class == Class::Linked);
        }
        if items.is_declared(item) {
            self.holes.remove(&item);
        } else if !touched.is_empty() {
            self.holes.insert(item);
        }
    }

    /// Takes an item out of every session for good, as for goods that turn out to be sensitive.
    pub fn purge(&mut self, items: &Items, item: ItemNo) {
        for slot in self.slots_with(item) {
            let Some(mut session) = self.session(slot) else { continue };
            let kept = collapsed(session.items.iter().copied().filter(|other| *other != item));
            if kept.is_empty() {
                self.unlearn_session(items, &session.key);
                continue;
            }
            self.count_out(self.hash(items, &session), class(items, &session.items));
            session.items.clone_from(&kept);
            let class = class(items, &kept);
            self.count_in(self.hash(items, &session), class);
            let linked = class == Class::Linked;
            match slot.checked_sub(self.base.len()) {
                Some(number) => {
                    let Some(old) = self.delta.take(number) else { continue };
                    self.delta.insert(Slot { items: kept.into(), linked, ..old });
                }
                None => {
                    self.base.take_item(slot, item, &kept);
                    self.base.set_linked(slot, linked);
                }
            }
        }
    }

    /// The slots of all sessions that name an item, idle ones too.
    fn slots_with(&self, item: ItemNo) -> Vec<u32> {
        let mut slots: Vec<u32> = self.base.sessions_with(item).collect();
        if let Some(lists) = self.delta.lists(item) {
            let entries = lists.linked.iter().chain(&lists.idle);
            slots.extend(entries.map(|entry| self.base.len() + entry.slot));
        }
        slots
    }

    fn set_linked(&mut self, slot: u32, linked: bool) {
        match slot.checked_sub(self.base.len()) {
            Some(number) => self.delta.set_linked(number, linked),
            None => self.base.set_linked(slot, linked),
        }
    }
}
