//! `confidant serve --config FILE`: runs the shop's server.

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use axum::Router;
use axum_server::Handle;
use clap::Args;
use rights::receipt::public_key;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::banner::texts::Library;
use crate::canary::job::{Daily, run_now};
use crate::center::Center;
use crate::clock::Clock;
use crate::commands::{Failure, OrFail as _, say};
use crate::engine::Engine;
use crate::limits::RateLimits;
use crate::mail::link::ASKING_MAX;
use crate::mail::{Letter, Post};
use crate::opening::{self, Opened};
use crate::place::PlaceFile;
use crate::platforms::Platforms;
use crate::recovery::{Mark, UNTESTED};
use crate::routes::{self, App};
use crate::serving::{self, Bound, ServingError, Told};
use crate::settings::Settings;
use crate::settings::center::CenterSettings;
use crate::settings::shop_key::Recovery;
use crate::shared::Shared;
use crate::shop_key;
use crate::telling::Teller;
use crate::training::Trainer;
use crate::transparency::job::Auditor;
use crate::transparency::publishing::Publisher;
use crate::writer::Writer;

/// Runs the shop's server.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// The configuration file.
    #[arg(long, default_value = "confidant.toml")]
    pub config: PathBuf,
    /// Checks the configuration and stops.
    #[arg(long)]
    pub check: bool,
}

/// The two listeners, bound.
#[derive(Debug)]
pub struct Listeners {
    /// For the world.
    pub public: Bound,
    /// For staff and Prometheus.
    pub staff: Bound,
    /// The privacy center, where the settings have one.
    pub center: Option<Bound>,
}

impl Listeners {
    /// Binds every address of the settings.
    ///
    /// # Errors
    /// An address that is taken, or a certificate that cannot be read.
    pub fn bind(settings: &Settings) -> Result<Self, Failure> {
        let center = settings.privacy_center.as_ref().map(CenterSettings::listener);
        let center = center.map(|listener| serving::bind(&listener)).transpose();
        Ok(Self {
            public: serving::bind(&settings.public).or_fail("public")?,
            staff: serving::bind(&settings.staff).or_fail("staff")?,
            center: center.or_fail("privacy_center")?,
        })
    }
}

/// Runs until it is asked to stop.
///
/// # Errors
/// A configuration, store or address that cannot be used.
pub fn run(command: &Serve) -> Result<(), Failure> {
    let settings = Settings::read(&command.config)
        .or_fail(&format!("the configuration {} is not usable", command.config.display()))?;
    if command.check {
        let banner = &settings.banner;
        Library::read(banner.texts.as_deref(), &banner.language).or_fail("banner")?;
        settings.place.file.as_deref().map(PlaceFile::open).transpose().or_fail("place.file")?;
        say("the configuration is fine");
        return Ok(());
    }
    let listeners = Listeners::bind(&settings)?;
    recovery_tested(&settings)?;
    let opened = opening::open(settings, Clock::machine()).or_fail("the shop cannot be opened")?;
    let words = first_words(&opened, &listeners);
    serve(opened, listeners, Router::new(), &words)
}

/// A shop that exists is served only when a recovery of its key was tested. The first start makes
/// the key, so it cannot have been.
fn recovery_tested(settings: &Settings) -> Result<(), Failure> {
    let exists = store::sqlite::exists(&settings.data_dir);
    if !exists || settings.shop_key.recovery == Recovery::Untested {
        return Ok(());
    }
    let kek = shop_key::kek(settings).or_fail("the shop cannot be opened")?;
    match Mark::read(&settings.data_dir, &kek) {
        Some(_) => Ok(()),
        None => Err(Failure::new(UNTESTED)),
    }
}

/// What a start says: addresses always, keys only when this start made them.
fn first_words(opened: &Opened, listeners: &Listeners) -> Vec<String> {
    let mut words = Vec::new();
    let mut say = |line: &dyn Display| words.push(line.to_string());
    if !opened.made.is_empty() {
        let keys = &opened.shared.api_keys;
        say(&"First start. These keys are shown once; they lie in files that only you can read:");
        for file in &opened.made {
            say(&format!("  {}", file.display()));
        }
        say(&format!("  write key (public, for pages)     {}", keys.write_key()));
        say(&format!("  secret key (for your server only) {}", keys.secret_key()));
        say(&format!("  staff key                         {}", keys.staff_key()));
        say(
            &"Losing the shop key is the one loss that nothing can mend: without it nothing can be",
        );
        say(&"read again, and no backup helps. Who has it and the data can read everything.");
        say(&"Before the next start, make a copy that lies elsewhere (confidant keys seal, or");
        say(&"confidant keys split) and test it: confidant keys recover --check");
    }
    say(&format!("receipts are signed with {}", public_key(&opened.shared.ring.receipt_seed())));
    say(&format!("the log is signed with {}", opened.shared.log.key().to_text()));
    say(&format!("public  {}", listeners.public.origin()));
    say(&format!("staff   {}", listeners.staff.origin()));
    if let Some(center) = &listeners.center {
        say(&format!("privacy {}", center.origin()));
    }
    words
}

