use super::{FILES, Library, WordsError, accepted, fill, parse};

#[test]
fn every_language_has_every_word() {
    let library = Library::read().unwrap();
    let languages: Vec<&str> = library.languages().collect();
    assert_eq!(languages, ["de", "en", "es", "fr", "it", "nb", "nl", "pl"]);
    // No language repeats the English sentence, apart from words that are the same.
    let english = library.nearest(["en"]).unwrap();
    for language in languages.into_iter().filter(|language| *language != "en") {
        let words = library.nearest([language]).unwrap();
        let same = english.all().iter().zip(words.all()).filter(|(a, b)| a.1 == b.1).count();
        assert!(same <= 4, "{language} has {same} English texts");
    }
}

#[test]
fn the_nearest_language_answers() {
    let library = Library::read().unwrap();
    let nearest = |header: &str| library.nearest(accepted(header)).unwrap().language;
    assert_eq!(nearest("de-AT,de;q=0.9,en;q=0.8"), "de");
    assert_eq!(nearest("ja, nn;q=0.5, fr;q=0.4"), "nb");
    assert_eq!(nearest("fr;q=0, pl"), "pl");
    assert_eq!(nearest("en;q=0.3, it;q=0.7"), "it");
    assert_eq!(nearest(""), "en");
    assert_eq!(nearest(";;;,q=,*"), "en");
}

#[test]
fn a_text_without_its_placeholder_is_refused() {
    let wrong = |from: &str, to: &str| {
        let english = FILES.iter().find(|(name, _)| *name == "en").unwrap().1;
        assert!(english.contains(from), "{from}");
        parse("en", &english.replace(from, to)).unwrap_err()
    };
    assert!(matches!(wrong("of {shop}\"", "of the shop\""), WordsError::Text(..)));
    assert!(matches!(wrong("Leave", "Leave {now}"), WordsError::Text(..)));
    assert!(matches!(wrong("Leave", " "), WordsError::Text(..)));
    assert!(matches!(wrong("leave = ", "leaf = "), WordsError::Toml(..)));
    assert!(matches!(wrong("own_read = ", "read = "), WordsError::Text(..)));
}

#[test]
fn values_are_put_in_once() {
    assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "2")]), "{b} and 2");
    assert_eq!(fill("nothing", &[]), "nothing");
    assert_eq!(fill("{gone} {a", &[("a", "1")]), " {a");
}
