//! Every status of the protocol, the disk before the answer, and a log that asks.

use super::{AddCheckpoint, Answer, Decision, Reply, Witness, read_reply};
use crate::checkpoint::Checkpoint;
use crate::error::LedgerError;
use crate::hash::Hash;
use crate::key::{Algorithm, KeyName, Said, SignerKey};
use crate::merkle::Head;
use crate::note::Note;
use crate::oracle::{leaves, proof, root};

/// The example of `c2sp.org/tlog-witness`.
const REQUEST: &str = "old 20852014\n\
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
    5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n\
    example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
    \u{2014} example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
const REPLY: &str = "\u{2014} witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==\n";
const NOW_S: u64 = 1_795_000_000;

fn key(name: &str, algorithm: Algorithm, seed: u8) -> SignerKey {
    SignerKey::new(KeyName::parse(name).unwrap(), algorithm, &[seed; 32]).unwrap()
}

fn log() -> SignerKey {
    key("shop.example/log", Algorithm::Ed25519, 1)
}

fn cosigner() -> SignerKey {
    key("w.example/1", Algorithm::Cosignature, 2)
}

fn witness() -> Witness {
    let other = key("other.example/log", Algorithm::Ed25519, 3);
    Witness::new(cosigner(), vec![other.verifier().clone(), log().verifier().clone()]).unwrap()
}

fn head(size: usize) -> Head {
    Head { size: size as u64, root: root(&leaves(size)) }
}

fn request(old: usize, size: usize) -> AddCheckpoint {
    let checkpoint = Checkpoint::sign(head(size), &log()).unwrap();
    AddCheckpoint { old: old as u64, proof: proof(old, &leaves(size)), checkpoint }
}

/// The status, and the head to store when there is one.
#[track_caller]
fn decide(request: &str, latest: Option<&Head>) -> (Answer, Option<Head>) {
    let witness = witness();
    let read = match witness.read(request.as_bytes()) {
        Ok(read) => read,
        Err(answer) => return (answer, None),
    };
    match witness.decide(&read, latest, NOW_S) {
        Decision::Refuse(answer) => (answer, None),
        Decision::Confirm(persist) => {
            let (origin, head) = persist.write();
            assert_eq!(origin, "shop.example/log");
            let head = *head;
            (persist.persisted(), Some(head))
        }
    }
}

#[test]
fn the_examples_of_the_specification() {
    let request = AddCheckpoint::parse(REQUEST.as_bytes()).unwrap();
    assert_eq!((request.old, request.proof.len()), (20_852_014, 4));
    assert_eq!(request.checkpoint.signatures().len(), 2);
    assert_eq!(request.to_text(), REQUEST);
    let unknown = read_reply((200, REPLY.as_bytes()), &request.checkpoint, &[]);
    assert_eq!(unknown, Err(LedgerError::Signature));
}

#[test]
fn a_witness_follows_a_log() {
    let mut latest: Option<Head> = None;
    for (old, size) in [(0, 0), (0, 5), (5, 5), (5, 6), (6, 300)] {
        let (answer, write) = decide(&request(old, size).to_text(), latest.as_ref());
        assert_eq!((answer.status, write), (200, Some(head(size))), "{old} to {size}");
        let checkpoint = request(old, size).checkpoint;
        let known = [cosigner().verifier().clone()];
        let reply = read_reply((200, answer.body.as_bytes()), &checkpoint, &known).unwrap();
        let Reply::Confirmed(lines) = reply else { panic!("{reply:?}") };
        let said = lines[0].verify(checkpoint.text(), &known[0]);
        assert_eq!(said, Ok(Said::Seen { at_s: NOW_S }));
        latest = write;
    }
}

