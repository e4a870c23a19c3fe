//! Another plan for a model that has learned already: made aside, then swapped in at once.
//!
//! What was learned stays. A linear model with other settings counts all profiles anew and has no
//! solution until it is solved; a sequence model with other settings leaves the answers until it
//! is trained again. Solutions and trainings that were begun under the plan before are refused.

use crate::items::ItemNo;
use crate::linear::{Linear, LinearSettings};
use crate::model::{Model, ModelError};
use crate::plan::Plan;
use crate::sections::{Blends, Tier, Which};

/// A plan with its tables and counts; see [`Model::planned`].
#[derive(Debug)]
pub struct Planned {
    plan: Plan,
    blends: Blends,
    linear: Next,
}

/// What becomes of the linear model.
#[derive(Debug)]
enum Next {
    /// That of before goes on.
    Same,
    /// The plan has none.
    Gone,
    /// One with other settings, which has counted all profiles.
    Counted(Linear),
}

impl Model {
    /// Makes everything that another plan needs. Takes as long as reading all profiles when the
    /// linear model changes, and others may read meanwhile.
    ///
    /// # Errors
    /// [`ModelError`]; the model goes on as it is.
    pub fn planned(&self, plan: Plan) -> Result<Planned, ModelError> {
        let blends = Blends::new(&plan)?;
        if let Some(sequence) = plan.sequence {
            sequence.check()?;
        }
        let linear = match plan.linear {
            same if same == self.plan.linear => Next::Same,
            None => Next::Gone,
            Some(settings) => Next::Counted(self.counted(settings.check()?)),
        };
        Ok(Planned { plan, blends, linear })
    }

    /// Answers by another plan from now on. Nothing may have been learned or unlearned since it
    /// was made: the writer does both between two changes.
    pub fn adopt_plan(&mut self, planned: Planned) {
        let Planned { plan, blends, linear } = planned;
        let before = self.linear_versions();
        match linear {
            Next::Same => {}
            Next::Gone => (self.linear, self.linear_version) = (None, before),
            Next::Counted(linear) => (self.linear, self.linear_version) = (Some(linear), before),
        }
        if plan.sequence != self.plan.sequence {
            self.sequence = None;
            self.lesson = None;
        }
        self.blends = blends;
        self.plan = plan;
    }

    /// The most specific weights for an answer.
    pub fn weights_for(&self, placement: &str, tier: Tier) -> Which {
        self.blends.choose(placement, tier)
    }

    /// What weights are for, in words.
    pub fn weights_name(&self, which: Which) -> String {
        self.blends.name(which)
    }

    /// A linear model that has counted every profile.
    fn counted(&self, settings: LinearSettings) -> Linear {
        let mut linear = Linear::beginning_at(settings, self.linear_versions());
        self.index.each_profile(|profile| {
            let items: Vec<ItemNo> = profile.iter().map(|(item, _)| *item).collect();
            // A full model has switched itself off; the shell says so in the metrics.
            linear.learn(&items).ok();
        });
        linear
    }

    /// A number above that of every solution that was begun so far.
    fn linear_versions(&self) -> u64 {
        let current = self.linear.as_ref().map_or(0, Linear::version);
        self.linear_version.max(current) + 1
    }
}

#[cfg(test)]
mod tests;
