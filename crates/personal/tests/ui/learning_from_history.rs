//! A permit to teach the models does not open a person's history, at none of the three doors.

use domain::time::Timestamp;
use personal::desk::Desk;
use personal::gate::Facts;
use personal::kinds::HistoryEvent;
use personal::permit::{ConsentVersion, Permit};
use personal::purpose::SharedLearning;
use personal::sweep::Sweep;
use personal::value::Personal;

fn permit(value: Personal<HistoryEvent>, permit: &Permit<SharedLearning>, now: Timestamp) {
    let _event = value.open(permit, now, ConsentVersion::default());
}

fn sweep(value: Personal<HistoryEvent>, facts: &Facts<'_>, now: Timestamp) {
    let _verdict = Sweep::<SharedLearning>::begin("job", now).feed(value, facts, now, |_| ());
}

fn desk(value: Personal<HistoryEvent>, desk: &Desk, permit: &Permit<SharedLearning>) {
    let _read = desk.open(value, permit, (Timestamp::default(), ConsentVersion::default()));
}

fn main() {}
