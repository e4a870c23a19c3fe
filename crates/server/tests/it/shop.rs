//! The shop that the tests use: a server on free ports, in this process or as the real binary.
//!
//! [`Server`] runs in this process, with the machine's clock or one that a test moves; it can be
//! stopped and started again on the same folder. [`Binary`] is `confidant` itself.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;

use domain::id::{ItemId, ShopId};
use domain::time::Timestamp;
use serde_json::{Value, json};
use server::clock::Clock;
use server::commands::serve::{Listeners, Running, start};
use server::engine::{Engine, EngineError};
use server::opening;
use server::settings::{Listener, Origin, Settings};
use server::shared::Shared;
use server::writer::Writer;
use tempfile::TempDir;
use testkit::shop::{Shop, ShopSize};

use crate::http::{Call, Reply};

/// The origin that the write key is bound to.
pub(crate) const ORIGIN: &str = "https://shop.example";
/// The seed of the catalog.
const SEED: u64 = 7;
/// Half an hour and a bit: after it a visit is over.
pub(crate) const VISIT_OVER_MS: i64 = 31 * 60 * 1_000;
/// When a clock that is moved by hand starts: 1 March 2026, noon.
pub(crate) const START: Timestamp = Timestamp::from_ms(1_772_366_400_000);

/// A shop that is served in this process.
pub(crate) struct Server {
    running: Running,
    folder: Arc<TempDir>,
    settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) public: SocketAddr,
    pub(crate) staff: SocketAddr,
    /// The privacy center, when the settings have one.
    pub(crate) center: Option<SocketAddr>,
}

/// A browser that has chosen.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    pub(crate) id: String,
    pub(crate) erase_handle: String,
}

/// How a key of the API is named in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum As {
    Page,
    Shop,
    Staff,
}

impl Server {
    /// A shop under the law of the EU, with the small catalog and the machine's clock.
    pub(crate) fn start() -> Self {
        Self::with(Clock::machine(), |_| {})
    }

    /// The same with a clock that stands still until [`Server::pass`].
    pub(crate) fn by_hand() -> Self {
        Self::with(Clock::by_hand(START), |_| {})
    }

    /// A shop with other settings.
    pub(crate) fn with(clock: Clock, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings =
            Settings::of(ShopId::parse("clothes").unwrap(), folder.path().join("data"));
        settings.public = Listener::loopback(0);
        settings.staff = Listener::loopback(0);
        settings.origins = vec![Origin::parse(ORIGIN).unwrap()];
        settings.jurisdiction = Some("EU".to_owned());
        settings.limits.requests_per_minute_max = 10_000_000;
        change(&mut settings);
        let server = Self::open(Arc::new(folder), settings, clock);
        let items = catalog();
        server.call(As::Shop, &Call::put("/v1/catalog/items", &json!({ "items": items }))).good();
        server
    }

    fn open(folder: Arc<TempDir>, settings: Settings, clock: Clock) -> Self {
        let listeners = Listeners::bind(&settings).unwrap();
        let center = listeners.center.as_ref().map(|center| center.address);
        let (public, staff) = (listeners.public.address, listeners.staff.address);
        let opened = opening::open(settings.clone(), clock.clone()).unwrap();
        let running = start(opened, listeners, axum::Router::new()).unwrap();
        Self { running, folder, settings, clock, public, staff, center }
    }

    /// Ends the server and starts it again on the same folder; the ports are others.
    pub(crate) fn restart(self) -> Self {
        self.restart_after(|_| {})
    }

    /// The same, with something that happens to the closed folder in between.
    pub(crate) fn restart_after(self, between: impl FnOnce(&Shared)) -> Self {
        let Self { running, folder, settings, clock, .. } = self;
        let shared = Arc::clone(&running.shared);
        drop(running.stop().expect("the writer lives"));
        between(&shared);
        Self::open(folder, settings, clock)
    }

    /// Ends the server; the folder stays.
    pub(crate) fn close(self) -> Arc<TempDir> {
        let Self { running, folder, .. } = self;
        drop(running.stop().expect("the writer lives"));
        folder
    }

    /// The queue to the writer.
    pub(crate) fn writer(&self) -> &Writer {
        &self.running.writer
    }

    /// The folder of the store.
    pub(crate) fn data_dir(&self) -> &Path {
        &self.settings.data_dir
    }

