use super::{KEY_BYTES, PrivateKey, PublicKey, SEAL_BYTES, seal};
use crate::circuit::Seat;
use crate::error::FederatedError;

#[test]
fn a_half_opens_for_its_aggregator_only() {
    let [leader, helper] = [[1; 32], [2; 32]].map(PrivateKey::from_bytes);
    let to = leader.public().unwrap();
    let sealed = seal((Seat::Leader, &to), b"a half", b"bound", &[3; 32]).unwrap();
    assert_eq!(sealed.len(), b"a half".len() + SEAL_BYTES);
    assert_eq!(leader.open(Seat::Leader, &sealed, b"bound").unwrap().as_slice(), b"a half");
    let refused = |key: &PrivateKey, seat, bytes: &[u8], bound: &[u8]| {
        assert_eq!(key.open(seat, bytes, bound).unwrap_err(), FederatedError::Seal);
    };
    refused(&helper, Seat::Leader, &sealed, b"bound");
    refused(&leader, Seat::Helper, &sealed, b"bound");
    refused(&leader, Seat::Leader, &sealed, b"other");
    for at in (0..sealed.len()).step_by(29) {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        refused(&leader, Seat::Leader, &changed, b"bound");
        refused(&leader, Seat::Leader, &sealed[..at], b"bound");
    }
}

#[test]
fn other_seeds_make_other_seals() {
    let key = PrivateKey::from_bytes([1; 32]).public().unwrap();
    let with = |seed| seal((Seat::Leader, &key), b"a half", b"bound", &[seed; 32]).unwrap();
    assert_eq!(with(1), with(1));
    let (one, other) = (with(1), with(2));
    assert_ne!(one[..32], other[..32]);
    assert_ne!(one[SEAL_BYTES - 16..], other[SEAL_BYTES - 16..]);
}

#[test]
fn keys_are_read_or_refused_and_print_nothing() {
    let key = PrivateKey::from_bytes([1; 32]);
    let public = key.public().unwrap();
    assert_eq!(PublicKey::from_bytes(public.as_bytes()), Ok(public.clone()));
    assert_eq!(PublicKey::from_bytes(&[0; KEY_BYTES - 1]), Err(FederatedError::Malformed));
    assert_eq!(PublicKey::from_bytes(&[255; KEY_BYTES]), Err(FederatedError::Malformed));
    assert_eq!(format!("{key:?}"), "PrivateKey");
    assert!(format!("{public:?}").len() < 20);
}
