//! Plays a world against a real engine on files, and writes the book beside it.

use std::collections::BTreeMap;
use std::path::Path;

use consent::law::{LawPack, law_for};
use consent::request::{ChoiceRequest, Notice};
use domain::catalog::Item;
use domain::event::Action;
use domain::id::{ItemId, Pseudonym, ShopId};
use domain::time::Timestamp;
use ingest::segment::{Endpoint, parse};
use ledger::merkle::Head;
use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals, SignalsByPurpose};
use personal::subject::{BrowserId, CustomerId, Subject, SubjectRef};
use rights::machine::Verification;
use rights::plan::Scope;
use serde_json::{Value, json};
use server::circumstances::Circumstances;
use server::clock::Clock;
use server::engine::Engine;
use server::engine::choosing::Setting;
use server::engine::forgetting::ErasureRequest;
use server::engine::recording::{Claim, NotRecorded};
use server::engine::staging::Arrival;
use server::engine::visits::Sender;
use server::opening::{self, Opened};
use server::path;
use server::settings::Settings;
use tempfile::TempDir;
use testkit::world::book::Book;
use testkit::world::{Choosing, Moment, START, Says, Standing, Step, Told, World};

use crate::world::{asking, laws, readers};

/// A world as far as it was played.
pub(super) struct Played {
    pub(super) world: World,
    pub(super) book: Book,
    pub(super) folder: TempDir,
    pub(super) opened: Option<Opened>,
    pub(super) clock: Clock,
    /// Pseudonyms that an erasure has to take out of the key store.
    pub(super) gone: Vec<Pseudonym>,
    pub(super) now: Timestamp,
    /// What a reader of the log saw last.
    pub(super) read: Option<Head>,
}

impl Played {
    pub(super) fn open(world: &World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::by_hand(START);
        let opened = open(folder.path(), world.opt_in, &clock);
        Self {
            world: world.clone(),
            book: Book::of(world),
            folder,
            opened: Some(opened),
            clock,
            gone: Vec::new(),
            now: START,
            read: None,
        }
    }

    pub(super) fn engine(&mut self) -> &mut Engine {
        &mut self.opened.as_mut().unwrap().engine
    }

    pub(super) fn shop(&self) -> &Opened {
        self.opened.as_ref().unwrap()
    }

    pub(super) fn subject(&self, who: usize) -> SubjectRef {
        self.shop().shared.ring.subject_ref(&name(&self.world, who))
    }

