//! Mail to people about their own data: links into the privacy center, and notices of what was
//! done there (GDPR Art. 12).
//!
//! A letter goes only to an address that the shop reported, never to what somebody typed. Letters
//! wait in memory, a bounded number of them, and are tried again for a while; a restart forgets
//! them. No address, subject or text reaches a log: what a mail server answers can quote them, so
//! only its code is written down.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::id::RequestId;
use domain::time::Timestamp;
use lettre::Address;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::center::requests::words::Shelf;
use crate::engine::requests::writing::News;
use crate::mail::letters::Sender;
use crate::mail::quota::Quota;
use crate::mail::requests::About;
use crate::mail::smtp::{NotSent, Smtp};
use crate::mail::words::{Library, WordsError};
use crate::settings::mail::MailSettings;
use crate::shared::Shared;
use crate::telemetry::Metrics;

pub mod letters;
pub mod link;
pub mod quota;
pub mod requests;
pub mod smtp;
pub mod telling;
pub mod words;

/// Letters that may wait at one time.
pub const WAITING_MAX: usize = 1_000;
/// Letters that are on their way at one time.
const UNDER_WAY_MAX: usize = 4;
/// Longest that one try may take, in milliseconds.
const TRY_MS_MAX: u64 = 30_000;
/// How often a letter is tried.
const TRIES_MAX: u32 = 6;
/// Letters that the mail box of the demo keeps.
const KEPT_MAX: usize = 50;
/// Longest address, in bytes (RFC 5321, section 4.5.3.1.3).
const ADDRESS_BYTES_MAX: usize = 254;

/// Reads an address. What comes out has no control character, space or line end.
///
/// # Errors
/// None that says more than that it is no address.
pub fn address(text: &str) -> Option<Address> {
    let text = text.trim();
    if text.len() > ADDRESS_BYTES_MAX || text.chars().any(char::is_control) {
        return None;
    }
    text.parse().ok()
}

/// The form by which an address is found: people do not tell upper from lower case in it.
pub fn found_by(address: &Address) -> String {
    address.to_string().to_lowercase()
}

/// One letter.
#[derive(Clone)]
pub struct Letter {
    /// To whom.
    pub to: Address,
    /// What it is about.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
    /// When it is of no use any more.
    pub ends: Timestamp,
    /// The request that it is about, where what becomes of it is remembered.
    pub about: Option<About>,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter(..)")
    }
}

