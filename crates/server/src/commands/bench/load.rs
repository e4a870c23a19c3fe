//! The real server at rising request rates, over real sockets, the client on the same machine.
//!
//! *Closed*: each connection sends its next request when the answer to the last one is there, so
//! the rate is what the server makes of so many connections. *Open*: requests are due at a constant
//! rate whatever the server does, and a latency counts from the moment at which a request was due,
//! not from when a busy client got round to sending it; a server that stalls pays for everyone who
//! waited (no coordinated omission). The rate rises until the server no longer keeps up.
//!
//! Client and server are one process and share the machine's cores. What others do on it disturbs
//! every figure but the processor time per request, so each row is the best of several rounds.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Args;

use crate::clock::Stopwatch;
use crate::commands::bench::http::{Client, quoted, request};
use crate::commands::bench::recommend::{Recommend, Visit, moments};
use crate::commands::bench::report::{cpu_ms, per_second, rank};
use crate::commands::bench::serve;
use crate::commands::{Failure, OrFail as _, say};
use crate::opening::Opened;

/// Connections of the closed loops.
const CONNECTIONS: [usize; 5] = [1, 2, 4, 8, 16];
/// Connections of the open loops.
const OPEN_CONNECTIONS: usize = 8;
/// Requests a second of the open loops.
const RATES: [u64; 12] =
    [1_000, 2_500, 5_000, 10_000, 15_000, 20_000, 25_000, 30_000, 35_000, 40_000, 50_000, 60_000];
/// A server that answers less than so many of a hundred requests in time has had enough.
const KEPT_PERCENT: u64 = 97;
/// Time to connect before the first request is due, in nanoseconds.
const BEGIN_NS: u64 = 20_000_000;
/// Distinct requests, at most.
const REQUESTS_MAX: usize = 20_000;

/// What of the load is measured.
#[derive(Clone, Debug, Args)]
pub struct Load {
    /// Replays visits against the served shop at rising rates instead.
    #[arg(long, conflicts_with = "interactions")]
    pub http_load: bool,
    /// Visits to replay, read like the file of `--train`; the learned ones when missing.
    #[arg(long, requires = "http_load")]
    pub replay: Option<PathBuf>,
    /// Seconds of a row.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub seconds: u64,
    /// Rounds of a row, of which the best is printed.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub rounds: u32,
}

/// When requests are sent.
#[derive(Clone, Copy, Debug)]
enum Pace {
    Closed,
    Open { per_second: u64 },
}

/// One row of the table.
#[derive(Clone, Debug)]
struct Row {
    per_second: u64,
    errors: u64,
    /// Processor time per request, client included, in nanoseconds.
    cpu_ns: u64,
    /// Sorted latencies in nanoseconds.
    times: Vec<u64>,
}

/// What one connection saw.
#[derive(Debug, Default)]
struct Seen {
    times: Vec<u64>,
    errors: u64,
    /// When the last answer was there.
    end_ns: u64,
}

/// Measures and prints.
///
/// # Errors
/// A server that does not answer.
pub(crate) fn run(opened: Opened, visits: &[Visit], command: &Recommend) -> Result<(), Failure> {
    let key = opened.shared.api_keys.write_key().to_owned();
    let requests = [("anonymous", false), ("visit", true)]
        .map(|(tier, recent)| (tier, requests(visits, &key, command, recent)));
    let (running, address) = serve(opened)?;
    say(HEAD);
    for (tier, requests) in &requests {
        let load = Measured { address, requests, load: &command.load };
        for connections in CONNECTIONS {
            let row = load.best(Pace::Closed, connections)?;
            say(line(tier, Pace::Closed, connections, &row));
        }
        for rate in RATES {
            let pace = Pace::Open { per_second: rate };
            let row = load.best(pace, OPEN_CONNECTIONS)?;
            say(line(tier, pace, OPEN_CONNECTIONS, &row));
            if row.per_second * 100 < rate * KEPT_PERCENT {
                break;
            }
        }
    }
    running.stop().map(|_| ()).ok_or_else(|| Failure::new("the writer died"))
}

const HEAD: &str = "tier      loop   connections   due/s answered/s  \
p50 us  p90 us   p99 us p99.5 us   max us  errors  cpu us per request";

fn line(tier: &str, pace: Pace, connections: usize, row: &Row) -> String {
    let (pace, due) = match pace {
        Pace::Closed => ("closed", "-".to_owned()),
        Pace::Open { per_second } => ("open", per_second.to_string()),
    };
    let us = |ns: u64| format!("{}.{}", ns / 1_000, ns % 1_000 / 100);
    let at = |per_mille| us(rank(&row.times, per_mille));
    format!(
        "{tier:<9} {pace:<6} {connections:>11} {due:>7} {:>10} {:>7} {:>7} {:>8} {:>8} {:>8} {:>7} {:>19}",
        row.per_second,
        at(500),
        at(900),
        at(990),
        at(995),
        at(1_000),
        row.errors,
        us(row.cpu_ns)
    )
}

