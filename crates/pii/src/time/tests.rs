//! Dates, births, ages.

use crate::kind::Kind;
use crate::scan::tests::{finds, nothing};

#[test]
fn dates_are_found() {
    for date in [
        "5th of May 2021",
        "2018-02-24 12:45:18",
        "10/5/1971",
        "24.12.18",
        "24 December 2018",
        "March 3rd, 2020",
    ] {
        finds(&format!("on {date} it"), Kind::Date, date);
    }
    for text in ["1.2.3", "99/99/2000", "2018-13-45", "may be", "1999 pieces"] {
        nothing(text, Kind::Date);
    }
}

#[test]
fn a_word_makes_a_date_one_of_birth() {
    finds("She was born on 10/5/1971.", Kind::DateOfBirth, "10/5/1971");
    finds("DOB: 1971-05-10", Kind::DateOfBirth, "1971-05-10");
    nothing("delivered on 10/5/2021", Kind::DateOfBirth);
}

#[test]
fn ages_are_found() {
    for (text, age) in [
        ("I just turned 42", "42"),
        ("and i'm 58 y/o.", "58"),
        ("This 20 year old female", "20"),
        ("I was 12 when we met", "12"),
        ("at the age of 45", "45"),
        ("Anna Berg, 45, said", "45"),
        ("Written when he was 78.", "78"),
    ] {
        finds(text, Kind::Age, age);
    }
    nothing("it was 78 degrees", Kind::Age);
}
