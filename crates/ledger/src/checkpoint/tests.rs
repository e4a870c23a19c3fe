//! The checkpoint of the specification, and texts that are none.

use proptest::prelude::*;

use super::Checkpoint;
use crate::error::LedgerError;
use crate::hash::Hash;
use crate::key::{Algorithm, KeyName, SignerKey};
use crate::merkle::Head;
use crate::note::Note;

/// The example of `c2sp.org/tlog-checkpoint`, with the witness line of `tlog-cosignature`.
const SOFA: &str = "example.com/behind-the-sofa\n20852163\n\
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
    \u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

fn log(name: &str) -> SignerKey {
    SignerKey::new(KeyName::parse(name).unwrap(), Algorithm::Ed25519, &[5; 32]).unwrap()
}

#[test]
fn the_example_of_the_specification() {
    let note = Note::parse(SOFA.as_bytes()).unwrap();
    assert_eq!((note.signatures().len(), note.to_text().as_str()), (2, SOFA));
    let checkpoint = Checkpoint::parse(note.text()).unwrap();
    assert_eq!(checkpoint.origin, "example.com/behind-the-sofa");
    let root = Hash::parse(ROOT).unwrap();
    assert_eq!(checkpoint.head, Head { size: 20_852_163, root });
    assert_eq!((checkpoint.extensions.len(), checkpoint.to_text().as_str()), (0, note.text()));
}

#[test]
fn texts_are_read_or_refused() {
    let good = [
        format!("a\n0\n{ROOT}\n"),
        format!("a log with spaces+plus\n9223372036854775807\n{ROOT}\n"),
        format!("a\n1\n{ROOT}\nextension\nanother one\n"),
    ];
    for text in good {
        assert_eq!(Checkpoint::parse(&text).unwrap().to_text(), text);
    }
    let bad = [
        String::new(),
        "\n".to_owned(),
        "a\n1\n".to_owned(),
        format!("\n1\n{ROOT}\n"),
        format!("a\n1\n{ROOT}"),
        format!("a\n01\n{ROOT}\n"),
        format!("a\n-1\n{ROOT}\n"),
        format!("a\n 1\n{ROOT}\n"),
        format!("a\n9223372036854775808\n{ROOT}\n"),
        format!("a\n\n{ROOT}\n"),
        "a\n1\nAAAA\n".to_owned(),
        format!("a\n1\n{}\n", ROOT.trim_end_matches('=')),
        format!("a\n1\n{ROOT} \n"),
        format!("a\n1\n{ROOT}\n\n"),
        format!("a\n1\n{ROOT}\n\nb\n"),
    ];
    for text in bad {
        assert_eq!(Checkpoint::parse(&text), Err(LedgerError::Checkpoint), "{text:?}");
    }
}

#[test]
fn a_checkpoint_is_signed_and_opened() {
    let (ours, theirs) = (log("shop.example/log"), log("other.example/log"));
    let head = Head { size: 3, root: Hash::leaf(b"x") };
    let note = Checkpoint::sign(head, &ours).unwrap();
    let checkpoint = Checkpoint::open(&note, ours.verifier()).unwrap();
    assert_eq!((checkpoint.origin.as_str(), checkpoint.head), ("shop.example/log", head));
    assert_eq!(Checkpoint::open(&note, theirs.verifier()), Err(LedgerError::Signature));
    // A log that signs in another's name.
    let text = checkpoint.to_text();
    let note = Note::sign(text, &theirs, 0).unwrap();
    assert_eq!(Checkpoint::open(&note, theirs.verifier()), Err(LedgerError::Signature));
}

proptest! {
    #[test]
    fn no_text_panics(text in "(a|[0-9]|\n|AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=){0,9}") {
        if let Ok(checkpoint) = Checkpoint::parse(&text) {
            prop_assert_eq!(checkpoint.to_text(), text);
        }
    }
}
