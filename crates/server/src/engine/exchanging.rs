//! The exchange of the shop key while the shop is served.
//!
//! Every call makes one durable change, so that a crash between any two leaves a shop that opens:
//! first the root is closed by the next key as well; then the keys of people are wrapped anew, a
//! page a call, while new ones are wrapped by the next key from the start; then the root of the
//! next key counts; then the key store is scrubbed of what the old key opens; then the key files
//! change places. The wrapped keys say themselves how far it came, so it goes on where it stopped.

use domain::id::Pseudonym;
use store::keys::KeyRow;
use vault::kek::Kek;
use zeroize::Zeroizing;

use crate::chance;
use crate::closing::{NEXT_ROOT, ROOT};
use crate::engine::{Engine, EngineError};
use crate::shop_key::next;

/// Keys of people that one call wraps anew.
pub const PAGE_KEYS: usize = 1_000;

/// Why the shop key is not exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// There is nothing to exchange it for.
    #[error("there is no next shop key; `confidant keys rotate` makes it")]
    NoNext,
    /// The next key cannot be read or is the present one.
    #[error("the next shop key cannot be used")]
    NextUnusable,
    /// A backup would need both keys.
    #[error("the shop key is being exchanged; try again when that is over")]
    Going,
}

/// Where an exchange stands.
#[derive(Debug, Default)]
pub struct Exchange {
    after: Option<Pseudonym>,
    looked: u64,
    step: Step,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    #[default]
    Wrapping,
    Scrubbing,
    Files,
}

/// How far the exchange is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchanged {
    /// Keys of people that were looked at.
    pub looked: u64,
    /// Keys of people that there are.
    pub all: u64,
    /// Whether the next key is the shop key now.
    pub finished: bool,
}

impl Engine {
    /// Goes one step on with the exchange, and begins it when there is a next key.
    ///
    /// # Errors
    /// [`ExchangeError`], or what the store says.
    pub fn exchange_some(&mut self, page: usize) -> Result<Exchanged, EngineError> {
        self.commit_keys()?;
        match (self.exchange.step, self.closing.next.is_some()) {
            (Step::Wrapping, false) => {
                let is_over = !self.begin_exchange()?;
                if is_over {
                    return Ok(self.how_far(true));
                }
            }
            (Step::Wrapping, true) => {
                if !self.wrap_page(page)? {
                    self.root_counts()?;
                }
            }
            (Step::Scrubbing, _) => {
                self.keys.put_secret(NEXT_ROOT, &[])?;
                self.keys.scrub()?;
                self.exchange.step = Step::Files;
            }
            (Step::Files, _) => {
                if !next::exchange_files(&self.shared.settings) {
                    tracing::warn!("the files of the shop key could not be renamed");
                }
                let told = self.how_far(true);
                self.exchange = Exchange::default();
                return Ok(told);
            }
        }
        Ok(self.how_far(false))
    }

    /// Whether the shop key is being exchanged.
    pub const fn is_exchanging(&self) -> bool {
        self.closing.next.is_some() || !matches!(self.exchange.step, Step::Wrapping)
    }

    fn how_far(&self, finished: bool) -> Exchanged {
        let all = self.shared.people.read().values().map(|one| one.pseudonyms.len() as u64).sum();
        Exchanged { looked: self.exchange.looked, all, finished }
    }

    /// Begins; says whether there is something to do. A round of the writer may have come to the
    /// end between two calls.
    fn begin_exchange(&mut self) -> Result<bool, EngineError> {
        if self.is_held() {
            return Err(ExchangeError::Going.into());
        }
        let settings = &self.shared.settings;
        let unusable = ExchangeError::NextUnusable;
        let key = next::read_next(settings).map_err(|_| unusable)?;
        let Some(key) = key else {
            let is_over = next::before_file(settings).is_file();
            return if is_over { Ok(false) } else { Err(ExchangeError::NoNext.into()) };
        };
        let next = Kek::derive(&key, &settings.shop)?;
        let sealed = self.keys.secret(ROOT)?.ok_or(unusable)?;
        if next.open_root(&sealed).is_ok() {
            return Err(unusable.into());
        }
        let root = self.closing.now.open_root(&sealed)?;
        self.keys.put_secret(NEXT_ROOT, &next.seal_root(&root, chance::bytes()?)?)?;
        self.closing.next = Some(next);
        self.exchange = Exchange::default();
        Ok(true)
    }

    /// Wraps a page of keys anew; says whether there was one.
    fn wrap_page(&mut self, page: usize) -> Result<bool, EngineError> {
        let rows = self.keys.page(self.exchange.after, page)?;
        let Some(last) = rows.last() else { return Ok(false) };
        let (after, looked) = (last.pseudonym, rows.len() as u64);
        let Some(next) = &self.closing.next else { return Ok(false) };
        let mut anew = Vec::new();
        for row in rows {
            if next.unwrap_key(row.pseudonym, row.purpose, &row.wrapped).is_ok() {
                continue;
            }
            let key = self.closing.now.unwrap_key(row.pseudonym, row.purpose, &row.wrapped)?;
            anew.push(KeyRow { wrapped: next.wrap(&key, chance::bytes()?)?, ..row });
        }
        if !anew.is_empty() {
            self.keys.put(&anew)?;
        }
        self.exchange.after = Some(after);
        self.exchange.looked += looked;
        Ok(true)
    }

    /// Every key opens with the next one: from now on it counts.
    fn root_counts(&mut self) -> Result<(), EngineError> {
        let unusable = ExchangeError::NextUnusable;
        let sealed = Zeroizing::new(self.keys.secret(NEXT_ROOT)?.ok_or(unusable)?);
        self.keys.put_secret(ROOT, &sealed)?;
        if let Some(next) = self.closing.next.take() {
            self.closing.now = next;
        }
        self.exchange.step = Step::Scrubbing;
        Ok(())
    }
}
