//! Many sessions at once: collect, sort, pack.
//!
//! The state is the same as after learning them one by one, in their order: of several sessions
//! with one row id the last counts, and one that has nothing to learn takes the earlier ones back.

use domain::id::Pseudonym;

use crate::fingerprint::Fingerprint;
use crate::index::base::Base;
use crate::index::base::bits::Bits;
use crate::index::base::column::{Column, ColumnBuilder};
use crate::index::base::postings::{Postings, PostingsBuilder};
use crate::index::base::sessions::{Sessions, SessionsBuilder};
use crate::index::base::sorted::{Name, prefix};
use crate::index::session::{Class, hash, learnable, seconds};
use crate::index::{ClosedSession, LearnError, SessionKey};
use crate::items::{ItemNo, Items};

/// Most numbers that one index packs, one for each item and three for each session: places in its
/// bytes are 32 bits, and no number takes more than five bytes.
pub const INTERACTIONS_MAX: usize = (u32::MAX / 5) as usize;

/// Sessions in the order in which they were learned.
#[derive(Debug, Default)]
pub(super) struct Builder {
    keys: Vec<SessionKey>,
    at: Vec<u32>,
    /// Zeros where the subject is nobody.
    names: Vec<Name>,
    nobody: Vec<bool>,
    items: Vec<ItemNo>,
    /// Where the items of each session end.
    ends: Vec<u32>,
}

/// What was packed.
#[derive(Debug, Default)]
pub(super) struct Built {
    pub(super) base: Base,
    pub(super) shown: u32,
    pub(super) linked: u32,
    pub(super) fingerprint: Fingerprint,
}

impl Builder {
    /// An empty one with room for so many sessions.
    pub(super) fn for_sessions(count: usize) -> Self {
        Self {
            keys: Vec::with_capacity(count),
            at: Vec::with_capacity(count),
            names: Vec::with_capacity(count),
            nobody: Vec::with_capacity(count),
            items: Vec::new(),
            ends: Vec::with_capacity(count),
        }
    }

    /// Learns a session. Refuses when what is there cannot fit any more, however it is packed.
    pub(super) fn learn(
        &mut self,
        items: &Items,
        session: &ClosedSession,
        bytes_max: u64,
    ) -> Result<(), LearnError> {
        let kept = learnable(items, &session.items);
        self.push(session.key, seconds(session.at), session.subject, kept);
        // A row id, a subject and a time take 17 bytes or more, an item and its posting two; of
        // an item that comes again in its session there may be one.
        let bytes = 17 * self.keys.len() as u64 + self.items.len() as u64;
        let full = bytes > bytes_max || !self.fits();
        if full { Err(LearnError::Full { bytes, bytes_max }) } else { Ok(()) }
    }

    /// Whether the places in the packed bytes fit their numbers.
    pub(super) fn fits(&self) -> bool {
        self.items.len() + 3 * self.keys.len() <= INTERACTIONS_MAX
    }

    /// Appends a session that was learned before.
    pub(super) fn push(
        &mut self,
        key: SessionKey,
        at: u32,
        subject: Option<Pseudonym>,
        items: impl IntoIterator<Item = ItemNo>,
    ) {
        self.keys.push(key);
        self.at.push(at);
        self.names.push(subject.map_or([0; 16], |name| *name.as_bytes()));
        self.nobody.push(subject.is_none());
        self.items.extend(items);
        self.ends.push(number(self.items.len()));
    }

    /// Packs everything. Without `checksum` the fingerprint is left at zero, for who knows it.
    pub(super) fn finish(mut self, items: &Items, checksum: bool) -> Built {
        let by_key = self.survivors();
        let by_rank = self.ranked(&by_key);
        let mut ranks = vec![0; self.keys.len()];
        for (rank, session) in (0..).zip(&by_rank) {
            put(&mut ranks, *session, rank);
        }
        let mut base = Base {
            by_key: column(by_key.iter().map(|session| get(&ranks, *session))),
            erased: Bits::new(by_rank.len()),
            ..Base::default()
        };
        drop(by_key);
        let subjects = self.own(&mut base, &by_rank, &ranks);
        drop(ranks);
        let mut fingerprint = Fingerprint::default();
        if checksum {
            for session in &by_rank {
                self.add_hash(items, *session, &mut fingerprint);
            }
        }
        base.keys = by_rank.iter().map(|session| get(&self.keys, *session)).collect();
        (self.keys, self.names) = (Vec::new(), Vec::new());
        let (shown, linked) = self.pack(items, &mut base, &by_rank, &subjects);
        drop((by_rank, subjects));
        (self.items, self.ends, self.at) = (Vec::new(), Vec::new(), Vec::new());
        base.postings = postings(&base.sessions, base.len(), base.items.len());
        Built { base, shown, linked, fingerprint }
    }

