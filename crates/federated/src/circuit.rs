//! The proof that a report is well formed, and the sum (VDAF section 7, `Prio3MultihotCountVec`).
//!
//! A report is a vector of zeros and ones with at most `weight` ones. Its two halves are random
//! each by itself; together with a proof they convince two aggregators that the vector is of this
//! form, and neither learns which cells are set as long as the two do not pool their halves. A
//! device can at worst lie about itself within that form.
//!
//! Everything goes in and out as bytes of the draft's codec, so that one type serves both fields.

use prio::codec::{Encode, ParameterizedDecode};
use prio::field::{Field64, Field128, FieldElementWithInteger, NttFriendlyFieldElement};
use prio::flp::gadgets::{Mul, ParallelSum};
use prio::flp::types::MultihotCountVec;
use prio::vdaf::prio3::{Prio3, Prio3InputShare, Prio3PublicShare, optimal_chunk_length};
use prio::vdaf::prio3::{Prio3VerifierMessage, Prio3VerifierShare, Prio3VerifyState};
use prio::vdaf::xof::XofTurboShake128;
use prio::vdaf::{Aggregatable, AggregateShare, Aggregator, Client, OutputShare, VerifyTransition};

use crate::error::FederatedError;
use crate::task::{Field, Task};

/// The code point of the draft for the standard field.
const STANDARD_ID: u32 = 5;
/// A code point of the draft's range for private use: 64 bits, three proofs.
const COMPACT_ID: u32 = 0xFFFF_1005;
/// Bytes of the key with which both aggregators check proofs. Devices never see it.
pub const VERIFY_KEY_BYTES: usize = 32;
/// Bytes of the name of a report; it is the nonce of its proof.
pub const REPORT_ID_BYTES: usize = 16;

type Multihot<F> = Prio3<MultihotCountVec<F, ParallelSum<F, Mul>>, XofTurboShake128, 32>;

/// Which of the two aggregators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// Takes reports from devices and asks the helper about each.
    Leader,
    /// Answers the leader.
    Helper,
}

impl Seat {
    fn number(self) -> usize {
        match self {
            Self::Leader => 0,
            Self::Helper => 1,
        }
    }
}

/// A report before it is sealed.
#[derive(Clone, Debug)]
pub struct Halves {
    /// For both: commitments to the randomness of the proof.
    pub public: Vec<u8>,
    /// For the leader.
    pub leader: Vec<u8>,
    /// For the helper.
    pub helper: Vec<u8>,
}

/// What one aggregator has of a report, opened.
#[derive(Clone, Copy, Debug)]
pub struct Opened<'a> {
    /// The name of the report.
    pub id: &'a [u8; REPORT_ID_BYTES],
    /// The part for both.
    pub public: &'a [u8],
    /// The half of this aggregator.
    pub half: &'a [u8],
}

/// What an aggregator remembers between its word and the decision.
#[derive(Clone)]
pub struct Begun {
    /// The draft's verification state.
    pub state: Vec<u8>,
    /// The draft's verifier share: this aggregator's word.
    pub word: Vec<u8>,
}

/// The functions of one task.
#[derive(Clone, Debug)]
pub struct Circuit {
    inner: Inner,
    context: [u8; 32],
    cells: u32,
    weight: u32,
}

#[derive(Clone, Debug)]
enum Inner {
    Standard(Multihot<Field128>),
    Compact(Multihot<Field64>),
}

/// Calls a generic function with the instance of the task's field.
macro_rules! with {
    ($circuit:expr, $instance:ident => $call:expr) => {
        match &$circuit.inner {
            Inner::Standard($instance) => $call,
            Inner::Compact($instance) => $call,
        }
    };
}

impl Circuit {
    /// The functions of a task; its digest is bound into every proof.
    ///
    /// # Errors
    /// [`FederatedError::Task`] when the task is outside the limits.
    pub fn new(task: &Task) -> Result<Self, FederatedError> {
        task.check()?;
        let (cells, weight) = (length(task.cells), length(task.weight));
        let bits = cells + length(task.weight.ilog2()) + 1;
        let chunk = optimal_chunk_length(bits);
        let wrong = |_| FederatedError::Task("the numbers of the proof");
        let inner = match task.field {
            Field::Standard => {
                let kind = MultihotCountVec::new(cells, weight, chunk)
                    .map_err(|_| FederatedError::Task("the numbers of the proof"))?;
                Inner::Standard(Prio3::new(2, 1, STANDARD_ID, kind).map_err(wrong)?)
            }
            Field::Compact => {
                let kind = MultihotCountVec::new(cells, weight, chunk)
                    .map_err(|_| FederatedError::Task("the numbers of the proof"))?;
                Inner::Compact(Prio3::new(2, 3, COMPACT_ID, kind).map_err(wrong)?)
            }
        };
        Ok(Self { inner, context: task.digest(), cells: task.cells, weight: task.weight })
    }

