//! The state in external words, sorted: what law 1 and law 9 compare.

use crate::index::SessionIndex;
use crate::index::base::postings::Descending;
use crate::index::canonical_text;
use crate::index::session::{Session, visible};
use crate::items::{ItemNo, Items};

impl SessionIndex {
    /// Streams the canonical bytes: the visible sessions by row id, then for each declared item
    /// by id the row ids of its posting lists, oldest first.
    ///
    /// The bytes hold pseudonyms and row ids; they are for comparing and hashing inside of the
    /// server, never for an export.
    pub fn canonical(&self, items: &Items, sink: &mut dyn FnMut(&[u8])) {
        sink(&self.sessions().to_be_bytes());
        sink(&self.linked_sessions().to_be_bytes());
        for slot in self.by_key() {
            if let Some(session) = self.session(slot) {
                self.canonical_session(items, &session, sink);
            }
        }
        for (id, item) in items.iter() {
            canonical_text(id.as_str(), sink);
            for linked in [true, false] {
                let list = self.oldest_first(item, linked);
                sink(&(list.len() as u64).to_be_bytes());
                for slot in list {
                    sink(&self.key(slot));
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

    fn canonical_session(&self, items: &Items, session: &Session, sink: &mut dyn FnMut(&[u8])) {
        let count = visible(items, &session.items).count();
        if count == 0 {
            return;
        }
        sink(&session.key);
        match session.subject.and_then(|subject| self.subject_name(subject)) {
            None => sink(&[0]),
            Some(name) => {
                sink(&[1]);
                sink(name.as_bytes());
            }
        }
        sink(&session.at.to_be_bytes());
        sink(&(count as u64).to_be_bytes());
        for id in visible(items, &session.items).filter_map(|item| items.id(item)) {
            canonical_text(id.as_str(), sink);
        }
    }

    /// The slots of all sessions in the order of their row ids.
    fn by_key(&self) -> impl Iterator<Item = u32> {
        let packed = (0..self.base.len()).map(|place| self.base.by_key.get(place));
        let mut packed = packed.filter(|rank| self.base.is_live(*rank)).peekable();
        let mut recent = self.delta.by_key.iter().peekable();
        std::iter::from_fn(move || match (packed.peek(), recent.peek()) {
            (Some(old), Some((key, _))) if self.base.key(*old) < **key => packed.next(),
            (Some(_), None) => packed.next(),
            _ => recent.next().map(|(_, number)| self.base.len() + number),
        })
    }

    /// Sessions with an item, linked or idle, oldest first by (time, row id).
    fn oldest_first(&self, item: ItemNo, linked: bool) -> Vec<u32> {
        let packed: Descending<'_> = self.base.sessions_with(item);
        let packed = packed.filter(|rank| self.base.linked.get(*rank) == linked);
        let lists = self.delta.lists(item);
        let recent =
            lists.map_or(&[][..], |lists| if linked { &lists.linked } else { &lists.idle });
        let recent = recent.iter().map(|entry| self.base.len() + entry.slot);
        let mut all: Vec<u32> = packed.chain(recent).collect();
        all.sort_by_cached_key(|slot| (self.at(*slot), self.key(*slot)));
        all
    }
}
