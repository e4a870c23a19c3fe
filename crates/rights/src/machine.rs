//! The steps of an erasure, in the only order that survives a crash.
//!
//! Requested, verified, planned, intended (durable), keys destroyed, rows deleted, unlearned,
//! scrubbed, receipted. Each step takes the state before it and the shell's act; the state moves
//! on only when the act succeeded. After a crash [`Erasure::resume`] begins again behind the
//! intent, so **every act after it must be idempotent**: who finds the work done succeeds.
//!
//! Keys go first: from then on rows that a crash left behind cannot be read. The receipt goes
//! last: it never speaks of work that is not done.

use domain::id::{RequestId, ShopId};
use domain::time::{Day, Timestamp};

use crate::intent::{Found, Intent, IntentError, Marks};
use crate::plan::{Plan, Scope};
use crate::receipt::ReceiptPayload;
use crate::words::{self, Closing};

/// What a person asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The random public name of the request.
    pub id: RequestId,
    /// What is to be erased.
    pub scope: Scope,
    /// When it was asked for.
    pub at: Timestamp,
}

/// How it was made sure that the request comes from the person or the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// The browser showed the erase handle of its own random id.
    BrowserHandle,
    /// The shop's server signed a token for the customer.
    CustomerToken,
    /// Somebody used the link that was mailed to the person's address.
    MailLink,
    /// An operator on the machine asked for it.
    Operator,
    /// The shop's platform asked, with a signature over its message.
    Platform,
    /// The shop's server asked with its secret key.
    SecretKey,
}

impl Verification {
    /// The word for it in entries and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BrowserHandle => "browser_handle",
            Self::CustomerToken => "customer_token",
            Self::MailLink => "mail_link",
            Self::Operator => "operator",
            Self::Platform => "platform",
            Self::SecretKey => "secret_key",
        }
    }
}

/// The shared model after the person's visits left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelAfter {
    /// Its fingerprint.
    pub fingerprint: [u8; 16],
    /// The number of the batch that unlearned.
    pub seq: u64,
}

/// State: somebody asked.
#[derive(Clone, Copy, Debug)]
pub struct Requested(Request);
/// State: the asker may ask.
#[derive(Clone, Copy, Debug)]
pub struct Verified(Request, Verification);
/// State: it is known what to do; nothing is durable yet.
#[derive(Clone, Debug)]
pub struct Planned(Intent);
/// State: the intent is durable; from here there is no way back.
#[derive(Clone, Debug)]
pub struct Intended(Progress);
/// State: the keys are gone.
#[derive(Clone, Debug)]
pub struct KeysDestroyed(Progress);
/// State: the rows are gone.
#[derive(Clone, Debug)]
pub struct RowsDeleted(Progress);
/// State: the model never met the person.
#[derive(Clone, Debug)]
pub struct Unlearned(Progress, ModelAfter);
/// State: logs and caches hold no rest.
#[derive(Clone, Debug)]
pub struct Scrubbed(Progress, ModelAfter);
/// State: the receipt is kept and the intent is gone.
#[derive(Clone, Copy, Debug)]
pub struct Receipted(RequestId);

#[derive(Clone, Debug)]
struct Progress {
    intent: Intent,
    resumed: bool,
}

/// An erasure in state `S`.
#[must_use = "an erasure has to be walked to its receipt"]
#[derive(Debug)]
pub struct Erasure<S> {
    state: S,
}

impl Erasure<Requested> {
    /// Somebody asked.
    pub const fn new(request: Request) -> Self {
        Self { state: Requested(request) }
    }

    /// The asker may ask.
    pub const fn verify(self, how: Verification) -> Erasure<Verified> {
        Erasure { state: Verified(self.state.0, how) }
    }
}

impl Erasure<Verified> {
    /// How the request was verified, for the log.
    pub const fn verification(&self) -> Verification {
        self.state.1
    }

    /// Fixes whom it is about and counts what is there.
    ///
    /// # Errors
    /// [`IntentError::OutOfScope`] when a target was not asked for.
    pub fn plan(self, marks: Marks, found: Found) -> Result<Erasure<Planned>, IntentError> {
        let Request { id, scope, at } = self.state.0;
        let intent = Intent::new((id, scope), at, marks, found)?;
        Ok(Erasure { state: Planned(intent) })
    }
}

