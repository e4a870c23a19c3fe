//! The thread that makes models in the background: trains the sequence model and solves the linear
//! one, a step at a time, and hands them to the shared model when they are ready.
//!
//! It reads what is learned through the same lock as answers do and holds it only while it copies
//! the sessions; the models themselves say whether what comes out may still answer (see
//! `recommend::model::background`). Sessions of the last day stay out of a training, because late
//! events still change them, and so do those that expire within a week; then neither ends the model
//! that was just trained.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use domain::time::{DAY_MS, Timestamp};
use personal::kinds::BROWSING_KEEP_DAYS;
use recommend::model::background::Training;

use crate::shared::Shared;

/// How often it is looked whether there is something to do.
const LOOK: Duration = Duration::from_secs(30);
/// How old a trained model gets before it is trained again.
const KEEP_MS: i64 = DAY_MS;
/// Sessions that expire so soon stay out.
const MARGIN_DAYS: i64 = 7;

/// The thread; it ends when this is dropped.
#[derive(Debug)]
pub struct Trainer {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Trainer {
    /// Starts the thread.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(shared: Arc<Shared>) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let work = Work { shared, stopped, trained: None };
        let thread =
            std::thread::Builder::new().name("training".to_owned()).spawn(|| work.run())?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Trainer {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the training thread had a defect");
        }
    }
}

struct Work {
    shared: Arc<Shared>,
    stopped: Receiver<()>,
    /// When the sequence model was trained last.
    trained: Option<Timestamp>,
}

impl Work {
    fn run(mut self) {
        while self.waits(LOOK) {
            self.solve();
            self.train();
        }
    }

    /// Waits; false when it is time to end.
    fn waits(&self, time: Duration) -> bool {
        self.stopped.recv_timeout(time) == Err(RecvTimeoutError::Timeout)
    }

    /// Whether it is time to end.
    fn ends(&self) -> bool {
        !self.waits(Duration::ZERO)
    }

    /// Solves the linear model when it has no solution.
    fn solve(&self) {
        let solver = {
            let taught = self.shared.taught();
            let unsolved = taught.model.linear().is_some_and(|linear| linear.solved().is_none());
            if unsolved { taught.model.solver() } else { None }
        };
        let Some(mut solver) = solver else { return };
        while solver.step() == Ok(true) {
            if self.ends() {
                return;
            }
        }
        if let Ok(solved) = solver.finish() {
            let adopted = self.shared.teach().model.adopt_solution(solved);
            tracing::info!(adopted, "linear model solved");
        }
    }

    /// Trains the sequence model when there is none or it is a day old.
    fn train(&mut self) {
        let now = self.shared.clock.now();
        let old = self.trained.is_none_or(|trained| now.ms_since(trained) >= KEEP_MS);
        if !old && self.shared.taught().model.sequence().is_some() {
            return;
        }
        let Some(mut training) = self.begin(now) else { return };
        while training.step() {
            if self.ends() {
                return;
            }
        }
        let adopted = self.shared.teach().model.adopt(training.finish());
        if adopted {
            self.trained = Some(now);
        }
        tracing::info!(adopted, "sequence model trained");
    }

    fn begin(&self, now: Timestamp) -> Option<Training> {
        self.shared.taught().model.plan().sequence?;
        let keep_ms = (i64::from(BROWSING_KEEP_DAYS) - MARGIN_DAYS) * DAY_MS;
        let from = Timestamp::from_ms((now.ms() - keep_ms).max(0));
        self.shared.teach().model.announce(from, Timestamp::from_ms(now.ms() - DAY_MS));
        let lesson = self.shared.taught().model.lesson()?;
        let sessions = lesson.sessions();
        match lesson.begin() {
            Ok(training) => Some(training),
            Err(error) => {
                tracing::warn!(sessions, %error, "the sequence model cannot be trained");
                None
            }
        }
    }
}
