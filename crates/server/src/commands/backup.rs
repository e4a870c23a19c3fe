//! `confidant backup DIR`: takes a backup, while the shop is served or while it is stopped.

use std::fs::File;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use domain::hex;
use domain::time::Timestamp;
use serde::de::DeserializeOwned;
use store::error::StoreError;

use crate::backup::archive::Digest;
use crate::backup::place::Kept;
use crate::backup::taking::{Holder, Plan, Stopped, take};
use crate::backup::{BackupError, Half, place};
use crate::clock::Clock;
use crate::commands::bench::http::Client;
use crate::commands::{Failure, OrFail as _, progress, say};
use crate::engine::backup::Standing;
use crate::routes::backups::{HoldOut, ReleaseIn, ReleaseOut};
use crate::settings::Settings;
use crate::shop_key;

/// Longest that an answer of the server may take, in seconds.
const PATIENCE_S: u64 = 30;

/// Takes a backup of the shop: data and keys apart, sealed to `backup.recipients`.
#[derive(Clone, Debug, Args)]
pub struct Backup {
    /// The folder of the backups.
    pub dir: PathBuf,
    /// The configuration file.
    #[arg(long, default_value = "confidant.toml")]
    pub config: PathBuf,
    /// Another folder for the backups of the keys, best on another volume.
    #[arg(long)]
    pub keys_dir: Option<PathBuf>,
    /// Begins a new series: everything is copied, not only what changed.
    #[arg(long)]
    pub whole: bool,
    /// Takes none; reads every file that is there and compares it with what was written.
    #[arg(long)]
    pub verify: bool,
    /// The staff listener, as `http://HOST:PORT`, instead of the configuration's.
    #[arg(long)]
    pub staff: Option<String>,
    /// A file with the staff key; `credentials/staff.key` of the data folder when missing.
    #[arg(long)]
    pub staff_key: Option<PathBuf>,
}

