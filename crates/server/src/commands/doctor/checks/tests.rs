use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use domain::id::ShopId;

use super::{clock, files, free_of_df, key_place, listeners, origins, shop_key_readable, store};
use crate::clock::Clock;
use crate::commands::doctor::Verdict::{Failure, Ok as Fine, Warning};
use crate::commands::doctor::{Finding, Verdict};
use crate::opening;
use crate::settings::{Listener, Settings};

fn settings(dir: &Path) -> Settings {
    let mut settings = Settings::of(ShopId::parse("shop").unwrap(), dir.join("data"));
    settings.public = Listener::loopback(0);
    settings.staff = Listener::loopback(0);
    settings
}

#[track_caller]
fn check(found: &[Finding], expected: &[Verdict]) {
    let verdicts: Vec<_> = found.iter().map(|one| one.verdict).collect();
    assert_eq!(verdicts, expected, "{found:?}");
}

#[test]
fn a_shop_that_is_not_made_yet_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    check(&files(&settings), &[Warning]);
    check(&[shop_key_readable(&settings), key_place(&settings)], &[Warning, Warning]);
    check(&store(&settings).1, &[Warning]);
    check(&[clock(&settings.data_dir), origins(&settings)], &[Fine, Warning]);
    check(&listeners(&settings, false), &[Fine, Fine]);
    assert!(!settings.data_dir.exists());
}

#[test]
fn a_shop_is_looked_over() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let opened = opening::open(settings.clone(), Clock::machine()).unwrap();
    let (held, found) = store(&settings);
    assert!(held);
    check(&found, &[Fine]);
    drop(opened);
    let (held, found) = store(&settings);
    assert!(!held);
    check(&found, &[Fine, Fine]);
    check(&files(&settings), &[Fine]);
    // The test's folder is one volume.
    check(&[shop_key_readable(&settings), key_place(&settings)], &[Fine, Warning]);
    check(&[clock(&settings.data_dir)], &[Fine]);
}

#[test]
fn what_is_open_to_others_or_broken_fails() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    drop(opening::open(settings.clone(), Clock::machine()).unwrap());
    let key = crate::shop_key::file(&settings);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let found = files(&settings);
    check(&found, &[Failure]);
    assert!(found[0].words.contains("chmod go-rwx"), "{found:?}");
    std::fs::write(&key, "no key").unwrap();
    check(&[shop_key_readable(&settings)], &[Failure]);
    std::fs::remove_file(&key).unwrap();
    check(&[shop_key_readable(&settings)], &[Failure]);
}

#[test]
fn an_address_that_is_taken_fails_unless_the_server_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(folder.path());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    settings.public = Listener::loopback(taken.local_addr().unwrap().port());
    check(&listeners(&settings, false), &[Failure, Fine]);
    check(&listeners(&settings, true), &[Fine, Fine]);
}

#[test]
fn df_is_read() {
    let text =
        "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/a 9 1 4096000 1% /\n";
    assert_eq!(free_of_df(text), Some(4_000));
    assert_eq!(free_of_df("df: no such file"), None);
}

#[test]
fn findings_are_one_line() {
    let line = Finding::warning("room", "is short").line();
    assert_eq!(line, "warning  room             is short");
}
