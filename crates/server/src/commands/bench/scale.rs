//! How the shared model grows: memory, restart, learning, unlearning and answers from 10^5 to
//! 10^8 invented interactions, in process, without store and consent checks.
//!
//! The sessions come from [`recommend::synthetic`], one at a time. A restart is measured as what a
//! server does with rows that it has decoded: all sessions in an order that has nothing to do with
//! time are learned at once and packed, into the session index alone and into a whole model with
//! its popularity; the time that inventing them takes alone is subtracted. Bytes per interaction
//! are what the packed index says of itself, and beside it by how much the process grew when the
//! index alone was built, with the memory that the allocator keeps after sorting.

use std::path::PathBuf;

use clap::Args;
use domain::catalog::Item;
use recommend::answer::{self, Query};
use recommend::index::{ClosedSession, SessionIndex};
use recommend::items::ItemNo;
use recommend::model::Model;
use recommend::neighbors::settings::ScorerSettings;
use recommend::neighbors::{Scorers, Walk, Wanted};
use recommend::scratch::Scratch;
use recommend::settings::Settings;
use recommend::synthetic::{Sessions, Shop};
use serde::Serialize;

use crate::clock::Stopwatch;
use crate::commands::bench::growth;
use crate::commands::bench::report::{peak_memory, rank, resident_bytes};
use crate::commands::{Failure, OrFail as _, say};

/// The least number of interactions of the table.
const LEAST: u64 = 100_000;
/// Interactions at which the catalog and the list grow.
const MIDDLE: u64 = 1_000_000;

/// What of the scale is measured.
#[derive(Clone, Debug, Args)]
pub struct Scale {
    /// Invented interactions, at most: measures 10^5, 10^6 and so on up to this number instead of
    /// a shop's visits. 10^8 takes about six gigabytes while it is built.
    #[arg(long, value_parser = clap::value_parser!(u64).range(LEAST..=100_000_000))]
    pub interactions: Option<u64>,
    /// Prints the rows as JSON.
    #[arg(long, requires = "interactions")]
    pub json: bool,
    /// Draws how the cost of an answer grows into this file (SVG).
    #[arg(long, requires = "interactions", value_name = "FILE")]
    pub growth: Option<PathBuf>,
}

/// One row: what was varied, how large the shop was and what it took.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Row {
    pub(crate) varied: &'static str,
    pub(crate) list: usize,
    pub(crate) interactions: u64,
    pub(crate) sessions: u32,
    pub(crate) subjects: usize,
    pub(crate) items: usize,
    pub(crate) index_ms: u64,
    pub(crate) restart_ms: u64,
    pub(crate) compact_ms: u64,
    pub(crate) bytes: u64,
    pub(crate) resident_bytes: Option<u64>,
    pub(crate) learn_ns: Times,
    pub(crate) unlearn_ns: Times,
    pub(crate) unlearned_sessions: usize,
    pub(crate) vmis_ns: Times,
    pub(crate) answer_ns: Times,
}

/// Times by nearest rank.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Times {
    pub(crate) p50: u64,
    pub(crate) p90: u64,
    pub(crate) p99: u64,
    #[serde(rename = "p99.5")]
    pub(crate) p99_5: u64,
}

impl Times {
    fn of(mut times: Vec<u64>) -> Self {
        times.sort_unstable();
        let at = |per_mille| rank(&times, per_mille);
        Self { p50: at(500), p90: at(900), p99: at(990), p99_5: at(995) }
    }
}

/// Measures and prints.
///
/// # Errors
/// A model that cannot be made.
pub fn run(command: &Scale, answers: u32, count: u16, passes: u32) -> Result<(), Failure> {
    let most = command.interactions.unwrap_or(LEAST);
    let usual = Measured { answers, list: usize::from(count), passes };
    let mut rows = Vec::new();
    if !command.json {
        say(HEAD);
    }
    let mut add = |row: Row| {
        if !command.json {
            say(line(&row));
        }
        rows.push(row);
    };
    let mut interactions = LEAST;
    while interactions <= most {
        add(measure("interactions", Shop::of(1, interactions), usual)?);
        interactions *= 10;
    }
    let middle = Shop::of(1, MIDDLE.min(most));
    for items in [middle.items / 10, middle.items, middle.items * 10] {
        add(measure("items", Shop { items, ..middle }, usual)?);
    }
    for list in [5, 10, 20, 50] {
        add(measure("list", middle, Measured { list, ..usual })?);
    }
    if let Some(path) = &command.growth {
        std::fs::write(path, growth::draw(&rows)).or_fail("the drawing cannot be written")?;
    }
    if command.json {
        say(serde_json::to_string_pretty(&rows).or_fail("the rows cannot be written")?);
    } else {
        say(format!("peak memory   {}", peak_memory()));
    }
    Ok(())
}

