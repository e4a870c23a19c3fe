//! The thread that takes each new checkpoint outside: to witnesses, then to anchors.
//!
//! What goes out is durable and served already, and the newest of it is enough: when several
//! batches come while a witness is slow, those in between are not asked for. What is confirmed by a
//! quorum is kept in the folder of the log and carried by proofs from then on.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use domain::time::Timestamp;
use ledger::checkpoint::Checkpoint;
use ledger::note::Note;

use crate::shared::Shared;
use crate::transparency::anchors::Anchor;
use crate::transparency::witnesses::Witnesses;
use crate::transparency::{LogError, Published, Signed};

/// The file with the newest checkpoint that a quorum confirmed.
const COSIGNED: &str = "cosigned";
/// How often it is looked for a new checkpoint.
const LOOK: Duration = Duration::from_millis(250);
/// How long an anchor that failed is left alone, in milliseconds.
const PAUSE_MS: i64 = 30_000;

/// Where checkpoints go from here.
#[derive(Debug)]
pub struct Outside {
    /// Who confirms them.
    pub witnesses: Option<Witnesses>,
    /// Where they are put.
    pub anchors: Vec<Anchor>,
}

/// The thread; it ends when this is dropped.
#[derive(Debug)]
pub struct Publisher {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Publisher {
    /// Starts the thread, where there is anything outside. Nothing is signed before each witness was
    /// asked once, because one of them may know that the folder is too old.
    ///
    /// # Errors
    /// What the system says, or a kept checkpoint that cannot be read.
    pub fn start(shared: Arc<Shared>, outside: Outside) -> std::io::Result<Self> {
        if outside.witnesses.is_none() && outside.anchors.is_empty() {
            return Ok(Self { stop: None, thread: None });
        }
        if let Some(witnesses) = &outside.witnesses {
            shared.log.expect_witnesses(shared.clock.now());
            if let Err(error) = take_up(&shared.log, witnesses) {
                tracing::error!(%error, "the kept confirmations cannot be read and are asked anew");
            }
        }
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new()
            .name("log-outside".to_owned())
            .spawn(move || run(&shared, outside, &stopped))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the log's publisher had a defect");
        }
    }
}

/// Serves the confirmations of an earlier life again.
fn take_up(log: &Published, witnesses: &Witnesses) -> Result<(), LogError> {
    let Some(bytes) = log.disk.read(COSIGNED)? else { return Ok(()) };
    let note = Note::parse(&bytes)?;
    let head = Checkpoint::open(&note, log.key())?.head;
    let is_ours = log.signed().is_some_and(|signed| head.size <= signed.head.size);
    if is_ours && witnesses.count(&note) >= witnesses.quorum() {
        log.show_cosigned(Signed { note, head }, None);
    }
    Ok(())
}

fn run(shared: &Shared, mut outside: Outside, stopped: &Receiver<()>) {
    let ends = || stopped.recv_timeout(LOOK) != Err(RecvTimeoutError::Timeout);
    let mut anchored: Vec<(Option<String>, Option<Timestamp>)> =
        outside.anchors.iter().map(|_| (None, None)).collect();
    loop {
        let now = shared.clock.now();
        if let Some(witnesses) = &mut outside.witnesses {
            if let Some(cosigned) = witnesses.round(&shared.log, now) {
                keep(&shared.log, cosigned, now);
            }
            shared.log.release();
        }
        // A folder that may be too old is no news for anyone.
        if let Some(note) = shared.log.newest_note().filter(|_| !shared.log.is_held()) {
            let text = note.to_text();
            for (anchor, (done, again)) in outside.anchors.iter().zip(&mut anchored) {
                let is_paused = again.is_some_and(|again| now < again);
                if done.as_ref() == Some(&text) || is_paused {
                    continue;
                }
                match anchor.put(&text, &ends) {
                    Ok(()) => (*done, *again) = (Some(text.clone()), None),
                    Err(error) => {
                        let place = anchor.name();
                        tracing::error!(%error, place, "a checkpoint is not anchored");
                        *again = Some(now.plus_ms(PAUSE_MS));
                    }
                }
            }
        }
        if ends() {
            return;
        }
    }
}

/// Makes confirmations durable, and only then lets anyone see them.
fn keep(log: &Published, cosigned: Signed, now: Timestamp) {
    let file = (COSIGNED.to_owned(), cosigned.note.to_text().into_bytes());
    match log.disk.write(&[file]) {
        Ok(()) => log.show_cosigned(cosigned, Some(now)),
        Err(error) => tracing::error!(%error, "confirmations cannot be kept"),
    }
}
