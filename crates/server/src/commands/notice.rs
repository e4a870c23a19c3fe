//! `confidant notice`: prints what people are told, and finds what a recorded digest means.

use std::path::PathBuf;

use clap::Args;
use consent::law::{LawPack, PACKS, law_for};
use domain::date::Date;
use personal::signal::{Signal, Signals};

use crate::banner::BannerSettings;
use crate::banner::notice::{Asked, Notice, notice};
use crate::banner::texts::{Library, Texts};
use crate::clock::Clock;
use crate::commands::{Failure, OrFail as _, say};
use crate::settings::Settings;

/// Prints the notice that people are shown, and its digest.
#[derive(Clone, Debug, Args)]
pub struct ShowNotice {
    /// The language, such as de or pt-BR; the nearest one that there is.
    #[arg(long)]
    pub language: Option<String>,
    /// The place: DE, US-CA, EU; without it that of the settings, or the strictest law pack.
    #[arg(long, value_name = "PLACE")]
    pub jurisdiction: Option<String>,
    /// The day, such as 2026-11-22; today when missing.
    #[arg(long, value_name = "DAY")]
    pub date: Option<String>,
    /// The notice for a browser that sends Global Privacy Control.
    #[arg(long)]
    pub gpc: bool,
    /// A configuration file, for its purposes, texts and place.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Another folder of texts, such as those of last year.
    #[arg(long, value_name = "DIR")]
    pub texts: Option<PathBuf>,
    /// Finds the notice of a recorded digest (or of its first characters, at least 8), in every
    /// language, law pack and signal.
    #[arg(long, value_name = "HEX", conflicts_with_all = ["language", "jurisdiction", "date", "gpc"])]
    pub digest: Option<String>,
}

/// Prints.
///
/// # Errors
/// Files that cannot be used, or a digest that no notice has.
pub fn run(command: &ShowNotice) -> Result<(), Failure> {
    let settings = command.config.as_deref().map(Settings::read).transpose().or_fail("--config")?;
    let place = settings.as_ref().and_then(|settings| settings.jurisdiction.clone());
    let banner = settings.map_or_else(BannerSettings::default, |settings| settings.banner);
    let folder = command.texts.as_deref().or(banner.texts.as_deref());
    let library = Library::read(folder, &banner.language).or_fail("texts")?;
    let today = match &command.date {
        Some(text) => Date::parse(text).or_fail("--date")?.0,
        None => Clock::machine().now().day(),
    };
    let found = match &command.digest {
        Some(digest) => find(&library, &banner, digest)?,
        None => {
            let texts = library.nearest(command.language.as_deref());
            let texts = texts.ok_or_else(|| Failure::new("there are no texts"))?;
            let place = command.jurisdiction.as_deref().or(place.as_deref());
            let signals = if command.gpc { Signals::NONE.with(Signal::Gpc) } else { Signals::NONE };
            let (pack, purposes) = (law_for(place, today), &*banner.purposes);
            notice(texts, &Asked { pack, signals, purposes, today })
        }
    };
    say(found.text().trim_end());
    say("");
    say(format_args!("sha-256: {}", found.digest));
    Ok(())
}

/// Makes every notice that the words and law packs allow until one has the digest.
fn find(library: &Library, banner: &BannerSettings, digest: &str) -> Result<Notice, Failure> {
    let plain = digest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if !plain || !(8..=64).contains(&digest.len()) {
        return Err(Failure::new("--digest: 8 to 64 lower-case hexadecimal characters"));
    }
    for texts in library.all() {
        for pack in PACKS.iter() {
            for signals in [Signals::NONE, Signals::NONE.with(Signal::Gpc)] {
                let found = made(texts, pack, signals, banner);
                if found.digest.starts_with(digest) {
                    return Ok(found);
                }
            }
        }
    }
    let line = "--digest: no notice of these texts and purposes has it; try --config or --texts with \
        those of its day";
    Err(Failure::new(line))
}

fn made(texts: &Texts, pack: &LawPack, signals: Signals, banner: &BannerSettings) -> Notice {
    notice(texts, &Asked { pack, signals, purposes: &banner.purposes, today: pack.valid_from })
}
