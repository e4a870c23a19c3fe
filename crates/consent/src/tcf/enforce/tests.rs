use super::*;
use crate::tcf::PublisherTc;
use crate::tcf::decode::decode;
use crate::tcf::sets::VendorSet;
use domain::time::Timestamp;

/// 4 June 2025.
const NOW: Timestamp = Timestamp::from_ms(1_748_995_200_000);

fn vendor(id: u16) -> VendorId {
    VendorId::new(id).unwrap()
}

/// Vendor 2 has consent; 2 and 5 legitimate interest; 1 to 5, 100 and 404 were disclosed. The
/// person consented to purposes 1, 2 and 5 and objected to nothing of 2, 7 and 8.
fn string() -> TcString {
    let text = "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA";
    let mut string = decode(text).unwrap();
    let core = &mut string.core;
    core.policy_version = 5;
    core.vendor_consents = VendorSet::from_iter([vendor(2)]);
    core.vendor_li = VendorSet::from_iter([vendor(2), vendor(5)]);
    core.purposes_consent = PurposeSet::of(&[1, 2, 5]);
    core.purposes_li_transparency = PurposeSet::of(&[2, 7, 8]);
    core.special_feature_opt_ins = SpecialFeatureSet::of(&[1]);
    string
}

/// Consent for 1, 2, 3 and 9; legitimate interest for 7, 8 and 10; 2, 7 and 9 are flexible.
fn declaration(id: u16) -> VendorDeclaration {
    let set = PurposeSet::of;
    VendorDeclaration::new(vendor(id))
        .with_purposes(set(&[1, 2, 3, 9]), set(&[7, 8, 10]), set(&[2, 7, 9]))
        .and_then(|own| own.with_special_features(SpecialFeatureSet::of(&[1, 2])))
        .unwrap()
}

#[track_caller]
fn check_of(
    id: u16,
    change: impl FnOnce(&mut TcString),
    purpose: u8,
    expected: Result<Basis, Denial>,
) {
    let mut string = string();
    change(&mut string);
    let party = Party::Vendor(declaration(id));
    let enforced = enforce(&string, &party, &Rules::at(NOW));
    assert_eq!(enforced.purpose(purpose), expected, "vendor {id}, purpose {purpose}");
}

#[track_caller]
fn check(change: impl FnOnce(&mut TcString), purpose: u8, expected: Result<Basis, Denial>) {
    check_of(2, change, purpose, expected);
}

const CONSENT: Result<Basis, Denial> = Ok(Basis::Consent);
const LI: Result<Basis, Denial> = Ok(Basis::LegitimateInterest);

#[test]
fn the_choice_for_purpose_and_vendor_must_both_be_there() {
    check(|_| {}, 1, CONSENT);
    check(|_| {}, 2, CONSENT);
    check(|_| {}, 3, Err(Denial::PurposeConsent));
    check(|_| {}, 5, Err(Denial::NotDeclared));
    check(|_| {}, 0, Err(Denial::NotDeclared));
    check(|_| {}, 7, LI);
    check(|_| {}, 10, Err(Denial::PurposeLegitimateInterest));
    check_of(5, |_| {}, 2, Err(Denial::VendorConsent));
    check_of(5, |_| {}, 7, LI);
    check_of(4, |_| {}, 7, Err(Denial::VendorLegitimateInterest));
    check_of(6, |_| {}, 2, Err(Denial::NotDisclosed));
    check_of(6, |_| {}, 7, Err(Denial::NotDisclosed));
}

#[test]
fn purpose_one_may_be_hidden_but_not_assumed() {
    let hidden = |string: &mut TcString| {
        string.core.purposes_consent = PurposeSet::of(&[2]);
        string.core.purpose_one_treatment = true;
    };
    check(hidden, 1, Err(Denial::PurposeOneNotDisclosed));
    check(hidden, 3, Err(Denial::PurposeConsent));
}

#[test]
fn an_old_string_without_disclosed_vendors_carries_consent_only() {
    let old = |string: &mut TcString| string.disclosed_vendors = None;
    check(old, 2, CONSENT);
    check(old, 7, Err(Denial::DisclosureUnknown));
    let new = |string: &mut TcString| string.disclosed_vendors = Some(VendorSet::new());
    check(new, 2, Err(Denial::NotDisclosed));
}

#[test]
fn an_invalid_string_allows_nothing() {
    let global = |string: &mut TcString| string.core.is_service_specific = false;
    let denial = Err(Denial::Invalid(Finding::NotServiceSpecific));
    check(global, 1, denial);
    check(global, 7, denial);
    check(global, 5, denial);
}

fn restrict(purpose: u8, kind: RestrictionKind, vendors: &[u16]) -> impl FnOnce(&mut TcString) {
    let vendors: VendorSet = vendors.iter().map(|id| vendor(*id)).collect();
    move |string| string.core.restrictions.add(purpose, kind, &vendors)
}

