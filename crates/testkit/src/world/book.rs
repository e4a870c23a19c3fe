//! The trivially correct model: plain lists, cut and filtered anew at every question.
//!
//! Written without a look at how the server does it. It sorts, it counts, it forgets; it has no
//! seals, no numbers, no caches and no disk.

use std::collections::{BTreeMap, BTreeSet};

use domain::event::Action;
use domain::time::{DAY_MS, Day, Timestamp};
use personal::purpose::PurposeName;

use super::{Choosing, Says, Standing, Told, World};

const IDLE_MS: i64 = 30 * 60_000;
const SESSION_STEPS_MAX: usize = 200;
const BROWSING_DAYS: u32 = 90;
const LIKES_DAYS: u32 = 395;
const OPEN_DAYS: u32 = 2;
const ORDER_DAYS: u32 = 395;
const SEEN_DAYS: u32 = 7;
const RECENT_MAX: usize = 50;
/// The two purposes that the world asks about.
pub const PURPOSES: [PurposeName; 2] = [PurposeName::Personalization, PurposeName::SharedLearning];

/// One thing that one person did.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deed {
    /// When, on the shop's clock.
    pub at: Timestamp,
    /// Number of the message.
    pub message: u64,
    /// The item.
    pub item: String,
    joins: bool,
    received: Day,
}

/// A visit that is over, with the day on which it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What was done, in order.
    pub deeds: Vec<Deed>,
    closed: Day,
}

impl Session {
    /// The instant of its last step.
    pub fn at(&self) -> Timestamp {
        self.deeds.last().map(|deed| deed.at).unwrap_or_default()
    }

    /// Its items in order.
    pub fn items(&self) -> impl Iterator<Item = &str> {
        self.deeds.iter().map(|deed| deed.item.as_str())
    }
}

/// Something that the shop says was bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// When, on the shop's clock.
    pub at: Timestamp,
    /// The items, each once, by name.
    pub items: BTreeSet<String>,
    received: Day,
}

#[derive(Clone, Copy, Debug)]
struct Said {
    yes: bool,
    at: Timestamp,
    expires: Timestamp,
    acknowledged: bool,
}

/// What is right about one person.
#[derive(Clone, Debug, Default)]
struct Entry {
    said: BTreeMap<PurposeName, Said>,
    /// How often the person chose.
    spoken: u32,
    gpc: bool,
    erased: Option<Timestamp>,
    /// Whether a restriction stands.
    rests: bool,
    /// When one was lifted.
    lifted: Option<Timestamp>,
    history: Vec<Deed>,
    likes: Option<(Vec<String>, Day)>,
    steps: Vec<Deed>,
    sessions: Vec<Session>,
    orders: Vec<Order>,
}

impl Entry {
    fn clear(&mut self, purpose: PurposeName) {
        if purpose == PurposeName::Personalization {
            self.history.clear();
            self.likes = None;
        } else {
            self.steps.clear();
            self.sessions.clear();
            self.orders.clear();
        }
    }

    fn forget_items(&mut self, goes: &dyn Fn(&String) -> bool) {
        self.history.retain(|deed| !goes(&deed.item));
        self.steps.retain(|deed| !goes(&deed.item));
        for order in &mut self.orders {
            order.items.retain(|item| !goes(item));
        }
    }

    /// What was not closed when the rest began is kept as long as an open visit is.
    fn expire_open(&mut self, today: Day) {
        let closed: BTreeSet<&Deed> =
            self.sessions.iter().flat_map(|session| &session.deeds).collect();
        self.steps.retain(|deed| closed.contains(deed) || deed.received.plus(OPEN_DAYS) > today);
    }
}

/// What is right about the whole shop.
#[derive(Clone, Debug)]
pub struct Book {
    opt_in: bool,
    people: Vec<Entry>,
    catalog: BTreeMap<String, Standing>,
    taken: BTreeMap<u64, Day>,
}

