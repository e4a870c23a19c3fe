//! `confidant restore DIR`: brings a shop back, and nobody who was erased.

use std::path::{Path, PathBuf};

use age::x25519::Identity;
use clap::Args;
use store::tombstones::NAME;
use zeroize::Zeroizing;

use crate::backup::restoring::{
    Chosen, LogStays, choose, inspect, make_room, newer_tombstones, settle, unpack,
};
use crate::backup::{BackupError, sealed};
use crate::clock::Clock;
use crate::commands::{Failure, OrFail as _, progress, say};
use crate::opening;
use crate::settings::Settings;
use crate::shop_key;

/// Restores a shop from its backups; the server must be stopped.
#[derive(Clone, Debug, Args)]
pub struct Restore {
    /// The folder of the backups.
    pub dir: PathBuf,
    /// The configuration file.
    #[arg(long, default_value = "confidant.toml")]
    pub config: PathBuf,
    /// The folder of the backups of the keys, when it is another.
    #[arg(long)]
    pub keys_dir: Option<PathBuf>,
    /// A file with the age identities that open the backups.
    #[arg(long)]
    pub identity: PathBuf,
    /// The data of this backup instead of the newest: the last part of its name.
    #[arg(long)]
    pub pair: Option<String>,
    /// A tombstone log that is newer than the backup.
    #[arg(long)]
    pub tombstones: Option<PathBuf>,
    /// Restores although no log says who was erased since.
    #[arg(long)]
    pub accept_unknown_erasures: bool,
    /// Replaces the store that is there.
    #[arg(long)]
    pub over: bool,
    /// Opens, verifies and unpacks everything, and changes nothing.
    #[arg(long)]
    pub check: bool,
}

/// Restores and prints what came back.
///
/// # Errors
/// Anything that does not fit; the store that was there stays then.
pub fn run(command: &Restore) -> Result<(), Failure> {
    let settings = Settings::read(&command.config)
        .or_fail(&format!("the configuration {} is not usable", command.config.display()))?;
    let text = std::fs::read_to_string(&command.identity).map(Zeroizing::new);
    let text = text.or_fail(&command.identity.display().to_string())?;
    let identities = sealed::identities(&text)
        .ok_or_else(|| Failure::new("--identity is no file of age identities"))?;
    let stays = restore(command, &settings, &identities).or_fail("nothing was restored")?;
    let Some(stays) = stays else {
        say("the backup opens and is whole; nothing was changed (--check)");
        return Ok(());
    };
    let opened = opening::open(settings, Clock::machine());
    let mut opened = opened.or_fail("the files are in place, but the shop does not open")?;
    let now = opened.shared.clock.now();
    // What the tombstones end is gone from the files before anybody is served.
    opened.engine.tick(now).or_fail("the files are in place, but the first round failed")?;
    let people = opened.shared.people.read().len();
    say(format!("{people} people are known; the shop opens with this shop key"));
    if stays == LogStays::Own {
        say("the transparency log of this machine is as new or newer and stays");
    }
    Ok(())
}

fn restore(
    command: &Restore,
    settings: &Settings,
    identities: &[Identity],
) -> Result<Option<LogStays>, BackupError> {
    let keys_dir = command.keys_dir.as_deref().unwrap_or(&command.dir);
    let chosen = choose((&command.dir, keys_dir), command.pair.as_deref())?;
    let kek = shop_key::kek(settings);
    let kek = kek.map_err(|error| BackupError::Refused(error.to_string()))?;
    chosen.verify(&kek)?;
    let data_dir = &settings.data_dir;
    if !command.check {
        make_room(data_dir, &settings.shop, command.over)?;
    }
    let newer = tombstones(command, settings, &chosen)?;
    let bar = progress(chosen.bytes(), "unpacking");
    let workshop = unpack(&chosen, data_dir, identities, &mut |bytes| bar.inc(bytes));
    bar.finish_and_clear();
    let workshop = workshop?;
    let inspected = inspect(&workshop, &chosen, (&settings.shop, &newer));
    if command.check || inspected.is_err() {
        std::fs::remove_dir_all(&workshop).ok();
    }
    let since = inspected?;
    say(format!("data {} and keys {} fit together", chosen.data.name(), chosen.keys.name()));
    if command.check {
        return Ok(None);
    }
    say(format!("{since} tombstones from after the backup are replayed"));
    settle(&workshop, data_dir).map(Some)
}

fn tombstones(
    command: &Restore,
    settings: &Settings,
    chosen: &Chosen,
) -> Result<Vec<store::keys::Tombstone>, BackupError> {
    let mirror = settings.backup.tombstones_dir.as_deref();
    let own = [Some(settings.data_dir.as_path()), mirror];
    let mut places: Vec<PathBuf> = own.into_iter().flatten().map(|dir| dir.join(NAME)).collect();
    if let Some(given) = &command.tombstones {
        if !Path::is_file(given) {
            return Err(BackupError::Missing(format!("{} is no file", given.display())));
        }
        places.push(given.clone());
    }
    match newer_tombstones(&places, &settings.shop, chosen.taken()) {
        Err(BackupError::Refused(_)) if command.accept_unknown_erasures => {
            say("erasures from after the backup are unknown; erase again who has a newer receipt");
            Ok(Vec::new())
        }
        other => other,
    }
}
