use super::*;
use crate::sequence::trainer::Trainer;
use crate::sequence::trainer::tests::{circle, small};

fn bytes() -> Vec<u8> {
    let sessions = circle(12, 10);
    Trainer::new(small(), 12, sessions).unwrap().finish([9; 16]).to_bytes()
}

/// The same bytes with a right checksum, so that the checks before it are reached.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() - CHECKSUM);
    let sum = checksum(&bytes);
    bytes.extend_from_slice(&sum);
    bytes
}

#[track_caller]
fn refused(bytes: &[u8], why: &str) {
    assert_eq!(Weights::from_bytes(bytes), Err(SequenceError::Bytes), "{why}");
}

#[test]
fn weights_come_back_as_they_were() {
    let bytes = bytes();
    let weights = Weights::from_bytes(&bytes).unwrap();
    assert_eq!(weights.to_bytes(), bytes);
    assert_eq!((weights.items(), weights.trained_on()), (12, [9; 16]));
    assert_eq!(weights.bytes(), (bytes.len() - HEAD - CHECKSUM) as u64);
}

#[test]
fn every_cut_and_every_flipped_byte_is_refused() {
    let bytes = bytes();
    for len in (0..200).chain((200..bytes.len()).step_by(97)) {
        refused(&bytes[..len], "cut");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    refused(&longer, "longer");
    for at in (0..200).chain((200..bytes.len()).step_by(97)) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x10;
        refused(&flipped, "flipped");
    }
}

#[test]
fn bytes_that_say_nonsense_are_refused_even_with_a_checksum() {
    let bytes = bytes();
    let cases: [(usize, &[u8], &str); 10] = [
        (7, &[2], "version"),
        (8, &[0, 0], "width of zero"),
        (8, &[12, 0], "width of odd lanes"),
        (8, &[0, 4], "width beyond its limit"),
        (10, &[0, 0], "no inner layer"),
        (12, &[0, 0], "no places"),
        (14, &[0xff, 0xff, 0xff, 0xff], "items beyond the limit"),
        (34, &f32::NAN.to_le_bytes(), "unit"),
        (HEAD, &f32::INFINITY.to_le_bytes(), "an infinite weight"),
        (bytes.len() - CHECKSUM - 2, &3_000_i16.to_le_bytes(), "a row beyond twelve bits"),
    ];
    for (at, value, why) in cases {
        let mut changed = bytes.clone();
        changed[at..at + value.len()].copy_from_slice(value);
        refused(&sealed(changed), why);
    }
    assert!(Weights::from_bytes(&sealed(bytes)).is_ok());
}
