use indicatif::ProgressBar;
use ingest::import::Kind;

use super::{Form, NOT_UTF8, ROW_TOO_LONG, Table};

fn form(columns: Option<&str>) -> Form {
    Form { format: "auto".to_owned(), columns: columns.map(str::to_owned), ..Form::default() }
}

fn lines(table: Table) -> Vec<(u64, Result<String, &'static str>)> {
    let mut found = Vec::new();
    match table {
        Table::Columns(rows) => rows.each(|line, columns, row| {
            let item = row.map(|row| match columns.row(Kind::Events, row) {
                Ok(row) => row.item.as_str().to_owned(),
                Err(refusal) => refusal.code().to_owned(),
            });
            found.push((line, item));
            Ok(())
        }),
        Table::Lines(lines) => lines.each(|line, text| {
            let text = text.map(|text| String::from_utf8_lossy(text).into_owned());
            found.push((line, text));
            Ok(())
        }),
    }
    .unwrap();
    found
}

#[track_caller]
fn check(bytes: &[u8], form: &Form, expected: &[(u64, Result<&str, &'static str>)]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows");
    std::fs::write(&path, bytes).unwrap();
    let found = lines(form.open(&path, Kind::Events, &ProgressBar::hidden()).unwrap());
    let expected: Vec<_> =
        expected.iter().map(|(line, text)| (*line, text.map(str::to_owned))).collect();
    assert_eq!(found, expected);
}

#[test]
fn rows_carry_the_number_of_their_line() {
    let auto = form(None);
    check(
        b"SessionId\tItemId\tTime\n1\ta\t10\n1\t\t11\n",
        &auto,
        &[(2, Ok("a")), (3, Ok("item_empty"))],
    );
    check(
        b"session,item,time\n1,\"a\nb\",1\n2,c,1\n",
        &auto,
        &[(2, Ok("item_invalid")), (4, Ok("c"))],
    );
    check(b"session,item,time\n1,\xff,1\n1,a,1\n", &auto, &[(2, Err(NOT_UTF8)), (3, Ok("a"))]);
    check(b"a;b;c\n1;x;2\n", &form(Some("session=a,item=b,time=c")), &[(2, Ok("x"))]);
    let long = format!("session,item,time\n1,{},1\n2,c,1\n", "x".repeat(300_000));
    check(long.as_bytes(), &auto, &[(2, Err(ROW_TOO_LONG)), (3, Ok("c"))]);
}

#[test]
fn lines_of_events_are_given_one_by_one() {
    let auto = form(None);
    check(b"{\"a\":1}\n\n {\"b\":2}", &auto, &[(1, Ok("{\"a\":1}")), (3, Ok("{\"b\":2}"))]);
    let long = format!("{{}}\n{{{}}}\n{{}}\n", " ".repeat(40_000));
    check(long.as_bytes(), &auto, &[(1, Ok("{}")), (2, Err(ROW_TOO_LONG)), (3, Ok("{}"))]);
}

#[track_caller]
fn check_refused(bytes: &[u8], form: &Form, part: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows");
    std::fs::write(&path, bytes).unwrap();
    let refused = form.open(&path, Kind::Events, &ProgressBar::hidden()).unwrap_err().to_string();
    assert!(refused.contains(part), "{refused} does not say {part:?}");
}

#[test]
fn what_cannot_be_read_says_why() {
    check_refused(b"", &form(None), "file is empty");
    check_refused(b"a,b\n", &form(None), "no column for item");
    check_refused(b"a,item\n", &form(Some("session")), "mapping entry 1");
    check_refused(b"a,item\n", &form(Some("session=b")), "no column that the mapping names");
    let odd = Form { format: "xml".to_owned(), ..Form::default() };
    check_refused(b"a,b\n", &odd, "format must be");
    let nowhere = Form { zone: Some("Atlantis".to_owned()), ..form(None) };
    check_refused(b"a,b\n", &nowhere, "zone is not a name");
    let wide = Form { delimiter: Some("ab".to_owned()), ..form(None) };
    check_refused(b"a,b\n", &wide, "delimiter must be one");
}

#[test]
fn what_the_command_line_says_comes_last() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mapping");
    std::fs::write(&path, "session = a\nzone = Europe/Berlin\n").unwrap();
    let form = Form {
        mapping: Some(path),
        zone: Some("UTC".to_owned()),
        delimiter: Some(",".to_owned()),
        ..form(None)
    };
    assert_eq!(form.text().unwrap(), "session = a\nzone = Europe/Berlin\n\nzone=UTC\ndelimiter=,");
}
