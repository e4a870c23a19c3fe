//! What holds for every string and every model.

use consent::tcf::decode::decode;
use consent::tcf::denied::{TcfMap, denied};
use consent::tcf::encode::{encode, issue};
use consent::tcf::enforce::{Basis, Denial, Party, VendorDeclaration, enforce};
use consent::tcf::restrictions::RestrictionKind;
use consent::tcf::sets::{PurposeSet, SpecialFeatureSet, VendorSet};
use consent::tcf::validate::{CONSENT_ONLY, Rules, validate};
use consent::tcf::{CmpId, TC_STRING_BYTES_MAX, TcString};
use domain::time::Timestamp;
use proptest::prelude::*;

use crate::models::{damaged, example, model, text, vendor, vendors};

/// 4 June 2025, the day after the example was made.
const NOW: Timestamp = Timestamp::from_ms(1_748_995_200_000);

/// Every door that takes a string; none may panic.
fn play(text: &str) {
    let rules = Rules::at(NOW);
    let own = declaration(1);
    for party in [Party::Vendor(own), Party::Publisher] {
        let denied = denied(text, &party, &TcfMap::default(), &rules);
        for (_, why) in denied.iter() {
            assert!(!why.to_string().is_empty());
        }
        let Ok(string) = decode(text) else { continue };
        for finding in validate(&string, &rules) {
            assert!(!finding.to_string().is_empty());
        }
        let enforced = enforce(&string, &party, &rules);
        for number in 0..=u8::MAX {
            let is_known = (1..=11).contains(&number);
            assert!(is_known || enforced.purpose(number).is_err());
            let is_known = (1..=2).contains(&number);
            assert!(is_known || enforced.special_feature(number).is_err());
        }
        let cmp = CmpId::new(string.core.cmp_id.max(2)).unwrap();
        assert!(issue(&string, cmp, NOW).is_err() || validate(&string, &rules).is_empty());
        assert!(!format!("{string:?}").is_empty());
    }
}

/// A vendor that declared everything that may be declared.
fn declaration(id: u16) -> VendorDeclaration {
    let flexible = PurposeSet::of(&[2, 7, 8, 9, 10, 11]);
    VendorDeclaration::new(vendor(id))
        .with_purposes(
            PurposeSet::of(&[1, 2, 3, 4, 5, 6, 7]),
            PurposeSet::of(&[8, 9, 10, 11]),
            flexible,
        )
        .and_then(|own| own.with_special_features(SpecialFeatureSet::of(&[1, 2])))
        .unwrap()
}

/// A string that is valid at [`NOW`], with generated choices.
fn valid() -> impl Strategy<Value = TcString> {
    model().prop_map(|model| {
        example(|string| {
            let mut core = model.core;
            core.created = string.core.created;
            core.last_updated = string.core.last_updated;
            (core.policy_version, core.is_service_specific) = (5, true);
            *string = TcString { core, ..model };
        })
    })
}

proptest! {
    #[test]
    fn encode_then_decode_is_identity(model in model()) {
        let text = text(&model);
        prop_assert_eq!(decode(&text), Ok(model));
    }

    #[test]
    fn decode_then_encode_then_decode_is_identity(text in damaged()) {
        let Ok(string) = decode(&text) else { return Ok(()) };
        let Ok(own) = CmpId::new(string.core.cmp_id) else { return Ok(()) };
        let Ok(again) = encode(&string, own) else { return Ok(()) };
        prop_assert_eq!(decode(&again), Ok(string));
    }

    #[test]
    fn no_text_panics(text in ".{0,200}") {
        play(&text);
    }

    #[test]
    fn no_base64url_panics(text in "C[A-Za-z0-9_-]{0,300}(\\.[A-Za-z0-9_-]{0,60}){0,4}") {
        play(&text);
    }

    #[test]
    fn no_damaged_string_panics(text in damaged()) {
        play(&text);
    }

    /// # Privacy
    /// Whatever is allowed was disclosed, chosen for the purpose and for the vendor, and not
    /// forbidden by the publisher.
    #[test]
    fn what_is_allowed_has_all_its_signals(string in valid(), id in 1..300_u16) {
        let party = Party::Vendor(declaration(id));
        let enforced = enforce(&string, &party, &Rules::at(NOW));
        let (core, vendor) = (&string.core, vendor(id));
        let disclosed = string.disclosed_vendors.as_ref().map(|all| all.contains(vendor));
        for purpose in 1..=24 {
            let Ok(basis) = enforced.purpose(purpose) else { continue };
            let restricted = |kind| core.restrictions.holds(purpose, kind, vendor);
            prop_assert!(!restricted(RestrictionKind::NotAllowed));
            match basis {
                Basis::Consent => {
                    prop_assert!(core.purposes_consent.contains(purpose));
                    prop_assert!(core.vendor_consents.contains(vendor));
                    prop_assert!(disclosed != Some(false));
                    prop_assert!(!restricted(RestrictionKind::RequireLegitimateInterest));
                }
                Basis::LegitimateInterest => {
                    prop_assert!(!CONSENT_ONLY.contains(purpose));
                    prop_assert!(core.purposes_li_transparency.contains(purpose));
                    prop_assert!(core.vendor_li.contains(vendor));
                    prop_assert_eq!(disclosed, Some(true));
                    prop_assert!(!restricted(RestrictionKind::RequireConsent));
                }
            }
        }
    }

    /// # Privacy
    /// A choice taken back never allows more.
    #[test]
    fn a_choice_taken_back_never_allows_more(
        string in valid(), id in 1..300_u16, gone in 1..=11_u8, others in vendors(),
    ) {
        let party = Party::Vendor(declaration(id));
        let rules = Rules::at(NOW);
        let mut less = string.clone();
        less.core.purposes_consent = less.core.purposes_consent.without(PurposeSet::of(&[gone]));
        for vendor in others.iter() {
            less.core.vendor_consents.remove(vendor);
            less.core.vendor_li.remove(vendor);
        }
        let (before, after) = (enforce(&string, &party, &rules), enforce(&less, &party, &rules));
        for purpose in 1..=11 {
            prop_assert!(before.purpose(purpose).is_ok() || after.purpose(purpose).is_err());
        }
    }

    #[test]
    fn a_publishers_no_wins(string in valid(), id in 1..300_u16, purpose in 1..=11_u8) {
        let mut string = string;
        let one: VendorSet = [vendor(id)].into_iter().collect();
        string.core.restrictions.add(purpose, RestrictionKind::NotAllowed, &one);
        let party = Party::Vendor(declaration(id));
        let answer = enforce(&string, &party, &Rules::at(NOW)).purpose(purpose);
        prop_assert_eq!(answer, Err(Denial::Restricted));
    }
}

#[test]
fn the_longest_text_is_read_and_a_longer_one_is_not() {
    let string = example(|_| {});
    let text = text(&string);
    let (core, rest) = text.split_once('.').unwrap();
    let padding = "A".repeat(TC_STRING_BYTES_MAX - text.len());
    let longest = format!("{core}{padding}.{rest}");
    assert_eq!(longest.len(), TC_STRING_BYTES_MAX);
    assert_eq!(decode(&longest), Ok(string));
    assert!(decode(&format!("{longest}A")).is_err());
}
