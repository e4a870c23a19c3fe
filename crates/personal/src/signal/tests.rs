use super::{Signal, Signals, SignalsByPurpose};
use crate::purpose::PurposeName;

/// Consent evidence holds this byte: what was stored must read the same for ever.
#[test]
fn stored_bits_never_change() {
    let bits: Vec<_> = Signal::ALL.iter().map(|signal| (*signal as u8, signal.as_str())).collect();
    let expected = [
        (1, "gpc"),
        (2, "consent_tool"),
        (4, "gpp"),
        (8, "tcf"),
        (16, "us_privacy"),
        (32, "consent_mode"),
        (64, "shopify"),
    ];
    assert_eq!(bits, expected);
    for signal in Signal::ALL {
        let stored = postcard::to_allocvec(&Signals::NONE.with(signal)).unwrap();
        assert_eq!(stored, [signal as u8]);
        assert_eq!(Signals::NONE.with(signal).iter().collect::<Vec<_>>(), [signal]);
    }
    let old: Signals = postcard::from_bytes(&[3]).unwrap();
    assert_eq!(old, Signals::NONE.with(Signal::Gpc).with(Signal::ConsentTool));
}

#[test]
fn sets_of_signals_only_grow() {
    let both = Signals::NONE.with(Signal::Gpc).and(Signals::NONE.with(Signal::ConsentTool));
    assert!(both.holds(Signal::Gpc) && both.holds(Signal::ConsentTool));
    assert_eq!(both.first_not_in(Signals::NONE.with(Signal::Gpc)), Some(Signal::ConsentTool));
    assert_eq!(both.first_not_in(both), None);
    assert_eq!(Signals::NONE.first_not_in(Signals::NONE), None);
}

#[test]
fn each_purpose_has_signals_of_its_own() {
    let gpc = Signals::NONE.with(Signal::Gpc);
    assert_eq!(Signal::ALL.into_iter().fold(Signals::NONE, Signals::with), Signals::EVERY);
    assert_eq!(Signals::EVERY.only(Signal::Tcf), Signals::NONE.with(Signal::Tcf));
    assert!(gpc.only(Signal::Tcf).is_empty() && !gpc.is_empty());
    for purpose in PurposeName::ALL {
        let one = SignalsByPurpose::NONE.with(purpose, gpc);
        for other in PurposeName::ALL {
            let expected = if other == purpose { gpc } else { Signals::NONE };
            assert_eq!(one.of(other), expected);
            assert_eq!(SignalsByPurpose::everywhere(gpc).of(other), gpc);
            assert_eq!(SignalsByPurpose::NONE.of(other), Signals::NONE);
        }
        let tcf = SignalsByPurpose::NONE.with(purpose, Signals::NONE.with(Signal::Tcf));
        assert_eq!(one.and(tcf).of(purpose), gpc.with(Signal::Tcf));
        assert_eq!(one.and(tcf), tcf.and(one));
        assert!(!one.is_empty() && SignalsByPurpose::NONE.is_empty());
    }
}