/// Serves a shop that is open, with `more` pages on the public listener, until it is told to end.
/// The words are said once it serves and hears whoever tells it to end.
///
/// # Errors
/// What the system says.
pub fn serve(
    opened: Opened,
    listeners: Listeners,
    more: Router<App>,
    words: &[String],
) -> Result<(), Failure> {
    start(opened, listeners, more)?.until_told(words)
}

/// The threads that work beside the writer; they end when this is dropped.
#[derive(Debug)]
#[expect(dead_code, reason = "held to be dropped")]
struct Jobs {
    training: Trainer,
    auditor: Auditor,
    publisher: Publisher,
}

/// A shop that is being served.
#[derive(Debug)]
pub struct Running {
    /// What answers read.
    pub shared: Arc<Shared>,
    /// The queue to the writer.
    pub writer: Writer,
    app: App,
    thread: JoinHandle<Engine>,
    jobs: Jobs,
    runtime: Runtime,
    handles: Vec<Handle<SocketAddr>>,
    listening: JoinSet<std::io::Result<()>>,
}

/// Starts to serve a shop and comes back at once.
///
/// # Errors
/// What the system says.
pub fn start(opened: Opened, listeners: Listeners, more: Router<App>) -> Result<Running, Failure> {
    let Opened { shared, engine, .. } = opened;
    if let Some(run) = engine.runs().or_fail("the canary's runs cannot be read")?.last() {
        shared.tell_canary(run.last());
    }
    let rates = Arc::new(RateLimits::per_minute(shared.settings.limits.requests_per_minute_max));
    let outside = shared.settings.ledger.outside(&shared.settings.outbound).or_fail("ledger")?;
    // Before the writer: nothing is signed until the witnesses were asked.
    let publisher = Publisher::start(Arc::clone(&shared), outside)
        .or_fail("the log's publisher cannot be started")?;
    let (writer, thread) = Writer::start(engine).or_fail("the writer cannot be started")?;
    let training =
        Trainer::start(Arc::clone(&shared)).or_fail("the training thread cannot be started")?;
    let auditor =
        Auditor::start(Arc::clone(&shared)).or_fail("the log's auditor cannot be started")?;
    let center = open_center(&shared.settings, listeners.center.as_ref())?;
    let runtime = Runtime::new().or_fail("the runtime cannot be started")?;
    let post = open_post(&shared, center.as_deref(), &runtime)?;
    let platforms = Platforms::open(&shared.settings.platforms).or_fail("platforms")?;
    let app = App {
        shared: Arc::clone(&shared),
        writer: writer.clone(),
        rates,
        center,
        post,
        platforms: Arc::new(platforms),
    };
    let entered = runtime.enter();
    let Listeners { public, staff, center } = listeners;
    let own = shared.settings.privacy_center.as_ref().map(CenterSettings::listener);
    let certificates = own.iter().zip(&center).chain([(&shared.settings.public, &public)]);
    let certificates =
        certificates.filter_map(|(settings, bound)| bound.certificate_reloader(settings));
    reload_on_hangup(&shared, certificates.collect());
    let mut served =
        vec![(public, routes::public(app.clone(), more)), (staff, routes::staff(app.clone()))];
    served.extend(center.map(|bound| (bound, routes::privacy_center(app.clone()))));
    let (mut handles, mut listening) = (Vec::new(), JoinSet::new());
    for (bound, router) in served {
        let handle = Handle::new();
        handles.push(handle.clone());
        listening.spawn_on(bound.serve(router, handle), runtime.handle());
    }
    drop(entered);
    let jobs = Jobs { training, auditor, publisher };
    Ok(Running { shared, writer, app, thread, jobs, runtime, handles, listening })
}

