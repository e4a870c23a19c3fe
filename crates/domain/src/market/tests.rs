use super::Market;

#[track_caller]
fn check(text: &str, good: bool) {
    let read = Market::parse(text);
    assert_eq!(read.is_ok(), good, "{text:?}");
    if let Ok(market) = read {
        assert_eq!(market.as_str(), text);
    }
}

#[test]
fn markets_are_two_capital_letters() {
    check("DE", true);
    check("US", true);
    check("de", false);
    check("D", false);
    check("DEU", false);
    check("", false);
    check("Ü", false);
    check("D1", false);
}
