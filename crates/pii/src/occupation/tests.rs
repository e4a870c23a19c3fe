//! Occupations of people, and words that only look like one.

use crate::kind::Kind;
use crate::scan::tests::{finds, nothing};

#[test]
fn occupations_of_people_are_found() {
    finds(
        "Anna Berg\nSenior software engineer\nBerg AB\n",
        Kind::Title,
        "Senior software engineer",
    );
    finds("Anna Berg, the head teacher, said no.", Kind::Title, "head teacher");
    finds("I work as a night nurse in Oslo.", Kind::Title, "night nurse");
}

#[test]
fn goods_are_no_occupations() {
    for text in ["Nurse", "painter easel", "Window cleaner 500 ml", "the baker's dozen, a box"] {
        nothing(text, Kind::Title);
    }
}
