//! Stores that fail at a chosen call, as a full disk does: nothing that failed is acknowledged,
//! and reading the store again makes memory right, in the running server and in a new one alike.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use consent::request::ChoiceRequest;
use domain::catalog::Item;
use domain::event::Action;
use domain::id::{ItemId, Pseudonym, RequestId, RowId};
use domain::time::{DAY_MS, Day, Timestamp};
use ingest::segment::{Endpoint, parse};
use personal::feature::Feature;
use personal::gate::Refusal;
use personal::purpose::PurposeName;
use personal::row::SealedRow;
use personal::signal::SignalsByPurpose;
use rights::machine::Verification;
use rights::plan::Scope;
use server::answer::TierName;
use server::engine::choosing::Setting;
use server::engine::forgetting::ErasureRequest;
use server::engine::recording::Claim;
use server::engine::staging::Arrival;
use server::engine::visits::Sender;
use server::engine::{Engine, EngineError};
use server::path;
use server::transparency::book::Book;
use server::transparency::disk::Folder;
use server::writer::{Writer, WriterError};
use store::error::StoreError;
use store::keys::{Intent, KeyRow, Keys, Tombstone};
use store::port::{Batch, Committed, Document, Seq, Tables};
use store::sqlite::keys::SqliteKeys;
use store::sqlite::tables::SqliteTables;
use testkit::world::{Choosing, Says, Standing, Step, Told, World, item};

use crate::world::laws;
use crate::world::play::{Played, message, name, settings};

/// How many changes still succeed; from zero on all fail until it is disarmed.
#[derive(Clone, Debug)]
struct Fuse(Arc<AtomicI64>);

const DISARMED: i64 = i64::MAX / 2;

impl Fuse {
    fn burn(&self) -> Result<(), StoreError> {
        // SQLITE_FULL.
        if self.0.fetch_sub(1, Ordering::SeqCst) > 0 { Ok(()) } else { Err(full()) }
    }

    fn set(&self, changes: i64) {
        self.0.store(changes, Ordering::SeqCst);
    }
}

const fn full() -> StoreError {
    StoreError::Sqlite { code: 13 }
}

struct FailingTables(SqliteTables, Fuse);
struct FailingKeys(SqliteKeys, Fuse);

impl Tables for FailingTables {
    fn commit(&mut self, batch: &Batch) -> Result<Committed, StoreError> {
        self.1.burn()?;
        self.0.commit(batch)
    }
    fn seq(&self) -> Seq {
        self.0.seq()
    }
    fn row(&self, t: &str, p: Pseudonym, id: RowId) -> Result<Option<SealedRow>, StoreError> {
        self.0.row(t, p, id)
    }
    fn rows_of(&self, t: &str, p: Pseudonym) -> Result<Vec<SealedRow>, StoreError> {
        self.0.rows_of(t, p)
    }
    fn count_of(&self, t: &str, p: Pseudonym) -> Result<u64, StoreError> {
        self.0.count_of(t, p)
    }
    fn page(
        &self,
        t: &str,
        after: Option<(Pseudonym, RowId)>,
        limit: usize,
    ) -> Result<Vec<SealedRow>, StoreError> {
        self.0.page(t, after, limit)
    }
    fn expired(
        &self,
        t: &str,
        today: Day,
        limit: usize,
    ) -> Result<Vec<(Pseudonym, RowId)>, StoreError> {
        self.0.expired(t, today, limit)
    }
    fn count(&self, t: &str) -> Result<u64, StoreError> {
        self.0.count(t)
    }
    fn document(&self, kind: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.document(kind, key)
    }
    fn documents(
        &self,
        kind: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        self.0.documents(kind, after, limit)
    }
    fn scrub(&mut self) -> Result<(), StoreError> {
        self.1.burn()?;
        self.0.scrub()
    }
    fn compact(&mut self) -> Result<(), StoreError> {
        self.1.burn()?;
        self.0.compact()
    }
}

