//! From rows of a data set to sessions.

use std::collections::BTreeMap;

use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;

use crate::evaluation::Session;

/// One event of a data set.
#[derive(Clone, Debug)]
pub struct Row {
    /// The set's name of the session.
    pub session: String,
    /// Whose session it is, where the set says so; the first row of a session decides.
    pub subject: Option<Pseudonym>,
    /// The item.
    pub item: ItemId,
    /// When it happened.
    pub at: Timestamp,
}

/// Groups rows by session, in the order of the names, and sorts each session by time. Rows of
/// one instant keep their order.
pub fn sessions(rows: impl IntoIterator<Item = Row>) -> Vec<Session> {
    let mut by_name: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        by_name.entry(row.session.clone()).or_default().push(row);
    }
    let session = |mut rows: Vec<Row>| {
        let subject = rows.first().and_then(|row| row.subject);
        rows.sort_by_key(|row| row.at);
        let at = rows.last().map_or(Timestamp::from_ms(0), |row| row.at);
        Session { subject, at, items: rows.into_iter().map(|row| row.item).collect() }
    };
    by_name.into_values().map(session).collect()
}
