//! Counting by hand.

use super::{Label, Measure, Tally};
use crate::finding::{Finding, Reason};
use crate::kind::Kind;

fn found(range: std::ops::Range<usize>, kind: Kind) -> Finding {
    Finding { start: range.start, end: range.end, kind, score: 60, reason: Reason::List, rule: "t" }
}

#[test]
fn words_are_counted_by_kind() {
    let mut measure = Measure::default();
    // Anna and Bert are labeled; Anna is found, Bert as a place, Oslo for nothing.
    let labels =
        [Label { range: 0..4, kind: Kind::Person }, Label { range: 9..13, kind: Kind::Person }];
    let findings =
        [found(0..4, Kind::Person), found(9..13, Kind::Place), found(17..21, Kind::Place)];
    measure.add("Anna and Bert in Oslo", &labels, &findings);
    let person = measure.by_kind[&Kind::Person];
    assert_eq!(person, Tally { labeled: 2, found: 1, both: 1 });
    assert_eq!(measure.by_kind[&Kind::Place], Tally { labeled: 0, found: 2, both: 0 });
    assert_eq!(measure.any, Tally { labeled: 2, found: 3, both: 2 });
    assert_eq!(measure.same_kind(), Tally { labeled: 2, found: 3, both: 1 });
    assert_eq!(measure.pieces[&Kind::Person], (2, 1));
    // Precision 1/3, recall 1/2: F2 is 5/12 of ... by hand.
    assert!((measure.same_kind().f2() - 5.0 / 3.0 / 2.0 / (4.0 / 3.0 + 0.5)).abs() < 1e-12);
    assert_eq!(Tally::default().f2().to_bits(), 0.0_f64.to_bits());
}
