//! A restart of a real store: how long a shop of invented visits takes until it can answer.
//!
//! The visits go the way of events of real people: consent written down, every event sealed, the
//! visit closed into one sealed row of the table that the shared model learns from. Then the shop
//! is closed and opened again, as `serve` opens it: keys unwrapped, consents read, every row opened
//! and judged anew, the model learned at once. The operating system still has the files in memory.

use std::path::PathBuf;

use clap::Args;
use domain::catalog::Item;
use domain::event::Action;
use domain::hex;
use domain::time::Timestamp;
use ingest::import::rows::ImportRow;
use personal::purpose::PurposeName;
use personal::subject::{CustomerId, Subject};
use recommend::index::ClosedSession;
use recommend::synthetic::Shop;

use crate::circumstances::Circumstances;
use crate::clock::{Clock, Stopwatch};
use crate::commands::bench::report::{cpu_ms, peak_memory, per_second};
use crate::commands::bench::{folder, settings};
use crate::commands::import::{setting, settle};
use crate::commands::{Failure, OrFail as _, progress, say};
use crate::engine::Engine;
use crate::engine::recording::Claim;
use crate::engine::staging::Arrival;
use crate::engine::visits::Sender;
use crate::opening;
use crate::path;

/// Days over which the visits are spread: fewer than their rows are kept.
const DAYS: u32 = 60;
/// Events of one commit.
const GROUP_EVENTS: usize = 4_096;
const NOT_FILLED: &str = "the store cannot be filled";

/// A restart of a store with invented visits.
#[derive(Clone, Debug, Args)]
pub struct Restart {
    /// Invented interactions, about.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1_000..=100_000_000))]
    pub interactions: u64,
    /// Keeps the people's own histories as well, one more sealed row for each event.
    #[arg(long)]
    pub history: bool,
    /// Restarts, of which the shortest is printed.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub rounds: u32,
    /// Where the temporary store is made.
    #[arg(long)]
    pub dir: Option<PathBuf>,
}

/// Fills, restarts and prints.
///
/// # Errors
/// A folder that cannot be used, or a store that does not come back whole.
pub fn run(command: &Restart) -> Result<(), Failure> {
    let folder = folder(command.dir.as_ref())?;
    let settings = settings(folder.path())?;
    let watch = Stopwatch::start();
    let mut opened = opening::open(settings.clone(), Clock::machine()).or_fail("shop")?;
    let events = fill(&mut opened.engine, command)?;
    let filled = watch.ns();
    let before = opened.shared.taught().model.fingerprint();
    drop(opened);
    let rate = per_second(events, filled);
    say(format!("filled        {events} events in {} s, {rate} a second", seconds(filled)));
    let mut best: Option<(u64, u64)> = None;
    for _ in 0..command.rounds {
        let (watch, cpu) = (Stopwatch::start(), cpu_ms());
        let again = opening::open(settings.clone(), Clock::machine()).or_fail("restart")?;
        let (ns, cpu) = (watch.ns(), cpu_ms().saturating_sub(cpu));
        let taught = again.shared.taught();
        if taught.model.fingerprint() != before {
            return Err(Failure::new("the model is not the one of before the restart"));
        }
        if best.is_none_or(|(least, _)| ns < least) {
            best = Some((ns, cpu));
        }
    }
    let (ns, cpu) = best.unwrap_or_default();
    say(format!(
        "ready after   {} s, {} s of processor time, {} events a second; least of {} restarts",
        seconds(ns),
        seconds(cpu * 1_000_000),
        per_second(events, ns),
        command.rounds
    ));
    say(format!("peak memory   {}, filling included", peak_memory()));
    Ok(())
}

/// Seconds with two decimals.
fn seconds(ns: u64) -> String {
    format!("{}.{:02}", ns / 1_000_000_000, ns % 1_000_000_000 / 10_000_000)
}

fn fill(engine: &mut Engine, command: &Restart) -> Result<u64, Failure> {
    let shop = Shop { days: DAYS, ..Shop::of(1, command.interactions) };
    let now = engine.shared.clock.now();
    let titled = |number| Some(Item::new(shop.item(number)?, format!("Item {number}")));
    let items: Vec<Item> = (0..shop.items).filter_map(titled).collect();
    engine.put_items(items, now).or_fail(NOT_FILLED)?;
    let mut purposes = vec![PurposeName::SharedLearning];
    purposes.extend(command.history.then_some(PurposeName::Personalization));
    let stream = shop.sessions();
    // The last visit ended an hour ago.
    let end = stream.session(shop.sessions).at.ms();
    let bar = progress(u64::from(shop.sessions), "filling");
    let (mut waiting, mut events) = (0, 0_u64);
    for (number, session) in (0_u32..).zip(stream.take(shop.sessions as usize)) {
        let at = Timestamp::from_ms(now.ms() - 3_600_000 - (end - session.at.ms()));
        waiting += visit(engine, (&shop, &session, number), (at, now), &purposes)?;
        if waiting >= GROUP_EVENTS {
            settle(engine, now).or_fail(NOT_FILLED)?;
            events += std::mem::take(&mut waiting) as u64;
        }
        bar.inc(1);
    }
    settle(engine, now).or_fail(NOT_FILLED)?;
    bar.finish_and_clear();
    Ok(events + waiting as u64)
}

/// Stages one visit of somebody who consents; says how many events it had.
fn visit(
    engine: &mut Engine,
    (shop, session, number): (&Shop, &ClosedSession, u32),
    (at, now): (Timestamp, Timestamp),
    purposes: &[PurposeName],
) -> Result<usize, Failure> {
    let name = session.subject.map_or_else(String::new, |subject| hex::encode(subject.as_bytes()));
    let name = Subject::Customer(CustomerId::parse(&name).or_fail("customer")?);
    for purpose in purposes {
        let basis = (*purpose, "invented customer of a bench");
        engine.assert_basis(&name, basis, &setting(engine, now)).or_fail(NOT_FILLED)?;
    }
    let circumstances = Circumstances::of(engine.shared.law(now.day()));
    let arrival = Arrival { received: now, sender: Sender::Shop, circumstances };
    let claim = Claim { name, source: "bench", arrival };
    for (place, item) in (0_i64..).zip(&session.items) {
        let item = shop.item(item.number()).ok_or_else(|| Failure::new(NOT_FILLED))?;
        let at = Timestamp::from_ms(at.ms() + place * 1_000);
        let row = ImportRow {
            customer: None,
            session: None,
            item,
            at,
            order: None,
            action: Action::View,
        };
        let event = row.into_event(format!("{number}-{place}"));
        path::record(engine, event, &claim)
            .map_err(|refused| Failure::new(format!("{NOT_FILLED}: {refused}")))?;
    }
    Ok(session.items.len())
}
