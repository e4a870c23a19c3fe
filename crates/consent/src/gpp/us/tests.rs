use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};

use super::{Consent, Mspa, OptOut, UsSection};
use crate::bits::{BitError, Pad};
use crate::gpp::error::{GppError, Why};
use crate::gpp::layout::{Extra, LAYOUTS, UsField};
use crate::gpp::section::SectionId;

/// Every value 1, modes 2, lists 2, 1, 0 in turn, GPC on.
fn told(id: SectionId) -> UsSection {
    let mut section = UsSection::new(id).unwrap();
    let mut list = [2, 1, 0].into_iter().cycle();
    for (field, count) in section.layout().core {
        let values: Vec<u8> = match field.as_str().ends_with("Mode") {
            _ if *count > 1 => list.by_ref().take(*count).collect(),
            true => vec![2],
            false => vec![1],
        };
        section.set(*field, &values).unwrap();
    }
    if section.layout().extra == Extra::Gpc {
        section.set_gpc(Some(true)).unwrap();
    }
    if section.layout().extra == Extra::SensitiveConsents {
        section.set(UsField::SensitiveDataProcessing, &[2, 1, 0, 2, 1, 0, 2, 1]).unwrap();
    }
    section
}

/// What the reference encoder (JavaScript, 3.2.0) writes for [`told`].
const TOLD: [(SectionId, &str); 21] = [
    (SectionId::UsNat, "CVVVkkkkkklo.YA"),
    (SectionId::UsCa, "BVWSSSVo.YA"),
    (SectionId::UsVa, "BVWSSVo"),
    (SectionId::UsCo, "BVWSSWg.YA"),
    (SectionId::UsUt, "BVVkklaA"),
    (SectionId::UsCt, "BVWSSSWg.YA"),
    (SectionId::UsFl, "BVWSSSVo"),
    (SectionId::UsMt, "BVWSSSVo.YA"),
    (SectionId::UsOr, "BVWSSSSVoA.YA"),
    (SectionId::UsTx, "BVWSSVaA.YA"),
    (SectionId::UsDe, "BVWSSSSVoA.YA"),
    (SectionId::UsIa, "BVVkklaA.YA"),
    (SectionId::UsNe, "BVWSSVaA.YA"),
    (SectionId::UsNh, "BVWSSSVo.YA"),
    (SectionId::UsNj, "BVWSSSSRaA.YA"),
    (SectionId::UsTn, "BVWSSVaA.YA"),
    (SectionId::UsMn, "BVWSSVaA.YA"),
    (SectionId::UsMd, "BZVU.YA"),
    (SectionId::UsIn, "BZVV.kkk"),
    (SectionId::UsKy, "BZVV.kkk"),
    (SectionId::UsRi, "BZVV.kkk"),
];

#[test]
fn sections_are_written_as_the_reference_encoder_writes_them() {
    for (id, text) in TOLD {
        let section = told(id);
        assert_eq!(section.encode(Pad::Byte), text, "{id:?}");
        assert_eq!(UsSection::decode(id, text), Ok(section), "{id:?}");
        assert_eq!(section.sale_opt_out(), OptOut::OptedOut, "{id:?}");
    }
}

#[test]
fn padding_of_the_specification_is_shorter_and_reads_the_same() {
    for (id, _) in TOLD {
        let section = told(id);
        for pad in [Pad::Sextet, Pad::Byte, Pad::Group, Pad::Equals] {
            let text = section.encode(pad);
            assert_eq!(UsSection::decode(id, &text), Ok(section), "{id:?} {pad:?} {text}");
        }
    }
    assert_eq!(told(SectionId::UsCo).encode(Pad::Sextet), "BVWSSWg.Y");
    assert_eq!(told(SectionId::UsUt).encode(Pad::Sextet), "BVVkkla");
}

#[track_caller]
fn usnat(text: &str, version: u8, sensitive: &[u8], children: &[u8]) {
    let section = UsSection::decode(SectionId::UsNat, text).unwrap();
    assert_eq!(section.version(), version, "{text}");
    assert_eq!(section.get(UsField::SensitiveDataProcessing), Some(sensitive), "{text}");
    assert_eq!(section.get(UsField::KnownChildSensitiveDataConsents), Some(children), "{text}");
}

/// Version 1 is specified with 12 and 2 values, version 2 with 16 and 3. Encoders of 2024 and
/// 2025 wrote the long lists under the number 1, a widespread one of 2025 the short ones.
#[test]
fn us_national_is_read_by_its_length() {
    usnat("BVQVAAAAAg", 1, &[0; 12], &[0; 2]);
    usnat("BVQqAAAACg", 1, &[0; 12], &[0; 2]);
    usnat("BAAAAAAAAAA.QA", 1, &[0; 12], &[0; 2]);
    usnat("CVQVAAAAAg", 1, &[0; 12], &[0; 2]);
    usnat("CAAAAAAAAAAA", 2, &[0; 16], &[0; 3]);
    // Sixty bits and padding up to a group of 24: the long reading would have no covered value.
    usnat("BVQVAAAAAgAA", 1, &[0; 12], &[0; 2]);
    usnat("BVVKqqqqqoCA", 1, &[2; 16], &[2, 0, 0]);
    let cycle = [2, 1, 0, 2, 1, 0, 2, 1, 0, 2, 1, 0, 2, 1, 0, 2];
    usnat("BVVVkkkkkpFY.YA", 1, &cycle, &[2, 1, 0]);
}

