use super::*;

#[test]
fn a_small_catalog_is_compared_whole() {
    let mut columns = Columns::new(&[3, 1, 0, 5, 1], 0);
    columns.draw(&[1, 3], &mut Random::new(1, 0));
    assert_eq!(columns.items(), [0, 1, 2, 3, 4, NOBODY, NOBODY, NOBODY]);
    assert_eq!(columns.of(3), 3);
    assert_eq!(columns.corrections()[..5], [0.0; 5]);
    assert_eq!(columns.corrections()[5..], [ABSENT; 3]);
    columns.clear();
    assert_eq!(columns.of(3), NOBODY);
}

#[test]
fn a_sample_has_what_is_needed_and_stands_for_all() {
    let counts: Vec<u32> = (1..=2_000).map(|rank| 10_000 / rank).collect();
    let mut columns = Columns::new(&counts, 300);
    let mut random = Random::new(9, 0);
    let (mut drawn, mut stands_for) = (0.0, 0.0);
    for _ in 0..200 {
        columns.draw(&[1_999, 1_000], &mut random);
        assert_eq!(columns.items().len() % LANES, 0);
        for needed in [1_999, 1_000] {
            let column = columns.of(needed) as usize;
            assert_eq!(columns.items()[column], needed);
        }
        for correction in columns.corrections().iter().filter(|value| **value > ABSENT) {
            drawn += 1.0;
            stands_for += libm::exp(f64::from(*correction));
        }
        columns.clear();
        assert_eq!(columns.of(1_999), NOBODY);
    }
    assert!((250.0..=300.0).contains(&(drawn / 200.0)), "{drawn}");
    assert!((1_950.0..=2_050.0).contains(&(stands_for / 200.0)), "{stands_for}");
}
