use proptest::prelude::{prop, proptest};

use super::{Said, UsPrivacy, UsPrivacyError};

#[track_caller]
fn check(text: &str, expected: [Said; 3], is_opted_out: bool) {
    let [notice, opt_out_sale, lspa_covered] = expected;
    let read = UsPrivacy::decode(text).unwrap();
    assert_eq!(read, UsPrivacy { notice, opt_out_sale, lspa_covered }, "{text}");
    assert_eq!(read.is_opted_out(), is_opted_out, "{text}");
    assert_eq!(read.encode(), text.to_ascii_uppercase());
}

/// The four examples of the specification first.
#[test]
fn strings_are_read_and_written() {
    use Said::{No, NotApplicable, Yes};
    check("1YNN", [Yes, No, No], false);
    check("1NYY", [No, Yes, Yes], true);
    check("1---", [NotApplicable; 3], false);
    check("1-Y-", [NotApplicable, Yes, NotApplicable], true);
    check("1yyn", [Yes, Yes, No], true);
}

/// Where the law applies, whether a person opted out may never be unknown.
#[test]
fn an_unknown_choice_counts_as_an_opt_out() {
    assert!(UsPrivacy::decode("1Y-N").unwrap().is_opted_out());
    assert!(!UsPrivacy::NOT_APPLICABLE.is_opted_out());
    assert!(UsPrivacy::NOT_APPLICABLE.is_not_applicable());
}

#[track_caller]
fn refuse(text: &str, expected: UsPrivacyError) {
    assert_eq!(UsPrivacy::decode(text), Err(expected), "{text:?}");
}

#[test]
fn other_texts_are_refused() {
    refuse("", UsPrivacyError::Length { bytes: 0 });
    refuse("1YN", UsPrivacyError::Length { bytes: 3 });
    refuse("1YNNN", UsPrivacyError::Length { bytes: 5 });
    refuse("2YNN", UsPrivacyError::Version);
    refuse("\u{661}YN", UsPrivacyError::Version);
    refuse("1XNN", UsPrivacyError::Character { at: 1 });
    refuse("1Y N", UsPrivacyError::Character { at: 2 });
    refuse("1YN0", UsPrivacyError::Character { at: 3 });
}

proptest! {
    #[test]
    fn encode_then_decode_is_identity(said in prop::array::uniform3(0..3_usize)) {
        let [notice, opt_out_sale, lspa_covered] =
            said.map(|at| [Said::Yes, Said::No, Said::NotApplicable][at]);
        let string = UsPrivacy { notice, opt_out_sale, lspa_covered };
        assert_eq!(UsPrivacy::decode(&string.encode()), Ok(string));
    }

    #[test]
    fn no_text_panics(text in ".{0,6}") {
        if let Ok(read) = UsPrivacy::decode(&text) {
            assert_eq!(UsPrivacy::decode(&read.encode()), Ok(read));
        }
    }
}
