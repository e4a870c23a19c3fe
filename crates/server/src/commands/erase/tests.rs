use super::Who;

#[track_caller]
fn check(customer: Option<&str>, browser: Option<&str>, expected: Result<(), &str>) {
    let own = |text: Option<&str>| text.map(str::to_owned);
    let who = Who { customer: own(customer), browser: own(browser) };
    match (who.subject(), expected) {
        (Ok(_), Ok(())) => {}
        (Err(failure), Err(part)) => assert!(failure.to_string().contains(part), "{failure}"),
        (found, expected) => panic!("{found:?}, expected {expected:?}"),
    }
}

#[test]
fn one_person_is_named() {
    check(Some("17850"), None, Ok(()));
    check(None, Some("00112233445566778899aabbccddeeff"), Ok(()));
    check(Some(""), None, Err("--customer"));
    check(None, Some("xyz"), Err("--browser"));
    check(None, None, Err("whom?"));
}
