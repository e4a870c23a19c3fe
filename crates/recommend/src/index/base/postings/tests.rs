//! Posting lists against plain lists.

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use crate::index::base::postings::{Postings, PostingsBuilder};

fn built(lists: &[Vec<u32>]) -> Postings {
    let mut builder = PostingsBuilder::default();
    lists.iter().for_each(|list| builder.push(list));
    builder.finish()
}

fn read(postings: &Postings, lists: usize) -> Vec<Vec<u32>> {
    let list = |code| {
        let mut ranks: Vec<u32> = postings.newest_first(code).collect();
        assert_eq!(ranks.is_empty(), postings.is_empty(code));
        ranks.reverse();
        ranks
    };
    (0..u32::try_from(lists).unwrap()).map(list).collect()
}

fn lists() -> impl Strategy<Value = Vec<Vec<u32>>> {
    let rank = prop_oneof![0_u32..700, any::<u32>()];
    vec(btree_set(rank, 0..420).prop_map(|ranks| ranks.into_iter().collect()), 0..5)
}

proptest! {
    #[test]
    fn lists_read_what_was_written_whatever_is_taken_out(
        lists in lists(),
        out in vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..400),
    ) {
        let mut plain = lists;
        let mut postings = built(&plain);
        prop_assert_eq!(&read(&postings, plain.len()), &plain);
        let bytes = postings.bytes();
        for (list, place) in out {
            if plain.is_empty() {
                break;
            }
            let code = list.index(plain.len());
            let list = &mut plain[code];
            let code = u32::try_from(code).unwrap();
            prop_assert!(!postings.remove(code, 701) || list.contains(&701));
            list.retain(|rank| *rank != 701);
            if !list.is_empty() {
                let rank = list.remove(place.index(list.len()));
                prop_assert!(postings.remove(code, rank));
                prop_assert!(!postings.remove(code, rank));
            }
        }
        prop_assert_eq!(&read(&postings, plain.len()), &plain);
        prop_assert_eq!(postings.bytes(), bytes);
    }

    #[test]
    fn nothing_of_a_list_is_left_when_all_is_taken_out(list in btree_set(any::<u32>(), 0..300)) {
        let list: Vec<u32> = list.into_iter().collect();
        let mut postings = built(std::slice::from_ref(&list));
        for rank in &list {
            prop_assert!(postings.remove(0, *rank));
        }
        prop_assert!(postings.is_empty(0));
        prop_assert!(postings.gaps.iter().all(|byte| *byte == 0));
        prop_assert!(postings.newest.iter().all(|rank| *rank == 0));
    }
}