impl Running {
    /// Serves until an interrupt or a termination, or until a listener fails; plays the opt-out
    /// canary once a day.
    ///
    /// # Errors
    /// Why a listener failed.
    pub fn until_told(self, words: &[String]) -> Result<(), Failure> {
        let Self { writer, app, thread, jobs, runtime, handles, listening, .. } = self;
        let teller = Teller::start(Arc::clone(&app.shared), writer.clone())?;
        let daily = Daily::start(app, runtime.handle().clone());
        let daily = daily.or_fail("the canary's thread cannot be started")?;
        let served = runtime.block_on(async move {
            let told = Told::listen()?;
            let ended = tokio::spawn(async move { told.end(&handles).await });
            words.iter().for_each(say);
            let served = end_of_all(listening).await;
            ended.abort();
            served
        });
        drop((daily, jobs, teller));
        // What waits in the queue is made durable before the process ends.
        writer.stop();
        drop(thread.join());
        served.or_fail("serving stopped")
    }

    /// Plays one run of the opt-out canary against itself, as happens once a day.
    ///
    /// # Errors
    /// Why the run could not be handed in.
    pub fn play_canary(&self) -> Result<(), Failure> {
        run_now(&self.app, self.runtime.handle(), &|| false).or_fail("the opt-out canary")
    }

    /// The mails that were kept instead of sent, newest first, once every question is answered.
    pub fn mails(&self) -> Vec<Letter> {
        let Some(post) = &self.app.post else { return Vec::new() };
        let all = u32::try_from(ASKING_MAX).unwrap_or(u32::MAX);
        // When all places are free, nobody is being looked up.
        drop(self.runtime.block_on(post.asking.acquire_many(all)));
        post.kept()
    }

    /// Ends at once and gives the engine back, with what was acknowledged durable; `None` when the
    /// writer had died.
    pub fn stop(self) -> Option<Engine> {
        let Self { writer, app, thread, jobs, runtime, .. } = self;
        drop((app, jobs));
        drop(runtime);
        writer.stop();
        thread.join().ok()
    }
}

/// The privacy center of a listener, on the origin that the settings name.
fn open_center(settings: &Settings, bound: Option<&Bound>) -> Result<Option<Arc<Center>>, Failure> {
    let Some(bound) = bound else { return Ok(None) };
    let named = settings.privacy_center.as_ref().and_then(|center| center.origin.as_ref());
    let origin = named.map_or_else(|| bound.origin(), |origin| origin.as_str().to_owned());
    Ok(Some(Arc::new(Center::new(origin).or_fail("privacy_center")?)))
}

/// Opens the way out for mail, and tells the writer of it.
fn open_post(
    shared: &Arc<Shared>,
    center: Option<&Center>,
    runtime: &Runtime,
) -> Result<Option<Arc<Post>>, Failure> {
    let Some(mail) = &shared.settings.mail else { return Ok(None) };
    let page = center.map(|center| format!("{}/mail", center.origin)).unwrap_or_default();
    let post = Post::open(mail, shared, (page, runtime.handle().clone())).or_fail("mail")?;
    let post = Arc::new(post);
    // Who serves holds it: what is shared does not keep itself alive.
    shared.post.set(Arc::downgrade(&post)).ok();
    Ok(Some(post))
}

/// Comes back when every listener has ended, or the first of them has failed.
async fn end_of_all(mut listening: JoinSet<std::io::Result<()>>) -> std::io::Result<()> {
    while let Some(ended) = listening.join_next().await {
        ended.map_err(std::io::Error::other)??;
    }
    Ok(())
}

/// A hangup signal reads the certificates and the file of places anew.
fn reload_on_hangup<R>(shared: &Arc<Shared>, certificates: Vec<R>)
where
    R: Fn() -> Result<(), ServingError> + Send + Sync + 'static,
{
    if certificates.is_empty() && shared.places.is_none() {
        return;
    }
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let hangup = tokio::signal::unix::SignalKind::hangup();
        let Ok(mut hangups) = tokio::signal::unix::signal(hangup) else { return };
        while hangups.recv().await.is_some() {
            for reload in &certificates {
                match reload() {
                    Ok(()) => tracing::info!("certificate reloaded"),
                    Err(error) => tracing::error!(%error, "the old certificate stays"),
                }
            }
            let shared = Arc::clone(&shared);
            // The file is large, and looked through whole.
            let read = tokio::task::spawn_blocking(move || shared.reload_places()).await;
            if let Err(error) = read {
                tracing::error!(%error, "the file of places could not be read anew");
            }
        }
    });
}
