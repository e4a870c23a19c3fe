//! The notes of the specifications, and everything that only looks like one.

use proptest::prelude::*;

use super::{Note, NoteSignature, SIGNATURES_MAX, cosign};
use crate::error::LedgerError;
use crate::key::{Algorithm, KeyName, Said, SignerKey, VerifierKey};

/// The example of `c2sp.org/signed-note`.
const QUASIMODO: &str = "Ognuno sta solo sul cuor della terra\n\
    trafitto da un raggio di sole:\n\n\u{e8}d \u{e8} subito sera.\n\n\
    \u{2014} quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

/// The documentation of `sumdb/note`: a text, two signatures, their keys.
const PROBLEM: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n\
    \u{2014} EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";
const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const NEUMANN_PRIVATE: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";

fn parse(text: &str) -> Result<Note, LedgerError> {
    Note::parse(text.as_bytes())
}

fn key(text: &str) -> VerifierKey {
    VerifierKey::parse(text).unwrap()
}

fn signer(name: &str, seed: u8) -> SignerKey {
    let name = KeyName::parse(name).unwrap();
    SignerKey::new(name, Algorithm::Cosignature, &[seed; 32]).unwrap()
}

#[test]
fn the_example_of_the_specification() {
    let note = parse(QUASIMODO).unwrap();
    assert!(note.text().ends_with("sole:\n\n\u{e8}d \u{e8} subito sera.\n"));
    assert_eq!((note.signatures().len(), note.to_text().as_str()), (1, QUASIMODO));
    // Nobody whom we know.
    assert_eq!(note.verify(&[key(NEUMANN)]), Err(LedgerError::Signature));
    assert_eq!(note.verify(&[]), Err(LedgerError::Signature));
}

#[test]
fn the_example_of_the_go_documentation() {
    let note = parse(PROBLEM).unwrap();
    let keys = [key(ENOCH), key(NEUMANN)];
    let verified = note.verify(&keys).unwrap();
    let names: Vec<&str> = verified.iter().map(|one| one.key.name().as_str()).collect();
    assert_eq!(names, ["PeterNeumann", "EnochRoot"]);
    assert!(verified.iter().all(|one| one.said == Said::Text));
    assert_eq!(note.verify(&keys[..1]).unwrap().len(), 1);
    // Ed25519 is deterministic: signing again gives the documented bytes.
    let neumann = SignerKey::parse(NEUMANN_PRIVATE).unwrap();
    let again = Note::sign(note.text().to_owned(), &neumann, 0).unwrap();
    assert_eq!(again.signatures(), &note.signatures()[..1]);
}

#[test]
fn one_wrong_signature_of_a_known_key_refuses_the_note() {
    let damaged = PROBLEM.replace("cryptography", "Cryptography");
    let note = parse(&damaged).unwrap();
    assert_eq!(note.verify(&[key(NEUMANN)]), Err(LedgerError::Signature));
    // Enoch's line is damaged; who trusts only Neumann does not care.
    let note = parse(&PROBLEM.replace("rwz+eBzm", "rwz+eBzn")).unwrap();
    assert!(note.verify(&[key(NEUMANN)]).is_ok());
    assert_eq!(note.verify(&[key(NEUMANN), key(ENOCH)]), Err(LedgerError::Signature));
    // A name alone, or an id alone, is an unknown key.
    let note = parse(&PROBLEM.replace("PeterNeumann", "PaulNeumann")).unwrap();
    assert_eq!(note.verify(&[key(NEUMANN)]), Err(LedgerError::Signature));
    let note = parse(&PROBLEM.replace("x08go", "x08gp")).unwrap();
    assert_eq!(note.verify(&[key(NEUMANN)]), Err(LedgerError::Signature));
    // A key counts once, by its first line.
    let line = PROBLEM.lines().nth(3).unwrap();
    let note = parse(&format!("{PROBLEM}{line}\n")).unwrap();
    assert_eq!(note.verify(&[key(NEUMANN)]).unwrap().len(), 1);
}

