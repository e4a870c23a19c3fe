//! Erasures and access packages of typical customers while the server is under load.
//!
//! A shop of invented customers is filled: everybody said yes to both purposes and looked around
//! once; a sample of them has two visits and an order more. Then, while one thread records events
//! and another asks for recommendations, customers of the sample are erased one after the other:
//! every step, from the request to the signed receipt. Each receipt is verified, and each person
//! looked up again. Access packages of others are made in the same way, with the archive.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use clap::Args;
use domain::catalog::Item;
use domain::event::Action;
use domain::id::ItemId;
use domain::time::Timestamp;
use ingest::import::rows::ImportRow;
use personal::subject::Subject;
use recommend::placement::shipped::PRODUCT;
use rights::machine::Verification;
use rights::plan::Scope;
use rights::receipt::{public_key, verify};
use testkit::random::Random;

use crate::access::{archive, package};
use crate::answer::Ask;
use crate::circumstances::Circumstances;
use crate::clock::Stopwatch;
use crate::commands::bench::report::{peak_memory, per_second, rank, resident_bytes};
use crate::commands::bench::{consent, customer, folder, open};
use crate::commands::evaluate::words::millis;
use crate::commands::{Failure, OrFail as _, progress, say};
use crate::engine::forgetting::ErasureRequest;
use crate::engine::recording::Claim;
use crate::engine::staging::Arrival;
use crate::engine::visits::Sender;
use crate::path;
use crate::shared::Shared;
use crate::writer::Writer;

/// Items of the shop.
const ITEMS: u32 = 2_000;
/// Views of a visit.
const VIEWS: u32 = 5;
/// Events that are written at once.
const BATCH: usize = 2_000;
/// Events of one command of the load.
const LOAD_BATCH: usize = 100;
/// An erasure at the median, and an access package at most, in nanoseconds.
const AIMS_NS: (u64, u64) = (1_000_000_000, 5_000_000_000);

/// Erasures and access packages under load.
#[derive(Clone, Debug, Args)]
pub struct Rights {
    /// Customers of the shop.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    pub customers: u32,
    /// Customers who are erased, and as many who get their package.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub sample: u32,
    /// Where the files are written; a folder in memory would measure nothing.
    #[arg(long)]
    pub dir: Option<PathBuf>,
}

/// What the load did meanwhile.
#[derive(Debug, Default)]
struct Load {
    over: AtomicBool,
    events: AtomicU64,
    answers: AtomicU64,
}

/// What was measured, in nanoseconds.
#[derive(Debug, Default)]
struct Measured {
    erasures: Vec<u64>,
    packages: Vec<u64>,
    rows: u64,
    ns: u64,
}

/// Measures and prints.
///
/// # Errors
/// A folder that cannot be used; a step that was not proven; an aim that was missed.
pub fn run(command: &Rights) -> Result<(), Failure> {
    let folder = folder(command.dir.as_ref())?;
    let mut opened = open(folder.path())?;
    let people: Result<Vec<Subject>, _> = (0..command.customers).map(customer).collect();
    let people = people?;
    let watch = Stopwatch::start();
    fill(&mut opened.engine, &people, command.sample)?;
    let shared = Arc::clone(&opened.shared);
    say(format!(
        "shop            {} customers, {} visits in the model, filled in {}",
        people.len(),
        shared.taught().model.index().sessions(),
        millis(watch.ns())
    ));
    say(format!("memory          {} MiB now", resident_bytes() >> 20));
    let (writer, thread) = Writer::start(opened.engine).or_fail("the writer cannot be started")?;
    let load = Load::default();
    let sample = usize::try_from(command.sample).unwrap_or(usize::MAX);
    let (asking, others) = people.split_at((2 * sample).min(people.len()));
    let measured = under_load(&writer, &shared, (asking, others), &load);
    writer.stop();
    drop(thread.join().map_err(|_| Failure::new("the writer died"))?);
    print(&mut measured?, &load)
}

