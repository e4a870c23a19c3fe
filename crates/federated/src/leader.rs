//! The leader: takes reports from devices, asks the helper about each, counts what both accept.

use crate::batch::Batch;
use crate::circuit::{Begun, Circuit, Opened, REPORT_ID_BYTES, Seat, VERIFY_KEY_BYTES};
use crate::error::FederatedError;
use crate::helper::{Answer, Question};
use crate::report::{Report, bound, is_in_time};
use crate::seal::PrivateKey;
use crate::task::Task;

/// What the leader has for one task.
#[derive(Debug)]
pub struct Leader<'a> {
    /// The task.
    pub task: &'a Task,
    /// Its functions.
    pub circuit: &'a Circuit,
    /// Opens the halves that were sealed to the leader.
    pub key: &'a PrivateKey,
    /// Both aggregators have it and devices never see it, or they could forge proofs.
    pub verify_key: &'a [u8; VERIFY_KEY_BYTES],
}

/// A report between the question and the answer.
#[derive(Debug)]
pub struct Pending {
    id: [u8; REPORT_ID_BYTES],
    begun: Begun,
}

impl Leader<'_> {
    /// Takes a report and makes the question to the helper. The report's bytes are to be kept
    /// until [`Self::count`]: after a crash the same report is taken again, and the helper answers
    /// the same.
    ///
    /// # Errors
    /// Why the report is refused. A refused report is dropped.
    pub fn take(
        &self,
        batch: &Batch,
        report: &Report,
        now: u64,
    ) -> Result<(Pending, Question), FederatedError> {
        if report.task != self.task.id {
            return Err(FederatedError::OtherTask);
        }
        if batch.is_closed() {
            return Err(FederatedError::Closed);
        }
        if batch.decision(&report.id).is_some() {
            return Err(FederatedError::Replayed);
        }
        if !is_in_time(self.task, report.day, now) {
            return Err(FederatedError::Time);
        }
        let bound = bound(self.task, &report.id, report.day, &report.public);
        let half = self.key.open(Seat::Leader, &report.leader, &bound)?;
        let opened = Opened { id: &report.id, public: &report.public, half: &half };
        let begun = self.circuit.begin(Seat::Leader, self.verify_key, opened)?;
        let question = Question {
            task: report.task,
            id: report.id,
            day: report.day,
            public: report.public.clone(),
            half: report.helper.clone(),
            word: begun.word.clone(),
        };
        Ok((Pending { id: report.id, begun }, question))
    }

    /// Counts a report that the helper accepted. The batch is made durable before the report's
    /// bytes are dropped.
    ///
    /// # Errors
    /// [`FederatedError::Proof`] when the answer contradicts what the leader saw: the helper lies
    /// or answered about another report.
    pub fn count(
        &self,
        batch: &mut Batch,
        pending: &Pending,
        answer: &Answer,
    ) -> Result<(), FederatedError> {
        if answer.id != pending.id {
            return Err(FederatedError::OtherTask);
        }
        let half = self.circuit.finish(Seat::Leader, &pending.begun, &answer.decision)?;
        batch.count(self.circuit, pending.id, (&half, &answer.decision))
    }
}

#[cfg(test)]
mod tests;
