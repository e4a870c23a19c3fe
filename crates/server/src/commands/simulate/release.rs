//! The three releases of a year, from devices to what is published.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{ItemId, Pseudonym};
use federated::batch::Batch;
use federated::cells::{Edges, Pair, Popular, Seen, candidates, newest_pairs, sketch};
use federated::circuit::{Circuit, Seat};
use federated::collect;
use federated::error::FederatedError;
use federated::helper::Helper;
use federated::leader::Leader;
use federated::report::{Fresh, make};
use federated::seal::PrivateKey;
use federated::task::{Field, Kind, Task};
use privacy::dp::noise::Deviation;
use privacy::dp::rho::{Delta, Epsilon, Rho};
use privacy::dp::sensitivity::{EmptyReport, Sensitivity};
use recommend::device::PublicIndex;
use recommend::evaluation::Session;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::clock::Stopwatch;
use crate::commands::simulate::Simulate;
use crate::commands::{Failure, OrFail as _};

/// Fewest reports of a batch.
pub const BATCH_LEAST: usize = federated::task::BATCH_LEAST as usize;
/// Products with a cell of their own.
const POPULAR_CELLS: u32 = 4_096;
/// Products that one device tells.
const POPULAR_WEIGHT: u32 = 16;
/// Pairs that one device tells.
const PAIRS: u32 = 4;
/// Products between which a sketch is searched for pairs.
const HEAD: usize = 3_000;
/// Pairs of one visit that are looked up.
const PAIRS_LOOKED_AT: usize = 300;
/// People who have to show a pair before it is published or asked about.
const SUPPORTERS_MIN: u32 = 2;
/// Percent of a year's loss for each release: products, sketch, pairs.
const SHARES: [u64; 3] = [15, 40, 45];
/// A day inside of every task, in seconds.
const NOW: u64 = 20_000 * 86_400;

/// What the devices of those who take part remember.
#[derive(Clone, Debug)]
pub struct Devices {
    /// Products that were looked at, newest first, and those of the newest visit.
    memories: Vec<(Vec<ItemId>, Vec<ItemId>)>,
}

impl Devices {
    /// One device for each person; where nobody is named, for each session.
    pub fn new(sessions: &[Session]) -> Self {
        let mut named: BTreeMap<Pseudonym, Vec<&Session>> = BTreeMap::new();
        let mut memories = Vec::new();
        for session in sessions {
            match session.subject {
                Some(subject) => named.entry(subject).or_default().push(session),
                None => memories.push(memory(&[session])),
            }
        }
        for of_one in named.values_mut() {
            of_one.sort_by_key(|session| std::cmp::Reverse(session.at));
            memories.push(memory(of_one));
        }
        Self { memories }
    }

    /// Number of devices.
    pub fn len(&self) -> usize {
        self.memories.len()
    }

    /// Whether nobody takes part.
    pub fn is_empty(&self) -> bool {
        self.memories.is_empty()
    }
}

/// `sessions` are newest first.
fn memory(sessions: &[&Session]) -> (Vec<ItemId>, Vec<ItemId>) {
    let newest_first = |session: &&Session| session.items.iter().rev().cloned().collect();
    let all: Vec<Vec<ItemId>> = sessions.iter().map(newest_first).collect();
    let newest = all.iter().find(|items| items.iter().any(|one| Some(one) != items.first()));
    let newest = newest.cloned().unwrap_or_default();
    (all.into_iter().flatten().collect(), newest)
}

/// What the reports cost, summed over those that went through real proofs.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Costs {
    /// Reports.
    pub proven: u64,
    /// Bytes that one device sends in the three reports of a year.
    pub upload_bytes: usize,
    /// Time on devices, in nanoseconds.
    pub device_ns: u64,
    /// Time at both aggregators, in nanoseconds.
    pub server_ns: u64,
}

