//! What changes in place: erasing, losing an item, turning idle.

use crate::index::base::Base;
use crate::index::base::sorted::Sorted;
use crate::items::ItemNo;

impl Base {
    /// Erases a session.
    ///
    /// # Privacy
    ///
    /// Its row id, time, subject, items and postings are overwritten in memory. What is left until
    /// the next compaction is an empty rank between two others.
    pub(crate) fn erase(&mut self, rank: u32) {
        let key = self.key(rank);
        let len = self.len();
        let index = |place| self.by_key.get(place);
        let place = Sorted { len, index, erased: &self.erased }.find(&self.keys, &key);
        let Some(place) = place else { return };
        self.drop_items(rank, &distinct(self.sessions.get(rank).codes));
        self.linked.put(rank, false);
        self.erased.put(rank, true);
        self.erased_sessions += 1;
        let index = |place| self.by_key.get(place);
        Sorted { len, index, erased: &self.erased }.erase(&mut self.keys, place);
        if let Some(subject) = self.subject(rank) {
            for place in self.owned_places(subject) {
                if self.owned.get(place) == rank {
                    self.owned.blur(place);
                }
            }
        }
        self.sessions.erase(rank);
    }

    /// Forgets the name of a subject without sessions.
    pub(crate) fn forget_subject(&mut self, subject: u32) {
        self.gone.put(subject, true);
        let len = self.subject_numbers();
        Sorted { len, index: |place| place, erased: &self.gone }.erase(&mut self.names, subject);
    }

    /// Takes an item out of a session that keeps others; `kept` is what stays, in order.
    pub(crate) fn take_item(&mut self, rank: u32, item: ItemNo, kept: &[ItemNo]) {
        let Some(code) = self.code(item) else { return };
        self.drop_items(rank, &[code]);
        let kept: Vec<u32> = kept.iter().filter_map(|item| self.code(*item)).collect();
        self.sessions.overwrite(rank, &kept);
    }

    /// Says whether a session is linked.
    pub(crate) fn set_linked(&mut self, rank: u32, linked: bool) {
        if self.linked.get(rank) == linked {
            return;
        }
        self.linked.put(rank, linked);
        for code in distinct(self.sessions.get(rank).codes) {
            if let Some(count) = self.linked_counts.get_mut(code as usize) {
                *count = if linked { *count + 1 } else { *count - 1 };
            }
        }
    }

    fn drop_items(&mut self, rank: u32, codes: &[u32]) {
        let linked = u32::from(self.linked.get(rank));
        for code in codes {
            let removed = self.postings.remove(*code, rank);
            debug_assert!(removed, "each item of a session has its posting");
            if let Some(count) = self.linked_counts.get_mut(*code as usize) {
                *count -= linked;
            }
        }
    }
}

fn distinct(codes: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut codes: Vec<u32> = codes.collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}
