//! Answers to real people, consent checked for each, in process and through HTTP.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use domain::id::ItemId;
use indicatif::ProgressBar;
use ingest::import::Kind;
use personal::purpose::PurposeName;
use personal::subject::{CustomerId, Subject};
use recommend::placement::shipped::PRODUCT;
use testkit::shop::{Shop, ShopSize};

use crate::answer::{Ask, RECENT_MAX};
use crate::circumstances::Circumstances;
use crate::clock::{Clock, Stopwatch};
use crate::commands::bench::http::{Client, quoted, request};
use crate::commands::bench::load::{self, Load};
use crate::commands::bench::report::{answers, peak_memory};
use crate::commands::bench::scale::{self, Scale};
use crate::commands::bench::{serve, settings};
use crate::commands::import::gather::Gathered;
use crate::commands::import::recording::Recording;
use crate::commands::import::report::Report;
use crate::commands::import::source::bytes_bar;
use crate::commands::import::table::{Form, Rows, Table};
use crate::commands::{Failure, OrFail as _, demo, say};
use crate::opening::{self, Opened};
use crate::path;

/// Answers with consent checks on, in process and through HTTP.
#[derive(Clone, Debug, Args)]
pub struct Recommend {
    /// Visits to learn and to ask about; the seeded shop of the demo when missing.
    #[arg(long)]
    pub train: Option<PathBuf>,
    /// Answers in process.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub answers: u32,
    /// Answers through HTTP, one after the other on one connection.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub requests: u32,
    /// How often all answers in process are made; of each the least time counts, because what other
    /// programs on the machine take is not ours. 1 counts everything.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub passes: u32,
    /// Items in an answer.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=50))]
    pub count: u16,
    /// How the file is read.
    #[command(flatten)]
    pub form: Form,
    /// Rising request rates instead.
    #[command(flatten)]
    pub load: Load,
    /// Invented interactions instead.
    #[command(flatten)]
    pub scale: Scale,
}

/// A person and the items of a visit.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// The person.
    pub(crate) name: Subject,
    /// The items, oldest first.
    pub(crate) items: Vec<ItemId>,
}

/// Measures and prints.
///
/// # Errors
/// A file that cannot be followed, or an answer that is none.
pub fn run(command: &Recommend) -> Result<(), Failure> {
    if command.scale.interactions.is_some() {
        return scale::run(&command.scale, command.answers, command.count, command.passes);
    }
    let folder = tempfile::tempdir().or_fail("no temporary folder")?;
    let settings = settings(folder.path())?;
    let mut opened = opening::open_in_memory(settings, Clock::machine()).or_fail("shop")?;
    let mut visits = match &command.train {
        Some(_) => learn_file(&mut opened, command)?,
        None => learn_seeded(&mut opened)?,
    };
    if let Some(path) = &command.load.replay {
        visits = read_visits(path, &command.form)?;
    }
    if visits.is_empty() {
        return Err(Failure::new("there is no visit to ask about"));
    }
    let taught = opened.shared.taught();
    let (sessions, items) = (taught.model.index().sessions(), taught.catalog.len());
    drop(taught);
    say(format!("{sessions} sessions, {items} items, {} visits to ask about", visits.len()));
    if command.load.http_load {
        return load::run(opened, &visits, command);
    }
    in_process(&opened, &visits, command);
    through_http(opened, &visits, command)?;
    say(format!("peak memory   {}", peak_memory()));
    Ok(())
}

fn learn_seeded(opened: &mut Opened) -> Result<Vec<Visit>, Failure> {
    let seed = 1;
    let world = Shop::from_seed(seed, ShopSize::DEMO);
    demo::fill(opened, &world, seed).or_fail("the seeded shop cannot be filled")?;
    let now = opened.shared.clock.now();
    let mut visits = Vec::new();
    for visit in world.visits(now) {
        let name = CustomerId::parse(&format!("customer-{:04}", visit.customer));
        let name = Subject::Customer(name.or_fail("customer")?);
        let items = visit.events.iter().map(|event| event.item.clone()).collect();
        visits.push(Visit { name, items });
    }
    Ok(visits)
}

fn learn_file(opened: &mut Opened, command: &Recommend) -> Result<Vec<Visit>, Failure> {
    let path = command.train.clone().unwrap_or_default();
    let asserted = [PurposeName::Personalization, PurposeName::SharedLearning]
        .map(|purpose| (purpose, "a bench on the shop's own machine".to_owned()));
    let recording = Recording {
        import: "bench".to_owned(),
        file: "bench".to_owned(),
        kind: Kind::Events,
        asserted: &asserted,
        declare_items: true,
        again: false,
    };
    let bar = bytes_bar(&path, "reading");
    let rows = rows(&path, &command.form, &bar)?;
    recording.columns(&mut opened.engine, rows, &mut Report::default())?;
    bar.finish_and_clear();
    read_visits(&path, &command.form)
}

