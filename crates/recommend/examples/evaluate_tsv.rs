//! Evaluates the neighbors on two files of tab-separated `session, item, seconds` with a header:
//! `evaluate_tsv TRAIN TEST [m k L off|log|one-plus-log]`.

#![expect(clippy::print_stdout, reason = "an example prints")]
#![expect(clippy::disallowed_methods, reason = "an example measures")]

use std::error::Error;
use std::time::Instant;

use domain::catalog::Item;
use domain::id::ItemId;
use domain::time::Timestamp;
use recommend::answer::{Query, recommend};
use recommend::evaluation::rows::{Row, sessions};
use recommend::evaluation::{EvaluationSettings, ListReport, Session, evaluate};
use recommend::index::ClosedSession;
use recommend::items::ItemNo;
use recommend::model::Model;
use recommend::scratch::Scratch;
use recommend::settings::{Idf, Settings, VmisSettings};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let train = read(&args.next().ok_or("TRAIN is missing")?)?;
    let test = read(&args.next().ok_or("TEST is missing")?)?;
    let mut settings = EvaluationSettings::default();
    if let (Some(m), Some(k), Some(last)) = (args.next(), args.next(), args.next()) {
        let idf = match args.next().as_deref() {
            Some("off") => Idf::Off,
            Some("one-plus-log") => Idf::OnePlusLog,
            _ => Idf::Log,
        };
        settings.vmis = VmisSettings {
            sample_max: m.parse()?,
            neighbors_max: k.parse()?,
            last_items_max: last.parse()?,
            idf,
        };
    }
    let start = Instant::now();
    let mut clock = || u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
    let report = evaluate(&train, &test, &settings, &mut clock, &mut |_| ())?;
    println!("{:?}", settings.vmis);
    for floor in &report.floors {
        print("allowed ", floor.supporters_min, &floor.current_allowed);
        print("excluded", floor.supporters_min, &floor.current_excluded);
    }
    println!(
        "predictions {} sessions {} items {} build {} us, {} bytes, latency {:?}",
        report.predictions,
        report.train_sessions,
        report.train_items,
        report.build_ns / 1000,
        report.index_bytes,
        report.latency
    );
    time_answers(&train, &test)
}

/// Whole answers with the default settings: floors, fallbacks and reasons.
fn time_answers(train: &[Session], test: &[Session]) -> Result<(), Box<dyn Error>> {
    let mut model = Model::new(Settings::default())?;
    for (number, session) in (0_u128..).zip(train) {
        let mut items = Vec::new();
        for id in &session.items {
            items.push(match model.items().number(id) {
                Some(item) => item,
                None => model.declare(&Item::new(id.clone(), String::new())),
            });
        }
        let (key, at) = (number.to_be_bytes(), session.at);
        model.learn(ClosedSession { key, subject: None, at, items })?;
    }
    model.advance(test.iter().map(|session| session.at.day()).max().unwrap_or_default());
    let (mut scratch, mut spent) = (Scratch::new(), Vec::new());
    for session in test {
        let visit: Vec<ItemNo> =
            session.items.iter().filter_map(|id| model.items().number(id)).collect();
        for seen in 1..visit.len() {
            let visit = visit.get(..seen).unwrap_or_default();
            let current = visit.last().copied();
            let query = Query { visit, current, count: 20, ..Query::default() };
            let start = Instant::now();
            let answer = recommend(&model, &query, &mut scratch);
            spent.push(start.elapsed().as_nanos());
            assert_eq!(answer.len(), 20, "a shop with goods always answers");
        }
    }
    spent.sort_unstable();
    let at = |per_mille: usize| spent.get(spent.len() * per_mille / 1000).copied().unwrap_or(0);
    println!("answers p50 {} p99 {} p99.5 {} ns", at(500), at(990), at(995));
    Ok(())
}

fn print(name: &str, floor: u32, list: &ListReport) {
    println!(
        "floor {floor} {name} all {:.6}/{:.6} non-repeat {:.6}/{:.6} repeat {:.4}/{:.4} rest {:.6} cover {:.4}",
        list.all.hit_rate,
        list.all.reciprocal_rank,
        list.non_repeat.hit_rate,
        list.non_repeat.reciprocal_rank,
        list.repeat.hit_rate,
        list.repeat.reciprocal_rank,
        list.recall_rest,
        list.coverage
    );
}

fn read(path: &str) -> Result<Vec<Session>, Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    let mut rows = Vec::new();
    for line in text.lines().skip(1) {
        let mut cells = line.split('\t');
        let mut cell = || cells.next().ok_or("a cell is missing");
        let (session, item, seconds) = (cell()?.to_owned(), cell()?, cell()?);
        let seconds: i64 = seconds.split('.').next().unwrap_or_default().parse()?;
        let at = Timestamp::from_ms(seconds * 1000);
        rows.push(Row { session, subject: None, item: ItemId::parse(item)?, at });
    }
    Ok(sessions(rows))
}
