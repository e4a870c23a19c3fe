//! Who is in the privacy center: links that work once, and sessions. In memory only.
//!
//! The shop's server, or the browser that holds its erase handle, asks for a link. The link opens a
//! session once, within minutes, for everything or for one thing. Tokens are 32 random bytes; only
//! their SHA-256 is held, so memory gives none away.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::hex;
use domain::time::Timestamp;
use personal::subject::{Subject, SubjectRef};
use rights::machine::Verification;
use sha2::{Digest as _, Sha256};

/// How long a link works, in milliseconds.
pub const LINK_MS: i64 = 5 * 60_000;
/// How long a session may rest, in milliseconds.
pub const IDLE_MS: i64 = 15 * 60_000;
/// How long a session lasts at most, in milliseconds.
pub const SESSION_MS: i64 = 60 * 60_000;
/// How long a session counts as fresh, in milliseconds: data, download and erasure need it.
pub const FRESH_MS: i64 = 10 * 60_000;
/// Links, and sessions, that may be open at one time.
pub const OPEN_MAX: usize = 10_000;
/// Links, and sessions, of one person; the oldest goes.
const OF_ONE_MAX: usize = 5;

/// What a session may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    All,
    /// Choices only.
    Choices,
    /// The download only.
    Download,
    /// The erasure only.
    Erase,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::All, Self::Choices, Self::Download, Self::Erase];

    /// The scope as the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Choices => "choices",
            Self::Download => "download",
            Self::Erase => "erase",
        }
    }

    /// Whether a session of this scope may do what `needed` names.
    pub fn may(self, needed: Self) -> bool {
        self == Self::All || self == needed
    }
}

/// Who comes in.
#[derive(Clone)]
pub struct Guest {
    /// The person.
    pub name: Subject,
    /// The person as the running server knows them, for the limit per person.
    pub subject: SubjectRef,
    /// How it was made sure.
    pub how: Verification,
    /// For what.
    pub scope: Scope,
}

impl std::fmt::Debug for Guest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Guest(..)")
    }
}

/// Somebody who is in.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Who.
    pub guest: Guest,
    /// Stands in every form.
    pub csrf: String,
    /// Since when.
    pub began: Timestamp,
    seen: Timestamp,
}

impl Visit {
    /// Whether the person came from the shop just now.
    pub const fn is_fresh(&self, now: Timestamp) -> bool {
        now.ms_since(self.began) < FRESH_MS
    }

    const fn is_over(&self, now: Timestamp) -> bool {
        now.ms_since(self.seen) >= IDLE_MS || now.ms_since(self.began) >= SESSION_MS
    }
}

/// Too many are in, or on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many people are in the privacy center; try again in some minutes")]
pub struct Crowded;

type Token = [u8; 32];

#[derive(Debug, Default)]
struct State {
    /// Who comes in, and until when.
    links: BTreeMap<Token, (Guest, Timestamp)>,
    visits: BTreeMap<Token, Visit>,
}

/// Links and sessions.
#[derive(Debug, Default)]
pub struct Door(Mutex<State>);

impl Door {
    fn state(&self, now: Timestamp) -> MutexGuard<'_, State> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.links.len() + state.visits.len() >= OPEN_MAX {
            state.links.retain(|_, (_, ends)| now < *ends);
            state.visits.retain(|_, visit| !visit.is_over(now));
        }
        state
    }

    /// Takes the token of a fresh link.
    ///
    /// # Errors
    /// [`Crowded`].
    pub fn invite(&self, guest: Guest, token: Token, now: Timestamp) -> Result<String, Crowded> {
        self.invite_until(guest, token, (now, now.plus_ms(LINK_MS)))
    }

    /// The same for a link that ends at another time, such as one that is mailed.
    ///
    /// # Errors
    /// [`Crowded`].
    pub fn invite_until(
        &self,
        guest: Guest,
        token: Token,
        (now, ends): (Timestamp, Timestamp),
    ) -> Result<String, Crowded> {
        let mut state = self.state(now);
        if state.links.len() >= OPEN_MAX {
            return Err(Crowded);
        }
        let own = state.links.iter().filter(|(_, (other, _))| other.subject == guest.subject);
        let oldest = own.clone().min_by_key(|(_, (_, ends))| *ends).map(|(key, _)| *key);
        if let Some(key) = oldest.filter(|_| own.count() >= OF_ONE_MAX) {
            state.links.remove(&key);
        }
        state.links.insert(digest(&token), (guest, ends));
        Ok(hex::encode(&token))
    }

    /// Whether a link would let somebody in. Says nothing of whom.
    pub fn knows(&self, link: &str, now: Timestamp) -> bool {
        let Some(key) = key_of(link) else { return false };
        let state = self.state(now);
        state.links.get(&key).is_some_and(|(_, ends)| now < *ends)
    }

    /// Lets somebody in whose link is good; the link is gone then.
    ///
    /// # Errors
    /// [`Crowded`]; the link stays.
    pub fn enter(
        &self,
        link: &str,
        token: Token,
        now: Timestamp,
    ) -> Result<Option<(String, Scope)>, Crowded> {
        let Some(key) = key_of(link) else { return Ok(None) };
        let mut state = self.state(now);
        if state.visits.len() >= OPEN_MAX {
            return Err(Crowded);
        }
        let Some((guest, ends)) = state.links.remove(&key) else { return Ok(None) };
        if now >= ends {
            return Ok(None);
        }
        let own = state.visits.iter().filter(|(_, other)| other.guest.subject == guest.subject);
        let oldest = own.clone().min_by_key(|(_, visit)| visit.began).map(|(key, _)| *key);
        if let Some(key) = oldest.filter(|_| own.count() >= OF_ONE_MAX) {
            state.visits.remove(&key);
        }
        let scope = guest.scope;
        let csrf = hex::encode(&digest_of(&[b"csrf", token.as_slice()]));
        state.visits.insert(digest(&token), Visit { guest, csrf, began: now, seen: now });
        Ok(Some((hex::encode(&token), scope)))
    }

    /// Who shows this cookie.
    pub fn visit(&self, cookie: &str, now: Timestamp) -> Option<Visit> {
        let key = key_of(cookie)?;
        let mut state = self.state(now);
        let visit = state.visits.get_mut(&key)?;
        if visit.is_over(now) {
            state.visits.remove(&key);
            return None;
        }
        visit.seen = now;
        Some(visit.clone())
    }

    /// How many links and sessions are open for a person.
    pub fn open_for(&self, subject: SubjectRef) -> (u64, u64) {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let links = state.links.values().filter(|(guest, _)| guest.subject == subject).count();
        let visits = state.visits.values().filter(|visit| visit.guest.subject == subject).count();
        (links as u64, visits as u64)
    }

    /// Ends a session.
    pub fn leave(&self, cookie: &str, now: Timestamp) {
        if let Some(key) = key_of(cookie) {
            self.state(now).visits.remove(&key);
        }
    }
}

fn key_of(text: &str) -> Option<Token> {
    let bytes: Token = hex::decode(text).ok()?;
    Some(digest(&bytes))
}

fn digest(token: &Token) -> Token {
    digest_of(&[token.as_slice()])
}

fn digest_of(parts: &[&[u8]]) -> Token {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests;
