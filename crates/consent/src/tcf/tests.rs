use super::*;

#[test]
fn only_a_registered_cmp_has_an_id() {
    for id in [0, 1, 4_096, u16::MAX] {
        assert_eq!(CmpId::new(id), Err(CmpIdError { id }));
    }
    assert_eq!(CmpId::new(2).map(CmpId::get), Ok(2));
    assert_eq!(CmpId::new(4_095).map(CmpId::get), Ok(4_095));
}

#[test]
fn times_are_tenths_of_a_second_at_the_start_of_a_day() {
    // 3 June 2025, 12:00.
    let noon = Timestamp::from_ms(1_748_952_000_000);
    let day = Deciseconds::day_of(noon);
    assert_eq!(day.get(), 17_489_088_000);
    assert!(day.is_start_of_day());
    assert_eq!(day.timestamp(), Timestamp::from_ms(1_748_908_800_000));
    assert!(Deciseconds::new(1 << 36).is_none());
    assert_eq!(Deciseconds::new((1 << 36) - 1), Some(Deciseconds::MAX));
    assert_eq!(Deciseconds::day_of(Timestamp::from_ms(i64::MAX)), Deciseconds::MAX);
}

#[test]
fn two_letters_are_letters() {
    let check = |text: &str, expected: Option<&str>| {
        assert_eq!(TwoLetters::parse(text).as_ref().map(TwoLetters::as_str), expected, "{text}");
    };
    check("en", Some("EN"));
    check("De", Some("DE"));
    check("", None);
    check("eng", None);
    check("e1", None);
    check("\u{e9}", None);
    assert_eq!(TwoLetters::from_bits(26), None);
    assert_eq!(TwoLetters::from_bits(26 << 6), None);
    assert_eq!(TwoLetters::parse("ZA").map(TwoLetters::bits), Some(25 << 6));
}
