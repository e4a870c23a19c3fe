//! A closed value and an opened record have no serialized form of their own.

use personal::kinds::HistoryEvent;
use personal::value::Personal;

fn writable<T: serde::Serialize>() {}

fn main() {
    writable::<Personal<HistoryEvent>>();
    writable::<HistoryEvent>();
}
