//! Durable events a second through the writer, beside the same rows in plain inserts, in turn.

use std::path::PathBuf;

use clap::Args;
use domain::catalog::Item;
use domain::event::Action;
use domain::id::{ItemId, Pseudonym, RowId};
use domain::time::Timestamp;
use ingest::event::Event;
use ingest::import::rows::ImportRow;
use personal::kinds::{HistoryEvent, LearningEvent};
use personal::record::Stored as _;
use personal::row::SealedRow;
use personal::subject::Subject;
use store::baseline::RawBaseline;
use testkit::random::Random;

use crate::chance;
use crate::circumstances::Circumstances;
use crate::clock::Stopwatch;
use crate::commands::bench::http::{Client, request};
use crate::commands::bench::report::{commits, peak_memory, per_second, ratio, waits};
use crate::commands::bench::{consent, customer, folder, open, serve};
use crate::commands::{Failure, OrFail as _, progress, say};
use crate::engine::recording::Claim;
use crate::engine::staging::Arrival;
use crate::engine::visits::Sender;
use crate::shared::Shared;
use crate::writer::Writer;

/// Items that the invented events name.
const ITEMS: u32 = 2_000;

/// Durable events a second, beside plain inserts, and through HTTP.
#[derive(Clone, Debug, Args)]
pub struct Ingest {
    /// Events in process, and as many again through HTTP.
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(1_000..))]
    pub events: u32,
    /// People who send them.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..=500_000))]
    pub customers: u32,
    /// Events of one command or request.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=2_500))]
    pub batch: u32,
    /// Senders at one time.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=256))]
    pub connections: u32,
    /// How often store and plain inserts take turns.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub rounds: u32,
    /// Where the files are written; a folder in memory would measure nothing.
    #[arg(long)]
    pub dir: Option<PathBuf>,
}

type Batch = Vec<(Event, Claim)>;

/// What all rounds together took.
#[derive(Debug, Default)]
struct Totals {
    events: u64,
    rows: u64,
    commits: u64,
    ns: u64,
    raw_ns: u64,
    acknowledged: Vec<u64>,
}

