use domain::id::{Pseudonym, ShopId};
use personal::purpose::PurposeName;
use personal::subject::SubjectRef;

use super::{Binding, Part, TokenKeys};
use crate::key::{RootSecret, ShopKeys};
use crate::subject::SubjectKey;
use crate::tokens::card::CardNumber;
use crate::tokens::format::Alphabet;
use crate::tokens::name::{Kind, TokenName};

fn ring(shop: &str) -> ShopKeys {
    ShopKeys::derive(&RootSecret::from_bytes([3; 32]), &ShopId::parse(shop).unwrap()).unwrap()
}

fn subject_key(byte: u8, purpose: PurposeName) -> SubjectKey {
    let subject = SubjectRef::from_bytes([byte; 16]);
    SubjectKey::new(Pseudonym::from_bytes([byte; 16]), purpose, subject, [byte; 32])
}

#[test]
fn keys_differ_by_shop_kind_purpose_and_destination() {
    let keys = TokenKeys::derive(&ring("one")).unwrap();
    let others = TokenKeys::derive(&ring("two")).unwrap();
    let name = TokenName::opaque(Kind::Card, [1; 16]);
    assert_eq!(keys.id(&name), keys.id(&name));
    assert_ne!(keys.id(&name), others.id(&name));
    let made = |keys: &TokenKeys, kind, purpose, to| {
        keys.deterministic(kind, b"4111111111111111", (purpose, to)).as_str().to_owned()
    };
    let first = made(&keys, Kind::Card, 6, None);
    assert_eq!(first, made(&keys, Kind::Card, 6, None));
    assert_ne!(first, made(&others, Kind::Card, 6, None));
    assert_ne!(first, made(&keys, Kind::Card, 7, None));
    assert_ne!(first, made(&keys, Kind::Card, 6, Some("bank")));
    let blind = keys.blind(Kind::Email, 6, b"a@b.cd");
    assert_eq!(blind, keys.blind(Kind::Email, 6, b"a@b.cd"));
    assert_ne!(blind, keys.blind(Kind::Phone, 6, b"a@b.cd"));
    assert_ne!(blind, keys.blind(Kind::Email, 7, b"a@b.cd"));
    assert_ne!(blind, others.blind(Kind::Email, 6, b"a@b.cd"));
    assert_ne!(keys.request("key", b"x"), keys.request("body", b"x"));
    let column = |keys: &TokenKeys| keys.column("phone", Alphabet::Digits).unwrap();
    let name = column(&keys).encrypt("4930123456").unwrap();
    assert_eq!(column(&keys).decrypt(&name).unwrap(), "4930123456");
    assert_ne!(column(&others).encrypt("4930123456").unwrap(), name);
}

#[test]
fn a_chain_shows_what_was_changed() {
    let keys = TokenKeys::derive(&ring("one")).unwrap();
    let first = keys.link(&[0; 32], b"one");
    let second = keys.link(&first, b"two");
    assert!(keys.is_link(&first, b"two", &second));
    assert!(!keys.is_link(&first, b"tw0", &second));
    assert!(!keys.is_link(&[0; 32], b"two", &second));
}

/// Detokenize after tokenize is the identity, and nothing else opens it.
#[test]
fn a_value_opens_only_in_its_own_context() {
    let ring = ring("one");
    let keys = TokenKeys::derive(&ring).unwrap();
    let key = subject_key(1, PurposeName::OrderFulfilment);
    let card = CardNumber::parse("4111111111111111").unwrap();
    let token = keys.id(&TokenName::opaque(Kind::Card, [1; 16]));
    let binding = Binding { token, kind: Kind::Card, destination: Some("bank") };
    let seal =
        |part| key.seal_token(&ring, (part, binding), card.digits().as_bytes(), &[9; 16]).unwrap();
    let (value, view) = (seal(Part::Value), seal(Part::View));
    let found = value.windows(16).any(|window| window == card.digits().as_bytes());
    assert!(!found);
    let opened = key.open_token(&ring, (Part::Value, binding), &value).unwrap();
    assert_eq!(opened.as_slice(), card.digits().as_bytes());
    let other = keys.id(&TokenName::opaque(Kind::Card, [2; 16]));
    for wrong in [
        Binding { destination: None, ..binding },
        Binding { destination: Some(""), ..binding },
        Binding { destination: Some("shop"), ..binding },
        Binding { kind: Kind::Email, ..binding },
        Binding { token: other, ..binding },
    ] {
        assert!(key.open_token(&ring, (Part::Value, wrong), &value).is_err(), "{wrong:?}");
    }
    assert!(key.open_token(&ring, (Part::View, binding), &value).is_err());
    assert!(key.open_token(&ring, (Part::Value, binding), &view).is_err());
    let anywhere = Binding { destination: None, ..binding };
    assert!(key.open_token(&ring, (Part::View, anywhere), &view).is_ok());
    for stranger in
        [subject_key(2, PurposeName::OrderFulfilment), subject_key(1, PurposeName::FraudPrevention)]
    {
        assert!(stranger.open_token(&ring, (Part::Value, binding), &value).is_err());
    }
    let two = self::ring("two");
    assert!(key.open_token(&two, (Part::Value, binding), &value).is_err());
}
