//! The checks of `confidant doctor`, each a question with an answer and an advice.

use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use domain::date::Date;
use domain::time::Timestamp;
use store::error::StoreError;
use store::sqlite::keys::SqliteKeys;
use store::sqlite::tables::SqliteTables;

use crate::clock::Clock;
use crate::commands::doctor::Finding;
use crate::recovery::{Mark, UNTESTED};
use crate::serving;
use crate::settings::{Listener, Settings};
use crate::shop_key;

/// No machine that runs this has a clock before 2025-01-01.
const BUILT: Timestamp = Timestamp::from_ms(1_735_689_600_000);
/// Free room under which a warning is given, in MiB.
const ROOM_MIB_WARN: u64 = 2_048;
/// Free room under which the check fails, in MiB.
const ROOM_MIB_MIN: u64 = 256;

/// Reads the configuration.
pub fn configuration(path: &Path) -> (Option<Settings>, Finding) {
    match Settings::read(path) {
        Ok(settings) => {
            let words = format!("{} is fine", path.display());
            (Some(settings), Finding::ok("configuration", words))
        }
        Err(error) => {
            let words = format!("{} is not usable: {error}", path.display());
            (None, Finding::failure("configuration", words))
        }
    }
}

/// Folders and files that only their owner may open.
pub fn files(settings: &Settings) -> Vec<Finding> {
    let dir = &settings.data_dir;
    let what = "permissions";
    if !dir.exists() {
        let words = format!("{} does not exist; the first start makes it", dir.display());
        return vec![Finding::warning(what, words)];
    }
    let mut wrong = Vec::new();
    let mut looked = 0;
    let mut waiting = vec![dir.clone()];
    if settings.shop_key.is_plain_file() {
        waiting.push(shop_key::file(settings));
    }
    while let Some(path) = waiting.pop() {
        let Ok(found) = std::fs::symlink_metadata(&path) else { continue };
        looked += 1;
        if open_to_others(&found) {
            wrong.push(path.clone());
        }
        if found.is_dir() && path.starts_with(dir) {
            let Ok(entries) = std::fs::read_dir(&path) else {
                wrong.push(path);
                continue;
            };
            waiting.extend(entries.flatten().map(|entry| entry.path()));
        }
    }
    wrong.sort_unstable();
    wrong.dedup();
    if wrong.is_empty() {
        return vec![Finding::ok(what, format!("{looked} folders and files are private"))];
    }
    let advice = |path: PathBuf| {
        let words =
            format!("{} is open to others; run: chmod go-rwx '{}'", path.display(), path.display());
        Finding::failure(what, words)
    };
    wrong.into_iter().map(advice).collect()
}

fn open_to_others(found: &Metadata) -> bool {
    !found.is_symlink() && found.permissions().mode() & 0o077 != 0
}

/// Whether the shop key can be read and is one.
pub fn shop_key_readable(settings: &Settings) -> Finding {
    let what = "shop key";
    let none = settings.shop_key.is_plain_file() && !shop_key::file(settings).exists();
    if none && !store::sqlite::exists(&settings.data_dir) {
        return Finding::warning(what, "there is none yet; the first start makes it");
    }
    match shop_key::kek(settings) {
        Ok(_) => Finding::ok(what, "is there and well formed"),
        Err(error) => Finding::failure(what, format!("{error}; put the key back")),
    }
}

/// Whether a recovery of the shop key was tested, and when.
pub fn recovery(settings: &Settings) -> Finding {
    let what = "recovery";
    let Ok(kek) = shop_key::kek(settings) else {
        return Finding::warning(what, "cannot be looked at without the shop key");
    };
    match Mark::read(&settings.data_dir, &kek) {
        Some(mark) => {
            let day = Date(Timestamp::from_ms(mark.tested_ms).day());
            Finding::ok(what, format!("was tested on {day} ({})", mark.way))
        }
        None => Finding::warning(what, UNTESTED),
    }
}

/// Whether who takes the disk with the store takes the shop key as well.
pub fn key_place(settings: &Settings) -> Finding {
    let what = "key and store";
    if !settings.shop_key.is_plain_file() {
        return Finding::ok(what, "the shop key is not in a plain file");
    }
    let device = |path: &Path| std::fs::metadata(path).map(|found| found.dev()).ok();
    let key = device(&shop_key::file(settings));
    match (key, device(&settings.data_dir)) {
        (Some(key), Some(data)) if key == data => Finding::warning(
            what,
            "shop key and store lie on one volume: who copies it reads everything; move the key \
             to another volume and set shop_key.file, or shop_key.environment",
        ),
        (Some(_), Some(_)) => Finding::ok(what, "shop key and store lie on two volumes"),
        (None, _) | (_, None) => {
            Finding::warning(what, "cannot be compared before the first start")
        }
    }
}

