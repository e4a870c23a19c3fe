//! The state in external words, sorted: what law 1 and law 9 compare.

use crate::index::{SessionIndex, canonical_text, visible};
use crate::items::Items;

impl SessionIndex {
    /// Streams the canonical bytes: the visible sessions by row id, then for each declared item
    /// by id the row ids of its posting lists, oldest first.
    ///
    /// The bytes hold pseudonyms and row ids; they are for comparing and hashing inside of the
    /// server, never for an export.
    pub fn canonical(&self, items: &Items, sink: &mut dyn FnMut(&[u8])) {
        sink(&self.sessions().to_be_bytes());
        sink(&self.linked_sessions().to_be_bytes());
        for (key, number) in &self.by_key {
            let Some(slot) = self.slot(*number) else { continue };
            let count = visible(items, slot).count();
            if count == 0 {
                continue;
            }
            sink(key);
            match self.subject_name(slot.subject) {
                None => sink(&[0]),
                Some(name) => {
                    sink(&[1]);
                    sink(name.as_bytes());
                }
            }
            sink(&slot.at.to_be_bytes());
            sink(&(count as u64).to_be_bytes());
            for id in visible(items, slot) {
                canonical_text(id.as_str(), sink);
            }
        }
        for (id, item) in items.iter() {
            canonical_text(id.as_str(), sink);
            let Some(lists) = self.lists.get(item.at()) else {
                sink(&[0; 16]);
                continue;
            };
            for list in [&lists.linked, &lists.idle] {
                sink(&(list.len() as u64).to_be_bytes());
                for slot in list.iter().filter_map(|posting| self.slot(posting.slot)) {
                    sink(&slot.key);
                }
            }
        }
    }

    /// The canonical bytes as one piece.
    pub fn canonical_bytes(&self, items: &Items) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.canonical(items, &mut |piece| bytes.extend_from_slice(piece));
        bytes
    }
}
