//! Words of many languages.

use crate::content::tokens::{TOKENS_MAX, plain, tokens};

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(tokens(text), expected, "{text:?}");
}

#[test]
fn words_are_parted_lowered_and_stripped_of_marks() {
    check("", &[]);
    check(" - / ", &[]);
    check("Women's Über-Boots, size 42.5", &["women", "s", "uber", "boots", "size", "42", "5"]);
    check("Straße GROẞ ŁÓDŹ Øl Þór", &["strasse", "gross", "lodz", "ol", "thor"]);
    check("cafe\u{301} café Cafe", &["cafe", "cafe", "cafe"]);
    check("İstanbul ıslak", &["istanbul", "islak"]);
    check("Áo dài Việt", &["ao", "dai", "viet"]);
    check("Красные Сапоги", &["красные", "сапоги"]);
    check("خاتم ذهب", &["خاتم", "ذهب"]);
    check("東京タワー x2 茶", &["東京", "京タ", "タワ", "ワー", "x2", "茶"]);
}

#[test]
fn long_words_and_long_texts_are_cut() {
    check(&"a".repeat(64), &[&"a".repeat(64)]);
    check(&format!("{} b", "a".repeat(65)), &["b"]);
    assert_eq!(tokens(&"x ".repeat(1_000)).len(), TOKENS_MAX);
    assert_eq!(tokens(&"茶".repeat(1_000)).len(), TOKENS_MAX);
}

#[test]
fn names_are_compared_without_case_marks_and_spacing() {
    assert_eq!(plain("  Señor \t Ñandú "), "senor nandu");
    assert_eq!(plain("H&M"), "h&m");
    assert_eq!(plain(" "), "");
}