impl Keys for FailingKeys {
    fn put(&mut self, rows: &[KeyRow]) -> Result<(), StoreError> {
        self.1.burn()?;
        self.0.put(rows)
    }
    fn by_blind(&self, p: PurposeName, blind: &[u8; 16]) -> Result<Option<KeyRow>, StoreError> {
        self.0.by_blind(p, blind)
    }
    fn by_pseudonym(&self, pseudonym: Pseudonym) -> Result<Option<KeyRow>, StoreError> {
        self.0.by_pseudonym(pseudonym)
    }
    fn page(&self, after: Option<Pseudonym>, limit: usize) -> Result<Vec<KeyRow>, StoreError> {
        self.0.page(after, limit)
    }
    fn begin(&mut self, intent: &Intent, tombstones: &[Tombstone]) -> Result<(), StoreError> {
        self.1.burn()?;
        self.0.begin(intent, tombstones)
    }
    fn intents(&self) -> Result<Vec<Intent>, StoreError> {
        self.0.intents()
    }
    fn destroy(&mut self, pseudonyms: &[Pseudonym]) -> Result<u64, StoreError> {
        self.1.burn()?;
        self.0.destroy(pseudonyms)
    }
    fn finish(&mut self, id: RequestId) -> Result<(), StoreError> {
        self.1.burn()?;
        self.0.finish(id)
    }
    fn tombstone(&self, mac: &[u8; 16]) -> Result<Option<Tombstone>, StoreError> {
        self.0.tombstone(mac)
    }
    fn tombstones(&self) -> Result<Vec<Tombstone>, StoreError> {
        self.0.tombstones()
    }
    fn sweep_tombstones(&mut self, today: Day) -> Result<u64, StoreError> {
        self.1.burn()?;
        self.0.sweep_tombstones(today)
    }
    fn secret(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.secret(name)
    }
    fn put_secret(&mut self, name: &str, sealed: &[u8]) -> Result<(), StoreError> {
        self.1.burn()?;
        self.0.put_secret(name, sealed)
    }
    fn scrub(&mut self) -> Result<(), StoreError> {
        self.1.burn()?;
        self.0.scrub()
    }
}

const A: usize = 0;
const B: usize = 1;
const MINUTE_MS: i64 = 60_000;

/// A shop on a store that can fail, where two people have looked at the same things.
fn shop_of_two() -> (Played, Fuse) {
    let mut played = Played::open(&World::from_seed(1, 0));
    let fuse = Fuse(Arc::new(AtomicI64::new(DISARMED)));
    let settings = settings(played.folder.path(), true);
    let shared = Arc::clone(&played.shop().shared);
    let opened = played.opened.take().unwrap();
    drop(opened.engine);
    let tables = SqliteTables::open(&settings.data_dir, &settings.shop).unwrap();
    let keys = SqliteKeys::open(&settings.data_dir, &settings.shop).unwrap();
    let key = server::shop_key::present(&settings).unwrap();
    let closing = server::closing::unlock(&settings, &key, &keys).unwrap().closing;
    let tables = Box::new(FailingTables(tables, fuse.clone()));
    let keys: Box<dyn Keys> = Box::new(FailingKeys(keys, fuse.clone()));
    let signer = settings.ledger.signer(&settings.shop, &shared.ring).unwrap();
    let disk = Arc::new(Folder::open(settings.data_dir.join("ledger")).unwrap());
    let book = Book::open(disk, signer, settings.ledger.rule(), played.now).unwrap();
    let mut engine = Engine::new(Arc::clone(&shared), tables, (keys, closing), book);
    engine.load(played.now).unwrap();
    played.opened = Some(server::opening::Opened { shared, engine, made: Vec::new() });
    for number in 0..4 {
        play(&mut played, 1, Step::Put(item(number), Standing::Sold)).unwrap();
    }
    for who in [A, B] {
        let yes = Some(true);
        let choosing = Choosing {
            who,
            history: yes,
            teaching: yes,
            gpc: false,
            acknowledged: false,
            days: 395,
        };
        play(&mut played, 1, Step::Choose(choosing)).unwrap();
    }
    for number in 0..3 {
        let told = [A, B].map(|who| view(&played, who, number)).to_vec();
        play(&mut played, MINUTE_MS, Step::Tell(told)).unwrap();
    }
    play(&mut played, 40 * MINUTE_MS, Step::Wait).unwrap();
    let told = [A, B].map(|who| view(&played, who, 3)).to_vec();
    play(&mut played, MINUTE_MS, Step::Tell(told)).unwrap();
    laws::hold(&mut played, 0).unwrap();
    (played, fuse)
}

