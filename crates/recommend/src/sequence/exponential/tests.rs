use super::*;

#[test]
fn it_agrees_with_libm() {
    for step in -8_700..=8_800_i16 {
        let x = f32::from(step) / 100.0;
        let expected = libm::exp(f64::from(x));
        let error = (f64::from(exp(x)) - expected).abs() / expected;
        assert!(error < 2.5e-7, "exp({x}) is off by {error}");
    }
}

#[test]
fn the_ends_are_held() {
    assert_eq!(exp(0.0).to_bits(), 1.0_f32.to_bits());
    assert_eq!(exp(-1e30).to_bits(), exp(-87.0).to_bits());
    assert_eq!(exp(1e30).to_bits(), exp(88.0).to_bits());
    assert!(exp(-1e30) > 0.0 && exp(1e30).is_finite());
}
