use super::{Signal, Signals};

#[test]
fn sets_of_signals_only_grow() {
    let both = Signals::NONE.with(Signal::Gpc).and(Signals::NONE.with(Signal::ConsentTool));
    assert!(both.holds(Signal::Gpc) && both.holds(Signal::ConsentTool));
    assert_eq!(both.first_not_in(Signals::NONE.with(Signal::Gpc)), Some(Signal::ConsentTool));
    assert_eq!(both.first_not_in(both), None);
    assert_eq!(Signals::NONE.first_not_in(Signals::NONE), None);
}
