//! Which of two rows of evidence counts, and what a row leaves behind.

use std::cmp::Reverse;

use domain::time::Timestamp;
use personal::evidence::RecordState;
use personal::gate::Choice;
use personal::kinds::ConsentEvidence;
use personal::signal::{Signal, Signals};

/// Newer is higher; among equals, the more protective.
pub(super) fn rank(
    row: &ConsentEvidence,
) -> (u64, Timestamp, u8, Reverse<(Timestamp, [bool; Signal::ALL.len()])>) {
    let protective = match row.state {
        RecordState::Requested
        | RecordState::Switched
        | RecordState::Period
        | RecordState::Restricted
        | RecordState::Released => 0,
        RecordState::Given | RecordState::Renewed => 1,
        RecordState::Expired => 2,
        RecordState::Paused => 3,
        RecordState::Refused => 4,
        RecordState::Withdrawn | RecordState::Invalidated => 5,
    };
    let outranked = Signal::ALL.map(|signal| row.acknowledged.holds(signal));
    (row.version, row.at, protective, Reverse((row.expires, outranked)))
}

/// The choice that a row says, if it says one.
pub(super) fn choice(row: &ConsentEvidence) -> Option<Choice> {
    let state = row.state.choice()?;
    Some(Choice { state, at: row.at, expires: row.expires, acknowledged: row.acknowledged })
}

/// What a choice leaves for later requests that carry no signal: Global Privacy Control speaks for
/// the person, the strings of consent tools for the request that they came with.
pub(super) const fn lasting(row: &ConsentEvidence) -> Signals {
    row.signals.only(Signal::Gpc)
}
