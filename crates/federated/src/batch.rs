//! What an aggregator keeps of the reports that it counted: a sum, their names, nothing else.

use std::collections::BTreeMap;

use privacy::dp::noise::{self, SEED_BYTES};
use sha2::{Digest, Sha256};

use crate::circuit::{Circuit, REPORT_ID_BYTES, Seat};
use crate::error::FederatedError;
use crate::task::{Task, TaskId, VERSION};
use crate::wire::{Reader, put};

/// Most reports of a batch.
pub const REPORTS_MAX: usize = 2_000_000;
/// Bytes of the decision about a report (the draft's verifier message).
const DECISION_BYTES: usize = 32;

/// The decision about a report that was counted; the helper says it again when it is asked again.
pub(crate) type Decision = [u8; DECISION_BYTES];

/// Which reports a batch holds: their number, and a sum of digests of their names that does not
/// depend on their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Number of reports.
    pub reports: u64,
    /// The digests of the names, joined by exclusive or.
    pub checksum: [u8; 32],
}

/// One batch of one task at one aggregator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    digest: [u8; 32],
    sum: Vec<u8>,
    counted: BTreeMap<[u8; REPORT_ID_BYTES], Decision>,
    checksum: [u8; 32],
    /// The sum with noise, once it was made. It is made once: two different draws would tell more
    /// than was paid for.
    released: Option<Vec<u8>>,
}

impl Batch {
    /// An empty batch.
    ///
    /// # Errors
    /// [`FederatedError::Task`].
    pub fn new(task: &Task, circuit: &Circuit) -> Result<Self, FederatedError> {
        Ok(Self {
            digest: task.digest(),
            sum: circuit.zero()?,
            counted: BTreeMap::new(),
            checksum: [0; 32],
            released: None,
        })
    }

    /// What was counted.
    pub fn tally(&self) -> Tally {
        Tally { reports: self.counted.len() as u64, checksum: self.checksum }
    }

    /// Whether nothing more is counted.
    pub fn is_closed(&self) -> bool {
        self.released.is_some()
    }

    /// The decision about a report that was counted.
    pub(crate) fn decision(&self, id: &[u8; REPORT_ID_BYTES]) -> Option<&Decision> {
        self.counted.get(id)
    }

    /// Counts a report that both aggregators accepted.
    pub(crate) fn count(
        &mut self,
        circuit: &Circuit,
        id: [u8; REPORT_ID_BYTES],
        (half, decision): (&[u8], &[u8]),
    ) -> Result<(), FederatedError> {
        if self.is_closed() || self.counted.len() >= REPORTS_MAX {
            return Err(FederatedError::Closed);
        }
        if self.counted.contains_key(&id) {
            return Err(FederatedError::Replayed);
        }
        let decision = decision.try_into().map_err(|_| FederatedError::Malformed)?;
        self.sum = circuit.add(&self.sum, half)?;
        self.counted.insert(id, decision);
        let name: [u8; 32] = Sha256::digest(id).into();
        for (byte, other) in self.checksum.iter_mut().zip(name) {
            *byte ^= other;
        }
        Ok(())
    }

    /// Closes the batch and gives the sum with this aggregator's whole noise. Later calls give the
    /// same bytes, whatever the seed.
    ///
    /// `other` is what the other aggregator counted; `seed` is 32 fresh random bytes. Runs as a
    /// job: how long it takes depends on the noise.
    ///
    /// # Privacy
    /// The result alone is differentially private as the task says, even for whoever knows the
    /// other aggregator's sum and noise.
    ///
    /// # Errors
    /// [`FederatedError::TooFew`], [`FederatedError::Differ`], or no noise. Then the batch stays
    /// open and nothing leaves.
    pub fn release(
        &mut self,
        (task, circuit, seat): (&Task, &Circuit, Seat),
        other: Tally,
        seed: &[u8; SEED_BYTES],
    ) -> Result<Share, FederatedError> {
        if self.digest != task.digest() {
            return Err(FederatedError::OtherTask);
        }
        let tally = self.tally();
        if tally != other {
            return Err(FederatedError::Differ);
        }
        let least = u64::from(task.batch_least);
        if tally.reports < least {
            return Err(FederatedError::TooFew { have: tally.reports, least });
        }
        let sum = match &self.released {
            Some(sum) => sum.clone(),
            None => {
                let label: &[u8] = match seat {
                    Seat::Leader => b"leader",
                    Seat::Helper => b"helper",
                };
                let cells = usize::try_from(task.cells).unwrap_or(usize::MAX);
                let label = [label, &self.digest].concat();
                let noise = noise::gaussian(task.noise, cells, (seed, &label))?;
                circuit.blur(&self.sum, &noise)?
            }
        };
        self.released = Some(sum.clone());
        self.sum = Vec::new(); // without noise it is needed no longer
        Ok(Share { task: task.id, tally, sum })
    }

    /// As bytes, for the aggregator's own store. Whoever reads both aggregators' bytes has the sum
    /// without noise: they are kept apart and sealed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.digest);
        put(&mut bytes, &self.sum);
        bytes.push(u8::from(self.released.is_some()));
        put(&mut bytes, self.released.as_deref().unwrap_or_default());
        bytes.extend((self.counted.len() as u64).to_be_bytes());
        for (id, decision) in &self.counted {
            bytes.extend(id);
            bytes.extend(decision);
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`FederatedError::Malformed`]; [`FederatedError::OtherTask`].
    pub fn from_bytes(task: &Task, bytes: &[u8]) -> Result<Self, FederatedError> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != VERSION {
            return Err(FederatedError::Malformed);
        }
        if reader.array::<32>()? != task.digest() {
            return Err(FederatedError::OtherTask);
        }
        let sum = reader.bytes(bytes.len())?.to_vec();
        let is_released = reader.u8()? == 1;
        let released = reader.bytes(bytes.len())?.to_vec();
        let mut batch = Self {
            digest: task.digest(),
            sum,
            counted: BTreeMap::new(),
            checksum: [0; 32],
            released: is_released.then_some(released),
        };
        for _ in 0..reader.u64()? {
            let id: [u8; REPORT_ID_BYTES] = reader.array()?;
            batch.counted.insert(id, reader.array()?);
            let name: [u8; 32] = Sha256::digest(id).into();
            for (byte, other) in batch.checksum.iter_mut().zip(name) {
                *byte ^= other;
            }
        }
        reader.end()?;
        if batch.to_bytes() == bytes { Ok(batch) } else { Err(FederatedError::Malformed) }
    }
}

/// One aggregator's sum with noise, as it goes to the collector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The task.
    pub task: TaskId,
    /// What it is the sum of.
    pub tally: Tally,
    /// The sum with noise: random by itself.
    pub sum: Vec<u8>,
}

impl Share {
    /// As bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.task);
        bytes.extend(self.tally.reports.to_be_bytes());
        bytes.extend(self.tally.checksum);
        put(&mut bytes, &self.sum);
        bytes
    }

    /// Reads a share.
    ///
    /// # Errors
    /// [`FederatedError::Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FederatedError> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != VERSION {
            return Err(FederatedError::Malformed);
        }
        let share = Self {
            task: reader.array()?,
            tally: Tally { reports: reader.u64()?, checksum: reader.array()? },
            sum: reader.bytes(bytes.len())?.to_vec(),
        };
        reader.end()?;
        Ok(share)
    }
}

#[cfg(test)]
mod tests;
