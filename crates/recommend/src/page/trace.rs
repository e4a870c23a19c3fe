//! What a page did, step by step, for whoever asks why.

use domain::id::ItemId;

use crate::page::presence::Absence;

/// One thing that happened to one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// It is not there any more, or known already.
    Vanished {
        /// The item.
        item: ItemId,
        /// Why.
        why: Absence,
    },
    /// A rule excluded it.
    Excluded {
        /// The item.
        item: ItemId,
        /// Place of the rule.
        rule: usize,
    },
    /// A rule that includes others kept it out.
    NotIncluded {
        /// The item.
        item: ItemId,
        /// Place of the rule.
        rule: usize,
    },
    /// Boosts and burials changed its standing.
    Touched {
        /// The item.
        item: ItemId,
        /// The standing's new size, in thousandths.
        per_mille: u32,
        /// Places of the rules.
        rules: Vec<usize>,
    },
    /// Boosts and burials moved it.
    Weighed {
        /// The item.
        item: ItemId,
        /// Rank before, from 0.
        from: usize,
        /// Rank after, from 0.
        to: usize,
    },
    /// Diversity or a quota moved it.
    Diversified {
        /// The item.
        item: ItemId,
        /// Rank before, from 0.
        from: usize,
        /// Rank after, from 0.
        to: usize,
    },
    /// A floor lifted it onto the page.
    Lifted {
        /// The item.
        item: ItemId,
        /// The group.
        group: String,
    },
    /// Exploration gave it a place.
    Explored {
        /// The item.
        item: ItemId,
    },
    /// A rule pinned it.
    Pinned {
        /// The item.
        item: ItemId,
        /// The place, from 1.
        place: usize,
        /// Place of the rule.
        rule: usize,
    },
}

/// The notes of one page, or nothing when nobody asked.
#[derive(Clone, Debug, Default)]
pub struct Trace(Option<Vec<Note>>);

impl Trace {
    /// A trace that takes no notes and costs nothing.
    pub const fn off() -> Self {
        Self(None)
    }

    /// A trace that takes notes.
    pub const fn on() -> Self {
        Self(Some(Vec::new()))
    }

    /// Whether notes are taken.
    pub const fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// The notes in the order of the steps.
    pub fn notes(&self) -> &[Note] {
        self.0.as_deref().unwrap_or_default()
    }

    pub(super) fn note(&mut self, note: impl FnOnce() -> Note) {
        if let Some(notes) = &mut self.0 {
            notes.push(note());
        }
    }
}
