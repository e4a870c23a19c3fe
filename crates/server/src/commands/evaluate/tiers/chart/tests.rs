use super::draw;
use crate::commands::evaluate::tiers::tests::found;

/// The names of the elements in order; fails where XML would not be well formed.
fn elements(text: &str) -> Vec<String> {
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
fn the_drawing_is_well_formed_and_holds_every_point() {
    for (column, points) in [("customer", 16), ("session", 15)] {
        let price = found(column);
        let svg = draw(&price);
        let names = elements(&svg);
        let count = |name: &str| names.iter().filter(|one| *one == name).count();
        assert_eq!(names[..3], ["svg", "title", "desc"]);
        // One mark of each kind is the legend's, one rectangle the ground.
        assert_eq!((count("circle"), count("rect")), (points + 1, points + 2));
        assert_eq!((count("polyline"), count("script")), (4, 0));
        for point in price.series.iter().flat_map(|series| &series.points) {
            let (label, quality) = (&point.label, point.quality);
            let (hits, ranks) = (quality.hit_rate, quality.reciprocal_rank);
            assert!(svg.contains(&format!("<title>{label}: HR@3 {hits:.4}</title>")));
            assert!(svg.contains(&format!("<title>{label}: MRR@3 {ranks:.4}</title>")));
        }
        assert!(svg.contains("prefers-color-scheme:dark"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }
}

#[test]
fn broken_drawings_would_be_noticed() {
    for broken in ["<a><b></a></b>", "<a x=1></a>", "<a>&b</a>", "<a>"] {
        assert!(std::panic::catch_unwind(|| elements(broken)).is_err(), "{broken}");
    }
}
