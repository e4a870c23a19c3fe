//! A report: two sealed halves and what both aggregators need beside them.

use crate::circuit::{Circuit, REPORT_ID_BYTES, Seat};
use crate::error::FederatedError;
use crate::seal::{SEAL_BYTES, seal};
use crate::task::{CELLS_MAX, Task, TaskId, VERSION};
use crate::wire::{Reader, put};

/// Times in reports are rounded down to whole days: an exact time would name a visit.
pub const TIME_STEP_SECONDS: u64 = 86_400;
/// Largest half, in bytes: the leader's of the standard field, 16 bytes a cell and its proof.
pub const HALF_BYTES_MAX: usize = 18 * CELLS_MAX as usize + 16 * 1024 + SEAL_BYTES;
/// Largest part for both, in bytes.
pub const PUBLIC_BYTES_MAX: usize = 64;
/// Largest report, in bytes.
pub const REPORT_BYTES_MAX: usize = HALF_BYTES_MAX + 4096;

/// The random bytes of a report, from the operating system, used once.
#[derive(Clone)]
pub struct Fresh {
    /// The name of the report.
    pub id: [u8; REPORT_ID_BYTES],
    /// For the seal to the leader and the seal to the helper.
    pub seeds: [[u8; 32]; 2],
}

/// A report as it travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The task that it answers.
    pub task: TaskId,
    /// Its name.
    pub id: [u8; REPORT_ID_BYTES],
    /// When it was made, in seconds since 1970, rounded down to a day.
    pub day: u64,
    /// The part for both.
    pub public: Vec<u8>,
    /// The half sealed to the leader.
    pub leader: Vec<u8>,
    /// The half sealed to the helper.
    pub helper: Vec<u8>,
}

/// Makes the report of a device. `set` names the cells that are one; `now` is in seconds.
///
/// # Privacy
/// Neither aggregator alone learns anything about `set` but that it has at most `weight` cells.
///
/// # Errors
/// [`FederatedError::Time`] outside the time of the task; [`FederatedError::Cells`] beyond it.
pub fn make(
    (task, circuit): (&Task, &Circuit),
    set: &[u32],
    now: u64,
    fresh: &Fresh,
) -> Result<Report, FederatedError> {
    if !task.is_open(now) {
        return Err(FederatedError::Time);
    }
    let halves = circuit.split(set, &fresh.id)?;
    let day = now - now % TIME_STEP_SECONDS;
    let bound = bound(task, &fresh.id, day, &halves.public);
    let [leader_key, helper_key] = &task.keys;
    let [leader_seed, helper_seed] = &fresh.seeds;
    Ok(Report {
        task: task.id,
        id: fresh.id,
        day,
        leader: seal((Seat::Leader, leader_key), &halves.leader, &bound, leader_seed)?,
        helper: seal((Seat::Helper, helper_key), &halves.helper, &bound, helper_seed)?,
        public: halves.public,
    })
}

/// What the seals of a report are bound to.
pub(crate) fn bound(task: &Task, id: &[u8; REPORT_ID_BYTES], day: u64, public: &[u8]) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    bytes.extend(task.digest());
    bytes.extend(id);
    bytes.extend(day.to_be_bytes());
    put(&mut bytes, public);
    bytes
}

/// Whether a report of that day can be one of the task.
pub(crate) fn is_in_time(task: &Task, day: u64, now: u64) -> bool {
    let (from, before) = task.open;
    let is_a_day = day.is_multiple_of(TIME_STEP_SECONDS);
    is_a_day && day + TIME_STEP_SECONDS > from && day < before && day <= now
}

impl Report {
    /// As bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.task);
        bytes.extend(self.id);
        bytes.extend(self.day.to_be_bytes());
        for part in [&self.public, &self.leader, &self.helper] {
            put(&mut bytes, part);
        }
        bytes
    }

    /// Reads a report.
    ///
    /// # Errors
    /// [`FederatedError::Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FederatedError> {
        let mut reader = Reader::new(bytes);
        if bytes.len() > REPORT_BYTES_MAX || reader.u8()? != VERSION {
            return Err(FederatedError::Malformed);
        }
        let report = Self {
            task: reader.array()?,
            id: reader.array()?,
            day: reader.u64()?,
            public: reader.bytes(PUBLIC_BYTES_MAX)?.to_vec(),
            leader: reader.bytes(HALF_BYTES_MAX)?.to_vec(),
            helper: reader.bytes(HALF_BYTES_MAX)?.to_vec(),
        };
        reader.end()?;
        Ok(report)
    }
}

impl std::fmt::Debug for Fresh {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Fresh")
    }
}

#[cfg(test)]
mod tests;
