//! From the store to memory: what a start, or a rebuild, reads.
//!
//! Jobs read through [`Sweep`], which decides consent anew for every person, so rows that consent
//! no longer covers stay closed and teach nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use consent::record::by_parent;
use domain::id::{Pseudonym, RequestId, RowId};
use domain::time::Timestamp;
use personal::evidence::DecidedBy;
use personal::gate::{self, Facts};
use personal::kinds::{
    ClosedSession, ConsentEvidence, ErasureRecord, HistoryEvent, LearningEvent, Preferences,
    RecentItems, Step,
};
use personal::permit::{ConsentVersion, Permit};
use personal::purpose::{LegalProof, Personalization, Purpose, PurposeName, SharedLearning};
use personal::record::Stored;
use personal::register::Covers;
use personal::row::SealedRow;
use personal::subject::SubjectRef;
use personal::sweep::{Sweep, SweepEntry};
use personal::value::Personal;

use crate::circumstances::Circumstances;
use crate::engine::features::reached;
use crate::engine::laws::{end_by_law, own_law};
use crate::engine::staging::{News, OpenStep, Staged, recent_with};
use crate::engine::visits::{Sender, Visits};
use crate::engine::{Engine, EngineError, pausing};
use crate::people::Person;
use crate::telemetry::Word;

/// Rows that are read at once.
const PAGE_ROWS: usize = 1_000;

impl Engine {
    /// Fills the memory from the store: documents with the law packs, keys, choices, catalog,
    /// profiles, sessions, orders, open visits.
    ///
    /// # Errors
    /// What the store says, or a row that its key does not open.
    pub fn load(&mut self, now: Timestamp) -> Result<(), EngineError> {
        for tombstone in self.keys.tombstones()? {
            self.tombstones.insert(tombstone.mac, tombstone.cutoff);
        }
        self.load_documents(now)?;
        self.load_keys()?;
        let resumed = self.load_choices(now)?;
        self.apply_tombstones();
        self.load_catalog()?;
        self.finish_shortened(now)?;
        self.load_profiles(now)?;
        self.load_sessions(now)?;
        self.load_orders(now)?;
        self.load_open_visits(now)?;
        self.mend_resumed(&resumed, now)?;
        self.load_receipts()?;
        self.load_telling(now)?;
        self.load_corrected(now)?;
        self.load_addresses()?;
        self.load_redaction()?;
        self.check_log()?;
        self.load_waiting()?;
        self.log_start(now)?;
        self.shared.teach().model.advance(now.day());
        self.resume_erasures(now)?;
        self.load_requests(now)?;
        self.end_consents(now)?;
        self.finish_features(now)?;
        self.shared.metrics.seq.set(i64::try_from(self.seq()).unwrap_or(i64::MAX));
        self.publish_model();
        Ok(())
    }

    /// A yes from before an erasure is none, however it came back.
    ///
    /// # Privacy
    /// A backup from before the erasure, restored beside a newer `tombstones.log`, brings evidence,
    /// keys and rows back. Nothing of them is opened: the choices of an erased person end here, and
    /// the rows and keys of everything that the gate then refuses go before the first request.
    pub(super) fn apply_tombstones(&self) {
        if self.tombstones.is_empty() {
            return;
        }
        let mut people = self.shared.people.write();
        for (subject, person) in people.iter_mut() {
            let mac = *self.shared.ring.tombstone_of(*subject).as_bytes();
            let Some(cutoff) = self.tombstones.get(&mac) else { continue };
            person.end_if_restored(*cutoff);
        }
    }

    /// Forgets what memory says and reads the store again, after an act that failed half-way.
    ///
    /// # Privacy
    /// Until it returns, people are unknown and answered as such. Messages that were durable stay
    /// known, and so does what the learning door has counted.
    ///
    /// # Errors
    /// What the store says; the engine stays torn then and nothing may be asked of it.
    pub fn reload(&mut self, now: Timestamp) -> Result<(), EngineError> {
        self.torn = true;
        self.shared.people.write().clear();
        self.shared.forget_lessons();
        self.cache.clear();
        self.visits = Visits::default();
        self.staged = Staged::default();
        self.waiting.clear();
        self.receipts.clear();
        self.requests.clear();
        self.corrected.clear();
        self.visit_yeses.clear();
        (self.swept_on, self.next_end) = (None, None);
        self.load(now)?;
        self.torn = false;
        Ok(())
    }

