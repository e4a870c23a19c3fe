use std::io::Write as _;
use std::path::Path;

use domain::hex;
use domain::time::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{Kept, Unfinished, list, name, prune, series};
use crate::backup::{BackupError, Description, FORMAT, Half};

/// 1 March 2026, noon.
const START: i64 = 1_772_366_400_000;
const DAY: i64 = 86_400_000;

fn description(half: Half, (pair, series): (&str, &str), day: i64) -> Description {
    Description {
        format: FORMAT.to_owned(),
        half,
        shop: "clothes".to_owned(),
        pair: pair.to_owned(),
        lineage: "ab".to_owned(),
        shop_key: "cafe".to_owned(),
        taken_ms: START + day * DAY,
        seq: 1,
        series: series.to_owned(),
    }
}

fn put(dir: &Path, description: Description) -> Kept {
    let (unfinished, mut file) = Unfinished::begin(dir, &description).unwrap();
    file.write_all(b"sealed").unwrap();
    let sha256 = hex::encode(&Sha256::digest(b"sealed"));
    let (tag, pieces) = (String::new(), hex::encode(&[7; 32]));
    let path = std::path::PathBuf::new();
    unfinished.finish(Kept { description, sha256, bytes: 6, tag, pieces, path }).unwrap()
}

fn left(dir: &Path, half: Half) -> Vec<String> {
    list(dir, half).unwrap().iter().map(|kept| kept.description.pair.clone()).collect()
}

#[test]
fn archives_are_named_by_time_and_found_again() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(left(dir.path(), Half::Data), Vec::<String>::new());
    let kept = put(dir.path(), description(Half::Data, ("p1", "p1"), 0));
    assert_eq!(name(&kept.description), "20260301T120000Z-p1");
    put(dir.path(), description(Half::Keys, ("p1", "p1"), 0));
    assert_eq!(left(dir.path(), Half::Data), ["p1"]);
    kept.verify().unwrap();
    std::fs::write(&kept.path, b"sealee").unwrap();
    assert!(matches!(kept.verify(), Err(BackupError::Damaged { .. })));
}

#[test]
fn a_disk_that_gives_back_something_else_makes_no_backup() {
    let dir = tempfile::tempdir().unwrap();
    let description = description(Half::Data, ("p1", "p1"), 0);
    let (unfinished, _file) = Unfinished::begin(dir.path(), &description).unwrap();
    let (sha256, tag, pieces) = ("00".repeat(32), String::new(), String::new());
    let path = std::path::PathBuf::new();
    let kept = Kept { description, sha256, bytes: 0, tag, pieces, path };
    assert!(unfinished.finish(kept).is_err());
    assert_eq!(left(dir.path(), Half::Data), Vec::<String>::new());
}

#[test]
fn a_series_goes_as_a_whole_and_in_time() {
    let dir = tempfile::tempdir().unwrap();
    for (pair, day) in [("p0", 0), ("p1", 3), ("p2", 6)] {
        put(dir.path(), description(Half::Data, (pair, "p0"), day));
    }
    put(dir.path(), description(Half::Data, ("p3", "p3"), 8));
    let at = |day: i64| Timestamp::from_ms(START + day * DAY);
    assert!(prune(dir.path(), (Half::Data, 30), at(29)).unwrap().is_empty());
    assert_eq!(prune(dir.path(), (Half::Data, 30), at(30)).unwrap().len(), 3);
    assert_eq!(left(dir.path(), Half::Data), ["p3"]);
    for (pair, day) in [("p0", 0), ("p1", 3)] {
        put(dir.path(), description(Half::Keys, (pair, pair), day));
    }
    assert_eq!(prune(dir.path(), (Half::Keys, 7), at(8)).unwrap().len(), 1);
    assert_eq!(left(dir.path(), Half::Keys), ["p1"]);
}

#[test]
fn a_series_goes_on_for_a_quarter_of_the_retention() {
    let dir = tempfile::tempdir().unwrap();
    let at = |day: i64| Timestamp::from_ms(START + day * DAY);
    let goes_on = |day| series(dir.path(), ("ab", "cafe"), 30, at(day)).unwrap().len();
    assert_eq!(goes_on(0), 0);
    put(dir.path(), description(Half::Data, ("p0", "p0"), 0));
    put(dir.path(), description(Half::Data, ("p1", "p0"), 1));
    assert_eq!((goes_on(1), goes_on(6), goes_on(7)), (2, 2, 0));
    assert_eq!(series(dir.path(), ("cd", "cafe"), 30, at(1)).unwrap().len(), 0, "another store");
    let other_key = series(dir.path(), ("ab", "beef"), 30, at(1)).unwrap();
    assert_eq!(other_key.len(), 0, "another shop key");
    std::fs::remove_file(list(dir.path(), Half::Data).unwrap()[0].path.clone()).unwrap();
    assert_eq!(goes_on(1), 0, "an archive that is gone ends its series");
}
