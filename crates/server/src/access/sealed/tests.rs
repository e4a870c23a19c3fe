use super::{Lock, LockError};

const KEY: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

#[track_caller]
fn check(passphrase: &str, recipient: &str, expected: Result<bool, LockError>) {
    let lock = Lock::read(Some(passphrase), Some(recipient)).map(|lock| lock.is_some());
    assert_eq!(lock, expected, "{passphrase:?} {recipient:?}");
}

#[test]
fn a_lock_is_read_or_refused() {
    assert!(Lock::read(None, None).unwrap().is_none());
    check("", "", Ok(false));
    check("twelve chars", "", Ok(true));
    check("eleven char", "", Err(LockError::Passphrase));
    check(&"a".repeat(1_024), "", Ok(true));
    check(&"a".repeat(1_025), "", Err(LockError::Passphrase));
    check("", KEY, Ok(true));
    check("", &format!(" {KEY}\n"), Ok(true));
    check("", &KEY.replace("ql3z", "ql3y"), Err(LockError::Recipient));
    check("", &"a".repeat(129), Err(LockError::Recipient));
    check("", "ssh-ed25519 AAAA", Err(LockError::Recipient));
    check("twelve chars", KEY, Err(LockError::Both));
    let lock = Lock::read(Some("a secret of mine"), None).unwrap().unwrap();
    assert_eq!(format!("{lock:?}"), "Lock(..)");
}
