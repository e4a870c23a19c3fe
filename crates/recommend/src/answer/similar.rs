//! Items that the public catalog describes alike.

use crate::answer::{Candidate, Reason, open};
use crate::content::similar::Anchor;
use crate::items::ItemNo;
use crate::model::Model;
use crate::neighbors::Wanted;
use crate::scratch::Scratch;

/// Fills the answer with items that the catalog describes like the anchor.
pub(super) fn append(
    model: &Model,
    anchor: ItemNo,
    wanted: &Wanted<'_>,
    scratch: &mut Scratch,
    answer: &mut Vec<Candidate>,
) {
    if answer.len() >= wanted.count {
        return;
    }
    let anchors = [Anchor { item: anchor, weight: 1 }];
    // A whole list of them is enough, whatever of it the answer has already.
    let alike = model.content().similar(model.items(), &anchors, wanted, &mut scratch.content);
    for found in alike {
        if answer.len() >= wanted.count {
            return;
        }
        if open(model, found.item, wanted, answer) {
            let reason = Reason::SimilarTo { with: anchor, shared: found.shared };
            answer.push(Candidate { item: found.item, score: found.score, reason });
        }
    }
}
