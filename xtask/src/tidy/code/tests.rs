//! What is blanked and what stays.

use super::{identifiers, line_at, mask};

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(mask(text), expected, "{text}");
}

#[test]
fn comments_and_strings_are_blanked_in_place() {
    check("a // b\nc", "a     \nc");
    check("a /* b /* c */ d */ e", "a                   e");
    check("/* open", "       ");
    check(r#"f("x\"y")"#, r#"f("    ")"#);
    check("f(r#\"x\"y\"#)", "f(r#\"   \"#)");
    check("br\"x\" r#type xr", "br\" \" r#type xr");
    check("f('\"', '\\'', '\\u{1F}', 'é')", "f(   ,     ,         ,     )");
    check("fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)");
    check("\"é\n\"x", "\"  \n\"x");
}

#[test]
fn words_and_lines_are_found() {
    let found: Vec<_> = identifiers("pub fn a_1(é: B)").collect();
    assert_eq!(found, [(0, "pub"), (4, "fn"), (7, "a_1"), (11, "é"), (15, "B")]);
    assert_eq!(line_at("a\nb\nc", 4), 3);
}
