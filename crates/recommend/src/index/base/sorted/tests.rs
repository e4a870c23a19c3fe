//! Names are found while they live and leave no byte when they are erased.

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use crate::index::base::bits::Bits;
use crate::index::base::sorted::{Name, Sorted};

fn name() -> impl Strategy<Value = Name> {
    prop_oneof![
        any::<Name>(),
        (0_u8..40).prop_map(|last| {
            let mut name = [0; 16];
            name[15] = last;
            name
        }),
        Just([0; 16]),
        Just([255; 16]),
    ]
}

proptest! {
    #[test]
    fn names_are_found_until_they_are_erased(
        all in btree_set(name(), 0..60),
        out in vec(any::<prop::sample::Index>(), 0..60),
        other in name(),
    ) {
        let mut live: Vec<Name> = all.into_iter().collect();
        let len = u32::try_from(live.len()).unwrap();
        // The table holds them in the opposite order.
        let mut table: Vec<Name> = live.iter().rev().copied().collect();
        let mut erased = Bits::new(live.len());
        let index = |place| len - 1 - place;
        for out in out {
            if live.is_empty() {
                break;
            }
            let gone = live.remove(out.index(live.len()));
            let place = Sorted { len, index, erased: &erased }.find(&table, &gone).unwrap();
            erased.put(index(place), true);
            let sorted = Sorted { len, index, erased: &erased };
            sorted.erase(&mut table, place);
            prop_assert_eq!(sorted.find(&table, &gone), None);
            prop_assert!(gone == [0; 16] || !table.contains(&gone));
        }
        let sorted = Sorted { len, index, erased: &erased };
        for name in &live {
            let place = sorted.find(&table, name).unwrap();
            prop_assert_eq!(&table[index(place) as usize], name);
        }
        prop_assert_eq!(sorted.find(&table, &other).is_some(), live.contains(&other));
    }
}
