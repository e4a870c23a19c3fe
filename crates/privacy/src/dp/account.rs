//! An account of privacy that refuses what it cannot pay.
//!
//! There is one on each device (per browser profile), one in each aggregator for each shop. It
//! holds what was spent by calendar month. A release must fit into the limit together with
//! everything of its own month and of the twelve before it, so it holds for *any* 365 days, not
//! only from January to December.
//!
//! The law it keeps: what is spent never falls (DESIGN section 9, law 6). A clock that goes back
//! does not help, erasing does not help; only time that truly passes does.

use std::collections::BTreeMap;

use crate::dp::rho::Rho;

/// Months that count beside the current one.
const MONTHS_BEFORE: u16 = 12;
/// Most tasks that an account remembers; a device answers a handful a year.
pub const TASKS_MAX: usize = 4096;
/// The form of the bytes.
const VERSION: u8 = 1;

/// A calendar month, counted from January 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(pub u16);

/// The name of a release, chosen at random by whoever asks for it.
pub type TaskId = [u8; 16];

/// Why nothing was spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The release would take more than what is left of the year.
    #[error("the budget of the last twelve months has {} billionths of rho left, {} are asked for", .left.nano(), .asked.nano())]
    Spent {
        /// What is left.
        left: Rho,
        /// What the release costs.
        asked: Rho,
    },
    /// This account paid for the release already.
    #[error("this task was answered before")]
    Answered,
    /// The account remembers as many tasks as it may.
    #[error("more than {TASKS_MAX} tasks within a year")]
    Full,
    /// The bytes are not an account of a version that is known.
    #[error("the account is malformed")]
    Malformed,
}

/// What one browser profile, or one shop, may lose and has lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    limit: Rho,
    newest: Month,
    spent: BTreeMap<Month, Rho>,
    answered: BTreeMap<TaskId, Month>,
}

impl Account {
    /// An account from which nothing was spent. `limit` is for any twelve months.
    pub fn new(limit: Rho, now: Month) -> Self {
        Self { limit, newest: now, spent: BTreeMap::new(), answered: BTreeMap::new() }
    }

    /// The most that any twelve months may take.
    pub fn limit(&self) -> Rho {
        self.limit
    }

    /// Sets another limit. What was spent stays spent.
    pub fn set_limit(&mut self, limit: Rho) {
        self.limit = limit;
    }

    /// What counts as spent in `now`.
    pub fn spent(&self, now: Month) -> Rho {
        let from = self.latest(now).0.saturating_sub(MONTHS_BEFORE);
        let counted = self.spent.range(Month(from)..).map(|(_, rho)| *rho);
        counted.fold(Rho::ZERO, |sum, rho| sum.plus(rho).unwrap_or(Rho::from_nano(u64::MAX)))
    }

    /// What is left in `now`.
    pub fn left(&self, now: Month) -> Rho {
        self.limit.less(self.spent(now))
    }

    /// The tasks that this account remembers to have paid for.
    pub fn answered(&self) -> impl Iterator<Item = &TaskId> {
        self.answered.keys()
    }

    /// Pays for one answer to `task`. Durable before the answer leaves, or a crash makes it free.
    ///
    /// # Privacy
    /// The sum over any 365 days stays within the limit, and each task is paid for once.
    ///
    /// # Errors
    /// [`AccountError`]; then nothing changed and nothing may be answered.
    pub fn spend(&mut self, task: TaskId, cost: Rho, now: Month) -> Result<(), AccountError> {
        let now = self.latest(now);
        if self.answered.contains_key(&task) {
            return Err(AccountError::Answered);
        }
        let left = self.left(now);
        if cost > left {
            return Err(AccountError::Spent { left, asked: cost });
        }
        self.pass(now);
        if self.answered.len() >= TASKS_MAX {
            return Err(AccountError::Full);
        }
        let sum = self.spent.get(&now).copied().unwrap_or_default();
        self.spent.insert(now, sum.plus(cost).unwrap_or(Rho::from_nano(u64::MAX)));
        self.answered.insert(task, now);
        Ok(())
    }

    /// Forgets which tasks were answered and when, and keeps one counter.
    ///
    /// # Privacy
    /// What an erasure leaves: the sum, as if it had all been spent in the newest month, which
    /// is never less than what is true.
    pub fn forget(&mut self, now: Month) {
        let now = self.latest(now);
        let sum = self.spent(now);
        self.newest = now;
        self.spent.clear();
        if sum > Rho::ZERO {
            self.spent.insert(now, sum);
        }
        self.answered.clear();
    }

    /// A clock that goes back counts as standing still.
    fn latest(&self, now: Month) -> Month {
        now.max(self.newest)
    }

    /// Lets go of what is too old to count.
    fn pass(&mut self, now: Month) {
        self.newest = now;
        let from = Month(now.0.saturating_sub(MONTHS_BEFORE));
        self.spent.retain(|month, _| *month >= from);
        self.answered.retain(|_, month| *month >= from);
    }

    /// As bytes: version, limit, newest month, months, tasks; numbers are big-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.limit.nano().to_be_bytes());
        bytes.extend(self.newest.0.to_be_bytes());
        bytes.extend(count(self.spent.len()));
        for (month, rho) in &self.spent {
            bytes.extend(month.0.to_be_bytes());
            bytes.extend(rho.nano().to_be_bytes());
        }
        bytes.extend(count(self.answered.len()));
        for (task, month) in &self.answered {
            bytes.extend(task);
            bytes.extend(month.0.to_be_bytes());
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote, and nothing else.
    ///
    /// # Errors
    /// [`AccountError::Malformed`]. An account that cannot be read pays for nothing.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AccountError> {
        read(bytes).filter(|account| account.to_bytes() == bytes).ok_or(AccountError::Malformed)
    }
}

fn count(len: usize) -> [u8; 2] {
    u16::try_from(len).unwrap_or(u16::MAX).to_be_bytes()
}

fn read(bytes: &[u8]) -> Option<Account> {
    let (version, rest) = bytes.split_first()?;
    let (limit, rest) = rest.split_first_chunk()?;
    let (newest, mut rest) = take_u16(rest)?;
    let mut account = Account::new(Rho::from_nano(u64::from_be_bytes(*limit)), Month(newest));
    let mut months;
    (months, rest) = take_u16(rest)?;
    while months > 0 {
        let (month, after) = take_u16(rest)?;
        let (rho, after) = after.split_first_chunk()?;
        account.spent.insert(Month(month), Rho::from_nano(u64::from_be_bytes(*rho)));
        (months, rest) = (months - 1, after);
    }
    let mut tasks;
    (tasks, rest) = take_u16(rest)?;
    while tasks > 0 {
        let (task, after) = rest.split_first_chunk()?;
        let (month, after) = take_u16(after)?;
        account.answered.insert(*task, Month(month));
        (tasks, rest) = (tasks - 1, after);
    }
    let within = account.answered.len() <= TASKS_MAX
        && account.spent.keys().chain(account.answered.values()).all(|month| month.0 <= newest);
    (*version == VERSION && rest.is_empty() && within).then_some(account)
}

fn take_u16(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u16::from_be_bytes(*number), rest))
}

#[cfg(test)]
mod tests;
