use std::path::PathBuf;
use std::process::Command;

use prio::field::Field128;
use prio::flp::types::MultihotCountVec;
use prio::vdaf::Aggregator;
use prio::vdaf::prio3::Prio3;
use proptest::prelude::*;
use serde_json::Value;

use super::{Circuit, Multihot, Opened, STANDARD_ID, Seat};
use crate::error::FederatedError;
use crate::task::Field;
use crate::world::task;

const KEY: [u8; 32] = [5; 32];
const ID: [u8; 16] = [6; 16];

fn circuit(field: Field, cells: u32, weight: u32) -> Circuit {
    Circuit::new(&task(field, cells, weight)).unwrap()
}

/// Carries one report through both aggregators and gives the halves that are summed.
fn through(circuit: &Circuit, set: &[u32]) -> Result<[Vec<u8>; 2], FederatedError> {
    let halves = circuit.split(set, &ID)?;
    let open = |half| Opened { id: &ID, public: &halves.public, half };
    let leader = circuit.begin(Seat::Leader, &KEY, open(&halves.leader))?;
    let helper = circuit.begin(Seat::Helper, &KEY, open(&halves.helper))?;
    let message = circuit.decide(&helper, &leader.word, Seat::Helper)?;
    assert_eq!(circuit.decide(&leader, &helper.word, Seat::Leader)?, message);
    Ok([
        circuit.finish(Seat::Leader, &leader, &message)?,
        circuit.finish(Seat::Helper, &helper, &message)?,
    ])
}

fn summed(circuit: &Circuit, sets: &[Vec<u32>]) -> Vec<i64> {
    let mut sums = [circuit.zero().unwrap(), circuit.zero().unwrap()];
    for set in sets {
        let halves = through(circuit, set).unwrap();
        for (sum, half) in sums.iter_mut().zip(halves) {
            *sum = circuit.add(sum, &half).unwrap();
        }
    }
    circuit.open([&sums[0], &sums[1]]).unwrap()
}

#[test]
fn halves_add_up_to_counts_in_both_fields() {
    for field in [Field::Standard, Field::Compact] {
        let circuit = circuit(field, 5, 3);
        let counts = summed(&circuit, &[vec![0, 2], vec![2], vec![], vec![4, 2, 0]]);
        assert_eq!(counts, [2, 0, 3, 0, 1], "{field:?}");
    }
}

#[test]
fn noise_goes_both_ways_and_may_leave_less_than_nothing() {
    for field in [Field::Standard, Field::Compact] {
        let circuit = circuit(field, 3, 1);
        let zero = circuit.zero().unwrap();
        let one = circuit.blur(&zero, &[-7, 0, i64::from(i32::MAX)]).unwrap();
        let other = circuit.blur(&zero, &[3, -1, 1]).unwrap();
        assert_eq!(circuit.open([&one, &other]).unwrap(), [-4, -1, 1 << 31]);
        assert_eq!(circuit.blur(&zero, &[1, 2]), Err(FederatedError::Malformed));
    }
}

#[test]
fn a_device_cannot_set_more_than_its_weight() {
    let circuit = circuit(Field::Standard, 5, 2);
    for set in [vec![0, 1, 2], vec![5], vec![1, 1]] {
        assert_eq!(circuit.split(&set, &ID).unwrap_err(), FederatedError::Cells, "{set:?}");
    }
}

/// A dishonest device writes what it likes into its half: a cell counted 5 times, one below zero,
/// one cell too many. The half's first bytes are its cells.
#[test]
fn forged_vectors_are_refused() {
    for (field, bytes) in [(Field::Standard, 16), (Field::Compact, 8)] {
        let circuit = circuit(field, 4, 2);
        let honest = circuit.split(&[1, 2], &ID).unwrap();
        for cell in 0..4 {
            for add in [1_u8, 5, 255] {
                let mut half = honest.leader.clone();
                // Little-endian: adding to the lowest byte adds to the cell, with its carry.
                let mut carry = u16::from(add);
                for byte in &mut half[cell * bytes..(cell + 1) * bytes] {
                    carry += u16::from(*byte);
                    *byte = carry.to_le_bytes()[0];
                    carry >>= 8;
                }
                let refused = verify(&circuit, &honest.public, [&half, &honest.helper]);
                assert!(refused.is_err(), "{field:?} cell {cell} plus {add}");
            }
        }
        assert!(verify(&circuit, &honest.public, [&honest.leader, &honest.helper]).is_ok());
    }
}

fn verify(circuit: &Circuit, public: &[u8], halves: [&[u8]; 2]) -> Result<(), FederatedError> {
    let open = |half| Opened { id: &ID, public, half };
    let leader = circuit.begin(Seat::Leader, &KEY, open(halves[0]))?;
    let helper = circuit.begin(Seat::Helper, &KEY, open(halves[1]))?;
    let message = circuit.decide(&helper, &leader.word, Seat::Helper)?;
    circuit.finish(Seat::Leader, &leader, &message)?;
    circuit.finish(Seat::Helper, &helper, &message).map(|_| ())
}

#[test]
fn any_changed_bit_is_refused() {
    let circuit = circuit(Field::Compact, 4, 2);
    let honest = circuit.split(&[1, 2], &ID).unwrap();
    let parts = [&honest.public, &honest.leader, &honest.helper];
    for (which, part) in parts.into_iter().enumerate() {
        for at in (0..part.len()).step_by(7) {
            let mut changed = parts.map(Vec::clone);
            changed[which][at] ^= 1;
            let [public, leader, helper] = &changed;
            assert!(verify(&circuit, public, [leader, helper]).is_err(), "{which} {at}");
        }
        for cut in [0, part.len() / 2, part.len() - 1] {
            let mut changed = parts.map(Vec::clone);
            changed[which].truncate(cut);
            let [public, leader, helper] = &changed;
            assert!(verify(&circuit, public, [leader, helper]).is_err(), "{which} cut {cut}");
        }
    }
}