fn view(played: &Played, who: usize, number: usize) -> Told {
    let at = played.now.plus_ms(i64::try_from(who).unwrap());
    let message = u64::try_from(at.ms()).unwrap();
    let says = Says::Items(Action::View, vec![item(number)]);
    Told { who, message, happened: at, sent: at, says, by_shop: false, gpc: false }
}

pub(super) fn play(played: &mut Played, ms: i64, step: Step) -> Result<(), String> {
    let now = played.now.plus_ms(ms);
    played.step(&testkit::world::Moment { now, step })
}

/// Lets the store fail at every single change of `step`. After each failure memory is read again
/// and must equal a new server on a copy of the files; then the step is done again.
#[track_caller]
fn check(what: &str, ms: i64, step: impl Fn(&Played) -> Step) {
    for changes in 0.. {
        assert!(changes < 200, "{what}: never succeeds");
        let (mut played, fuse) = shop_of_two();
        let step = step(&played);
        let before = played.book.clone();
        fuse.set(changes);
        let outcome = play(&mut played, ms, step.clone());
        fuse.set(DISARMED);
        if outcome.is_ok() {
            assert!(!played.engine().is_torn(), "{what}: succeeded and torn");
            assert!(changes > 0, "{what}: changes nothing");
            laws::hold(&mut played, 0).unwrap();
            return;
        }
        assert!(played.engine().is_torn(), "{what}: failed at change {changes}, and not torn");
        let now = played.now;
        played.engine().reload(now).unwrap();
        played.engine().tick(now).unwrap();
        // A new server on the files says the same; `again` compares.
        let live = (laws::canonical(&played), laws::answers(&played));
        played.again(true).unwrap_or_else(|law| panic!("{what}, change {changes}: {law}"));
        assert_eq!((laws::canonical(&played), laws::answers(&played)), live);
        // Nothing was acknowledged, so the sender does it again; both then stand as if once.
        played.book = before;
        play(&mut played, 0, step)
            .and_then(|()| laws::hold(&mut played, 0))
            .unwrap_or_else(|law| panic!("{what}, done again after change {changes}: {law}"));
        laws::no_traces(&played).unwrap();
    }
}

#[test]
fn events_that_fail_are_told_again() {
    check("events", MINUTE_MS, |played| Step::Tell(vec![view(played, A, 1), view(played, B, 2)]));
}

#[test]
fn visits_that_cannot_close_close_later() {
    check("closing", 40 * MINUTE_MS, |_| Step::Wait);
}

#[test]
fn erasures_that_fail_are_completed() {
    check("erasure", MINUTE_MS, |_| Step::Erase(A));
}

#[test]
fn withdrawals_that_fail_are_completed() {
    check("withdrawal", MINUTE_MS, |_| {
        Step::Choose(Choosing {
            who: A,
            history: Some(false),
            teaching: Some(false),
            gpc: false,
            acknowledged: false,
            days: 395,
        })
    });
}

#[test]
fn items_that_turn_sensitive_leave_all_rows_or_none() {
    check("sensitive item", MINUTE_MS, |_| Step::Put(item(1), Standing::Sensitive));
}

#[test]
fn rows_that_could_not_expire_expire_later() {
    check("retention", 95 * DAY_MS, |_| Step::Wait);
}

