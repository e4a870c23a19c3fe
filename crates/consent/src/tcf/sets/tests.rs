use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn vendor(id: u16) -> VendorId {
    VendorId::new(id).unwrap()
}

fn range(first: u16, last: u16) -> VendorRange {
    VendorRange { first: vendor(first), last: vendor(last) }
}

#[test]
fn sets_of_ids_hold_what_their_field_can() {
    let set = PurposeSet::of(&[0, 1, 3, 24, 25, 255]);
    assert_eq!(set.iter().collect::<Vec<_>>(), [1, 3, 24]);
    assert!(set.contains(24) && !set.contains(25) && !set.contains(0));
    assert_eq!(set.without(PurposeSet::of(&[3])), PurposeSet::of(&[1, 24]));
    assert_eq!(format!("{set:?}"), "{1, 3, 24}");
    assert_eq!(CustomPurposeSet::of(&[63, 64]).iter().collect::<Vec<_>>(), [63]);
    assert!(VendorId::new(0).is_none());
}

#[test]
fn the_largest_vendor_has_a_place() {
    let mut set = VendorSet::new();
    set.insert_range(range(1, u16::MAX));
    assert_eq!((set.len(), set.max()), (65_535, Some(VendorId::MAX)));
    assert_eq!(set.ranges().collect::<Vec<_>>(), [range(1, u16::MAX)]);
    set.remove(vendor(64));
    assert_eq!(set.ranges().collect::<Vec<_>>(), [range(1, 63), range(65, u16::MAX)]);
    set.insert_range(VendorRange { first: vendor(70), last: vendor(64) });
    assert!(!set.contains(vendor(64)));
}

fn ids() -> impl Strategy<Value = BTreeSet<u16>> {
    let near = proptest::collection::btree_set(1_u16..400, 0..300);
    prop_oneof![near, proptest::collection::btree_set(1_u16.., 0..20)]
}

proptest! {
    #[test]
    fn a_set_of_vendors_is_a_set(a in ids(), b in ids(), first in 1_u16.., len in 0_u16..300) {
        let of = |ids: &BTreeSet<u16>| ids.iter().map(|id| vendor(*id)).collect::<VendorSet>();
        let mut set = of(&a);
        prop_assert_eq!(set.missing_in(&of(&b)), a.difference(&b).count());
        prop_assert_eq!(set.max().map(VendorId::get), a.last().copied());
        let last = first.saturating_add(len);
        set.insert_range(range(first, last));
        let mut expected = a.clone();
        expected.extend(first..=last);
        for id in &b {
            set.remove(vendor(*id));
            expected.remove(id);
        }
        prop_assert_eq!(&set, &of(&expected));
        prop_assert_eq!(set.len(), expected.len());
        prop_assert_eq!(set.is_empty(), expected.is_empty());
        prop_assert!(set.iter().map(VendorId::get).eq(expected.iter().copied()));
        let ranges: Vec<_> = set.ranges().collect();
        let listed = ranges.iter().flat_map(|range| range.first.get()..=range.last.get());
        prop_assert!(listed.eq(expected.iter().copied()));
        prop_assert!(ranges.windows(2).all(|pair| pair[0].last.get() + 1 < pair[1].first.get()));
    }
}