    pub(super) fn law(&self) -> &'static LawPack {
        law_for(Some(place(self.world.opt_in)), self.now.day())
    }

    pub(super) fn circumstances(&self, gpc: bool) -> Circumstances {
        let signals = SignalsByPurpose::everywhere(signals(gpc));
        Circumstances { signals, ..Circumstances::of(self.shop().shared.law(self.now.day())) }
    }

    /// One step, in the engine and in the book, and the writer's round after it.
    pub(super) fn step(&mut self, moment: &Moment) -> Result<(), String> {
        self.now = moment.now;
        self.clock.set(moment.now);
        // The writer's round comes every second, so visits that time ended are closed by now.
        self.round()?;
        match &moment.step {
            Step::Tell(told) => self.tell(told)?,
            Step::Choose(choosing) => self.choose(choosing)?,
            Step::Erase(who) => self.erase(*who)?,
            Step::Correct(who, place) => asking::correct(self, *who, *place)?,
            Step::Rest(who) => asking::rest(self, *who)?,
            Step::Put(item, standing) => {
                let item = ware(item, *standing);
                let now = self.now;
                self.engine().put_items(vec![item.clone()], now).map_err(said)?;
                self.book.stand(item.id.as_str(), Some(*standing));
            }
            Step::Delete(item) => {
                let id = ItemId::parse(item).unwrap();
                self.engine().delete_item(&id).map_err(said)?;
                self.book.stand(item, None);
            }
            // Somebody's data rest for a while, somebody reads the log, somebody asks what is held,
            // and recipients of erasures answer or do not.
            Step::Wait => {
                asking::rest_a_while(self)?;
                readers::read(self)?;
                let who = usize::try_from(self.now.ms() / 1_000).unwrap() % self.world.people.len();
                super::rights::access(self, who)?;
                super::rights::answer(self)?;
            }
            Step::Crash => self.again(true)?,
            Step::Restart => self.again(false)?,
        }
        self.round()
    }

    fn round(&mut self) -> Result<(), String> {
        let now = self.now;
        self.engine().tick(now).map_err(said)?;
        self.book.settle(now);
        Ok(())
    }

    fn tell(&mut self, told: &[Told]) -> Result<(), String> {
        let now = self.now;
        for one in told {
            let bytes = serde_json::to_vec(&message(&self.world, one)).unwrap();
            let parsed = parse(Endpoint::Batch, &bytes, "none").map_err(said)?;
            let event = parsed.events.into_iter().next().unwrap().map_err(said)?;
            let sender = if one.by_shop { Sender::Shop } else { Sender::Network(one.who as u64) };
            let circumstances = self.circumstances(one.gpc);
            let claim = Claim {
                name: name(&self.world, one.who),
                source: if one.by_shop { "server" } else { "browser" },
                arrival: Arrival { received: now, sender, circumstances },
            };
            if let Err(NotRecorded::Engine(error)) = path::record(self.engine(), event, &claim) {
                return Err(said(error));
            }
            self.book.tell(one, now);
        }
        self.engine().commit_staged(now).map_err(said)
    }

    fn choose(&mut self, choosing: &Choosing) -> Result<(), String> {
        let setting = Setting {
            place: Some(place(self.world.opt_in).to_owned()),
            law: self.law(),
            signals: SignalsByPurpose::everywhere(signals(choosing.gpc)),
            now: self.now,
            how: Verification::SecretKey,
        };
        let name = name(&self.world, choosing.who);
        self.engine().choose(&name, &request(choosing), &setting).map_err(said)?;
        self.book.choose(choosing, self.now);
        Ok(())
    }

    fn erase(&mut self, who: usize) -> Result<(), String> {
        let subject = self.subject(who);
        let known = self.shop().shared.people.read();
        let pseudonyms = known.get(&subject).map(|person| person.pseudonyms.clone());
        drop(known);
        let kept = |purpose: &PurposeName| *purpose == PurposeName::LegalProof;
        let gone = pseudonyms.unwrap_or_default().into_iter().filter(|(one, _)| !kept(one));
        self.gone.extend(gone.map(|(_, pseudonym)| pseudonym));
        let name = name(&self.world, who);
        let request =
            ErasureRequest { name, scope: Scope::Everything, how: Verification::SecretKey };
        let now = self.now;
        let receipt = if who.is_multiple_of(2) {
            let plan = super::rights::dry_run(self, who)?;
            let receipt = path::forget(self.engine(), &request, now).map_err(said)?;
            let declared = serde_json::from_str(&receipt.payload).map_err(said)?;
            super::rights::as_announced(&plan, &declared)?;
            receipt.to_json().map_err(said)?
        } else {
            asking::erased_by_request(self, who)?
        };
        self.book.erase(who, now);
        match receipt.contains(&self.world.people[who].marker) {
            true => Err("3: the receipt names the person".to_owned()),
            false => laws::no_traces(self),
        }
    }

    /// Opens the shop again. A crash is a copy of the files as they lie while the server runs.
    pub(super) fn again(&mut self, crash: bool) -> Result<(), String> {
        let now = self.now;
        let before = (laws::canonical(self), laws::answers(self));
        let asked = asking::all(self);
        let waits = self.engine().due(now).map_err(said)?.is_some();
        if crash {
            let copy = tempfile::tempdir().unwrap();
            copy_folder(self.folder.path(), copy.path());
            self.opened = None;
            self.folder = copy;
        }
        self.opened = None;
        self.opened = Some(open(self.folder.path(), self.world.opt_in, &self.clock));
        self.engine().tick(now).map_err(said)?;
        if self.engine().due(now).map_err(said)?.is_some() != waits {
            return Err("4: who has to hear of an erasure was forgotten".to_owned());
        }
        if laws::canonical(self) != before.0 {
            return Err("4 and 9: the model after a restart is another one".to_owned());
        }
        if asking::all(self) != asked {
            return Err("4: a request is another one after a restart".to_owned());
        }
        let after = laws::answers(self);
        match after.iter().zip(&before.1).find(|(after, before)| after != before) {
            Some((after, before)) => Err(format!("4 and 5: answered {before}, now {after}")),
            None => Ok(()),
        }
    }
}

