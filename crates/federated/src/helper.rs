//! The helper: opens its half of a report that the leader asks about, decides with the leader's
//! word, counts, and answers.

use crate::batch::Batch;
use crate::circuit::{Circuit, Opened, REPORT_ID_BYTES, Seat, VERIFY_KEY_BYTES};
use crate::error::FederatedError;
use crate::report::{HALF_BYTES_MAX, PUBLIC_BYTES_MAX, REPORT_BYTES_MAX, bound, is_in_time};
use crate::seal::PrivateKey;
use crate::task::{Task, TaskId, VERSION};
use crate::wire::{Reader, put};

/// Largest word of the leader, in bytes.
const WORD_BYTES_MAX: usize = 64 * 1024;
/// Largest question, in bytes.
pub const QUESTION_BYTES_MAX: usize = REPORT_BYTES_MAX;

/// What the leader asks about one report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The task.
    pub task: TaskId,
    /// The name of the report.
    pub id: [u8; REPORT_ID_BYTES],
    /// The day of the report.
    pub day: u64,
    /// Its part for both.
    pub public: Vec<u8>,
    /// The half that is sealed to the helper.
    pub half: Vec<u8>,
    /// The leader's word.
    pub word: Vec<u8>,
}

impl Question {
    /// As bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.task);
        bytes.extend(self.id);
        bytes.extend(self.day.to_be_bytes());
        for part in [&self.public, &self.half, &self.word] {
            put(&mut bytes, part);
        }
        bytes
    }

    /// Reads a question.
    ///
    /// # Errors
    /// [`FederatedError::Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FederatedError> {
        let mut reader = Reader::new(bytes);
        if bytes.len() > QUESTION_BYTES_MAX || reader.u8()? != VERSION {
            return Err(FederatedError::Malformed);
        }
        let question = Self {
            task: reader.array()?,
            id: reader.array()?,
            day: reader.u64()?,
            public: reader.bytes(PUBLIC_BYTES_MAX)?.to_vec(),
            half: reader.bytes(HALF_BYTES_MAX)?.to_vec(),
            word: reader.bytes(WORD_BYTES_MAX)?.to_vec(),
        };
        reader.end()?;
        Ok(question)
    }
}

/// What the helper says about a report that it counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The name of the report.
    pub id: [u8; REPORT_ID_BYTES],
    /// The decision that lets the leader count it too.
    pub decision: Vec<u8>,
}

impl Answer {
    /// As bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.id);
        put(&mut bytes, &self.decision);
        bytes
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// [`FederatedError::Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FederatedError> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != VERSION {
            return Err(FederatedError::Malformed);
        }
        let answer = Self { id: reader.array()?, decision: reader.bytes(64)?.to_vec() };
        reader.end()?;
        Ok(answer)
    }
}

/// What the helper has for one task.
#[derive(Debug)]
pub struct Helper<'a> {
    /// The task.
    pub task: &'a Task,
    /// Its functions.
    pub circuit: &'a Circuit,
    /// Opens the halves that were sealed to the helper.
    pub key: &'a PrivateKey,
    /// The same as the leader's.
    pub verify_key: &'a [u8; VERIFY_KEY_BYTES],
}

impl Helper<'_> {
    /// Decides about a report, counts it and answers. The batch is made durable before the answer
    /// leaves. A report that was counted gets the same answer again and is not counted again.
    ///
    /// # Errors
    /// Why the report is refused. The leader drops it then.
    pub fn answer(
        &self,
        batch: &mut Batch,
        question: &Question,
        now: u64,
    ) -> Result<Answer, FederatedError> {
        if question.task != self.task.id {
            return Err(FederatedError::OtherTask);
        }
        if let Some(decision) = batch.decision(&question.id) {
            return Ok(Answer { id: question.id, decision: decision.to_vec() });
        }
        if !is_in_time(self.task, question.day, now) {
            return Err(FederatedError::Time);
        }
        let bound = bound(self.task, &question.id, question.day, &question.public);
        let half = self.key.open(Seat::Helper, &question.half, &bound)?;
        let opened = Opened { id: &question.id, public: &question.public, half: &half };
        let begun = self.circuit.begin(Seat::Helper, self.verify_key, opened)?;
        let decision = self.circuit.decide(&begun, &question.word, Seat::Helper)?;
        let half = self.circuit.finish(Seat::Helper, &begun, &decision)?;
        batch.count(self.circuit, question.id, (&half, &decision))?;
        Ok(Answer { id: question.id, decision })
    }
}

#[cfg(test)]
mod tests;
