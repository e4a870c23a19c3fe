//! What time does: visits close, consents end, rows expire.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{Pseudonym, RowId};
use domain::time::Timestamp;
use personal::kinds::{ClosedSession, HistoryEvent, Preferences};
use personal::purpose::PurposeName;
use personal::record::Stored;
use personal::subject::SubjectRef;
use rights::machine::{Erasure, Request, Verification};
use rights::plan::Scope;
use store::sweep::{self, Swept};

use crate::chance;
use crate::engine::exchanging::PAGE_KEYS;
use crate::engine::{Engine, EngineError, orders};

/// Rows that one step of the retention sweep deletes at most, so that events do not wait.
const SWEEP_ROWS_MAX: usize = 2_000;
/// Keys that one step of the orphan search looks at.
const ORPHAN_KEYS_MAX: usize = 10_000;

impl Engine {
    /// Closes visits that are over; once a day ends consents and deletes expired rows.
    ///
    /// # Errors
    /// What the store says; the next tick tries again.
    pub fn tick(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let round = self.round(now);
        self.torn |= round.is_err();
        round
    }

    fn round(&mut self, now: Timestamp) -> Result<(), EngineError> {
        self.close_visits(now)?;
        self.shared.strangers.sweep(now);
        self.keep_reads(now)?;
        self.pack_model();
        self.end_old_hold(now)?;
        if self.is_exchanging() && !self.is_held() {
            self.exchange_some(PAGE_KEYS)?;
        }
        self.publish_log(now)?;
        self.redact_some(now)?;
        self.hear_of_all_letters(now)?;
        self.watch_requests(now)?;
        if self.swept_on.is_some_and(|day| day >= now.day()) {
            let due = self.next_end.is_some_and(|end| end <= now) || self.has_ended_visits(now);
            return match due {
                true => self.end_consents(now),
                false => Ok(()),
            };
        }
        self.end_consents(now)?;
        self.sweep_rows(now)?;
        self.sweep_orphans()?;
        self.keys.sweep_tombstones(now.day())?;
        self.tell_unanswered(now);
        self.expire_corrected(now.day());
        self.forget_messages(now.day())?;
        if std::mem::take(&mut self.erased) {
            // Page splits leave copies of sealed rows in gaps of the file; their keys are gone.
            self.tables.compact()?;
        }
        self.shared.teach().model.advance(now.day());
        self.renew_plan(now)?;
        self.log_standing(now)?;
        self.swept_on = Some(now.day());
        Ok(())
    }

    /// A consent that ran out, or that the law of today does not know any more, acts like a
    /// withdrawal: rows, key and lessons of the purpose go. What a crash left between a no and its
    /// erasure goes here as well.
    pub(super) fn end_consents(&mut self, now: Timestamp) -> Result<(), EngineError> {
        self.write_ends(now)?;
        let request = self.no_circumstances(now);
        let mut ended: Vec<(SubjectRef, PurposeName, Pseudonym)> = Vec::new();
        let mut next = None;
        for (subject, person) in self.shared.people.read().iter() {
            for (purpose, pseudonym) in person.refused(*subject, &request, now) {
                ended.push((*subject, purpose, pseudonym));
            }
            let given = person.choices.by_purpose.values();
            let given = given.filter(|one| one.state.ends_by_itself() && one.expires > now);
            next = given.map(|one| one.expires).chain(next).min();
        }
        self.next_end = next;
        self.end(ended, now)
    }

    /// Ends purposes of people whom the gate refuses now, whatever they were told before.
    pub(super) fn end(
        &mut self,
        mut ended: Vec<(SubjectRef, PurposeName, Pseudonym)>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        ended.sort_unstable();
        for (subject, purpose, _) in ended {
            let scope = Scope::Purpose(purpose);
            self.erase_known((subject, scope), Verification::Operator, now)?;
        }
        Ok(())
    }

    /// Erases what is kept about somebody whose yes was taken back before.
    pub(super) fn erase_known(
        &mut self,
        (subject, scope): (SubjectRef, Scope),
        how: Verification,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let id = domain::id::RequestId::from_bytes(chance::bytes()?);
        let (marks, found) = self.survey((subject, scope), now)?;
        let planned =
            Erasure::new(Request { id, scope, at: now }).verify(how).plan(marks, found)?;
        let intended = planned.intend(|intent| self.begin(intent))?;
        self.carry_out(intended, now).map(|_| ())
    }

    /// Deletes rows whose retention is over (GDPR Art. 5(1)(e)) and unlearns what they taught.
    fn sweep_rows(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let mut deleted: BTreeMap<&'static str, u64> = BTreeMap::new();
        loop {
            let swept = sweep::retention(self.tables.as_mut(), now.day(), SWEEP_ROWS_MAX)?;
            self.unlearn_swept(&swept, now)?;
            let more = swept.more;
            self.count_swept(swept, &mut deleted);
            if !more {
                break;
            }
        }
        self.sweep_own_periods(now, &mut deleted)?;
        if deleted.is_empty() {
            return Ok(());
        }
        self.tables.scrub()?;
        self.prove_sweep(now.day(), deleted)
    }

    /// Counts what a step of a sweep deleted.
    pub(super) fn count_swept(&self, swept: Swept, deleted: &mut BTreeMap<&'static str, u64>) {
        let rows: u64 = swept.tables.iter().map(|table| table.rows).sum();
        self.shared.metrics.expired_rows.inc_by(rows);
        for one in swept.tables {
            *deleted.entry(one.table).or_default() += one.rows;
        }
    }

    /// Takes what a step of a sweep deleted out of answers and models.
    pub(super) fn unlearn_swept(
        &mut self,
        swept: &Swept,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        for (table, pseudonym) in &swept.touched {
            if *table == ClosedSession::DECLARATION.table {
                self.unlearn_expired(*pseudonym)?;
            }
            if *table == orders::TABLE {
                self.unlearn_expired_orders(*pseudonym)?;
            }
            if *table == HistoryEvent::DECLARATION.table || *table == Preferences::DECLARATION.table
            {
                self.reload_profile(*pseudonym, now)?;
            }
        }
        Ok(())
    }

    /// Unlearns the sessions of a person whose rows are gone.
    fn unlearn_expired(&mut self, pseudonym: Pseudonym) -> Result<(), EngineError> {
        let rows = self.tables.rows_of(ClosedSession::DECLARATION.table, pseudonym)?;
        let left: BTreeSet<RowId> = rows.into_iter().map(|row| row.id).collect();
        let learned = self.shared.taught().model.index().sessions_of(pseudonym);
        let gone: Vec<RowId> =
            learned.into_iter().map(RowId::from_bytes).filter(|id| !left.contains(id)).collect();
        self.unlearn_sessions(&gone);
        Ok(())
    }

    /// Destroys keys that seal nothing, as a crash between key and row leaves them.
    fn sweep_orphans(&mut self) -> Result<(), EngineError> {
        let mut after = None;
        loop {
            let found =
                sweep::orphans(self.tables.as_ref(), self.keys.as_ref(), after, ORPHAN_KEYS_MAX)?;
            for pseudonym in &found.pseudonyms {
                let subject = self.subject_of(*pseudonym);
                self.cache.remove(pseudonym);
                let mut people = self.shared.people.write();
                if let Some(person) = subject.and_then(|subject| people.get_mut(&subject)) {
                    person.pseudonyms.retain(|(_, known)| known != pseudonym);
                }
            }
            self.keys.destroy(&found.pseudonyms)?;
            match found.next {
                Some(next) => after = Some(next),
                None => return Ok(()),
            }
        }
    }
}
