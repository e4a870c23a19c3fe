use proptest::prelude::{Strategy, any, prop, proptest};

use super::{PublisherPurposes, TcfCa};
use crate::bits::{BitError, Pad};
use crate::gpp::error::{GppError, Why};
use crate::gpp::ids::Coding;
use crate::tcf::restrictions::{RestrictionKind, Restrictions};
use crate::tcf::sets::{CustomPurposeSet, PurposeSet, SpecialFeatureSet, VendorId, VendorSet};
use crate::tcf::{Deciseconds, TwoLetters};

/// 1 January 2022.
const NEW_YEAR: u64 = 16_409_952_000;
/// What the reference encoder (JavaScript, 3.2.0) writes for [`told`].
const TOLD: &str = "BPSG_8APSG_8AAyACAENGdCgf_gQAAYAAABhADVqxGAD0AILVgAhoHCQAraVFg\
    .fAAAA4AAAao.JGUQA-5VDwkVGA";

fn vendors(ids: &[u16]) -> VendorSet {
    ids.iter().map(|id| VendorId::new(*id).unwrap()).collect()
}

fn empty() -> TcfCa {
    TcfCa::new(Deciseconds::new(NEW_YEAR).unwrap(), TwoLetters::parse("EN").unwrap())
}

fn told() -> TcfCa {
    let mut restrictions = Restrictions::new();
    restrictions.add(3, RestrictionKind::RequireConsent, &vendors(&[2, 3, 4, 900]));
    TcfCa {
        cmp_id: 50,
        cmp_version: 2,
        vendor_list_version: 413,
        use_non_standard_stacks: true,
        special_features: SpecialFeatureSet::of(&[7, 8, 9, 10, 11, 12]),
        express: PurposeSet::of(&[1, 2, 3, 4, 5, 6, 13]),
        implied: PurposeSet::of(&[7, 8]),
        vendors_express: vendors(&[12, 24, 48]),
        vendors_implied: vendors(&[18, 30]),
        restrictions,
        disclosed: Some(vendors(&[1, 2, 3, 700, 701, 9000])),
        publisher: Some(PublisherPurposes {
            express: PurposeSet::of(&[1, 2, 3]),
            implied: PurposeSet::of(&[4, 5, 6]),
            custom: 3,
            custom_express: CustomPurposeSet::of(&[2]),
            custom_implied: CustomPurposeSet::of(&[1, 3]),
        }),
        ..empty()
    }
}

#[test]
fn sections_are_written_as_the_reference_encoder_writes_them() {
    assert_eq!(told().encode(Pad::Byte).unwrap(), TOLD);
    assert_eq!(TcfCa::decode(TOLD), Ok(told()));
    // The default of the reference encoder always has a publisher's sub-section.
    let mut silent = empty();
    silent.publisher = Some(PublisherPurposes::default());
    let text = "BPSG_8APSG_8AAAAAAENAACAAAAAAAAAAAAAAAAAAA.YAAAAAAAAAA";
    assert_eq!(silent.encode(Pad::Byte).unwrap(), text);
    assert_eq!(TcfCa::decode(text), Ok(silent));
}

/// Strings of before June 2026 (ranges of 16-bit numbers) and strings that follow the words of
/// the specification are read as what they mean.
#[test]
fn every_coding_is_read() {
    let mut section = told();
    section.vendors_express = vendors(&[5, 6, 7, 8, 4000]);
    for coding in Coding::ALL {
        for pad in [Pad::Sextet, Pad::Byte, Pad::Group] {
            let text = section.encode_in(coding, pad).unwrap();
            assert_eq!(TcfCa::decode(&text), Ok(section.clone()), "{coding:?} {pad:?}");
        }
    }
}

/// A list that is longer than it need be is no reason to refuse.
#[test]
fn a_string_that_no_encoder_would_write_is_read() {
    let text = empty().encode(Pad::Sextet).unwrap();
    // Both vendor fields become "16 vendors, bit field" with vendor 16 only.
    let bits: String = text.chars().map(|c| format!("{:06b}", sextet(c))).collect();
    let field = "00000000000100000".to_owned() + "1000000000000001";
    let core: String = bits.chars().take(199).collect();
    let bits = core + &field + &field + "000000000000";
    let read = TcfCa::decode(&letters(&bits)).unwrap();
    assert_eq!(read.vendors_express, vendors(&[1, 16]));
    assert_eq!(read.vendors_implied, vendors(&[1, 16]));
}

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn sextet(c: char) -> usize {
    ALPHABET.find(c).unwrap()
}

fn letters(bits: &str) -> String {
    let bytes: Vec<char> = bits.chars().collect();
    let sextets = bytes.chunks(6).map(|chunk| {
        let text: String = chunk.iter().chain(&['0'; 6]).take(6).collect();
        usize::from_str_radix(&text, 2).unwrap()
    });
    sextets.map(|at| ALPHABET.as_bytes()[at] as char).collect()
}

#[track_caller]
fn refuse(text: &str, field: &'static str, at_bit: usize, why: Why) {
    assert_eq!(TcfCa::decode(text), Err(GppError::new("tcfcav1", field, at_bit, why)), "{text}");
}

