//! Telling a person by mail what was done with the person's data, so that nobody does it behind
//! the person's back.

use domain::time::Timestamp;
use personal::kinds::MailAddress;
use personal::subject::SubjectRef;

use crate::mail::address;
use crate::mail::letters::{self, Deed};
use crate::mail::quota::Counted;
use crate::routes::App;

/// How long a notice is tried, in milliseconds.
const NOTICE_MS: i64 = 24 * 3_600_000;

/// Tells the person, if mail is set up and an address is known. The same deed is told once an hour.
pub fn tell(app: &App, (subject, known): (SubjectRef, Option<MailAddress>), deed: Deed) {
    let (Some(post), Some(person)) = (&app.post, known) else { return };
    let now = app.shared.clock.now();
    let once = Counted::Notice(*subject.as_bytes(), deed.number());
    if !post.quota.admits(once, 1, now) {
        return;
    }
    let (Some(to), Some(words)) = (address(&person.address), post.words.of(&person.language))
    else {
        return;
    };
    let until: Timestamp = now.plus_ms(NOTICE_MS);
    post.send(letters::notice(words, post.sender(), to, (deed, now, until)));
}
