//! The state in external words, sorted: what law 1 and law 9 compare.

use crate::baskets::{BasketIndex, vectors};
use crate::index::canonical_text;
use crate::items::Items;

impl BasketIndex {
    /// Streams the canonical bytes: the visible baskets customer by customer in the order of
    /// their pseudonyms, oldest first, each with its items by id.
    ///
    /// The bytes hold pseudonyms and row ids; they are for comparing and hashing inside of the
    /// server, never for an export.
    pub fn canonical(&self, items: &Items, sink: &mut dyn FnMut(&[u8])) {
        sink(&self.baskets().to_be_bytes());
        for (name, number) in &self.by_name {
            let Some(customer) = self.customer(*number) else { continue };
            for kept in &customer.baskets {
                let visible = vectors::visible(items, &kept.items);
                let mut ids: Vec<_> = visible.filter_map(|item| items.id(item)).collect();
                if ids.is_empty() {
                    continue;
                }
                ids.sort_unstable();
                sink(name.as_bytes());
                sink(&kept.key);
                sink(&kept.at.to_be_bytes());
                sink(&(ids.len() as u64).to_be_bytes());
                for id in ids {
                    canonical_text(id.as_str(), sink);
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