/// What is public: counts of products and of pairs.
#[derive(Clone, Debug, Default)]
pub struct Public {
    /// The catalog, best known first.
    catalog: Vec<ItemId>,
    popular: Vec<(ItemId, u32)>,
    pairs: Vec<(Pair, u32)>,
}

impl Public {
    /// What those who consented let everybody know: what is popular, and what two of them or more
    /// looked at together. The catalog, every product that `all` sessions hold, is public anyway.
    pub fn of_consented(sessions: &[Session], all: &[Session]) -> Self {
        let mut counts: BTreeMap<&ItemId, u32> = BTreeMap::new();
        let mut together: BTreeMap<Pair, u32> = BTreeMap::new();
        for session in sessions {
            for item in session.items.iter().collect::<BTreeSet<_>>() {
                *counts.entry(item).or_insert(0) += 1;
            }
            for pair in newest_pairs(&memory(&[session]).1, PAIRS_LOOKED_AT) {
                *together.entry(pair).or_insert(0) += 1;
            }
        }
        let mut pairs: Vec<(Pair, u32)> =
            together.into_iter().filter(|(_, count)| *count >= SUPPORTERS_MIN).collect();
        pairs.sort_by_key(|(_, count)| std::cmp::Reverse(*count)); // ties stay in order
        let mut popular: Vec<(ItemId, u32)> =
            counts.into_iter().map(|(item, count)| (item.clone(), count)).collect();
        popular.sort_by_key(|(_, count)| std::cmp::Reverse(*count)); // ties stay by id
        let rest: BTreeSet<ItemId> = all.iter().flat_map(|one| &one.items).cloned().collect();
        let catalog = popular.iter().map(|(item, _)| item.clone()).chain(rest);
        Self { catalog: distinct(catalog), popular, pairs }
    }

    /// The index that devices load.
    pub fn index(&self) -> PublicIndex {
        let edge = |(pair, count): &(Pair, u32)| {
            let (one, other) = pair.items();
            (one.clone(), other.clone(), *count)
        };
        PublicIndex::new(self.popular.iter().cloned(), self.pairs.iter().map(edge))
    }

    /// Products and pairs that were told.
    pub fn told(&self) -> (usize, usize) {
        (self.popular.len(), self.pairs.len())
    }

    /// Together with what was public before.
    pub fn and(mut self, other: &Self) -> Self {
        let mut counts: BTreeMap<ItemId, u32> = self.popular.into_iter().collect();
        for (item, count) in &other.popular {
            *counts.entry(item.clone()).or_insert(0) += count;
        }
        self.popular = counts.into_iter().collect();
        self.pairs.extend(other.pairs.iter().cloned());
        self
    }
}

