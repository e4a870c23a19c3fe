use super::*;
use crate::tcf::PublisherTc;
use crate::tcf::decode::decode;
use crate::tcf::sets::{VendorId, VendorSet};

/// The specification's example, as TCF 2.3 would write it: policy version 5.
fn valid() -> TcString {
    let text = "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA";
    let mut string = decode(text).unwrap();
    string.core.policy_version = 5;
    string
}

/// 4 June 2025, the day after the string was made.
const NOW: Timestamp = Timestamp::from_ms(1_748_995_200_000);
const DAY: i64 = DAY_MS;

#[track_caller]
fn check_at(now: Timestamp, change: impl FnOnce(&mut TcString), expected: &[Finding]) {
    let mut string = valid();
    change(&mut string);
    let rules = Rules::at(now);
    assert_eq!(validate(&string, &rules), expected);
    let first = expected.first().copied().filter(|finding| finding.invalidates());
    assert_eq!(invalid(&string, &rules), first);
}

#[track_caller]
fn check(change: impl FnOnce(&mut TcString), expected: Finding) {
    check_at(NOW, change, &[expected]);
}

fn vendors(ids: &[u16]) -> VendorSet {
    ids.iter().filter_map(|id| VendorId::new(*id)).collect()
}

#[test]
fn a_string_that_keeps_the_rules_has_no_findings() {
    check_at(NOW, |_| {}, &[]);
    check_at(NOW, |string| string.core.policy_version = 4, &[]);
}

#[test]
fn the_whole_string_is_invalid() {
    check(|string| string.core.is_service_specific = false, Finding::NotServiceSpecific);
    check(|string| string.core.policy_version = 3, Finding::PolicyVersion { version: 3 });
    check(|string| string.core.policy_version = 6, Finding::PolicyVersion { version: 6 });
    check(|string| string.core.cmp_id = 0, Finding::CmpIdReserved { cmp_id: 0 });
    check(|string| string.core.cmp_id = 1, Finding::CmpIdReserved { cmp_id: 1 });
}

fn day(number: u32) -> Deciseconds {
    Deciseconds::new(u64::from(number) * Deciseconds::DAY).unwrap()
}

#[test]
fn disclosed_vendors_are_required_since_march_2026() {
    check(|string| string.disclosed_vendors = None, Finding::DisclosedVendorsMissingBefore23);
    let made = |number: u32| {
        move |string: &mut TcString| {
            string.disclosed_vendors = None;
            (string.core.created, string.core.last_updated) = (day(number), day(number));
        }
    };
    let first = DISCLOSED_VENDORS_SINCE_DAY;
    let now = Timestamp::from_ms(i64::from(first) * DAY);
    check_at(now, made(first - 1), &[Finding::DisclosedVendorsMissingBefore23]);
    check_at(now, made(first), &[Finding::DisclosedVendorsMissing]);
    check(
        |string| string.core.vendor_li = vendors(&[4, 6, 7]),
        Finding::VendorsNotDisclosed { consent: 0, legitimate_interest: 2 },
    );
}

#[test]
fn times_have_rules() {
    let made = valid().core.created.timestamp();
    check_at(made.plus_ms(-DAY), |_| {}, &[]);
    check_at(made.plus_ms(-DAY - 1), |_| {}, &[Finding::FromTheFuture]);
    check_at(made.plus_ms(AGE_DAYS_MAX * DAY), |_| {}, &[]);
    check_at(made.plus_ms(AGE_DAYS_MAX * DAY + 1), |_| {}, &[Finding::TooOld]);
    check(|string| string.core.created = day(20_000), Finding::UpdatedLater);
    check_at(
        NOW,
        |string| string.core.last_updated = day(20_000),
        &[Finding::UpdatedBeforeCreated],
    );
    let later = Deciseconds::new(17_489_088_001).unwrap();
    check_at(
        NOW,
        |string| (string.core.created, string.core.last_updated) = (later, later),
        &[Finding::NotDayPrecise],
    );
}

#[test]
fn purposes_have_their_legal_basis() {
    for purpose in [1, 3, 4, 5, 6] {
        let set = PurposeSet::of(&[2, purpose]);
        let finding = Finding::LegitimateInterestForbidden { purpose };
        check(|string| string.core.purposes_li_transparency = set, finding);
        let publisher = PublisherTc { purposes_li_transparency: set, ..PublisherTc::default() };
        check(|string| string.publisher = Some(publisher), finding);
    }
    let set = PurposeSet::of(&[2, 7, 8, 9, 10, 11]);
    check_at(NOW, |string| string.core.purposes_li_transparency = set, &[]);
    check(
        |string| string.core.purposes_consent = PurposeSet::of(&[1, 12]),
        Finding::PurposeUnknown { purpose: 12 },
    );
    check(
        |string| string.core.special_feature_opt_ins = SpecialFeatureSet::of(&[1, 3]),
        Finding::SpecialFeatureUnknown { feature: 3 },
    );
}

#[test]
fn restrictions_mean_something() {
    let add = |purpose, kind| {
        move |string: &mut TcString| string.core.restrictions.add(purpose, kind, &vendors(&[1]))
    };
    let check = |purpose, kind, expected: &[Finding]| check_at(NOW, add(purpose, kind), expected);
    check(2, RestrictionKind::NotAllowed, &[]);
    check(2, RestrictionKind::RequireLegitimateInterest, &[]);
    check(3, RestrictionKind::RequireConsent, &[]);
    for purpose in [1, 3, 4, 5, 6] {
        let finding = Finding::RestrictionLegitimateInterestForbidden { purpose };
        check(purpose, RestrictionKind::RequireLegitimateInterest, &[finding]);
    }
    let finding = Finding::RestrictionUndefined { purpose: 2 };
    check(2, RestrictionKind::Undefined, &[finding]);
    for purpose in [0, 12, 63] {
        let finding = Finding::RestrictionPurposeUnknown { purpose };
        check(purpose, RestrictionKind::NotAllowed, &[finding]);
    }
}

#[test]
fn old_and_unknown_segments_are_noted_behind_what_invalidates() {
    check_at(
        NOW,
        |string| {
            string.allowed_vendors = Some(vendors(&[1]));
            string.unknown_segments = vec![4, 0];
            string.core.cmp_id = 1;
        },
        &[
            Finding::CmpIdReserved { cmp_id: 1 },
            Finding::AllowedVendorsObsolete,
            Finding::SegmentUnknown { kind: 4 },
            Finding::SegmentUnknown { kind: 0 },
        ],
    );
}

#[test]
fn findings_say_what_they_found() {
    let check = |finding: Finding, expected: &str| assert_eq!(finding.to_string(), expected);
    check(Finding::PolicyVersion { version: 3 }, "policy version 3 is too old or unknown");
    check(Finding::TooOld, "the string is older than 396 days");
    check(
        Finding::VendorsNotDisclosed { consent: 1, legitimate_interest: 2 },
        "1 vendors have consent and 2 legitimate interest but were not disclosed",
    );
}