/// The requests of visits as a page sends them with the public key: about the item in view, or
/// about it and the items of the visit before it.
fn requests(visits: &[Visit], key: &str, command: &Recommend, recent: bool) -> Vec<Vec<u8>> {
    let steps: usize = visits.iter().map(|visit| visit.items.len()).sum();
    moments(visits, steps.clamp(1, REQUESTS_MAX))
        .map(|(_, seen)| {
            let items: Vec<String> = seen.iter().map(|item| quoted(item.as_str())).collect();
            let item = items.last().cloned().unwrap_or_default();
            let mut path = format!("/v1/recommendations?placement=product&item={item}");
            if recent {
                path.push_str("&recent=");
                path.push_str(&items.join(","));
            }
            path.push_str(&format!("&count={}", command.count));
            request(&path, key, None)
        })
        .collect()
}

/// A server under load.
#[derive(Clone, Copy, Debug)]
struct Measured<'a> {
    address: SocketAddr,
    requests: &'a [Vec<u8>],
    load: &'a Load,
}

impl Measured<'_> {
    /// The round with the most answers a second, or with the least latency at a set rate.
    fn best(self, pace: Pace, connections: usize) -> Result<Row, Failure> {
        let mut best: Option<Row> = None;
        for _ in 0..self.load.rounds {
            let row = self.round(pace, connections)?;
            let better = |known: &Row| match pace {
                Pace::Closed => row.per_second > known.per_second,
                Pace::Open { .. } => rank(&row.times, 990) < rank(&known.times, 990),
            };
            if best.as_ref().is_none_or(better) {
                best = Some(row);
            }
        }
        best.ok_or_else(|| Failure::new("nothing was measured"))
    }

    fn round(self, pace: Pace, connections: usize) -> Result<Row, Failure> {
        let watch = Stopwatch::start();
        let cpu = cpu_ms();
        let seen = thread::scope(|scope| {
            let mut threads = Vec::new();
            for number in 0..connections {
                let place = (number, connections);
                let work = move || self.connection(pace, place, watch);
                let name = format!("client-{number}");
                let thread = thread::Builder::new().name(name).spawn_scoped(scope, work);
                threads.push(thread.or_fail("a client thread cannot be started")?);
            }
            let ended = threads.into_iter().map(|thread| {
                thread.join().map_err(|_| Failure::new("a client thread panicked"))?
            });
            ended.collect::<Result<Vec<Seen>, Failure>>()
        })?;
        let cpu_ms = cpu_ms().saturating_sub(cpu);
        let mut times: Vec<u64> = seen.iter().flat_map(|one| one.times.iter().copied()).collect();
        times.sort_unstable();
        let answered = times.len() as u64;
        let end = seen.iter().map(|one| one.end_ns).max().unwrap_or(0);
        let errors = seen.iter().map(|one| one.errors).sum();
        let per_second = per_second(answered, end.saturating_sub(BEGIN_NS));
        let cpu_ns = cpu_ms * 1_000_000 / answered.max(1);
        Ok(Row { per_second, errors, cpu_ns, times })
    }

    /// What one of several connections does.
    fn connection(
        self,
        pace: Pace,
        (number, all): (usize, usize),
        watch: Stopwatch,
    ) -> Result<Seen, Failure> {
        wake_in_time();
        let mut client = Client::connect(self.address)?;
        let mut seen = Seen::default();
        let end = BEGIN_NS + self.load.seconds * 1_000_000_000;
        // Each connection begins elsewhere.
        let start = number * self.requests.len() / all;
        let mut requests = self.requests.iter().cycle().skip(start);
        for turn in 0_u64.. {
            let due = match pace {
                Pace::Closed => watch.ns().max(BEGIN_NS),
                Pace::Open { per_second } => {
                    let turn = turn * all as u64 + number as u64;
                    BEGIN_NS + turn * 1_000_000_000 / per_second.max(1)
                }
            };
            if due >= end {
                break;
            }
            wait(watch, due);
            let Some(request) = requests.next() else { break };
            seen.errors += u64::from(client.exchange(request)?.status != 200);
            seen.end_ns = watch.ns();
            seen.times.push(seen.end_ns.saturating_sub(due));
        }
        Ok(seen)
    }
}

#[expect(clippy::disallowed_methods, reason = "an arrival at a set time is what is measured")]
fn wait(watch: Stopwatch, due: u64) {
    let early = due.saturating_sub(watch.ns());
    if early > 0 {
        thread::sleep(Duration::from_nanos(early));
    }
}

/// Linux lets a thread oversleep by 50 microseconds unless it asks for less; elsewhere nothing
/// happens, and latencies are that much greater.
fn wake_in_time() {
    if let Ok(thread) = std::fs::read_link("/proc/thread-self")
        && let Some(number) = thread.file_name().and_then(|name| name.to_str())
    {
        std::fs::write(format!("/proc/{number}/timerslack_ns"), "1").ok();
    }
}
