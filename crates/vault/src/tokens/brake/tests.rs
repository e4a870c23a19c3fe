use domain::time::Timestamp;

use super::{Brake, BrakeLimits, Verdict};

const LIMITS: BrakeLimits = BrakeLimits { alone_per_hour: 10, per_hour_max: 25 };
const START: Timestamp = Timestamp::from_ms(1_772_366_400_000);

#[track_caller]
fn check(brake: &mut Brake, ask: (u8, u32, u32), minutes: i64, expected: Verdict) {
    assert_eq!(brake.ask(LIMITS, ask, START.plus_ms(minutes * 60_000)), expected);
}

#[test]
fn an_hour_holds_so_many_values_and_no_more() {
    let mut brake = Brake::default();
    check(&mut brake, (1, 10, 0), 0, Verdict::Go);
    check(&mut brake, (1, 11, 0), 0, Verdict::NeedsApproval);
    check(&mut brake, (1, 26, 1_000), 0, Verdict::Stop);
    brake.count(1, 10, START);
    check(&mut brake, (1, 1, 0), 59, Verdict::NeedsApproval);
    check(&mut brake, (1, 1, 1), 59, Verdict::Go);
    check(&mut brake, (1, 15, 15), 59, Verdict::Go);
    check(&mut brake, (1, 16, 16), 59, Verdict::Stop);
    check(&mut brake, (2, 10, 0), 59, Verdict::Go);
    check(&mut brake, (1, 10, 0), 60, Verdict::Go);
}

#[test]
fn a_clock_that_goes_backwards_frees_nothing() {
    let mut brake = Brake::default();
    brake.count(1, 10, START);
    check(&mut brake, (1, 1, 0), -600, Verdict::NeedsApproval);
    brake.count(1, u32::MAX, START);
    check(&mut brake, (1, 1, 0), 0, Verdict::Stop);
}
