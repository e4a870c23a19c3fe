//! A small task with both aggregators, for the tests of this room.

use privacy::dp::noise::Deviation;

use crate::batch::Batch;
use crate::circuit::{Circuit, VERIFY_KEY_BYTES};
use crate::error::FederatedError;
use crate::helper::{Helper, Question};
use crate::leader::Leader;
use crate::report::{Fresh, Report, make};
use crate::seal::PrivateKey;
use crate::task::{Field, Kind, Task};

/// A day in the middle of the task, in seconds.
pub(crate) const NOW: u64 = 20_000 * 86_400 + 3600;
const VERIFY_KEY: [u8; VERIFY_KEY_BYTES] = [42; VERIFY_KEY_BYTES];

/// Both aggregators of one task.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) task: Task,
    pub(crate) circuit: Circuit,
    pub(crate) keys: [PrivateKey; 2],
    pub(crate) batches: [Batch; 2],
    made: u32,
}

/// A task of a few cells.
pub(crate) fn task(field: Field, cells: u32, weight: u32) -> Task {
    let keys = keys().map(|key| key.public().unwrap());
    Task {
        id: [7; 16],
        kind: Kind::Popularity,
        field,
        cells,
        weight,
        batch_least: 100,
        noise: Deviation::from_milli(2000).unwrap(),
        open: (20_000 * 86_400, 20_030 * 86_400),
        keys,
        list: [9; 32],
    }
}

fn keys() -> [PrivateKey; 2] {
    [[1; 32], [2; 32]].map(PrivateKey::from_bytes)
}

impl World {
    pub(crate) fn new(task: Task) -> Self {
        let circuit = Circuit::new(&task).unwrap();
        let batch = Batch::new(&task, &circuit).unwrap();
        Self { task, circuit, keys: keys(), batches: [batch.clone(), batch], made: 0 }
    }

    /// The report of another device.
    pub(crate) fn report(&mut self, set: &[u32]) -> Result<Report, FederatedError> {
        self.made += 1;
        let mut id = [0; 16];
        id[..4].copy_from_slice(&self.made.to_be_bytes());
        let fresh = Fresh { id, seeds: [[3; 32], [4; 32]] };
        make((&self.task, &self.circuit), set, NOW, &fresh)
    }

    pub(crate) fn leader(&self) -> Leader<'_> {
        let (task, circuit) = (&self.task, &self.circuit);
        Leader { task, circuit, key: &self.keys[0], verify_key: &VERIFY_KEY }
    }

    pub(crate) fn helper(&self) -> Helper<'_> {
        let (task, circuit) = (&self.task, &self.circuit);
        Helper { task, circuit, key: &self.keys[1], verify_key: &VERIFY_KEY }
    }

    /// Carries a report through both aggregators, with what travels as bytes.
    pub(crate) fn carry(&mut self, report: &Report) -> Result<(), FederatedError> {
        self.carry_changed(report, |_| {})
    }

    /// The same with a leader whose question was changed.
    pub(crate) fn carry_changed(
        &mut self,
        report: &Report,
        change: impl Fn(&mut Question),
    ) -> Result<(), FederatedError> {
        let [mut of_leader, mut of_helper] = self.batches.clone();
        let report = Report::from_bytes(&report.to_bytes())?;
        let (pending, mut question) = self.leader().take(&of_leader, &report, NOW)?;
        change(&mut question);
        let question = Question::from_bytes(&question.to_bytes())?;
        let answer = self.helper().answer(&mut of_helper, &question, NOW)?;
        self.leader().count(&mut of_leader, &pending, &answer)?;
        self.batches = [of_leader, of_helper];
        Ok(())
    }
}