    /// The sessions that count, in the order of their row ids.
    fn survivors(&self) -> Vec<u32> {
        let all = (0..number(self.keys.len())).collect();
        let key = |session| get(&self.keys, session);
        // Of one row id the newest comes first.
        let mut order =
            sorted(all, |s| prefix(&key(s)), |a, b| key(a).cmp(&key(b)).then(b.cmp(&a)));
        order.dedup_by_key(|session| key(*session));
        order.retain(|session| !self.items_of(*session).is_empty());
        order
    }

    /// Sessions in the order of (time, row id).
    fn ranked(&self, sessions: &[u32]) -> Vec<u32> {
        let key = |session| get(&self.keys, session);
        let first = |session| u64::from(get(&self.at, session)) << 32 | prefix(&key(session)) >> 32;
        sorted(sessions.to_vec(), first, |a, b| key(a).cmp(&key(b)))
    }

    /// Numbers the subjects, counted from 1, and gives each its sessions; says who has which rank,
    /// 0 for nobody.
    fn own(&self, base: &mut Base, by_rank: &[u32], ranks: &[u32]) -> Vec<u32> {
        let name = |session| get(&self.names, session);
        let somebody = by_rank.iter().copied();
        let somebody = somebody.filter(|s| !self.nobody.get(*s as usize).copied().unwrap_or(true));
        let rank = |session| get(ranks, session);
        let owned = sorted(
            somebody.collect(),
            |session| prefix(&name(session)),
            |a, b| name(a).cmp(&name(b)).then(rank(a).cmp(&rank(b))),
        );
        let mut names: Vec<Name> = Vec::new();
        let mut starts = ColumnBuilder::new(0);
        let mut subjects = vec![0; by_rank.len()];
        for (place, session) in (0..).zip(&owned) {
            if names.last() != Some(&name(*session)) {
                names.push(name(*session));
                starts.push(place);
            }
            put(&mut subjects, rank(*session), number(names.len()));
        }
        starts.push(number(owned.len()));
        base.gone = Bits::new(names.len());
        base.names = names.into();
        base.owned_starts = starts.finish();
        base.owned = column(owned.iter().map(|session| rank(*session)));
        subjects
    }

    /// Packs the items of the sessions; says how many are shown and how many are linked.
    fn pack(
        &self,
        items: &Items,
        base: &mut Base,
        by_rank: &[u32],
        subjects: &[u32],
    ) -> (u32, u32) {
        self.code_items(base, by_rank);
        let declared: Vec<bool> = base.items.iter().map(|item| items.is_declared(*item)).collect();
        let mut counts = vec![0_u32; base.items.len()];
        base.linked = Bits::new(by_rank.len());
        let (mut shown, mut linked) = (0, 0);
        let mut sessions = SessionsBuilder::default();
        let mut distinct: Vec<u32> = Vec::new();
        for (rank, session) in (0..).zip(by_rank) {
            distinct.clear();
            distinct.extend(self.items_of(*session).iter().filter_map(|item| base.code(*item)));
            let subject = get(subjects, rank).checked_sub(1);
            sessions.push(get(&self.at, *session), subject, distinct.iter().copied());
            distinct.sort_unstable();
            distinct.dedup();
            let is_declared = |code: &u32| declared.get(*code as usize).copied().unwrap_or(false);
            let visible = distinct.iter().filter(|code| is_declared(code)).count();
            shown += u32::from(visible > 0);
            if visible > 1 {
                linked += 1;
                base.linked.put(rank, true);
                for code in &distinct {
                    let count = get(&counts, *code);
                    put(&mut counts, *code, count + 1);
                }
            }
        }
        base.sessions = sessions.finish();
        base.newest_at = by_rank.last().map_or(0, |session| get(&self.at, *session));
        base.linked_counts = counts.into();
        (shown, linked)
    }

