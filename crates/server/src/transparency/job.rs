//! The thread that re-hashes everything that is stored, once a day.
//!
//! A changed entry breaks no proof that is made from the hashes beside it, so somebody has to look
//! at the entries themselves: the log is grown once more from them, and every tile, up to the
//! signed root, must be the one that is stored. What is found shows in `/readyz`.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use domain::time::{DAY_MS, Timestamp};
use ledger::audit::Audit;
use ledger::error::LedgerError;
use ledger::merkle::Head;

use crate::shared::Shared;
use crate::transparency::book::DAMAGED;
use crate::transparency::{LogError, Published};

/// How often it is looked whether a day is over.
const LOOK: Duration = Duration::from_secs(60);

/// The thread; it ends when this is dropped.
#[derive(Debug)]
pub struct Auditor {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Auditor {
    /// Starts the thread.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(shared: Arc<Shared>) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new()
            .name("log-audit".to_owned())
            .spawn(move || run(&shared, &stopped))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Auditor {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the log's auditor had a defect");
        }
    }
}

fn run(shared: &Shared, stopped: &Receiver<()>) {
    let ends = |time| stopped.recv_timeout(time) != Err(RecvTimeoutError::Timeout);
    while !ends(LOOK) {
        let now = shared.clock.now();
        let is_fresh = |audited: Timestamp| now.ms_since(audited) < DAY_MS;
        if !shared.log.audited().is_some_and(is_fresh) {
            if let Some(days) = shared.settings.ledger.keep_entries_days
                && let Err(error) = shared.log.prune(days, now)
            {
                tracing::error!(%error, "old entries of the log cannot be left out");
            }
            check(&shared.log, now, &|| ends(Duration::ZERO));
        }
    }
}

/// Re-hashes everything and says what was found; `ends` stops it early.
pub fn check(log: &Published, now: Timestamp, ends: &dyn Fn() -> bool) {
    let Some(signed) = log.signed() else { return };
    match rehash(log, &signed.head, ends) {
        Ok(true) => log.change(|state| state.audited = Some(now)),
        Ok(false) => {}
        Err(error) => {
            // Partial files go when their full one is there, also in the middle of a look.
            if log.signed().is_some_and(|newer| newer.head != signed.head) {
                return;
            }
            tracing::error!(%error, "the log's files are not what was signed");
            log.tell(Some(DAMAGED));
        }
    }
}

fn rehash(log: &Published, head: &Head, ends: &dyn Fn() -> bool) -> Result<bool, LogError> {
    let mut audit = Audit::pruned(*head, log.minimum());
    while let Some(bundle) = audit.next() {
        if ends() {
            return Ok(false);
        }
        let stored = log.disk.read(&bundle.to_string())?.ok_or(LedgerError::Missing)?;
        for write in audit.step(&stored)? {
            if log.disk.read(&write.resource.to_string())?.as_ref() != Some(&write.bytes) {
                return Err(LedgerError::Forked.into());
            }
        }
    }
    audit.finish()?;
    Ok(true)
}
