use super::*;

/// The example of TCF 2.3 in the specification.
const EXAMPLE_23: &str = "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA";

fn vendors(ids: impl IntoIterator<Item = u16>) -> VendorSet {
    ids.into_iter().filter_map(VendorId::new).collect()
}

fn letters(text: &str) -> TwoLetters {
    TwoLetters::parse(text).unwrap()
}

/// A core of which only what the specification's examples say is filled in.
fn plain(created: u64, updated: u64) -> Core {
    Core {
        created: Deciseconds::new(created).unwrap(),
        last_updated: Deciseconds::new(updated).unwrap(),
        cmp_id: 0,
        cmp_version: 0,
        consent_screen: 0,
        consent_language: letters("EN"),
        vendor_list_version: 0,
        policy_version: 2,
        is_service_specific: false,
        use_non_standard_texts: false,
        special_feature_opt_ins: IdSet::EMPTY,
        purposes_consent: IdSet::EMPTY,
        purposes_li_transparency: IdSet::EMPTY,
        purpose_one_treatment: false,
        publisher_cc: letters("AA"),
        vendor_consents: VendorSet::new(),
        vendor_li: VendorSet::new(),
        restrictions: Restrictions::new(),
    }
}

#[test]
fn the_example_of_the_specification_is_read() {
    let core = Core {
        cmp_id: 880,
        vendor_list_version: 48,
        is_service_specific: true,
        publisher_cc: letters("DE"),
        vendor_consents: vendors(1..=4),
        // 3 June 2025.
        ..plain(17_489_088_000, 17_489_088_000)
    };
    let disclosed = vendors((1..=5).chain([100, 404]));
    let expected = TcString { disclosed_vendors: Some(disclosed), ..TcString::of(core) };
    assert_eq!(decode(EXAMPLE_23), Ok(expected));
}

#[test]
fn a_global_string_of_before_is_read() {
    let text = "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA.IFoEUQQgAIQwgIwQABAEAAAAOIAACAIAAAAQ\
                AIAgEAACEAAAAAgAQBAAAAAAAGBAAgAAAAAAAFAAECAAAgAAQARAEQAAAAAJAAIAAgAAAYQEAAAQmAgBC3ZA\
                YzUw";
    let string = decode(text).unwrap();
    let core = Core {
        cmp_id: 27,
        vendor_list_version: 15,
        purposes_consent: IdSet::of(&[1, 2, 3]),
        vendor_consents: vendors([2, 6, 8]),
        vendor_li: vendors([2, 6, 8]),
        // 20 February 2020, 23:57:39.3.
        ..plain(15_822_430_593, 15_822_430_593)
    };
    assert_eq!(string.core, core);
    let disclosed = string.disclosed_vendors.unwrap();
    assert_eq!((disclosed.len(), disclosed.max()), (79, VendorId::new(720)));
    assert!(disclosed.contains(VendorId::new(657).unwrap()));
    assert!(!disclosed.contains(VendorId::new(658).unwrap()));
}

#[test]
fn a_string_of_four_segments_is_read() {
    let vendors = "FukWSQgAIQwgI0QEByFAAAAeIAACAIgSAAQAIAgEQACEABAAAgAQFAEAIAAAGBAAgAAAAQAIFAAMCQAAgAAQ\
                   iRAEQAAAAANAAIAAggAIYQFAAARmggBC3ZCYzU2yIA";
    let core = "COw4XqLOw4XqLAAAAAENAXCAAAAAAAAAAAAAAAAAAAAA";
    let text = format!("{core}.I{vendors}.Q{vendors}.YAAAAAAAAAAAAAAAAAA");
    let string = decode(&text).unwrap();
    assert_eq!(string.core.cmp_id, 0);
    assert_eq!(string.core.vendor_list_version, 23);
    assert_eq!(string.disclosed_vendors, string.allowed_vendors);
    assert!(string.disclosed_vendors.is_some_and(|vendors| !vendors.is_empty()));
    assert_eq!(string.publisher, Some(PublisherTc::default()));
}

#[test]
fn a_string_with_a_publisher_segment_is_read() {
    let text = "CLcVDxRMWfGmWAVAHCENAXCkAKDAADnAABRgA5mdfCKZuYJez-NQm0TBMYA4oCAAGQYIAAAAAAEAIAEgAA.arg\
                AC0gAAAAAAAAAAAA";
    let string = decode(text).unwrap();
    let core = Core {
        cmp_id: 21,
        cmp_version: 7,
        consent_screen: 2,
        vendor_list_version: 23,
        is_service_specific: true,
        special_feature_opt_ins: IdSet::of(&[2]),
        purposes_consent: IdSet::of(&[1, 3, 9, 10]),
        purposes_li_transparency: IdSet::of(&[3, 4, 5, 8, 9, 10]),
        publisher_cc: letters("KM"),
        vendor_consents: string.core.vendor_consents.clone(),
        vendor_li: vendors([1, 9, 26, 27, 30, 36, 37, 43, 86, 97, 110, 113]),
        // 7 December 2008, 10:04:17.7, and 10 January 2012, 17:10:13.4.
        ..plain(12_286_442_577, 13_262_154_134)
    };
    assert_eq!(string.core, core);
    assert_eq!((core.vendor_consents.len(), core.vendor_consents.max()), (56, VendorId::new(115)));
    let publisher = PublisherTc {
        purposes_consent: IdSet::of(&[2, 4, 6, 8, 9, 10]),
        purposes_li_transparency: IdSet::of(&[2, 4, 5, 7, 10]),
        ..PublisherTc::default()
    };
    assert_eq!(string.publisher, Some(publisher));
}