/// Publishes what an epsilon buys.
///
/// # Errors
/// An epsilon that no noise makes.
pub fn publish(
    command: &Simulate,
    epsilon: u32,
    (devices, alone): (&Devices, &Public),
    costs: &mut Costs,
) -> Result<Public, Failure> {
    let year = Rho::within(Epsilon::from_micro(u64::from(epsilon) * 1_000_000), Delta::MILLIONTH);
    let [popular_rho, sketch_rho, pairs_rho] =
        SHARES.map(|share| Rho::from_nano(year.nano() / 100 * share));
    let maker = Maker { command, epsilon, devices };
    let catalog = || alone.catalog.iter().cloned();
    let list =
        Popular { items: catalog().take(POPULAR_CELLS as usize).collect(), categories: vec![] };
    let task = maker.task(
        Kind::Popularity,
        (list.items.len(), POPULAR_WEIGHT),
        popular_rho,
        list.digest(),
    );
    let task = task?;
    let seen = |item: &ItemId| Seen { item: item.clone(), category: None };
    let (counts, first) = maker.release(&task, costs, |(all, _)| {
        list.cells(&task, &all.iter().map(seen).collect::<Vec<_>>())
    })?;
    let least = collect::told_from(&task);
    let popular: Vec<(ItemId, u32)> = told(&list.items, &counts, least);
    let cells = command.cells as usize;
    let task = maker.task(Kind::Pairs, (cells, 2 * PAIRS), sketch_rho, [0; 32])?;
    let (counts, second) = maker.release(&task, costs, |(_, newest)| sketch(&task, newest))?;
    let least = collect::candidate_from(&task);
    let mut head = distinct(popular.iter().map(|(item, _)| item.clone()).chain(catalog()));
    head.truncate(HEAD);
    let sketched = candidates(&task, &counts, &head, (least, cells));
    let mut edges = Edges(distinct(
        sketched.into_iter().chain(alone.pairs.iter().map(|(pair, _)| pair.clone())),
    ));
    edges.0.truncate(cells);
    if edges.0.is_empty() {
        costs.upload_bytes = costs.upload_bytes.max(first + second);
        return Ok(Public { popular, ..Public::default() });
    }
    let task = maker.task(Kind::Edges, (edges.0.len(), PAIRS), pairs_rho, edges.digest())?;
    let places: BTreeMap<&Pair, u32> = edges.0.iter().zip(0_u32..).collect();
    let (counts, third) = maker.release(&task, costs, |(_, newest)| {
        // As `Edges::cells`, which walks the list; a map stands for it here.
        let pairs = newest_pairs(newest, PAIRS_LOOKED_AT);
        let found = pairs.iter().filter_map(|pair| places.get(pair).copied());
        Ok(found.take(PAIRS as usize).collect())
    })?;
    costs.upload_bytes = costs.upload_bytes.max(first + second + third);
    let pairs = told(&edges.0, &counts, collect::told_from(&task));
    Ok(Public { popular, pairs, ..Public::default() })
}

/// Each once, where it came first.
fn distinct<T: Clone + Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    all.filter(|one| seen.insert(one.clone())).collect()
}

/// What stands out of the noise.
fn told<T: Clone>(names: &[T], counts: &[i64], least: i64) -> Vec<(T, u32)> {
    let beyond = names.iter().zip(counts).filter(|(_, count)| **count >= least);
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    beyond.map(|(name, told)| (name.clone(), count(*told))).collect()
}

/// Makes tasks and carries them out.
struct Maker<'a> {
    command: &'a Simulate,
    epsilon: u32,
    devices: &'a Devices,
}

