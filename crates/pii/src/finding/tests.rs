//! Which of two findings stays.

use super::{Finding, Reason, resolve};
use crate::kind::Kind;

fn finding(range: std::ops::Range<usize>, kind: Kind, score: u8, reason: Reason) -> Finding {
    Finding { start: range.start, end: range.end, kind, score, reason, rule: "test" }
}

#[test]
fn checksums_win_then_length_then_score() {
    let card = finding(5..21, Kind::Card, 80, Reason::Checksum);
    let phone = finding(0..21, Kind::Phone, 95, Reason::Form);
    assert_eq!(resolve(vec![phone, card]), [card]);
    let name = finding(30..34, Kind::Person, 85, Reason::List);
    let address = finding(28..60, Kind::Address, 60, Reason::Form);
    assert_eq!(resolve(vec![name, address]), [address]);
    let place = finding(30..34, Kind::Place, 70, Reason::List);
    assert_eq!(resolve(vec![place, name]), [name]);
    assert_eq!(resolve(vec![address, card]), [card, address]);
    assert_eq!(resolve(Vec::new()), []);
}

#[test]
fn long_chains_do_not_overlap_either() {
    let chain: Vec<_> =
        (0..1_000).map(|at| finding(at * 2..at * 2 + 3, Kind::Phone, 60, Reason::Form)).collect();
    let kept = resolve(chain);
    assert!(kept.len() > 300);
    assert!(kept.windows(2).all(|pair| pair[0].end <= pair[1].start));
}
