//! Pieces, limits and encodings.

use pii::scan::{Scanner, Settings};

use super::text;
use crate::commands::scan::report::{Report, Shown};
use crate::commands::scan::{Looking, Show};

fn looked(content: &[u8], bytes_max: u64) -> (String, serde_json::Value) {
    let scanner = Scanner::new(Settings { score_min: 60, ..Settings::default() }).unwrap();
    let looking = Looking { scanner, bytes_max, rows_max: 1 };
    let mut report = Report::new(Shown { show: Show::Values, samples: 1000 });
    text("it", &mut &*content, &looking, &mut report);
    (report.text(), serde_json::from_str(&report.json().unwrap()).unwrap())
}

#[test]
fn no_finding_is_cut_in_two_and_every_line_is_told() {
    let mut content = String::new();
    for number in 1..=40_000 {
        content.push_str(&format!("the line {number} of a long file\n"));
        if number % 1_000 == 0 {
            content.push_str("mail anna@example.com please\n");
        }
    }
    let (_, json) = looked(content.as_bytes(), 100_000_000);
    assert_eq!(json["findings"]["email"], 40);
    let samples = json["places"]["it"]["email"]["samples"].as_array().unwrap();
    for (index, sample) in samples.iter().enumerate() {
        let line = (index as u64 + 1) * 1_001;
        assert_eq!(sample["at"]["line"], serde_json::json!([line, 6]), "{sample}");
    }
}

#[test]
fn a_file_without_lines_is_read_to_its_end() {
    let content = "mail anna@example.com ok ".repeat(40_000);
    assert_eq!(looked(content.as_bytes(), 100_000_000).1["findings"]["email"], 40_000);
    let content = "ä".repeat(700_000);
    assert!(looked(content.as_bytes(), 100_000_000).0.contains("1 files, 0 columns, 1400 kB"));
}

#[test]
fn the_limit_is_told() {
    let content = "mail anna@example.com\n".repeat(100_000);
    let (text, _) = looked(content.as_bytes(), 1_000_000);
    assert!(text.contains("not read: it: only its first 1 MB"), "{text}");
}

#[test]
fn old_encodings_are_read() {
    let mut content = b"Anna M\xfcller, mail anna@example.com\n".to_vec();
    content.extend_from_slice(b"\xff\xfe");
    assert_eq!(looked(&content, 1_000_000).1["findings"]["email"], 1);
}
