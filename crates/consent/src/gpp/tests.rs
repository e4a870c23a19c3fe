use proptest::prelude::{Strategy, any, prop, proptest};

use super::canada::tests::any_canada;
use super::error::{GppError, Why};
use super::section::{Section, SectionId};
use super::us::tests::any_us;
use super::us::{OptOut, UsSection};
use super::{Gpp, SECTIONS_MAX, TEXT_BYTES_MAX};
use crate::bits::{BitError, Pad};
use crate::us_privacy::{Said, UsPrivacy};

const TC: &str = "CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA";

fn kept(number: u16) -> Section {
    Section::Unknown { number, text: "x".to_owned() }
}

#[track_caller]
fn header(numbers: &[u16], sextet: &str, byte: &str) {
    let sections = numbers.iter().map(|number| match number {
        2 => Section::TcfEu("x".to_owned()),
        6 => Section::UsPrivacy(UsPrivacy::NOT_APPLICABLE),
        other => kept(*other),
    });
    let gpp = Gpp::new(sections.collect()).unwrap();
    let of = |text: String| text.split('~').next().unwrap().to_owned();
    assert_eq!(of(gpp.encode().unwrap()), sextet, "{numbers:?}");
    assert_eq!(of(gpp.encode_with(Pad::Byte).unwrap()), byte, "{numbers:?}");
    assert_eq!(super::read_header(sextet).unwrap(), numbers);
    assert_eq!(super::read_header(byte).unwrap(), numbers);
}

/// The header examples of the specification, which prints them with either padding, and what the
/// reference encoder writes for others.
#[test]
fn headers_are_the_specifications() {
    header(&[2], "DBABM", "DBABMA");
    header(&[2, 6], "DBACNY", "DBACNYA");
    header(&[], "DBAA", "DBAA");
    header(&[6], "DBABT", "DBABTA");
    // Example 3: Canada and US privacy, as one group of two.
    assert_eq!(super::read_header("DBABjw").unwrap(), [5, 6]);
    assert_eq!(
        super::read_header("DBABjw=").unwrap_err().why,
        Why::Bits(BitError::Character { at: 6 })
    );
    assert_eq!(super::read_header("DBABjw==").unwrap(), [5, 6]);
    assert_eq!(super::read_header("DBACOaw").unwrap(), [2, 5, 6, 7, 8, 9, 10, 11, 12]);
}

#[test]
fn strings_of_the_specification_are_read() {
    for text in [format!("DBABM~{TC}"), format!("DBABMA~{TC}")] {
        let gpp = Gpp::decode(&text).unwrap();
        assert_eq!(gpp.sections(), [Section::TcfEu(TC.to_owned())]);
        assert_eq!(gpp.encode().unwrap(), format!("DBABM~{TC}"));
    }
    let gpp = Gpp::decode(&format!("DBACNYA~{TC}~1YNN")).unwrap();
    let us = UsPrivacy { notice: Said::Yes, opt_out_sale: Said::No, lspa_covered: Said::No };
    assert_eq!(gpp.sections(), [Section::TcfEu(TC.to_owned()), Section::UsPrivacy(us)]);
    assert_eq!(gpp.encode_with(Pad::Byte).unwrap(), format!("DBACNYA~{TC}~1YNN"));
}

/// Example 3 of the specification shows the string of Europe in the place of Canada's, whose
/// version is 1 and not 2. It is refused, not read as something else.
#[test]
fn a_string_of_europe_is_none_of_canada() {
    let error = Gpp::decode(&format!("DBABjw~{TC}~1YNN")).unwrap_err();
    let expected = GppError::new("tcfcav1", "Version", 0, Why::Version { found: 2 });
    assert_eq!(error, expected);
}

/// What the reference encoder (JavaScript, 3.2.0) writes when each section says one thing: the
/// person has opted out of sale.
const EVERY_SECTION: &str = "DBACOcGA~CPSG_8APSG_8AAyAAAENAAFgAAAAAAAAAAAAAAAAAAAA.IAAA.YAAAAAAA\
    AAAA~BPSG_8APSG_8AAyAAAENAACAAAAAAAAAAAAAAAAAAA.YAAAAAAAAAA~1Y--~CAAQAAAAAABA.QA~BAQAAABA.QA\
    ~BAQAABA~BAQAAEA.QA~BAEAAAQA~BAQAAAEA.QA~BAQAAABA~BAQAAABA.QA~BAQAAAABAA.QA~BAQAAAQA.QA\
    ~BAQAAAABAA.QA~BAEAAAQA.QA~BAQAAAQA.QA~BAQAAABA.QA~BAQAAAAAQA.QA~BAQAAAQA.QA~BAQAAAQA.QA\
    ~BQBA.QA~BQBA.AAA~BQBA.AAA~BQBA.AAA";

#[test]
fn a_string_with_every_section_comes_back() {
    let gpp = Gpp::decode(EVERY_SECTION).unwrap();
    let numbers: Vec<_> = gpp.sections().iter().map(Section::number).collect();
    assert_eq!(numbers, SectionId::ALL.map(SectionId::number));
    assert_eq!(gpp.encode_with(Pad::Byte).unwrap(), EVERY_SECTION);
    assert_eq!(gpp.us().count(), 21);
    for section in gpp.us() {
        assert_eq!(section.sale_opt_out(), OptOut::OptedOut, "{:?}", section.id());
        assert_eq!(section.targeted_advertising_opt_out(), OptOut::NotApplicable);
        assert_eq!(section.mspa().is_covered, Some(true), "{:?}", section.id());
        assert_ne!(section.gpc(), Some(true));
    }
    assert!(gpp.encode().unwrap().len() < EVERY_SECTION.len());
}

