//! One number or more for each rule: printed by the authority, or computed after its rule.

use super::digits::RULES;
use crate::kind::Kind;
use crate::scan::tests::{finds, nothing, rule_of};

/// Rule, number as it is written, and the word that announces it.
const NUMBERS: &[(&str, &str, &str)] = &[
    ("us_ssn", "219-09-9999", "SSN"), // a Social Security Administration leaflet
    ("us_itin", "900-70-0000", "ITIN"),
    ("uk_nhs", "943 476 5919", "NHS"), // NHS data dictionary
    ("uk_utr", "1123456789", "UTR"),
    ("uk_nino", "QQ123456C", "-"),
    ("at_social", "1237 010180", "SVNR"), // the ministry's example card
    ("be_register", "85.07.30-033.28", "NISS"), // the National Register's example
    ("bg_egn", "6101057509", "EGN"),
    ("hr_oib", "94577403194", "OIB"),
    ("cy_tic", "00123123T", "TIC"),
    ("cz_sk_birth", "710319/2745", "rodné číslo"),
    ("dk_cpr", "070761-4285", "CPR"), // the CPR office's example
    ("ee_lt_personal", "37605030299", "isikukood"),
    ("ee_lt_personal", "33309240064", "asmens kodas"),
    ("fi_hetu", "131052-308T", "hetu"), // the agency's example
    ("fi_hetu", "010594Y9032", "hetu"),
    ("fr_nir", "1 51 02 46 102 043 25", "NIR"),
    ("fr_nir", "253072B07300470", "NIR"),
    ("de_tax", "86 095 742 719", "IdNr"), // the tax office's example
    ("gr_afm", "094259216", "AFM"),
    ("gr_amka", "01013099997", "AMKA"),
    ("hu_tax", "8071592153", "adóazonosító"),
    ("hu_taj", "111 111 110", "TAJ"),
    ("ie_pps", "1234567T", "PPS"),
    ("ie_pps", "1234567TW", "PPS"),
    ("is_kennitala", "120174-3399", "kennitala"),
    ("it_codice_fiscale", "RSSMRA85T10A562S", "codice fiscale"),
    ("lv_personal", "161175-19997", "personas kods"),
    ("lu_matricule", "1893120105732", "matricule"),
    ("nl_bsn", "111222333", "BSN"),
    ("no_birth", "29029600013", "fødselsnummer"),
    ("pl_pesel", "44051401359", "PESEL"),
    ("pl_nip", "123-456-32-18", "NIP"),
    ("pt_nif", "123456789", "NIF"),
    ("ro_cnp", "1630615123457", "CNP"),
    ("se_personal", "811228-9874", "personnummer"), // the tax agency's example
    ("se_personal", "19811228-9874", "personnummer"),
    ("si_emso", "0101006500006", "EMŠO"),
    ("es_dni", "12345678Z", "DNI"),
    ("es_dni", "X1234567L", "NIE"),
    ("ch_ahv", "756.9217.0769.85", "AHV"), // the federal office's example
];

#[test]
fn every_rule_finds_its_number() {
    for (rule, number, word) in NUMBERS {
        let text = format!("{word}: {number}, thanks");
        let digits: Vec<u8> =
            number.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect();
        // Some numbers are right by the rules of two countries; then the other one may name them.
        if let Some(rule) = RULES.iter().find(|one| one.name == *rule) {
            assert!(
                (rule.check)(&digits) || rule.name == "fi_hetu" || rule.name == "fr_nir",
                "{text}"
            );
        }
        assert!(*rule == "uk_nino" || rule_of(&text, Kind::NationalId, number).is_some(), "{text}");
    }
    finds("AB 12 34 56 C", Kind::NationalId, "AB 12 34 56 C");
}

#[test]
fn a_changed_digit_is_noticed() {
    let without = ["us_ssn", "us_itin", "dk_cpr", "uk_nino"];
    for (rule, number, word) in NUMBERS.iter().filter(|(rule, ..)| !without.contains(rule)) {
        let place = number.rfind(|c: char| c.is_ascii_digit()).unwrap();
        let old = number.as_bytes()[place] - b'0';
        let mut missed = 0;
        for new in (0..10).filter(|new| *new != old) {
            let mut changed = (*number).to_owned();
            changed.replace_range(place..=place, &new.to_string());
            let text = format!("{word}: {changed}, thanks");
            missed +=
                usize::from(rule_of(&text, Kind::NationalId, &changed).as_deref() == Some(*rule));
        }
        assert!(missed <= 1, "{rule}: {missed} of 9 wrong numbers pass");
    }
}

#[test]
fn a_check_digit_alone_is_not_enough() {
    nothing("article 111222333", Kind::NationalId);
    nothing("order 123456789", Kind::NationalId);
    nothing("000-12-3456", Kind::NationalId);
    nothing("666-12-3456", Kind::NationalId);
}
