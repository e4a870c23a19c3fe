//! The command on a folder of its own.

use std::io::Write as _;
use std::path::Path;

use super::{Scan, Show, kinds_of, run};

pub(super) fn scan(target: &Path) -> Scan {
    Scan {
        targets: vec![target.display().to_string()],
        kinds: Vec::new(),
        score_min: 60,
        order_number: None,
        fail_on: Vec::new(),
        json: false,
        out: None,
        show: Show::Stars,
        samples: 3,
        file_mb_max: 1,
        rows_max: 100,
    }
}

/// What the command writes for a target.
fn report(command: &Scan, folder: &Path) -> String {
    let out = folder.join("report");
    run(&Scan { out: Some(out.clone()), ..command.clone() }).unwrap();
    std::fs::read_to_string(out).unwrap()
}

#[test]
fn a_folder_is_looked_through_and_values_are_masked() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let log = "GET /\n2026-11-22 pay with 4111 1111 1111 1111\nmail anna@example.com\n";
    std::fs::write(folder.path().join("a.log"), log).unwrap();
    let packed = zstd::stream::encode_all("ask bert@example.com".as_bytes(), 1).unwrap();
    std::fs::write(folder.path().join("b.zst"), packed).unwrap();
    let file = std::fs::File::create(folder.path().join("c.zip")).unwrap();
    let mut zip = zip::ZipWriter::new(file);
    zip.start_file("inside.csv", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(b"id,mail\n1,carla@example.com\n").unwrap();
    zip.finish().unwrap();
    std::fs::write(folder.path().join("picture"), [0, 1, 2]).unwrap();
    let text = report(&scan(folder.path()), elsewhere.path());
    for expected in [
        "line 2 column 21: *******************  (checksum, visa,",
        "line 3 column 6: ****************  (",
        "inside.csv",
        "picture: no text",
        "3 files, 0 columns, 1 kB: card 1, email 3",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!text.contains("4111") && !text.contains("@"), "{text}");
    let last = Scan { show: Show::Last, ..scan(folder.path()) };
    assert!(report(&last, elsewhere.path()).contains("***************1111"));
    let values = Scan { show: Show::Values, json: true, ..scan(folder.path()) };
    let json: serde_json::Value = serde_json::from_str(&report(&values, elsewhere.path())).unwrap();
    assert_eq!(json["findings"]["email"], 3);
    assert!(json.to_string().contains("carla@example.com"));
}

#[test]
fn what_must_not_be_there_fails_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    std::fs::write(&log, "mail anna@example.com\n").unwrap();
    let command = |fail_on: &str| Scan { fail_on: vec![fail_on.to_owned()], ..scan(&log) };
    assert_eq!(run(&command("any")).unwrap_err().to_string(), "found email 1");
    assert_eq!(run(&command("email")).unwrap_err().to_string(), "found email 1");
    run(&command("card")).unwrap();
    let other = Scan { kinds: vec!["card".to_owned()], ..command("any") };
    run(&other).unwrap();
}

#[test]
fn wrong_words_are_refused() {
    assert!(kinds_of(&["mail".to_owned()]).unwrap_err().to_string().contains("email"));
    assert!(run(&scan(Path::new("/nowhere/at/all"))).is_err());
    let folder = tempfile::tempdir().unwrap();
    let wrong = Scan { order_number: Some("(".to_owned()), ..scan(folder.path()) };
    assert!(run(&wrong).is_err());
}

#[test]
fn order_numbers_follow_the_pattern_of_the_shop() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("a.log"), "order ORD-123456 shipped\n").unwrap();
    let command = Scan { order_number: Some("ORD-[0-9]{6}".to_owned()), ..scan(folder.path()) };
    assert!(report(&command, elsewhere.path()).contains("order_number 1"));
}