#[test]
fn restrictions_come_first() {
    use RestrictionKind::{NotAllowed, RequireConsent, RequireLegitimateInterest, Undefined};
    check(restrict(2, NotAllowed, &[2]), 2, Err(Denial::Restricted));
    check(restrict(1, NotAllowed, &[1, 2]), 1, Err(Denial::Restricted));
    check(restrict(7, NotAllowed, &[2]), 7, Err(Denial::Restricted));
    // Another purpose or another vendor.
    check(restrict(3, NotAllowed, &[2]), 2, CONSENT);
    check(restrict(2, NotAllowed, &[3]), 2, CONSENT);
    // The basis that is declared anyway.
    check(restrict(1, RequireConsent, &[2]), 1, CONSENT);
    check(restrict(8, RequireLegitimateInterest, &[2]), 8, LI);
    // Another basis, flexible: the signals of that basis count.
    check(restrict(2, RequireLegitimateInterest, &[2]), 2, LI);
    check(restrict(9, RequireLegitimateInterest, &[2]), 9, Err(Denial::PurposeLegitimateInterest));
    check(restrict(7, RequireConsent, &[2]), 7, Err(Denial::PurposeConsent));
    // Another basis, not flexible.
    check(restrict(8, RequireConsent, &[2]), 8, Err(Denial::NotFlexible));
    check(restrict(1, RequireLegitimateInterest, &[2]), 1, Err(Denial::NotFlexible));
    check(restrict(3, RequireLegitimateInterest, &[2]), 3, Err(Denial::NotFlexible));
    // Nonsense.
    check(restrict(2, Undefined, &[2]), 2, Err(Denial::RestrictionUnclear));
    let both = |string: &mut TcString| {
        restrict(2, RequireConsent, &[2])(string);
        restrict(2, RequireLegitimateInterest, &[2])(string);
    };
    check(both, 2, Err(Denial::RestrictionUnclear));
    // The flat no wins over everything.
    let all = |string: &mut TcString| {
        both(string);
        restrict(2, NotAllowed, &[2])(string);
    };
    check(all, 2, Err(Denial::Restricted));
}

#[test]
fn special_features_need_an_opt_in() {
    let check = |id: u16, feature: u8, expected: Result<(), Denial>| {
        let string = string();
        let party = Party::Vendor(declaration(id));
        let enforced = enforce(&string, &party, &Rules::at(NOW));
        assert_eq!(enforced.special_feature(feature), expected, "vendor {id}, feature {feature}");
    };
    check(2, 1, Ok(()));
    check(2, 2, Err(Denial::NoOptIn));
    check(2, 3, Err(Denial::NotDeclared));
    check(6, 1, Err(Denial::NotDisclosed));
}

#[track_caller]
fn check_publisher(publisher: Option<PublisherTc>, purpose: u8, expected: Result<Basis, Denial>) {
    let string = TcString { publisher, ..string() };
    let enforced = enforce(&string, &Party::Publisher, &Rules::at(NOW));
    assert_eq!(enforced.purpose(purpose), expected, "purpose {purpose}");
}

#[test]
fn the_publishers_own_segment_counts_for_the_publisher() {
    let publisher = PublisherTc {
        purposes_consent: PurposeSet::of(&[1, 5]),
        purposes_li_transparency: PurposeSet::of(&[4, 8]),
        ..PublisherTc::default()
    };
    check_publisher(Some(publisher), 1, CONSENT);
    check_publisher(Some(publisher), 2, Err(Denial::PurposeConsent));
    check_publisher(Some(publisher), 8, LI);
    check_publisher(Some(publisher), 4, Err(Denial::LegitimateInterestForbidden));
    // What the policies do not have is never allowed, whatever the bit says.
    let unknown = PurposeSet::of(&[12]);
    let unknown = PublisherTc { purposes_consent: unknown, ..PublisherTc::default() };
    check_publisher(Some(unknown), 12, Err(Denial::NotDeclared));
    // Without the segment the person's choice for the purpose counts.
    check_publisher(None, 5, CONSENT);
    check_publisher(None, 8, Err(Denial::PurposeConsent));
}

#[test]
fn a_declaration_follows_the_policies() {
    let check = |consent: &[u8], li: &[u8], flexible: &[u8], expected: DeclarationError| {
        let set = PurposeSet::of;
        let made =
            VendorDeclaration::new(vendor(2)).with_purposes(set(consent), set(li), set(flexible));
        assert_eq!(made, Err(expected));
    };
    check(&[12], &[], &[], DeclarationError::PurposeUnknown(12));
    check(&[2], &[2], &[], DeclarationError::Both(2));
    for purpose in [1, 3, 4, 5, 6] {
        check(&[], &[purpose], &[], DeclarationError::LegitimateInterestForbidden(purpose));
        check(&[purpose], &[], &[purpose], DeclarationError::FlexibleForbidden(purpose));
    }
    check(&[2], &[7], &[8], DeclarationError::FlexibleUndeclared(8));
    let made = VendorDeclaration::new(vendor(2)).with_special_features(SpecialFeatureSet::of(&[3]));
    assert_eq!(made, Err(DeclarationError::SpecialFeatureUnknown(3)));
    assert_eq!(declaration(2).purposes(), PurposeSet::of(&[1, 2, 3, 7, 8, 9, 10]));
}