#[test]
fn us_national_of_version_one_is_written_with_its_short_lists() {
    let mut section = UsSection::usnat_v1();
    section.set(UsField::SaleOptOut, &[1]).unwrap();
    section.set(UsField::MspaCoveredTransaction, &[2]).unwrap();
    assert_eq!(section.encode(Pad::Sextet), "BAAQAAAAAg");
    assert_eq!(section.encode(Pad::Byte), "BAAQAAAAAgA");
    let again = UsSection::decode(SectionId::UsNat, "BAAQAAAAAgA").unwrap();
    assert_eq!(again, section);
    assert_eq!(again.sale_opt_out(), OptOut::OptedOut);
    assert_eq!(again.sharing_opt_out(), OptOut::NotApplicable);
}

/// The specification of four states puts a header before the core, and lists sub-section 0 in a
/// coding that begins with 1. A reader must not take the header for the core.
#[test]
fn a_header_of_a_section_is_skipped() {
    // 24 or 25, version 1, and a list of one number that stands for "core and the other one".
    for (id, header, rest) in
        [(SectionId::UsMd, "YBABM", "BZVU.YA"), (SectionId::UsIn, "ZBABM", "BZVV.kkk")]
    {
        let with = UsSection::decode(id, &format!("{header}.{rest}"));
        assert_eq!(with, UsSection::decode(id, rest), "{id:?}");
        assert!(with.is_ok(), "{with:?}");
    }
    // Two headers are none: the core cannot begin with the number of its section.
    let why = Why::Version { found: 24 };
    refuse(SectionId::UsMd, "YV.YAVA", "MspaVersion", 0, why);
    // No such header elsewhere: 16 is Texas, and an unknown version.
    let why = Why::Version { found: 16 };
    refuse(SectionId::UsTx, "QVWSSVaA", "Version", 0, why);
}

#[test]
fn answers_are_typed() {
    let mut section = told(SectionId::UsNat);
    assert_eq!(section.targeted_advertising_opt_out(), OptOut::OptedOut);
    let sensitive: Vec<_> = section.sensitive_data().take(3).collect();
    assert_eq!(sensitive, [Consent::Given, Consent::Denied, Consent::NotApplicable]);
    assert_eq!(section.known_child().count(), 3);
    assert_eq!(section.further_use(), Consent::Denied);
    assert_eq!(section.gpc(), Some(true));
    let mspa = section.mspa();
    let expected = Mspa {
        is_covered: Some(true),
        is_opt_out_option: Some(false),
        is_service_provider: Some(false),
    };
    assert_eq!(mspa, expected);
    section.set(UsField::SaleOptOut, &[2]).unwrap();
    assert_eq!(section.sale_opt_out(), OptOut::NotOptedOut);
    let mode = told(SectionId::UsMd).mspa();
    assert_eq!((mode.is_opt_out_option, mode.is_service_provider), (Some(false), Some(true)));
    let silent = UsSection::new(SectionId::UsRi).unwrap();
    assert_eq!(silent.mspa().is_service_provider, None);
    assert_eq!(silent.get(UsField::SensitiveDataProcessing), None);
    assert_eq!(silent.sensitive_data().count(), 0);
    assert_eq!(silent.gpc(), None);
}

/// Florida and Montana: 1 is consent there, 2 is none.
#[test]
fn two_states_turn_one_field_around() {
    let field = UsField::AdditionalDataProcessingConsent;
    for (id, of_one) in [
        (SectionId::UsFl, Consent::Given),
        (SectionId::UsMt, Consent::Given),
        (SectionId::UsTx, Consent::Denied),
    ] {
        let mut section = UsSection::new(id).unwrap();
        assert_eq!(section.further_use(), Consent::NotApplicable);
        section.set(field, &[1]).unwrap();
        assert_eq!(section.further_use(), of_one, "{id:?}");
        section.set(field, &[2]).unwrap();
        assert_ne!(section.further_use(), of_one, "{id:?}");
    }
}

#[track_caller]
fn refuse(id: SectionId, text: &str, field: &'static str, at_bit: usize, why: Why) {
    let expected = GppError::new(id.as_str(), field, at_bit, why);
    assert_eq!(UsSection::decode(id, text), Err(expected), "{text:?}");
}