/// Takes the backup and prints what was taken.
///
/// # Errors
/// A backup that is not whole; then nothing that looks like one is left.
pub fn run(command: &Backup) -> Result<(), Failure> {
    let settings = Settings::read(&command.config)
        .or_fail(&format!("the configuration {} is not usable", command.config.display()))?;
    let keys_dir = command.keys_dir.clone().unwrap_or_else(|| command.dir.clone());
    if command.verify {
        return verify(&command.dir, &keys_dir);
    }
    let plan = Plan {
        shop: settings.shop.clone(),
        data_dir: settings.data_dir.clone(),
        dir: command.dir.clone(),
        keys_dir,
        recipients: settings.backup.sealed_to().or_fail("settings")?,
        keep_days: settings.backup_keep_days,
        keys_keep_days: settings.backup.keys_keep_days.min(settings.backup_keep_days),
        whole: command.whole,
    };
    let mut holder = holder(command, &settings)?;
    let bar = progress(1, "copying");
    let taken = take(&plan, holder.as_mut(), &mut |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let taken = taken.or_fail("the backup was not taken")?;
    for kept in [&taken.data, &taken.keys] {
        say(line(kept));
    }
    for name in &taken.pruned {
        say(format!("deleted  {name}: older than it may be kept"));
    }
    say("read back and compared; the shop key is in none of them, so keep its recovery copy apart");
    Ok(())
}

fn line(kept: &Kept) -> String {
    let description = &kept.description;
    let how = match (description.half, description.series == description.pair) {
        (Half::Keys, _) | (Half::Data, true) => "whole",
        (Half::Data, false) => "what changed",
    };
    format!("{:<8} {} {} bytes, {how}", description.half.folder(), kept.name(), kept.bytes)
}

fn verify(dir: &Path, keys_dir: &Path) -> Result<(), Failure> {
    let mut count = 0;
    for (dir, half) in [(dir, Half::Data), (keys_dir, Half::Keys)] {
        for kept in place::list(dir, half).or_fail("the folder cannot be read")? {
            kept.verify().or_fail("verifying")?;
            say(line(&kept));
            count += 1;
        }
    }
    say(format!("{count} archives are as they were written"));
    Ok(())
}

/// A server that runs holds its files; a store that nobody serves is held here.
fn holder(command: &Backup, settings: &Settings) -> Result<Box<dyn Holder>, Failure> {
    let clock = Clock::machine();
    let key = shop_key::present(settings).or_fail("the shop key")?;
    if !store::sqlite::exists(&settings.data_dir) {
        return Err(Failure::new(format!("{} holds no store", settings.data_dir.display())));
    }
    match Stopped::open(settings, &key, clock.now()) {
        Ok(stopped) => Ok(Box::new(stopped)),
        Err(BackupError::Store(StoreError::Locked)) => {
            let (staff, key) = (command.staff.as_deref(), command.staff_key.as_deref());
            Ok(Box::new(Served::of(settings, staff, key)?))
        }
        Err(error) => Err(error).or_fail("the store cannot be opened"),
    }
}

/// Asks a running server to hold its files.
#[derive(Debug)]
pub(super) struct Served {
    address: SocketAddr,
    key: String,
}

impl Served {
    /// The server of a configuration.
    ///
    /// # Errors
    /// An address or a key that is not there.
    pub(super) fn of(
        settings: &Settings,
        staff: Option<&str>,
        staff_key: Option<&Path>,
    ) -> Result<Self, Failure> {
        let address = match staff {
            Some(url) => resolve(url)?,
            None if settings.staff.tls().is_none() => settings.staff.address,
            None => {
                return Err(Failure::new(
                    "the staff listener has a certificate; give a plain address of it with \
                     --staff http://HOST:PORT",
                ));
            }
        };
        let own = settings.data_dir.join("credentials").join("staff.key");
        let path = staff_key.map_or(own, Path::to_path_buf);
        let key = std::fs::read_to_string(&path)
            .or_fail(&format!("the staff key {} (--staff-key)", path.display()))?;
        Ok(Self { address, key: key.trim().to_owned() })
    }

    /// Asks for one act.
    ///
    /// # Errors
    /// What the server says.
    pub(super) fn ask<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &str,
    ) -> Result<T, BackupError> {
        let refused = |error: &dyn std::fmt::Display| {
            BackupError::Refused(format!("the server at {}: {error}", self.address))
        };
        let stream = TcpStream::connect(self.address).map_err(|error| refused(&error))?;
        stream.set_read_timeout(Some(Duration::from_secs(PATIENCE_S)))?;
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            self.key,
            body.len()
        );
        let mut client = Client::over(stream);
        let answer = client.ask(request.as_bytes()).map_err(|error| refused(&error))?;
        Ok(serde_json::from_slice(answer)?)
    }
}

impl Holder for Served {
    fn hold(&mut self) -> Result<Standing, BackupError> {
        let HoldOut { hold, taken_ms, seq, lineage, shop_key } =
            self.ask("/staff/backups/hold", "{}")?;
        let lineage = hex::decode(&lineage);
        let lineage = lineage.map_err(|error| BackupError::Refused(error.to_string()))?;
        let taken = Timestamp::from_ms(taken_ms);
        Ok(Standing { hold, taken, seq, lineage, shop_key })
    }

    fn end(
        &mut self,
        hold: &str,
        digests: &[Digest],
    ) -> Result<Option<Vec<[u8; 32]>>, BackupError> {
        let digests = digests.iter().map(|digest| hex::encode(digest)).collect();
        let body = serde_json::to_string(&ReleaseIn { hold: hold.to_owned(), digests })?;
        let ReleaseOut { whole, tags } = self.ask("/staff/backups/release", &body)?;
        let tags: Result<Vec<[u8; 32]>, _> = tags.iter().map(|tag| hex::decode(tag)).collect();
        let tags = tags.map_err(|error| BackupError::Refused(error.to_string()))?;
        Ok(whole.then_some(tags))
    }

    fn keep(&mut self, file: File) {
        // Another process holds the lock.
        drop(file);
    }
}

fn resolve(url: &str) -> Result<SocketAddr, Failure> {
    let wrong = || Failure::new("--staff: write http://HOST:PORT; TLS is not spoken here");
    let host = url.strip_prefix("http://").ok_or_else(wrong)?.trim_end_matches('/');
    host.to_socket_addrs().or_fail("--staff")?.next().ok_or_else(wrong)
}