impl Book {
    /// The book of a world in which nothing happened yet.
    pub fn of(world: &World) -> Self {
        Self {
            opt_in: world.opt_in,
            people: vec![Entry::default(); world.people.len()],
            catalog: BTreeMap::new(),
            taken: BTreeMap::new(),
        }
    }

    /// The catalog.
    pub const fn catalog(&self) -> &BTreeMap<String, Standing> {
        &self.catalog
    }

    /// Whether a person allows a purpose to a request now.
    pub fn allows(&self, who: usize, purpose: PurposeName, gpc: bool, now: Timestamp) -> bool {
        self.people.get(who).is_some_and(|entry| {
            !entry.rests && allowed(self.opt_in, entry.gpc || gpc, entry.said.get(&purpose), now)
        })
    }

    /// How many items of a person's own history answers may use: the newest, repeats in a row
    /// counted once.
    pub fn recent(&self, who: usize) -> Vec<String> {
        let Some(entry) = self.people.get(who) else { return Vec::new() };
        let mut deeds: Vec<&Deed> = entry.history.iter().filter(|deed| deed.joins).collect();
        deeds.sort_unstable();
        let newest = deeds.len().saturating_sub(RECENT_MAX);
        let mut items: Vec<String> =
            deeds.into_iter().skip(newest).map(|deed| deed.item.clone()).collect();
        items.dedup();
        items
    }

    /// The categories that a person likes.
    pub fn likes(&self, who: usize) -> &[String] {
        let likes = self.people.get(who).and_then(|entry| entry.likes.as_ref());
        likes.map_or(&[], |(likes, _)| likes)
    }

    /// The closed visits of a person that the shop's models know.
    pub fn sessions(&self, who: usize) -> &[Session] {
        self.taught(who).map_or(&[], |entry| &entry.sessions)
    }

    /// The orders of a person that the shop's models know.
    pub fn orders(&self, who: usize) -> &[Order] {
        self.taught(who).map_or(&[], |entry| &entry.orders)
    }

    fn taught(&self, who: usize) -> Option<&Entry> {
        self.people.get(who).filter(|entry| !entry.rests)
    }

    /// Whether a person was erased and did not come back.
    pub fn is_gone(&self, who: usize) -> bool {
        let empty = |entry: &Entry| {
            let learned = !entry.steps.is_empty() || !entry.orders.is_empty();
            entry.history.is_empty() && !learned && entry.likes.is_none()
        };
        self.people.get(who).is_some_and(|entry| {
            let back =
                |said: &Said| said.yes && entry.erased.is_some_and(|erased| said.at > erased);
            entry.erased.is_some() && empty(entry) && !entry.said.values().any(back)
        })
    }

    /// An event comes in.
    pub fn tell(&mut self, told: &Told, now: Timestamp) {
        if self.taken.get(&told.message).is_some_and(|day| day.plus(SEEN_DAYS) >= now.day()) {
            return;
        }
        let age_ms = told.sent.ms_since(told.happened).max(0);
        let age_ms = if told.by_shop { age_ms } else { age_ms.min(DAY_MS) };
        let at = now.plus_ms(-age_ms);
        // Bytes that are sent again late are as old as they say.
        let claimed = at.min(told.happened);
        let opt_in = self.opt_in;
        let Some(entry) = self.people.get_mut(told.who) else { return };
        if entry.erased.is_some_and(|erased| claimed <= erased) {
            return;
        }
        let gpc = entry.gpc || told.gpc;
        let since = if entry.spoken > 1 { claimed } else { at };
        let may = |purpose: PurposeName| {
            let said = entry.said.get(&purpose);
            // A yes does not reach back; a no does.
            let then = said.filter(|said| told.by_shop || !said.yes || said.at <= since);
            // Nor does the end of a restriction.
            let lifted = entry.lifted.filter(|lifted| !told.by_shop && *lifted > since);
            let rests = entry.rests || lifted.is_some();
            !rests && allowed(opt_in, gpc, then, now) && allowed(opt_in, gpc, said, now)
        };
        let [serves, teaches] = PURPOSES.map(may);
        match &told.says {
            Says::Likes(likes) => {
                if serves {
                    entry.likes = Some((likes.clone(), now.day()));
                    self.taken.insert(told.message, now.day());
                }
            }
            Says::Items(action, items) => {
                let sensitive =
                    |item: &&String| self.catalog.get(*item) == Some(&Standing::Sensitive);
                let plain: BTreeSet<&String> =
                    items.iter().filter(|item| !sensitive(item)).collect();
                let joins = !matches!(action, Action::RemoveFromCart | Action::Refund);
                let lesson = joins && (told.by_shop || *action != Action::Purchase);
                if plain.is_empty() || !(serves || teaches) {
                    return;
                }
                if teaches && lesson && *action == Action::Purchase {
                    let items = plain.iter().map(|item| (*item).clone()).collect();
                    entry.orders.push(Order { at, items, received: now.day() });
                }
                for item in plain {
                    let (item, received) = (item.clone(), now.day());
                    let deed = Deed { at, message: told.message, item, joins, received };
                    if serves {
                        entry.history.push(deed.clone());
                    }
                    if teaches && lesson {
                        entry.steps.push(deed);
                    }
                }
                self.taken.insert(told.message, now.day());
            }
        }
    }

