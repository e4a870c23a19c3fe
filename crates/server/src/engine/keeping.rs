//! Periods that people chose: what is older goes at once, with every sweep, and at every start.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::Pseudonym;
use domain::time::{Day, Timestamp};
use personal::gate::Choices;
use personal::keeping::Keep;
use personal::purpose::PurposeName;
use personal::subject::Subject;
use store::sweep::{self, OwnPeriod};

use crate::engine::{Engine, EngineError};

/// People whose rows one step of the sweep looks at.
const PERIODS_MAX: usize = 200;

/// The periods of a person that are shorter than declared.
fn own_periods<'c>(
    choices: &'c Choices,
    pseudonyms: &'c [(PurposeName, Pseudonym)],
) -> impl Iterator<Item = OwnPeriod> + 'c {
    let period = |&(purpose, pseudonym): &(PurposeName, Pseudonym)| {
        let keep = choices.keep(purpose);
        (keep != Keep::Declared).then_some(OwnPeriod { pseudonym, purpose, keep })
    };
    pseudonyms.iter().filter_map(period)
}

impl Engine {
    /// Deletes what one person lets nobody keep any longer, for the purposes of `asked`; says how
    /// many rows of each table.
    ///
    /// # Privacy
    /// Answers and models then equal those that never met the deleted rows (law 1), and the proof
    /// of the day counts them. Also while a purpose rests: nothing is opened for it.
    ///
    /// # Errors
    /// What the store says; the next start or sweep completes it.
    pub(super) fn shorten(
        &mut self,
        name: &Subject,
        asked: &BTreeSet<PurposeName>,
        now: Timestamp,
    ) -> Result<BTreeMap<&'static str, u64>, EngineError> {
        let subject = self.shared.ring.subject_ref(name);
        let periods: Vec<OwnPeriod> = {
            let people = self.shared.people.read();
            let person = people.get(&subject);
            let own = person.map(|person| own_periods(&person.choices, &person.pseudonyms));
            own.into_iter().flatten().filter(|one| asked.contains(&one.purpose)).collect()
        };
        let mut deleted = BTreeMap::new();
        let swept = self.sweep_periods(&periods, now, &mut deleted);
        let proven = swept.and_then(|()| self.prove_shortened(&deleted, now));
        self.torn |= proven.is_err();
        proven?;
        Ok(deleted)
    }

    /// Finishes what time, or a crash between a choice and its deletion, left behind.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn finish_shortened(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let mut deleted = BTreeMap::new();
        self.sweep_own_periods(now, &mut deleted)?;
        self.prove_shortened(&deleted, now)
    }

    /// Deletes everybody's rows that are older than their person lets them be kept.
    pub(super) fn sweep_own_periods(
        &mut self,
        now: Timestamp,
        deleted: &mut BTreeMap<&'static str, u64>,
    ) -> Result<(), EngineError> {
        let periods = self.all_own_periods();
        for some in periods.chunks(PERIODS_MAX) {
            self.sweep_periods(some, now, deleted)?;
        }
        Ok(())
    }

    /// How many rows are older than their person lets them be kept.
    pub(super) fn overdue_rows(&self, today: Day) -> Result<usize, EngineError> {
        let mut left = 0;
        for period in self.all_own_periods() {
            left += sweep::overdue(self.tables.as_ref(), &period, today)?.len();
        }
        Ok(left)
    }

    fn all_own_periods(&self) -> Vec<OwnPeriod> {
        let people = self.shared.people.read();
        let chosen = people.values().filter(|person| !person.choices.keep.is_empty());
        chosen.flat_map(|person| own_periods(&person.choices, &person.pseudonyms)).collect()
    }

    fn sweep_periods(
        &mut self,
        periods: &[OwnPeriod],
        now: Timestamp,
        deleted: &mut BTreeMap<&'static str, u64>,
    ) -> Result<(), EngineError> {
        let swept = sweep::shortened(self.tables.as_mut(), periods, now.day())?;
        self.unlearn_swept(&swept, now)?;
        self.count_swept(swept, deleted);
        Ok(())
    }

    fn prove_shortened(
        &mut self,
        deleted: &BTreeMap<&'static str, u64>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        if deleted.is_empty() {
            return Ok(());
        }
        self.publish_model();
        self.erased = true;
        self.tables.scrub()?;
        self.prove_sweep(now.day(), deleted.clone())
    }
}
