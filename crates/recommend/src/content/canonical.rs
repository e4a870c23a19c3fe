//! The description of the catalog in external words.

use crate::content::Content;
use crate::index::canonical_text;
use crate::items::Items;

impl Content {
    /// Streams every term with its items by id, for a digest: independent of the order in which
    /// the catalog came and of every internal number.
    pub fn canonical(&self, items: &Items, sink: &mut dyn FnMut(&[u8])) {
        sink(&self.described.to_be_bytes());
        sink(&self.texts.to_be_bytes());
        sink(&self.text_words.to_be_bytes());
        for term in self.terms.iter() {
            sink(&[term.kind as u8]);
            canonical_text(&term.text, sink);
            sink(&(term.postings.len() as u64).to_be_bytes());
            for posting in term.postings.iter() {
                let Some(id) = items.id(posting.item) else { continue };
                canonical_text(id.as_str(), sink);
                sink(&[posting.frequency, posting.length]);
            }
        }
    }
}
