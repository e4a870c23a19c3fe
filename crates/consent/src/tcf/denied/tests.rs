use super::*;
use crate::tcf::encode::encode;
use crate::tcf::enforce::VendorDeclaration;
use crate::tcf::sets::VendorId;
use crate::tcf::validate::Finding;
use crate::tcf::{CmpId, TcString};
use domain::time::Timestamp;

use PurposeName::{
    Marketing, Measurement, Personalization, PersonalizedPricing, PrivateAggregates, SharedLearning,
};

const EXAMPLE_23: &str = "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA";
/// 4 June 2025.
const NOW: Timestamp = Timestamp::from_ms(1_748_995_200_000);

/// A string in which vendor 2 has consent for these purposes.
fn text(purposes: &[u8], change: impl FnOnce(&mut TcString)) -> String {
    let mut string = decode(EXAMPLE_23).unwrap();
    string.core.policy_version = 5;
    string.core.purposes_consent = PurposeSet::of(purposes);
    change(&mut string);
    encode(&string, CmpId::new(880).unwrap()).unwrap()
}

fn party() -> Party {
    let all = PurposeSet::of(&[1, 3, 4, 5, 6, 8, 9, 10]);
    let own = VendorDeclaration::new(VendorId::new(2).unwrap());
    Party::Vendor(own.with_purposes(all, PurposeSet::EMPTY, PurposeSet::EMPTY).unwrap())
}

#[track_caller]
fn check(text: &str, party: &Party, expected: &[PurposeName]) {
    let denied = denied(text, party, &TcfMap::default(), &Rules::at(NOW));
    assert_eq!(denied.purposes(), expected.iter().copied().collect(), "{text}");
}

const ALL: [PurposeName; 6] = [
    Personalization,
    SharedLearning,
    PrivateAggregates,
    Measurement,
    Marketing,
    PersonalizedPricing,
];

#[test]
fn one_missing_purpose_denies_ours() {
    check(&text(&[1, 3, 4, 5, 6, 8, 9, 10], |_| {}), &party(), &[]);
    check(
        &text(&[1, 3, 4, 6, 8, 9, 10], |_| {}),
        &party(),
        &[Personalization, PersonalizedPricing],
    );
    check(&text(&[1, 4, 5, 6, 8, 9, 10], |_| {}), &party(), &[Marketing]);
    check(&text(&[1, 3, 4, 5, 6, 9, 10], |_| {}), &party(), &[Measurement]);
    check(&text(&[1, 3, 4, 5, 6, 8, 10], |_| {}), &party(), &[PrivateAggregates]);
    check(&text(&[1, 3, 4, 5, 6, 8, 9], |_| {}), &party(), &[SharedLearning]);
    check(&text(&[3, 4, 5, 6, 8, 9, 10], |_| {}), &party(), &ALL);
    check(
        &text(&[1, 5, 6], |_| {}),
        &Party::Publisher,
        &[SharedLearning, PrivateAggregates, Measurement, Marketing],
    );
}

#[test]
fn what_cannot_be_read_or_is_invalid_denies_everything() {
    for text in ["", "no string", "CQSbk4A", "BObdrPUOevsguAfDqFENCNAAAAAmeAAA", "1YNN"] {
        check(text, &party(), &ALL);
    }
    let global = text(&[1, 3, 4, 5, 6, 8, 9, 10], |string| string.core.is_service_specific = false);
    check(&global, &party(), &ALL);
    check(&global, &Party::Publisher, &ALL);
}

#[test]
fn purposes_that_need_no_consent_are_never_denied() {
    let denied = denied("", &party(), &TcfMap::default(), &Rules::at(NOW));
    for purpose in PurposeName::ALL {
        let rests_on_consent = purpose.basis() == LawfulBasis::Consent;
        assert_eq!(denied.why(purpose).is_some(), rests_on_consent, "{purpose:?}");
    }
}

#[test]
fn the_reason_is_named() {
    let rules = Rules::at(NOW);
    let why = |text: &str, purpose| denied(text, &party(), &TcfMap::default(), &rules).why(purpose);
    let text = text(&[1, 3, 4, 5], |_| {});
    let expected = Why::Purpose { purpose: 6, denial: Denial::PurposeConsent };
    assert_eq!(why(&text, Personalization), Some(expected));
    assert_eq!(expected.to_string(), "TCF purpose 6: no consent to the purpose");
    assert_eq!(why(&text, Marketing), None);
    let finding = Finding::PolicyVersion { version: 2 };
    let expected = Why::Purpose { purpose: 1, denial: Denial::Invalid(finding) };
    assert_eq!(why(EXAMPLE_23, Marketing), Some(expected));
    let Some(Why::Unreadable(error)) = why("x", Marketing) else { panic!("readable") };
    assert_eq!(error.to_string(), "version of the format is 49, not 2");
}

#[test]
fn a_shop_may_map_as_it_declared() {
    let set = PurposeSet::of;
    let map =
        TcfMap::default().with([(Marketing, set(&[2])), (Measurement, PurposeSet::EMPTY)]).unwrap();
    let denied =
        denied(&text(&[1, 2, 5, 6, 9, 10], |_| {}), &Party::Publisher, &map, &Rules::at(NOW));
    assert_eq!(denied.iter().count(), 0);
    let refuse = |purpose, needs| TcfMap::default().with([(purpose, needs)]).unwrap_err();
    let basis = TcfMapError::Basis(PurposeName::FraudPrevention);
    assert_eq!(refuse(PurposeName::FraudPrevention, set(&[1])), basis);
    assert_eq!(refuse(Marketing, set(&[12])), TcfMapError::PurposeUnknown(12));
}
