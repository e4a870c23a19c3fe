//! The documents that are checked in say what the server does.

use std::path::{Path, PathBuf};

use server::problem;

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

#[test]
fn the_checked_in_description_is_the_servers_own() {
    let own = server::routes::openapi().unwrap();
    let checked_in = std::fs::read_to_string(docs("openapi.json")).unwrap_or_default();
    assert!(
        own == checked_in,
        "docs/openapi.json is not what the server says; run \
         `cargo run --release -- openapi > docs/openapi.json`"
    );
}

#[test]
fn every_problem_is_documented_with_its_status_and_what_to_do() {
    let text = std::fs::read_to_string(docs("problems.md")).unwrap();
    let mut sections: Vec<&str> = text.split("\n## ").skip(1).collect();
    for kind in problem::ALL {
        let place = sections.iter().position(|section| section.lines().next() == Some(kind.code));
        let place = place.unwrap_or_else(|| panic!("docs/problems.md lacks {}", kind.code));
        let section = sections.remove(place);
        assert!(section.contains(&kind.status.as_u16().to_string()), "{}: status", kind.code);
        assert!(section.contains(kind.title), "{}: title", kind.code);
        assert!(section.contains("What to do:"), "{}: what to do", kind.code);
    }
    assert!(sections.is_empty(), "docs/problems.md speaks of problems that are gone: {sections:?}");
}
