use age::x25519::Identity;
use vault::key::ShopKey;
use zeroize::Zeroizing;

use super::{Age, Passphrase, Provider};

#[track_caller]
fn check(provider: &dyn Provider, strangers: &[&dyn Provider]) {
    let key = ShopKey::from_bytes([42; 32]);
    let wrapped = provider.wrap(&key).unwrap();
    assert_eq!(*provider.unwrap(&wrapped).unwrap().to_text(), *key.to_text());
    let digits = key.to_text();
    assert!(!wrapped.windows(16).any(|part| part == &digits.as_bytes()[..16]));
    for stranger in strangers {
        let error = stranger.unwrap(&wrapped).unwrap_err().to_string();
        assert!(error.contains("does not open the shop key"), "{error}");
    }
    for at in 0..wrapped.len() {
        if at % 7 == 0 {
            let mut wrong = wrapped.clone();
            wrong[at] ^= 1;
            // A passphrase costs 64 MiB a try: a few bytes are enough there.
            if provider.name() != "the passphrase" || at % 70 == 0 {
                assert!(provider.unwrap(&wrong).is_err(), "byte {at}");
            }
        }
    }
}

fn age() -> Age {
    let identity = Identity::generate();
    Age { recipients: vec![identity.to_public()], identities: vec![identity] }
}

fn phrase(text: &str) -> Passphrase {
    Passphrase::new(Zeroizing::new(text.to_owned()))
}

#[test]
fn providers_open_what_they_closed_and_nothing_else() {
    check(&age(), &[&age(), &phrase("correct horse")]);
    check(&phrase("correct horse"), &[&phrase("correct horses"), &age()]);
}
