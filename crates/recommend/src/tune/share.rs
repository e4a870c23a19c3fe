//! How much one person counts when weights are fitted: a bounded share, whoever buys a lot.

use std::collections::BTreeMap;

use domain::id::Pseudonym;

use crate::evaluation::Session;

/// Counts what of each person was taken so far.
#[derive(Clone, Debug)]
pub struct Share {
    most: u32,
    taken: BTreeMap<Pseudonym, u32>,
}

impl Share {
    /// At most `most` of each person.
    pub const fn new(most: u32) -> Self {
        Self { most, taken: BTreeMap::new() }
    }

    /// Whether one more of this person is taken; nobody in particular always is.
    pub fn takes(&mut self, subject: Option<Pseudonym>) -> bool {
        let Some(subject) = subject else { return true };
        let taken = self.taken.entry(subject).or_insert(0);
        *taken = taken.saturating_add(1);
        *taken <= self.most
    }
}

/// Whether the step at `place` of so many is among `most` that lie evenly apart: late steps of a
/// long visit count as well as early ones.
pub const fn evenly(place: usize, steps: usize, most: u32) -> bool {
    let most = most as usize;
    steps <= most || (place + 1) * most / steps > place * most / steps
}

/// The newest sessions of each person, at most so many, in the order of time; two of one time
/// stay in their order.
///
/// # Privacy
/// What is fitted on the result depends on at most so many sessions of any one person.
pub fn capped(mut sessions: Vec<Session>, per_subject_max: u32) -> Vec<Session> {
    sessions.sort_by_key(|session| session.at);
    let mut share = Share::new(per_subject_max);
    let mut kept: Vec<Session> =
        sessions.into_iter().rev().filter(|session| share.takes(session.subject)).collect();
    kept.reverse();
    kept
}

#[cfg(test)]
mod tests;
