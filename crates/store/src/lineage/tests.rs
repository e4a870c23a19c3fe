use super::{fits, name};
use crate::memory::{MemoryKeys, MemoryTables};

#[test]
fn two_files_get_one_name_and_strangers_do_not_fit() {
    let (mut tables, mut keys) = (MemoryTables::new(), MemoryKeys::new());
    assert!(fits(&tables, &keys).unwrap(), "new files have no name yet");
    assert_eq!(name(&mut tables, &mut keys, [1; 16]).unwrap(), [1; 16]);
    assert_eq!(name(&mut tables, &mut keys, [2; 16]).unwrap(), [1; 16]);
    assert!(fits(&tables, &keys).unwrap());
    let (mut others, mut other_keys) = (MemoryTables::new(), MemoryKeys::new());
    name(&mut others, &mut other_keys, [3; 16]).unwrap();
    assert!(!fits(&tables, &other_keys).unwrap());
    assert!(!fits(&others, &keys).unwrap());
}

#[test]
fn a_crash_between_the_two_is_mended() {
    let (mut tables, mut keys) = (MemoryTables::new(), MemoryKeys::new());
    name(&mut MemoryTables::new(), &mut keys, [4; 16]).unwrap();
    assert_eq!(name(&mut tables, &mut keys, [5; 16]).unwrap(), [4; 16]);
}
