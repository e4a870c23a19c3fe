use super::Shelf;
use crate::center::words::Library;

#[test]
fn every_language_of_the_center_has_every_word() {
    let shelf = Shelf::read().unwrap();
    for language in Library::read().unwrap().languages() {
        assert!(shelf.of(language).is_some(), "{language}");
    }
}
