//! What is counted, by whom, with how much noise: signed by the shop and public.
//!
//! Everything that decides what a report means or what it costs stands in the task, and the
//! digest of the task is bound into every proof and every seal. An aggregator or a shop that
//! changes a number afterwards finds no report that fits.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use privacy::dp::noise::Deviation;
use privacy::dp::rho::{Delta, Epsilon, Rho};
use privacy::dp::sensitivity::{EmptyReport, Sensitivity};
use sha2::{Digest, Sha256};

use crate::error::FederatedError;
use crate::seal::PublicKey;
use crate::wire::{Reader, put};

/// The version of all messages of this room.
pub const VERSION: u8 = 1;
/// Most cells of a task: 281 kB for one report in the compact field.
pub const CELLS_MAX: u32 = 32_768;
/// Most cells that one profile may set.
pub const WEIGHT_MAX: u32 = 64;
/// Fewest reports of a batch. Fewer would be a group small enough to know each other.
pub const BATCH_LEAST: u32 = 100;
/// Longest time that a task is open, in seconds: 45 days.
pub const OPEN_SECONDS_MAX: u64 = 45 * 86_400;
/// Largest task, in bytes.
pub const TASK_BYTES_MAX: usize = 64 * 1024;
/// What a signature of a task is about.
const SIGNED: &[u8] = b"confidant task 1\n";

/// The name of a task: random, chosen by the shop.
pub type TaskId = [u8; 16];

/// What the cells mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One cell for each of the most seen products, then one for each category.
    Popularity,
    /// A sketch of pairs of products: [`crate::cells::SKETCH_ROWS`] cells for each pair, by a
    /// public hash whose key is the task's name, so that it is fresh in every release.
    Pairs,
    /// One cell for each pair of a public list.
    Edges,
}

/// The field of the arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// 128 bits and one proof: what the draft registers, and other implementations speak.
    Standard,
    /// 64 bits and three proofs: almost half the bytes, allowed by the draft's section on field
    /// sizes, under a code point for private use.
    Compact,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its name.
    pub id: TaskId,
    /// What the cells mean.
    pub kind: Kind,
    /// The field of the arithmetic.
    pub field: Field,
    /// Number of cells, 1 to [`CELLS_MAX`].
    pub cells: u32,
    /// Most cells that one profile may set, 1 to [`WEIGHT_MAX`].
    pub weight: u32,
    /// Fewest reports of a batch, at least [`BATCH_LEAST`]. Both aggregators hold to it.
    pub batch_least: u32,
    /// The standard deviation of the noise that *each* aggregator adds to each cell.
    pub noise: Deviation,
    /// When reports may be made, in seconds since 1970: from, and before.
    pub open: (u64, u64),
    /// The keys to which the halves are sealed: leader, helper.
    pub keys: [PublicKey; 2],
    /// Digest of the public list that gives the cells their meaning (products and categories, or
    /// pairs); the devices have the list with that digest or do not answer.
    pub list: [u8; 32],
}

impl Task {
    /// Checks the limits.
    ///
    /// # Errors
    /// [`FederatedError::Task`] with the number that is outside.
    pub fn check(&self) -> Result<(), FederatedError> {
        let (from, before) = self.open;
        let wrong = if !(1..=CELLS_MAX).contains(&self.cells) {
            "the number of cells"
        } else if !(1..=WEIGHT_MAX.min(self.cells)).contains(&self.weight) {
            "the cells that one profile may set"
        } else if self.batch_least < BATCH_LEAST {
            "the fewest reports of a batch"
        } else if from >= before || before - from > OPEN_SECONDS_MAX {
            "the time that the task is open"
        } else if self.keys[0] == self.keys[1] {
            "the keys of the aggregators"
        } else {
            return Ok(());
        };
        Err(FederatedError::Task(wrong))
    }

    /// What one answer costs a profile when one aggregator adds its noise as promised. The noise
    /// of the other is not counted.
    pub fn cost(&self) -> Rho {
        Sensitivity::<EmptyReport>::of_weight(self.weight)
            .map_or(Rho::from_nano(u64::MAX), |one| Rho::of_gaussian(&one, self.noise))
    }

    /// The cost as an epsilon at `delta`, for a page.
    pub fn epsilon(&self, delta: Delta) -> Epsilon {
        self.cost().epsilon(delta)
    }

    /// As bytes. Equal tasks have equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.id);
        bytes.push(match self.kind {
            Kind::Popularity => 1,
            Kind::Pairs => 2,
            Kind::Edges => 3,
        });
        bytes.push(match self.field {
            Field::Standard => 1,
            Field::Compact => 2,
        });
        for number in [self.cells, self.weight, self.batch_least, self.noise.milli()] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.extend(self.open.0.to_be_bytes());
        bytes.extend(self.open.1.to_be_bytes());
        for key in &self.keys {
            put(&mut bytes, key.as_bytes());
        }
        bytes.extend(self.list);
        bytes
    }

    /// Reads a task and checks its limits.
    ///
    /// # Errors
    /// [`FederatedError::Malformed`] or [`FederatedError::Task`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FederatedError> {
        let mut reader = Reader::new(bytes);
        if bytes.len() > TASK_BYTES_MAX || reader.u8()? != VERSION {
            return Err(FederatedError::Malformed);
        }
        let task = Self {
            id: reader.array()?,
            kind: match reader.u8()? {
                1 => Kind::Popularity,
                2 => Kind::Pairs,
                3 => Kind::Edges,
                _ => return Err(FederatedError::Malformed),
            },
            field: match reader.u8()? {
                1 => Field::Standard,
                2 => Field::Compact,
                _ => return Err(FederatedError::Malformed),
            },
            cells: reader.u32()?,
            weight: reader.u32()?,
            batch_least: reader.u32()?,
            noise: Deviation::from_milli(reader.u32()?).ok_or(FederatedError::Malformed)?,
            open: (reader.u64()?, reader.u64()?),
            keys: [read_key(&mut reader)?, read_key(&mut reader)?],
            list: reader.array()?,
        };
        reader.end()?;
        task.check()?;
        Ok(task)
    }

    /// The digest that stands for the task in proofs and seals.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.to_bytes()).into()
    }

    /// The shop's signature.
    pub fn sign(&self, key: &SigningKey) -> [u8; 64] {
        key.sign(&[SIGNED, &self.to_bytes()].concat()).to_bytes()
    }

    /// Reads a task that a shop signed.
    ///
    /// # Errors
    /// [`FederatedError::Signature`] when it did not; else those of [`Self::from_bytes`].
    pub fn signed(
        bytes: &[u8],
        signature: &[u8; 64],
        shop: &VerifyingKey,
    ) -> Result<Self, FederatedError> {
        if bytes.len() > TASK_BYTES_MAX {
            return Err(FederatedError::Malformed);
        }
        shop.verify_strict(&[SIGNED, bytes].concat(), &Signature::from_bytes(signature))
            .map_err(|_| FederatedError::Signature)?;
        Self::from_bytes(bytes)
    }

    /// Whether a report may be made at `now`, in seconds since 1970.
    pub fn is_open(&self, now: u64) -> bool {
        (self.open.0..self.open.1).contains(&now)
    }
}

fn read_key(reader: &mut Reader<'_>) -> Result<PublicKey, FederatedError> {
    PublicKey::from_bytes(reader.bytes(crate::seal::KEY_BYTES)?)
}

#[cfg(test)]
mod tests;
