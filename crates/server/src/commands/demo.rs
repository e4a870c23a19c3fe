//! `confidant demo`: a whole shop in one command, gone when it ends.
//!
//! A temporary folder, a seeded clothing shop with its visitors, and a storefront on a free port.
//! The visitors go through the same path as real ones: consent, gate, store, model.

use std::path::PathBuf;

use clap::Args;
use domain::event::Action;
use domain::id::ShopId;
use domain::time::Timestamp;
use ingest::import::rows::ImportRow;
use personal::kinds::MailAddress;
use personal::purpose::PurposeName;
use personal::signal::SignalsByPurpose;
use personal::subject::{CustomerId, Subject};
use rights::machine::Verification;
use testkit::random::Random;
use testkit::shop::visits::Visit;
use testkit::shop::{Shop, ShopSize};

use crate::circumstances::Circumstances;
use crate::clock::Clock;
use crate::commands::serve::{Listeners, serve};
use crate::commands::{Failure, OrFail as _, progress};
use crate::engine::choosing::Setting;
use crate::engine::recording::Claim;
use crate::engine::staging::Arrival;
use crate::engine::visits::Sender;
use crate::engine::{Engine, EngineError};
use crate::mail;
use crate::opening::{self, Opened};
use crate::path;
use crate::settings::center::CenterSettings;
use crate::settings::mail::MailSettings;
use crate::settings::{Listener, Origin, Settings};
use crate::storefront;

/// Customers whom mail reaches.
const MAILED_CUSTOMERS: usize = 20;
/// Events that are recorded before they are made durable together.
const GROUP_EVENTS: usize = 2_000;

