use super::{Currency, Money, MoneyError};

#[track_caller]
fn check(amount: &str, currency: &str, expected: Result<i64, MoneyError>) {
    let currency = Currency::parse(currency).unwrap();
    assert_eq!(Money::parse(amount, currency).map(|m| m.minor), expected, "{amount}");
}

#[test]
fn amounts_are_read_in_minor_units() {
    check("12.5", "EUR", Ok(1250));
    check("12", "EUR", Ok(1200));
    check("-0.01", "USD", Ok(-1));
    check("1.500", "GBP", Ok(150));
    check("700", "JPY", Ok(700));
    check("1.234", "KWD", Ok(1234));
    check("1.234", "EUR", Err(MoneyError::Amount));
    check("7.1", "JPY", Err(MoneyError::Amount));
    check("", "EUR", Err(MoneyError::Amount));
    check(".5", "EUR", Err(MoneyError::Amount));
    check("1e3", "EUR", Err(MoneyError::Amount));
    check("99999999999999999999", "EUR", Err(MoneyError::Amount));
}

#[test]
fn currencies_are_three_capitals() {
    for bad in ["eur", "EU", "EURO", "E1R", ""] {
        assert_eq!(Currency::parse(bad), Err(MoneyError::Currency), "{bad}");
    }
}

#[test]
fn amounts_print_with_the_decimals_of_the_currency() {
    let print = |amount, code: &str| {
        Money::parse(amount, Currency::parse(code).unwrap()).unwrap().to_string()
    };
    assert_eq!(print("-12.05", "EUR"), "-12.05 EUR");
    assert_eq!(print("700", "JPY"), "700 JPY");
}
