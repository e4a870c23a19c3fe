use std::fs;
use std::path::Path;

use domain::hex;
use sha2::{Digest as _, Sha256};

use super::{Direction, FILES, Library, Texts, TextsError};

/// The versions of the program's words, and the first characters of their SHA-256. Who changes a
/// word raises `version` in the file and writes the new line here, so that a digest on record
/// never means two texts of one version.
const VERSIONS: [(&str, &str, &str); 8] = [
    ("de", "2026-11-22-2", "80f7fc1c085e98fe"),
    ("en", "2026-11-22-2", "4bac8ffcf67e5f2a"),
    ("es", "2026-11-22-2", "00b73acac82c10f2"),
    ("fr", "2026-11-22-2", "16c35164fca983e5"),
    ("it", "2026-11-22-2", "d4b8421cfe38d19d"),
    ("nb", "2026-11-22-2", "b1504c51a31ad7db"),
    ("nl", "2026-11-22-2", "bf2b22e7309d4091"),
    ("pl", "2026-11-22-2", "ef02666c3328bb0e"),
];

fn english() -> &'static str {
    FILES.iter().find(|(name, _)| *name == "en").unwrap().1
}

#[track_caller]
fn check(old: &str, new: &str, expected: Result<(), &str>) {
    assert!(english().contains(old), "{old}");
    match (Texts::parse("en", &english().replacen(old, new, 1)), expected) {
        (Ok(_), Ok(())) => {}
        (Err(error), Err(part)) => {
            let said = error.to_string();
            assert!(said.starts_with("en.toml: ") && said.contains(part), "{said} lacks {part:?}");
        }
        (found, expected) => panic!("{new}: {found:?}, expected {expected:?}"),
    }
}

#[test]
fn a_word_changes_together_with_its_version() {
    for ((name, text), (expected, version, digest)) in FILES.into_iter().zip(VERSIONS) {
        let texts = Texts::parse(name, text).unwrap();
        assert_eq!((name, texts.version.as_str()), (expected, version));
        let found = hex::encode(&Sha256::digest(text));
        assert!(
            found.starts_with(digest),
            "{name} changed to {found}: raise its version, and this line"
        );
        assert_eq!(texts.direction, Direction::Ltr);
    }
}

#[test]
fn files_are_read_or_refused_with_file_and_key() {
    check("Refuse all", "Say no to all", Ok(()));
    check("refuse = \"Refuse all\"\n", "", Err("refuse"));
    check("refuse =", "reject =", Err("reject"));
    check("\"Refuse all\"", "\" \"", Err("banner.refuse is empty"));
    check("\"Refuse all\"", "7", Err("banner.refuse is no text"));
    check("Refuse all", "Refuse\\nall", Err("banner.refuse is empty or has control"));
    check("Refuse all", "<b>Refuse</b>", Err("banner.refuse has a brace or an angle"));
    check("Refuse all", "Refuse {all}", Err("banner.refuse has a brace"));
    check("Refuse all", &"a".repeat(501), Err("has 501 characters, at most 500"));
    check("{purposes}", "these", Err("banner.opt_in must name {purposes} once"));
    check("{purposes}", "{purposes} {purposes}", Err("banner.opt_in must name {purposes} once"));
    check("direction = \"ltr\"", "direction = \"up\"", Err("up"));
    check("language = \"en\"", "language = \"de\"", Err("named after its language"));
    check("[purposes.Marketing]", "[purposes.Support]", Err("purposes.Marketing is missing"));
    check("[purposes.Marketing]", "[purposes.Magic]", Err("Magic"));
    let more = "[purposes.Support]\ntitle = \"a\"\ntext = \"b\"\n\n[kinds]";
    check("[kinds]", more, Err("purposes.Support does not rest on consent"));
    check("browsing_history =", "dancing =", Err("features.browsing_history is missing"));
    check("[features]", "[features]\ndancing = \"a\"", Err("features.dancing is no feature"));
    check("{minutes}", "30", Err("settings.lasting_visit must name {minutes} once"));
    check("[status]", "[status", Err("line"));
}

#[test]
fn a_kind_of_data_has_a_name_of_its_own_or_that_of_its_category() {
    check("learned_order =", "some_order =", Ok(()));
    let neither = english().replace("learned_order =", "a =").replace("pseudonymous_", "b_");
    let error = Texts::parse("en", &neither).unwrap_err().to_string();
    assert_eq!(error, "en.toml: [kinds] has neither learned_order nor pseudonymous_browsing");
}

#[test]
fn the_nearest_language_answers() {
    let library = Library::read(Some(Path::new("tests/texts")), "en").unwrap();
    for (asked, expected) in [
        (Some("de"), "de"),
        (Some("de-AT"), "de"),
        (Some("DE"), "de"),
        (Some("no"), "nb"),
        (Some("nn-NO"), "nb"),
        (Some("pt-BR"), "en"),
        (Some("ar-EG"), "ar"),
        (Some("x"), "en"),
        (None, "en"),
    ] {
        assert_eq!(library.nearest(asked).unwrap().language, expected, "{asked:?}");
    }
    assert_eq!(library.nearest(Some("ar")).unwrap().direction, Direction::Rtl);
    assert_eq!(library.all().count(), FILES.len() + 1);
}

#[test]
fn a_folder_adds_to_the_words_and_replaces_them() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let read = |fallback: &str| Library::read(Some(folder.path()), fallback);
    put("en.toml", &english().replace("Refuse all", "No to all"));
    put("pt-BR.toml", &english().replace("language = \"en\"", "language = \"pt-BR\""));
    put("notes.txt", "not read");
    let library = read("pt-BR").unwrap();
    assert_eq!(library.nearest(Some("en")).unwrap().banner.refuse, "No to all");
    assert_eq!(library.nearest(Some("pt")).unwrap().language, "pt-BR");
    assert_eq!(library.nearest(None).unwrap().language, "pt-BR");
    assert!(matches!(read("sv"), Err(TextsError::Fallback(_))));
    put("sv.toml", &" ".repeat(40_000));
    assert!(matches!(read("en"), Err(TextsError::TooLarge { .. })));
    put("sv.toml", "language = 5");
    assert!(read("en").unwrap_err().to_string().contains("language is no text"));
    for number in 0..100 {
        put(&format!("x{number}.toml"), "");
    }
    assert!(matches!(read("en"), Err(TextsError::TooMany(_))));
    let nowhere = folder.path().join("nowhere");
    assert!(matches!(Library::read(Some(&nowhere), "en"), Err(TextsError::Read { .. })));
}