    /// A person chooses.
    pub fn choose(&mut self, choosing: &Choosing, now: Timestamp) {
        let Some(entry) = self.people.get_mut(choosing.who) else { return };
        entry.spoken += 1;
        for (purpose, yes) in PURPOSES.into_iter().zip([choosing.history, choosing.teaching]) {
            let Some(yes) = yes else { continue };
            let expires = now.plus_ms(i64::from(choosing.days) * DAY_MS);
            let acknowledged = yes && choosing.acknowledged;
            entry.said.insert(purpose, Said { yes, at: now, expires, acknowledged });
            entry.gpc = choosing.gpc;
            // A no erases what rests as well.
            if !yes {
                entry.clear(purpose);
            }
        }
        self.take_back(now);
    }

    /// Whether a person's data rest.
    pub fn rests(&self, who: usize) -> bool {
        self.people.get(who).is_some_and(|entry| entry.rests)
    }

    /// A person lets all data rest.
    pub fn rest(&mut self, who: usize) {
        let Some(entry) = self.people.get_mut(who) else { return };
        entry.spoken += 1;
        entry.rests = true;
    }

    /// A person's data rest no longer: what is kept and allowed counts again, without what is
    /// sensitive now.
    pub fn lift(&mut self, who: usize, now: Timestamp) {
        let Some(entry) = self.people.get_mut(who) else { return };
        entry.spoken += 1;
        entry.rests = false;
        entry.lifted = Some(now);
        let sensitive = |item: &String| self.catalog.get(item) == Some(&Standing::Sensitive);
        entry.forget_items(&sensitive);
        self.take_back(now);
    }

    /// A person says that what happened at an instant with an item shall not count.
    pub fn correct(&mut self, who: usize, (at, item): (Timestamp, &str), now: Timestamp) {
        let Some(entry) = self.people.get_mut(who) else { return };
        let goes = |deed: &Deed| deed.at == at && deed.item == item;
        for deed in entry.history.iter().chain(&entry.steps).filter(|deed| goes(deed)) {
            self.taken.insert(deed.message, now.day());
        }
        entry.history.retain(|deed| !goes(deed));
        entry.steps.retain(|deed| !goes(deed));
        for order in entry.orders.iter_mut().filter(|order| order.at == at) {
            order.items.remove(item);
        }
    }

    /// A person is erased.
    pub fn erase(&mut self, who: usize, now: Timestamp) {
        let Some(entry) = self.people.get_mut(who) else { return };
        let mut spoke = false;
        for said in entry.said.values_mut().filter(|said| said.yes) {
            (said.yes, said.at, said.acknowledged) = (false, now, false);
            spoke = true;
        }
        // Where silence is a yes, an erasure is a no.
        for purpose in PURPOSES.into_iter().filter(|_| !self.opt_in) {
            entry.said.entry(purpose).or_insert_with(|| {
                spoke = true;
                Said { yes: false, at: now, expires: now, acknowledged: false }
            });
        }
        entry.spoken += u32::from(spoke);
        entry.erased = Some(now);
        PURPOSES.into_iter().for_each(|purpose| entry.clear(purpose));
    }

