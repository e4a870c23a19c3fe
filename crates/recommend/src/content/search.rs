//! Items that a typed query describes.

use crate::content::Content;
use crate::content::query::{Asking, ContentScratch, Match};
use crate::content::terms::Kind;
use crate::content::tokens::tokens;
use crate::items::Items;
use crate::neighbors::Wanted;

/// Most words of a query; the rest is not read.
pub const QUERY_WORDS_MAX: usize = 16;

impl Content {
    /// The items that fit the words of a query best, best first: words of the text, of
    /// categories, brands and attribute values. More matching words and rarer ones count more.
    ///
    /// # Privacy
    ///
    /// The query is read and not kept.
    pub fn search<'s>(
        &self,
        items: &Items,
        query: &str,
        wanted: &Wanted<'_>,
        scratch: &'s mut ContentScratch,
    ) -> &'s [Match] {
        let fits = |item| items.is_answer(item) && !wanted.exclude.contains(&item);
        self.looking_for(query).rank(items, wanted.count, fits, scratch);
        &scratch.matches
    }

    /// Asks for the words of a query in all fields.
    pub(super) fn looking_for(&self, query: &str) -> Asking<'_> {
        const KINDS: [Kind; 4] =
            [Kind::Text, Kind::CategoryWord, Kind::BrandWord, Kind::AttributeWord];
        let mut asking = Asking::new(self);
        let mut words = tokens(query);
        words.truncate(QUERY_WORDS_MAX);
        words.sort_unstable();
        words.dedup();
        for word in &words {
            for number in KINDS.iter().filter_map(|kind| self.terms.number(*kind, word)) {
                asking.ask(number, 0, 1);
            }
        }
        asking
    }
}
