//! A folder keeps what it was given, as a whole and for its owner alone.

use std::os::unix::fs::PermissionsExt as _;

use super::{Disk, Folder, InMemory};

fn check(disk: &dyn Disk) {
    let file = |name: &str, bytes: &[u8]| (name.to_owned(), bytes.to_vec());
    assert_eq!(disk.read("tile/0/000").unwrap(), None);
    disk.write(&[file("tile/0/000.p/7", b"seven"), file("checkpoint", b"one")]).unwrap();
    disk.write(&[file("checkpoint", b"two"), file("tile/0/000", b"full")]).unwrap();
    disk.write(&[]).unwrap();
    assert_eq!(disk.read("checkpoint").unwrap().unwrap(), b"two");
    assert_eq!(disk.read("tile/0/000.p/7").unwrap().unwrap(), b"seven");
    disk.remove("tile/0/000.p").unwrap();
    disk.remove("tile/0/000.p").unwrap();
    assert_eq!(disk.read("tile/0/000.p/7").unwrap(), None);
    assert_eq!(disk.read("tile/0/000").unwrap().unwrap(), b"full");
}

#[test]
fn files_are_kept_in_memory() {
    check(&InMemory::default());
}

#[test]
fn files_are_kept_in_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    check(&Folder::open(path.clone()).unwrap());
    check(&Folder::open(path.join("again")).unwrap());
    let mode =
        |name: &str| std::fs::metadata(path.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("checkpoint"), mode("tile/0"), mode("")), (0o600, 0o700, 0o700));
    let names: Vec<_> =
        std::fs::read_dir(&path).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().ends_with(".new")), "{names:?}");
}