    /// A folder for the test's own files.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.running.shared
    }

    /// The key that a caller shows.
    pub(crate) fn key(&self, who: As) -> &str {
        let keys = &self.shared().api_keys;
        match who {
            As::Page => keys.write_key(),
            As::Shop => keys.secret_key(),
            As::Staff => keys.staff_key(),
        }
    }

    /// Sends a call with the key of `who`; staff goes to the staff listener.
    #[track_caller]
    pub(crate) fn call(&self, who: As, call: &Call) -> Reply {
        let to = if who == As::Staff { self.staff } else { self.public };
        call.clone().key(self.key(who)).send(to)
    }

    /// A token that names a customer now, for ten minutes.
    pub(crate) fn token(&self, customer: &str) -> String {
        let now_s = self.clock.now().ms() / 1_000;
        let keys = &self.shared().api_keys;
        keys.sign_customer(&self.settings.shop, customer, now_s, now_s + 600)
    }

    /// Lets time pass and waits until the writer has done its round.
    pub(crate) fn pass(&self, ms: i64) {
        self.clock.set(self.clock.now().plus_ms(ms));
        // The round comes after the first command that sees the new time and before the next.
        for _ in 0..2 {
            self.engine(|_, _| Ok(()));
        }
    }

    /// Runs something between two groups of the writer.
    #[track_caller]
    pub(crate) fn engine<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Engine, Timestamp) -> Result<R, EngineError> + Send + 'static,
    ) -> R {
        self.running.writer.run_waiting(work).expect("the writer takes it")
    }

    /// The number of the last batch.
    pub(crate) fn seq(&self) -> u64 {
        self.engine(|engine, _| Ok(engine.seq()))
    }

    /// The fingerprint of the shared model.
    pub(crate) fn fingerprint(&self) -> [u8; 16] {
        self.shared().taught().model.fingerprint().to_bytes()
    }

    /// Sessions in the shared model.
    pub(crate) fn sessions(&self) -> usize {
        self.shared().taught().model.index().sessions() as usize
    }

    /// A new browser that says yes to these purposes.
    #[track_caller]
    pub(crate) fn browser(&self, purposes: &[&str]) -> Browser {
        let body = self.call(As::Page, &Call::put("/v1/consents", &choice(purposes))).good();
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        Browser { id: text("browser"), erase_handle: text("erase_handle") }
    }

    /// A customer who says yes to these purposes with a token.
    #[track_caller]
    pub(crate) fn consenting_customer(&self, customer: &str, purposes: &[&str]) {
        let call = Call::put("/v1/consents", &choice(purposes)).token(&self.token(customer));
        self.call(As::Page, &call).good();
    }

    /// A browser looks at an item; gives what became of the event.
    #[track_caller]
    pub(crate) fn looks_at(&self, browser: &str, item: &ItemId, message: &str) -> Value {
        let event = json!({
            "anonymousId": browser, "messageId": message, "event": "Product Viewed",
            "properties": { "product_id": item.as_str() },
        });
        self.call(As::Page, &Call::post("/v1/track", &event)).good()
    }

    /// What is recommended for a query string.
    #[track_caller]
    pub(crate) fn recommends(&self, who: As, query: &str) -> Value {
        self.call(who, &Call::get(&format!("/v1/recommendations?{query}"))).good()
    }

    /// Erases with a body; gives id and receipt.
    #[track_caller]
    pub(crate) fn erases(&self, who: As, body: &Value) -> Value {
        self.call(who, &Call::post("/v1/erasures", body)).good()
    }

    /// Rows of a table, as staff see it.
    pub(crate) fn rows(&self, table: &str) -> u64 {
        let lines = self.call(As::Staff, &Call::get("/staff/inventory")).good();
        let line = lines.as_array().unwrap().iter().find(|line| line["table"] == table);
        line.unwrap_or_else(|| panic!("no table {table}"))["rows"].as_u64().unwrap()
    }

    /// Plays a run of the opt-out canary, as happens once a day.
    #[track_caller]
    pub(crate) fn play_canary(&self) {
        self.running.play_canary().expect("the run is handed in");
    }

    /// The mails that were kept instead of sent, newest first; whoever asked for one has it.
    pub(crate) fn mails(&self) -> Vec<server::mail::Letter> {
        self.running.mails()
    }

    /// The metrics as Prometheus reads them.
    pub(crate) fn metrics(&self) -> String {
        self.call(As::Staff, &Call::get("/metrics")).text()
    }
}

/// The items of the small shop.
pub(crate) fn catalog() -> Vec<domain::catalog::Item> {
    Shop::from_seed(SEED, ShopSize::SMALL).items().to_vec()
}

/// The id of the item with this number.
pub(crate) fn item(number: usize) -> ItemId {
    catalog()[number].id.clone()
}

/// A yes to these purposes, with a notice.
pub(crate) fn choice(purposes: &[&str]) -> Value {
    let choices: serde_json::Map<String, Value> =
        purposes.iter().map(|purpose| ((*purpose).to_owned(), Value::Bool(true))).collect();
    json!({
        "choices": choices,
        "notice": { "digest": "ab".repeat(32), "language": "en" },
        "how": "banner",
    })
}

