//! The thread that plays one run a day against its own server.
//!
//! The run goes through real sockets: for its minute the same routers listen on two ports of
//! loopback, so that neither the shop's certificate nor its proxy stands between.

use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use domain::hex;
use tokio::runtime::Handle as Runtime;

use crate::canary::play::{Door, hand_in, play};
use crate::canary::{Broken, Run, TEXT_BYTES_MAX};
use crate::chance;
use crate::routes::{self, App};
use crate::serving;
use crate::settings::Listener;

/// How often it is looked whether the day has had its run.
const LOOK: Duration = Duration::from_secs(60);

/// The thread; it ends when this is dropped.
#[derive(Debug)]
pub struct Daily {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Daily {
    /// Starts the thread.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(app: App, runtime: Runtime) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let work = Work { app, runtime, stopped };
        let thread = std::thread::Builder::new().name("canary".to_owned()).spawn(|| work.run())?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Daily {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the canary's thread had a defect");
        }
    }
}

struct Work {
    app: App,
    runtime: Runtime,
    stopped: Receiver<()>,
}

impl Work {
    fn run(self) {
        while self.stopped.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
            let now = self.app.shared.clock.now();
            let played =
                self.app.shared.canary.last().is_some_and(|last| last.at.day() >= now.day());
            if !played && let Err(why) = run_now(&self.app, &self.runtime, &|| self.ends()) {
                // Not even that it failed could be kept; the next look tries again.
                tracing::error!(why, "the opt-out canary could not be played");
            }
        }
    }

    fn ends(&self) -> bool {
        self.stopped.try_recv() != Err(std::sync::mpsc::TryRecvError::Empty)
    }
}

/// Plays a run against a server of this process and hands it in. A run that cannot be played is
/// handed in as one that failed: silence proves nothing.
///
/// # Errors
/// Why it could not be handed in.
pub fn run_now(app: &App, runtime: &Runtime, ends: &dyn Fn() -> bool) -> Result<(), String> {
    let served = Served([Handle::new(), Handle::new()]);
    let [for_public, for_staff] = &served.0;
    let public = listen(runtime, routes::public(app.clone(), Router::new()), for_public)?;
    let staff = listen(runtime, routes::staff(app.clone()), for_staff)?;
    let keys = &app.shared.api_keys;
    let (secret_key, staff_key) = (keys.secret_key().to_owned(), keys.staff_key().to_owned());
    let door = Door { public, staff, secret_key, staff_key };
    let run = hex::encode(&chance::bytes::<8>().map_err(|error| error.to_string())?);
    let now = app.shared.clock.now();
    let run = match play(&door, (&run, "daily"), now.day(), ends) {
        Ok(run) => run,
        Err(why) => unplayed(run, &why),
    };
    let handed_in = hand_in(&door, &run);
    drop(served);
    handed_in
}

fn unplayed(run: String, why: &str) -> Run {
    let what: String = why.chars().take(TEXT_BYTES_MAX / 4).collect();
    Run {
        run,
        how: "daily".to_owned(),
        packs: Vec::new(),
        ways: Vec::new(),
        visitors: Vec::new(),
        opened: 0,
        quiet: 0,
        failures: vec![Broken { place: String::new(), way: String::new(), what }],
    }
}

/// Ends both listeners when it goes.
struct Served([Handle<SocketAddr>; 2]);

impl Drop for Served {
    fn drop(&mut self) {
        self.0.iter().for_each(Handle::shutdown);
    }
}

fn listen(
    runtime: &Runtime,
    router: Router,
    handle: &Handle<SocketAddr>,
) -> Result<SocketAddr, String> {
    let bound = serving::bind(&Listener::loopback(0)).map_err(|error| error.to_string())?;
    let address = bound.address;
    runtime.spawn(bound.serve(router, handle.clone()));
    Ok(address)
}