/// The writer acknowledges nothing of a group that failed, and forgets it.
#[test]
fn a_group_that_fails_is_neither_acknowledged_nor_remembered() {
    let (mut played, fuse) = shop_of_two();
    let told = view(&played, A, 0);
    let name = name(&played.world, A);
    let arrival = Arrival {
        received: played.now,
        sender: Sender::Network(1),
        circumstances: played.circumstances(false),
    };
    let bytes = serde_json::to_vec(&message(&played.world, &told)).unwrap();
    let event = || {
        let parsed = parse(Endpoint::Batch, &bytes, "none").unwrap();
        let event = parsed.events.into_iter().next().unwrap().unwrap();
        (event, Claim { name: name.clone(), source: "browser", arrival })
    };
    let opened = played.opened.take().unwrap();
    let shared = opened.shared;
    let count = |who| {
        let own = shared.people.own_history(who, &arrival.circumstances, arrival.received);
        own.unwrap().items.len()
    };
    let who = shared.ring.subject_ref(&name);
    let before = count(who);
    let (writer, thread) = Writer::start(opened.engine).unwrap();
    fuse.set(0);
    let refused = writer.record_waiting(vec![event()]);
    assert!(matches!(refused, Err(WriterError::Busy)), "{refused:?}");
    fuse.set(DISARMED);
    assert!(!writer.run_waiting(|engine, _| Ok(engine.is_torn())).unwrap());
    assert_eq!(count(who), before, "what failed is not remembered");
    let taken = writer.record_waiting(vec![event()]).unwrap();
    assert!(taken[0].is_ok(), "not a duplicate of what was never taken: {taken:?}");
    assert_eq!(count(who), before + 1);
    writer.stop();
    thread.join().unwrap();
}

/// A feature that is switched off on a full disk is on or off and nothing between: once the switch
/// is durable nothing is answered from the feature, and the next start deletes its rows.
#[test]
fn a_feature_is_switched_off_whole_or_not_at_all() {
    for changes in 0.. {
        assert!(changes < 20, "never succeeds");
        let (mut played, fuse) = shop_of_two();
        let (now, law) = (played.now.plus_ms(MINUTE_MS), played.law());
        let (name, who) = (name(&played.world, A), played.subject(A));
        let off = ChoiceRequest {
            features: [(Feature::BrowsingHistory, false)].into(),
            ..ChoiceRequest::of(BTreeMap::new(), "world")
        };
        let signals = SignalsByPurpose::NONE;
        let setting = Setting { law, place: None, signals, now, how: Verification::SecretKey };
        let rows = |played: &mut Played| played.engine().tables().count("history_event").unwrap();
        let before = rows(&mut played);
        fuse.set(changes);
        let outcome = played.engine().choose(&name, &off, &setting);
        fuse.set(DISARMED);
        (played.now, _) = (now, played.clock.set(now));
        if outcome.is_err() {
            assert!(played.engine().is_torn(), "failed at change {changes}, and not torn");
            played.engine().reload(now).unwrap();
        }
        let shared = Arc::clone(&played.shop().shared);
        let own = shared.people.own_history(who, &played.circumstances(false), now).unwrap();
        let written = !own.unused.is_empty();
        assert_eq!(own.items.is_empty(), written, "change {changes}");
        let left = if written { before / 2 } else { before };
        assert_eq!(rows(&mut played), left, "change {changes}");
        played.again(true).unwrap();
        if let Ok(decided) = outcome {
            assert_eq!(decided.features, [Feature::BrowsingHistory]);
            assert!(changes > 1, "evidence and rows are two commits");
            return;
        }
    }
}

/// A person who is erased while the disk is full is answered as nobody, and erased later.
#[test]
fn an_erasure_on_a_full_disk_serves_nobody() {
    let (mut played, fuse) = shop_of_two();
    let name = name(&played.world, A);
    let request = ErasureRequest { name, scope: Scope::Everything, how: Verification::SecretKey };
    let now: Timestamp = played.now.plus_ms(MINUTE_MS);
    // The withdrawal is durable, the intent is not.
    fuse.set(1);
    assert!(path::forget(played.engine(), &request, now).is_err());
    fuse.set(DISARMED);
    played.engine().reload(now).unwrap();
    played.now = now;
    let who = played.subject(A);
    let own = played.shop().shared.people.own_history(who, &played.circumstances(false), now);
    assert!(own.is_err(), "the withdrawal stands");
    played.engine().tick(now).unwrap();
    played.book.erase(A, now);
    assert_eq!(laws::tier(&played, A), TierName::Anonymous);
    played.again(true).unwrap();
    let sessions = played.shop().shared.taught().model.index().subjects();
    assert_eq!(sessions, 1, "only the other one teaches");
}