fn print(measured: &mut Measured, load: &Load) -> Result<(), Failure> {
    let Measured { erasures, packages, rows, ns } = measured;
    let count = erasures.len() as u64;
    say(format!(
        "load            {} events and {} recommendations a second meanwhile",
        per_second(load.events.load(Ordering::Relaxed), *ns),
        per_second(load.answers.load(Ordering::Relaxed), *ns)
    ));
    for (what, times) in [("erasure", &mut *erasures), ("access package", &mut *packages)] {
        times.sort_unstable();
        let at = |per_mille| millis(rank(times, per_mille));
        say(format!(
            "{what:<15} p50 {}  p99 {}  max {}  ({} times)",
            at(500),
            at(990),
            at(1_000),
            times.len()
        ));
    }
    say(format!(
        "proven          {count} receipts verified, {rows} rows went, nobody is known any more"
    ));
    say(format!("peak memory     {}", peak_memory()));
    let missed = rank(erasures, 500) > AIMS_NS.0 || rank(packages, 1_000) > AIMS_NS.1;
    match missed {
        true => Err(Failure::new("the aim was missed: 1 s at the median, and 5 s for a package")),
        false => Ok(()),
    }
}

fn item(number: u32) -> Result<ItemId, Failure> {
    ItemId::parse(&format!("item-{number:05}")).or_fail("item")
}

/// Everybody looks around once; the sample comes twice more and buys.
fn fill(
    engine: &mut crate::engine::Engine,
    people: &[Subject],
    sample: u32,
) -> Result<(), Failure> {
    let now = engine.shared.clock.now();
    let items: Result<Vec<Item>, Failure> =
        (0..ITEMS).map(|number| Ok(Item::new(item(number)?, format!("Item {number}")))).collect();
    engine.put_items(items?, now).or_fail("the catalog cannot be written")?;
    let bar = progress(people.len() as u64, "customers");
    let mut random = Random::from_seed(1);
    let sample = usize::try_from(sample).unwrap_or(usize::MAX).saturating_mul(2);
    for (number, some) in people.chunks(1_000).enumerate() {
        consent(engine, some, now)?;
        let mut batch = Vec::new();
        for (place, name) in some.iter().enumerate() {
            let visits = if number * 1_000 + place < sample { 3 } else { 1 };
            for visit in 0..visits {
                visited(&mut batch, (name, visit), now, &mut random)?;
            }
        }
        for events in batch.chunks(BATCH) {
            record(engine, events, now)?;
        }
        bar.inc(some.len() as u64);
    }
    bar.finish_and_clear();
    engine.tick(now).or_fail("the writer's round failed")
}

type Seen = (Subject, ItemId, Timestamp, Action, String);

/// One visit of a day before, so that it is closed when it was read.
fn visited(
    batch: &mut Vec<Seen>,
    (name, visit): (&Subject, u32),
    now: Timestamp,
    random: &mut Random,
) -> Result<(), Failure> {
    let began = now.plus_ms(-(i64::from(visit) + 1) * 20 * 60 * 60 * 1_000);
    for view in 0..VIEWS {
        let bought = visit == 1 && view + 1 == VIEWS;
        let action = if bought { Action::Purchase } else { Action::View };
        let at = began.plus_ms(i64::from(view) * 60_000);
        let message = format!("{visit}-{view}-{:08x}", random.below(u32::MAX));
        batch.push((name.clone(), item(random.below(ITEMS))?, at, action, message));
    }
    Ok(())
}

fn record(
    engine: &mut crate::engine::Engine,
    events: &[Seen],
    now: Timestamp,
) -> Result<(), Failure> {
    let circumstances = Circumstances::of(engine.shared.law(now.day()));
    let arrival = Arrival { received: now, sender: Sender::Shop, circumstances };
    for (name, item, at, action, message) in events {
        let (customer, session, order) = (None, None, None);
        let row =
            ImportRow { customer, session, item: item.clone(), at: *at, order, action: *action };
        let claim = Claim { name: name.clone(), source: "bench", arrival };
        path::record(engine, row.into_event(message.clone()), &claim).or_fail("an event")?;
    }
    engine.commit_staged(now).or_fail("the events cannot be written")
}

/// Measures while two threads keep the server busy.
fn under_load(
    writer: &Writer,
    shared: &Arc<Shared>,
    (asking, others): (&[Subject], &[Subject]),
    load: &Load,
) -> Result<Measured, Failure> {
    std::thread::scope(|scope| {
        let named = |name: &str| std::thread::Builder::new().name(name.to_owned());
        let sending = named("events").spawn_scoped(scope, || send(writer, shared, others, load));
        let sending = sending.or_fail("no thread")?;
        let asked = named("answers").spawn_scoped(scope, || ask(shared, others, load));
        let asked = asked.or_fail("no thread")?;
        while load.events.load(Ordering::Relaxed) == 0 && !sending.is_finished() {
            std::thread::yield_now();
        }
        let measured = measure(writer, shared, asking);
        load.over.store(true, Ordering::Relaxed);
        sending.join().map_err(|_| Failure::new("the load died"))??;
        asked.join().map_err(|_| Failure::new("the load died"))?;
        measured
    })
}