/// A core whose bits after PublisherCC are `rest`; the vendor sections begin at bit 213.
fn core_with(rest: &[(u64, u32)]) -> String {
    let bits = Bits::decode(EXAMPLE_23.split('.').next().unwrap().as_bytes(), Equals::Refused);
    let bits = bits.unwrap();
    let mut reader = bits.reader();
    let mut writer = crate::bits::Writer::new();
    for width_bits in [53, 53, 53, 54] {
        writer.int(reader.int(width_bits).unwrap(), width_bits).unwrap();
    }
    for (value, width_bits) in rest {
        writer.int(*value, *width_bits).unwrap();
    }
    writer.base64url(crate::bits::Pad::Sextet)
}

#[track_caller]
fn check(text: &str, expected: TcError) {
    assert_eq!(decode(text), Err(expected), "{text}");
}

#[track_caller]
fn check_rest(rest: &[(u64, u32)], field: Field, problem: Problem, at_bit: usize) {
    let segment = Segment::Core;
    check(&core_with(rest), TcError::Field { segment, field, at_bit, problem });
}

#[test]
fn what_is_no_tc_string_is_refused() {
    check("", TcError::EmptySegment { index: 0 });
    check(".", TcError::EmptySegment { index: 0 });
    check(&format!("{EXAMPLE_23}."), TcError::EmptySegment { index: 2 });
    check(&format!("{EXAMPLE_23}="), TcError::Character { at: 65 });
    check(&format!("{EXAMPLE_23}.YA+A"), TcError::Character { at: 68 });
    check("1YNN", TcError::Version { version: 53 });
    check("\u{20ac}", TcError::Character { at: 0 });
    check(&"C".repeat(16_385), TcError::TooLong { bytes: 16_385 });
    check(&format!("{EXAMPLE_23}{}", ".4AAA".repeat(7)), TcError::TooManySegments);
    let disclosed = format!("{EXAMPLE_23}.IAAA");
    check(&disclosed, TcError::Repeated { segment: Segment::DisclosedVendors });
    // A string of TCF 1.
    check("BObdrPUOevsguAfDqFENCNAAAAAmeAAA", TcError::Version { version: 1 });
}

#[test]
fn errors_name_field_and_bit() {
    let short = |field, at_bit| TcError::Field {
        segment: Segment::Core,
        field,
        at_bit,
        problem: Problem::Short,
    };
    check("C", short(Field::Created, 6));
    check("COvFyGB", short(Field::LastUpdated, 42));
    check("CQSbk4AQSbk4AAAAAA__", {
        let (segment, problem) = (Segment::Core, Problem::Letter);
        TcError::Field { segment, field: Field::ConsentLanguage, at_bit: 108, problem }
    });
    check(
        &format!("{EXAMPLE_23}.Y"),
        TcError::Field {
            segment: Segment::PublisherTc,
            field: Field::PubPurposesConsent,
            at_bit: 3,
            problem: Problem::Short,
        },
    );
    let message = decode("COvFyGB").unwrap_err().to_string();
    assert_eq!(message, "core segment, field LastUpdated at bit 42: the bits end");
}

#[test]
fn vendor_sections_hold_what_they_say() {
    use Field::{PublisherRestrictions, VendorConsent, VendorLegitimateInterest};
    use Problem::{BeyondMax, RangeReversed, Short, Trailing, VendorZero};
    check_rest(&[(9, 16)], VendorConsent, Short, 230);
    check_rest(&[(65_535, 16), (0, 1), (0, 50)], VendorConsent, Short, 230);
    // Ranges: first and last, single, beyond the largest, zero, reversed.
    let section = |max, entries: &[(u64, u32)]| {
        let entries = entries.iter().copied();
        [(max, 16), (1, 1), (1, 12)].into_iter().chain(entries).collect::<Vec<_>>()
    };
    check_rest(&section(9, &[(0, 1), (10, 16)]), VendorConsent, BeyondMax, 242);
    check_rest(&section(9, &[(0, 1), (0, 16)]), VendorConsent, VendorZero, 242);
    check_rest(&section(9, &[(1, 1), (0, 16), (5, 16)]), VendorConsent, VendorZero, 242);
    check_rest(&section(9, &[(1, 1), (6, 16), (5, 16)]), VendorConsent, RangeReversed, 242);
    check_rest(&section(9, &[(1, 1), (6, 16), (10, 16)]), VendorConsent, BeyondMax, 242);
    let empty = (0, 17);
    check_rest(
        &[empty, (9, 16), (1, 1), (1, 12), (0, 1), (10, 16)],
        VendorLegitimateInterest,
        BeyondMax,
        259,
    );
    // One restriction of purpose 2, kind 1, with one entry that is cut off.
    let restriction = [(1, 12), (2, 6), (1, 2), (1, 12)];
    let cut: Vec<_> =
        [empty, empty].into_iter().chain(restriction).chain([(1, 1), (7, 10)]).collect();
    check_rest(&cut, PublisherRestrictions, Short, 280);
    check_rest(&[empty, empty, (0, 12), (1, 1)], PublisherRestrictions, Trailing, 259);
}

