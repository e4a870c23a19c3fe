//! Proofs that can be taken away, and texts that are none.

use proptest::prelude::*;

use super::{EXTRA_BYTES_MAX, TlogProof};
use crate::checkpoint::Checkpoint;
use crate::error::LedgerError;
use crate::hash::Hash;
use crate::key::{Algorithm, KeyName, SignerKey};
use crate::oracle::{grow, leaves, path};
use crate::policy::Policy;

fn log() -> SignerKey {
    let name = KeyName::parse("shop.example/log").unwrap();
    SignerKey::new(name, Algorithm::Ed25519, &[5; 32]).unwrap()
}

fn proof(index: usize, size: usize, extra: Option<&[u8]>) -> TlogProof {
    let (tree, _) = grow(&[size]);
    TlogProof {
        extra: extra.map(<[u8]>::to_vec),
        index: index as u64,
        path: path(index, &leaves(size)),
        checkpoint: Checkpoint::sign(tree.head(), &log()).unwrap(),
    }
}

#[test]
fn a_proof_is_read_as_written_and_verifies() {
    let policy = Policy::of_log(log().verifier().clone());
    for (index, size, extra) in [(0, 1, None), (3, 10, Some(&b"extra"[..])), (9, 10, Some(b""))] {
        let proof = proof(index, size, extra);
        let again = TlogProof::parse(proof.to_text().as_bytes()).unwrap();
        assert_eq!(again, proof);
        assert_eq!(again.verify(&leaves(size)[index], &policy), Ok(()));
        assert_eq!(again.verify(b"another entry", &policy), Err(LedgerError::Proof));
        let moved = TlogProof { index: index as u64 + 1, ..again };
        assert!(moved.verify(&leaves(size)[index], &policy).is_err());
    }
    let stranger = KeyName::parse("other.example/log").unwrap();
    let stranger = SignerKey::new(stranger, Algorithm::Ed25519, &[6; 32]).unwrap();
    let policy = Policy::of_log(stranger.verifier().clone());
    let verdict = proof(3, 10, None).verify(&leaves(10)[3], &policy);
    assert_eq!(verdict, Err(LedgerError::Signature));
}

/// The shape of the specification's example: first line, extra, index, hashes, checkpoint.
#[test]
fn the_shape_is_that_of_the_specification() {
    let text = proof(2, 4, Some(b"data")).to_text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..3], ["c2sp.org/tlog-proof@v1", "extra ZGF0YQ==", "index 2"]);
    assert_eq!(Hash::parse(lines[3]), Some(Hash::leaf(b"entry 3")));
    assert_eq!(lines[5..8], ["", "shop.example/log", "4"]);
}

#[test]
fn what_only_looks_like_a_proof_is_refused() {
    let good = proof(2, 4, Some(b"data")).to_text();
    let swap = |from: &str, to: &str| good.replacen(from, to, 1);
    let bad = [
        String::new(),
        swap("@v1", "@v2"),
        swap("extra ZGF0YQ==", "extra ZGF0YQ"),
        swap("extra ZGF0YQ==", "extra"),
        swap("extra ZGF0YQ==\nindex 2", "index 2\nextra ZGF0YQ=="),
        swap("extra ZGF0YQ==", "extra ZGF0YQ==\nextra ZGF0YQ=="),
        swap("index 2", "index 02"),
        swap("index 2", "index"),
        swap("index 2\n", ""),
        swap("\n\nshop", "\nshop"),
        swap("\n\nshop", "\n\n\nshop"),
        swap("c2sp", "\nc2sp"),
        good.trim_end().to_owned(),
        good.replace('\n', "\r\n"),
        swap(
            "index 2\n",
            &format!("index 2\n{}", format!("{}\n", Hash::empty().to_base64()).repeat(64)),
        ),
    ];
    for text in bad {
        assert!(TlogProof::parse(text.as_bytes()).is_err(), "{text}");
    }
    let large = proof(0, 1, Some(&vec![0; EXTRA_BYTES_MAX + 1])).to_text();
    assert_eq!(TlogProof::parse(large.as_bytes()), Err(LedgerError::ProofFormat));
}

proptest! {
    #[test]
    fn no_change_survives(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let good = proof(5, 9, None);
        let policy = Policy::of_log(log().verifier().clone());
        let mut bytes = good.to_text().into_bytes();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != byte);
        bytes[at] = byte;
        let verdict = TlogProof::parse(&bytes).and_then(|proof| proof.verify(b"entry 5", &policy));
        prop_assert!(verdict.is_err());
    }
}
