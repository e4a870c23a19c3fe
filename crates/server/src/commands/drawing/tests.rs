use super::{escape, framed};

/// The names of the elements in order; fails where XML would not be well formed.
pub(in crate::commands) fn elements(text: &str) -> Vec<String> {
    let (mut open, mut seen) = (Vec::new(), Vec::new());
    let mut left = text.trim();
    while !left.is_empty() {
        let (before, rest) = left.split_once('<').unwrap_or((left, ""));
        assert!(!open.is_empty() || before.is_empty(), "text outside of the root: {before}");
        for part in before.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
            assert!(known.iter().any(|name| part.starts_with(name)), "bare & in {before}");
        }
        let (tag, after) = rest.split_once('>').expect("a tag ends");
        left = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "tags nest");
            continue;
        }
        let alone = tag.ends_with('/');
        let tag = tag.trim_end_matches('/');
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut names = Vec::new();
        let mut attributes = attributes.trim();
        while !attributes.is_empty() {
            let (key, rest) = attributes.split_once("=\"").expect("a quoted attribute");
            let (_, rest) = rest.split_once('"').expect("an ended attribute");
            assert!(!names.contains(&key), "{key} twice");
            names.push(key);
            attributes = rest.trim_start();
        }
        seen.push(name.to_owned());
        if !alone {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty(), "{open:?} not closed");
    seen
}

#[test]
fn broken_drawings_would_be_noticed() {
    for broken in ["<a><b></a></b>", "<a x=1></a>", "<a>&b</a>", "<a>"] {
        assert!(std::panic::catch_unwind(|| elements(broken)).is_err(), "{broken}");
    }
}

#[test]
fn a_frame_says_what_it_shows() {
    let text = framed(("A <b>", "one & two"), 90.0, |_| Ok(()));
    assert_eq!(elements(&text), ["svg", "title", "desc", "style", "rect", "text"]);
    assert!(text.contains("A &lt;b&gt;</title>") && text.contains("one &amp; two</desc>"));
    assert_eq!(escape("a\u{1}'\""), "a\u{fffd}&#39;&quot;");
}
