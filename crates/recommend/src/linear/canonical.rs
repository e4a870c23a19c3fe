//! The counts in external words.

use domain::id::ItemId;

use crate::index::canonical_text;
use crate::items::Items;
use crate::linear::Linear;

impl Linear {
    /// Streams the counts of the declared items by id, for a digest: independent of the order of
    /// learning and of every internal number. The solution follows from them and is not in it.
    pub fn canonical(&self, items: &Items, sink: &mut dyn FnMut(&[u8])) {
        sink(&[u8::from(self.is_full())]);
        for (id, item) in items.iter().filter(|(_, item)| self.voters(*item) > 0) {
            canonical_text(id.as_str(), sink);
            sink(&self.voters(item).to_be_bytes());
        }
        let mut pairs: Vec<(&ItemId, &ItemId, u32)> = Vec::new();
        for (one, other, count) in self.gram.pairs() {
            let declared = items.is_declared(one) && items.is_declared(other);
            if let (true, Some(one), Some(other)) = (declared, items.id(one), items.id(other)) {
                pairs.push((one.min(other), one.max(other), count));
            }
        }
        pairs.sort_unstable();
        for (one, other, count) in pairs {
            canonical_text(one.as_str(), sink);
            canonical_text(other.as_str(), sink);
            sink(&count.to_be_bytes());
        }
    }
}