#[test]
fn a_proof_belongs_to_its_report_task_and_key() {
    let circuit = circuit(Field::Standard, 4, 2);
    let honest = circuit.split(&[1], &ID).unwrap();
    let mut other_task = task(Field::Standard, 4, 2);
    other_task.list = [1; 32];
    let other = Circuit::new(&other_task).unwrap();
    assert!(verify(&other, &honest.public, [&honest.leader, &honest.helper]).is_err());
    let open = |id, half| Opened { id, public: &honest.public, half };
    let leader = circuit.begin(Seat::Leader, &KEY, open(&ID, &honest.leader)).unwrap();
    for (key, id) in [(&[0; 32], &ID), (&KEY, &[0; 16])] {
        let helper = circuit.begin(Seat::Helper, key, open(id, &honest.helper)).unwrap();
        let refused = circuit.decide(&helper, &leader.word, Seat::Helper);
        assert_eq!(refused, Err(FederatedError::Proof));
    }
}

#[test]
fn a_report_is_as_large_as_the_documents_say() {
    let size = |field, cells| {
        let halves = circuit(field, cells, 16).split(&[3], &ID).unwrap();
        (halves.public.len(), halves.leader.len(), halves.helper.len())
    };
    assert_eq!(size(Field::Standard, 4096), (64, 69_792, 64));
    assert_eq!(size(Field::Compact, 4096), (64, 39_056, 64));
    assert_eq!(size(Field::Compact, 16_384), (64, 143_504, 64));
}

/// Where cargo unpacked `prio`, which brings the draft's vectors.
fn vectors() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--offline", "--locked"]);
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let prio = packages.iter().find(|package| package["name"] == "prio").unwrap();
    let manifest = PathBuf::from(prio["manifest_path"].as_str().unwrap());
    manifest.with_file_name("src/vdaf/test_vec/18")
}

fn hex(value: &Value) -> Vec<u8> {
    let digits = value.as_str().unwrap().as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// The draft's vectors of this function with two aggregators, through the very functions that
/// ours call. (The one with four has no counterpart here.)
#[test]
fn the_vectors_of_the_draft_hold() {
    for number in [0, 2] {
        let name = format!("Prio3MultihotCountVec_{number}.json");
        let bytes = std::fs::read(vectors().join(name)).unwrap();
        check_vector(&serde_json::from_slice(&bytes).unwrap());
    }
}

fn check_vector(vector: &Value) {
    let number = |name: &str| usize::try_from(vector[name].as_u64().unwrap()).unwrap();
    let kind =
        MultihotCountVec::new(number("length"), number("max_weight"), number("chunk_length"));
    let one: Multihot<Field128> = Prio3::new(2, 1, STANDARD_ID, kind.unwrap()).unwrap();
    let (context, key) = (hex(&vector["ctx"]), hex(&vector["verify_key"]).try_into().unwrap());
    let mut sums =
        [super::encode(&one.aggregate_init(&())), super::encode(&one.aggregate_init(&()))]
            .map(Result::unwrap);
    for report in vector["reports"].as_array().unwrap() {
        let (id, public) =
            (hex(&report["nonce"]).try_into().unwrap(), hex(&report["public_share"]));
        let halves = [0, 1].map(|at| hex(&report["input_shares"][at]));
        let seats = [Seat::Leader, Seat::Helper];
        let begun = [0, 1].map(|at| {
            let opened = Opened { id: &id, public: &public, half: &halves[at] };
            super::begin(&one, (&context, seats[at]), &key, opened).unwrap()
        });
        let words = [0, 1].map(|at| begun[at].word.as_slice());
        for (at, word) in words.iter().enumerate() {
            assert_eq!(word, &hex(&report["verifier_shares"][0][at]));
        }
        let message =
            super::decide(&one, (&context, Seat::Helper), &begun[1].state, words).unwrap();
        assert_eq!(message, hex(&report["verifier_messages"][0]));
        for at in [0, 1] {
            let half = super::finish(&one, (&context, seats[at]), &begun[at].state, &message);
            let half = half.unwrap();
            assert_eq!(half, hex(&report["out_shares"][at]));
            sums[at] = super::add(&one, &sums[at], &half).unwrap();
        }
    }
    for at in [0, 1] {
        assert_eq!(sums[at], hex(&vector["agg_shares"][at]));
    }
    let counts = super::open(&one, [&sums[0], &sums[1]]).unwrap();
    assert_eq!(serde_json::to_value(counts).unwrap(), vector["agg_result"]);
}

proptest! {
    #[test]
    fn counts_are_the_counts(
        sets in proptest::collection::vec(proptest::collection::btree_set(0_u32..9, 0..=4), 0..6),
        compact in any::<bool>(),
    ) {
        let field = if compact { Field::Compact } else { Field::Standard };
        let sets: Vec<Vec<u32>> = sets.into_iter().map(|set| set.into_iter().collect()).collect();
        let expected: Vec<i64> = (0..9)
            .map(|cell| sets.iter().filter(|set| set.contains(&cell)).count())
            .map(|count| i64::try_from(count).unwrap())
            .collect();
        prop_assert_eq!(summed(&circuit(field, 9, 4), &sets), expected);
    }
}
