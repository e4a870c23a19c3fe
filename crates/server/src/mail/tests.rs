use domain::time::Timestamp;

use super::letters::{self, Deed, MailedLink, Sender};
use super::quota::{Counted, Quota};
use super::words::Library;
use super::{address, found_by};
use crate::center::door::Scope;

const NOW: Timestamp = Timestamp::from_ms(1_772_366_400_000);
const LANGUAGES: [&str; 8] = ["de", "en", "es", "fr", "it", "nb", "nl", "pl"];

#[test]
fn addresses_are_read_or_refused() {
    for good in ["ada@example.org", " Ada.L+shop@Example.org ", "ada@xn--bcher-kva.example"] {
        assert!(address(good).is_some(), "{good}");
    }
    for bad in [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@example.org\r\nRCPT TO:<b@example.org>",
        "ada\0@example.org",
        "Ada <ada@example.org>",
        "ada@example.org,bob@example.org",
        "ada@exa mple.org",
        &format!("{}@example.org", "a".repeat(250)),
    ] {
        assert!(address(bad).is_none(), "{bad:?}");
    }
    let [one, other] = ["ADA@example.org", "ada@EXAMPLE.org"].map(|a| address(a).unwrap());
    assert_eq!(found_by(&one), found_by(&other));
}

#[test]
fn an_hour_has_so_many_and_the_next_begins_anew() {
    let quota = Quota::default();
    let (one, other) = (Counted::Address([1; 16]), Counted::Address([2; 16]));
    let taken: Vec<bool> = (0..4).map(|_| quota.admits(one, 3, NOW)).collect();
    assert_eq!(taken, [true, true, true, false]);
    assert!(quota.admits(other, 3, NOW));
    assert!(quota.admits(Counted::Notice([1; 16], 1), 1, NOW));
    assert!(!quota.admits(one, 0, NOW.plus_ms(3_600_000)));
    assert!(quota.admits(one, 3, NOW.plus_ms(3_600_000)));
}

#[test]
fn every_language_says_everything() {
    let library = Library::read(None).unwrap();
    let to = address("ada@example.org").unwrap();
    let sender = Sender {
        shop: "The shop\r\nBcc: evil@example.org",
        contact: "help@shop.example",
        center: "https://privacy.shop.example/mail",
    };
    for language in LANGUAGES {
        let words = library.of(&format!("{language}-XX")).unwrap();
        assert_eq!(words.language, language);
        for scope in Scope::ALL {
            for account in [true, false] {
                let url = "https://privacy.shop.example/enter?link=00";
                let link = MailedLink { url, scope, account, minutes: 30, ends: NOW };
                let letter = letters::link(words, sender, to.clone(), &link);
                assert!(!letter.subject.contains(['\r', '\n']), "{language}");
                assert!(letter.text.lines().any(|line| line == url), "{language}");
                assert!(letter.text.contains("30"), "{language}");
                assert!(!letter.text.contains(['{', '}']), "{language}: {}", letter.text);
            }
        }
        for deed in [Deed::Seen, Deed::Downloaded, Deed::Erased] {
            let letter = letters::notice(words, sender, to.clone(), (deed, NOW, NOW));
            assert!(letter.text.contains("2026-03-01 12:00 UTC"), "{language}: {deed:?}");
            assert!(letter.text.contains("help@shop.example"), "{language}: {deed:?}");
            assert!(!letter.text.contains(['{', '}']), "{language}: {}", letter.text);
        }
    }
    assert_eq!(library.of("nn").unwrap().language, "nb");
    assert_eq!(library.of("ja").unwrap().language, "en");
}

#[test]
fn the_shop_can_say_it_in_its_own_words() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put("de.toml", "footer = \"Ihr Laden {shop}\"\n");
    let library = Library::read(Some(folder.path())).unwrap();
    assert_eq!(library.of("de").unwrap().fill("footer", &[("shop", "X")]), "Ihr Laden X");
    assert!(library.of("en").unwrap().fill("footer", &[("shop", "X")]).starts_with("X writes"));
    for (name, text, why) in [
        ("en.toml", "footer = \"no name\"", "must name {shop} once"),
        ("en.toml", "foot = \"{shop}\"", "foot is no text of a mail"),
        ("en.toml", "link_warning = \" \"", "is empty"),
        ("en.toml", "link_warning = \"{shop}\"", "a brace"),
        ("en.toml", "link_subject = \"a\\n{shop}\"", "control character"),
        ("ja.toml", "footer = \"{shop}\"", "is not named after a language"),
    ] {
        put(name, text);
        let error = Library::read(Some(folder.path())).unwrap_err().to_string();
        assert!(error.contains(why), "{error} does not say {why:?}");
        std::fs::remove_file(folder.path().join(name)).unwrap();
    }
}
