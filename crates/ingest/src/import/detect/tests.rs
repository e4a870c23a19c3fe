use crate::import::detect::{Format, FormatError, Layout};

#[track_caller]
fn check(format: &str, sample: &str, expected: Result<Layout, FormatError>) {
    assert_eq!(Format::parse(format).unwrap().settle(sample.as_bytes(), None), expected);
}

const fn columns(delimiter: u8) -> Result<Layout, FormatError> {
    Ok(Layout::Columns { delimiter })
}

#[test]
fn formats_are_told_from_the_first_bytes() {
    check("auto", "a,b,c\n1;1;1;1;1\n", columns(b','));
    check("auto", "a;b;c, d\n", columns(b';'));
    check("auto", "a\tb\n", columns(b'\t'));
    check("auto", "a|b\n", columns(b'|'));
    check("auto", "\"a;b;c\",d\n", columns(b','));
    check("auto", "\u{feff}SessionId\tItemId\n", columns(b'\t'));
    check("auto", "  {\"type\":\"track\"}\n", Ok(Layout::SegmentJsonl));
    check("auto", "", Err(FormatError::Empty));
    check("auto", " \n", Err(FormatError::Empty));
    check("auto", "title\n", Err(FormatError::Unknown));
    check("csv", "title\n", columns(b','));
    check("csv", "a;b\n", columns(b';'));
    check("tsv", "a,b\n", columns(b'\t'));
    check("segment-jsonl", "a,b", Ok(Layout::SegmentJsonl));
    assert_eq!(Format::parse("xml"), Err(FormatError::Name));
}

#[test]
fn a_given_delimiter_counts() {
    assert_eq!(Format::Auto.settle(b"a,b,c:d", Some(b':')), columns(b':'));
    assert_eq!(Format::Tsv.settle(b"a,b", Some(b',')), columns(b','));
}
