//! The example of the specification, quorums counted out, and policies that are refused.

use super::Policy;
use crate::checkpoint::Checkpoint;
use crate::error::LedgerError;
use crate::hash::Hash;
use crate::key::{Algorithm, KeyName, SignerKey};
use crate::merkle::Head;
use crate::note::{Note, cosign};

fn key(name: &str, algorithm: Algorithm, seed: u8) -> SignerKey {
    SignerKey::new(KeyName::parse(name).unwrap(), algorithm, &[seed; 32]).unwrap()
}

fn log() -> SignerKey {
    key("shop.example/log", Algorithm::Ed25519, 1)
}

fn witness(number: u8) -> SignerKey {
    key(&format!("w{number}.example"), Algorithm::Cosignature, 10 + number)
}

fn vkey(key: &SignerKey) -> String {
    key.verifier().to_text()
}

/// The policy of `c2sp.org/tlog-policy`: two of three X and any of three Y.
fn example() -> String {
    let mut text = format!("# An example.\n\nlog {}\n", vkey(&log()));
    for (name, number) in [("X1", 1), ("X2", 2), ("X3", 3), ("Y1", 4), ("Y2", 5), ("Y3", 6)] {
        text.push_str(&format!("witness {name} {}\thttps://w.example/\n", vkey(&witness(number))));
    }
    text + "group X-witnesses 2 X1 X2 X3\n  group  Y-witnesses any Y1\tY2 Y3 \n\
        group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
}

fn note(witnesses: &[u8]) -> Note {
    let head = Head { size: 9, root: Hash::leaf(b"x") };
    let mut note = Checkpoint::sign(head, &log()).unwrap();
    for number in witnesses {
        note.add(cosign(note.text(), &witness(*number), 7)).unwrap();
    }
    note
}

#[test]
fn the_example_of_the_specification() {
    let policy = Policy::parse(example().as_bytes()).unwrap();
    assert_eq!(policy.witnesses().count(), 6);
    let check = |witnesses: &[u8], expected: Result<(), LedgerError>| {
        assert_eq!(policy.check(&note(witnesses)).map(|_| ()), expected, "{witnesses:?}");
    };
    check(&[1, 2, 4], Ok(()));
    check(&[3, 6, 1, 5], Ok(()));
    check(&[1, 2, 3, 4, 5, 6], Ok(()));
    check(&[1, 2, 9, 4], Ok(()));
    for few in [&[][..], &[1, 2], &[1, 4], &[1, 4, 5, 6], &[1, 1, 4], &[9, 1, 4]] {
        check(few, Err(LedgerError::Quorum));
    }
}

#[test]
fn the_log_must_sign_its_own_checkpoint() {
    let policy = Policy::parse(example().as_bytes()).unwrap();
    let signed = note(&[1, 2, 4]);
    let stranger = key("other.example/log", Algorithm::Ed25519, 2);
    let mut unsigned = Note::sign(signed.text().to_owned(), &stranger, 0).unwrap();
    for line in &signed.signatures()[1..] {
        unsigned.add(line.clone()).unwrap();
    }
    assert_eq!(policy.check(&unsigned), Err(LedgerError::Signature));
    let both = format!("log {}\nlog {}\nquorum none\n", vkey(&log()), vkey(&stranger));
    let both = Policy::parse(both.as_bytes()).unwrap();
    assert!(both.check(&signed).is_ok());
    assert_eq!(both.check(&unsigned), Err(LedgerError::Signature));
    // A witness's word for another text is no word.
    let mut mixed = note(&[2, 4]);
    mixed.add(cosign("something else\n", &witness(1), 7)).unwrap();
    assert_eq!(policy.check(&mixed), Err(LedgerError::Signature));
}

#[test]
fn without_witnesses_the_log_is_enough() {
    let policy = Policy::of_log(log().verifier().clone());
    assert!(policy.check(&note(&[])).is_ok());
    let one = format!("log {}\nwitness w {}\nquorum w", vkey(&log()), vkey(&witness(1)));
    let one = Policy::parse(one.as_bytes()).unwrap();
    assert!(one.check(&note(&[1])).is_ok());
    assert_eq!(one.check(&note(&[2])), Err(LedgerError::Quorum));
}

#[test]
fn policies_that_are_refused() {
    let (log, one, two) = (vkey(&log()), vkey(&witness(1)), vkey(&witness(2)));
    let again = vkey(&key("another.name", Algorithm::Cosignature, 11));
    let front = format!("witness a {one}\nwitness b {two}\n");
    let bad: &[(String, usize)] = &[
        (String::new(), 2),
        ("quorum none\nquorum none\n".into(), 2),
        ("quorum a\n".into(), 1),
        ("quorum\n".into(), 1),
        ("quorum none x\n".into(), 1),
        ("quorum none\r\n".into(), 1),
        ("quorum none\nwhat is this\n".into(), 2),
        (format!("log {one}\nquorum none\n"), 1),
        (format!("log {log}\nlog {log}\nquorum none\n"), 2),
        (format!("log {log} a b\nquorum none\n"), 1),
        (format!("witness a {log}\nquorum none\n"), 1),
        (format!("witness none {one}\nquorum none\n"), 1),
        (format!("witness a {one}\nwitness b {again}\nquorum none\n"), 2),
        (format!("witness a {one}\nwitness a {two}\nquorum none\n"), 2),
        (format!("{front}group g 0 a b\nquorum g\n"), 3),
        (format!("{front}group g 3 a b\nquorum g\n"), 3),
        (format!("{front}group g 01 a b\nquorum g\n"), 3),
        (format!("{front}group g any\nquorum g\n"), 3),
        (format!("{front}group g any a a\nquorum g\n"), 3),
        (format!("{front}group g any c\nquorum g\n"), 3),
        (format!("{front}group g any none\nquorum g\n"), 3),
        (format!("{front}group a any b\nquorum a\n"), 3),
        (format!("{front}group g any g\nquorum g\n"), 3),
        (format!("{front}group g any a\ngroup h any a\nquorum h\n"), 4),
        (format!("{front}quorum g\ngroup g any a\n"), 3),
    ];
    for (text, line) in bad {
        let error = Policy::parse(text.as_bytes()).unwrap_err();
        assert_eq!(error, LedgerError::Policy { line: *line }, "{text}");
    }
    assert!(Policy::parse(b"# \xff\xfe\nquorum none").is_ok());
    assert!(Policy::parse(&vec![b'\n'; super::POLICY_BYTES_MAX + 1]).is_err());
}
