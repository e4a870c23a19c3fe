//! A linear model of whole profiles: EASE, solved from integers that learn and unlearn exactly.
//!
//! Source: Steck, "Embarrassingly shallow autoencoders for sparse data" (WWW 2019). A row is the
//! set of distinct items of one voter: of a subject all of its learned sessions together, of a
//! session without a subject that session. The Gram matrix G counts for each pair of items the
//! voters that have both, so a subject has one vote per item and pair, however many sessions it
//! brings, and the floor of an answer can be read off the same counts. With P = (G + λI)⁻¹ the
//! weight from item i to item j is `−P[i][j] / P[j][j]`, and an item scores the sum of the weights
//! from the items of the visit, older ones counting less.
//!
//! EASE proper ([`LinearMethod::Whole`]) inverts one matrix over all items, which bounds the
//! catalog. Column j of its solution is the ridge regression of item j on all other items, so the
//! same model with a short memory ([`LinearMethod::Local`]) regresses each item on the items that
//! it shares most voters with, and on no other: the time grows with the catalog, not with its
//! third power, and long-tailed shops lose no item to a limit.
//!
//! The path: [`Linear::replace`] with every learned or unlearned session, now and then
//! [`Linear::solver`], [`Solver::step`] until it is done, [`Linear::adopt`], then
//! [`Linear::rank`].
//!
//! What it must never do: answer with weights that a person is in who is not in G any more.
//! Taking a row out drops the solution if one of the row's items is in it, and a solution that
//! was being computed meanwhile is refused. (If none of the items is in it, no number that went
//! into the solution has changed: it equals the one that never met the row.) Learning keeps the
//! solution: it is older than it could be, and nobody is in it who should not be. A pair with
//! fewer voters than the floor has no weight at all.
//!
//! Sums are integers, the inverse is computed in one fixed order, weights are rounded to fixed
//! point: the same rows give the same bits on every machine.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::items::{ItemNo, Items};
use crate::linear::gram::Gram;
use crate::linear::solver::{Solved, Solver};

mod canonical;
mod gram;
mod local;
pub mod rank;
pub mod solver;
mod sweep;

/// Most items of one matrix: the work grows with the third power, 8,000 items take 256 MB while
/// they are solved.
pub const WHOLE_ITEMS_LIMIT: u32 = 8_000;
/// Most items of a local solution.
pub const LOCAL_ITEMS_LIMIT: u32 = 1_000_000;
/// Most items that one item is regressed on.
pub const NEIGHBORS_LIMIT: u32 = 500;
/// Most items of one row.
pub const ROW_ITEMS_LIMIT: u32 = 2_000;
/// How weights are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinearMethod {
    /// From the inverse over all items: EASE.
    Whole,
    /// Each item from the items that it shares most voters with.
    Local,
}

/// Settings of the linear model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinearSettings {
    /// How weights are found.
    pub method: LinearMethod,
    /// Most items of a solution, those with the most voters first; 1 to [`LOCAL_ITEMS_LIMIT`],
    /// for the whole method to [`WHOLE_ITEMS_LIMIT`].
    pub items_max: u32,
    /// Most items that one item is regressed on by the local method; 1 to [`NEIGHBORS_LIMIT`].
    pub neighbors_max: u32,
    /// Voters of an item, at least, before it enters a solution.
    pub voters_min: u32,
    /// A row of more items than this, withdrawn ones included, teaches nothing: one voter with a
    /// huge row cannot fill the memory. 1 to [`ROW_ITEMS_LIMIT`].
    pub row_items_max: u32,
    /// Regularization λ, at least 1: the higher, the less a rare pair says.
    pub lambda: u32,
    /// Newest items of the visit that are looked at, at least 1.
    pub visit_items_max: u16,
    /// Weight of an item of the visit against the next newer one, in percent; 1 to 100.
    pub decay_percent: u8,
    /// Bytes of counts; beyond them the model switches itself off.
    pub bytes_max: u64,
}

impl Default for LinearSettings {
    /// Chosen on the validation split of the Serenade example sessions.
    fn default() -> Self {
        Self {
            method: LinearMethod::Local,
            items_max: 200_000,
            neighbors_max: 100,
            voters_min: 1,
            row_items_max: 200,
            lambda: 100,
            visit_items_max: 20,
            decay_percent: 50,
            bytes_max: 256 << 20,
        }
    }
}