    /// Numbers the items by how often sessions name them, so that common ones take one byte.
    fn code_items(&self, base: &mut Base, by_rank: &[u32]) {
        let mut counts: Vec<u32> = Vec::new();
        for item in by_rank.iter().flat_map(|session| self.items_of(*session)) {
            if counts.len() <= item.at() {
                counts.resize(item.at() + 1, 0);
            }
            let count = get(&counts, item.number());
            put(&mut counts, item.number(), count + 1);
        }
        let named = (0..).zip(&counts).filter(|(_, count)| **count > 0);
        let mut named: Vec<(u32, ItemNo)> = named.map(|(item, n)| (*n, ItemNo(item))).collect();
        named.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        base.items = named.into_iter().map(|(_, item)| item).collect();
        let mut codes = vec![0; counts.len()];
        for (code, item) in (1..).zip(&base.items) {
            put(&mut codes, item.number(), code);
        }
        base.codes = codes.into();
    }

    fn items_of(&self, session: u32) -> &[ItemNo] {
        let end = get(&self.ends, session) as usize;
        let start = session.checked_sub(1).map_or(0, |before| get(&self.ends, before) as usize);
        self.items.get(start..end).unwrap_or_default()
    }

    fn add_hash(&self, items: &Items, session: u32, fingerprint: &mut Fingerprint) {
        let kept = self.items_of(session);
        if crate::index::session::class(items, kept) == Class::Silent {
            return;
        }
        let nobody = self.nobody.get(session as usize).copied().unwrap_or(true);
        let subject = (!nobody).then(|| Pseudonym::from_bytes(get(&self.names, session)));
        let (key, at) = (get(&self.keys, session), get(&self.at, session));
        fingerprint.add(hash(items, &key, subject, at, kept));
    }
}

/// The posting lists of packed sessions.
fn postings(sessions: &Sessions, ranks: u32, codes: usize) -> Postings {
    let mut distinct: Vec<u32> = Vec::new();
    let mut each = |take: &mut dyn FnMut(u32, u32)| {
        for rank in 0..ranks {
            distinct.clear();
            distinct.extend(sessions.get(rank).codes);
            distinct.sort_unstable();
            distinct.dedup();
            distinct.iter().for_each(|code| take(*code, rank));
        }
    };
    // Where the list of each code begins; later where it goes on.
    let mut places = vec![0_u32; codes + 1];
    each(&mut |code, _| {
        let count = get(&places, code + 1);
        put(&mut places, code + 1, count + 1);
    });
    let mut sum = 0;
    for place in &mut places {
        sum += *place;
        *place = sum;
    }
    let mut flat = vec![0_u32; sum as usize];
    each(&mut |code, rank| {
        let place = get(&places, code);
        put(&mut flat, place, rank);
        put(&mut places, code, place + 1);
    });
    let mut builder = PostingsBuilder::default();
    let mut start = 0;
    for end in places.iter().take(codes) {
        builder.push(flat.get(start..*end as usize).unwrap_or_default());
        start = *end as usize;
    }
    builder.finish()
}

/// Sorts by a number first, which stands beside, and looks farther only where that is equal.
fn sorted(
    sessions: Vec<u32>,
    first: impl Fn(u32) -> u64,
    rest: impl Fn(u32, u32) -> std::cmp::Ordering,
) -> Vec<u32> {
    let mut pairs: Vec<(u64, u32)> = sessions.into_iter().map(|s| (first(s), s)).collect();
    pairs.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| rest(a.1, b.1)));
    pairs.into_iter().map(|(_, session)| session).collect()
}

fn column(values: impl ExactSizeIterator<Item = u32>) -> Column {
    let mut builder = ColumnBuilder::new(values.len());
    values.for_each(|value| builder.push(value));
    builder.finish()
}

fn get<T: Copy + Default>(values: &[T], at: u32) -> T {
    values.get(at as usize).copied().unwrap_or_default()
}

fn put(values: &mut [u32], at: u32, value: u32) {
    if let Some(place) = values.get_mut(at as usize) {
        *place = value;
    }
}

fn number(count: usize) -> u32 {
    // Below 2^32 by `INTERACTIONS_MAX`.
    u32::try_from(count).unwrap_or(u32::MAX)
}