    /// Splits a report into two halves with their proof. `set` names the cells that are one.
    ///
    /// # Errors
    /// [`FederatedError::Cells`] when a cell is beyond the task, named twice, or they are too many.
    pub fn split(&self, set: &[u32], id: &[u8; REPORT_ID_BYTES]) -> Result<Halves, FederatedError> {
        let mut measurement = vec![false; length(self.cells)];
        for cell in set {
            let at = measurement.get_mut(length(*cell)).ok_or(FederatedError::Cells)?;
            if std::mem::replace(at, true) {
                return Err(FederatedError::Cells);
            }
        }
        if set.len() > length(self.weight) {
            return Err(FederatedError::Cells);
        }
        with!(self, one => split(one, &self.context, &measurement, id))
    }

    /// An aggregator's first word about a report.
    ///
    /// # Errors
    /// [`FederatedError::Malformed`] when the bytes are no report of this task.
    pub fn begin(
        &self,
        seat: Seat,
        verify_key: &[u8; VERIFY_KEY_BYTES],
        opened: Opened<'_>,
    ) -> Result<Begun, FederatedError> {
        with!(self, one => begin(one, (&self.context, seat), verify_key, opened))
    }

    /// Puts both words together and decides. What comes back is the message that lets the other
    /// aggregator finish too.
    ///
    /// # Errors
    /// [`FederatedError::Proof`] when the report is not of the form that it has to have.
    pub fn decide(
        &self,
        begun: &Begun,
        other: &[u8],
        seat: Seat,
    ) -> Result<Vec<u8>, FederatedError> {
        let words = match seat {
            Seat::Leader => [begun.word.as_slice(), other],
            Seat::Helper => [other, begun.word.as_slice()],
        };
        with!(self, one => decide(one, (&self.context, seat), &begun.state, words))
    }

    /// The half that may be added to the sum, after the decision.
    ///
    /// # Errors
    /// [`FederatedError::Proof`] when this aggregator's own state contradicts the message.
    pub fn finish(
        &self,
        seat: Seat,
        begun: &Begun,
        message: &[u8],
    ) -> Result<Vec<u8>, FederatedError> {
        with!(self, one => finish(one, (&self.context, seat), &begun.state, message))
    }

    /// A sum of nothing.
    ///
    /// # Errors
    /// [`FederatedError::Malformed`] never happens for a task that was checked.
    pub fn zero(&self) -> Result<Vec<u8>, FederatedError> {
        with!(self, one => encode(&one.aggregate_init(&())))
    }

    /// Adds a half to a sum.
    ///
    /// # Errors
    /// [`FederatedError::Malformed`] when one of them is of another task.
    pub fn add(&self, sum: &[u8], half: &[u8]) -> Result<Vec<u8>, FederatedError> {
        with!(self, one => add(one, sum, half))
    }

    /// Adds noise to a sum, cell by cell.
    ///
    /// # Errors
    /// [`FederatedError::Malformed`] when the lengths differ.
    pub fn blur(&self, sum: &[u8], noise: &[i64]) -> Result<Vec<u8>, FederatedError> {
        with!(self, one => blur(one, sum, noise))
    }

    /// Puts the two sums together: the counts with the noise of both, which may be negative.
    ///
    /// # Errors
    /// [`FederatedError::Malformed`] when one is of another task, or a count is beyond 2^62, which
    /// happens when the sums do not belong together.
    pub fn open(&self, sums: [&[u8]; 2]) -> Result<Vec<i64>, FederatedError> {
        with!(self, one => open(one, sums))
    }
}

