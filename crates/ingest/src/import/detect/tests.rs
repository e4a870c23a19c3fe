use crate::import::detect::{Format, FormatError, Layout};

#[track_caller]
fn check(format: &str, sample: &str, expected: Result<Layout, FormatError>) {
    assert_eq!(Format::parse(format).unwrap().settle(sample.as_bytes(), None), expected);
}

const fn columns(delimiter: u8) -> Layout {
    Layout::Columns { delimiter }
}

#[test]
fn formats_are_told_from_the_first_bytes() {
    check("auto", "a,b,c\n1;1;1;1;1\n", Ok(columns(b',')));
    check("auto", "a;b;c, d\n", Ok(columns(b';')));
    check("auto", "a\tb\n", Ok(columns(b'\t')));
    check("auto", "a|b\n", Ok(columns(b'|')));
    check("auto", "\"a;b;c\",d\n", Ok(columns(b',')));
    check("auto", "\u{feff}SessionId\tItemId\n", Ok(columns(b'\t')));
    check("auto", "  {\"type\":\"track\"}\n", Ok(Layout::SegmentJsonl));
    check("auto", "", Err(FormatError::Empty));
    check("auto", " \n", Err(FormatError::Empty));
    check("auto", "title\n", Err(FormatError::Unknown));
    check("csv", "title\n", Ok(columns(b',')));
    check("csv", "a;b\n", Ok(columns(b';')));
    check("tsv", "a,b\n", Ok(columns(b'\t')));
    check("segment-jsonl", "a,b", Ok(Layout::SegmentJsonl));
    assert_eq!(Format::parse("xml"), Err(FormatError::Name));
}

#[test]
fn a_given_delimiter_counts() {
    assert_eq!(Format::Auto.settle(b"a,b,c:d", Some(b':')), Ok(columns(b':')));
    assert_eq!(Format::Tsv.settle(b"a,b", Some(b',')), Ok(columns(b',')));
}
