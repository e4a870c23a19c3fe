//! Files that are written are read; files that mean nothing are refused.

use domain::time::Day;
use recommend::plan::Plan;
use recommend::sequence::settings::TrainerSettings;
use recommend::tune::Tuned;

use super::WeightsFile;

fn tuned() -> Tuned {
    let sequence = Some(TrainerSettings::default());
    let linear = Some(recommend::linear::LinearSettings::default());
    let plan = Plan { sequence, linear, ..Plan::shipped() };
    let (sessions, subjects, choices) = ((9, 1), 10, 7);
    Tuned { plan, reached: vec![], sessions, subjects, choices, log_likelihood: -1.0 }
}

#[test]
fn what_is_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.toml");
    let made = Day::from_number(20_000);
    let file = WeightsFile::new(tuned(), &[], made);
    file.write(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("# Weights of Confidant's blend"), "{text}");
    let read = WeightsFile::read(&path).unwrap();
    assert_eq!(read.plan, file.plan);
    assert_eq!((read.made, read.expires), (made, made.plus(90)));
    assert!(!read.is_over(made.plus(89)));
    assert!(read.is_over(made.plus(90)));
    assert!(!read.is_over(Day::from_number(19_999)), "clocks may differ by a day");
    assert!(read.is_over(Day::from_number(19_998)), "nothing was fitted tomorrow");
}

#[track_caller]
fn check(change: impl FnOnce(String) -> String, part: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.toml");
    WeightsFile::new(tuned(), &[], Day::from_number(20_000)).write(&path).unwrap();
    let text = change(std::fs::read_to_string(&path).unwrap());
    std::fs::write(&path, text).unwrap();
    let refused = WeightsFile::read(&path).unwrap_err().to_string();
    assert!(refused.contains(part), "{refused}");
}

#[test]
fn what_means_nothing_is_refused() {
    check(|text| text.replace("version = 1", "version = 2"), "version 2");
    check(|text| text.replace("width = 128", "width = 127"), "cannot read the weights");
    check(|text| text.replacen("share = ", "share = 9999", 1), "hundredths");
    check(|text| format!("{text}\nsurprise = 1\n"), "surprise");
    check(|_| "x".repeat(300_000), "bytes");
    check(|_| String::new(), "missing field");
}

#[test]
fn a_missing_file_is_named() {
    let refused = WeightsFile::read(std::path::Path::new("no/such/file")).unwrap_err();
    assert!(refused.to_string().contains("no/such/file"));
}