#[test]
fn ranges_may_overlap_and_come_in_any_order() {
    let entries = [(1, 1), (5, 16), (9, 16), (0, 1), (2, 16), (1, 1), (7, 16), (300, 16)];
    let rest: Vec<_> =
        [(300, 16), (1, 1), (3, 12)].into_iter().chain(entries).chain([(0, 17), (0, 12)]).collect();
    let string = decode(&core_with(&rest)).unwrap();
    assert_eq!(string.core.vendor_consents, vendors([2].into_iter().chain(5..=300)));
}

/// What users reported to the reference library: its test suite holds these strings.
#[test]
fn reported_strings_are_read_or_refused() {
    // A bit field that is shorter than its largest vendor.
    let text = "CLSYjTaOngnCIAOABBENAXCMAGOAABBAAA7IA5n-m7fP6_3fbqVv6E__PoA5Aqff3aJx8tv_1967rfnQEQoAIAAQC\
                rwkAEABAcACABIMACAAuApEVABABUSABgBCAVSAtIoACACIArYQAHACgAFgAVwBJgDcAI7AWgMAAgBiKgAgBMgFfK\
                QAQBRkQAQA4AFiBAAoA-AEVAJlAVgAtYcACAJcAr4eABAK8OgBgFzAOmAqwgABAWyA.IFukWSQh";
    let (segment, field) = (Segment::DisclosedVendors, Field::DisclosedVendors);
    check(text, TcError::Field { segment, field, at_bit: 20, problem: Problem::Short });
    // Vendors that stand more than once in a restriction.
    let text = "CO4VGswO4VGswAfZCBDEAzCsAP_AAH_AAAigGUNf_X9fb2vj-_599_t0eY1f9_63t-wzjheMs-8NyZ-X_J4Wv2MyvB3\
                4JqQKGRgkunLBAQdtHGncTQgBwIlViTLMY02MjzNKJrJEilsbe2dYGH9vn8XT_ZKZ70-_v__7v3___33_5Ayhr_6_r7\
                e18f3_Pvv9ujzGr_v_W9v2GccLxln3huTPy_5PC1-xmV4O_BNSBQyMEl05YICDto407iaEAOBEqsSZZjGmxkeZpRNZI\
                kUtjb2zrAw_t8_i6f7JTPen39___d-___--__ICgKAOAAcAA4AFAAjgB6AEYALcGACAW0AtoJAHAAOAAcACgARwA9AC\
                MAFuFABALaAW0GgDgAHAAOABQAI4AegBGAC3DgAgFtALaEQBwADgAHAAoAEcAPQAjABbiQAQC2gFtCoA4ABwADgAUAC\
                OAHoARgAtxYAIBbQC2hkAcAA4ABwAKABHAD0AIwAW40AEAtoBbQ6AOAAcAA4AFAAjgB6AEYALceACAW0AtohAHAAOAA\
                cACgARwA9ACMAFuRABALaAW0SgDgAHAAOABQAI4AegBGAC3JgAgFtALaKQBwADgAHAAoAEcAPQAjABblQAQC2gFtA";
    let string = decode(text).unwrap();
    let restricted: Vec<_> = string.core.restrictions.iter().collect();
    let asked = vendors([7, 20, 71, 122, 140, 183]);
    assert_eq!(restricted[0], (1, RestrictionKind::RequireConsent, &asked));
    assert_eq!((restricted.len(), string.core.vendor_consents.len()), (20, 479));
}

#[test]
fn segments_come_in_any_order_and_unknown_ones_are_kept_apart() {
    let (core, disclosed) = EXAMPLE_23.split_once('.').unwrap();
    let text = format!("{core}.YAAAAAAAAAAAAA.{disclosed}.4___.CAAA");
    let string = decode(&text).unwrap();
    assert_eq!(string.unknown_segments, [7, 0]);
    assert_eq!(string.publisher, Some(PublisherTc::default()));
    assert_eq!(string.disclosed_vendors, decode(EXAMPLE_23).unwrap().disclosed_vendors);
}

#[test]
fn every_padding_is_read() {
    for padding in ["", "A", "AA", "AAAAAAAAAA"] {
        let text = format!("{EXAMPLE_23}{padding}");
        assert_eq!(decode(&text), decode(EXAMPLE_23), "{padding:?}");
    }
}