fn measure(writer: &Writer, shared: &Arc<Shared>, asking: &[Subject]) -> Result<Measured, Failure> {
    let mut measured = Measured::default();
    let key = public_key(&shared.ring.receipt_seed());
    let (packed, erased) = asking.split_at(asking.len() / 2);
    let whole = Stopwatch::start();
    let bar = progress(asking.len() as u64, "requests");
    for name in packed {
        let (name, shared) = (name.clone(), Arc::clone(shared));
        let watch = Stopwatch::start();
        let made = writer.run_waiting(move |engine, now| {
            let data = engine.own_data(&name, ("access", Verification::SecretKey), now)?;
            Ok(package(&shared, &name, &data, now))
        });
        let archive = archive::zip(&made.or_fail("an access package failed")?);
        measured.packages.push(watch.ns());
        archive.or_fail("an access package cannot be packed")?;
        bar.inc(1);
    }
    for name in erased {
        let how = Verification::SecretKey;
        let request = ErasureRequest { name: name.clone(), scope: Scope::Everything, how };
        let watch = Stopwatch::start();
        let receipt = writer.run_waiting(move |engine, now| path::forget(engine, &request, now));
        let receipt = receipt.or_fail("an erasure failed")?;
        measured.erasures.push(watch.ns());
        let json = receipt.to_json().or_fail("receipt")?;
        let payload = verify(&json, Some(&key)).or_fail("a receipt does not verify")?;
        let rows: u64 = payload.deleted.iter().map(|table| table.rows).sum();
        measured.rows += rows;
        gone(writer, name, rows)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    measured.ns = whole.ns();
    Ok(measured)
}

/// Nothing that an erasure deletes is there any more, and something was.
fn gone(writer: &Writer, name: &Subject, rows: u64) -> Result<(), Failure> {
    let who = name.clone();
    let again = writer.run_waiting(move |engine, now| engine.preview(&who, Scope::Everything, now));
    let again = again.or_fail("the person cannot be looked up")?;
    let left = again.goes.iter().filter_map(|one| one.count).sum::<u64>();
    match rows > 0 && left == 0 {
        true => Ok(()),
        false => Err(Failure::new("an erasure left something, or there was nothing to erase")),
    }
}

fn send(writer: &Writer, shared: &Shared, others: &[Subject], load: &Load) -> Result<(), Failure> {
    let mut random = Random::from_seed(2);
    let mut sent = 0_u64;
    while !load.over.load(Ordering::Relaxed) {
        let now = shared.clock.now();
        let circumstances = Circumstances::of(shared.law(now.day()));
        let arrival = Arrival { received: now, sender: Sender::Shop, circumstances };
        let mut batch = Vec::with_capacity(LOAD_BATCH);
        for _ in 0..LOAD_BATCH {
            let name = random.pick(others).cloned().ok_or_else(|| Failure::new("nobody"))?;
            let event =
                super::ingest::event(item(random.below(ITEMS))?, now, format!("load-{sent}"));
            batch.push((event, Claim { name, source: "load", arrival }));
            sent += 1;
        }
        writer.record_waiting(batch).or_fail("the load was not taken")?;
        load.events.fetch_add(LOAD_BATCH as u64, Ordering::Relaxed);
    }
    Ok(())
}

fn ask(shared: &Shared, others: &[Subject], load: &Load) {
    let mut random = Random::from_seed(3);
    let Some(placement) = shared.settings.placements.get(PRODUCT) else { return };
    while !load.over.load(Ordering::Relaxed) {
        let now = shared.clock.now();
        let circumstances = Circumstances::of(shared.law(now.day()));
        let subject = random.pick(others).map(|name| shared.ring.subject_ref(name));
        let ask = Ask { subject, count: 10, ..Ask::new(Arc::clone(placement), circumstances) };
        drop(path::recommend(shared, &ask, now));
        load.answers.fetch_add(1, Ordering::Relaxed);
    }
}
