use super::{NetworkPrefix, RateLimits};

#[track_caller]
fn check(address: &str, expected: &str) {
    assert_eq!(NetworkPrefix::of(address.parse().unwrap()).text(), expected);
}

#[test]
fn prefixes_cut_the_address() {
    check("192.0.2.77", "192.0.2.0");
    check("::ffff:192.0.2.77", "192.0.2.0");
    check("2001:db8:1:2:3:4:5:6", "2001:db8:1::");
}

#[test]
fn a_prefix_spends_its_own_minute_only() {
    let limits = RateLimits::per_minute(12);
    let (one, other) = ("192.0.2.1".parse().unwrap(), "198.51.100.1".parse().unwrap());
    let admitted = (0..100).filter(|_| limits.admits(NetworkPrefix::of(one))).count();
    assert!((2..=3).contains(&admitted), "{admitted}");
    assert!(limits.admits(NetworkPrefix::of(other)));
}