fn length(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn encode(value: &impl Encode) -> Result<Vec<u8>, FederatedError> {
    value.get_encoded().map_err(|_| FederatedError::Malformed)
}

fn decode<T: ParameterizedDecode<P>, P>(parameter: &P, bytes: &[u8]) -> Result<T, FederatedError> {
    T::get_decoded_with_param(parameter, bytes).map_err(|_| FederatedError::Malformed)
}

fn split<F: NttFriendlyFieldElement>(
    circuit: &Multihot<F>,
    context: &[u8],
    measurement: &Vec<bool>,
    id: &[u8; REPORT_ID_BYTES],
) -> Result<Halves, FederatedError> {
    let (public, halves) =
        circuit.shard(context, measurement, id).map_err(|_| FederatedError::Cells)?;
    let [leader, helper] = halves.as_slice() else {
        return Err(FederatedError::Malformed);
    };
    Ok(Halves { public: encode(&public)?, leader: encode(leader)?, helper: encode(helper)? })
}

fn begin<F: NttFriendlyFieldElement>(
    circuit: &Multihot<F>,
    (context, seat): (&[u8], Seat),
    verify_key: &[u8; VERIFY_KEY_BYTES],
    opened: Opened<'_>,
) -> Result<Begun, FederatedError> {
    let public: Prio3PublicShare<32> = decode(circuit, opened.public)?;
    let half: Prio3InputShare<F, 32> = decode(&(circuit, seat.number()), opened.half)?;
    let (state, word) = circuit
        .verify_init(verify_key, context, seat.number(), &(), opened.id, &public, &half)
        .map_err(|_| FederatedError::Proof)?;
    Ok(Begun { state: encode(&state)?, word: encode(&word)? })
}

fn decide<F: NttFriendlyFieldElement>(
    circuit: &Multihot<F>,
    (context, seat): (&[u8], Seat),
    state: &[u8],
    words: [&[u8]; 2],
) -> Result<Vec<u8>, FederatedError> {
    let state: Prio3VerifyState<F, 32> = decode(&(circuit, seat.number()), state)?;
    let mut read = Vec::with_capacity(2);
    for word in words {
        read.push(decode::<Prio3VerifierShare<F, 32>, _>(&state, word)?);
    }
    let message = circuit
        .verifier_shares_to_message(context, &(), read)
        .map_err(|_| FederatedError::Proof)?;
    encode(&message)
}

fn finish<F: NttFriendlyFieldElement>(
    circuit: &Multihot<F>,
    (context, seat): (&[u8], Seat),
    state: &[u8],
    message: &[u8],
) -> Result<Vec<u8>, FederatedError> {
    let state: Prio3VerifyState<F, 32> = decode(&(circuit, seat.number()), state)?;
    let message: Prio3VerifierMessage<32> = decode(&state, message)?;
    match circuit.verify_next(context, state, message) {
        Ok(VerifyTransition::Finish(half)) => encode(&half),
        Ok(VerifyTransition::Continue(..)) | Err(_) => Err(FederatedError::Proof),
    }
}

fn add<F: NttFriendlyFieldElement>(
    circuit: &Multihot<F>,
    sum: &[u8],
    half: &[u8],
) -> Result<Vec<u8>, FederatedError> {
    let mut sum: AggregateShare<F> = decode(&(circuit, &()), sum)?;
    let half: OutputShare<F> = decode(&(circuit, &()), half)?;
    sum.accumulate(&half).map_err(|_| FederatedError::Malformed)?;
    encode(&sum)
}

fn blur<F: NttFriendlyFieldElement>(
    circuit: &Multihot<F>,
    sum: &[u8],
    noise: &[i64],
) -> Result<Vec<u8>, FederatedError> {
    let sum: AggregateShare<F> = decode(&(circuit, &()), sum)?;
    if sum.as_ref().len() != noise.len() {
        return Err(FederatedError::Malformed);
    }
    let mut blurred = Vec::with_capacity(noise.len());
    for (cell, noise) in sum.as_ref().iter().zip(noise) {
        let size = element::<F>(noise.unsigned_abs())?;
        blurred.push(if *noise < 0 { *cell - size } else { *cell + size });
    }
    encode(&AggregateShare::from(blurred))
}

fn element<F: FieldElementWithInteger>(number: u64) -> Result<F, FederatedError> {
    let number = usize::try_from(number).map_err(|_| FederatedError::Malformed)?;
    F::Integer::try_from(number).map(F::from).map_err(|_| FederatedError::Malformed)
}

fn open<F: NttFriendlyFieldElement>(
    circuit: &Multihot<F>,
    sums: [&[u8]; 2],
) -> Result<Vec<i64>, FederatedError> {
    let [leader, helper] = sums.map(|sum| decode::<AggregateShare<F>, _>(&(circuit, &()), sum));
    let mut total = leader?;
    total.merge(&helper?).map_err(|_| FederatedError::Malformed)?;
    total.as_ref().iter().map(|cell| signed(*cell)).collect()
}

/// Reads an element as a small number that may be negative: one near the modulus stands below
/// zero.
fn signed<F: NttFriendlyFieldElement>(cell: F) -> Result<i64, FederatedError> {
    if let Some(count) = small(cell) {
        return Ok(count);
    }
    small(-cell).map(std::ops::Neg::neg).ok_or(FederatedError::Malformed)
}

/// Elements are little-endian in the draft.
fn small<F: NttFriendlyFieldElement>(cell: F) -> Option<i64> {
    let bytes = encode(&cell).ok()?;
    let (low, high) = bytes.split_first_chunk()?;
    let number = i64::try_from(u64::from_le_bytes(*low)).ok()?;
    (high.iter().all(|byte| *byte == 0) && number < 1 << 62).then_some(number)
}

impl std::fmt::Debug for Begun {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Begun")
    }
}

#[cfg(test)]
mod tests;
