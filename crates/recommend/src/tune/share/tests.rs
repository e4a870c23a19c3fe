//! Nobody counts for more than the cap.

use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;

use super::{Share, capped, evenly};
use crate::evaluation::Session;

fn session(person: u8, at: i64) -> Session {
    let subject = (person > 0).then(|| Pseudonym::from_bytes([person; 16]));
    Session { subject, at: Timestamp::from_ms(at), items: vec![ItemId::parse("a").unwrap()] }
}

#[test]
fn the_newest_sessions_of_a_person_stay() {
    let all = vec![session(1, 5), session(2, 1), session(1, 3), session(1, 9), session(0, 2)];
    let kept: Vec<(bool, i64)> =
        capped(all, 2).iter().map(|one| (one.subject.is_some(), one.at.ms())).collect();
    assert_eq!(kept, [(true, 1), (false, 2), (true, 5), (true, 9)]);
}

#[test]
fn nobody_in_particular_has_no_share() {
    let all = vec![session(0, 1), session(0, 2), session(0, 3)];
    assert_eq!(capped(all, 1).len(), 3);
    let mut share = Share::new(1);
    let one = Pseudonym::from_bytes([1; 16]);
    assert!(share.takes(Some(one)) && !share.takes(Some(one)) && share.takes(None));
}

#[test]
fn steps_of_a_long_visit_lie_evenly_apart() {
    let taken = |steps, most| (0..steps).filter(move |place| evenly(*place, steps, most));
    assert_eq!(taken(9, 3).collect::<Vec<_>>(), [2, 5, 8]);
    for steps in 0..60 {
        assert_eq!(taken(steps, 20).count(), steps.min(20), "{steps}");
    }
    assert_eq!(taken(5, 0).count(), 0);
}
