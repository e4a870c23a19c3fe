//! Postings in any order of coming and going.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::content::postings::{PIECE_MAX, Postings};
use crate::items::ItemNo;

const ITEMS: u32 = 2_000;

fn places() -> Vec<u64> {
    // Many equal, many with equal upper halves.
    let spread = |item: u64| item.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 55;
    (0..u64::from(ITEMS)).map(|item| spread(item) << 31).collect()
}

proptest! {
    #[test]
    fn postings_are_sorted_whatever_came_and_went(
        steps in vec((0..ITEMS, any::<bool>()), 0..4_000),
    ) {
        let (places, mut postings) = (places(), Postings::default());
        let mut expected = std::collections::BTreeMap::new();
        for (item, comes) in steps {
            let key = (places[item as usize], item);
            if comes && expected.insert(key, item).is_none() {
                postings.insert(ItemNo(item), (1, 2), &places);
            } else if !comes {
                expected.remove(&key);
                postings.remove(ItemNo(item), &places);
            }
        }
        prop_assert_eq!(postings.len(), expected.len());
        prop_assert!(postings.iter().map(|posting| posting.item.0).eq(expected.into_values()));
        prop_assert!(postings.iter().all(|one| (one.frequency, one.length) == (1, 2)));
        prop_assert!(postings.pieces.iter().all(|piece| (1..=PIECE_MAX).contains(&piece.len())));
    }
}
