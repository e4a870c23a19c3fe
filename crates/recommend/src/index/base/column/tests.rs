//! Columns against the plain numbers.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::index::base::column::{Column, ColumnBuilder};
use crate::index::base::varint;

fn column(values: &[u32]) -> Column {
    let mut builder = ColumnBuilder::new(values.len());
    values.iter().for_each(|value| builder.push(*value));
    builder.finish()
}

fn read(column: &Column, len: usize) -> Vec<u32> {
    (0..u32::try_from(len).unwrap()).map(|at| column.get(at)).collect()
}

fn values() -> impl Strategy<Value = Vec<u32>> {
    let value = prop_oneof![0_u32..9, 1000_u32..1200, any::<u32>(), Just(u32::MAX), Just(0)];
    prop_oneof![vec(value, 0..300), vec(7_u32..9, 0..300)]
}

proptest! {
    #[test]
    fn a_column_reads_what_was_written(values in values()) {
        let column = column(&values);
        prop_assert_eq!(read(&column, values.len()), values.clone());
        prop_assert_eq!(column.get(u32::try_from(values.len()).unwrap() + 64), 0);
    }

    #[test]
    fn blurring_changes_one_number_to_the_least_of_its_frame(
        values in values(),
        place in any::<prop::sample::Index>(),
    ) {
        prop_assume!(!values.is_empty());
        let place = place.index(values.len());
        let mut column = column(&values);
        column.blur(u32::try_from(place).unwrap());
        let mut expected = values;
        let start = place / 64 * 64;
        let end = expected.len().min(start + 64);
        expected[place] = *expected[start..end].iter().min().unwrap();
        prop_assert_eq!(read(&column, expected.len()), expected);
    }

    #[test]
    fn varints_read_what_was_written(values in values()) {
        let mut bytes = Vec::new();
        values.iter().for_each(|value| varint::push(&mut bytes, *value));
        let mut left = bytes.as_slice();
        let read: Vec<u32> = values.iter().map(|_| varint::take(&mut left)).collect();
        prop_assert_eq!(read, values);
        prop_assert!(left.is_empty());
        prop_assert_eq!(varint::take(&mut left), 0);
    }
}
