//! The price of privacy: what visitors get by what they allow.
//!
//! The next-item protocol of [`crate::evaluation`] (current item excluded, targets that differ
//! from it), asked three ways: by the tier of the answer, by the share of people who let their
//! visits teach the shared model, and by the floor of distinct people behind an item. Lists that
//! stay short are filled up with popular items, as a shop does, so that a number says what a
//! visitor gets. The blend runs without sequence and linear models: every point learns anew.
//!
//! The path: [`price`] learns and measures every point, all on the same test sessions, and says
//! by a paired bootstrap how far each is from the best of its series.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{ItemId, Pseudonym};
use serde::Serialize;

use crate::evaluation::compare::{Comparison, PerSession, Sums, compare};
use crate::evaluation::learned::{Learned, Watch};
use crate::evaluation::methods::{Asked, Method};
use crate::evaluation::{Quality, Session};
use crate::items::{ItemNo, Items};
use crate::plan::Plan;
use crate::scratch::Scratch;
use crate::sections::{Blends, SectionError, Tier};
use crate::sequence::SequenceError;
use crate::settings::Settings;

/// What an answer may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// Nothing: popular items.
    Nothing,
    /// The item in view, tier `anonymous`.
    Anonymous,
    /// All items of the visit so far, tier `visit`.
    Visit,
    /// The visit after the newest items of earlier ones, tier `history`.
    History,
}

impl Known {
    /// Its name in tables and drawings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Anonymous => "anonymous",
            Self::Visit => "visit",
            Self::History => "history",
        }
    }
}

/// How to measure.
#[derive(Clone, Debug)]
pub struct PriceSettings {
    /// Length of the lists.
    pub list_len: usize,
    /// Shares of people who consent, in percent.
    pub shares: Vec<u8>,
    /// Floors of distinct supporters.
    pub floors: Vec<u32>,
    /// The floor of the points that are not about floors.
    pub supporters_min: u32,
    /// Distinct people behind a popular item, at least.
    pub popular_min: u32,
    /// Newest items of earlier visits that the tier `history` asks with.
    pub history_items_max: usize,
    /// Decides who consents first, and the draws of the bootstrap.
    pub seed: u64,
}

impl Default for PriceSettings {
    fn default() -> Self {
        let Settings { supporters_min, popular_min, .. } = Settings::default();
        Self {
            list_len: 20,
            shares: vec![1, 2, 5, 10, 20, 50, 100],
            floors: vec![1, 2, 3, 5, 10],
            supporters_min,
            popular_min,
            history_items_max: 50,
            seed: 20,
        }
    }
}

/// What a series is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// What an answer may know.
    Tier,
    /// Percent of people who consent.
    Share,
    /// Distinct supporters of an item, at least.
    Floor,
}

/// One point of a series.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// A tier, a share in percent or a floor.
    pub label: String,
    /// Sessions that were learned.
    pub sessions: usize,
    /// People behind them; where nobody is named, sessions.
    pub people: usize,
    /// Non-repeat targets, current item excluded.
    pub quality: Quality,
    /// Share of the places of all lists that popular items filled up.
    pub popular: f64,
    /// Share of the places of all lists that stayed empty.
    pub empty: f64,
    /// This point minus the best of the series by hits; none for the best itself.
    pub against_best: Option<Comparison>,
}