#[test]
fn every_refusal_has_its_status() {
    let check = |request: &str, latest: Option<&Head>, status: u16, body: &str| {
        let (answer, write) = decide(request, latest);
        assert_eq!((answer.status, answer.body.as_str(), write), (status, body, None), "{request}");
        assert_eq!(answer.content_type.is_some(), status == 409);
    };
    let good = request(5, 9).to_text();
    let five = head(5);
    check("old 5\n", Some(&five), 400, "");
    check(&good.replace("old 5", "old 05"), Some(&five), 400, "");
    check(&good.replace("shop.example/log\n9\n", "shop.example/log\n09\n"), Some(&five), 400, "");
    check(REQUEST, Some(&five), 404, "");
    // The right name with a signature of nobody, and one that does not fit.
    let forged = key("shop.example/log", Algorithm::Ed25519, 9);
    let forged = Checkpoint::sign(head(9), &forged).unwrap();
    let forged = AddCheckpoint { checkpoint: forged, ..request(5, 9) };
    check(&forged.to_text(), Some(&five), 403, "");
    check(&good.replace("shop.example/log\n9\n", "shop.example/log\n8\n"), Some(&five), 403, "");
    let backward = AddCheckpoint { old: 10, ..request(9, 9) };
    check(&backward.to_text(), Some(&head(10)), 400, "");
    check(&good, None, 409, "0\n");
    check(&good, Some(&head(4)), 409, "4\n");
    check(&request(0, 9).to_text(), Some(&five), 409, "5\n");
    // A fork of the same size, and one that grew.
    let fork = Head { root: Hash::leaf(b"fork"), ..head(9) };
    check(&request(9, 9).to_text(), Some(&fork), 409, "9\n");
    check(&good, Some(&Head { size: 5, ..fork }), 422, "");
    let without = AddCheckpoint { proof: Vec::new(), ..request(5, 9) };
    check(&without.to_text(), Some(&five), 422, "");
    let with = AddCheckpoint { proof: vec![Hash::empty()], ..request(0, 9) };
    check(&with.to_text(), None, 422, "");
    let with = AddCheckpoint { proof: vec![Hash::empty()], ..request(9, 9) };
    check(&with.to_text(), Some(&head(9)), 422, "");
    // An empty tree has one root.
    let empty = Checkpoint::sign(Head { size: 0, root: Hash::leaf(b"x") }, &log()).unwrap();
    let empty = AddCheckpoint { old: 0, proof: Vec::new(), checkpoint: empty };
    check(&empty.to_text(), None, 409, "0\n");
}

#[test]
fn long_proofs_are_not_read() {
    let lines = |count: usize| format!("{}\n", Hash::empty().to_base64()).repeat(count);
    let with = |count| REQUEST.replace("014\n", &format!("014\n{}", lines(count)));
    assert!(AddCheckpoint::parse(with(59).as_bytes()).is_ok());
    assert!(AddCheckpoint::parse(with(60).as_bytes()).is_err());
}

#[test]
fn a_log_reads_answers_strictly() {
    let request = request(0, 3);
    let (answer, _) = decide(&request.to_text(), None);
    let known = [cosigner().verifier().clone()];
    let read = |status: u16, body: &str| {
        read_reply((status, body.as_bytes()), &request.checkpoint, &known)
    };
    let line = answer.body.as_str();
    assert!(matches!(read(200, line), Ok(Reply::Confirmed(lines)) if lines.len() == 1));
    let with_unknown = format!("{REPLY}{line}");
    assert!(matches!(read(200, &with_unknown), Ok(Reply::Confirmed(lines)) if lines.len() == 1));
    for bad in ["", "\n", line.trim_end(), &format!("{line}\n"), "hello\n"] {
        assert_eq!(read(200, bad), Err(LedgerError::Witness), "{bad:?}");
    }
    let other = Note::parse(super::tests::request(0, 4).checkpoint.to_text().as_bytes()).unwrap();
    let wrong = read_reply((200, line.as_bytes()), &other, &known);
    assert_eq!(wrong, Err(LedgerError::Signature));
    assert_eq!(read(409, "7\n"), Ok(Reply::Conflict { size: 7 }));
    for bad in ["7", "07\n", "", "seven\n", "7\n7\n"] {
        assert_eq!(read(409, bad), Err(LedgerError::Witness), "{bad:?}");
    }
    assert_eq!(read(500, "oops"), Ok(Reply::Refused { status: 500 }));
}

#[test]
fn only_a_cosignature_key_makes_a_witness() {
    assert_eq!(Witness::new(log(), Vec::new()).unwrap_err(), LedgerError::Key);
}
