use super::*;

#[test]
fn the_first_numbers_are_those_of_the_reference() {
    let mut random = Random::new(0, 0);
    assert_eq!(random.bits(), 0xe220_a839_7b1d_cdaf);
    assert_eq!(random.bits(), 0x6e78_9e6a_a1b9_65f4);
}

#[test]
fn streams_of_one_seed_differ() {
    assert_ne!(Random::new(7, 1).bits(), Random::new(7, 2).bits());
}

#[test]
fn numbers_stay_in_their_bounds() {
    let mut random = Random::new(5, 0);
    let mut seen = [0_u32; 6];
    for _ in 0..6_000 {
        seen[random.below(6) as usize] += 1;
        assert!((-1.0..=1.0).contains(&random.signed_unit()));
    }
    assert!(seen.iter().all(|count| (850..1_150).contains(count)), "{seen:?}");
}

#[test]
fn masks_drop_their_share() {
    let mut random = Random::new(5, 0);
    let mut mask = vec![0.5; 10_001];
    random.mask(&mut mask, 16_384, 4.0 / 3.0);
    let count = |mask: &[f32], value: f32| {
        mask.iter().filter(|found| found.to_bits() == value.to_bits()).count()
    };
    let dropped = count(&mask, 0.0);
    assert!((2_350..2_650).contains(&dropped), "{dropped}");
    assert_eq!(count(&mask, 4.0 / 3.0), mask.len() - dropped);
    random.mask(&mut mask, 0, 1.0);
    assert_eq!(count(&mask, 1.0), mask.len());
}

#[test]
fn shuffling_keeps_every_number() {
    let mut list: Vec<u32> = (0..50).collect();
    Random::new(1, 0).shuffle(&mut list);
    assert_ne!(list, (0..50).collect::<Vec<u32>>());
    list.sort_unstable();
    assert_eq!(list, (0..50).collect::<Vec<u32>>());
}
