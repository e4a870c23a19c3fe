//! Our reader beside another one in Rust (`iab_gpp`): where it is right, and where it is not.

use consent::bits::Pad;
use consent::gpp::Gpp;
use consent::gpp::error::Why;
use consent::gpp::layout::UsField;
use consent::gpp::section::{Section, SectionId};
use consent::gpp::us::UsSection;
use iab_gpp::v1::GPPString;

use crate::models::{Random, any_us};

const MODELS: usize = 2_000;

/// What the other reader finds in the only section of a string: its values in their order. They
/// stand behind each field's name when the section is printed.
fn theirs(text: &str) -> Option<(Vec<u8>, Option<bool>)> {
    let sections = GPPString::parse_str(text).ok()?.decode_all_sections();
    let [Ok(section)] = sections.as_slice() else { return None };
    let printed = format!("{section:?}");
    let (core, gpc) = printed.split_once(", gpc: ").unwrap_or((&printed, "None"));
    let words = core
        .split(": ")
        .map(|word| word.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default());
    let values = words.filter_map(|word| match word {
        "NotApplicable" => Some(0),
        "Provided" | "OptedOut" | "NoConsent" | "Yes" | "true" => Some(1),
        "NotProvided" | "DidNotOptOut" | "Consent" | "No" | "false" => Some(2),
        _ => None,
    });
    let gpc = match gpc {
        said if said.starts_with("Some(true)") => Some(true),
        said if said.starts_with("Some(false)") => Some(false),
        _ => None,
    };
    Some((values.collect(), gpc))
}

fn ours(section: &UsSection) -> (Vec<u8>, Option<bool>) {
    let fields = section.layout().core.iter().filter_map(|(field, _)| section.get(*field));
    (fields.flatten().copied().collect(), section.gpc())
}

fn string(section: UsSection, pad: Pad) -> String {
    Gpp::new(vec![Section::Us(section)]).unwrap().encode_with(pad).unwrap()
}

/// It knows the national section and the states up to Minnesota.
#[test]
fn another_reader_finds_what_we_wrote() {
    let known: Vec<SectionId> =
        SectionId::ALL.into_iter().filter(|id| (7..=23).contains(&id.number())).collect();
    let random = &mut Random(0x7065_6572);
    for id in known.iter().cycle().take(MODELS) {
        let section = any_us(random, *id);
        for pad in [Pad::Sextet, Pad::Byte] {
            let text = string(section, pad);
            assert_eq!(theirs(&text), Some(ours(&section)), "{text}");
        }
    }
}

/// No specification gives 3 a meaning. The other reader takes it for "not applicable", so a broken
/// opt-out of sale is none; ours says where it is broken, and the caller counts it as a no.
#[test]
fn the_other_reader_takes_a_broken_opt_out_for_none() {
    let text = "DBABBg~BAwAAABA";
    let (values, _) = theirs(text).unwrap();
    assert_eq!(values[3], 0, "SaleOptOut is the fourth field of California");
    let error = Gpp::decode(text).unwrap_err();
    assert_eq!((error.field, error.at_bit), ("SaleOptOut", 12));
    assert_eq!(error.why, Why::Reserved { value: 3 });
}

/// Sixteen categories and three age groups under the number 1, as encoders of 2024 and 2025 wrote
/// them. Read as twelve and two, everything behind them means something else.
#[test]
fn the_other_reader_shifts_long_lists_of_version_one() {
    let text = "DBABLA~BVVKqqqqqoCA";
    let gpp = Gpp::decode(text).unwrap();
    let section = gpp.us().next().unwrap();
    assert_eq!(section.get(UsField::PersonalDataConsents), Some(&[0][..]));
    assert_eq!(section.get(UsField::MspaOptOutOptionMode), Some(&[0][..]));
    let (values, _) = theirs(text).unwrap();
    // Behind 9 fields, 12 categories and 2 age groups.
    assert_eq!(values[23..], [2, 2, 2, 0]);
}

/// Sections 24 to 27 are specified since October 2025; one of them makes the whole string
/// unreadable there.
#[test]
fn the_other_reader_does_not_know_the_newest_states() {
    for id in [SectionId::UsMd, SectionId::UsIn, SectionId::UsKy, SectionId::UsRi] {
        let text = string(UsSection::new(id).unwrap(), Pad::Byte);
        assert_eq!(theirs(&text), None, "{text}");
        assert!(Gpp::decode(&text).is_ok(), "{text}");
    }
}