#[derive(Clone, Copy, Debug)]
struct Measured {
    answers: u32,
    list: usize,
    passes: u32,
}

const HEAD: &str = "                                                     bytes per i.        \
ready after, s       learn us      unlearn us        VMIS-kNN us            answer us
varied       list interactions   sessions   items  index  held  index model pack   p50   p99    \
p50    p99     p50   p90  p99.5     p50   p90  p99.5";

fn line(row: &Row) -> String {
    let per = |bytes: u64| decimal(bytes * 100 / row.interactions.max(1), 100);
    let held = row.resident_bytes.map_or_else(|| "-".to_owned(), per);
    let seconds = |ms: u64| decimal(ms / 10, 100);
    let us = |ns: u64| decimal(ns / 100, 10);
    format!(
        "{:<12} {:>4} {:>12} {:>10} {:>7} {:>6} {:>5} {:>6} {:>5} {:>4} {:>5} {:>5} {:>6} {:>6} \
         {:>7} {:>5} {:>6} {:>7} {:>5} {:>6}",
        row.varied,
        row.list,
        row.interactions,
        row.sessions,
        row.items,
        per(row.bytes),
        held,
        seconds(row.index_ms),
        seconds(row.restart_ms),
        seconds(row.compact_ms),
        us(row.learn_ns.p50),
        us(row.learn_ns.p99),
        us(row.unlearn_ns.p50),
        us(row.unlearn_ns.p99),
        us(row.vmis_ns.p50),
        us(row.vmis_ns.p90),
        us(row.vmis_ns.p99_5),
        us(row.answer_ns.p50),
        us(row.answer_ns.p90),
        us(row.answer_ns.p99_5),
    )
}

/// A number of hundredths or tenths with its decimals.
fn decimal(parts: u64, whole: u64) -> String {
    let width = if whole == 100 { 2 } else { 1 };
    format!("{}.{:0width$}", parts / whole, parts % whole)
}

fn measure(varied: &'static str, shop: Shop, how: Measured) -> Result<Row, Failure> {
    let stream = shop.sessions();
    let watch = Stopwatch::start();
    let interactions = shuffled(&stream).map(|session| session.items.len() as u64).sum();
    let inventing = watch.ns();
    let (index_ms, held) = index_alone(&stream, inventing)?;
    let mut model = described(&shop)?;
    model.advance(stream.session(shop.sessions).at.day());
    let watch = Stopwatch::start();
    model.learn_all(shuffled(&stream)).or_fail("the sessions cannot be learned")?;
    let restart_ms = watch.ns().saturating_sub(inventing) / 1_000_000;
    let index = model.index();
    let (bytes, sessions) = (index.bytes(), index.sessions());
    let (subjects, items) = (index.subjects(), index.items());
    let (vmis_ns, answer_ns) = asked(&model, &stream, how);
    let learn_ns = learned(&model, &stream, how.passes)?;
    let (unlearn_ns, unlearned_sessions) = unlearned(&model, &shop, how.passes);
    let watch = Stopwatch::start();
    let packed = model.compacted().is_some_and(|compacted| model.install(compacted));
    let compact_ms = watch.ns() / 1_000_000;
    if !packed {
        return Err(Failure::new("the index could not be packed"));
    }
    Ok(Row {
        varied,
        list: how.list,
        interactions,
        sessions,
        subjects,
        items,
        index_ms,
        restart_ms,
        compact_ms,
        bytes,
        // Later rows find memory that earlier ones gave back, and would seem to hold less.
        resident_bytes: (varied == "interactions").then_some(held),
        learn_ns,
        unlearn_ns,
        unlearned_sessions,
        vmis_ns,
        answer_ns,
    })
}

/// Builds the session index alone: milliseconds, and by how much the process grew.
fn index_alone(stream: &Sessions, inventing: u64) -> Result<(u64, u64), Failure> {
    let items = stream.shop().catalog();
    let before = resident_bytes();
    let mut index = SessionIndex::new();
    let watch = Stopwatch::start();
    let learned = index.learn_all(&items, shuffled(stream), u64::MAX);
    let ms = watch.ns().saturating_sub(inventing) / 1_000_000;
    learned.or_fail("the sessions cannot be learned")?;
    Ok((ms, resident_bytes().saturating_sub(before)))
}

