use super::{BrowserId, CustomerId, CustomerIdError, Subject, SubjectRef};

#[track_caller]
fn check(text: &str, expected: Result<(), CustomerIdError>) {
    assert_eq!(CustomerId::parse(text).map(|_| ()), expected, "{text:?}");
}

#[test]
fn customer_ids_are_read_or_refused() {
    check("17850.0", Ok(()));
    check("", Err(CustomerIdError::Empty));
    check("a\u{7f}", Err(CustomerIdError::Control));
    check(&"a".repeat(129), Err(CustomerIdError::TooLong { len: 129 }));
}

#[test]
fn no_name_prints_itself() {
    let customer = Subject::Customer(CustomerId::parse("anna@example.org").unwrap());
    let browser = Subject::Browser(BrowserId::from_bytes([0xab; 16]));
    let printed = format!("{customer:?} {browser:?} {:?}", SubjectRef::from_bytes([0xcd; 16]));
    assert!(!printed.contains("anna") && !printed.contains("ab") && !printed.contains("cd"));
}

#[test]
fn a_browser_and_a_customer_never_share_a_mac_input() {
    let browser = Subject::Browser(BrowserId::from_bytes([b'a'; 16]));
    let customer = Subject::Customer(CustomerId::parse(&"a".repeat(16)).unwrap());
    assert_ne!(browser.mac_input(), customer.mac_input());
}
