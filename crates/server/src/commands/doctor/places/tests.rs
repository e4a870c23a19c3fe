use std::path::Path;

use domain::date::day;
use domain::id::ShopId;
use testkit::places::{Network, file};

use super::places;
use crate::commands::doctor::Verdict;
use crate::settings::Settings;

#[track_caller]
fn check(
    path: Option<&Path>,
    change: impl FnOnce(&mut Settings),
    expected: Option<(Verdict, &str)>,
) {
    let mut settings = Settings::of(ShopId::parse("demo").unwrap(), "data".into());
    settings.place.file = path.map(Path::to_owned);
    settings.trusted_proxies = vec!["10.0.0.7".parse().unwrap()];
    change(&mut settings);
    let found = places(&settings, day(2026, 3, 1));
    assert_eq!(found.as_ref().map(|one| one.verdict), expected.map(|(verdict, _)| verdict));
    if let (Some(found), Some((_, part))) = (found, expected) {
        assert!(found.words.contains(part), "{}", found.words);
    }
}

#[test]
fn a_file_of_places_is_looked_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("places.mmdb");
    let network = Network {
        address: "81.2.69.0".parse().unwrap(),
        bits: 24,
        country: Some("GB"),
        part: None,
    };
    std::fs::write(&path, file("Example-Country", true, &[network])).unwrap();
    check(None, |_| {}, None);
    check(
        Some(&path),
        |_| {},
        Some((Verdict::Ok, "Example-Country of 2026-02-01: countries only")),
    );
    let direct = |settings: &mut Settings| settings.trusted_proxies.clear();
    check(Some(&path), direct, Some((Verdict::Warning, "trusted_proxies is empty")));
    let none = folder.path().join("none.mmdb");
    check(Some(&none), |_| {}, Some((Verdict::Failure, "place.file: cannot read")));
}

#[test]
fn an_old_file_of_places_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("places.mmdb");
    let address = "81.2.69.0".parse().unwrap();
    let network = Network { address, bits: 24, country: Some("GB"), part: None };
    std::fs::write(&path, file("Example-Country", true, &[network])).unwrap();
    let mut settings = Settings::of(ShopId::parse("demo").unwrap(), "data".into());
    settings.place.file = Some(path);
    let found = places(&settings, day(2026, 5, 1)).unwrap();
    assert_eq!(found.verdict, Verdict::Warning);
    assert!(found.words.contains("older than 60 days"), "{}", found.words);
}