/// Why there is no mail.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The server cannot be spoken to like this.
    #[error(transparent)]
    Smtp(#[from] smtp::SmtpError),
    /// The words.
    #[error(transparent)]
    Words(#[from] WordsError),
    /// The words of requests.
    #[error(transparent)]
    Shelf(#[from] crate::center::words::WordsError),
}

#[derive(Debug)]
enum Carrier {
    Smtp(Box<Smtp>),
    Kept(Mutex<VecDeque<Letter>>),
}

/// The way out.
#[derive(Debug)]
pub struct Post {
    /// The words.
    pub words: Library,
    /// What people may ask for.
    pub quota: Quota,
    /// Questions for links that are being looked up at one time.
    pub asking: Arc<Semaphore>,
    carrier: Carrier,
    shared: Arc<Shared>,
    waiting: Arc<Semaphore>,
    under_way: Semaphore,
    retry: Duration,
    /// The words for requests.
    pub shelf: Shelf,
    /// The page of the center where a link can be asked for; empty without a center.
    page: String,
    runtime: Handle,
    outcomes: Mutex<Vec<Outcome>>,
}

/// What became of a letter about a request.
pub type Outcome = (RequestId, News, &'static str);

impl Post {
    /// Opens the way out that the settings name.
    ///
    /// # Errors
    /// [`MailError`].
    pub fn open(
        settings: &MailSettings,
        shared: &Arc<Shared>,
        (page, runtime): (String, Handle),
    ) -> Result<Self, MailError> {
        let carrier = match settings.kept {
            true => Carrier::Kept(Mutex::new(VecDeque::new())),
            false => Carrier::Smtp(Box::new(Smtp::open(settings)?)),
        };
        Ok(Self {
            words: Library::read(settings.texts.as_deref())?,
            quota: Quota::default(),
            asking: Arc::new(Semaphore::new(link::ASKING_MAX)),
            carrier,
            shared: Arc::clone(shared),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
            under_way: Semaphore::new(UNDER_WAY_MAX),
            retry: Duration::from_secs(settings.retry_seconds),
            shelf: Shelf::read()?,
            page,
            runtime,
            outcomes: Mutex::new(Vec::new()),
        })
    }

    /// Who writes.
    pub fn sender(&self) -> Sender<'_> {
        let settings = &self.shared.settings;
        let shop = match settings.controller.name.as_str() {
            "" => settings.shop.as_str(),
            name => name,
        };
        let mail = settings.mail.as_ref();
        let written = mail.map(|mail| mail.reply_to.as_deref().unwrap_or(&mail.from));
        let contact = match settings.controller.contact.as_str() {
            "" => written.unwrap_or_default(),
            contact => contact,
        };
        Sender { shop, contact, center: &self.page }
    }

    /// What became of letters about requests since it was asked last.
    pub fn take_outcomes(&self) -> Vec<Outcome> {
        std::mem::take(&mut self.outcomes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn conclude(&self, about: Option<About>, word: &'static str) {
        if let Some(about) = about {
            let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
            outcomes.push((about.id, about.news, word));
        }
        self.count(word);
    }

    /// Takes a letter; it is on its way when this returns. Where too many wait, it is dropped and
    /// counted.
    pub fn send(self: &Arc<Self>, letter: Letter) {
        if let Carrier::Kept(kept) = &self.carrier {
            let about = letter.about;
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.push_back(letter);
            if kept.len() > KEPT_MAX {
                kept.pop_front();
            }
            return self.conclude(about, "kept");
        }
        let Ok(place) = Arc::clone(&self.waiting).try_acquire_owned() else {
            tracing::warn!("too many mails wait; one was dropped");
            return self.conclude(letter.about, "dropped");
        };
        let post = Arc::clone(self);
        self.runtime.spawn(async move {
            let word = post.deliver(&letter).await;
            post.conclude(letter.about, word);
            drop(place);
        });
    }

    /// The letters that were kept instead of sent, newest first.
    pub fn kept(&self) -> Vec<Letter> {
        match &self.carrier {
            Carrier::Kept(kept) => {
                let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.iter().rev().cloned().collect()
            }
            Carrier::Smtp(_) => Vec::new(),
        }
    }

    async fn deliver(&self, letter: &Letter) -> &'static str {
        let Carrier::Smtp(smtp) = &self.carrier else { return "kept" };
        let mut wait = self.retry;
        for tried in 1..=TRIES_MAX {
            let Ok(lane) = self.under_way.acquire().await else { return "dropped" };
            let limit = Duration::from_millis(TRY_MS_MAX);
            let sent =
                tokio::time::timeout(limit, smtp.send(letter, self.shared.clock.now())).await;
            drop(lane);
            match sent {
                Ok(Ok(())) => return "sent",
                Ok(Err(NotSent::Refused(code))) => {
                    tracing::warn!(code, "the mail server refused a mail for good");
                    return "refused";
                }
                Ok(Err(NotSent::Later(code))) => {
                    tracing::warn!(code, tried, "the mail server did not take a mail");
                }
                Err(_) => tracing::warn!(tried, "the mail server did not answer in time"),
            }
            tokio::time::sleep(wait).await;
            wait = wait.saturating_mul(2);
            if self.shared.clock.now() >= letter.ends {
                return "late";
            }
        }
        "dropped"
    }

    fn count(&self, word: &'static str) {
        Metrics::count(&self.shared.metrics.mails, word);
    }
}

#[cfg(test)]
mod tests;