/// Points that differ in one thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    /// In what.
    pub about: About,
    /// In order.
    pub points: Vec<Point>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Price {
    /// Whether both files name people; without names a session stands for a person, and there is
    /// no tier `history`.
    pub named: bool,
    /// Sessions to learn.
    pub train_sessions: usize,
    /// People behind them; where nobody is named, sessions.
    pub people: usize,
    /// Sessions that gave at least one target.
    pub test_sessions: usize,
    /// Those of them whose subject has earlier sessions.
    pub with_history: usize,
    /// Length of the lists.
    pub list_len: usize,
    /// The floor of the points that are not about floors.
    pub supporters_min: u32,
    /// Distinct people behind a popular item, at least.
    pub popular_min: u32,
    /// By tier, by share, by floor.
    pub series: Vec<Series>,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum PriceError {
    /// The blends cannot be made.
    #[error(transparent)]
    Sections(#[from] SectionError),
    /// A model cannot be trained.
    #[error(transparent)]
    Sequence(#[from] SequenceError),
}

/// Measures every point.
///
/// # Errors
/// A blend that cannot be made.
pub fn price(
    train: &[Session],
    test: &[Session],
    plan: &Plan,
    settings: &PriceSettings,
    watch: &mut Watch<'_>,
) -> Result<Price, PriceError> {
    let plan = Plan { sequence: None, linear: None, ..plan.clone() };
    let crowd = Crowd::new(train, settings.seed);
    let named = [train, test].iter().all(|all| all.iter().any(|one| one.subject.is_some()));
    let visits = Visits::new(train, test, settings.history_items_max);
    let everybody = Taught::new(train, &plan, settings, watch)?;
    let mut scratch = Scratch::new();
    let mut measure = |taught: &Taught, known, floor, label: String| {
        let asking = Asking { known, supporters_min: floor, list_len: settings.list_len };
        taught.measure(&visits, asking, label, &mut scratch)
    };
    let mut tiers = Vec::new();
    for known in [Known::Nothing, Known::Anonymous, Known::Visit, Known::History] {
        if known != Known::History || named {
            let label = known.as_str().to_owned();
            tiers.push(measure(&everybody, known, settings.supporters_min, label));
        }
    }
    let mut shares = Vec::new();
    for (done, share) in (0_u64..).zip(&settings.shares) {
        let [consenting, _] = crowd.split(train, *share);
        let taught = Taught::new(&consenting, &plan, settings, watch)?;
        let label = share.to_string();
        shares.push(measure(&taught, Known::Visit, settings.supporters_min, label));
        watch("shares of people", done + 1, settings.shares.len() as u64);
    }
    let of_floor = |floor: &u32| measure(&everybody, Known::Visit, *floor, floor.to_string());
    let floors = settings.floors.iter().map(of_floor).collect();
    let series = [(About::Tier, tiers), (About::Share, shares), (About::Floor, floors)];
    Ok(Price {
        named,
        train_sessions: train.len(),
        people: crowd.places.len(),
        test_sessions: visits.0.iter().filter(|visit| visit.session.items.len() > 1).count(),
        with_history: visits.0.iter().filter(|visit| !visit.earlier.is_empty()).count(),
        list_len: settings.list_len,
        supporters_min: settings.supporters_min,
        popular_min: settings.popular_min,
        series: series.map(|(about, runs)| compared(about, runs, settings.seed)).into(),
    })
}

/// Splits sessions by people: those of the first `share` percent who consent, and all others.
pub fn consenting(train: &[Session], share: u8, seed: u64) -> [Vec<Session>; 2] {
    Crowd::new(train, seed).split(train, share)
}

/// A person, or the number of a session of nobody in particular.
type Who = Result<Pseudonym, usize>;

fn who(number: usize, session: &Session) -> Who {
    session.subject.ok_or(number)
}

/// Everybody, in the order in which they consent.
struct Crowd {
    places: BTreeMap<Who, usize>,
}

impl Crowd {
    /// The order is drawn by a hash of each person and nothing else, so a larger share holds
    /// every smaller one.
    fn new(train: &[Session], seed: u64) -> Self {
        let people: BTreeSet<Who> =
            train.iter().enumerate().map(|(number, session)| who(number, session)).collect();
        let mut drawn: Vec<(u64, Who)> =
            people.into_iter().map(|who| (draw(&who, seed), who)).collect();
        drawn.sort_unstable();
        let places = drawn.into_iter().enumerate().map(|(place, (_, who))| (who, place));
        Self { places: places.collect() }
    }

    /// The sessions of the first `share` percent, rounded up, and those of all others.
    fn split(&self, train: &[Session], share: u8) -> [Vec<Session>; 2] {
        let count = (self.places.len() * usize::from(share)).div_ceil(100);
        let mut split = [Vec::new(), Vec::new()];
        for (number, session) in train.iter().enumerate() {
            let consents = self.places.get(&who(number, session)).is_some_and(|at| *at < count);
            let [consented, others] = &mut split;
            let side = if consents { consented } else { others };
            side.push(session.clone());
        }
        split
    }
}

/// A number by `SplitMix64` of the halves of the name.
fn draw(who: &Who, seed: u64) -> u64 {
    let name = match who {
        Ok(subject) => u128::from_be_bytes(*subject.as_bytes()),
        Err(number) => *number as u128,
    };
    let halves = [name >> 64, name & u128::from(u64::MAX)];
    halves.into_iter().fold(seed, |state, half| {
        let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = state ^ u64::try_from(half).unwrap_or(0);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    })
}

/// A test session, and the newest items of the subject's earlier ones, newest last.
struct Visit<'a> {
    session: &'a Session,
    earlier: Vec<&'a ItemId>,
}

struct Visits<'a>(Vec<Visit<'a>>);

impl<'a> Visits<'a> {
    fn new(train: &'a [Session], test: &'a [Session], items_max: usize) -> Self {
        let mut of_subject: BTreeMap<Pseudonym, Vec<&Session>> = BTreeMap::new();
        for session in train {
            if let Some(subject) = session.subject {
                of_subject.entry(subject).or_default().push(session);
            }
        }
        for sessions in of_subject.values_mut() {
            sessions.sort_by_key(|session| session.at);
        }
        let visit = |session: &'a Session| {
            let own = session.subject.and_then(|subject| of_subject.get(&subject));
            let before = own.into_iter().flatten().filter(|one| one.at < session.at);
            let mut earlier: Vec<_> = before.flat_map(|one| &one.items).collect();
            earlier.drain(..earlier.len().saturating_sub(items_max));
            Visit { session, earlier }
        };
        Self(test.iter().map(visit).collect())
    }
}