#[test]
fn what_only_looks_like_a_note_is_refused() {
    let line = "\u{2014} a AAAAAAA=\n";
    assert!(parse(&format!("text\n\n{line}")).is_ok());
    assert!(parse(&format!("\n\n{line}")).is_ok());
    let bad = [
        String::new(),
        "\n".to_owned(),
        "text\n".to_owned(),
        "text\n\n".to_owned(),
        "text\n\n\n".to_owned(),
        line.to_owned(),
        format!("text\n{line}"),
        format!("text\n\n{line}\n"),
        format!("text\n\n{line}text\n"),
        format!("text\n\n{}", line.trim_end()),
        format!("te\rxt\n\n{line}"),
        format!("te\txt\n\n{line}"),
        format!("te\0xt\n\n{line}"),
        format!("text\n\n{}", line.replace('\n', "\r\n")),
        "text\n\n- a AAAAAAA=\n".to_owned(),
        "text\n\n\u{2014}a AAAAAAA=\n".to_owned(),
        "text\n\n\u{2014}  AAAAAAA=\n".to_owned(),
        "text\n\n\u{2014} a\n".to_owned(),
        "text\n\n\u{2014} a \n".to_owned(),
        "text\n\n\u{2014} a b AAAAAAA=\n".to_owned(),
        "text\n\n\u{2014} a+b AAAAAAA=\n".to_owned(),
        "text\n\n\u{2014} a AAAAAAA\n".to_owned(),
        "text\n\n\u{2014} a AAAAAA==\n".to_owned(),
        "text\n\n\u{2014} a AAAAAAB=\n".to_owned(),
        "text\n\n\u{2014} a AAAA\n".to_owned(),
        "text\n\n\u{2014} a AAA-AAA=\n".to_owned(),
    ];
    for text in bad {
        assert_eq!(parse(&text), Err(LedgerError::Note), "{text:?}");
    }
    assert_eq!(Note::parse(b"te\xffxt\n\n"), Err(LedgerError::Note));
    let bad = Note::sign("no line end".to_owned(), &signer("a", 1), 0);
    assert_eq!(bad, Err(LedgerError::Note));
}

#[test]
fn limits_are_kept() {
    let line = "\u{2014} a AAAAAAA=\n";
    let with = |count: usize| parse(&format!("text\n\n{}", line.repeat(count)));
    assert_eq!(with(SIGNATURES_MAX).unwrap().signatures().len(), SIGNATURES_MAX);
    assert_eq!(with(SIGNATURES_MAX + 1), Err(LedgerError::Note));
    let mut note = with(SIGNATURES_MAX).unwrap();
    assert_eq!(note.add(cosign("text\n", &signer("b", 1), 5)), Err(LedgerError::Note));
    assert_eq!(note.add(note.signatures()[0].clone()), Ok(()));
    let huge = format!("{}\n\n{line}", "a".repeat(super::NOTE_BYTES_MAX));
    assert_eq!(parse(&huge), Err(LedgerError::Note));
}

#[test]
fn a_witness_adds_its_line() {
    let (log, witness) = (SignerKey::parse(NEUMANN_PRIVATE).unwrap(), signer("w.example/1", 3));
    let mut note = Note::sign("shop\n0\nx\n".to_owned(), &log, 0).unwrap();
    note.add(cosign(note.text(), &witness, 42)).unwrap();
    note.add(cosign(note.text(), &witness, 42)).unwrap();
    let note = parse(&note.to_text()).unwrap();
    assert_eq!(note.signatures().len(), 2);
    let keys = [log.verifier().clone(), witness.verifier().clone()];
    let said: Vec<Said> = note.verify(&keys).unwrap().iter().map(|one| one.said).collect();
    assert_eq!(said, [Said::Text, Said::Seen { at_s: 42 }]);
    let line = note.signatures()[1].to_line();
    assert_eq!(NoteSignature::parse(line.trim_end()).as_ref(), Ok(&note.signatures()[1]));
}

proptest! {
    #[test]
    fn what_is_signed_is_read_again(lines in prop::collection::vec("[^\\x00-\\x1f]{0,12}", 1..6)) {
        let text = lines.join("\n") + "\n";
        let log = SignerKey::parse(NEUMANN_PRIVATE).unwrap();
        let note = Note::sign(text, &log, 0).unwrap();
        let again = parse(&note.to_text()).unwrap();
        prop_assert!(again.verify(std::slice::from_ref(log.verifier())).is_ok());
        prop_assert_eq!(again, note);
    }

    #[test]
    fn no_bytes_panic(front in ".{0,20}", back in "(\u{2014} |\n|a |[A-Za-z0-9+/=]{4}){0,9}") {
        let text = format!("{front}\n\n{back}");
        if let Ok(note) = parse(&text) {
            prop_assert_eq!(note.to_text(), text);
        }
    }
}
