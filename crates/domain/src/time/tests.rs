use super::{DAY_MS, Day, Timestamp};

#[test]
fn a_day_holds_its_first_and_last_millisecond() {
    let day = Day::from_number(20_000);
    assert_eq!(day.start().day(), day);
    assert_eq!(day.start().plus_ms(DAY_MS - 1).day(), day);
    assert_eq!(day.start().plus_ms(DAY_MS).day(), day.plus(1));
}

#[test]
fn instants_stay_between_1970_and_9999() {
    assert_eq!(Timestamp::from_ms(-1), Timestamp::from_ms(0));
    let last = Timestamp::from_ms(i64::MAX);
    assert_eq!(last.plus_ms(1), last);
    assert_eq!(Timestamp::from_ms(5).plus_ms(-9), Timestamp::from_ms(0));
    assert_eq!(Timestamp::from_ms(5).ms_since(Timestamp::from_ms(9)), -4);
}

#[test]
fn what_is_read_from_bytes_is_cut_as_well() {
    use serde::de::value::{Error, I64Deserializer};
    use serde::{Deserialize as _, de::IntoDeserializer as _};
    let read = |ms: i64| {
        let bytes: I64Deserializer<Error> = ms.into_deserializer();
        Timestamp::deserialize(bytes).unwrap()
    };
    assert_eq!(read(i64::MIN), Timestamp::from_ms(0));
    assert_eq!(read(i64::MAX), Timestamp::from_ms(i64::MAX));
}
