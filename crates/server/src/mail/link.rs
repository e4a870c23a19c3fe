//! A one-time link for people without an account, asked for by mail address.
//!
//! Who asks learns nothing: the answer was given before anything is looked up, and the letter goes
//! to the address that the shop reported for the person. A guest's link is as good as a login,
//! because there is none; who has an account logs in for everything but the choices.

use std::sync::Arc;

use domain::time::Timestamp;
use personal::kinds::MailAddress;
use personal::subject::{CustomerId, Subject};
use rights::machine::Verification;

use crate::center::door::{Guest, Scope};
use crate::chance;
use crate::mail::letters::{self, MailedLink};
use crate::mail::quota::Counted;
use crate::mail::{Post, address, found_by};
use crate::routes::App;

/// How long a mailed link works, in milliseconds.
pub const MAILED_MS: i64 = 30 * 60_000;
/// Questions that are looked up at one time; more are dropped.
pub const ASKING_MAX: usize = 64;

/// What somebody asks for.
#[derive(Clone)]
pub struct Asked {
    /// The address as it was typed.
    pub address: String,
    /// For what.
    pub scope: Scope,
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Asked(..)")
    }
}

/// Takes the question; everything else happens after the answer.
pub fn take(app: &App, post: &Arc<Post>, asked: Asked) {
    let Ok(place) = Arc::clone(&post.asking).try_acquire_owned() else {
        tracing::warn!("too many links are asked for by mail; one question was dropped");
        return;
    };
    let (app, post) = (app.clone(), Arc::clone(post));
    tokio::spawn(async move {
        answer(&app, &post, &asked).await;
        drop(place);
    });
}

async fn answer(app: &App, post: &Arc<Post>, asked: &Asked) {
    let now = app.shared.clock.now();
    let Some(typed) = address(&asked.address) else { return };
    let id = app.shared.ring.address(&found_by(&typed));
    let max = app.shared.settings.mail.as_ref().map_or(0, |mail| mail.links_per_address_hour_max);
    if !post.quota.admits(Counted::Address(*id.as_bytes()), max, now) {
        return;
    }
    let found = app.writer.run(move |engine, now| engine.people_at(id, now)).await;
    let found = found.unwrap_or_else(|error| {
        tracing::warn!(%error, "a link was asked for by mail and could not be looked up");
        Vec::new()
    });
    for person in found {
        send(app, post, &person, (asked.scope, now));
    }
}

/// Sends one person a link; quietly none where the center is full.
fn send(app: &App, post: &Arc<Post>, person: &MailAddress, (scope, now): (Scope, Timestamp)) {
    let (Some(center), Some(to)) = (&app.center, address(&person.address)) else { return };
    let (Ok(customer), Ok(token)) = (CustomerId::parse(&person.customer), chance::bytes()) else {
        return;
    };
    let scope = if person.guest { scope } else { Scope::Choices };
    let name = Subject::Customer(customer);
    let subject = app.shared.ring.subject_ref(&name);
    let guest = Guest { name, subject, how: Verification::MailLink, scope };
    let ends = now.plus_ms(MAILED_MS);
    let Ok(link) = center.door.invite_until(guest, token, (now, ends)) else { return };
    let url = format!("{}/enter?link={link}", center.origin);
    let Some(words) = post.words.of(&person.language) else { return };
    let minutes = MAILED_MS / 60_000;
    let link = MailedLink { url: &url, scope, account: !person.guest, minutes, ends };
    post.send(letters::link(words, post.sender(), to, &link));
}