#[derive(Clone, Copy)]
struct Asking {
    known: Known,
    supporters_min: u32,
    list_len: usize,
}

/// One run: the point, and its hits by session.
struct Measured {
    point: Point,
    sessions: Vec<PerSession>,
}

/// What some people taught.
struct Taught {
    learned: Learned,
    /// The blend under the weights of each tier.
    blends: [(Known, Method); 3],
    /// Items that enough people had, most people first, then by id.
    popular: Vec<ItemNo>,
    sessions: usize,
    people: usize,
}

impl Taught {
    fn new(
        train: &[Session],
        plan: &Plan,
        settings: &PriceSettings,
        watch: &mut Watch<'_>,
    ) -> Result<Self, PriceError> {
        let learned = Learned::new(train, plan, watch)?;
        let mut had: BTreeSet<(ItemNo, Who)> = BTreeSet::new();
        for (number, session) in train.iter().enumerate() {
            let who = who(number, session);
            let items = session.items.iter().filter_map(|item| learned.items.number(item));
            had.extend(items.map(|item| (item, who)));
        }
        let mut counts: BTreeMap<ItemNo, u32> = BTreeMap::new();
        for (item, _) in &had {
            *counts.entry(*item).or_insert(0) += 1;
        }
        let people: BTreeSet<Who> = had.into_iter().map(|(_, who)| who).collect();
        let popular = popular(&learned.items, &counts, settings.popular_min);
        let blends = Blends::new(plan)?;
        let of = |(known, tier): (Known, Tier)| {
            let weights = blends.choose("", tier);
            (known, Method::blend(blends.name(weights), blends.of(weights).clone()))
        };
        let tiers = [
            (Known::Anonymous, Tier::Anonymous),
            (Known::Visit, Tier::Visit),
            (Known::History, Tier::History),
        ];
        let blends = tiers.map(of);
        Ok(Self { learned, blends, popular, sessions: train.len(), people: people.len() })
    }

    fn measure(
        &self,
        visits: &Visits<'_>,
        asking: Asking,
        label: String,
        scratch: &mut Scratch,
    ) -> Measured {
        let mut filled = Filled::default();
        let per_session =
            visits.0.iter().map(|visit| self.visit(visit, asking, &mut filled, scratch));
        let sessions: Vec<PerSession> = per_session.collect();
        let point = Point {
            label,
            sessions: self.sessions,
            people: self.people,
            quality: quality(&sessions),
            popular: share(filled.popular, filled.places),
            empty: share(filled.empty, filled.places),
            against_best: None,
        };
        Measured { point, sessions }
    }