/// Shows a whole shop; needs nothing and leaves nothing.
#[derive(Clone, Debug, Args)]
pub struct Demo {
    /// The port of the storefront; a free one when missing.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// The seed of the shop and its visitors.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Runs the demo until it is interrupted.
///
/// # Errors
/// A temporary folder or port that the system does not give.
pub fn run(command: &Demo) -> Result<(), Failure> {
    let folder = tempfile::tempdir().or_fail("no temporary folder")?;
    let shop = ShopId::parse("demo").or_fail("shop")?;
    let mut settings = Settings::of(shop, PathBuf::from(folder.path()));
    settings.public = Listener::loopback(command.port);
    settings.staff = Listener::loopback(0);
    settings.jurisdiction = Some("EU".to_owned());
    // What the storefront does, and nothing else, is asked for.
    settings.banner.purposes = vec![PurposeName::Personalization, PurposeName::SharedLearning];
    settings.privacy_center = Some(CenterSettings::loopback(0));
    // Mails are shown on a page of the storefront instead of being sent.
    settings.mail = Some(MailSettings::kept());
    let listeners = Listeners::bind(&settings)?;
    if let Some(center) = &mut settings.privacy_center {
        center.shop_page = Some(format!("{}/", listeners.public.origin()));
    }
    let port = listeners.public.address.port();
    for origin in [listeners.public.origin(), format!("http://localhost:{port}")] {
        settings.origins.push(Origin::parse(&origin).or_fail("origin")?);
    }
    let mut opened =
        opening::open(settings, Clock::machine()).or_fail("the shop cannot be opened")?;
    let world = Shop::from_seed(command.seed, ShopSize::DEMO);
    fill(&mut opened, &world, command.seed).or_fail("the demo shop cannot be filled")?;
    let words = [
        String::new(),
        format!("The shop is open:  {}", listeners.public.origin()),
        "Privacy center:    from the shop, under Privacy".to_owned(),
        format!("Mail box:          {}/demo/mail", listeners.public.origin()),
        format!(
            "Staff listener:    {}  (key in {}/credentials/staff.key)",
            listeners.staff.origin(),
            folder.path().display()
        ),
        "Pages for staff:   /staff/pages there, any name, the key as the password".to_owned(),
        "Ctrl-C closes it; nothing stays.".to_owned(),
    ];
    serve(opened, listeners, storefront::pages(), &words)
}

/// Fills a shop with its catalog, its people's choices and their visits.
///
/// # Errors
/// What the store says.
pub fn fill(opened: &mut Opened, world: &Shop, seed: u64) -> Result<(), EngineError> {
    let engine = &mut opened.engine;
    let now = engine.shared.clock.now();
    engine.put_items(world.items().to_vec(), now)?;
    let size = world.size();
    let bar = progress(u64::from(size.visits), "learning");
    let mut choosers = Random::from_seed(seed).fork("consent");
    for customer in world.customers() {
        let name = customer_name(customer.number);
        choose(engine, &name, &mut choosers, now)?;
    }
    engine.commit_staged(now)?;
    give_addresses(engine, world, now)?;
    let mut waiting = 0;
    for (number, visit) in (0_u64..).zip(world.visits(now)) {
        waiting += record(engine, &visit, number, now);
        if waiting >= GROUP_EVENTS {
            engine.commit_staged(now)?;
            engine.close_visits(now)?;
            waiting = 0;
        }
        bar.inc(1);
    }
    engine.commit_staged(now)?;
    engine.close_visits(now)?;
    bar.finish();
    let taught = engine.shared.taught();
    let sessions = taught.model.index().sessions();
    tracing::info!(sessions, items = taught.catalog.len(), "the demo shop is filled");
    Ok(())
}

/// The first customers ordered without an account; mail reaches them under the name of each.
fn give_addresses(engine: &mut Engine, world: &Shop, now: Timestamp) -> Result<(), EngineError> {
    for customer in world.customers().iter().take(MAILED_CUSTOMERS) {
        let (name, customer) = (customer_name(customer.number), customer.number);
        let customer = format!("customer-{customer:04}");
        let Some(address) = mail::address(&format!("{customer}@shop.example")) else { continue };
        let id = engine.shared.ring.address(&mail::found_by(&address));
        let (address, language) = (address.to_string(), "en".to_owned());
        let row = MailAddress { customer, address, language, guest: true };
        engine.put_address(&name, Some((id, row)), now)?;
    }
    Ok(())
}

/// Four of five visitors let the shop remember them, three of four of those teach it.
fn choose(
    engine: &mut Engine,
    name: &Subject,
    random: &mut Random,
    now: Timestamp,
) -> Result<(), EngineError> {
    let law = engine.shared.law_at(Some("EU"), now.day()).pack;
    let (place, signals) = (Some("EU".to_owned()), SignalsByPurpose::NONE);
    let setting = Setting { law, place, signals, now, how: Verification::Operator };
    let basis = "invented visitor of the demo";
    if random.chance(4, 5) {
        engine.assert_basis(name, (PurposeName::Personalization, basis), &setting)?;
        if random.chance(3, 4) {
            engine.assert_basis(name, (PurposeName::SharedLearning, basis), &setting)?;
        }
    }
    Ok(())
}

/// Records one visit; says how many events it had.
fn record(engine: &mut Engine, visit: &Visit<'_>, number: u64, now: Timestamp) -> usize {
    let name = customer_name(visit.customer);
    let circumstances = Circumstances::of(engine.shared.law(now.day()));
    let arrival = Arrival { received: now, sender: Sender::Shop, circumstances };
    let claim = Claim { name, source: "demo", arrival };
    let mut rows = visit.events.iter().map(|event| ImportRow {
        customer: None,
        session: None,
        item: event.item.clone(),
        at: visit.time(event),
        order: None,
        action: event.action,
    });
    let mut place = 0;
    while let Some(row) = rows.next() {
        // What was bought comes last, and is one order.
        let ordered = row.action == Action::Purchase;
        let others: Vec<ImportRow> = if ordered { rows.by_ref().collect() } else { Vec::new() };
        let event = row.into_event_with(others, format!("{number}-{place}"));
        place += 1;
        if let Err(refused) = path::record(engine, event, &claim) {
            tracing::debug!(reason = refused.code(), "an event of the demo was not kept");
        }
    }
    visit.events.len()
}

fn customer_name(number: u32) -> Subject {
    // A name of our own making always parses; nobody would be a bug that the demo shows at once.
    CustomerId::parse(&format!("customer-{number:04}")).map_or_else(
        |_| Subject::Browser(personal::subject::BrowserId::from_bytes([0; 16])),
        Subject::Customer,
    )
}