/// Why settings of the linear model are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinearSettingsError {
    /// See [`LinearSettings::items_max`], [`LinearSettings::neighbors_max`] and
    /// [`LinearSettings::row_items_max`].
    #[error(
        "items_max must be 1 to {LOCAL_ITEMS_LIMIT} (method whole: {WHOLE_ITEMS_LIMIT}), \
         neighbors_max 1 to {NEIGHBORS_LIMIT} and row_items_max 1 to {ROW_ITEMS_LIMIT}"
    )]
    Size,
    /// Without regularization there may be no inverse.
    #[error("lambda, voters_min and visit_items_max must be at least 1")]
    Zero,
    /// See [`LinearSettings::decay_percent`].
    #[error("decay_percent must be 1 to 100")]
    Decay,
}

impl LinearSettings {
    /// Refuses what the model could not honor.
    pub fn check(self) -> Result<Self, LinearSettingsError> {
        let items_limit = match self.method {
            LinearMethod::Whole => WHOLE_ITEMS_LIMIT,
            LinearMethod::Local => LOCAL_ITEMS_LIMIT,
        };
        let fits = (1..=items_limit).contains(&self.items_max)
            && (1..=NEIGHBORS_LIMIT).contains(&self.neighbors_max);
        if !fits || !(1..=ROW_ITEMS_LIMIT).contains(&self.row_items_max) {
            return Err(LinearSettingsError::Size);
        }
        if self.lambda.min(self.voters_min).min(u32::from(self.visit_items_max)) == 0 {
            return Err(LinearSettingsError::Zero);
        }
        if !(1..=100).contains(&self.decay_percent) {
            return Err(LinearSettingsError::Decay);
        }
        Ok(self)
    }
}

/// Why the linear model does not learn or answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinearError {
    /// The counts went over their budget; the model is off until it is cleared and taught again.
    #[error("linear model is off: its counts would need more than {bytes_max} bytes")]
    Full {
        /// Bytes that the counts may have.
        bytes_max: u64,
    },
    /// A row that was taken out since is in the solution.
    #[error("solution is stale: a row in it was unlearned while it was computed")]
    Stale,
    /// The matrix has no inverse in this precision; λ is too small for the counts.
    #[error("matrix is not positive definite in double precision")]
    NotPositive,
    /// The solver has steps left.
    #[error("solution is not finished")]
    Unfinished,
}

/// Counts and, when they were solved since the last row that left, weights.
#[derive(Clone, Debug)]
pub struct Linear {
    settings: LinearSettings,
    gram: Gram,
    full: bool,
    solved: Option<Arc<Solved>>,
    /// Grows with every row that leaves.
    version: u64,
    /// Solutions of a version before this one are refused.
    version_min: u64,
    /// Per item: the version of the last row that left with it.
    left: Vec<u64>,
}

impl Linear {
    /// A model that has learned nothing. Settings are checked by the caller.
    pub fn new(settings: LinearSettings) -> Self {
        Self {
            settings,
            gram: Gram::default(),
            full: false,
            solved: None,
            version: 0,
            version_min: 0,
            left: Vec::new(),
        }
    }

    /// The same, after other models: solutions from before version `begin` are refused.
    pub(crate) fn beginning_at(settings: LinearSettings, begin: u64) -> Self {
        Self { version: begin, version_min: begin, ..Self::new(settings) }
    }

    /// Grows with every row that leaves.
    pub(crate) const fn version(&self) -> u64 {
        self.version
    }

    /// Forgets all rows; a solver that is under way will be refused.
    pub fn clear(&mut self) {
        self.version += 1;
        self.version_min = self.version;
        self.gram = Gram::default();
        self.left = Vec::new();
        self.full = false;
        self.solved = None;
    }

    /// The settings it was made with.
    pub const fn settings(&self) -> &LinearSettings {
        &self.settings
    }

    /// Whether the byte budget switched it off.
    pub const fn is_full(&self) -> bool {
        self.full
    }

    /// An estimate of the memory of the counts, in bytes.
    pub fn bytes(&self) -> u64 {
        self.gram.bytes()
    }

    /// Voters that have an item.
    pub fn voters(&self, item: ItemNo) -> u32 {
        self.gram.voters(item)
    }

    /// Voters that have both items.
    pub fn together(&self, one: ItemNo, other: ItemNo) -> u32 {
        self.gram.together(one, other)
    }