#[test]
fn errors_name_field_and_bit() {
    refuse("", "Version", 0, Why::Bits(BitError::Short { at: 0, len: 0 }));
    refuse("CPXx", "Version", 0, Why::Version { found: 2 });
    refuse("BPSG", "Created", 6, Why::Bits(BitError::Short { at: 6, len: 24 }));
    let core = TOLD.split('.').next().unwrap();
    refuse(&format!("{core}.AAAA"), "SubsectionType", 0, Why::SubSection { found: 0 });
    refuse(
        &format!("{core}.YAAAAAAAAAA.YAAAAAAAAAA"),
        "SubsectionType",
        0,
        Why::SubSection { found: 3 },
    );
    refuse(&format!("{core}."), "SubsectionType", 0, Why::Bits(BitError::Short { at: 0, len: 0 }));
    // Two empty lists, and then more restrictions than there can be.
    let bits: String = empty()
        .encode(Pad::Sextet)
        .unwrap()
        .chars()
        .map(|c| format!("{:06b}", sextet(c)))
        .collect();
    let many = bits.chars().take(199 + 34).collect::<String>() + "000100000001";
    refuse(&letters(&many), "PubRestrictions", 233, Why::TooManyRestrictions { found: 257 });
    let mut wide = empty();
    wide.cmp_id = 4096;
    let why = Why::Bits(BitError::DoesNotFit { value: 4096, width_bits: 12 });
    assert_eq!(wide.encode(Pad::Sextet), Err(GppError::new("tcfcav1", "CmpId", 78, why)));
}

fn any_vendors() -> impl Strategy<Value = VendorSet> {
    let ids = prop::collection::vec((1..3000_u16, 0..6_u16), 0..12);
    ids.prop_map(|ids| {
        let all = ids.into_iter().flat_map(|(first, more)| first..=first + more);
        all.filter_map(VendorId::new).collect()
    })
}

fn any_purposes<const WIDTH_BITS: u32>()
-> impl Strategy<Value = crate::tcf::sets::IdSet<WIDTH_BITS>> {
    any::<u64>().prop_map(crate::tcf::sets::IdSet::from_low_bits)
}

fn any_publisher() -> impl Strategy<Value = PublisherPurposes> {
    (any_purposes(), any_purposes(), 0..64_u8, any::<[u64; 2]>()).prop_map(
        |(express, implied, custom, bits)| {
            let low = |bits: u64| if custom == 0 { 0 } else { bits & (u64::MAX >> (64 - custom)) };
            let [custom_express, custom_implied] =
                bits.map(|bits| CustomPurposeSet::from_low_bits(low(bits)));
            PublisherPurposes { express, implied, custom, custom_express, custom_implied }
        },
    )
}

fn any_restrictions() -> impl Strategy<Value = Restrictions> {
    let one = (0..64_u8, prop::sample::select(&RestrictionKind::ALL[..]), any_vendors());
    prop::collection::vec(one, 0..4).prop_map(|all| {
        let mut restrictions = Restrictions::new();
        for (purpose, kind, vendors) in all {
            restrictions.add(purpose, kind, &vendors);
        }
        restrictions
    })
}

pub(crate) fn any_canada() -> impl Strategy<Value = TcfCa> {
    let numbers = (0..4096_u16, 0..4096_u16, 0..4096_u16, 0..64_u8, 0..64_u8, any::<bool>());
    let sets = (any_purposes(), any_purposes(), any_purposes());
    let vendors = (any_vendors(), any_vendors(), any_restrictions());
    let extra = (prop::option::of(any_vendors()), prop::option::of(any_publisher()));
    let times = (0..1_u64 << 36, 0..1_u64 << 36, "[A-Z]{2}");
    (times, numbers, sets, vendors, extra).prop_map(|(times, numbers, sets, vendors, extra)| {
        TcfCa {
            created: Deciseconds::new(times.0).unwrap(),
            last_updated: Deciseconds::new(times.1).unwrap(),
            consent_language: TwoLetters::parse(&times.2).unwrap(),
            cmp_id: numbers.0,
            cmp_version: numbers.1,
            vendor_list_version: numbers.2,
            consent_screen: numbers.3,
            tcf_policy_version: numbers.4,
            use_non_standard_stacks: numbers.5,
            special_features: sets.0,
            express: sets.1,
            implied: sets.2,
            vendors_express: vendors.0,
            vendors_implied: vendors.1,
            restrictions: vendors.2,
            disclosed: extra.0,
            publisher: extra.1,
        }
    })
}

proptest! {
    #[test]
    fn encode_then_decode_is_identity(section in any_canada(), pad in 0..3_usize) {
        let pad = [Pad::Sextet, Pad::Byte, Pad::Group][pad];
        let text = section.encode(pad).unwrap();
        assert_eq!(TcfCa::decode(&text), Ok(section));
    }

    #[test]
    fn no_text_panics(text in "(B[A-Za-z0-9_.-]{0,120}|.{0,40})") {
        if let Ok(section) = TcfCa::decode(&text) {
            let again = section.encode(Pad::Sextet).unwrap();
            assert_eq!(TcfCa::decode(&again), Ok(section));
        }
    }
}
