use super::Action;

#[test]
fn a_return_teaches_nothing() {
    assert!(!Action::Refund.joins_session());
    assert!(!Action::RemoveFromCart.joins_session());
    assert!(Action::View.joins_session());
}