/// Whether the store is whole. Says first whether a server holds it.
pub fn store(settings: &Settings) -> (bool, Vec<Finding>) {
    let dir = &settings.data_dir;
    if !store::sqlite::exists(dir) {
        let words = "there is none yet; the first start makes it";
        return (false, vec![Finding::warning("store", words)]);
    }
    let tables = match SqliteTables::open(dir, &settings.shop) {
        Ok(tables) => tables,
        Err(StoreError::Locked) => {
            let words = "a server has it open, so it was not read; stop the server to check it";
            return (true, vec![Finding::ok("store", words)]);
        }
        Err(error) => return (false, vec![broken("store", &error)]),
    };
    let mut findings = vec![match tables.check() {
        Ok(()) => Finding::ok("store", "every page was read and is whole"),
        Err(error) => broken("store", &error),
    }];
    findings.push(match SqliteKeys::open(dir, &settings.shop).and_then(|keys| keys.check()) {
        Ok(()) => Finding::ok("key store", "every page was read and is whole"),
        Err(error) => broken("key store", &error),
    });
    (false, findings)
}

fn broken(what: &'static str, error: &StoreError) -> Finding {
    Finding::failure(what, format!("{error}; restore the last backup"))
}

/// Whether the clock can be right: not before this program, not before the newest file.
pub fn clock(dir: &Path) -> Finding {
    let what = "clock";
    let now = Clock::machine().now();
    let newest = std::fs::read_dir(dir).ok().and_then(|entries| {
        let times = entries.flatten().filter_map(|entry| entry.metadata().ok());
        times.map(|found| found.mtime()).max()
    });
    let newest = newest.map_or(BUILT, |seconds| Timestamp::from_ms(seconds.saturating_mul(1_000)));
    if now < BUILT {
        return Finding::failure(what, "is before 2025; consents and expiry need the right time");
    }
    // A file may be a moment newer than the clock that was read before it.
    if newest.ms_since(now) > 60_000 {
        return Finding::failure(what, "is behind the newest file of the store; set it right");
    }
    Finding::ok(what, "is plausible")
}

/// How much room the volume of the store has left.
pub fn room(dir: &Path) -> Finding {
    let what = "room";
    let mut at = dir;
    while !at.exists() {
        let Some(parent) = at.parent() else { break };
        at = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    }
    match free_mib(at) {
        None => Finding::warning(what, "df does not say how much is free; look yourself"),
        Some(mib) if mib < ROOM_MIB_MIN => {
            Finding::failure(what, format!("{mib} MiB are free; make room"))
        }
        Some(mib) if mib < ROOM_MIB_WARN => {
            Finding::warning(what, format!("{mib} MiB are free; make room soon"))
        }
        Some(mib) => Finding::ok(what, format!("{mib} MiB are free")),
    }
}

/// Free MiB of the volume of a path, as `df -Pk` (POSIX) prints it.
fn free_mib(path: &Path) -> Option<u64> {
    let output = Command::new("df").arg("-Pk").arg(path).output().ok()?;
    free_of_df(&String::from_utf8_lossy(&output.stdout))
}

fn free_of_df(text: &str) -> Option<u64> {
    let kib: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kib / 1_024)
}

/// Whether both addresses can be listened on; a running server holds them itself.
pub fn listeners(settings: &Settings, held: bool) -> Vec<Finding> {
    let one = |what: &'static str, listener: &Listener| {
        let shown = listener.address;
        let tls = if listener.tls().is_some() { "with TLS" } else { "without TLS" };
        match serving::bind(listener) {
            Ok(_) => Finding::ok(what, format!("{shown} is free, {tls}")),
            Err(serving::ServingError::Bind { .. }) if held => {
                Finding::ok(what, format!("{shown} is taken, by the running server"))
            }
            Err(error) => Finding::failure(what, error.to_string()),
        }
    };
    let mut findings = vec![one("public", &settings.public), one("staff", &settings.staff)];
    if settings.public.tls().is_none() && !settings.public.address.ip().is_loopback() {
        let words = "the public listener has no certificate; set one, or put a proxy with TLS \
                     before it";
        findings.push(Finding::warning("public", words));
    }
    findings
}

/// Whether any page may use the write key.
pub fn origins(settings: &Settings) -> Finding {
    match settings.origins.len() {
        0 => Finding::warning(
            "origins",
            "none is set, so no page can use the write key; set origins = [\"https://...\"]",
        ),
        1 => Finding::ok("origins", "one origin may use the write key"),
        count => Finding::ok("origins", format!("{count} origins may use the write key")),
    }
}

#[cfg(test)]
mod tests;
