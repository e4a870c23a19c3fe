//! The erasure of one typical customer while events of others come in.
//!
//! The files of the shop are searched byte by byte: for the customer's id, which must never be
//! there, and for the pseudonyms under which the rows lie, which are there before and must be
//! gone after. Then the shop is opened again, and its model, rebuilt from the rows that are left,
//! must equal the one that unlearned.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use clap::Args;
use domain::id::Pseudonym;
use ingest::import::Kind;
use personal::purpose::PurposeName;
use personal::subject::Subject;
use rights::machine::Verification;
use rights::plan::Scope;
use rights::receipt::{Receipt, ReceiptPayload, public_key, verify};

use crate::circumstances::Circumstances;
use crate::clock::{Clock, Stopwatch};
use crate::commands::bench::ingest::event;
use crate::commands::bench::report::{peak_memory, per_second};
use crate::commands::bench::{folder, open, settings};
use crate::commands::evaluate::words::millis;
use crate::commands::import::gather::{Gathered, PersonRows};
use crate::commands::import::recording::Recording;
use crate::commands::import::report::Report;
use crate::commands::import::source::bytes_bar;
use crate::commands::import::table::{Form, Table};
use crate::commands::{Failure, OrFail as _, say};
use crate::engine::forgetting::ErasureRequest;
use crate::engine::recording::Claim;
use crate::engine::staging::Arrival;
use crate::engine::visits::Sender;
use crate::opening::{self, Opened};
use crate::path;
use crate::shared::Shared;
use crate::writer::Writer;

/// Events of one command of the load.
const LOAD_BATCH: usize = 100;

/// The erasure of one customer while events come in.
#[derive(Clone, Debug, Args)]
pub struct Erasure {
    /// Orders with customers.
    #[arg(long)]
    pub orders: PathBuf,
    /// Where the files are written.
    #[arg(long)]
    pub dir: Option<PathBuf>,
    /// How the file is read.
    #[command(flatten)]
    pub form: Form,
}

/// What the erasure left.
struct Erased {
    receipt: Receipt,
    ns: u64,
    load: u64,
}

/// Measures and prints.
///
/// # Errors
/// A file or folder that cannot be used; a trace that was left.
pub fn run(command: &Erasure) -> Result<(), Failure> {
    let folder = folder(command.dir.as_ref())?;
    let data = folder.path().join("data");
    let mut opened = open(folder.path())?;
    let (person, others) = fill(&mut opened, command)?;
    let name = person.subject();
    let rows: usize = person.visits.iter().map(|(_, rows)| rows.len()).sum();
    say(format!("the typical customer has {rows} rows in {} orders", person.visits.len()));
    let marks = marks(&opened.shared, &name);
    let before = found(&data, &marks)?;
    let shared = std::sync::Arc::clone(&opened.shared);
    let sessions = shared.taught().model.index().sessions();
    let (writer, thread) = Writer::start(opened.engine).or_fail("the writer cannot be started")?;
    let outcome = erase_under_load(&writer, &shared, (&name, &others));
    writer.stop();
    let mut engine = thread.join().map_err(|_| Failure::new("the writer died"))?;
    let erased = outcome?;
    let payload = verified(&erased.receipt, &shared)?;
    say(format!(
        "erased in           {}, under {} events a second",
        millis(erased.ns),
        per_second(erased.load, erased.ns)
    ));
    let rows: u64 = payload.deleted.iter().map(|table| table.rows).sum();
    say(format!(
        "receipt             verified; {rows} rows, {} keys, {} sessions unlearned of {sessions}",
        payload.keys_destroyed, payload.model.sessions_unlearned
    ));
    let after = found(&data, &marks)?;
    engine.tick(shared.clock.now()).or_fail("the writer's round failed")?;
    let live = shared.taught().model.canonical_bytes();
    drop(engine);
    drop(shared);
    let left = left_in(&data, &marks, folder.path())?;
    say(format!("customer id         {} times in all files before, {} after", before.0, after.0));
    say(format!(
        "pseudonyms          {} times before, {} after, {left} after compaction",
        before.1, after.1
    ));
    let again = opening::open(settings(folder.path())?, Clock::machine())
        .or_fail("the shop cannot be opened again")?;
    let equal = again.shared.taught().model.canonical_bytes() == live;
    say(format!(
        "model               {} the one rebuilt from the rows that are left, {} bytes",
        if equal { "equals" } else { "DIFFERS from" },
        live.len()
    ));
    say(format!("peak memory         {}", peak_memory()));
    if after.0 + left > 0 || !equal {
        return Err(Failure::new("the erasure left a trace"));
    }
    Ok(())
}

