//! Any text as a TC string: nothing panics, what is read is written and read the same again, and
//! what cannot be read allows nothing.
#![no_main]

use consent::tcf::CmpId;
use consent::tcf::decode::decode;
use consent::tcf::denied::{TcfMap, denied};
use consent::tcf::encode::{encode, issue};
use consent::tcf::enforce::{Party, VendorDeclaration, enforce};
use consent::tcf::sets::{PurposeSet, VendorId};
use consent::tcf::validate::{Rules, validate};
use domain::time::Timestamp;
use libfuzzer_sys::fuzz_target;

/// 4 June 2025.
const NOW: Timestamp = Timestamp::from_ms(1_748_995_200_000);

fn party() -> Option<Party> {
    let own = VendorDeclaration::new(VendorId::new(2)?);
    let (consent, li) = (PurposeSet::of(&[1, 2, 3, 4, 5, 6, 7]), PurposeSet::of(&[8, 9, 10, 11]));
    own.with_purposes(consent, li, PurposeSet::of(&[2, 7, 8])).ok().map(Party::Vendor)
}

fn play(text: &str, party: &Party) {
    let rules = Rules::at(NOW);
    let denied = denied(text, party, &TcfMap::default(), &rules);
    let Ok(string) = decode(text) else {
        assert_eq!(denied.iter().count(), 6, "a string that cannot be read denies everything");
        return;
    };
    let findings = validate(&string, &rules);
    let enforced = enforce(&string, party, &rules);
    for number in 0..=u8::MAX {
        let is_allowed = enforced.purpose(number).is_ok() || enforced.special_feature(number).is_ok();
        assert!(!is_allowed || !findings.iter().any(|finding| finding.invalidates()));
    }
    let Ok(own) = CmpId::new(string.core.cmp_id) else { return };
    assert!(issue(&string, own, NOW).is_err() || findings.is_empty());
    if let Ok(again) = encode(&string, own) {
        assert_eq!(decode(&again).as_ref(), Ok(&string), "{again}");
    }
}

fuzz_target!(|text: &str| {
    play(text, &Party::Publisher);
    if let Some(vendor) = party() {
        play(text, &vendor);
    }
});