    fn visit(
        &self,
        visit: &Visit<'_>,
        asking: Asking,
        filled: &mut Filled,
        scratch: &mut Scratch,
    ) -> PerSession {
        let items = &self.learned.items;
        let mut sums = PerSession::default();
        let mut known: Vec<ItemNo> = Vec::new();
        if asking.known == Known::History {
            known.extend(visit.earlier.iter().filter_map(|item| items.number(item)));
        }
        for (current, target) in visit.session.items.iter().zip(visit.session.items.iter().skip(1))
        {
            let number = items.number(current);
            if matches!(asking.known, Known::Nothing | Known::Anonymous) {
                known.clear();
            }
            known.extend(number.filter(|_| asking.known != Known::Nothing));
            if target == current {
                continue;
            }
            // One item more than the list, so that it is full without the current one too.
            let count = asking.list_len + 1;
            let supporters_min = asking.supporters_min;
            let asked = Asked { visit: &known, at: visit.session.at, count, supporters_min };
            let blend = self.blends.iter().find(|(known, _)| *known == asking.known);
            let list = |(_, blend): &(_, Method)| blend.list(&self.learned, &asked, scratch);
            let mut list = blend.map_or(Vec::new(), list);
            list.retain(|item| Some(*item) != number);
            list.truncate(asking.list_len);
            let own = list.len();
            for item in &self.popular {
                if list.len() >= asking.list_len {
                    break;
                }
                if Some(*item) != number && !list.contains(item) {
                    list.push(*item);
                }
            }
            filled.places += asking.list_len as u64;
            filled.popular += (list.len() - own) as u64;
            filled.empty += (asking.list_len - list.len()) as u64;
            let target = items.number(target);
            sums.excluded.add(list.iter().position(|item| Some(*item) == target));
        }
        sums
    }
}

/// Places of lists.
#[derive(Default)]
struct Filled {
    places: u64,
    popular: u64,
    empty: u64,
}

fn popular(items: &Items, counts: &BTreeMap<ItemNo, u32>, least: u32) -> Vec<ItemNo> {
    let of = |item: ItemNo| counts.get(&item).copied().unwrap_or(0);
    let mut ranking: Vec<ItemNo> =
        items.iter().map(|(_, item)| item).filter(|item| of(*item) >= least).collect();
    // A stable sort keeps the order of ids.
    ranking.sort_by_key(|item| std::cmp::Reverse(of(*item)));
    ranking
}

pub(super) fn quality(sessions: &[PerSession]) -> Quality {
    let (mut targets, mut hits, mut ranks) = (0, 0, 0.0);
    for Sums { steps, hits: of_session, ranks: rank } in sessions.iter().map(|one| one.excluded) {
        targets += u64::from(steps);
        hits += u64::from(of_session);
        ranks += rank;
    }
    let reciprocal_rank = if targets == 0 { 0.0 } else { ranks / float(targets) };
    Quality { targets, hits, hit_rate: share(hits, targets), reciprocal_rank }
}

/// The points with their distance from the best.
fn compared(about: About, runs: Vec<Measured>, seed: u64) -> Series {
    // Of equally many hits the better rank leads, then the earlier point.
    let order = |one: &Quality, other: &Quality| {
        let ranks = || one.reciprocal_rank.total_cmp(&other.reciprocal_rank);
        one.hits.cmp(&other.hits).then_with(ranks)
    };
    let best =
        (0..runs.len()).rev().max_by(|one, other| match (runs.get(*one), runs.get(*other)) {
            (Some(one), Some(other)) => order(&one.point.quality, &other.point.quality),
            _ => std::cmp::Ordering::Equal,
        });
    let leader = best.and_then(|best| runs.get(best)).map(|run| run.sessions.clone());
    let points = runs.into_iter().enumerate().map(|(place, run)| {
        let other = leader.as_ref().filter(|_| Some(place) != best);
        let against_best =
            other.map(|other| compare(&run.sessions, other, |one| one.excluded, seed));
        Point { against_best, ..run.point }
    });
    Series { about, points: points.collect() }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { float(part) / float(whole) }
}

#[expect(clippy::cast_precision_loss, reason = "counts of places are far below 2^52")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;