    /// An item enters the catalog, changes or leaves.
    pub fn stand(&mut self, item: &str, standing: Option<Standing>) {
        if standing == Some(Standing::Sensitive) {
            // What rests is closed to that search; it is made up for once it rests no longer.
            for entry in self.people.iter_mut().filter(|entry| !entry.rests) {
                entry.forget_items(&|one| one == item);
            }
        }
        match standing {
            Some(standing) => self.catalog.insert(item.to_owned(), standing),
            None => self.catalog.remove(item),
        };
    }

    /// What is true at an instant: consents that ended, rows that expired, visits that closed.
    pub fn settle(&mut self, now: Timestamp) {
        self.close(now);
        self.take_back(now);
        let today = now.day();
        for entry in &mut self.people {
            entry.history.retain(|deed| deed.received.plus(BROWSING_DAYS) > today);
            entry.orders.retain(|order| order.received.plus(ORDER_DAYS) > today);
            entry.likes.take_if(|(_, day)| day.plus(LIKES_DAYS) <= today);
            let (kept, gone): (Vec<_>, Vec<_>) = std::mem::take(&mut entry.sessions)
                .into_iter()
                .partition(|session| session.closed.plus(BROWSING_DAYS) > today);
            entry.sessions = kept;
            let gone: BTreeSet<&Deed> = gone.iter().flat_map(|session| &session.deeds).collect();
            entry.steps.retain(|deed| !gone.contains(deed));
            if entry.rests {
                entry.expire_open(today);
            }
        }
    }

    fn close(&mut self, now: Timestamp) {
        for entry in self.people.iter_mut().filter(|entry| !entry.rests) {
            entry.steps.sort_unstable();
            let before = std::mem::take(&mut entry.sessions);
            for deeds in cut(&entry.steps, now) {
                let known = before.iter().find(|session| session.deeds == deeds);
                let closed = known.map_or(now.day(), |session| session.closed);
                entry.sessions.push(Session { deeds, closed });
            }
        }
    }

    /// What is not allowed any more is gone.
    fn take_back(&mut self, now: Timestamp) {
        let opt_in = self.opt_in;
        // What ends while it rests goes when that is lifted.
        for entry in self.people.iter_mut().filter(|entry| !entry.rests) {
            let [serves, teaches] =
                PURPOSES.map(|one| allowed(opt_in, entry.gpc, entry.said.get(&one), now));
            for (purpose, stays) in PURPOSES.into_iter().zip([serves, teaches]) {
                if !stays {
                    entry.clear(purpose);
                }
            }
        }
    }
}

fn allowed(opt_in: bool, gpc: bool, said: Option<&Said>, now: Timestamp) -> bool {
    match said {
        None => !opt_in && !gpc,
        Some(said) => said.yes && now < said.expires && (!gpc || said.acknowledged),
    }
}

/// The visits that are over.
fn cut(sorted: &[Deed], now: Timestamp) -> Vec<Vec<Deed>> {
    let mut visits: Vec<Vec<Deed>> = Vec::new();
    for deed in sorted {
        let last = visits.last().and_then(|visit| Some((visit.last()?.at, visit.len())));
        let fresh = last
            .is_none_or(|(at, len)| deed.at.ms_since(at) >= IDLE_MS || len == SESSION_STEPS_MAX);
        if fresh {
            visits.push(Vec::new());
        }
        if let Some(visit) = visits.last_mut() {
            visit.push(deed.clone());
        }
    }
    let over = |visit: &Vec<Deed>| {
        let last = visit.last().map(|deed| deed.at).unwrap_or_default();
        visit.len() == SESSION_STEPS_MAX || now.ms_since(last) >= IDLE_MS
    };
    visits.pop_if(|last| !over(last));
    visits
}