/// An item that nobody has seen costs nothing.
#[test]
fn a_sensitive_item_that_nobody_saw_changes_no_row() {
    let (mut played, _) = shop_of_two();
    let before = played.shop().shared.taught().model.fingerprint();
    let mut item = Item::new(ItemId::parse("unseen").unwrap(), "Unseen".to_owned());
    item.sensitive = true;
    let now = played.now;
    let seq = played.engine().seq();
    played.engine().put_items(vec![item], now).unwrap();
    assert_eq!(played.engine().seq(), seq + 1, "one commit, of the catalog alone");
    assert_eq!(played.shop().shared.taught().model.fingerprint(), before);
}

/// Somebody comes back from a pause on a disk that fills up. A yes that was durable before the disk
/// was full stands, and what turned sensitive meanwhile goes all the same.
#[test]
fn a_resumed_purpose_never_brings_back_what_turned_sensitive() {
    let mut mended = 0;
    for changes in 0.. {
        assert!(changes < 200, "never succeeds");
        let (mut played, fuse) = shop_of_two();
        let id = item(1);
        assert!(teaches(&played, &id), "it was learned");
        choose(&mut played, &resting()).unwrap();
        play(&mut played, MINUTE_MS, Step::Put(id.clone(), Standing::Sensitive)).unwrap();
        fuse.set(changes);
        let outcome = choose(&mut played, &yes());
        fuse.set(DISARMED);
        if outcome.is_err() {
            let now = played.now;
            played.engine().reload(now).unwrap();
            mended += usize::from(own_items(&played).is_ok());
            choose(&mut played, &yes()).unwrap();
        }
        // Harmless again, a row that still named it would teach it at the next start.
        play(&mut played, MINUTE_MS, Step::Put(id.clone(), Standing::Sold)).unwrap();
        played.again(true).unwrap();
        assert_eq!(own_items(&played).unwrap(), [item(0), item(2), item(3)], "change {changes}");
        assert!(!teaches(&played, &id), "learned again after change {changes}");
        if outcome.is_ok() {
            break;
        }
    }
    assert!(mended > 0, "no failure fell between the yes and the rows");
}

/// Whether any learned visit names the item.
fn teaches(played: &Played, id: &str) -> bool {
    let taught = played.shop().shared.taught();
    let number = taught.model.items().number(&ItemId::parse(id).unwrap());
    number.is_some_and(|number| taught.model.index().names(number))
}

fn resting() -> ChoiceRequest {
    let both = [PurposeName::Personalization, PurposeName::SharedLearning];
    ChoiceRequest { pauses: both.into(), ..ChoiceRequest::of([].into(), "page") }
}

fn yes() -> ChoiceRequest {
    let both = [PurposeName::Personalization, PurposeName::SharedLearning];
    ChoiceRequest::of(both.map(|purpose| (purpose, true)).into(), "page")
}

fn choose(played: &mut Played, request: &ChoiceRequest) -> Result<(), EngineError> {
    let setting = Setting {
        place: None,
        law: played.law(),
        signals: SignalsByPurpose::NONE,
        now: played.now,
        how: Verification::SecretKey,
    };
    let name = name(&played.world, A);
    played.engine().choose(&name, request, &setting).map(|_| ())
}

fn own_items(played: &Played) -> Result<Vec<String>, Refusal> {
    let people = &played.shop().shared.people;
    let own = people.own_history(played.subject(A), &played.circumstances(false), played.now)?;
    Ok(own.items.iter().map(ToString::to_string).collect())
}
