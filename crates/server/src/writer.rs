//! The one writer of a shop: a thread that owns the engine.
//!
//! Commands wait in a bounded queue. Events that wait together become durable together (group
//! commit): one transaction, one sync, then all acknowledgements. Everything else runs between
//! two groups.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use domain::time::Timestamp;
use ingest::event::Event;
use tokio::sync::oneshot;

use crate::engine::recording::{Claim, NotRecorded, Recorded};
use crate::engine::{Engine, EngineError};
use crate::path;
use crate::telemetry::Metrics;

/// Most events that one commit takes.
const GROUP_EVENTS_MAX: usize = 4_096;
/// How long after a failed reading of the store it is tried again, in milliseconds.
const RELOAD_MS: u64 = 5_000;
/// How often visits are looked at when nothing else happens, in milliseconds.
const TICK_MS: u64 = 1_000;

/// What became of each event of a command.
pub type Outcomes = Vec<Result<Recorded, &'static str>>;
type Work = Box<dyn FnOnce(&mut Engine, Timestamp) + Send>;

enum Command {
    Record(Vec<(Event, Claim)>, oneshot::Sender<Result<Outcomes, WriterError>>),
    Run(Work),
    Stop,
}

/// Why a command was not carried out. Nothing was acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum WriterError {
    /// The queue is full.
    #[error("the writer is busy")]
    Busy,
    /// The engine said no.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The writer has stopped.
    #[error("the writer has stopped")]
    Stopped,
}

/// The queue to the writer.
#[derive(Clone, Debug)]
pub struct Writer {
    queue: SyncSender<Command>,
}

impl Writer {
    /// Starts the writer's thread.
    ///
    /// # Errors
    /// What the system says when it gives no thread.
    pub fn start(engine: Engine) -> std::io::Result<(Self, JoinHandle<Engine>)> {
        let (queue, commands) = sync_channel(engine.shared.settings.limits.queue_max);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || run(engine, &commands))?;
        Ok((Self { queue }, thread))
    }

    /// Records events; answers when they are durable.
    ///
    /// # Errors
    /// [`WriterError`]; then none of the events is acknowledged.
    pub async fn record(&self, events: Vec<(Event, Claim)>) -> Result<Outcomes, WriterError> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::Record(events, reply))?;
        answer.await.map_err(|_| WriterError::Stopped)?
    }

    /// Records events from a thread that may wait for room in the queue.
    ///
    /// # Errors
    /// See [`Writer::record`].
    pub fn record_waiting(&self, events: Vec<(Event, Claim)>) -> Result<Outcomes, WriterError> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Command::Record(events, reply)).map_err(|_| WriterError::Stopped)?;
        answer.blocking_recv().map_err(|_| WriterError::Stopped)?
    }

    /// Runs `work` between two groups and gives its result.
    ///
    /// # Errors
    /// [`WriterError`].
    pub async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Engine, Timestamp) -> Result<R, EngineError> + Send + 'static,
    ) -> Result<R, WriterError> {
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move |engine, now| {
            // The asker may have gone away; the work is done all the same.
            reply.send(work(engine, now)).ok();
        });
        self.send(Command::Run(work))?;
        Ok(answer.await.map_err(|_| WriterError::Stopped)??)
    }

    /// Like [`Writer::run`], from a thread that may wait.
    ///
    /// # Errors
    /// [`WriterError`].
    pub fn run_waiting<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Engine, Timestamp) -> Result<R, EngineError> + Send + 'static,
    ) -> Result<R, WriterError> {
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move |engine, now| {
            reply.send(work(engine, now)).ok();
        });
        self.queue.send(Command::Run(work)).map_err(|_| WriterError::Stopped)?;
        Ok(answer.blocking_recv().map_err(|_| WriterError::Stopped)??)
    }

    /// Asks the writer to stop after what waits already.
    pub fn stop(&self) {
        // A queue without a reader has stopped already.
        self.queue.send(Command::Stop).ok();
    }

    fn send(&self, command: Command) -> Result<(), WriterError> {
        self.queue.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => WriterError::Busy,
            TrySendError::Disconnected(_) => WriterError::Stopped,
        })
    }
}

