//! Proofs against RFC 6962 read aloud, against `ct-merkle`, and against every wrong use.

use ct_merkle::RootHash;
use ct_merkle::digest::Output;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2::Sha256;

use super::{Head, verify_consistency, verify_inclusion};
use crate::error::LedgerError;
use crate::hash::Hash;
use crate::oracle::{leaves, path, proof, root};

fn head(leaves: &[Vec<u8>]) -> Head {
    Head { size: leaves.len() as u64, root: root(leaves) }
}

fn hex(text: &str) -> Hash {
    Hash::from_bytes(domain::hex::decode(text).unwrap())
}

/// Inputs and roots that implementations of RFC 6962 have shared since the first one.
#[test]
fn known_roots() {
    let inputs: Vec<Vec<u8>> = vec![
        vec![],
        vec![0x00],
        vec![0x10],
        vec![0x20, 0x21],
        vec![0x30, 0x31],
        vec![0x40, 0x41, 0x42, 0x43],
        (0x50..0x58).collect(),
        (0x60..0x70).collect(),
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    for (size, expected) in roots.iter().enumerate() {
        assert_eq!(root(&inputs[..size]), hex(expected), "{size}");
    }
}

#[test]
fn every_small_proof_verifies_and_no_other() {
    for size in 1..=33 {
        let all = leaves(size);
        let new = head(&all);
        for index in 0..size {
            let proof = path(index, &all);
            let leaf = Hash::leaf(&all[index]);
            assert_eq!(verify_inclusion(&leaf, index as u64, &proof, &new), Ok(()));
            for other in (0..size as u64 + 2).filter(|other| *other != index as u64) {
                assert!(verify_inclusion(&leaf, other, &proof, &new).is_err(), "{index} {other}");
            }
        }
        for old in 0..=size {
            let proof = proof(old, &all);
            let before = head(&all[..old]);
            assert_eq!(verify_consistency(&before, &new, &proof), Ok(()), "{old} {size}");
            let fork = Head { root: Hash::leaf(b"fork"), ..before };
            assert!(verify_consistency(&fork, &new, &proof).is_err(), "{old} {size}");
            let fork = Head { root: Hash::leaf(b"fork"), ..new };
            assert!(old == 0 || verify_consistency(&before, &fork, &proof).is_err());
        }
    }
}

#[test]
fn outside_of_the_tree_is_refused() {
    let new = head(&leaves(5));
    let leaf = Hash::leaf(b"entry 0");
    assert_eq!(verify_inclusion(&leaf, 5, &[], &new), Err(LedgerError::Range));
    assert_eq!(verify_inclusion(&leaf, 0, &[], &Head::empty()), Err(LedgerError::Range));
    assert_eq!(verify_consistency(&new, &head(&leaves(4)), &[]), Err(LedgerError::Range));
    let huge = Head { size: u64::MAX, root: leaf };
    assert_eq!(verify_inclusion(&leaf, 0, &[], &huge), Err(LedgerError::Range));
    assert_eq!(verify_consistency(&new, &huge, &[]), Err(LedgerError::Range));
    // One leaf is its own root.
    let one = Head { size: 1, root: leaf };
    assert_eq!(verify_inclusion(&leaf, 0, &[], &one), Ok(()));
    assert_eq!(verify_inclusion(&leaf, 0, &[leaf], &one), Err(LedgerError::Proof));
    assert_eq!(verify_consistency(&new, &new, &[leaf]), Err(LedgerError::Proof));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_proof_fails(
        size in 2_usize..200, at in any::<prop::sample::Index>(), old in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(), bit in 0_usize..256, cut in any::<bool>(),
    ) {
        let all = leaves(size);
        let (new, index, old) = (head(&all), at.index(size), 1 + old.index(size - 1));
        let damage = |proof: Vec<Hash>| {
            let mut proof = proof;
            if cut || proof.is_empty() {
                proof.push(new.root);
                return proof;
            }
            let place = place.index(proof.len());
            let mut bytes = *proof[place].as_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            proof[place] = Hash::from_bytes(bytes);
            proof
        };
        let inclusion = damage(path(index, &all));
        let leaf = Hash::leaf(&all[index]);
        prop_assert!(verify_inclusion(&leaf, index as u64, &inclusion, &new).is_err());
        let shorter = &inclusion[..inclusion.len() - 1];
        prop_assert!(cut || verify_inclusion(&leaf, index as u64, shorter, &new).is_err());
        let consistency = damage(proof(old, &all));
        prop_assert!(verify_consistency(&head(&all[..old]), &new, &consistency).is_err());
    }

    #[test]
    fn another_implementation_agrees(size in 1_usize..300, at in any::<prop::sample::Index>(), old in any::<prop::sample::Index>()) {
        let all = leaves(size);
        let (index, old) = (at.index(size), 1 + old.index(size));
        let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        let mut before: Option<RootHash<Sha256>> = None;
        for leaf in &all {
            theirs.push(leaf.clone());
            if theirs.len() == old as u64 {
                before = Some(theirs.root());
            }
        }
        let now = theirs.root();
        let mine = root(&all);
        prop_assert_eq!(now.as_bytes().as_slice(), mine.as_bytes());
        // Ours read theirs.
        let hashes = |bytes: &[u8]| -> Vec<Hash> {
            bytes.as_chunks().0.iter().copied().map(Hash::from_bytes).collect()
        };
        let inclusion = theirs.prove_inclusion(index);
        let leaf = Hash::leaf(&all[index]);
        prop_assert_eq!(verify_inclusion(&leaf, index as u64, &hashes(inclusion.as_bytes()), &head(&all)), Ok(()));
        prop_assert_eq!(&hashes(inclusion.as_bytes()), &path(index, &all));
        let before = before.unwrap();
        let mine = RootHash::<Sha256>::new(Output::<Sha256>::from(*root(&all[..old]).as_bytes()), old as u64);
        prop_assert_eq!(before.as_bytes(), mine.as_bytes());
        if old < size {
            let consistency = theirs.prove_consistency(size - old);
            prop_assert_eq!(&hashes(consistency.as_bytes()), &proof(old, &all));
        }
    }
}
