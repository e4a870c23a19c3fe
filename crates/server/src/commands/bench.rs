//! `confidant bench`: what a claim about speed or erasure is printed by again.
//!
//! Two things are compared in one run, in turn, on the same machine, and the ratio is the figure;
//! an absolute time from a shared machine is none.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use domain::id::ShopId;
use domain::time::Timestamp;
use personal::purpose::PurposeName;
use personal::subject::{CustomerId, Subject};

use crate::clock::Clock;
use crate::commands::import::{setting, settle};
use crate::commands::serve::{Listeners, Running, start};
use crate::commands::{Failure, OrFail as _};
use crate::engine::Engine;
use crate::opening::{self, Opened};
use crate::settings::{Listener, Settings};

pub mod erasure;
pub mod federated;
pub mod growth;
pub mod http;
pub mod ingest;
pub mod ledger;
pub mod load;
pub mod pii;
pub mod recommend;
pub mod report;
pub mod restart;
pub mod rights;
pub mod scale;

/// Measures.
#[derive(Clone, Debug, Args)]
pub struct Bench {
    /// What to measure.
    #[command(subcommand)]
    pub what: What,
}

/// What to measure.
#[derive(Clone, Debug, Subcommand)]
pub enum What {
    /// Durable events a second, beside plain inserts, and through HTTP.
    Ingest(ingest::Ingest),
    /// Answers with consent checks on, in process and through HTTP; with `--interactions` how the
    /// shared model grows.
    Recommend(recommend::Recommend),
    /// A restart of a real store.
    Restart(restart::Restart),
    /// The erasure of one customer while events come in.
    Erasure(erasure::Erasure),
    /// Erasures and access packages of typical customers while the server is under load.
    Rights(rights::Rights),
    /// Durable entries of the transparency log a second, beside the same commits without it.
    Ledger(ledger::Ledger),
    /// Time and bytes of a report of private aggregates, at the device and at each aggregator.
    Federated(federated::Federated),
    /// Finding personal data in text, in megabytes a second on one core.
    Pii(pii::Pii),
}

/// Measures and prints.
///
/// # Errors
/// A file or folder that cannot be used, or a measurement that went wrong.
pub fn run(command: &Bench) -> Result<(), Failure> {
    match &command.what {
        What::Ingest(command) => ingest::run(command),
        What::Recommend(command) => recommend::run(command),
        What::Restart(command) => restart::run(command),
        What::Erasure(command) => erasure::run(command),
        What::Rights(command) => rights::run(command),
        What::Ledger(command) => ledger::run(command),
        What::Federated(command) => federated::run(command),
        What::Pii(command) => pii::run(command),
    }
}

/// A folder for one measurement: a new one inside of `dir`, or where the system keeps such.
fn folder(dir: Option<&PathBuf>) -> Result<tempfile::TempDir, Failure> {
    match dir {
        Some(dir) => tempfile::tempdir_in(dir),
        None => tempfile::tempdir(),
    }
    .or_fail("no temporary folder")
}

/// A shop on disk whose HTTP limits stand in nobody's way.
fn open(dir: &Path) -> Result<Opened, Failure> {
    opening::open(settings(dir)?, Clock::machine()).or_fail("the shop cannot be opened")
}

fn settings(dir: &Path) -> Result<Settings, Failure> {
    let mut settings = Settings::of(ShopId::parse("bench").or_fail("shop")?, dir.join("data"));
    settings.public = Listener::loopback(0);
    settings.staff = Listener::loopback(0);
    settings.jurisdiction = Some("EU".to_owned());
    settings.limits.requests_per_minute_max = u32::MAX;
    settings.limits.body_bytes_max = 4 << 20;
    Ok(settings)
}

/// Serves a shop on loopback; gives the address of the public listener as well.
fn serve(opened: Opened) -> Result<(Running, std::net::SocketAddr), Failure> {
    let settings = &opened.shared.settings;
    let listeners = Listeners::bind(settings)?;
    let address = listeners.public.address;
    Ok((start(opened, listeners, axum::Router::new())?, address))
}

/// The name of an invented customer.
fn customer(number: u32) -> Result<Subject, Failure> {
    Ok(Subject::Customer(CustomerId::parse(&format!("customer-{number:06}")).or_fail("customer")?))
}

/// Writes both consents of people down.
fn consent(engine: &mut Engine, people: &[Subject], now: Timestamp) -> Result<(), Failure> {
    let failed = "the consents cannot be written";
    for name in people {
        for purpose in [PurposeName::Personalization, PurposeName::SharedLearning] {
            let basis = (purpose, "invented customer of a bench");
            engine.assert_basis(name, basis, &setting(engine, now)).or_fail(failed)?;
        }
    }
    settle(engine, now).or_fail(failed)
}
