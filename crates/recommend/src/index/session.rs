//! One session by itself: what of it is learned, what of it is visible, its checksum.

use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;

use crate::fingerprint::SessionHash;
use crate::index::SessionKey;
use crate::items::{ItemNo, Items};

/// What the visible items of a session make it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// No visible item.
    Silent,
    /// One visible item.
    Single,
    /// A neighbor: two visible items or more.
    Linked,
}

/// One learned session, wherever it stands.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) key: SessionKey,
    pub(super) at: u32,
    pub(super) subject: Option<u32>,
    pub(super) items: Vec<ItemNo>,
}

/// What of a session may be learned.
pub(super) fn learnable(items: &Items, session: &[ItemNo]) -> Vec<ItemNo> {
    collapsed(session.iter().copied().filter(|item| items.is_learnable(*item)))
}

pub(super) fn seconds(at: Timestamp) -> u32 {
    u32::try_from(at.ms() / 1000).unwrap_or(u32::MAX)
}

pub(super) fn time(seconds: u32) -> Timestamp {
    Timestamp::from_ms(i64::from(seconds) * 1000)
}

/// Immediate repeats become one.
pub(super) fn collapsed(items: impl Iterator<Item = ItemNo>) -> Vec<ItemNo> {
    let mut kept: Vec<ItemNo> = Vec::new();
    for item in items {
        if kept.last() != Some(&item) {
            kept.push(item);
        }
    }
    kept
}

/// The visible items of a session, repeats collapsed.
pub(super) fn visible<'a>(
    items: &'a Items,
    session: &'a [ItemNo],
) -> impl Iterator<Item = ItemNo> + use<'a> {
    let mut before = None;
    session.iter().copied().filter(move |item| {
        let shown = items.is_declared(*item) && before != Some(*item);
        if shown {
            before = Some(*item);
        }
        shown
    })
}

/// The checksum of a session; of one without visible items it means nothing.
pub(super) fn hash(
    items: &Items,
    key: &SessionKey,
    subject: Option<Pseudonym>,
    at: u32,
    session: &[ItemNo],
) -> SessionHash {
    let mut hash = SessionHash::default();
    hash.feed(key);
    hash.feed(subject.as_ref().map_or(&[], |name| name.as_bytes()));
    hash.feed(&at.to_be_bytes());
    for id in visible(items, session).filter_map(|item| items.id(item)).map(ItemId::as_str) {
        hash.feed(id.as_bytes());
    }
    hash
}

pub(super) fn class(items: &Items, session: &[ItemNo]) -> Class {
    let mut shown = session.iter().filter(|item| items.is_declared(**item));
    match shown.next() {
        None => Class::Silent,
        Some(first) if shown.any(|other| other != first) => Class::Linked,
        Some(_) => Class::Single,
    }
}
