//! `confidant keys rotate`: a new shop key, while the shop is served or while it is stopped.

use std::path::PathBuf;

use clap::Args;
use store::error::StoreError;
use store::sqlite::keys::SqliteKeys;

use crate::clock::Clock;
use crate::commands::backup::Served;
use crate::commands::{Failure, OrFail as _, progress, say};
use crate::engine::exchanging::{Exchanged, PAGE_KEYS};
use crate::opening;
use crate::routes::keys::RotationOut;
use crate::settings::Settings;
use crate::shop_key::{self, next};

/// Exchanges the shop key.
#[derive(Clone, Debug, Args)]
pub struct Rotate {
    /// The configuration file.
    #[arg(long, default_value = "confidant.toml")]
    config: PathBuf,
    /// The staff listener, as `http://HOST:PORT`, instead of the configuration's.
    #[arg(long)]
    staff: Option<String>,
    /// A file with the staff key; `credentials/staff.key` of the data folder when missing.
    #[arg(long)]
    staff_key: Option<PathBuf>,
}

/// Makes the next key when there is none, and goes on until it counts.
///
/// # Errors
/// What is in the way; the shop opens all the same, and the next run goes on.
pub(super) fn run(asked: &Rotate) -> Result<(), Failure> {
    let settings = super::settings(&asked.config)?;
    if !settings.shop_key.is_file() {
        return Err(Failure::new(
            "a shop key from a variable or from shares cannot be exchanged here: seal it (confidant \
             keys seal), set shop_key.sealed_file, start, and rotate then",
        ));
    }
    let (before, ahead) = (next::before_file(&settings), next::next_file(&settings));
    if before.exists() {
        return Err(Failure::new(format!(
            "{} is the shop key of before; move it to where the recovery copies are, and rotate then",
            before.display()
        )));
    }
    if !store::sqlite::exists(&settings.data_dir) {
        return Err(Failure::new(format!("{} holds no store", settings.data_dir.display())));
    }
    shop_key::present(&settings).or_fail("the shop key")?;
    let goes_on = ahead.exists();
    if !goes_on {
        next::make_next(&settings).or_fail("the next shop key")?;
    }
    let lead = if goes_on { "goes on with" } else { "made" };
    say(format!("{lead} {}", ahead.display()));
    let wrapped = match SqliteKeys::open(&settings.data_dir, &settings.shop) {
        Err(StoreError::Locked) => served(asked, &settings)?,
        // Closed again: the shop opens it itself.
        Ok(keys) => {
            drop(keys);
            stopped(&settings)?
        }
        Err(error) => return Err(error).or_fail("the key store"),
    };
    say(format!("{wrapped} keys of people are closed by the new shop key; no name changed"));
    if ahead.exists() {
        let file = shop_key::file(&settings);
        say(format!("rename {} to {}: the server could not", ahead.display(), file.display()));
    } else {
        say(format!(
            "{} opens backups from before; move it to the recovery copies",
            before.display()
        ));
        say("and destroy it when the last backup of the keys from before today is gone");
    }
    say("now, before the next start: a new recovery copy (confidant keys seal or split), its test");
    say("(confidant keys recover --check), and a backup; copies from before do not open the shop");
    Ok(())
}

fn until_finished(mut step: impl FnMut() -> Result<Exchanged, Failure>) -> Result<u64, Failure> {
    let bar = progress(1, "wrapping");
    loop {
        let told = step()?;
        bar.set_length(told.all.max(told.looked).max(1));
        bar.set_position(told.looked);
        if told.finished {
            bar.finish_and_clear();
            return Ok(told.looked);
        }
    }
}

fn served(asked: &Rotate, settings: &Settings) -> Result<u64, Failure> {
    let served = Served::of(settings, asked.staff.as_deref(), asked.staff_key.as_deref())?;
    until_finished(|| {
        let told: RotationOut = served.ask("/staff/keys/rotate", "{}").or_fail("rotating")?;
        Ok(Exchanged { looked: told.looked, all: told.all, finished: told.finished })
    })
}

fn stopped(settings: &Settings) -> Result<u64, Failure> {
    let opened = opening::open(settings.clone(), Clock::machine());
    let mut opened = opened.or_fail("the shop cannot be opened")?;
    until_finished(|| opened.engine.exchange_some(PAGE_KEYS).or_fail("rotating"))
}
