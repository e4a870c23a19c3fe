//! The checksum is a sum.

use crate::fingerprint::{Fingerprint, SessionHash};

fn hash(pieces: &[&str]) -> SessionHash {
    let mut hash = SessionHash::default();
    for piece in pieces {
        hash.feed(piece.as_bytes());
    }
    hash
}

fn sum(sessions: &[&[&str]]) -> [u8; 16] {
    let mut fingerprint = Fingerprint::default();
    for session in sessions {
        fingerprint.add(hash(session));
    }
    fingerprint.to_bytes()
}

#[test]
fn order_does_not_matter_and_content_does() {
    assert_eq!(sum(&[&["a"], &["b"]]), sum(&[&["b"], &["a"]]));
    let all: [&[&[&str]]; 8] = [
        &[],
        &[&["a"]],
        &[&["a"], &["a"]],
        &[&["a", "b"]],
        &[&["b", "a"]],
        &[&["ab"]],
        &[&["ab", ""]],
        &[&["a\0"]],
    ];
    for (place, one) in all.iter().enumerate() {
        for other in &all[..place] {
            assert_ne!(sum(one), sum(other), "{one:?} {other:?}");
        }
    }
}

#[test]
fn taking_out_is_subtracting() {
    let mut fingerprint = Fingerprint::default();
    fingerprint.add(hash(&["a"]));
    let before = fingerprint;
    fingerprint.add(hash(&["b"]));
    fingerprint.subtract(hash(&["b"]));
    assert_eq!(fingerprint, before);
    fingerprint.subtract(hash(&["a"]));
    assert_eq!(fingerprint.to_bytes(), [0; 16]);
}
