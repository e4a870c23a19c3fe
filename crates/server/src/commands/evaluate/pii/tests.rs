//! The command on a folder of its own.

use super::{Pii, measure, run, sentences};
use pii::kind::Kind;
use pii::scan::{Scanner, Settings};

const SENTENCES: &str = r#"[
  {"full_text": "é mail a@example.com", "template_id": 2, "spans":
    [{"entity_type": "EMAIL_ADDRESS", "start_position": 7, "end_position": 20}]},
  {"full_text": "card 4111111111111111", "template_id": 3, "spans":
    [{"entity_type": "CREDIT_CARD", "start_position": 5, "end_position": 21}]}
]"#;

#[test]
fn labels_are_compared_with_findings() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(super::FILE), SENTENCES).unwrap();
    let sentences = sentences(folder.path()).unwrap();
    let scanner = Scanner::new(Settings::default()).unwrap();
    let measured = measure(&scanner, sentences.iter()).unwrap();
    assert_eq!(measured.strict.texts, 2);
    assert_eq!(measured.strict.pieces[&Kind::Email], (1, 1));
    assert_eq!(measured.strict.pieces[&Kind::Card], (1, 1));
    let tally = measured.places_as_one.same_kind();
    assert_eq!((tally.labeled, tally.found, tally.both), (4, 4, 4));
    let text = folder.path().join("goods.txt");
    std::fs::write(&text, "ROSE BOX\nask a@example.com\n").unwrap();
    let line = super::false_hits(&scanner, &text).unwrap();
    assert!(line.ends_with("1 of 2 lines, 500.0 per 1,000"), "{line}");
    let out = folder.path().join("ours.jsonl");
    let command = Pii {
        data: Some(folder.path().to_owned()),
        text: vec![text],
        predictions: Some(out.clone()),
    };
    run(&command).unwrap();
    let predicted = std::fs::read_to_string(out).unwrap();
    assert_eq!(predicted, "[[\"email\",7,20]]\n[[\"card\",5,21]]\n");
    let nowhere = Pii { data: Some(folder.path().join("no")), ..Pii::default() };
    assert!(run(&nowhere).is_err());
}
