//! `confidant consents`: records of consent, while the server is stopped. `export` writes one,
//! `import` takes what the cookies of another consent tool say.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use consent::cookies::Tool;
use consent::dpv::{self, Profile, Source};
use personal::purpose::PurposeName;

use crate::chance;
use crate::clock::{Clock, Stopwatch};
use crate::commands::consents::cookies::Cookies;
use crate::commands::erase::Who;
use crate::commands::import::report::Report;
use crate::commands::import::{asserted, stop_first};
use crate::commands::{Failure, OrFail as _, say};
use crate::engine::EngineError;
use crate::opening::{self, Opened};
use crate::settings::Settings;

pub mod cookies;

/// Works on the records of consent.
#[derive(Clone, Debug, Args)]
pub struct Consents {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What to do with records of consent.
#[derive(Clone, Debug, Subcommand)]
pub enum What {
    /// Writes a person's record as JSON-LD (W3C DPV, ISO/IEC TS 27560 profiles).
    Export {
        /// The configuration file.
        #[arg(long, default_value = "confidant.toml")]
        config: PathBuf,
        /// Whose record.
        #[command(flatten)]
        who: Who,
        /// record, record-eu-gdpr, receipt or receipt-eu-gdpr.
        #[arg(long, default_value = "record", value_parser = profile)]
        profile: Profile,
    },
    /// Takes a file of cookies of another consent tool (columns: customer, session or browser;
    /// cookie). A no always counts, a yes only with --assert-basis.
    Import {
        /// The file.
        file: PathBuf,
        /// Whose cookies: cookieconsent, onetrust or transcend.
        #[arg(long, value_parser = tool)]
        from: Tool,
        /// The configuration file.
        #[arg(long, default_value = "confidant.toml")]
        config: PathBuf,
        /// The categories that the tool asked for; cookieconsent stores only what was accepted.
        #[arg(long, value_delimiter = ',', value_name = "NAMES")]
        offered: Vec<String>,
        /// Why a yes of that tool is consent here, as in
        /// Personalization="same notice, asked by our old banner"; may be given several times.
        #[arg(long, value_name = "PURPOSE=TEXT", value_parser = asserted)]
        assert_basis: Vec<(PurposeName, String)>,
        /// Writes line and reason of every row that was not taken.
        #[arg(long, value_name = "OUT")]
        report: Option<PathBuf>,
    },
}

fn tool(text: &str) -> Result<Tool, String> {
    let names = || format!("one of {}", Tool::ALL.map(Tool::as_str).join(", "));
    Tool::parse(text).ok_or_else(names)
}

fn profile(text: &str) -> Result<Profile, String> {
    let names = || format!("one of {}", Profile::ALL.map(Profile::as_str).join(", "));
    Profile::parse(text).ok_or_else(names)
}

/// Exports or imports.
///
/// # Errors
/// A file, configuration or store that cannot be used, or nobody by that name.
pub fn run(command: &Consents) -> Result<(), Failure> {
    match &command.what {
        What::Export { config, who, profile } => export(config, who, *profile),
        What::Import { file, from, config, offered, assert_basis, report } => {
            let watch = Stopwatch::start();
            if *from == Tool::CookieConsent && offered.is_empty() {
                return Err(Failure::new(
                    "cookieconsent stores only what was accepted; say with --offered what it asked",
                ));
            }
            let mut report = Report::new(report.as_deref())?;
            let mut opened = open(config)?;
            let cookies = Cookies { tool: *from, offered, asserted: assert_basis };
            cookies::take(&mut opened.engine, file, &cookies, &mut report)?;
            say(report.finish(watch.ns())?);
            Ok(())
        }
    }
}

fn open(config: &Path) -> Result<Opened, Failure> {
    let settings = Settings::read(config)
        .or_fail(&format!("the configuration {} is not usable", config.display()))?;
    opening::open(settings, Clock::machine()).map_err(|error| {
        Failure::new(format!("the shop cannot be opened: {error}{}", stop_first(&error)))
    })
}

/// Prints the record; says on standard error what the profile still lacks.
fn export(config: &Path, who: &Who, profile: Profile) -> Result<(), Failure> {
    let name = who.subject()?;
    let mut opened = open(config)?;
    let now = opened.shared.clock.now();
    let found = opened.engine.record_of(&name, now);
    if matches!(found, Err(EngineError::Unknown)) {
        return Err(Failure::new("nothing is on record about this person"));
    }
    let (subject, evidence) = found.or_fail("the record cannot be read")?;
    let controller = opened.shared.settings.controller.responsible();
    let receipt = chance::bytes().or_fail("no random bytes")?;
    let evidence = evidence.as_slice();
    let source = Source { controller: &controller, subject, evidence, now, receipt };
    let document = dpv::export(profile, &source);
    let json = serde_json::to_string_pretty(&document.json).or_fail("the record is not JSON")?;
    say(json);
    if !document.missing.is_empty() {
        tracing::warn!(
            missing = document.missing.join(", "),
            "the configuration lacks what the profile demands, so it is not claimed"
        );
    }
    Ok(())
}
