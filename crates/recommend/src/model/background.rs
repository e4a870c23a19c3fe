//! The models that are made in the background: solved or trained from what is learned, and out of
//! the answers as soon as somebody who is in them is not learned any more.
//!
//! The linear model counts exactly and drops its solution by itself (see [`crate::linear`]). The
//! sequence model cannot take anybody back: it is trained on the sessions of a stretch of time,
//! and every unlearned session of that time ends it at once; it comes back with the next training.
//! A training that such a session falls into is refused at the end.

use domain::id::Pseudonym;
use domain::time::Timestamp;

use crate::index::SessionKey;
use crate::items::ItemNo;
use crate::linear::solver::{Solved, Solver};
use crate::model::Model;
use crate::sequence::SequenceError;
use crate::sequence::settings::TrainerSettings;
use crate::sequence::trainer::Trainer;
use crate::trained::{During, Numbering, Trained};

/// Everything that a training of the sequence model needs; it holds no subject.
#[derive(Debug)]
pub struct Lesson {
    settings: TrainerSettings,
    numbering: Numbering,
    sessions: Vec<Vec<u32>>,
    trained_on: [u8; 16],
    during: During,
}

/// A training that is under way.
#[derive(Debug)]
pub struct Training {
    settings: TrainerSettings,
    numbering: Numbering,
    trainer: Trainer,
    trained_on: [u8; 16],
    during: During,
}

impl Lesson {
    /// Sessions that are trained on.
    pub fn sessions(&self) -> usize {
        self.sessions.len()
    }

    /// Begins the training.
    ///
    /// # Errors
    /// Too few sessions or items, or a byte budget that does not suffice.
    pub fn begin(self) -> Result<Training, SequenceError> {
        let items = u32::try_from(self.numbering.len()).unwrap_or(u32::MAX);
        let trainer = Trainer::new(self.settings, items, self.sessions)?;
        let (settings, numbering, during) = (self.settings, self.numbering, self.during);
        Ok(Training { settings, numbering, trainer, trained_on: self.trained_on, during })
    }
}

impl Training {
    /// One mini-batch of milliseconds; says whether there is more.
    pub fn step(&mut self) -> bool {
        !self.trainer.step().is_finished()
    }

    /// The trained model.
    pub fn finish(self) -> Trained {
        let weights = self.trainer.finish(self.trained_on);
        Trained::new(self.numbering, weights, &self.settings, self.during)
    }
}

impl Model {
    /// Says that a training on the sessions of a stretch of time begins: from here on a session
    /// of that time that is unlearned ends it. Does nothing when the plan has no sequence model.
    pub fn announce(&mut self, from: Timestamp, to: Timestamp) {
        let seconds = |at: Timestamp| u32::try_from(at.ms() / 1_000).unwrap_or(0);
        let during = During { from_s: seconds(from), to_s: seconds(to) };
        self.lesson = self.plan.sequence.map(|_| during);
    }

    /// What the announced training is to be made of. None when nothing is announced any more, or
    /// there is no session of that time.
    pub fn lesson(&self) -> Option<Lesson> {
        let (settings, during) = (self.plan.sequence?, self.lesson?);
        let numbering = Numbering::of(&self.items);
        let sessions = numbering.sessions(&self.index, &self.items, during);
        let trained_on = self.index.fingerprint().to_bytes();
        let lesson = Lesson { settings, numbering, sessions, trained_on, during };
        (!lesson.sessions.is_empty()).then_some(lesson)
    }

    /// Lets a trained model answer, unless somebody in it was unlearned meanwhile; says whether
    /// it does.
    pub fn adopt(&mut self, mut trained: Trained) -> bool {
        let current = self.lesson == Some(trained.during());
        if current {
            trained.keep(&self.items);
            self.sequence = Some(trained);
            self.lesson = None;
        }
        current
    }

    /// The sequence model, when it is trained.
    pub const fn sequence(&self) -> Option<&Trained> {
        self.sequence.as_ref()
    }

    /// A solver for the linear model; none when the plan has none or it is up to date.
    pub fn solver(&self) -> Option<Solver> {
        self.linear.as_ref()?.solver(&self.items, self.settings.supporters_min).ok()
    }

    /// Lets a solution answer, unless somebody in it was unlearned meanwhile; says whether it
    /// does.
    pub fn adopt_solution(&mut self, solved: Solved) -> bool {
        self.linear.as_mut().is_some_and(|linear| linear.adopt(solved).is_ok())
    }

    /// The linear model, when the plan has one.
    pub const fn linear(&self) -> Option<&crate::linear::Linear> {
        self.linear.as_ref()
    }

    /// A session of this time is not learned any more.
    pub(super) fn sequence_loses(&mut self, at: Timestamp) {
        let at_s = u32::try_from(at.ms() / 1_000).unwrap_or(u32::MAX);
        if self.sequence.as_ref().is_some_and(|trained| trained.during().holds(at_s)) {
            self.sequence = None;
        }
        if self.lesson.is_some_and(|during| during.holds(at_s)) {
            self.lesson = None;
        }
    }

    /// An item turned sensitive: nothing that was made of its sessions may answer.
    pub(super) fn forget_sensitive(&mut self, item: ItemNo) {
        if self.index.names(item) {
            self.sequence = None;
            self.lesson = None;
        }
        if let Some(linear) = &mut self.linear {
            linear.forget(item);
        }
    }

    /// The distinct items of a subject, in the order of numbers; empty without a linear model.
    pub(super) fn profile(&self, subject: Option<Pseudonym>) -> Vec<ItemNo> {
        let (Some(subject), true) = (subject, self.linear.is_some()) else { return Vec::new() };
        self.index.last_named_all(subject).into_iter().map(|(item, _)| item).collect()
    }

    /// Counts the profile of a session's subject anew; without a subject the session is one.
    pub(super) fn profile_changed(
        &mut self,
        (subject, key): (Option<Pseudonym>, &SessionKey),
        before: &[ItemNo],
    ) {
        let after = match subject {
            Some(_) => self.profile(subject),
            None => self.index.session_items(key),
        };
        if let Some(linear) = &mut self.linear {
            // A full model has switched itself off; the shell says so in the metrics.
            linear.replace(before, &after).ok();
        }
    }
}

#[cfg(test)]
mod tests;