#[track_caller]
fn refuse(text: &str, expected: &str) {
    let error = Gpp::decode(text).unwrap_err().to_string();
    assert_eq!(error, expected, "{text}");
}

#[test]
fn errors_name_section_field_and_bit() {
    refuse(
        "",
        "section header, field Sections, bit 0: bits end at bit 0 inside a field that begins at bit 0",
    );
    refuse(TC, "section header, field Type, bit 0: a string of type 2 is no gpp string (type 3)");
    refuse("DCABM~x", "section header, field Version, bit 6: version 2 is not known");
    refuse(
        "DBABM",
        "section header, field Sections, bit 24: header lists 1 sections, string has 0",
    );
    refuse(
        "DBABM~x~y",
        "section header, field Sections, bit 24: header lists 1 sections, string has 2",
    );
    refuse("DBABN~x", "section header, field Sections, bit 28: bits follow the last field");
    refuse(
        "DBABM~",
        "section tcfeuv2, field String, bit 0: text is empty or holds characters that end it",
    );
    refuse(
        "DBABM~a b",
        "section tcfeuv2, field String, bit 0: text is empty or holds characters that end it",
    );
    refuse("DBABT~1YN", "section uspv1, field String, bit 0: us privacy string has 3 bytes, not 4");
    refuse("DBABL~Bw", "section usnat, field SharingNotice, bit 6: value 3 is reserved");
    refuse("D%ABM~x", "section header, field Sections, bit 0: character 1 is not of base64url");
}

/// A header of few characters can list many numbers; what it costs to read is bounded.
#[test]
fn headers_that_list_too_much_are_refused() {
    // One group: from 1 on, 10945 numbers more (20 bits of Fibonacci coding).
    let bits = "000011000001000000000001".to_owned() + "111" + "000000000000000000011";
    let text = letters(&bits);
    assert_eq!(super::read_header(&text).unwrap_err().why, Why::TooManySections);
    let long = "D".repeat(TEXT_BYTES_MAX + 1);
    let why = Why::TooLong { bytes: TEXT_BYTES_MAX + 1 };
    assert_eq!(Gpp::decode(&long).unwrap_err().why, why);
    let many = (30..=30 + u16::try_from(SECTIONS_MAX).unwrap()).map(kept);
    assert_eq!(Gpp::new(many.collect()).unwrap_err().why, Why::TooManySections);
    for wrong in [vec![kept(0)], vec![kept(31), kept(30)], vec![kept(30), kept(30)]] {
        assert_eq!(Gpp::new(wrong).unwrap_err().why, Why::Order);
    }
    let cut = Section::Unknown { number: 40, text: "a~b".to_owned() };
    assert_eq!(Gpp::new(vec![cut]).unwrap_err().why, Why::Text);
}

fn letters(bits: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: Vec<char> = bits.chars().collect();
    let sextets = bits.chunks(6).map(|chunk| {
        let text: String = chunk.iter().chain(&['0'; 6]).take(6).collect();
        usize::from_str_radix(&text, 2).unwrap()
    });
    sextets.map(|at| ALPHABET[at] as char).collect()
}

fn any_gpp() -> impl Strategy<Value = Gpp> {
    let us = prop::collection::vec(any_us(), 0..12);
    let canada = prop::option::of(any_canada());
    let others = prop::collection::btree_map(28..5000_u16, "[A-Za-z0-9_.-]{1,20}", 0..4);
    (any::<[bool; 2]>(), canada, us, others).prop_map(|(with, canada, mut us, others)| {
        us.sort_by_key(UsSection::id);
        us.dedup_by_key(|section| section.id());
        let eu = with[0].then(|| Section::TcfEu(TC.to_owned()));
        let said = UsPrivacy { notice: Said::No, opt_out_sale: Said::Yes, lspa_covered: Said::No };
        let usp = with[1].then_some(Section::UsPrivacy(said));
        let canada = canada.map(|section| Section::TcfCa(Box::new(section)));
        let others = others.into_iter().map(|(number, text)| Section::Unknown { number, text });
        let known = eu.into_iter().chain(canada).chain(usp).chain(us.into_iter().map(Section::Us));
        Gpp::new(known.chain(others).collect()).unwrap()
    })
}

proptest! {
    #[test]
    fn encode_then_decode_is_identity(gpp in any_gpp(), pad in 0..4_usize) {
        let pad = [Pad::Sextet, Pad::Byte, Pad::Group, Pad::Equals][pad];
        let text = gpp.encode_with(pad).unwrap();
        assert_eq!(Gpp::decode(&text), Ok(gpp), "{text}");
    }

    #[test]
    fn a_string_with_one_wrong_character_never_panics(
        gpp in any_gpp(),
        at in any::<prop::sample::Index>(),
        with in any::<char>(),
    ) {
        let mut characters: Vec<char> = gpp.encode().unwrap().chars().collect();
        let at = at.index(characters.len());
        characters[at] = with;
        let text: String = characters.into_iter().collect();
        if let Ok(read) = Gpp::decode(&text) {
            assert_eq!(Gpp::decode(&read.encode().unwrap()), Ok(read));
        }
    }

    #[test]
    fn no_text_panics(text in "(DBA[A-Za-z0-9_~.-]{0,60}|.{0,40})") {
        if let Ok(gpp) = Gpp::decode(&text) {
            assert_eq!(Gpp::decode(&gpp.encode().unwrap()), Ok(gpp));
        }
    }
}
