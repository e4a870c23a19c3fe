use std::collections::BTreeSet;

use super::{ArchiveReader, ArchiveWriter, Digest, Frame, PIECE_BYTES};
use crate::backup::{Description, FORMAT, Half};

fn description() -> Description {
    Description {
        format: FORMAT.to_owned(),
        half: Half::Data,
        shop: "clothes".to_owned(),
        pair: "01".repeat(8),
        lineage: "02".repeat(16),
        shop_key: "cafe".to_owned(),
        taken_ms: 1_772_366_400_000,
        seq: 7,
        series: "01".repeat(8),
    }
}

fn archive(files: &[(&str, &[u8])], known: BTreeSet<Digest>) -> (Vec<u8>, Vec<Digest>) {
    let mut archive = ArchiveWriter::begin(Vec::new(), &description(), known).unwrap();
    for (name, bytes) in files {
        archive.file(name, *bytes, |_| {}).unwrap();
    }
    archive.end().unwrap()
}

fn frames(bytes: &[u8]) -> Option<Vec<Frame>> {
    let mut reader = ArchiveReader::new(bytes);
    let mut frames = Vec::new();
    loop {
        match reader.read_frame()? {
            Frame::End => return Some(frames),
            frame @ (Frame::Description(_) | Frame::Piece(..) | Frame::File(_)) => {
                frames.push(frame);
            }
        }
    }
}

fn pieces(bytes: &[u8]) -> usize {
    let is_piece = |frame: &&Frame| matches!(frame, Frame::Piece(..));
    frames(bytes).unwrap().iter().filter(is_piece).count()
}

#[test]
fn every_piece_stands_once_and_none_that_is_known() {
    let one = vec![1; PIECE_BYTES];
    let mut three = [one.clone(), one.clone()].concat();
    three.extend(b"rest");
    let (bytes, added) = archive(&[("data.db", &three), ("ledger/a", b"rest")], BTreeSet::new());
    assert_eq!((pieces(&bytes), added.len()), (2, 2));
    let (bytes, added) = archive(&[("data.db", &three)], added.into_iter().collect());
    assert_eq!((pieces(&bytes), added.len()), (0, 0));
    let frames = frames(&bytes).unwrap();
    assert!(matches!(&frames[0], Frame::Description(found) if *found == description()));
    let Frame::File(entry) = &frames[1] else { panic!("{frames:?}") };
    assert_eq!((entry.bytes, entry.pieces().unwrap().len()), (three.len() as u64, 3));
}

#[test]
fn an_archive_that_was_changed_or_cut_is_none() {
    let (bytes, _) = archive(&[("keys.db", b"wrapped"), ("tombstones.log", b"")], BTreeSet::new());
    assert!(frames(&bytes).is_some());
    for at in 0..bytes.len() {
        let mut wrong = bytes.clone();
        wrong[at] ^= 1;
        assert!(frames(&wrong).is_none(), "byte {at}");
        assert!(frames(&bytes[..at]).is_none(), "cut at {at}");
    }
    assert!(frames(&[bytes.as_slice(), b"x"].concat()).is_none(), "something behind the end");
}
