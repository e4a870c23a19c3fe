//! Cues and how far they reach.

use super::Cues;
use crate::kind::Kind;

fn near(text: &str, value: &str, kind: Kind) -> bool {
    let start = text.find(value).unwrap();
    Cues::new().unwrap().of(text).near(kind, start, start + value.len())
}

#[test]
fn cues_are_whole_words_near_a_value() {
    assert!(near("my CARD is 1234", "1234", Kind::Card));
    assert!(near("1234 is my card", "1234", Kind::Card));
    assert!(!near("cardigan 1234", "1234", Kind::Card));
    assert!(!near("[card] 1234", "1234", Kind::Card));
    assert!(near("social security number: 1234", "1234", Kind::NationalId));
    assert!(!near(&format!("card {} 1234", "x ".repeat(40)), "1234", Kind::Card));
}