#[test]
fn errors_name_section_field_and_bit() {
    let short = |at, len| Why::Bits(BitError::Short { at, len });
    refuse(SectionId::UsCa, "", "Version", 0, short(0, 0));
    refuse(SectionId::UsCa, "B", "SaleOptOutNotice", 6, short(6, 6));
    refuse(SectionId::UsCa, "BVW", "SensitiveDataProcessing", 18, short(18, 18));
    refuse(SectionId::UsCa, "BVWS%SVo", "Version", 0, Why::Bits(BitError::Character { at: 4 }));
    refuse(SectionId::UsCa, "AVWSSSVo", "Version", 0, Why::Version { found: 0 });
    refuse(SectionId::UsCa, "CVWSSSVo", "Version", 0, Why::Version { found: 2 });
    refuse(SectionId::UsNat, "DAAAAAAAAAAA", "Version", 0, Why::Version { found: 3 });
    refuse(SectionId::UsCa, "BwAAAAAA", "SaleOptOutNotice", 6, Why::Reserved { value: 3 });
    refuse(SectionId::UsCa, "BVWSSSVp", "padding", 46, Why::Trailing);
    refuse(SectionId::UsCa, "BVWSSSVo.AA", "SubsectionType", 0, Why::SubSection { found: 0 });
    refuse(SectionId::UsCa, "BVWSSSVo.YA.YA", "SubsectionType", 0, Why::SubSection { found: 1 });
    refuse(SectionId::UsCa, "BVWSSSVo.", "SubsectionType", 0, short(0, 0));
    refuse(SectionId::UsCa, "BVWSSSVo.ZA", "padding", 3, Why::Trailing);
    refuse(SectionId::UsVa, "BVWSSVo.YA", "SubsectionType", 0, Why::SubSection { found: 0 });
    refuse(SectionId::UsIn, "BZVV.kk", "SensitiveDataProcessing", 12, short(12, 12));
    refuse(SectionId::UsIn, "BZVV.kkk.kkk", "SubsectionType", 0, Why::SubSection { found: 1 });
    let error = UsSection::decode(SectionId::UsCa, "BwAAAAAA").unwrap_err().to_string();
    assert_eq!(error, "section usca, field SaleOptOutNotice, bit 6: value 3 is reserved");
}

#[test]
fn what_no_field_holds_is_not_set() {
    let mut section = UsSection::new(SectionId::UsVa).unwrap();
    let field = UsField::SaleOptOut;
    let error = |field: UsField, why| Err(GppError::new("usva", field.as_str(), 0, why));
    assert_eq!(section.set(field, &[3]), error(field, Why::Reserved { value: 3 }));
    assert_eq!(section.set(field, &[1, 1]), error(field, Why::NoSuchField { count: 2 }));
    let field = UsField::SharingOptOut;
    assert_eq!(section.set(field, &[1]), error(field, Why::NoSuchField { count: 1 }));
    let field = UsField::MspaCoveredTransaction;
    assert_eq!(section.set(field, &[0]), error(field, Why::Reserved { value: 0 }));
    assert!(section.set_gpc(Some(false)).is_err());
    assert_eq!(section.set_gpc(None), Ok(()));
    assert_eq!(UsSection::new(SectionId::UsPrivacy), None);
    assert_eq!(section, UsSection::new(SectionId::UsVa).unwrap());
}

pub(crate) fn any_us() -> impl Strategy<Value = UsSection> {
    let empty =
        prop::sample::select(&LAYOUTS[..]).prop_map(|layout| UsSection::new(layout.id).unwrap());
    let empty = prop_oneof![20 => empty, 1 => Just(UsSection::usnat_v1())];
    let values = prop::collection::vec(0..=2_u8, 40);
    (empty, values, any::<Option<bool>>()).prop_map(|(mut section, values, flag)| {
        let mut values = values.into_iter();
        for (field, count) in section.layout().core {
            let mut next: Vec<u8> = values.by_ref().take(*count).collect();
            if *field == UsField::MspaCoveredTransaction {
                next = next.into_iter().map(|value| value.max(1)).collect();
            }
            section.set(*field, &next).unwrap();
        }
        match section.layout().extra {
            Extra::None => {}
            Extra::Gpc => section.set_gpc(flag).unwrap(),
            Extra::SensitiveConsents => {
                if flag.is_some() {
                    let next: Vec<u8> = values.by_ref().take(8).collect();
                    section.set(UsField::SensitiveDataProcessing, &next).unwrap();
                }
            }
        }
        section
    })
}

fn any_pad() -> impl Strategy<Value = Pad> {
    prop::sample::select(&[Pad::Sextet, Pad::Byte, Pad::Group, Pad::Equals][..])
}

proptest! {
    #[test]
    fn encode_then_decode_is_identity(section in any_us(), pad in any_pad()) {
        assert_eq!(UsSection::decode(section.id(), &section.encode(pad)), Ok(section));
    }

    #[test]
    fn decode_then_encode_is_identity_but_for_padding(
        layout in prop::sample::select(&LAYOUTS[..]),
        text in "[A-Za-z0-9_-]{3,14}(\\.[A-Za-z0-9_-]{1,4}){0,2}",
    ) {
        if let Ok(section) = UsSection::decode(layout.id, &text) {
            let again = UsSection::decode(layout.id, &section.encode(Pad::Sextet));
            assert_eq!(again, Ok(section), "{text}");
        }
    }

    #[test]
    fn no_text_panics(layout in prop::sample::select(&LAYOUTS[..]), text in ".{0,40}") {
        if let Err(error) = UsSection::decode(layout.id, &text) {
            assert_eq!(error.section, layout.id.as_str());
        }
    }
}
