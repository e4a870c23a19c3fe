//! A closed value has no text.

use personal::kinds::HistoryEvent;
use personal::value::Personal;

fn print(value: &Personal<HistoryEvent>) {
    println!("{}", value);
}

fn main() {}
