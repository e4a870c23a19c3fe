//! How often programs open what is held about a person, by purpose and day.
//!
//! Each answer from a person's own history counts once, and so does each time that the writer opens
//! rows of one person with a permit. Counted in memory, written down sealed when the day is over
//! and when the server stops: one row per person, purpose and day. What a crash loses is the count
//! of that day, never data. Jobs that read everybody's rows, such as a start, are one entry of the
//! server's log each and stand in no person's count.

use domain::id::RowId;
use domain::time::{Day, Timestamp};
use personal::kinds::MachineRead;
use personal::purpose::PurposeName;
use personal::record::Stored as _;
use personal::subject::SubjectRef;
use personal::value::Personal;
use store::port::Write;

use crate::chance;
use crate::engine::own::Held;
use crate::engine::{Engine, EngineError};

/// Rows that one round writes at most, so that events do not wait.
const ROWS_MAX: usize = 5_000;

/// The count of one person, purpose and day that waits to be written down.
#[derive(Clone, Copy)]
pub(super) struct Counted {
    who: SubjectRef,
    day: Day,
    purpose: PurposeName,
    count: u32,
}

/// What was counted and is not durable yet.
#[derive(Default)]
pub(super) struct Reads {
    /// The day that is counted.
    day: Option<Day>,
    waiting: Vec<Counted>,
}

impl Engine {
    /// At the end of a day takes its counts, and writes down a part of what waits.
    ///
    /// # Errors
    /// What the store says; the next round tries again.
    pub(super) fn keep_reads(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let today = now.day();
        let day = *self.reads.day.get_or_insert(today);
        if day < today {
            self.take_reads(day);
            self.reads.day = Some(today);
        }
        self.write_reads(ROWS_MAX, now)
    }

    /// Writes down everything that was counted, before the server stops.
    ///
    /// # Errors
    /// What the store says.
    pub fn keep_all_reads(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let day = self.reads.day.unwrap_or_else(|| now.day());
        self.take_reads(day);
        while !self.reads.waiting.is_empty() {
            self.write_reads(ROWS_MAX, now)?;
        }
        Ok(())
    }

    /// Counts of one person that are in memory only: nobody is to read them after an erasure.
    pub(super) fn forget_reads(&mut self, who: SubjectRef) {
        self.reads.waiting.retain(|one| one.who != who);
        if let Some(person) = self.shared.people.read().get(&who) {
            for purpose in PurposeName::ALL {
                person.reads.take(purpose);
            }
        }
    }

    /// Counts of one person that are not written down yet, of today and of what waits.
    pub(super) fn open_reads(&self, who: SubjectRef, now: Timestamp) -> Vec<Held<MachineRead>> {
        let day = self.reads.day.unwrap_or_else(|| now.day());
        let waits = self.reads.waiting.iter().filter(|one| one.who == who).copied();
        let people = self.shared.people.read();
        let fresh = PurposeName::ALL.into_iter().filter_map(|purpose| {
            let count = people.get(&who)?.reads.get(purpose);
            (count > 0).then_some(Counted { who, day, purpose, count })
        });
        let held = |one: Counted| {
            let Counted { day, purpose, count, .. } = one;
            let ends = MachineRead::DECLARATION.expires(day);
            let value = MachineRead { day, purpose, count: u64::from(count) };
            Held { id: RowId::from_bytes([0; 16]), until: ends, expires: ends, value }
        };
        waits.chain(fresh).map(held).collect()
    }

    fn take_reads(&mut self, day: Day) {
        let people = self.shared.people.read();
        for (who, person) in people.iter() {
            for purpose in PurposeName::ALL {
                let count = person.reads.take(purpose);
                if count > 0 {
                    self.reads.waiting.push(Counted { who: *who, day, purpose, count });
                }
            }
        }
    }

    fn write_reads(&mut self, rows: usize, now: Timestamp) -> Result<(), EngineError> {
        let from = self.reads.waiting.len().saturating_sub(rows);
        let some: Vec<Counted> = self.reads.waiting.get(from..).unwrap_or_default().to_vec();
        let mut writes = Vec::with_capacity(some.len());
        for Counted { who, day, purpose, count } in some {
            let proof = {
                let people = self.shared.people.read();
                people.get(&who).and_then(|one| one.pseudonym(PurposeName::LegalProof))
            };
            // Nobody without it: it is made with the first row, or with the choice before it.
            let Some(proof) = proof else { continue };
            let id = RowId::from_bytes(chance::bytes()?);
            let value = MachineRead { day, purpose, count: u64::from(count) };
            let row = self.seal(&Personal::new(proof, value), id, now.day())?;
            writes.push(Write::Insert(row));
        }
        self.commit(writes)?;
        self.reads.waiting.truncate(from);
        Ok(())
    }
}