    /// The solution that answers now.
    pub fn solved(&self) -> Option<&Solved> {
        self.solved.as_deref()
    }

    /// Takes in the row of a new voter.
    pub fn learn(&mut self, row: &[ItemNo]) -> Result<(), LinearError> {
        self.replace(&[], row)
    }

    /// Takes the row of a voter out.
    pub fn unlearn(&mut self, row: &[ItemNo]) {
        // Taking out needs no room.
        let _empty = self.replace(row, &[]);
    }

    /// Changes the row of one voter, as when a session joins or leaves a subject's profile.
    /// `before` must be the row that this voter had here. Items that the catalog withdrew stay in
    /// the rows that they were learned in; sensitive items are never part of one.
    ///
    /// # Privacy
    ///
    /// Afterwards the counts equal those of a model to which the voter came with `after` alone,
    /// and no solution is left that another row than `after` had a part in.
    pub fn replace(&mut self, before: &[ItemNo], after: &[ItemNo]) -> Result<(), LinearError> {
        let full = LinearError::Full { bytes_max: self.settings.bytes_max };
        if self.full {
            return Err(full);
        }
        let (before, after) = (self.row(before), self.row(after));
        let gone: Vec<ItemNo> = only_in(&before, &after);
        let fresh: Vec<ItemNo> = only_in(&after, &before);
        let stay: Vec<ItemNo> = only_in(&before, &gone);
        self.leave(&gone);
        self.gram.subtract(&gone, &stay);
        self.gram.add(&fresh, &stay);
        if self.gram.bytes() > self.settings.bytes_max {
            self.clear();
            self.full = true;
            return Err(full);
        }
        Ok(())
    }

    /// Drops all counts of an item, as for goods that turn out to be sensitive. The rows that
    /// the caller passes from now on must not name it.
    pub fn forget(&mut self, item: ItemNo) {
        self.leave(&[item]);
        self.gram.forget(item);
    }

    /// Starts solving what is counted now. Pairs below `supporters_min` voters get no weight.
    pub fn solver(&self, items: &Items, supporters_min: u32) -> Result<Solver, LinearError> {
        if self.full {
            return Err(LinearError::Full { bytes_max: self.settings.bytes_max });
        }
        Ok(Solver::new(&self.gram, items, &self.settings, (self.version, supporters_min)))
    }

    /// Lets a solution answer, unless a row that is in it has left since the solver was made.
    pub fn adopt(&mut self, solved: Solved) -> Result<(), LinearError> {
        let left = |item: &ItemNo| self.left.get(item.at()).copied().unwrap_or(0);
        if solved.version() < self.version_min
            || solved.items().iter().any(|item| left(item) > solved.version())
        {
            return Err(LinearError::Stale);
        }
        self.solved = Some(Arc::new(solved));
        Ok(())
    }

    /// Solves at once and answers with it. For large catalogs use [`Linear::solver`].
    pub fn solve(&mut self, items: &Items, supporters_min: u32) -> Result<(), LinearError> {
        let mut solver = self.solver(items, supporters_min)?;
        while solver.step()? {}
        self.adopt(solver.finish()?)
    }

    /// A row as it counts: sorted, each item once; nothing when it is too long.
    fn row(&self, items: &[ItemNo]) -> Vec<ItemNo> {
        let mut row = items.to_vec();
        row.sort_unstable();
        row.dedup();
        if row.len() > self.settings.row_items_max as usize {
            row.clear();
        }
        row
    }

    /// Notes that rows with these items leave, and drops a solution that they are in.
    fn leave(&mut self, gone: &[ItemNo]) {
        if gone.is_empty() {
            return;
        }
        self.version += 1;
        for item in gone {
            if self.left.len() <= item.at() {
                self.left.resize(item.at() + 1, 0);
            }
            if let Some(left) = self.left.get_mut(item.at()) {
                *left = self.version;
            }
        }
        if self.solved.as_ref().is_some_and(|solved| gone.iter().any(|item| solved.has(*item))) {
            self.solved = None;
        }
    }
}

/// Items of one sorted row that are not in the other.
fn only_in(row: &[ItemNo], other: &[ItemNo]) -> Vec<ItemNo> {
    row.iter().copied().filter(|item| other.binary_search(item).is_err()).collect()
}

#[cfg(test)]
mod tests;