/// Imports the orders; gives the customer in the middle by rows among those whose visits taught
/// the model, and the others.
fn fill(opened: &mut Opened, command: &Erasure) -> Result<(PersonRows, Vec<Subject>), Failure> {
    let bar = bytes_bar(&command.orders, "reading");
    let mut rows = Vec::new();
    let mut gathered = Gathered::default();
    for turn in 0..2 {
        let table = command.form.open(&command.orders, Kind::Orders, &bar)?;
        let Table::Columns(table) = table else {
            return Err(Failure::new("the file holds no columns"));
        };
        if turn == 0 {
            table.each(|line, columns, row| {
                let row = row.ok().and_then(|row| columns.row(Kind::Orders, row).ok());
                if let Some(row) = row.filter(|row| row.customer.is_some()) {
                    gathered.add(line, row).ok(); // what is refused is refused below as well
                }
                Ok(())
            })?;
        } else {
            rows.push(table);
        }
    }
    let asserted = [PurposeName::Personalization, PurposeName::SharedLearning]
        .map(|purpose| (purpose, "a bench on the shop's own machine".to_owned()));
    let recording = Recording {
        import: "bench".to_owned(),
        file: "bench".to_owned(),
        kind: Kind::Orders,
        asserted: &asserted,
        declare_items: true,
        again: false,
    };
    for table in rows {
        recording.columns(&mut opened.engine, table, &mut Report::default())?;
    }
    bar.finish_and_clear();
    let mut people: Vec<PersonRows> = gathered.into_people().collect();
    let size = |one: &PersonRows| one.visits.iter().map(|(_, rows)| rows.len()).sum::<usize>();
    people.sort_by_key(size);
    if people.len() < 2 {
        return Err(Failure::new("the file names fewer than two customers"));
    }
    let taught: Vec<usize> = (0_usize..)
        .zip(&people)
        .filter(|(_, person)| has_taught(&opened.shared, &person.subject()))
        .map(|(place, _)| place)
        .collect();
    let typical = taught.get(taught.len() / 2).copied().unwrap_or(people.len() / 2);
    let typical = people.remove(typical);
    Ok((typical, people.iter().map(PersonRows::subject).collect()))
}

fn has_taught(shared: &Shared, name: &Subject) -> bool {
    let subject = shared.ring.subject_ref(name);
    let people = shared.people.read();
    let learner = people.get(&subject).and_then(|one| one.pseudonym(PurposeName::SharedLearning));
    let taught = shared.taught();
    learner.is_some_and(|learner| !taught.model.index().sessions_of(learner).is_empty())
}

/// The bytes to look for: the id, and the pseudonyms of purposes that are erased wholly.
struct Traces {
    id: Vec<u8>,
    pseudonyms: Vec<Pseudonym>,
}

fn marks(shared: &Shared, name: &Subject) -> Traces {
    let subject = shared.ring.subject_ref(name);
    let people = shared.people.read();
    let known = people.get(&subject).map(|person| person.pseudonyms.clone()).unwrap_or_default();
    // Evidence of the choices stays for as long as the law asks for proof.
    let erased = known.into_iter().filter(|(purpose, _)| *purpose != PurposeName::LegalProof);
    let pseudonyms = erased.map(|(_, pseudonym)| pseudonym).collect();
    // The first byte of a name says what kind it is.
    let id = name.mac_input().get(1..).unwrap_or_default().to_vec();
    Traces { id, pseudonyms }
}