impl Erasure<Planned> {
    /// Makes intent and tombstones durable with `act`.
    ///
    /// # Errors
    /// What `act` says; nothing was destroyed then.
    pub fn intend<E>(
        self,
        act: impl FnOnce(&Intent) -> Result<(), E>,
    ) -> Result<Erasure<Intended>, E> {
        act(&self.state.0)?;
        Ok(Erasure { state: Intended(Progress { intent: self.state.0, resumed: false }) })
    }
}

impl Erasure<Intended> {
    /// Begins again behind an intent that a crash left.
    pub const fn resume(intent: Intent) -> Self {
        Self { state: Intended(Progress { intent, resumed: true }) }
    }

    /// What is to be done.
    pub const fn intent(&self) -> &Intent {
        &self.state.0.intent
    }

    /// Destroys keys, pseudonyms and mappings with `act`.
    ///
    /// # Errors
    /// What `act` says; the intent stands and is redone.
    pub fn destroy_keys<E>(
        self,
        act: impl FnOnce(&Intent) -> Result<(), E>,
    ) -> Result<Erasure<KeysDestroyed>, E> {
        act(&self.state.0.intent)?;
        Ok(Erasure { state: KeysDestroyed(self.state.0) })
    }
}

impl Erasure<KeysDestroyed> {
    /// Deletes the rows with `act`.
    ///
    /// # Errors
    /// What `act` says; the intent stands and is redone.
    pub fn delete_rows<E>(
        self,
        act: impl FnOnce(&Intent) -> Result<(), E>,
    ) -> Result<Erasure<RowsDeleted>, E> {
        act(&self.state.0.intent)?;
        Ok(Erasure { state: RowsDeleted(self.state.0) })
    }
}

impl Erasure<RowsDeleted> {
    /// Unlearns with `act`, which says how the model stands now.
    ///
    /// # Errors
    /// What `act` says; the intent stands and is redone.
    pub fn unlearn<E>(
        self,
        act: impl FnOnce(&Intent) -> Result<ModelAfter, E>,
    ) -> Result<Erasure<Unlearned>, E> {
        let after = act(&self.state.0.intent)?;
        Ok(Erasure { state: Unlearned(self.state.0, after) })
    }
}

impl Erasure<Unlearned> {
    /// Truncates logs and clears caches with `act`.
    ///
    /// # Errors
    /// What `act` says; the intent stands and is redone.
    pub fn scrub<E>(
        self,
        act: impl FnOnce(&Intent) -> Result<(), E>,
    ) -> Result<Erasure<Scrubbed>, E> {
        act(&self.state.0.intent)?;
        Ok(Erasure { state: Scrubbed(self.state.0, self.state.1) })
    }
}

/// What the end of an erasure needs beside the intent.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    /// The shop that declares.
    pub shop: &'a ShopId,
    /// The plan, computed for the intent's scope.
    pub plan: &'a Plan,
    /// The day on which the work was done.
    pub completed: Day,
    /// The first day without a backup from before.
    pub backups_clear: Day,
}

impl Erasure<Scrubbed> {
    /// Writes the receipt; `act` signs it, keeps it and deletes the intent in one write.
    ///
    /// # Errors
    /// What `act` says; the intent stands and is redone.
    pub fn receipt<R, E>(
        self,
        ending: &Ending<'_>,
        act: impl FnOnce(ReceiptPayload) -> Result<R, E>,
    ) -> Result<(Erasure<Receipted>, R), E> {
        let Scrubbed(Progress { intent, resumed }, after) = self.state;
        let kept = act(words::declare(&Closing { intent: &intent, ending, after, resumed }))?;
        Ok((Erasure { state: Receipted(intent.request) }, kept))
    }
}

impl Erasure<Receipted> {
    /// The public name of the request that is done.
    pub const fn request(&self) -> RequestId {
        self.state.0
    }
}

#[cfg(test)]
mod tests;
