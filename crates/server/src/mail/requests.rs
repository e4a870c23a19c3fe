//! Letters about requests: what was asked for in the words of the privacy center, a day, a reason,
//! and where to complain. Nothing of what is held about the person.

use std::sync::Arc;

use domain::date::Date;
use domain::id::RequestId;
use domain::time::Timestamp;
use personal::kinds::MailAddress;
use rights::request::act::Delay;

use crate::center::requests::words::Texts;
use crate::engine::requests::writing::News;
use crate::mail::letters::{Sender, one_line};
use crate::mail::words::Words;
use crate::mail::{Letter, Post, address};
use crate::requests::RequestBody;

/// How long a letter is tried, in milliseconds.
const LETTER_MS: i64 = 24 * 3_600_000;

/// What a letter is about.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The request.
    pub id: RequestId,
    /// The news.
    pub news: News,
    /// Its own number, the same however often it is written.
    pub number: u64,
    /// How many days before its end a person is told that a restriction ends.
    pub lift_days: u32,
}

/// Writes a letter; none where the language has no words or the address is none.
pub fn letter(
    post: &Arc<Post>,
    person: &MailAddress,
    body: &RequestBody,
    (about, now): (About, Timestamp),
) -> Option<Letter> {
    let to = address(&person.address)?;
    let words = post.words.of(&person.language)?;
    let texts = post.shelf.of(words.language)?;
    let sender = post.sender();
    let writing = Writing { words, texts, sender };
    let mut parts = match about.news {
        News::Received => writing.received(body),
        News::Extended => writing.extended(body),
        News::Answered => writing.answered(body),
        News::Lifting(_) => {
            writing.lifting(body, &Date(now.day().plus(about.lift_days)).to_string())?
        }
    };
    // Who was erased can look at nothing any more.
    if !sender.center.is_empty() && body.kind != "erasure" {
        parts.push(words.fill("notice_center", &[("center", sender.center)]));
    }
    parts.push(words.fill("footer", &[("shop", sender.shop)]));
    let subject = words.fill("request_subject", &[("shop", sender.shop)]);
    Some(Letter {
        to,
        subject: one_line(&subject),
        text: parts.join("\n\n") + "\n",
        ends: now.plus_ms(LETTER_MS),
        about: Some(about),
    })
}

struct Writing<'a> {
    words: &'a Words,
    texts: &'a Texts,
    sender: Sender<'a>,
}

impl Writing<'_> {
    fn says(&self, key: &str, body: &RequestBody) -> String {
        let date = body.due.as_deref().unwrap_or_default();
        let what = self.texts.kind(body.kind);
        self.words.fill(key, &[("shop", self.sender.shop), ("what", what), ("date", date)])
    }

    fn plain(&self, key: &str) -> String {
        self.words.fill(key, &[("contact", self.sender.contact)])
    }

    fn received(&self, body: &RequestBody) -> Vec<String> {
        vec![self.says("request_received", body)]
    }

    fn extended(&self, body: &RequestBody) -> Vec<String> {
        let many = body.extended == Some(Delay::ManyRequests.sentence());
        let why = if many { "request_many" } else { "request_complex" };
        vec![self.says("request_extended", body), self.plain(why), self.plain("request_complain")]
    }

    fn answered(&self, body: &RequestBody) -> Vec<String> {
        if let Some(denied) = body.denied {
            let why = format!("{} ({})", self.texts.denial(denied.reason), denied.source);
            return vec![self.says("request_refused", body), why, self.plain("request_complain")];
        }
        let mut parts = vec![match (body.review, body.state) {
            (Some("changed"), _) => self.says("request_changed", body),
            (Some(_), _) => self.says("request_stands", body),
            (None, "expired") => self.says("request_expired", body),
            (None, _) => self.says("request_done", body),
        }];
        if let Some(until) = body.results_until_ms {
            let until = Date(Timestamp::from_ms(until).day()).to_string();
            parts.push(self.words.fill("request_results", &[("date", &until)]));
        }
        if !body.stays.is_empty() {
            parts.push(self.plain("request_partly"));
        }
        if !body.stays.is_empty() || body.review.is_some() {
            parts.push(self.plain("request_complain"));
        }
        parts
    }

    fn lifting(&self, body: &RequestBody, date: &str) -> Option<Vec<String>> {
        let lift = body.lift.as_ref()?;
        Some(vec![
            self.words.fill("request_lift", &[("shop", self.sender.shop), ("date", date)]),
            self.texts.lift_reason(lift.why).to_owned(),
            self.plain("request_lift_object"),
        ])
    }
}
