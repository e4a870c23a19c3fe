use domain::time::Timestamp;
use personal::subject::SubjectRef;

use super::Strangers;

const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);
const MINUTE_MS: i64 = 60_000;
const WHO: SubjectRef = SubjectRef::from_bytes([1; 16]);

#[test]
fn a_stranger_is_one_until_the_visit_is_over() {
    let strangers = Strangers::default();
    assert!(!strangers.holds(WHO, true, NOW));
    strangers.begin(WHO, NOW).unwrap();
    assert!(!strangers.holds(SubjectRef::from_bytes([2; 16]), true, NOW));
    let at = |minutes: i64| NOW.plus_ms(minutes * MINUTE_MS);
    // Looking is no step; a step lets the visit go on.
    assert!(strangers.holds(WHO, false, at(29)) && !strangers.holds(WHO, false, at(30)));
    let mut minutes = 0;
    while strangers.holds(WHO, true, at(minutes)) {
        minutes += 29;
    }
    assert!((24 * 60..24 * 60 + 29).contains(&minutes), "a day at most: {minutes}");
    strangers.sweep(at(minutes));
    assert!(!strangers.holds(WHO, true, NOW), "forgotten");
    strangers.begin(WHO, NOW).unwrap();
    strangers.end(WHO);
    assert!(!strangers.holds(WHO, true, NOW));
}