/// The real binary as a child process; killed when dropped.
pub(crate) struct Binary {
    child: Child,
    out: BufReader<ChildStdout>,
    /// What it said until it was serving.
    pub(crate) said: Vec<String>,
    pub(crate) public: SocketAddr,
    pub(crate) staff: SocketAddr,
}

impl Binary {
    /// `confidant` with arguments, nothing else of this process's environment that matters to it.
    pub(crate) fn command(arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_confidant"));
        command.args(arguments).env_remove("CONFIDANT_LOG").env_remove("CONFIDANT_LOG_FORMAT");
        command
    }

    /// Serves a configuration and waits until both addresses are said.
    pub(crate) fn serve(config: &Path) -> Self {
        let config = config.to_str().unwrap();
        Self::run(Self::command(&["serve", "--config", config]).stderr(Stdio::null()))
    }

    /// Runs a command that serves, and waits until both addresses are said.
    #[track_caller]
    pub(crate) fn run(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let (mut said, mut addresses) = (Vec::new(), Vec::<SocketAddr>::new());
        while addresses.len() < 2 {
            let mut line = String::new();
            if out.read_line(&mut line).unwrap() == 0 {
                panic!("ended with {} after saying {said:?}", child.wait().unwrap());
            }
            let found = line.split("http://").nth(1).map(|rest| rest.split_whitespace());
            addresses.extend(found.and_then(|mut words| words.next()?.parse::<SocketAddr>().ok()));
            said.push(line.trim_end().to_owned());
        }
        Self { child, out, said, public: addresses[0], staff: addresses[1] }
    }

    /// Kills it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Lets it die of a fault; says how it died.
    pub(crate) fn abort(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-ABRT", &pid]).status().unwrap().success());
        self.child.wait().unwrap()
    }

    /// Kills it while others still talk to it.
    pub(crate) fn shoot(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
    }

    /// Tells it to read its files anew.
    pub(crate) fn hang_up(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-HUP", &pid]).status().unwrap().success());
    }

    /// Ends it in order; gives how it ended and what it said after the addresses.
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap(), rest)
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Writes a configuration for the binary into a folder; `more` is TOML for the top of the file.
pub(crate) fn configuration(folder: &Path, more: &str) -> PathBuf {
    let path = folder.join("confidant.toml");
    let data = folder.join("data");
    let text = format!(
        "shop = \"clothes\"\ndata_dir = {data:?}\norigins = [\"{ORIGIN}\"]\n\
         jurisdiction = \"EU\"\n{more}\n\
         [shop_key]\nrecovery = \"untested\"\n\n[public]\naddress = \"127.0.0.1:0\"\n\n[staff]\naddress = \"127.0.0.1:0\"\n\n\
         [limits]\nrequests_per_minute_max = 10000000\n"
    );
    std::fs::write(&path, text).unwrap();
    path
}

/// A key that the first start of the binary wrote: `write`, `secret` or `staff`.
pub(crate) fn key_file(folder: &Path, name: &str) -> String {
    let path = folder.join("data").join("credentials").join(format!("{name}.key"));
    std::fs::read_to_string(path).unwrap().trim().to_owned()
}

/// A tool that `cargo xtask test` installs, by the variable that names it.
pub(crate) fn tool(variable: &str) -> PathBuf {
    let found = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.exists());
    found.unwrap_or_else(|| {
        panic!("{variable} is not set; run `cargo xtask test`, which installs what tests need")
    })
}

#[test]
fn a_shop_opens_answers_and_opens_again() {
    let server = Server::by_hand();
    let browser = server.browser(&["Personalization", "SharedLearning"]);
    assert_eq!(server.looks_at(&browser.id, &item(0), "m-1")["stored"], 1);
    server.pass(VISIT_OVER_MS);
    assert_eq!(server.sessions(), 1);
    let (seq, fingerprint) = (server.seq(), server.fingerprint());
    let server = server.restart();
    assert_eq!((server.seq(), server.fingerprint()), (seq, fingerprint));
    let answer = server.recommends(As::Page, &format!("browser={}", browser.id));
    assert_eq!(answer["basis"]["tier"], "history");
    server.consenting_customer("customer-1", &["Personalization"]);
    server
        .erases(As::Page, &json!({ "browser": browser.id, "erase_handle": browser.erase_handle }));
    assert_eq!(server.sessions(), 0);
    assert!(server.metrics().contains("confidant_seq"));
    assert!(server.data_dir().starts_with(server.folder()));
}

#[test]
fn the_binary_serves_and_ends_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::serve(&configuration(folder.path(), ""));
    assert!(binary.said.iter().any(|line| line.contains(&key_file(folder.path(), "write"))));
    Call::get("/healthz").send(binary.public).good();
    let metrics = Call::get("/metrics").key(&key_file(folder.path(), "staff"));
    assert_eq!(metrics.send(binary.staff).status, 200);
    assert!(binary.end().0.success());
    Binary::serve(&configuration(folder.path(), "")).kill();
}
