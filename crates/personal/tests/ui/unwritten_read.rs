//! Staff gets no value before the entry is written.

use personal::desk::DeskRead;
use personal::kinds::HistoryEvent;

fn skip(read: DeskRead<HistoryEvent>) -> HistoryEvent {
    read.value
}

fn main() {}