/// Measures and prints.
///
/// # Errors
/// A folder that cannot be used, or events that were not taken.
pub fn run(command: &Ingest) -> Result<(), Failure> {
    let folder = folder(command.dir.as_ref())?;
    let mut opened = open(folder.path())?;
    let now = opened.shared.clock.now();
    let people: Result<Vec<Subject>, _> = (0..command.customers).map(customer).collect();
    let people = people?;
    let items: Result<Vec<Item>, Failure> =
        (0..ITEMS).map(|number| Ok(Item::new(item(number)?, format!("Item {number}")))).collect();
    opened.engine.put_items(items?, now).or_fail("the catalog cannot be written")?;
    for some in people.chunks(1_000) {
        consent(&mut opened.engine, some, now)?;
    }
    let mut raw = RawBaseline::open(folder.path()).or_fail("the plain file cannot be opened")?;
    let (running, address) = serve(opened)?;
    let (writer, shared) = (&running.writer, &running.shared);
    let mut random = Random::from_seed(1);
    let mut totals = Totals::default();
    let bar = progress(u64::from(command.rounds), "rounds");
    for round in 0..command.rounds {
        let batches = batches(command, &people, (round, &mut random), shared)?;
        in_process(writer, batches, command, &mut totals)?;
        let rows = totals.rows / u64::from(round + 1);
        let group = totals.rows / totals.commits.max(1);
        totals.raw_ns += plain(&mut raw, writer, (rows, group), command.customers)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let commit_words = commits(&shared.metrics);
    let key = shared.api_keys.secret_key().to_owned();
    let through_http = through_http(command, (address, &key), &mut random)?;
    say(words(&mut totals, &commit_words));
    say(through_http);
    say(format!("peak memory         {}", peak_memory()));
    running.stop().map(|_| ()).ok_or_else(|| Failure::new("the writer died"))
}

fn item(number: u32) -> Result<ItemId, Failure> {
    ItemId::parse(&format!("item-{number:05}")).or_fail("item")
}

/// The events of one round, as HTTP would hand them over.
fn batches(
    command: &Ingest,
    people: &[Subject],
    (round, random): (u32, &mut Random),
    shared: &Shared,
) -> Result<Vec<Batch>, Failure> {
    let now = shared.clock.now();
    let circumstances = Circumstances::of(shared.law(shared.clock.now().day()));
    let arrival = Arrival { received: now, sender: Sender::Shop, circumstances };
    let count = command.events / command.rounds;
    let mut batches: Vec<Batch> = Vec::new();
    for number in 0..count {
        let name = random.pick(people).cloned().ok_or_else(|| Failure::new("nobody"))?;
        let item = item(random.below(ITEMS))?;
        let event = event(item, now, format!("{round}-{number}"));
        let claim = Claim { name, source: "bench", arrival };
        match batches.last_mut() {
            Some(batch) if (batch.len() as u64) < u64::from(command.batch) => {
                batch.push((event, claim));
            }
            Some(_) | None => batches.push(vec![(event, claim)]),
        }
    }
    Ok(batches)
}

/// One view of one item.
pub(super) fn event(item: ItemId, at: Timestamp, message_id: String) -> Event {
    let (customer, session, order) = (None, None, None);
    ImportRow { customer, session, item, at, order, action: Action::View }.into_event(message_id)
}

/// Sends the batches from several threads and waits until all are durable.
fn in_process(
    writer: &Writer,
    batches: Vec<Batch>,
    command: &Ingest,
    totals: &mut Totals,
) -> Result<(), Failure> {
    let seq = || writer.run_waiting(|engine, _| Ok(engine.seq())).or_fail("the writer stopped");
    let before = seq()?;
    let senders = command.connections as usize;
    let mut shares: Vec<Vec<Batch>> = (0..senders).map(|_| Vec::new()).collect();
    for (share, batch) in (0..senders).cycle().zip(batches) {
        if let Some(share) = shares.get_mut(share) {
            share.push(batch);
        }
    }
    let watch = Stopwatch::start();
    let outcomes = each_in_a_thread(shares, |share| {
        let (mut rows, mut events, mut waits) = (0, 0, Vec::new());
        for batch in share {
            let watch = Stopwatch::start();
            let outcomes = writer.record_waiting(batch).or_fail("events were not taken")?;
            waits.push(watch.ns());
            for outcome in outcomes {
                let taken = outcome.or_fail("an event was not taken")?;
                rows += (taken.serving + taken.teaching) as u64;
                events += 1;
            }
        }
        Ok((rows, events, waits))
    })?;
    totals.ns += watch.ns();
    for (rows, events, waits) in outcomes {
        totals.rows += rows;
        totals.events += events;
        totals.acknowledged.extend(waits);
    }
    totals.commits += seq()? - before;
    Ok(())
}

/// Runs `work` on every share, each in a thread of its own.
pub(super) fn each_in_a_thread<T: Send, R: Send>(
    shares: Vec<T>,
    work: impl Fn(T) -> Result<R, Failure> + Sync,
) -> Result<Vec<R>, Failure> {
    let work = &work;
    std::thread::scope(|scope| {
        let mut threads = Vec::new();
        for share in shares {
            let thread = std::thread::Builder::new()
                .name("sender".to_owned())
                .spawn_scoped(scope, move || work(share))
                .or_fail("no thread")?;
            threads.push(thread);
        }
        let join = |thread: std::thread::ScopedJoinHandle<'_, Result<R, Failure>>| {
            thread.join().map_err(|_| Failure::new("a sender died"))?
        };
        threads.into_iter().map(join).collect()
    })
}