/// How often the id, and the pseudonyms, stand in the files of a folder.
fn found(dir: &Path, traces: &Traces) -> Result<(usize, usize), Failure> {
    let (mut ids, mut pseudonyms) = (0, 0);
    let failed = "the files of the shop cannot be read";
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).or_fail(failed)? {
            let path = entry.or_fail(failed)?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).or_fail(failed)?;
            // An id of a few digits stands by chance in a random text; bytes around it decide.
            ids += alone(&bytes, &traces.id);
            for pseudonym in &traces.pseudonyms {
                let wanted = pseudonym.as_bytes();
                pseudonyms += bytes.windows(wanted.len()).filter(|part| *part == wanted).count();
            }
        }
    }
    Ok((ids, pseudonyms))
}

/// How often `wanted` stands in `bytes`, not as a part of a longer run of digits or letters.
fn alone(bytes: &[u8], wanted: &[u8]) -> usize {
    let part =
        |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    let starts = bytes.windows(wanted.len().max(1)).enumerate();
    starts
        .filter(|(at, part)| *part == wanted && !wanted.is_empty() && *at < bytes.len())
        .filter(|(at, _)| !part(at.checked_sub(1)) && !part(Some(at + wanted.len())))
        .count()
}

/// Erases while another thread records events of other people.
fn erase_under_load(
    writer: &Writer,
    shared: &Shared,
    (name, others): (&Subject, &[Subject]),
) -> Result<Erased, Failure> {
    let (over, load) = (AtomicBool::new(false), AtomicU64::new(0));
    let item = shared.taught().catalog.keys().next().cloned();
    let item = item.ok_or_else(|| Failure::new("the catalog is empty"))?;
    std::thread::scope(|scope| {
        let sender = std::thread::Builder::new().name("load".to_owned()).spawn_scoped(
            scope,
            || -> Result<(), Failure> {
                let mut sent = 0;
                while !over.load(Ordering::Relaxed) {
                    let now = shared.clock.now();
                    let law = shared.law(now.day());
                    let circumstances = Circumstances::of(law);
                    let arrival = Arrival { received: now, sender: Sender::Shop, circumstances };
                    let mut batch = Vec::with_capacity(LOAD_BATCH);
                    for other in others.iter().cycle().skip(sent % others.len()).take(LOAD_BATCH) {
                        let claim = Claim { name: other.clone(), source: "load", arrival };
                        batch.push((event(item.clone(), now, format!("{sent}")), claim));
                        sent += 1;
                    }
                    writer.record_waiting(batch).or_fail("the load was not taken")?;
                    load.fetch_add(LOAD_BATCH as u64, Ordering::Relaxed);
                }
                Ok(())
            },
        );
        let sender = sender.or_fail("no thread")?;
        // The load runs before the erasure begins.
        while load.load(Ordering::Relaxed) == 0 && !sender.is_finished() {
            std::thread::yield_now();
        }
        let begun = load.load(Ordering::Relaxed);
        let request = ErasureRequest {
            name: name.clone(),
            scope: Scope::Everything,
            how: Verification::Operator,
        };
        let watch = Stopwatch::start();
        let receipt = writer.run_waiting(move |engine, now| path::forget(engine, &request, now));
        let ns = watch.ns();
        let load = load.load(Ordering::Relaxed) - begun;
        over.store(true, Ordering::Relaxed);
        sender.join().map_err(|_| Failure::new("the load died"))??;
        Ok(Erased { receipt: receipt.or_fail("the erasure failed")?, ns, load })
    })
}

fn verified(receipt: &Receipt, shared: &Shared) -> Result<ReceiptPayload, Failure> {
    let json = receipt.to_json().or_fail("receipt")?;
    let key = public_key(&shared.ring.receipt_seed());
    verify(&json, Some(&key)).or_fail("the receipt does not verify")
}

/// Compacts the files, as the server does in a quiet hour, and searches them once more.
fn left_in(data: &Path, traces: &Traces, folder: &Path) -> Result<usize, Failure> {
    let settings = settings(folder)?;
    let mut tables = store::sqlite::tables::SqliteTables::open(data, &settings.shop)
        .or_fail("the store cannot be opened")?;
    store::port::Tables::compact(&mut tables).or_fail("the store cannot be compacted")?;
    drop(tables);
    Ok(found(data, traces)?.1)
}

#[cfg(test)]
mod tests;
