//! The packs of one place, one after the other, and the yes that the next one ends.
//!
//! A law that comes into force acts like a withdrawal where a stored yes is not enough for it. The
//! end of a yes is therefore known as soon as the pack is, and the gate needs nothing but a time.

use domain::time::{Day, Timestamp};
use personal::purpose::PurposeName;
use personal::signal::Signals;

use crate::law::place::Place;
use crate::law::{LawPack, strictest};

/// Which pack counts at one place, by first day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    place: Place,
    steps: Vec<(Day, &'static LawPack)>,
}

/// A yes, as far as a law can tell two apart.
#[derive(Clone, Copy, Debug)]
pub struct Yes {
    /// What for.
    pub purpose: PurposeName,
    /// When it was given.
    pub at: Timestamp,
    /// The pack that it was given under.
    pub under: &'static LawPack,
    /// The signals that it knowingly outranked.
    pub acknowledged: Signals,
    /// The signals that stand.
    pub signals: Signals,
}

/// Why and when a law ends a yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// From this moment on the yes does not count.
    pub from: Timestamp,
    /// The pack that it is not enough for.
    pub pack: &'static LawPack,
}

impl Course {
    /// The packs of a place, by first day.
    pub(crate) fn new(place: Place, mut steps: Vec<(Day, &'static LawPack)>) -> Self {
        steps.dedup_by(|later, earlier| std::ptr::eq(later.1, earlier.1));
        Self { place, steps }
    }

    /// The place, or `*`.
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// The pack that counts on a day.
    ///
    /// # Privacy
    /// Before the first day the strictest counts.
    pub fn on(&self, day: Day) -> &'static LawPack {
        let mut reached = self.steps.iter().rev().filter(|(from, _)| *from <= day);
        reached.next().map_or_else(strictest, |(_, pack)| pack)
    }

    /// The packs that begin after a day, with their first days.
    pub fn after(&self, day: Day) -> impl Iterator<Item = (Day, &'static LawPack)> + '_ {
        self.steps.iter().copied().filter(move |(from, _)| *from > day)
    }

    /// When a law of this place ends a yes, as far as is known today.
    ///
    /// # Privacy
    /// A pack ends it that does not keep it ([`LawPack::keeps_yes_of`]), or under which an
    /// acknowledged signal wins that was outranked before. Nothing is ever given back.
    pub fn end_of_yes(&self, yes: &Yes) -> Option<Ending> {
        // A choice that was imported can be older than the pack that it was written down under.
        let since = yes.at.day().max(yes.under.valid_from);
        let first = (since, self.on(since));
        let mut packs = std::iter::once(first).chain(self.after(since));
        let (day, pack) = packs.find(|(_, pack)| !yes.is_enough_for(pack))?;
        Some(Ending { from: day.start().max(yes.at), pack })
    }
}

impl Yes {
    fn is_enough_for(&self, pack: &LawPack) -> bool {
        let holds = |outranks: bool| {
            let outranked = if outranks { self.acknowledged } else { Signals::NONE };
            self.signals.first_not_in(outranked).is_none()
        };
        let before = self.under.law.choice_outranks_signal;
        let lost = holds(before) && !holds(before && pack.law.choice_outranks_signal);
        !lost && pack.keeps_yes_of(self.under, self.purpose)
    }
}