/// Inserts as many rows of the same size, as many per commit; gives the nanoseconds.
fn plain(
    raw: &mut RawBaseline,
    writer: &Writer,
    (count, group): (u64, u64),
    people: u32,
) -> Result<u64, Failure> {
    let sample = writer
        .run_waiting(|engine, _| {
            let mut rows = Vec::new();
            for table in [HistoryEvent::DECLARATION.table, LearningEvent::DECLARATION.table] {
                rows.extend(engine.tables().page(table, None, 1_000)?);
            }
            Ok(rows)
        })
        .or_fail("the writer stopped")?;
    // Two purposes, each with a pseudonym of its own for everybody.
    let mut pseudonyms = Vec::new();
    for _ in 0..u64::from(people) * 2 {
        pseudonyms.push(Pseudonym::from_bytes(chance::bytes().or_fail("random")?));
    }
    let mut random = Random::from_seed(count);
    let mut spent = 0;
    let mut left = count;
    while left > 0 {
        let size = left.min(group.max(1));
        let mut rows: Vec<SealedRow> = Vec::new();
        for like in sample.iter().cycle().take(usize::try_from(size).unwrap_or(0)) {
            let id = RowId::from_bytes(chance::bytes().or_fail("random")?);
            let pseudonym = random.pick(&pseudonyms).copied().unwrap_or(like.pseudonym);
            rows.push(SealedRow { pseudonym, id, ..like.clone() });
        }
        if rows.is_empty() {
            return Err(Failure::new("the store holds no row"));
        }
        let watch = Stopwatch::start();
        raw.insert(&rows).or_fail("plain insert")?;
        spent += watch.ns();
        left -= size;
    }
    Ok(spent)
}

fn words(totals: &mut Totals, commit_words: &str) -> String {
    let Totals { events, rows, commits, ns, raw_ns, acknowledged } = totals;
    let (ours, raw) = (per_second(*rows, *ns), per_second(*rows, *raw_ns));
    let lines = [
        format!("in process          {} durable events a second", per_second(*events, *ns)),
        format!("                    {ours} sealed rows a second"),
        format!("plain inserts       {raw} rows a second, same size, index, durability"),
        format!("ratio               {}", ratio(ours, raw)),
        format!(
            "group               {} events, {} rows a commit, {commits} commits",
            *events / (*commits).max(1),
            *rows / (*commits).max(1)
        ),
        format!("commit              {commit_words}"),
        format!("acknowledged after  {}", waits(acknowledged)),
    ];
    lines.join("\n")
}

/// The same events as requests to `/v1/batch`.
fn through_http(
    command: &Ingest,
    (address, key): (std::net::SocketAddr, &str),
    random: &mut Random,
) -> Result<String, Failure> {
    let each = command.events / command.connections;
    let mut shares = Vec::new();
    for connection in 0..command.connections {
        let mut requests = Vec::new();
        let mut left = each;
        while left > 0 {
            let size = left.min(command.batch);
            let events: Vec<String> = (0..size)
                .map(|number| {
                    let customer = random.below(command.customers);
                    let item = random.below(ITEMS);
                    format!(
                        "{{\"type\":\"track\",\"event\":\"Product Viewed\",\
                         \"messageId\":\"http-{connection}-{left}-{number}\",\
                         \"userId\":\"customer-{customer:06}\",\
                         \"properties\":{{\"product_id\":\"item-{item:05}\"}}}}"
                    )
                })
                .collect();
            let body = format!("{{\"batch\":[{}]}}", events.join(","));
            requests.push((size, request("/v1/batch", key, Some(&body))));
            left -= size;
        }
        shares.push(requests);
    }
    let watch = Stopwatch::start();
    let times = each_in_a_thread(shares, |requests| {
        let mut client = Client::connect(address)?;
        let mut times = Vec::new();
        for (size, request) in requests {
            let watch = Stopwatch::start();
            let answer = client.ask(&request)?;
            times.push(watch.ns());
            let answer: serde_json::Value = serde_json::from_slice(answer).or_fail("answer")?;
            let stored = answer.get("stored").and_then(serde_json::Value::as_u64);
            if stored != Some(u64::from(size)) {
                return Err(Failure::new(format!("{size} events were sent, {stored:?} stored")));
            }
        }
        Ok(times)
    })?;
    let spent = watch.ns();
    let mut times: Vec<u64> = times.into_iter().flatten().collect();
    let events = u64::from(each) * u64::from(command.connections);
    Ok(format!(
        "through HTTP        {} durable events a second, {} connections, {} events a request\n\
         answered after      {}",
        per_second(events, spent),
        command.connections,
        command.batch,
        waits(&mut times)
    ))
}
