//! Sessions come, are replaced, lose items and go.

use crate::index::{LearnError, Learned, SessionIndex};
use crate::model::Model;
use crate::settings::Settings;
use crate::small_shop::{ITEMS, Visit, closed, empty, id, item, key, learn, no, person, shop};

fn visit(key: u8, person: u8, items: &[u8]) -> Visit {
    Visit { key, person, hour: u32::from(key), items: items.to_vec() }
}

fn learned(model: &mut Model, visit: &Visit) -> Result<Learned, LearnError> {
    let session = closed(model, visit);
    model.learn(session)
}

#[test]
fn learning_says_what_it_did() {
    let mut model = empty(Settings::default());
    assert_eq!(learned(&mut model, &visit(1, 1, &[0, 1])), Ok(Learned::Added));
    assert_eq!(learned(&mut model, &visit(1, 1, &[0, 2])), Ok(Learned::Replaced));
    assert_eq!(model.index().sessions(), 1);
    assert_eq!(learned(&mut model, &visit(2, 1, &[])), Ok(Learned::Nothing));
    assert_eq!(model.index().session_items(&key(1)), [no(&model, 0), no(&model, 2)]);
    assert!(model.index().contains(&key(1)) && !model.index().contains(&key(2)));
    assert!(!model.unlearn_session(&key(2)));
}

#[test]
fn immediate_repeats_collapse() {
    let model = shop(Settings::default(), &[(1, &[0, 0, 1, 1, 0])]);
    let kept = [0, 1, 0].map(|item| no(&model, item));
    assert_eq!(model.index().session_items(&key(0)), kept);
    assert_eq!((model.index().items(), model.index().subjects()), (2, 1));
}

#[test]
fn a_full_index_is_packed_before_it_refuses_and_then_nothing_changes() {
    let bytes_max = 4_000;
    let mut model = empty(Settings { bytes_max, ..Settings::default() });
    let (mut learned_count, mut packed_count) = (0, 0);
    let refused = loop {
        let before = (model.canonical_bytes(), model.index().bytes());
        match learned(&mut model, &visit(learned_count, 1, &[0, 1])) {
            Ok(_) => learned_count += 1,
            Err(full) => {
                assert_eq!(model.canonical_bytes(), before.0);
                break full;
            }
        }
        packed_count += u32::from(model.index().bytes() < before.1);
        assert!(model.index().bytes() <= bytes_max);
    };
    assert!(matches!(refused, LearnError::Full { bytes, bytes_max: 4_000 } if bytes > 4_000));
    assert!(packed_count > 1, "packed {packed_count} times");
    // What has not been packed takes several times as much.
    let mut index = SessionIndex::new();
    let unpacked = (0..)
        .take_while(|key| {
            let session = closed(&model, &visit(*key, 1, &[0, 1]));
            index.learn(model.items(), session, bytes_max).is_ok()
        })
        .count();
    assert!(usize::from(learned_count) > 3 * unpacked, "{learned_count}, {unpacked} unpacked");
    // Also not in the place of another one: what that would free is not counted on.
    let before = model.canonical_bytes();
    assert!(learned(&mut model, &visit(0, 1, &[0, 1, 2])).is_err());
    assert_eq!(model.canonical_bytes(), before);
    assert_eq!(model.unlearn_subject(person(1).unwrap()), usize::from(learned_count));
    assert_eq!(learned(&mut model, &visit(0, 1, &[0, 1])), Ok(Learned::Added));
    assert_eq!(model.unlearn_subject(person(1).unwrap()), 1);
    let compacted = model.compacted().unwrap();
    assert!(model.install(compacted) && model.index().bytes() < 100);
    assert_eq!(model.fingerprint().to_bytes(), [0; 16]);
}

#[test]
fn a_full_index_does_not_pack_for_every_session_that_it_refuses() {
    let mut model = empty(Settings::default());
    for key in 0..200 {
        learn(&mut model, &visit(key, key, &[0, 1]));
    }
    let (items, mut index) = (model.items().clone(), model.index().clone());
    assert!(index.compact(&items));
    let (packed, session) = (index.bytes(), |key| closed(&model, &visit(key, 1, &[0, 1])));
    for key in 200..204 {
        // Too little has changed to pack again, so the session is refused and the rest stays.
        assert!(index.make_room(&items, &session(key), packed).is_err());
        index.learn(&items, session(key), u64::MAX).unwrap();
        assert!(index.bytes() > packed, "{key}");
    }
    assert!(index.make_room(&items, &session(204), packed).is_err());
    assert!(index.bytes() < packed + 200, "packed, though in vain");
    assert!(index.packing_bytes() > 200 * 41);
}

#[test]
fn many_at_once_are_refused_whole() {
    let mut model = empty(Settings { bytes_max: 1_000, ..Settings::default() });
    learn(&mut model, &visit(0, 1, &[0, 1]));
    let before = model.canonical_bytes();
    for count in [24_u8, 200] {
        let visits = (1..count).map(|number| visit(number, number, &[0, 1, 2]));
        let rows: Vec<_> = visits.map(|visit| closed(&model, &visit)).collect();
        assert!(model.learn_all(rows).is_err(), "{count} sessions");
        assert_eq!(model.canonical_bytes(), before);
    }
    let rows = vec![closed(&model, &visit(1, 1, &[1, 2]))];
    assert_eq!(model.learn_all(rows), Ok(()));
    assert_eq!(model.index().sessions(), 2);
}

