use super::Report;

#[test]
fn a_report_counts_everything_and_names_twenty_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("refused.csv");
    let mut report = Report::new(Some(&path)).unwrap();
    report.taken = 1_000;
    for line in 2..=26 {
        report.refuse(line, "item_empty", "item is empty").unwrap();
    }
    report.refuse(30, "time_invalid", "time is not in a known form").unwrap();
    report.notes.push("7 items declared".to_owned());
    let text = report.finish(2_500_000_000).unwrap();
    let lines: Vec<String> = (2..=21).map(|line: u64| line.to_string()).collect();
    let expected = [
        "taken          1000 rows",
        "refused          26 rows",
        "        25 item_empty: item is empty",
        &format!("           lines {}, ...", lines.join(", ")),
        "         1 time_invalid: time is not in a known form",
        "           lines 30",
        "7 items declared",
        "in 2.5 s, 410 rows a second",
    ]
    .join("\n");
    assert_eq!(text, expected);
    let all = std::fs::read_to_string(path).unwrap();
    assert_eq!(all.lines().count(), 27);
    assert!(all.starts_with("line,reason\n2,item_empty\n"));
    assert!(all.ends_with("\n30,time_invalid\n"));
}

#[test]
fn a_second_run_says_what_the_first_one_took() {
    let mut report = Report { taken_before: 5, ..Report::default() };
    let text = report.finish(0).unwrap();
    assert!(text.contains("before            5 rows, by an earlier run"), "{text}");
    assert!(text.contains("refused           0 rows"), "{text}");
}
