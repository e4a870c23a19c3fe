use super::*;
use crate::tcf::decode::decode;
use crate::tcf::restrictions::RestrictionKind;
use crate::tcf::sets::PurposeSet;

/// The example of TCF 2.3 in the specification, by the CMP 880.
const EXAMPLE_23: &str = "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA";

fn example() -> TcString {
    decode(EXAMPLE_23).unwrap()
}

fn cmp() -> CmpId {
    CmpId::new(880).unwrap()
}

/// 4 June 2025.
const NOW: Timestamp = Timestamp::from_ms(1_748_995_200_000);

fn vendor(id: u16) -> VendorId {
    VendorId::new(id).unwrap()
}

fn vendors(ids: impl IntoIterator<Item = u16>) -> VendorSet {
    ids.into_iter().map(vendor).collect()
}

#[track_caller]
fn check(change: impl FnOnce(&mut TcString), expected: EncodeError) {
    let mut string = example();
    change(&mut string);
    assert_eq!(encode(&string, cmp()), Err(expected));
}

#[test]
fn the_example_of_the_specification_is_written() {
    // The specification writes the five neighbors of the disclosed vendors as ranges; a bit field
    // of 404 bits would be longer, so we do the same.
    assert_eq!(encode(&example(), cmp()).as_deref(), Ok(EXAMPLE_23));
}

#[test]
fn what_does_not_fit_is_not_written() {
    let own = CmpId::new(881).unwrap();
    assert_eq!(encode(&example(), own), Err(EncodeError::OtherCmp { model: 880, own }));
    check(
        |string| string.core.cmp_version = 4_096,
        EncodeError::DoesNotFit { field: Field::CmpVersion, value: 4_096 },
    );
    check(
        |string| string.core.consent_screen = 64,
        EncodeError::DoesNotFit { field: Field::ConsentScreen, value: 64 },
    );
    check(
        |string| string.core.policy_version = 64,
        EncodeError::DoesNotFit { field: Field::TcfPolicyVersion, value: 64 },
    );
    check(|string| string.unknown_segments = vec![5], EncodeError::UnknownSegment { kind: 5 });
    check(
        |string| {
            let custom_consent = CustomPurposeSet::of(&[3]);
            let publisher =
                PublisherTc { custom_purposes: 2, custom_consent, ..PublisherTc::default() };
            string.publisher = Some(publisher);
        },
        EncodeError::CustomPurpose { count: 2 },
    );
    check(
        |string| {
            string.publisher = Some(PublisherTc { custom_purposes: 64, ..PublisherTc::default() });
        },
        EncodeError::DoesNotFit { field: Field::NumCustomPurposes, value: 64 },
    );
    let kind = RestrictionKind::NotAllowed;
    check(
        |string| string.core.restrictions.add(64, kind, &vendors([1])),
        EncodeError::DoesNotFit { field: Field::PublisherRestrictions, value: 64 },
    );
    // Every second vendor: more ranges than the count can say.
    let scattered = vendors((1..=8_191).step_by(2));
    check(
        |string| string.core.restrictions.add(2, kind, &scattered),
        EncodeError::TooManyRanges { purpose: 2, ranges: 4_096 },
    );
    // Every third vendor: a bit field of 65,533 bits, twice.
    let third = vendors((1..=65_535).step_by(3));
    check(
        |string| {
            string.core.vendor_consents.clone_from(&third);
            string.core.vendor_li.clone_from(&third);
        },
        EncodeError::TooLong { bytes: 21_909 },
    );
}

/// The bits of a vendor section, and whether it is ranges.
#[track_caller]
fn check_section(vendors: &VendorSet, is_range: bool, bits: usize) {
    let mut fields = Fields(Writer::new());
    fields.vendors(vendors);
    let text = fields.0.clone().base64url(Pad::Sextet);
    assert_eq!(fields.0.len(), bits, "{vendors:?}");
    let read = crate::bits::Bits::decode(text.as_bytes(), crate::bits::Equals::Refused).unwrap();
    let mut reader = read.reader();
    reader.int(16).unwrap();
    assert_eq!(reader.flag(), Ok(is_range), "{vendors:?}");
}

#[test]
fn the_shorter_form_is_chosen() {
    check_section(&VendorSet::new(), false, 17);
    check_section(&vendors(1..=28), false, 17 + 28);
    // One range costs 12 + 33 bits: at 45 vendors both are equal, and the bit field stays.
    check_section(&vendors(1..=45), false, 17 + 45);
    check_section(&vendors(1..=46), true, 17 + 45);
    check_section(&vendors([29]), false, 17 + 29);
    check_section(&vendors([30]), true, 17 + 29);
    check_section(&vendors((1..=690).step_by(2)), false, 17 + 689);
    check_section(&vendors(1..=u16::MAX), true, 17 + 45);
    // Ranges of single vendors would cost a bit more than 16 bits for each, so never win here.
    check_section(&vendors((1..=65_535).step_by(16)), false, 17 + 65_521);
}

#[track_caller]
fn check_issue(change: impl FnOnce(&mut TcString), expected: Finding) {
    let mut string = example();
    string.core.policy_version = 5;
    assert!(issue(&string, cmp(), NOW).is_ok());
    change(&mut string);
    assert_eq!(issue(&string, cmp(), NOW), Err(IssueError::Rule(expected)));
}

#[test]
fn only_what_keeps_every_rule_is_issued() {
    check_issue(|string| string.core.policy_version = 2, Finding::PolicyVersion { version: 2 });
    check_issue(|string| string.core.is_service_specific = false, Finding::NotServiceSpecific);
    check_issue(|string| string.disclosed_vendors = None, Finding::DisclosedVendorsMissingBefore23);
    check_issue(
        |string| string.core.purposes_li_transparency = PurposeSet::of(&[3]),
        Finding::LegitimateInterestForbidden { purpose: 3 },
    );
    check_issue(
        |string| string.core.vendor_consents.insert(vendor(7)),
        Finding::VendorsNotDisclosed { consent: 1, legitimate_interest: 0 },
    );
    let own = CmpId::new(2).unwrap();
    let mut string = example();
    string.core.policy_version = 5;
    let error = issue(&string, own, NOW).unwrap_err();
    assert_eq!(error.to_string(), "string of CMP 880 cannot be written by CMP 2");
}
