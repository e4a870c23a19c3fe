//! Items that the catalog describes like given ones.

use crate::content::query::{Asking, ContentScratch, Match};
use crate::content::terms::Kind;
use crate::content::{ANCHORS_MAX, Content};
use crate::items::{ItemNo, Items};
use crate::neighbors::Wanted;

/// An item that others should be like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The item.
    pub item: ItemNo,
    /// What it weighs against the other anchors.
    pub weight: u16,
}

impl Content {
    /// The items most like the first [`ANCHORS_MAX`] anchors together, best first.
    pub fn similar<'s>(
        &self,
        items: &Items,
        anchors: &[Anchor],
        wanted: &Wanted<'_>,
        scratch: &'s mut ContentScratch,
    ) -> &'s [Match] {
        let anchors = anchors.get(..ANCHORS_MAX).unwrap_or(anchors);
        let fits = |item| {
            items.is_answer(item)
                && !wanted.exclude.contains(&item)
                && !anchors.iter().any(|anchor| anchor.item == item)
        };
        self.like(anchors).rank(items, wanted.count, fits, scratch);
        &scratch.matches
    }

    /// Asks for the terms of the anchors by which items are compared.
    pub(super) fn like(&self, anchors: &[Anchor]) -> Asking<'_> {
        let mut asking = Asking::new(self);
        for (place, anchor) in anchors.iter().enumerate() {
            for (number, _) in self.terms_of(anchor.item) {
                if self.terms.term(*number).is_some_and(|term| {
                    term.kind.compares() && !self.says_nothing(term.kind, term.postings.len())
                }) {
                    asking.ask(*number, place, anchor.weight);
                }
            }
        }
        asking
    }

    /// Whether a term makes nothing alike: a word in more than half of the texts (below 0 in the
    /// formula of Robertson and Sparck Jones).
    const fn says_nothing(&self, kind: Kind, items: usize) -> bool {
        matches!(kind, Kind::Text) && 2 * items > self.described as usize
    }
}
