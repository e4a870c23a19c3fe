use std::io::{Read as _, Write as _};

use age::x25519::Identity;

use super::{SealedReader, SealedWriter, identities};

const CHUNK_BYTES: usize = 64 * 1024;

#[track_caller]
fn check(len: usize, step: usize) {
    let identity = Identity::generate();
    let plain: Vec<u8> = (0..=250).cycle().take(len).collect();
    let mut out = SealedWriter::begin(Vec::new(), &[identity.to_public()]).unwrap();
    for piece in plain.chunks(step) {
        out.write_all(piece).unwrap();
    }
    let (bytes, _, count) = out.end().unwrap();
    assert_eq!(count, bytes.len() as u64);
    let mut reader = SealedReader::open(bytes.as_slice(), &[identity]).unwrap().unwrap();
    let mut again = Vec::new();
    reader.read_to_end(&mut again).unwrap();
    assert_eq!(again, plain, "{len} in steps of {step}");
    let stranger = Identity::generate();
    assert!(SealedReader::open(bytes.as_slice(), &[stranger]).unwrap().is_none());
}

#[test]
fn what_is_written_is_read() {
    for len in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 5 * CHUNK_BYTES] {
        check(len, 1_000);
        check(len, CHUNK_BYTES);
        check(len, 3 * CHUNK_BYTES);
    }
}

#[test]
fn a_file_that_was_cut_is_an_error_and_not_an_end() {
    let identity = Identity::generate();
    let mut out = SealedWriter::begin(Vec::new(), &[identity.to_public()]).unwrap();
    out.write_all(&vec![1; 2 * CHUNK_BYTES]).unwrap();
    let (bytes, ..) = out.end().unwrap();
    let cut = &bytes[..bytes.len() - CHUNK_BYTES - 16];
    let mut reader = SealedReader::open(cut, &[identity]).unwrap().unwrap();
    assert!(reader.read_to_end(&mut Vec::new()).is_err());
    assert!(SealedReader::open(&b"SQLite format 3"[..], &[]).unwrap().is_none());
    assert!(SealedReader::open(&bytes[..40], &[]).unwrap().is_none());
    assert!(SealedWriter::begin(Vec::new(), &[]).is_err());
}

#[test]
fn a_file_of_identities_is_read_whole_or_not_at_all() {
    use age::secrecy::ExposeSecret as _;
    let one = Identity::generate().to_string();
    let one = one.expose_secret();
    assert_eq!(identities(&format!("# me\n\n{one}\n")).unwrap().len(), 1);
    assert_eq!(identities(&format!("{one}\r\n{one}")).unwrap().len(), 2);
    for wrong in ["", "# nobody\n", "age1no", &format!("{one}\nmore")] {
        assert!(identities(wrong).is_none(), "{wrong}");
    }
}