pub(super) fn said(error: impl std::fmt::Display) -> String {
    format!("(an act failed): {error}")
}

fn place(opt_in: bool) -> &'static str {
    if opt_in { "DE" } else { "US" }
}

pub(super) fn settings(dir: &Path, opt_in: bool) -> Settings {
    let mut settings = Settings::of(ShopId::parse("world").unwrap(), dir.join("data"));
    settings.jurisdiction = Some(place(opt_in).to_owned());
    settings.learning.sessions_per_subject_day_max = 1_000_000;
    settings.learning.sessions_per_prefix_hour_max = 1_000_000;
    settings.recommend.popular_min = 2;
    super::rights::with_recipient(&mut settings);
    settings
}

fn open(dir: &Path, opt_in: bool, clock: &Clock) -> Opened {
    opening::open(settings(dir, opt_in), clock.clone()).unwrap()
}

/// The files as a dead process leaves them; shared memory dies with it.
pub(super) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else if !entry.file_name().to_string_lossy().ends_with("-shm") {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub(super) fn signals(gpc: bool) -> Signals {
    if gpc { Signals::NONE.with(Signal::Gpc) } else { Signals::NONE }
}

/// The person by the only name that the shop is told.
pub(super) fn name(world: &World, who: usize) -> Subject {
    let person = &world.people[who];
    match person.browser {
        Some(bytes) => Subject::Browser(BrowserId::from_bytes(bytes)),
        None => Subject::Customer(CustomerId::parse(&person.marker).unwrap()),
    }
}

fn request(choosing: &Choosing) -> ChoiceRequest {
    let asked = [
        (PurposeName::Personalization, choosing.history),
        (PurposeName::SharedLearning, choosing.teaching),
    ];
    let choices: BTreeMap<_, _> =
        asked.into_iter().filter_map(|(purpose, yes)| Some((purpose, yes?))).collect();
    ChoiceRequest {
        notice: Some(Notice { digest: [7; 32], language: "en".to_owned() }),
        acknowledged: signals(choosing.acknowledged),
        for_days: choosing.days,
        ..ChoiceRequest::of(choices, "world")
    }
}

fn ware(id: &str, standing: Standing) -> Item {
    let number: usize = id.bytes().map(usize::from).sum();
    let mut item = Item::new(ItemId::parse(id).unwrap(), format!("Item {id}"));
    let kinds = ["Women/Dresses", "Men/Shirts", "Shoes"];
    item.categories = vec![kinds[number % kinds.len()].to_owned()];
    item.in_stock = standing != Standing::OutOfStock;
    item.sensitive = standing == Standing::Sensitive;
    item
}

/// The bytes that a sender sends, with the marker wherever a careless one would put it.
pub(super) fn message(world: &World, told: &Told) -> Value {
    let marker = &world.people[told.who].marker;
    let time = |at: Timestamp| jiff::Timestamp::from_millisecond(at.ms()).unwrap().to_string();
    let (kind, event, properties, traits) = match &told.says {
        Says::Likes(likes) => {
            let sizes = [format!("size {marker}")];
            let traits = json!({ "email": marker, "sizes": sizes, "categories": likes });
            ("identify", "", json!({}), traits)
        }
        Says::Items(action, items) => {
            let event = match action {
                Action::View => "Product Viewed",
                Action::AddToCart => "Product Added",
                Action::RemoveFromCart => "Product Removed",
                Action::AddToWishlist => "Product Added to Wishlist",
                Action::Purchase => "Order Completed",
                Action::Refund => "Order Refunded",
            };
            let products: Vec<_> = items.iter().map(|item| json!({ "product_id": item })).collect();
            let one = items.first().filter(|_| *action != Action::Purchase);
            let properties = json!({
                "product_id": one, "products": products, "email": marker, "coupon": marker,
            });
            ("track", event, properties, json!({}))
        }
    };
    json!({ "sentAt": time(told.sent), "batch": [{
        "type": kind,
        "event": event,
        "messageId": format!("{marker}-{}", told.message),
        "userId": marker,
        "timestamp": time(told.happened),
        "properties": properties,
        "traits": traits,
        "context": { "ip": marker, "userAgent": marker, "traits": { "email": marker } },
    }] })
}
