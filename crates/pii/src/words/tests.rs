//! Words and what stands between them.

use super::{CAPITAL, DIGIT, DIGITS, LETTERS, SHOUTED, Words};

fn check(text: &str, expected: &[&str]) {
    let words = Words::new(text);
    let found: Vec<&str> = (0..words.len()).map(|index| words.str(index)).collect();
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn texts_are_cut_into_words() {
    check("", &[]);
    check(" ,.", &[]);
    check("It's 3.5 €, Zoë", &["It", "s", "3", "5", "Zoë"]);
    check("5272x565 1920xy 0x12", &["5272", "x565", "1920xy", "0x12"]);
    check("ul. Jarzębinowa\u{301} 5", &["ul", "Jarzębinowa\u{301}", "5"]);
    check("日本語、テスト", &["日本語", "テスト"]);
}

#[test]
fn shapes_say_what_a_word_consists_of() {
    let words = Words::new("Anna USA 12 A1 b Ø");
    let shapes: Vec<u8> = words.all().iter().map(|word| word.shape & !super::WIDE).collect();
    let expected = [
        LETTERS | CAPITAL,
        LETTERS | CAPITAL | SHOUTED,
        DIGITS | DIGIT,
        LETTERS | CAPITAL | DIGIT | SHOUTED,
        LETTERS,
        LETTERS | CAPITAL | SHOUTED,
    ];
    assert_eq!(shapes, expected);
}