impl Maker<'_> {
    /// 32 bytes that the seed of the simulation decides.
    fn seed(&self, use_: &str, number: u64) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.command.seed.to_be_bytes());
        hash.update(self.epsilon.to_be_bytes());
        hash.update(use_.as_bytes());
        hash.update(number.to_be_bytes());
        hash.finalize().into()
    }

    fn keys(&self) -> [PrivateKey; 2] {
        [0, 1].map(|number| PrivateKey::from_bytes(self.seed("key", number)))
    }

    fn task(
        &self,
        kind: Kind,
        (cells, weight): (usize, u32),
        rho: Rho,
        list: [u8; 32],
    ) -> Result<Task, Failure> {
        let cells = u32::try_from(cells).or_fail("cells")?;
        let weight = weight.min(cells);
        let noise = Sensitivity::<EmptyReport>::of_weight(weight)
            .and_then(|one| Deviation::within(rho, &one))
            .ok_or_else(|| Failure::new("no noise makes this epsilon"))?;
        let [leader, helper] = self.keys();
        let name = self.seed(&format!("{kind:?}"), 0);
        let (id, _) = name.split_first_chunk().ok_or_else(|| Failure::new("a name"))?;
        Ok(Task {
            id: *id,
            kind,
            field: Field::Compact,
            cells,
            weight,
            batch_least: federated::task::BATCH_LEAST,
            noise,
            open: (NOW, NOW + 30 * 86_400),
            keys: [leader.public().or_fail("a key")?, helper.public().or_fail("a key")?],
            list,
        })
    }

    /// One release: some reports through real proofs, the others added in the clear. The counts,
    /// and the size of a report in bytes.
    fn release(
        &self,
        task: &Task,
        costs: &mut Costs,
        cells: impl Fn(&(Vec<ItemId>, Vec<ItemId>)) -> Result<Vec<u32>, FederatedError>,
    ) -> Result<(Vec<i64>, usize), Failure> {
        let circuit = Circuit::new(task).or_fail("a task")?;
        let mut bytes = 0;
        let mut both = Both::new((task, &circuit), self.keys(), self.seed("verify", 0))?;
        let mut clear = vec![0_i64; task.cells as usize];
        for (number, device) in (0_u64..).zip(&self.devices.memories) {
            let set = cells(device).or_fail("cells")?;
            if number < u64::from(self.command.proofs) {
                let seed = |use_| self.seed(use_, number);
                let name = seed("report");
                let (id, _) = name.split_first_chunk().ok_or_else(|| Failure::new("a name"))?;
                let fresh = Fresh { id: *id, seeds: [seed("leader"), seed("helper")] };
                bytes = both.carry(&set, &fresh, costs).or_fail("a report")?;
            } else {
                for cell in set {
                    if let Some(count) = clear.get_mut(cell as usize) {
                        *count += 1;
                    }
                }
            }
        }
        let seeds = [self.seed("noise", 0), self.seed("noise", 1)];
        let counts = both.open(&seeds).or_fail("a release")?;
        let counts = counts.iter().zip(clear).map(|(proven, clear)| proven + clear);
        Ok((counts.collect(), bytes))
    }
}

/// Both aggregators of one task.
struct Both<'a> {
    parts: (&'a Task, &'a Circuit),
    keys: [PrivateKey; 2],
    verify_key: [u8; 32],
    batches: (Batch, Batch),
}

impl<'a> Both<'a> {
    fn new(
        parts: (&'a Task, &'a Circuit),
        keys: [PrivateKey; 2],
        verify_key: [u8; 32],
    ) -> Result<Self, Failure> {
        let batch = Batch::new(parts.0, parts.1).or_fail("a batch")?;
        Ok(Self { parts, keys, verify_key, batches: (batch.clone(), batch) })
    }

    /// One report through both; its size in bytes.
    fn carry(
        &mut self,
        set: &[u32],
        fresh: &Fresh,
        costs: &mut Costs,
    ) -> Result<usize, FederatedError> {
        let (task, circuit) = self.parts;
        let [leader_key, helper_key] = &self.keys;
        let leader = Leader { task, circuit, key: leader_key, verify_key: &self.verify_key };
        let helper = Helper { task, circuit, key: helper_key, verify_key: &self.verify_key };
        let watch = Stopwatch::start();
        let report = make((task, circuit), set, NOW, fresh)?;
        costs.device_ns += watch.ns();
        let watch = Stopwatch::start();
        let (pending, question) = leader.take(&self.batches.0, &report, NOW)?;
        let answer = helper.answer(&mut self.batches.1, &question, NOW)?;
        leader.count(&mut self.batches.0, &pending, &answer)?;
        costs.server_ns += watch.ns();
        costs.proven += 1;
        Ok(report.to_bytes().len())
    }

    fn open(mut self, seeds: &[[u8; 32]; 2]) -> Result<Vec<i64>, FederatedError> {
        let (task, circuit) = self.parts;
        let (one, other) = (self.batches.0.tally(), self.batches.1.tally());
        let [leader_seed, helper_seed] = seeds;
        let leader = self.batches.0.release((task, circuit, Seat::Leader), other, leader_seed)?;
        let helper = self.batches.1.release((task, circuit, Seat::Helper), one, helper_seed)?;
        Ok(collect::open((task, circuit), &leader, &helper)?.counts)
    }
}

#[cfg(test)]
mod tests;
