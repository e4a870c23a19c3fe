//! Keys, with the cache that forgets at the worst moment.

use domain::id::ShopId;
use personal::purpose::PurposeName;
use personal::subject::{CustomerId, Subject};

use crate::clock::Clock;
use crate::opening;
use crate::settings::Settings;

#[test]
fn a_key_is_found_before_its_commit_and_after_it_without_the_cache() {
    let folder = tempfile::tempdir().expect("folder");
    let shop = ShopId::parse("shop").expect("shop");
    let settings = Settings::of(shop, folder.path().join("data"));
    let mut engine = opening::open(settings, Clock::machine()).expect("shop").engine;
    let name = Subject::Customer(CustomerId::parse("ada").expect("customer"));
    let staged = engine.pseudonym(&name, PurposeName::SharedLearning).expect("pseudonym");
    engine.cache.clear();
    assert_eq!(engine.key(staged).expect("a staged key").pseudonym(), staged);
    engine.commit_keys().expect("commit");
    engine.cache.clear();
    assert_eq!(engine.key(staged).expect("a stored key").pseudonym(), staged);
}
