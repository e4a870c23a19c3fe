use super::{draw, short, time};
use crate::commands::bench::scale::{Row, Times};
use crate::commands::drawing::tests::elements;

fn row(varied: &'static str, (interactions, items, list): (u64, usize, usize)) -> Row {
    let times = |ns: u64| Times { p50: ns, p90: 2 * ns, p99: 3 * ns, p99_5: 4 * ns };
    let (vmis_ns, answer_ns) = (times(interactions / 10), times(interactions / 2));
    Row { varied, list, interactions, items, vmis_ns, answer_ns, ..Row::default() }
}

#[test]
fn every_point_is_drawn_and_said() {
    let rows = [
        row("interactions", (99_478, 8_535, 20)),
        row("interactions", (9_998_273, 94_749, 20)),
        row("items", (999_172, 3_000, 20)),
        row("items", (999_172, 144_242, 20)),
        row("list", (999_172, 29_334, 5)),
        row("list", (999_172, 29_334, 50)),
    ];
    let svg = draw(&rows);
    let names = elements(&svg);
    let count = |name: &str| names.iter().filter(|one| *one == name).count();
    // One mark of each kind is the legend's, one rectangle the ground.
    assert_eq!((count("circle"), count("rect"), count("polyline")), (13, 14, 12));
    assert!(svg.contains("<title>whole answer p99.5 at 10M: 19996.5 us</title>"), "{svg}");
    assert!(svg.contains("by length of the list 50: VMIS-kNN p50 99"));
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
    elements(&draw(&[]));
}

#[test]
fn numbers_are_short() {
    assert_eq!([5, 8_535, 999_172, 9_998_273].map(short), ["5", "9k", "999k", "10M"]);
    assert_eq!([100, 10_000, 1_000_000].map(time), ["100 ns", "10 us", "1 ms"]);
}
