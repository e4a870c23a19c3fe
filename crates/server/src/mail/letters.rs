//! What mails say: plain text, without picture, link of another place or trace of who opened it.

use domain::time::Timestamp;
use lettre::Address;

use crate::center::door::Scope;
use crate::mail::Letter;
use crate::mail::words::Words;

/// What was done with a person's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The entries were looked at.
    Seen,
    /// Everything was taken along.
    Downloaded,
    /// Everything was erased.
    Erased,
}

impl Deed {
    /// The key of the text.
    const fn text(self) -> &'static str {
        match self {
            Self::Seen => "notice_seen",
            Self::Downloaded => "notice_downloaded",
            Self::Erased => "notice_erased",
        }
    }

    /// A number for the count of notices.
    pub const fn number(self) -> u8 {
        match self {
            Self::Seen => 1,
            Self::Downloaded => 2,
            Self::Erased => 3,
        }
    }
}

/// Who writes, as letters name it.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// The shop's own name.
    pub shop: &'a str,
    /// Where questions and objections go.
    pub contact: &'a str,
    /// The page of the center where a link can be asked for; empty without a center.
    pub center: &'a str,
}

/// A link into the privacy center.
#[derive(Clone, Copy, Debug)]
pub struct MailedLink<'a> {
    /// The address of the page.
    pub url: &'a str,
    /// What it opens.
    pub scope: Scope,
    /// Whether the person has an account and was asked to log in for more.
    pub account: bool,
    /// How long it works, in minutes.
    pub minutes: i64,
    /// When it ends.
    pub ends: Timestamp,
}

/// The mail with a link.
pub fn link(words: &Words, sender: Sender<'_>, to: Address, link: &MailedLink<'_>) -> Letter {
    let shop = ("shop", sender.shop);
    let minutes = link.minutes.to_string();
    let minutes = ("minutes", minutes.as_str());
    let what = words.fill(&format!("what_{}", link.scope.as_str()), &[]);
    let first = match link.account {
        true => words.fill("link_account", &[shop, minutes]),
        false => words.fill("link_text", &[shop, ("what", &what), minutes]),
    };
    let parts = [
        first,
        link.url.to_owned(),
        words.fill("link_warning", &[]),
        words.fill("footer", &[shop]),
    ];
    let subject = words.fill("link_subject", &[shop]);
    let text = parts.join("\n\n") + "\n";
    Letter { to, subject: one_line(&subject), text, ends: link.ends, about: None }
}

/// The mail that says what was done, when, and how to object.
pub fn notice(
    words: &Words,
    sender: Sender<'_>,
    to: Address,
    (deed, at, ends): (Deed, Timestamp, Timestamp),
) -> Letter {
    let shop = ("shop", sender.shop);
    let when = jiff::Timestamp::from_millisecond(at.ms());
    let when = when.map(|at| at.strftime("%F %H:%M UTC").to_string()).unwrap_or_default();
    let mut parts = vec![words.fill(deed.text(), &[shop, ("when", &when)])];
    if !sender.center.is_empty() && deed != Deed::Erased {
        parts.push(words.fill("notice_center", &[("center", sender.center)]));
    }
    parts.push(words.fill("notice_object", &[("contact", sender.contact)]));
    parts.push(words.fill("footer", &[shop]));
    let subject = words.fill("notice_subject", &[shop]);
    let text = parts.join("\n\n") + "\n";
    Letter { to, subject: one_line(&subject), text, ends, about: None }
}

/// A subject is one line, whatever the shop calls itself.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