/// Events of one command with their outcomes, until the group is durable.
struct Pending {
    outcomes: Outcomes,
    reply: oneshot::Sender<Result<Outcomes, WriterError>>,
}

fn run(mut engine: Engine, commands: &Receiver<Command>) -> Engine {
    let mut pending: Vec<Pending> = Vec::new();
    let mut events = 0;
    let mut ticked = engine.shared.clock.now();
    let mut tried = None;
    loop {
        let before = engine.shared.clock.now();
        let torn = pending.is_empty() && !mended(&mut engine, &mut tried, before);
        let next = match pending.is_empty() {
            true => commands.recv_timeout(Duration::from_millis(TICK_MS)),
            false => commands.try_recv().map_err(|_| RecvTimeoutError::Timeout),
        };
        let now = engine.shared.clock.now();
        match next {
            // Memory may say what the store does not: nothing is done before it is read again.
            Ok(Command::Record(_, reply)) if torn => {
                reply.send(Err(WriterError::Busy)).ok();
                continue;
            }
            // The asker hears that nobody answers.
            Ok(Command::Run(_)) | Err(RecvTimeoutError::Timeout) if torn => continue,
            Ok(Command::Record(batch, reply)) => {
                events += batch.len();
                let outcomes =
                    batch.into_iter().map(|(event, claim)| record(&mut engine, event, &claim));
                pending.push(Pending { outcomes: outcomes.collect(), reply });
                if events >= GROUP_EVENTS_MAX {
                    flush(&mut engine, &mut pending, now);
                    events = 0;
                }
                continue;
            }
            Ok(Command::Run(work)) => {
                flush(&mut engine, &mut pending, now);
                if mended(&mut engine, &mut tried, now) {
                    work(&mut engine, now);
                }
            }
            Err(RecvTimeoutError::Timeout) => flush(&mut engine, &mut pending, now),
            Ok(Command::Stop) | Err(RecvTimeoutError::Disconnected) => {
                flush(&mut engine, &mut pending, now);
                if let Err(error) = engine.keep_all_reads(now) {
                    tracing::error!(%error, "the counts of today's reads could not be kept");
                }
                return engine;
            }
        }
        events = 0;
        if now.ms_since(ticked).unsigned_abs() >= TICK_MS && mended(&mut engine, &mut tried, now) {
            ticked = now;
            if let Err(error) = engine.tick(now) {
                tracing::error!(%error, "the writer's round failed and is tried again");
            }
        }
    }
}

/// Reads the store again after an act that failed half-way; says whether memory is right.
fn mended(engine: &mut Engine, tried: &mut Option<Timestamp>, now: Timestamp) -> bool {
    if !engine.is_torn() {
        *tried = None;
        return true;
    }
    if tried.is_some_and(|tried| now.ms_since(tried).unsigned_abs() < RELOAD_MS) {
        return false;
    }
    *tried = Some(now);
    match engine.reload(now) {
        Ok(()) => tracing::warn!("an act failed half-way; memory was read from the store again"),
        Err(error) => tracing::error!(%error, "the store cannot be read; nothing is taken"),
    }
    !engine.is_torn()
}

fn record(engine: &mut Engine, event: Event, claim: &Claim) -> Result<Recorded, &'static str> {
    let outcome = path::record(engine, event, claim);
    let word = outcome.as_ref().map_or_else(NotRecorded::code, |_| "stored");
    Metrics::count(&engine.shared.metrics.events, word);
    outcome.map_err(|refused| refused.code())
}

/// Makes the group durable, then acknowledges.
fn flush(engine: &mut Engine, pending: &mut Vec<Pending>, now: Timestamp) {
    let durable = match engine.has_staged() {
        true => engine.commit_staged(now),
        false => Ok(()),
    };
    if let Err(error) = &durable {
        tracing::error!(%error, "a group of events could not be made durable");
    }
    for Pending { outcomes, reply } in pending.drain(..) {
        let answer = match &durable {
            Ok(()) => Ok(outcomes),
            Err(_) => Err(WriterError::Busy),
        };
        reply.send(answer).ok();
    }
}
