use std::io::{Cursor, Read as _, Write as _};

use indicatif::ProgressBar;

use super::{Source, digest};

const TEXT: &str = "SessionId\tItemId\tTime\n1\tdress\t1592337718.0\n";

#[track_caller]
fn check(packed: Vec<u8>, expected: &str) {
    let source = Source::of(Cursor::new(packed)).unwrap();
    assert!(expected.as_bytes().starts_with(source.sample()));
    let mut text = String::new();
    source.into_reader().read_to_string(&mut text).unwrap();
    assert_eq!(text, expected);
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

#[test]
fn files_are_unpacked_by_their_first_bytes() {
    check(TEXT.into(), TEXT);
    check(gzip(TEXT), TEXT);
    check([gzip(TEXT), gzip(TEXT)].concat(), &TEXT.repeat(2));
    check(zstd::encode_all(TEXT.as_bytes(), 3).unwrap(), TEXT);
    check(Vec::new(), "");
    check(b"ab".to_vec(), "ab");
    let long = TEXT.repeat(5_000);
    check(zstd::encode_all(long.as_bytes(), 3).unwrap(), &long);
}

#[test]
fn windows_of_long_mode_are_read() {
    let mut packer = zstd::Encoder::new(Vec::new(), 1).unwrap();
    packer.long_distance_matching(true).unwrap();
    packer.window_log(27).unwrap();
    packer.write_all(TEXT.as_bytes()).unwrap();
    check(packer.finish().unwrap(), TEXT);
}

#[test]
fn a_broken_pack_is_an_error_and_not_an_end() {
    let mut packed = zstd::encode_all(TEXT.repeat(5_000).as_bytes(), 3).unwrap();
    packed.truncate(packed.len() / 2);
    assert!(Source::of(Cursor::new(packed)).is_err());
}

#[test]
fn digests_and_missing_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty");
    assert!(digest(&path).unwrap_err().to_string().contains("empty"));
    assert!(Source::open(&path, &ProgressBar::hidden()).is_err());
    std::fs::write(&path, "").unwrap();
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(domain::hex::encode(&digest(&path).unwrap()), empty);
}
