//! The way back from plain text.

use super::Plain;

#[test]
fn plain_text_is_borrowed_and_stays() {
    for text in ["", "abc 123", "žluťoučký", "日本"] {
        let plain = Plain::new(text);
        assert_eq!(plain.text(), text);
        assert_eq!(plain.back(0, text.len()), (0, text.len()));
    }
}

#[test]
fn every_piece_points_back() {
    let text = "a\u{200b}٤\u{200d}２é–b";
    let plain = Plain::new(text);
    assert_eq!(plain.text(), "a42é-b");
    let (start, end) = plain.back(1, 3);
    assert_eq!(text.get(start..end), Some("٤\u{200d}２"));
    let (start, end) = plain.back(5, 7);
    assert_eq!(text.get(start..end), Some("–b"));
}
