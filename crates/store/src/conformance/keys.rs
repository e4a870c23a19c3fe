//! What the port of keys promises.

use domain::id::RequestId;
use domain::time::Day;
use personal::purpose::PurposeName;

use crate::conformance::{Made, intent, person, tombstone};
use crate::error::StoreError;
use crate::keys::KeyRow;

const SERVE: PurposeName = PurposeName::Personalization;
const LEARN: PurposeName = PurposeName::SharedLearning;

pub(crate) fn suite(make: &impl Fn() -> Made) {
    keys_are_found_both_ways(make());
    keys_never_take_the_place_of_others(make());
    pages_follow_the_pseudonyms(make());
    intents_stay_until_finished(make());
    tombstones_are_united(make());
    tombstones_end_on_their_day(make());
    secrets_are_replaced(make());
}

fn key(of: u8, purpose: PurposeName, blind: u8) -> KeyRow {
    KeyRow { pseudonym: person(of), purpose, blind: [blind; 16], wrapped: vec![of; 100] }
}

fn keys_are_found_both_ways(mut made: Made) {
    let rows = [key(1, SERVE, 1), key(2, LEARN, 1), key(3, SERVE, 3)];
    made.keys.put(&rows).unwrap();
    assert_eq!(made.keys.by_blind(SERVE, &[1; 16]).unwrap(), Some(rows[0].clone()));
    assert_eq!(made.keys.by_blind(LEARN, &[1; 16]).unwrap(), Some(rows[1].clone()));
    assert_eq!(made.keys.by_blind(LEARN, &[3; 16]).unwrap(), None);
    assert_eq!(made.keys.by_pseudonym(person(3)).unwrap(), Some(rows[2].clone()));
    assert_eq!(made.keys.by_pseudonym(person(4)).unwrap(), None);

    assert_eq!(made.keys.destroy(&[person(1), person(2), person(9)]).unwrap(), 2);
    assert_eq!(made.keys.by_blind(SERVE, &[1; 16]).unwrap(), None);
    assert_eq!(made.keys.by_pseudonym(person(1)).unwrap(), None);
    // Who returns gets a fresh pseudonym behind the same blind index.
    made.keys.put(&[key(7, SERVE, 1)]).unwrap();
    assert_eq!(made.keys.by_blind(SERVE, &[1; 16]).unwrap(), Some(key(7, SERVE, 1)));
    made.keys.scrub().unwrap();
    assert_eq!(made.keys.page(None, 9).unwrap(), [key(3, SERVE, 3), key(7, SERVE, 1)]);
}

fn keys_never_take_the_place_of_others(mut made: Made) {
    made.keys.put(&[key(1, SERVE, 1)]).unwrap();
    let refused = [
        vec![key(2, SERVE, 2), key(3, SERVE, 1)],
        vec![key(2, SERVE, 2), key(1, SERVE, 5)],
        vec![key(2, SERVE, 2), key(1, LEARN, 1)],
        vec![key(2, SERVE, 2), key(3, SERVE, 2)],
    ];
    for rows in refused {
        assert!(matches!(made.keys.put(&rows), Err(StoreError::Conflict)));
        assert_eq!(made.keys.page(None, 9).unwrap(), [key(1, SERVE, 1)]);
    }
    let mut again = key(1, SERVE, 1);
    again.wrapped = b"wrapped anew".to_vec();
    made.keys.put(std::slice::from_ref(&again)).unwrap();
    assert_eq!(made.keys.page(None, 9).unwrap(), [again]);
}

fn pages_follow_the_pseudonyms(mut made: Made) {
    made.keys.put(&[key(5, SERVE, 5), key(1, SERVE, 1), key(3, SERVE, 3)]).unwrap();
    let page = made.keys.page(None, 2).unwrap();
    assert_eq!(page, [key(1, SERVE, 1), key(3, SERVE, 3)]);
    assert_eq!(made.keys.page(Some(person(3)), 2).unwrap(), [key(5, SERVE, 5)]);
    assert!(made.keys.page(Some(person(5)), 2).unwrap().is_empty());
}

fn intents_stay_until_finished(mut made: Made) {
    made.keys.begin(&intent(2), &[]).unwrap();
    made.keys.begin(&intent(1), &[]).unwrap();
    assert_eq!(made.keys.intents().unwrap(), [intent(1), intent(2)]);
    let mut changed = intent(1);
    changed.body = b"with counts".to_vec();
    made.keys.begin(&changed, &[]).unwrap();
    assert_eq!(made.keys.intents().unwrap(), [changed.clone(), intent(2)]);
    made.keys.finish(RequestId::from_bytes([2; 16])).unwrap();
    made.keys.finish(RequestId::from_bytes([3; 16])).unwrap();
    assert_eq!(made.keys.intents().unwrap(), [changed]);
}

fn tombstones_are_united(mut made: Made) {
    made.keys.begin(&intent(1), &[tombstone(1, 500, 20), tombstone(2, 1, 10)]).unwrap();
    made.keys.begin(&intent(2), &[tombstone(1, 400, 30)]).unwrap();
    assert_eq!(made.keys.tombstone(&[1; 16]).unwrap(), Some(tombstone(1, 500, 30)));
    assert_eq!(made.keys.tombstone(&[3; 16]).unwrap(), None);
    let all = made.keys.tombstones().unwrap();
    assert_eq!(all, [tombstone(1, 500, 30), tombstone(2, 1, 10)]);
}

fn tombstones_end_on_their_day(mut made: Made) {
    made.keys.begin(&intent(1), &[tombstone(1, 500, 20), tombstone(2, 1, 10)]).unwrap();
    assert_eq!(made.keys.sweep_tombstones(Day::from_number(9)).unwrap(), 0);
    assert_eq!(made.keys.sweep_tombstones(Day::from_number(10)).unwrap(), 1);
    assert_eq!(made.keys.tombstones().unwrap(), [tombstone(1, 500, 20)]);
    assert_eq!(made.keys.sweep_tombstones(Day::from_number(99)).unwrap(), 1);
    assert!(made.keys.tombstones().unwrap().is_empty());
}

fn secrets_are_replaced(mut made: Made) {
    assert_eq!(made.keys.secret("token").unwrap(), None);
    made.keys.put_secret("token", b"1").unwrap();
    made.keys.put_secret("token", b"2").unwrap();
    made.keys.put_secret("write", b"3").unwrap();
    assert_eq!(made.keys.secret("token").unwrap(), Some(b"2".to_vec()));
    assert_eq!(made.keys.secret("write").unwrap(), Some(b"3".to_vec()));
}
