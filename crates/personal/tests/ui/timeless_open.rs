//! Opening needs the time and the person's consent version of now.

use domain::time::Timestamp;
use personal::kinds::HistoryEvent;
use personal::permit::Permit;
use personal::purpose::Personalization;
use personal::value::Personal;

fn no_time(value: Personal<HistoryEvent>, permit: &Permit<Personalization>) {
    let _event = value.open(permit);
}

fn no_version(value: Personal<HistoryEvent>, permit: &Permit<Personalization>, now: Timestamp) {
    let _event = value.open(permit, now);
}

fn main() {}