#[test]
fn a_withdrawn_item_is_a_hole_that_can_be_filled_again() {
    let visits: [(u8, &[u8]); 3] = [(1, &[0, 1, 0]), (2, &[1, 2]), (3, &[1])];
    let mut model = shop(Settings::default(), &visits);
    let before = model.canonical_bytes();
    let number = no(&model, 1);
    assert!(model.withdraw(&id(1)) && !model.withdraw(&id(1)));
    assert_eq!((model.index().sessions(), model.index().linked_sessions()), (2, 0));
    let text = model.canonical_bytes();
    let name = id(1).to_string();
    assert!(!text.windows(name.len()).any(|bytes| bytes == name.as_bytes()));
    assert_eq!(model.declare(&item(1)), number);
    assert_eq!((model.canonical_bytes(), model.index().linked_sessions()), (before, 2));
}

#[test]
fn the_number_of_a_withdrawn_item_is_free_after_its_last_session() {
    let mut model = shop(Settings::default(), &[(1, &[0, 1])]);
    let number = no(&model, 1);
    model.withdraw(&id(1));
    assert_ne!(model.declare(&item(ITEMS)), number);
    model.unlearn_session(&key(0));
    assert_eq!(model.declare(&item(ITEMS + 1)), number);
    model.withdraw(&id(ITEMS + 1));
    assert_eq!(model.declare(&item(ITEMS + 2)), number, "no session named it");
}

#[test]
fn an_item_that_turns_sensitive_is_purged() {
    let mut model = shop(Settings::default(), &[(1, &[0, 1, 2]), (2, &[1])]);
    let mut sensitive = item(1);
    sensitive.sensitive = true;
    model.declare(&sensitive);
    assert_eq!((model.index().sessions(), model.index().subjects()), (1, 1));
    assert_eq!(model.index().session_items(&key(0)), [no(&model, 0), no(&model, 2)]);
    assert_eq!(model.popularity().subjects(no(&model, 1)), 0);
    model.declare(&item(1));
    let mut fresh = empty(Settings::default());
    learn(&mut fresh, &visit(0, 1, &[0, 2]));
    assert_eq!(model.canonical_bytes(), fresh.canonical_bytes());
    assert_eq!(model.fingerprint(), fresh.fingerprint());
}

#[test]
fn sensitive_items_are_never_learned() {
    let mut model = empty(Settings::default());
    let mut sensitive = item(1);
    sensitive.sensitive = true;
    model.declare(&sensitive);
    learn(&mut model, &visit(1, 1, &[0, 1, 0]));
    assert_eq!(model.index().session_items(&key(1)), [no(&model, 0)]);
}

#[test]
fn canonical_streaming_equals_the_one_piece() {
    let model = shop(Settings::default(), &[(1, &[0, 1]), (0, &[2])]);
    let mut streamed = Vec::new();
    model.canonical(&mut |piece| streamed.extend_from_slice(piece));
    assert_eq!(streamed, model.canonical_bytes());
}

#[test]
fn scorers_read_postings_and_sessions_in_the_order_of_time_and_row_id() {
    // Times fall while row ids rise; two sessions share a time.
    let visits =
        [(1, 1, 5, &[0, 1, 1][..]), (2, 0, 3, &[1, 2]), (3, 1, 3, &[1, 0]), (4, 0, 1, &[1])];
    let mut model = empty(Settings::default());
    for (key, person, hour, items) in visits {
        learn(&mut model, &Visit { key, person, hour, items: items.to_vec() });
    }
    let index = model.index();
    let newest: Vec<_> = index.newest(no(&model, 1)).collect();
    let keys: Vec<_> = newest.iter().map(|slot| index.key(*slot)).collect();
    assert_eq!(keys, [1, 3, 2].map(key));
    assert!(
        newest.windows(2).all(|two| index.newer(two[0], two[1]) && !index.newer(two[1], two[0]))
    );
    assert_eq!((index.linked_count(no(&model, 1)), index.linked_count(no(&model, 2))), (3, 1));
    let mut items = Vec::new();
    let met: Vec<_> =
        newest.iter().map(|slot| index.meet(model.items(), *slot, &mut items)).collect();
    assert!(met[0].voter == met[1].voter && met[1].voter != met[2].voter);
    assert_eq!(met.iter().map(|one| one.items).collect::<Vec<_>>(), [2, 2, 2]);
    assert!(met.iter().zip(&newest).all(|(one, slot)| one.at == index.at(*slot)));
    assert_eq!(items[..2], [no(&model, 0), no(&model, 1)]);
    let order = |model: &Model| -> Vec<_> {
        model.index().in_order(model.items()).map(|slot| model.index().key(slot)).collect()
    };
    assert_eq!(order(&model), [4, 2, 3, 1].map(key));
    model.withdraw(&id(1));
    assert_eq!(order(&model), [2, 3, 1].map(key));
}