/// A model that knows the catalog.
fn described(shop: &Shop) -> Result<Model, Failure> {
    let settings = Settings { bytes_max: u64::MAX, ..Settings::default() };
    let mut model = Model::new(settings).or_fail("model")?;
    for number in 0..shop.items {
        let id = shop.item(number).ok_or_else(|| Failure::new("an item has no id"))?;
        let mut item = Item::new(id, format!("Item {number}"));
        item.categories = vec![format!("Topic {}", number % 100)];
        model.declare(&item);
    }
    Ok(model)
}

/// All sessions in an order that has nothing to do with time, as a store gives them by row id.
fn shuffled(stream: &Sessions) -> impl Iterator<Item = ClosedSession> {
    let sessions = u64::from(stream.shop().sessions.max(1));
    // Steps of about the golden section meet every place when they share no factor with the count.
    let mut step = sessions * 618 / 1_000 + 1;
    while greatest_divisor(step, sessions) > 1 {
        step += 1;
    }
    (0..sessions)
        .map(move |turn| stream.session(u32::try_from(turn * step % sessions).unwrap_or_default()))
}

/// The greatest number that divides both (Euclid).
fn greatest_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_divisor(b, a % b) }
}

/// Times of VMIS-kNN alone and of whole answers, for visits after the last learned session, never
/// the same one for both, so that neither finds the memory warm; of each the least of all passes.
fn asked(model: &Model, stream: &Sessions, how: Measured) -> (Times, Times) {
    let mut alone = vec![u64::MAX; how.answers as usize];
    let mut whole = alone.clone();
    let mut scratch = Scratch::new();
    let supporters_min = model.settings().supporters_min;
    let wanted = Wanted { count: how.list, supporters_min, exclude: &[] };
    let scorers = Scorers::new(&[ScorerSettings::vmis()]);
    let now = model.popularity().today().plus(1).start();
    let walk = Walk { index: model.index(), items: model.items(), scorers: &scorers, now };
    for _ in 0..how.passes {
        for (turn, (alone, whole)) in (0..).zip(alone.iter_mut().zip(&mut whole)) {
            let visit = visit_after(stream, turn);
            let watch = Stopwatch::start();
            std::hint::black_box(walk.rank(&visit, &wanted, &mut scratch));
            *alone = watch.ns().min(*alone);
            let visit = visit_after(stream, turn + how.answers);
            let query = Query { visit: &visit, count: how.list, ..Query::default() };
            let watch = Stopwatch::start();
            std::hint::black_box(answer::recommend(model, &query, &mut scratch));
            *whole = watch.ns().min(*whole);
        }
    }
    (Times::of(alone), Times::of(whole))
}

/// The newest items of a visit after the last learned session.
fn visit_after(stream: &Sessions, turn: u32) -> Vec<ItemNo> {
    let mut items = stream.session(stream.shop().sessions + turn).items;
    items.drain(..items.len().saturating_sub(NEWEST));
    items
}

/// Times of sessions that close one after the other, after the last learned one; of each the
/// least of all passes, each on a copy.
fn learned(model: &Model, stream: &Sessions, passes: u32) -> Result<Times, Failure> {
    let mut times = vec![u64::MAX; LEARNED as usize];
    for _ in 0..passes {
        let mut model = model.clone();
        for (turn, least) in (0..).zip(&mut times) {
            let session = stream.session(stream.shop().sessions + turn);
            let watch = Stopwatch::start();
            model.learn(session).or_fail("a session cannot be learned")?;
            *least = watch.ns().min(*least);
        }
    }
    Ok(Times::of(times))
}

/// Times of people who are forgotten, spread over all, the same way; how many sessions they had.
fn unlearned(model: &Model, shop: &Shop, passes: u32) -> (Times, usize) {
    let mut times = vec![u64::MAX; UNLEARNED as usize];
    let mut sessions = 0;
    for _ in 0..passes {
        let mut model = model.clone();
        sessions = 0;
        for (turn, least) in (0_u64..).zip(&mut times) {
            let number = turn * u64::from(shop.subjects()) / u64::from(UNLEARNED);
            let subject = shop.subject(u32::try_from(number).unwrap_or_default());
            let watch = Stopwatch::start();
            sessions += model.unlearn_subject(subject);
            *least = watch.ns().min(*least);
        }
    }
    (Times::of(times), sessions)
}

/// Items of a visit that a request names.
const NEWEST: usize = 9;
/// Sessions that are learned one by one.
const LEARNED: u32 = 2_000;
/// People who are unlearned.
const UNLEARNED: u32 = 1_000;
