//! What people are told by mail about their requests: that one arrived, that the answer takes
//! longer, how it ended, and that a restriction is about to end (GDPR Art. 12(3) and (4), 18(3)).
//!
//! Nothing of a letter is stored. What is due is read from the steps of a request, and a keyed
//! number remembers what was delivered: a process that ends in between writes once more, under the
//! same message id, so that mail programs can tell. What is older than three days is no news.

use std::sync::{Arc, Weak};

use domain::id::RequestId;
use domain::time::Timestamp;
use personal::kinds::MailAddress;
use personal::subject::SubjectRef;
use rights::request::Case;
use rights::request::lift::{Lift, ToldHow};
use rights::request::state::End;

use crate::engine::requests::Filed;
use crate::engine::{Engine, EngineError};
use crate::mail::Post;
use crate::mail::requests::{About, letter};
use crate::requests::shown;

/// How long something is news, in milliseconds.
const NEWS_MS: i64 = 3 * 24 * 3_600_000;
/// Whose numbers remember what was delivered.
const DELIVERED: &str = "mail";

/// What a letter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum News {
    /// The request arrived.
    Received,
    /// The answer takes longer.
    Extended,
    /// It ended.
    Answered,
    /// The shop is about to end a restriction; the number tells one attempt from the next.
    Lifting(u32),
}

impl News {
    fn name(self, id: RequestId) -> String {
        let id = id.to_hex();
        match self {
            Self::Received => format!("{id} received"),
            Self::Extended => format!("{id} extended"),
            Self::Answered => format!("{id} answered"),
            Self::Lifting(number) => format!("{id} lifting {number}"),
        }
    }
}

/// What the person of a request should hear now.
fn news(case: &Case, now: Timestamp) -> Vec<News> {
    let new = |at: Timestamp| now.ms_since(at) <= NEWS_MS;
    if let Some((end, at)) = case.end {
        let told = !matches!(end, End::Revoked | End::Merged(_)) && new(at);
        let lifts = case.lifting().is_some_and(Lift::is_to_tell);
        let lifting = lifts.then_some(News::Lifting(case.events));
        return told.then_some(News::Answered).into_iter().chain(lifting).collect();
    }
    let received = new(case.received).then_some(News::Received);
    let extended = case.put_off.filter(|at| new(*at)).map(|_| News::Extended);
    received.into_iter().chain(extended).collect()
}

impl Engine {
    /// Writes to people whose requests have news, where mail is set up and an address is known.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn write_to_people(&mut self, now: Timestamp) -> Result<(), EngineError> {
        if self.shared.settings.mail.is_none() {
            self.requests.untold.clear();
            return Ok(());
        }
        let Some(post) = self.shared.post.get().and_then(Weak::upgrade) else { return Ok(()) };
        self.hear_of_letters(&post, now)?;
        let ids: Vec<RequestId> = self.requests.untold.iter().copied().collect();
        for id in ids {
            if !self.write_about(&post, id, now)? {
                self.requests.untold.remove(&id);
                self.requests.farewells.remove(&id);
            }
        }
        self.hear_of_letters(&post, now)
    }

    /// Writes what is new about one request; says whether a letter is on its way.
    fn write_about(
        &mut self,
        post: &Arc<Post>,
        id: RequestId,
        now: Timestamp,
    ) -> Result<bool, EngineError> {
        let Some(filed) = self.requests.get(id).cloned() else { return Ok(false) };
        let mut waits = false;
        for news in news(&filed.case, now) {
            if self.requests.under_way.contains(&(id, news)) {
                waits = true;
                continue;
            }
            let name = news.name(id);
            if self.knows_message((DELIVERED, &name, b""))? {
                continue;
            }
            let Some(person) = self.address_for(&filed, now)? else { continue };
            let body = shown(self, &filed, now);
            let number = self.shared.ring.message(DELIVERED, &name);
            let about =
                About { id, news, number, lift_days: self.shared.settings.requests.lift_days };
            if let Some(letter) = letter(post, &person, &body, (about, now)) {
                self.requests.under_way.insert((id, news));
                post.send(letter);
                waits = true;
            }
        }
        Ok(waits)
    }

    /// Where mail reaches the person of a request; after an erasure, where it did until then.
    fn address_for(
        &mut self,
        filed: &Filed,
        now: Timestamp,
    ) -> Result<Option<MailAddress>, EngineError> {
        match self.requests.farewells.get(&filed.case.asked.id) {
            Some(known) => Ok(Some(known.clone())),
            None => self.address_under(filed.subject, now),
        }
    }

    /// Remembers where the answer goes of an erasure that takes the address along; in memory only,
    /// until the letter is delivered or given up.
    pub(super) fn remember_address(
        &mut self,
        (id, subject): (RequestId, SubjectRef),
        now: Timestamp,
    ) -> Result<(), EngineError> {
        if self.shared.settings.mail.is_some()
            && let Some(known) = self.address_under(subject, now)?
        {
            self.requests.farewells.insert(id, known);
        }
        Ok(())
    }

    /// Remembers what became of letters.
    pub(in crate::engine) fn hear_of_letters(
        &mut self,
        post: &Post,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        for (id, news, word) in post.take_outcomes() {
            self.requests.under_way.remove(&(id, news));
            let name = news.name(id);
            match word {
                "sent" | "kept" => self.take_message((DELIVERED, &name, b""), now)?,
                // The address is none; nobody tries for ever.
                "refused" => {
                    self.take_message((DELIVERED, &name, b""), now)?;
                    continue;
                }
                _ => {
                    self.requests.untold.insert(id);
                    continue;
                }
            }
            if let News::Lifting(_) = news {
                self.tell_lift(id, ToldHow::Mail, now)?;
            }
        }
        Ok(())
    }

    /// The same in every round, so that little is written twice after a crash.
    pub(in crate::engine) fn hear_of_all_letters(
        &mut self,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        match self.shared.post.get().and_then(Weak::upgrade) {
            Some(post) => self.hear_of_letters(&post, now),
            None => Ok(()),
        }
    }
}
