//! A closed value has no door but the permit.

use personal::kinds::HistoryEvent;
use personal::value::Personal;

fn field(value: &Personal<HistoryEvent>) {
    println!("{:?}", value.value.item);
}

fn method(value: Personal<HistoryEvent>) -> HistoryEvent {
    value.into_value()
}

fn deref(value: &Personal<HistoryEvent>) -> &HistoryEvent {
    &**value
}

fn main() {}