fn rows(path: &Path, form: &Form, bar: &ProgressBar) -> Result<Rows, Failure> {
    match form.open(path, Kind::Events, bar)? {
        Table::Columns(rows) => Ok(rows),
        Table::Lines(_) => Err(Failure::new("the file holds no columns")),
    }
}

fn read_visits(path: &Path, form: &Form) -> Result<Vec<Visit>, Failure> {
    let mut gathered = Gathered::default();
    rows(path, form, &ProgressBar::hidden())?.each(|line, columns, row| {
        if let Some(row) = row.ok().and_then(|row| columns.row(Kind::Events, row).ok()) {
            gathered.add(line, row).ok(); // refused while importing already
        }
        Ok(())
    })?;
    let mut visits = Vec::new();
    for person in gathered.into_people() {
        let name = person.subject();
        for (_, rows) in person.visits {
            let items = rows.into_iter().map(|placed| placed.row.item).collect();
            visits.push(Visit { name: name.clone(), items });
        }
    }
    Ok(visits)
}

/// The visit so far after each of its items, from visits spread over the whole data.
pub(crate) fn moments(visits: &[Visit], count: usize) -> impl Iterator<Item = (&Visit, &[ItemId])> {
    let stride = (visits.len() / count.max(1)).max(1);
    let chosen = visits.iter().step_by(stride).cycle();
    let chosen = chosen.filter(|visit| !visit.items.is_empty());
    (0_usize..).zip(chosen).take(count).map(|(turn, visit)| {
        let seen = turn % visit.items.len() + 1;
        let seen = visit.items.get(..seen).unwrap_or_default();
        let recent = seen.get(seen.len().saturating_sub(RECENT_MAX)..).unwrap_or_default();
        (visit, recent)
    })
}

fn in_process(opened: &Opened, visits: &[Visit], command: &Recommend) {
    let shared = &opened.shared;
    let Some(placement) = shared.settings.placements.get(PRODUCT) else { return };
    let mut times = vec![u64::MAX; command.answers as usize];
    let mut tiers = BTreeMap::new();
    for pass in 0..command.passes {
        for ((visit, recent), least) in moments(visits, times.len()).zip(&mut times) {
            let watch = Stopwatch::start();
            // What a request does: who it is, which tier, then the answer.
            let circumstances = Circumstances::of(shared.law(shared.clock.now().day()));
            let ask = Ask {
                current: recent.last().cloned(),
                recent: recent.to_vec(),
                subject: Some(shared.ring.subject_ref(&visit.name)),
                count: usize::from(command.count),
                ..Ask::new(Arc::clone(placement), circumstances)
            };
            let answer = path::recommend(shared, &ask, shared.clock.now());
            *least = watch.ns().min(*least);
            if pass == 0 {
                *tiers.entry(answer.basis.tier.as_str()).or_insert(0_u64) += 1;
            }
        }
    }
    let passes = command.passes;
    say(format!("in process    {}, least of {passes} pass(es)", answers(&mut times)));
    let tiers: Vec<String> = tiers.iter().map(|(tier, count)| format!("{tier} {count}")).collect();
    say(format!("              by tier: {}", tiers.join(", ")));
}

fn through_http(opened: Opened, visits: &[Visit], command: &Recommend) -> Result<(), Failure> {
    let key = opened.shared.api_keys.secret_key().to_owned();
    let (running, address) = serve(opened)?;
    let mut client = Client::connect(address)?;
    let mut times = Vec::new();
    for (visit, recent) in moments(visits, command.requests as usize) {
        // The first byte says which kind of name follows.
        let name = visit.name.mac_input();
        let name = String::from_utf8_lossy(name.get(1..).unwrap_or_default()).into_owned();
        let items: Vec<String> = recent.iter().map(|item| quoted(item.as_str())).collect();
        let path = format!(
            "/v1/recommendations?placement=product&item={}&recent={}&customer={}&count={}",
            items.last().cloned().unwrap_or_default(),
            items.join(","),
            quoted(&name),
            command.count
        );
        let request = request(&path, &key, None);
        let watch = Stopwatch::start();
        client.ask(&request)?;
        times.push(watch.ns());
    }
    say(format!("through HTTP  {}", answers(&mut times)));
    drop(client);
    running.stop().map(|_| ()).ok_or_else(|| Failure::new("the writer died"))
}