    fn load_keys(&mut self) -> Result<(), EngineError> {
        let mut after: Option<Pseudonym> = None;
        loop {
            let page = self.keys.page(after, PAGE_ROWS)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.pseudonym);
            for row in page {
                let key = self.closing.unwrap(&row)?;
                let known = (row.purpose, row.pseudonym);
                let mut people = self.shared.people.write();
                people.entry(key.subject()).or_default().pseudonyms.push(known);
                drop(people);
                self.remember_key(key);
            }
        }
    }

    /// Reads every row of a table, one page at a time.
    pub(super) fn each_row(
        &mut self,
        table: &'static str,
        mut work: impl FnMut(&mut Self, &SealedRow) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let mut after: Option<(Pseudonym, RowId)> = None;
        loop {
            let page = self.tables.page(table, after, PAGE_ROWS)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some((last.pseudonym, last.id));
            for row in &page {
                work(self, row)?;
            }
        }
    }

    /// Fills in what people chose; says who came back from a pause.
    pub(super) fn load_choices(
        &mut self,
        now: Timestamp,
    ) -> Result<BTreeSet<SubjectRef>, EngineError> {
        let mut evidence: BTreeMap<SubjectRef, Vec<ConsentEvidence>> = BTreeMap::new();
        let mut sweep = Sweep::<LegalProof>::begin("load choices", now);
        self.each_row(ConsentEvidence::DECLARATION.table, |engine, row| {
            let Some(subject) = engine.subject_of(row.pseudonym) else { return Ok(()) };
            let value = engine.unseal::<ConsentEvidence>(row)?;
            let request = engine.no_circumstances(now);
            let nobody = Person::default();
            let facts = nobody.facts(subject, (PurposeName::LegalProof, row.pseudonym), &request);
            let sink = |one| evidence.entry(subject).or_default().push(one);
            sweep.feed(value, &facts, now, sink).ok(); // counted by the sweep
            Ok(())
        })?;
        self.count_sweep(sweep.finish());
        let mut resumed = BTreeSet::new();
        let laws = Arc::clone(&self.shared.effect().laws);
        let mut people = self.shared.people.write();
        for (subject, mut rows) in evidence {
            rows.sort_by_key(|one| (one.version, one.at));
            if pausing::came_back(&rows) {
                resumed.insert(subject);
            }
            for row in &rows {
                self.visit_yeses.take(subject, row);
            }
            let person = people.entry(subject).or_default();
            let directed = self.shared.settings.child_directed;
            // Being asked and the passing of time bring no law of their own.
            let chosen = |one: &&ConsentEvidence| {
                one.state.choice().is_some() && one.decided_by != DecidedBy::Nobody
            };
            // What only narrows brings a law where there is no choice yet, and then the first of it.
            let switched =
                |one: &&ConsentEvidence| one.state.choice().is_none() && one.state.changes();
            let newest = rows.iter().rfind(chosen).or_else(|| rows.iter().find(switched));
            let child_directed = directed && !by_parent(&rows);
            person.law = newest.map(|newest| own_law(&laws, newest, child_directed));
            person.choices = consent::record::fold(&rows);
            end_by_law(&laws, &rows, &mut person.choices);
        }
        Ok(resumed)
    }

    fn load_catalog(&mut self) -> Result<(), EngineError> {
        let mut after: Option<String> = None;
        loop {
            let page = self.tables.documents(
                crate::engine::catalog::CATALOG,
                after.as_deref(),
                PAGE_ROWS,
            )?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.key.clone());
            for document in page {
                let item =
                    serde_json::from_slice(&document.body).map_err(|_| EngineError::Catalog)?;
                self.declare(item);
            }
        }
    }

    fn load_profiles(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let mut histories: BTreeMap<Pseudonym, RecentItems> = BTreeMap::new();
        let mut messages = Vec::new();
        self.sweep::<Personalization, HistoryEvent>("load histories", now, |row, event| {
            messages.push(event.message);
            if let Some(news) = News::of(event) {
                recent_with(histories.entry(row.pseudonym).or_default(), news);
            }
        })?;
        for message in messages {
            self.seen.remember(message, now);
        }
        self.sweep::<Personalization, Preferences>("load preferences", now, |row, stated| {
            histories.entry(row.pseudonym).or_default().categories = stated.categories;
        })?;
        for (pseudonym, recent) in histories {
            let Some(subject) = self.subject_of(pseudonym) else { continue };
            let mut people = self.shared.people.write();
            people.entry(subject).or_default().recent = Some(Personal::new(pseudonym, recent));
        }
        Ok(())
    }

    /// Reads the profile of one person anew, after rows of it went.
    pub(super) fn reload_profile(
        &mut self,
        pseudonym: Pseudonym,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let Some(subject) = self.subject_of(pseudonym) else { return Ok(()) };
        let mut recent = RecentItems::default();
        if let Some((permit, version)) = self.permit_now::<Personalization>(pseudonym, now) {
            for row in self.tables.rows_of(HistoryEvent::DECLARATION.table, pseudonym)? {
                let event = self.unseal::<HistoryEvent>(&row)?.open(&permit, now, version);
                let Some(event) = reached(event)? else { continue };
                // A start could not read it while it rested.
                self.seen.remember(event.message, now);
                if let Some(news) = News::of(event) {
                    recent_with(&mut recent, news);
                }
            }
            for row in self.tables.rows_of(Preferences::DECLARATION.table, pseudonym)? {
                let stated = self.unseal::<Preferences>(&row)?.open(&permit, now, version);
                if let Some(stated) = reached(stated)? {
                    recent.categories = stated.categories;
                }
            }
        }
        if let Some(person) = self.shared.people.write().get_mut(&subject) {
            let known = recent != RecentItems::default();
            person.recent = known.then(|| Personal::new(pseudonym, recent));
        }
        Ok(())
    }

    /// A permit for the writer's own work on one person's rows, which counts as a read; none when
    /// the gate says no.
    pub(super) fn permit_now<P: Purpose>(
        &mut self,
        pseudonym: Pseudonym,
        now: Timestamp,
    ) -> Option<(Permit<P>, ConsentVersion)> {
        let minted = self.would_permit::<P>(pseudonym, now)?;
        let people = self.shared.people.read();
        if let Some(person) = people.get(&minted.0.subject()) {
            person.reads.count(P::NAME);
        }
        Some(minted)
    }

    /// The same for who wants to know what the gate says and opens nothing yet.
    pub(super) fn would_permit<P: Purpose>(
        &mut self,
        pseudonym: Pseudonym,
        now: Timestamp,
    ) -> Option<(Permit<P>, ConsentVersion)> {
        let subject = self.subject_of(pseudonym)?;
        let request = self.no_circumstances(now);
        let people = self.shared.people.read();
        let person = people.get(&subject)?;
        let facts = person.facts(subject, (P::NAME, pseudonym), &request);
        let permit = gate::decide::<P>(&facts, now).ok()?;
        Some((permit, person.choices.version))
    }

    fn load_sessions(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let mut sessions: Vec<(Pseudonym, RowId, Vec<Step>)> = Vec::new();
        self.sweep::<SharedLearning, ClosedSession>("rebuild model", now, |row, session| {
            sessions.push((row.pseudonym, row.id, session.steps));
        })?;
        let mut lessons = Vec::with_capacity(sessions.len());
        for (pseudonym, id, steps) in sessions {
            self.visits.ended(pseudonym, &steps);
            for step in &steps {
                self.seen.remember(step.message, now);
            }
            lessons.push(self.lesson(pseudonym, id, &steps));
        }
        self.shared.teach().model.learn_all(lessons).map_err(|_| EngineError::ModelFull)
    }

    fn load_open_visits(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let mut open: Vec<(Pseudonym, OpenStep)> = Vec::new();
        self.sweep::<SharedLearning, LearningEvent>("load open visits", now, |row, event| {
            let LearningEvent { message, at, item } = event;
            let step = Step { at, message, item };
            open.push((row.pseudonym, OpenStep { step, row: row.id, sender: Sender::Restored }));
        })?;
        for (pseudonym, step) in open {
            self.seen.remember(step.step.message, now);
            self.visits.push(pseudonym, step);
        }
        self.mend_visits(now)
    }

    /// Reads one table for one purpose, deciding consent anew for every row.
    pub(super) fn sweep<P, T>(
        &mut self,
        job: &'static str,
        now: Timestamp,
        mut sink: impl FnMut(&SealedRow, T),
    ) -> Result<(), EngineError>
    where
        P: Covers<T>,
        T: Stored,
    {
        let mut sweep = Sweep::<P>::begin(job, now);
        self.each_row(T::DECLARATION.table, |engine, row| {
            let Some(subject) = engine.subject_of(row.pseudonym) else { return Ok(()) };
            let value = engine.unseal::<T>(row)?;
            let request = engine.no_circumstances(now);
            let shared = Arc::clone(&engine.shared);
            let people = shared.people.read();
            let Some(person) = people.get(&subject) else { return Ok(()) };
            let facts = person.facts(subject, (P::NAME, row.pseudonym), &request);
            sweep.feed(value, &facts, now, |value| sink(row, value)).ok(); // counted by the sweep
            Ok(())
        })?;
        self.count_sweep(sweep.finish());
        Ok(())
    }

    pub(super) fn no_circumstances(&self, now: Timestamp) -> Circumstances {
        Circumstances::of(self.shared.law(now.day()))
    }

    /// The one entry of a job: machine reads by purpose.
    pub(super) fn count_sweep(&self, entry: SweepEntry) {
        let word = Word { word: entry.purpose.as_str() };
        self.shared.metrics.reads.get_or_create(&word).inc_by(entry.read);
        tracing::info!(
            job = entry.job,
            purpose = entry.purpose.as_str(),
            read = entry.read,
            refused = entry.refused,
            "swept"
        );
    }

    /// A permit for a purpose that does not rest on consent.
    pub(super) fn own_permit<P: Purpose>(
        &mut self,
        pseudonym: Pseudonym,
        now: Timestamp,
    ) -> Result<Permit<P>, EngineError> {
        let subject = self.subject_of(pseudonym).ok_or(EngineError::Unknown)?;
        let nobody = Person::default();
        let request = self.no_circumstances(now);
        let facts: Facts<'_> = nobody.facts(subject, (P::NAME, pseudonym), &request);
        Ok(gate::decide::<P>(&facts, now)?)
    }

    fn load_receipts(&mut self) -> Result<(), EngineError> {
        self.each_row(ErasureRecord::DECLARATION.table, |engine, row| {
            let id = RequestId::from_bytes(*row.id.as_bytes());
            engine.receipts.insert(id, row.pseudonym);
            Ok(())
        })
    }
}
