use domain::id::ItemId;
use domain::time::Timestamp;

use super::measure;
use crate::device::PublicIndex;
use crate::evaluation::Session;

fn item(name: &str) -> ItemId {
    ItemId::parse(name).unwrap()
}

fn session(items: &[&str]) -> Session {
    let items = items.iter().map(|name| item(name)).collect();
    Session { subject: None, at: Timestamp::from_ms(0), items }
}

#[test]
fn hits_and_ranks_are_counted_over_targets_that_differ() {
    let index = PublicIndex::new([(item("z"), 1)], [(item("a"), item("b"), 9)]);
    let test = [session(&["a", "b", "b", "z"]), session(&["x", "y"]), session(&["a"])];
    let (quality, sessions) = measure(&index, &test, 2);
    // a > b: first. b > z: z is second after a. x > y: not in the list. b > b is left out.
    assert_eq!((quality.targets, quality.hits), (3, 2));
    assert!((quality.reciprocal_rank - 0.5).abs() < 1e-12, "{quality:?}");
    assert_eq!(sessions.len(), 3);
}
