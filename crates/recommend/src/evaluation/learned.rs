//! What an evaluation learns: the same index and models as a shop, from sessions of a file.

use crate::evaluation::Session;
use crate::fingerprint::Fingerprint;
use crate::index::{ClosedSession, SessionIndex};
use crate::items::{ItemNo, Items, Traits};
use crate::linear::{Linear, LinearSettings};
use crate::plan::Plan;
use crate::sequence::SequenceError;
use crate::sequence::settings::TrainerSettings;
use crate::sequence::trainer::Trainer;
use crate::trained::{ALL, Numbering, Trained};

/// Hears what is being done, how much of it is done, and how much there is.
pub type Watch<'a> = dyn FnMut(&'static str, u64, u64) + 'a;

/// Everything that was learned of some sessions.
#[derive(Debug)]
pub struct Learned {
    /// The catalog: every item that training saw.
    pub items: Items,
    /// The sessions.
    pub index: SessionIndex,
    /// The sequence model.
    pub sequence: Option<Trained>,
    /// The linear model.
    pub linear: Option<Linear>,
}

impl Learned {
    /// Learns sessions, and what else the plan asks for.
    ///
    /// # Errors
    /// The sequence model cannot be trained with these settings.
    pub fn new(
        train: &[Session],
        plan: &Plan,
        watch: &mut Watch<'_>,
    ) -> Result<Self, SequenceError> {
        let (mut items, mut index) = (Items::new(), SessionIndex::new());
        let traits = Traits { answers: true, sensitive: false };
        for (number, session) in (0_u128..).zip(train) {
            if number % 1_000 == 0 {
                watch("learning sessions", u64::try_from(number).unwrap_or(0), train.len() as u64);
            }
            let session = ClosedSession {
                key: number.to_be_bytes(),
                subject: session.subject,
                at: session.at,
                items: session.items.iter().map(|item| items.declare(item, traits)).collect(),
            };
            // Without a byte budget nothing is refused, and an empty session is not an error.
            let learned = index.learn(&items, session, u64::MAX);
            debug_assert!(learned.is_ok());
        }
        let mut learned = Self { items, index, sequence: None, linear: None };
        learned.train(train, plan, watch)?;
        Ok(learned)
    }

    /// Trains and solves what the plan asks for beside the index. A model that has too little to
    /// learn from, or that does not fit its byte budget, stays out.
    ///
    /// # Errors
    /// The sequence model cannot be trained with these settings.
    pub fn train(
        &mut self,
        train: &[Session],
        plan: &Plan,
        watch: &mut Watch<'_>,
    ) -> Result<(), SequenceError> {
        self.linear = plan.linear.and_then(|settings| self.solve(train, settings, watch));
        self.sequence = match plan.sequence {
            Some(settings) => match self.train_sequence(train, settings, watch) {
                Ok(trained) => Some(trained),
                Err(SequenceError::Settings) => return Err(SequenceError::Settings),
                // Too little to learn from, or more items than the budget: it stays out.
                Err(_) => None,
            },
            None => None,
        };
        Ok(())
    }

    /// Solves the linear model; none when it does not fit its budget.
    fn solve(
        &self,
        train: &[Session],
        settings: LinearSettings,
        watch: &mut Watch<'_>,
    ) -> Option<Linear> {
        let mut linear = Linear::new(settings);
        let mut profiles = std::collections::BTreeMap::new();
        for (number, session) in (0_u128..).zip(train) {
            let numbers = session.items.iter().filter_map(|item| self.items.number(item));
            let subject = session.subject.ok_or(number);
            profiles.entry(subject).or_insert_with(Vec::<ItemNo>::new).extend(numbers);
        }
        for profile in profiles.values() {
            linear.learn(profile).ok()?;
        }
        let mut solver = linear.solver(&self.items, 1).ok()?;
        while solver.step().ok()? {
            let (done, all) = solver.progress();
            watch("solving the linear model", done as u64, all as u64);
        }
        linear.adopt(solver.finish().ok()?).ok()?;
        Some(linear)
    }

    /// Trains the sequence model on the sessions as they came, immediate repeats included.
    fn train_sequence(
        &self,
        train: &[Session],
        settings: TrainerSettings,
        watch: &mut Watch<'_>,
    ) -> Result<Trained, SequenceError> {
        let numbering = Numbering::of(&self.items);
        let mut ordered: Vec<&Session> = train.iter().filter(|one| one.items.len() > 1).collect();
        ordered.sort_by_key(|session| session.at);
        let place = |item| numbering.place(self.items.number(item)?);
        let sessions =
            ordered.iter().map(|one| one.items.iter().filter_map(place).collect()).collect();
        let items = u32::try_from(numbering.len()).unwrap_or(u32::MAX);
        let mut trainer = Trainer::new(settings, items, sessions)?;
        while !trainer.progress().is_finished() {
            let progress = trainer.step();
            watch("training the sequence model", progress.done, progress.total);
        }
        let weights = trainer.finish(Fingerprint::default().to_bytes());
        Ok(Trained::new(numbering, weights, &settings, ALL))
    }
}
