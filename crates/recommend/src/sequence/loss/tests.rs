use super::*;

const NOWHERE: f32 = -1e30;

fn near(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-6
}

#[test]
fn equal_logits_cost_the_logarithm_of_their_number() {
    let mut logits = vec![1.0; 8];
    let target = Target { column: 2, weight: 1.0 };
    let loss = softmax_loss(&mut logits, &[0.0; 8], &[target]);
    assert!(near(loss, libm::log(8.0)), "{loss}");
    for (column, slope) in logits.iter().enumerate() {
        let expected = if column == 2 { -0.875 } else { 0.125 };
        assert!(near(f64::from(*slope), expected), "{column}");
    }
}

#[test]
fn a_target_stands_for_itself_whatever_its_column_says() {
    for correction in [NOWHERE, 0.0, 3.0] {
        let mut corrections = [0.0, 0.0, correction, 1.0, NOWHERE, NOWHERE, NOWHERE, NOWHERE];
        corrections[0] = 0.5;
        let mut logits = vec![0.0; 8];
        let target = Target { column: 2, weight: 0.5 };
        let loss = softmax_loss(&mut logits, &corrections, &[target]);
        let sum = libm::exp(0.5) + 2.0 + libm::exp(1.0);
        assert!(near(loss, 0.5 * libm::log(sum)), "{correction}: {loss}");
        assert!(near(f64::from(logits[2]), 0.5 / sum - 0.5));
        assert!(near(f64::from(logits[7]), 0.0));
    }
}

#[test]
fn large_logits_stay_finite() {
    let mut logits = vec![500.0, -500.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let loss = softmax_loss(&mut logits, &[0.0; 8], &[Target { column: 1, weight: 1.0 }]);
    assert!(near(loss / 1_000.0, 1.0), "{loss}");
    assert!(logits.iter().all(|slope| slope.is_finite()));
}
