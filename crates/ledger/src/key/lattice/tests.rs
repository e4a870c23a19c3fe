//! The layout of what is signed, and that one changed byte is found.

use super::message;
use crate::checkpoint::Checkpoint;
use crate::key::{Algorithm, KeyName, Said, SignerKey, VerifierKey};
use crate::merkle::Head;
use crate::note::cosign;
use crate::policy::Policy;

const NOTE: &str = "shop.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nextension\n";

fn signer(seed: u8) -> SignerKey {
    let name = KeyName::parse("witness.example/w1").unwrap();
    SignerKey::new(name, Algorithm::Lattice, &[seed; 32]).unwrap()
}

#[test]
fn the_message_has_the_layout_of_the_specification() {
    let name = KeyName::parse("w").unwrap();
    let message = message(&name, NOTE, 258).unwrap();
    let (origin, root) = (b"shop.example/log", Head::empty().root);
    let mut expected = b"subtree/v1\n\0\x01w\0\0\0\0\0\0\x01\x02\x10".to_vec();
    expected.extend_from_slice(origin);
    expected.extend_from_slice(&[0; 16]);
    expected.extend_from_slice(root.as_bytes());
    assert_eq!(message, expected);
    assert!(super::message(&name, "no checkpoint", 0).is_err());
}

#[test]
fn a_witness_confirms_with_it_and_a_changed_byte_is_found() {
    let signer = signer(7);
    let key = VerifierKey::parse(&signer.verifier().to_text()).unwrap();
    assert_eq!((key.public().len(), key.algorithm()), (1_312, Algorithm::Lattice));
    let again = SignerKey::parse(&signer.to_text()).unwrap();
    assert_eq!(again.verifier(), &key);
    let signed = signer.sign(NOTE, 9);
    assert_eq!(signed.len(), 8 + 2_420);
    assert_eq!(again.sign(NOTE, 9), signed);
    assert_eq!(key.verify(NOTE, &signed), Ok(Said::Seen { at_s: 9 }));
    // Extension lines are not signed, everything else is.
    assert!(key.verify(&NOTE.replace("extension", "another"), &signed).is_ok());
    assert!(key.verify(&NOTE.replace("shop", "ship"), &signed).is_err());
    assert!(key.verify(&NOTE.replace("\n0\n", "\n1\n"), &signed).is_err());
    for at in [7, 8, 1_000, 2_427] {
        let mut forged = signed.clone();
        forged[at] ^= 1;
        assert!(key.verify(NOTE, &forged).is_err(), "{at}");
    }
    assert!(key.verify(NOTE, &signed[..2_427]).is_err());
    assert!(self::signer(8).verifier().verify(NOTE, &signed).is_err());
    let text = key.to_text().replace("+0", "+1");
    assert!(text == key.to_text() || VerifierKey::parse(&text).is_err());
}

#[test]
fn a_policy_asks_for_it_beside_the_others() {
    let log = KeyName::parse("shop.example/log").unwrap();
    let log = SignerKey::new(log, Algorithm::Ed25519, &[1; 32]).unwrap();
    let witness = signer(7);
    let mut note = Checkpoint::sign(Head::empty(), &log).unwrap();
    let policy = format!(
        "log {}\nwitness w {}\nquorum w\n",
        log.verifier().to_text(),
        witness.verifier().to_text()
    );
    let policy = Policy::parse(policy.as_bytes()).unwrap();
    assert!(policy.check(&note).is_err());
    note.add(cosign(note.text(), &witness, 5)).unwrap();
    assert!(policy.check(&note).is_ok());
}
