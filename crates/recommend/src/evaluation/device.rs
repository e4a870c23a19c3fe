//! How good a public index is on a device: the next-item protocol with nothing but it and the
//! visit so far. Current item excluded, targets that differ from it, as in [`super::tiers`].

use crate::device::PublicIndex;
use crate::evaluation::compare::PerSession;
use crate::evaluation::tiers::quality;
use crate::evaluation::{Quality, Session};

/// What an index reaches on sessions that were held back, and its hits by session.
pub fn measure(
    index: &PublicIndex,
    test: &[Session],
    list_len: usize,
) -> (Quality, Vec<PerSession>) {
    let mut sessions = Vec::with_capacity(test.len());
    for session in test {
        let mut sums = PerSession::default();
        for step in 1..session.items.len() {
            let Some((visit, [target, ..])) = session.items.split_at_checked(step) else { break };
            if visit.last() == Some(target) {
                continue;
            }
            let list = index.list(visit, list_len);
            sums.excluded.add(list.iter().position(|item| item == target));
        }
        sessions.push(sums);
    }
    (quality(&sessions), sessions)
}

#[cfg(test)]
mod tests;
