//! Rounding keeps to multiples and goes to the nearer one.

use super::Plan;

#[track_caller]
fn check(weight: i32, unit: i32, expected: i32) {
    let mut plan = Plan::shipped();
    let group = &mut plan.blend.groups[0];
    (group.current, group.models.get_mut("vmis").unwrap().share) = (weight, weight);
    let group = &plan.rounded(unit).blend.groups[0];
    assert_eq!((group.current, group.models["vmis"].share), (expected, expected), "{weight}");
}

#[test]
fn weights_are_rounded_to_the_nearest_multiple() {
    for (weight, expected) in
        [(0, 0), (2, 0), (3, 5), (7, 5), (8, 10), (-2, 0), (-3, -5), (-8, -10)]
    {
        check(weight, 5, expected);
    }
    check(-7, 1, -7);
    check(7, 0, 7);
}
