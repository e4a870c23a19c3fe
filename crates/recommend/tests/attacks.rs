//! What other people's visits can be guessed from answers, and how much the floors take away.
//!
//! After Calandrino et al. ("You Might Also Like", IEEE S&P 2011): an attacker knows half of
//! somebody's visit, asks for lists beside those items before and after the visit is learned, and
//! guesses the other half from what appeared or rose. The stronger attacker also teaches own
//! visits that hold the known items and candidates, so that one more person lifts a candidate over
//! the floor. The advantage is the true-positive rate minus the false-positive rate (Yeom et al.,
//! CSF 2018): how much more often a hidden item is guessed when the visit was learned than in the
//! same shop, with the same other visits, when it was not.
//!
//! The attacker here is strong: it asks the model itself, before shelves, diversity and exposure
//! rearrange a list, and knows when the visit was learned. Each test prints a table: advantage, and
//! in brackets the share of guesses that are right.

#![cfg(test)]

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;

use domain::catalog::Item;
use domain::id::Pseudonym;
use domain::time::{DAY_MS, Day, Timestamp};
use recommend::answer::{Query, Reason, recommend};
use recommend::door::{Door, DoorCaps, Knock, admit};
use recommend::index::ClosedSession;
use recommend::items::ItemNo;
use recommend::model::Model;
use recommend::scratch::Scratch;
use recommend::settings::Settings;
use recommend::synthetic::Shop;

const SHOP: Shop =
    Shop { seed: 7, items: 1_000, sessions: 6_000, sessions_per_subject: 3, length: 5, days: 90 };
const TARGETS: u32 = 200;
/// Items of a visit that are known, and as many that are not.
const HALF: usize = 3;
/// Length of a list that the attacker asks for.
const LIST: u32 = 50;
/// Items that the attacker suspects where it has a suspicion, the hidden ones among them.
const SUSPECTS: usize = 37;
/// When the attack begins.
const MORNING: i64 = 20_090 * DAY_MS;
const MINUTE: i64 = 60_000;
/// The minute of that day from which on visits of others and of the target are learned.
const EVENING: i64 = 600;

/// What the attacker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attack {
    /// Asks, and guesses among all items.
    Polls,
    /// Asks, and guesses among the suspects.
    Suspects,
    /// Besides makes one visit with the known items and the suspects, on one account.
    OwnVisit,
    /// So many accounts make as many visits as the door lets through, with the known items and
    /// all other items that fit.
    Accounts(u32),
}

/// Whose visit is guessed.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// A visit like the others.
    Usual,
    /// A visit to items that have nothing in common.
    Unusual,
}

const ATTACKS: [(Attack, &str); 6] = [
    (Attack::Polls, "polls"),
    (Attack::Suspects, "polls, has 37 suspects"),
    (Attack::OwnVisit, "the same, one own visit with them"),
    (Attack::Accounts(1), "1 account that fills the caps"),
    (Attack::Accounts(2), "2 accounts"),
    (Attack::Accounts(4), "4 accounts"),
];
const FLOORS: [u32; 3] = [1, 2, 5];

/// `SplitMix64` (Steele, Lea, Flood, OOPSLA 2014) at one place.
const fn spread(number: u64) -> u64 {
    let state = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// The shop under a floor; a floor of 1 takes all floors away.
fn shop(floor: u32) -> Model {
    let settings = match floor {
        1 => Settings {
            supporters_min: 1,
            reason_supporters_min: 1,
            popular_min: 1,
            ..Settings::default()
        },
        _ => Settings { supporters_min: floor, ..Settings::default() },
    };
    let mut model = Model::new(settings).unwrap();
    for number in 0..SHOP.items {
        model.declare(&Item::new(SHOP.item(number).unwrap(), String::new()));
    }
    model.learn_all(SHOP.sessions()).unwrap();
    model.advance(Day::from_number(20_090));
    model
}

struct Target {
    visit: Vec<ItemNo>,
    known: Vec<ItemNo>,
    hidden: Vec<ItemNo>,
    suspects: Vec<ItemNo>,
}

impl Target {
    fn new(visit: Vec<ItemNo>, number: u32) -> Self {
        let half = |odd| visit.iter().copied().skip(odd).step_by(2).collect::<Vec<_>>();
        let (known, hidden) = (half(0), half(1));
        let mut suspects = hidden.clone();
        suspects.extend(shuffled(number).filter(|item| !visit.contains(item)));
        suspects.truncate(SUSPECTS);
        suspects.sort_unstable_by_key(|item| spread(u64::from(item.number() ^ (number << 12))));
        Self { visit, known, hidden, suspects }
    }
}

/// All items in an order of its own.
fn shuffled(number: u32) -> impl Iterator<Item = ItemNo> {
    let mut items: Vec<ItemNo> = SHOP.catalog().iter().map(|(_, item)| item).collect();
    items.sort_unstable_by_key(|item| spread((u64::from(number) << 32) | u64::from(item.number())));
    items.into_iter()
}

/// Visits of six distinct items that the shop has not seen.
fn targets(kind: Kind) -> Vec<Target> {
    let usual = SHOP.sessions().skip_to(0);
    let visits = (0..).map(|number| match kind {
        Kind::Usual => {
            let mut visit = Vec::new();
            for item in usual.session(SHOP.sessions + 100_000 + number).items {
                if !visit.contains(&item) {
                    visit.push(item);
                }
            }
            visit
        }
        Kind::Unusual => shuffled((1 << 20) | number).take(2 * HALF).collect(),
    });
    let long = visits.filter(|visit: &Vec<ItemNo>| visit.len() >= 2 * HALF);
    let cut = long.map(|visit| visit[..2 * HALF].to_vec());
    (0..TARGETS).zip(cut).map(|(number, visit)| Target::new(visit, number)).collect()
}

fn person(kind: u8, number: u32) -> Pseudonym {
    Pseudonym::from_bytes(((u128::from(kind) << 64) | u128::from(number)).to_be_bytes())
}

fn teach(model: &mut Model, key: (u8, u32), subject: Pseudonym, items: &[ItemNo], minute: i64) {
    let key = ((u128::from(key.0) << 64) | u128::from(key.1)).to_be_bytes();
    let at = Timestamp::from_ms(MORNING + minute * MINUTE);
    let items = items.to_vec();
    model.learn(ClosedSession { key, subject: Some(subject), at, items }).unwrap();
}

/// Where items stand in the lists beside the known ones.
struct Poll(Vec<Vec<(ItemNo, bool)>>);

/// Asks beside each known item, and beside all of them.
fn poll(model: &Model, known: &[ItemNo], scratch: &mut Scratch) -> Poll {
    let mut visits: Vec<&[ItemNo]> = known.chunks(1).collect();
    visits.push(known);
    let mut list = |visit: &[ItemNo]| {
        let current = visit.last().copied();
        let query =
            Query { visit, current, count: LIST as usize, exclude: known, ..Query::default() };
        let answer = recommend(model, &query, scratch);
        let from_visits = answer.iter().filter_map(|candidate| match candidate.reason {
            Reason::ThisVisit => Some((candidate.item, false)),
            Reason::ViewedTogether { .. } => Some((candidate.item, true)),
            Reason::SimilarTo { .. } | Reason::Popular | Reason::Catalog => None,
        });
        from_visits.collect()
    };
    Poll(visits.into_iter().map(&mut list).collect())
}

/// The items that rose most, as many as are hidden; none that did not rise.
fn guess(before: &Poll, after: &Poll, among: Option<&[ItemNo]>) -> Vec<ItemNo> {
    let mut gains: BTreeMap<ItemNo, f64> = BTreeMap::new();
    for (old, new) in before.0.iter().zip(&after.0) {
        for (place, (item, named)) in (1_u32..).zip(new) {
            let was = (1_u32..).zip(old).find(|(_, (other, _))| other == item);
            // Outside the list counts as its double length.
            let old_place = was.map_or(2 * LIST, |(place, _)| place);
            let gain = (f64::from(old_place) / f64::from(place)).ln();
            let reason =
                if *named && was.is_some_and(|(_, (_, named))| !named) { 1.0 } else { 0.0 };
            *gains.entry(*item).or_default() += gain.max(0.0) + reason;
        }
    }
    let mut rose: Vec<(ItemNo, f64)> = gains.into_iter().filter(|(_, gain)| *gain > 0.0).collect();
    rose.retain(|(item, _)| among.is_none_or(|among| among.contains(item)));
    // Stable, so equal gains stay in the order of numbers.
    rose.sort_by(|a, b| b.1.total_cmp(&a.1));
    rose.into_iter().take(HALF).map(|(item, _)| item).collect()
}

/// The attacker's own visits, through the door from one network prefix.
fn prepare(model: &mut Model, attack: Attack, target: &Target, scratch: &mut Scratch) {
    let caps = DoorCaps::default();
    let (accounts, each) = match attack {
        Attack::Polls | Attack::Suspects => return,
        Attack::OwnVisit => (1, 1),
        Attack::Accounts(accounts) => (accounts, caps.subject_sessions_per_day_max),
    };
    let room = caps.session_items_max as usize - HALF;
    let wanted: Vec<ItemNo> = if attack == Attack::OwnVisit {
        target.suspects.clone()
    } else {
        // What no list shows yet comes first: there the next person makes the difference.
        let poll = poll(model, &target.known, scratch);
        let listed = |item: &ItemNo| poll.0.iter().flatten().any(|(other, _)| other == item);
        let mut items: Vec<ItemNo> = shuffled(0).filter(|i| !target.known.contains(i)).collect();
        items.sort_by_key(|item| (listed(item), Reverse(model.index().linked_count(*item))));
        items
    };
    let mut door = Door::new(caps);
    for number in 0..accounts * each {
        let subject = person(1, number / each);
        let chunk = wanted.chunks(room).nth((number % each) as usize).unwrap_or_default();
        let items = [&target.known[..], chunk].concat();
        // As many an hour as one prefix may.
        let minute = i64::from(number / caps.prefix_sessions_per_hour_max) * 60;
        let now = Timestamp::from_ms(MORNING + minute * MINUTE);
        let knock = Knock { subject: Some(subject), prefix: Some(1), items: items.len(), now };
        admit(&mut door, &knock).unwrap();
        teach(model, (1, number), subject, &items, minute);
    }
}

/// What came of one attack on many people.
#[derive(Clone, Copy, Debug, Default)]
struct Outcome {
    guesses: usize,
    hits: usize,
    hits_without: usize,
    hidden: usize,
}

impl Outcome {
    /// Share of guesses that are right.
    fn precision(self) -> f64 {
        self.hits as f64 / self.guesses.max(1) as f64
    }

    fn advantage(self) -> f64 {
        (self.hits as f64 - self.hits_without as f64) / self.hidden as f64
    }
}

/// `between`: how many visits of others are learned between the two polls.
fn attack(shop: &Model, attack: Attack, targets: &[Target], between: u32) -> Outcome {
    let mut scratch = Scratch::new();
    let mut outcome = Outcome::default();
    let others = SHOP.sessions();
    for (number, target) in (0..).zip(targets) {
        let mut model = shop.clone();
        prepare(&mut model, attack, target, &mut scratch);
        let before = poll(&model, &target.known, &mut scratch);
        for other in 0..between {
            let session = others.session(SHOP.sessions + number * between + other);
            let minute = EVENING + i64::from(other);
            teach(&mut model, (2, other), session.subject.unwrap(), &session.items, minute);
        }
        let without = poll(&model, &target.known, &mut scratch);
        let minute = EVENING + i64::from(between / 2);
        teach(&mut model, (3, 0), person(3, 0), &target.visit, minute);
        let with = poll(&model, &target.known, &mut scratch);
        let suspects = matches!(attack, Attack::Suspects | Attack::OwnVisit);
        let among = suspects.then_some(&target.suspects[..]);
        let hits =
            |guesses: &[ItemNo]| guesses.iter().filter(|i| target.hidden.contains(i)).count();
        let guesses = guess(&before, &with, among);
        outcome.guesses += guesses.len();
        outcome.hits += hits(&guesses);
        outcome.hits_without += hits(&guess(&before, &without, among));
        outcome.hidden += HALF;
    }
    outcome
}

/// One row of a table: the outcome under each floor.
type Row = [Outcome; FLOORS.len()];

/// Prints a table, in one piece because tests run side by side.
fn print(title: &str, rows: &[(String, Row)]) {
    let mut text = format!("{title}\n| | {} |\n", FLOORS.map(|f| format!("floor {f}")).join(" | "));
    for (name, row) in rows {
        let cell = |one: &Outcome| format!("{:.2} ({:.2})", one.advantage(), one.precision());
        writeln!(text, "| {name} | {} |", row.each_ref().map(cell).join(" | ")).unwrap();
    }
    println!("{text}");
}

/// All attackers, in the order of [`ATTACKS`].
fn all_attacks(title: &str, kind: Kind, between: u32) -> Vec<[f64; 3]> {
    let targets = targets(kind);
    let shops = FLOORS.map(shop);
    let row = |one| shops.each_ref().map(|shop| attack(shop, one, &targets, between));
    let rows: Vec<(String, Row)> =
        ATTACKS.iter().map(|(one, name)| ((*name).to_owned(), row(*one))).collect();
    print(title, &rows);
    rows.iter().map(|(_, row)| row.each_ref().map(|one| one.advantage())).collect()
}

#[track_caller]
fn between(measured: f64, low: f64, high: f64) {
    assert!((low..=high).contains(&measured), "{measured:.3} is not from {low} to {high}");
}

#[test]
fn floors_hide_an_unusual_visit_from_polls_and_accounts_lift_them() {
    let [polls, suspects, own_visit, one, two, four] =
        all_attacks("unusual visit, nobody else", Kind::Unusual, 0).try_into().unwrap();
    // Without floors the whole visit is read off.
    between(polls[0], 0.9, 1.0);
    between(polls[1], 0.05, 0.35);
    between(polls[2], 0.0, 0.1);
    between(suspects[1], 0.05, 0.35);
    // The asker's own visit counts as a supporter: at a floor of 2 it undoes the floor. Who mends
    // that changes these numbers, and those in SECURITY.md with them.
    between(own_visit[1], 0.85, 1.0);
    between(one[1], 0.45, 0.75);
    // At a floor of 5 it takes four accounts.
    between(own_visit[2].max(one[2]).max(two[2]), 0.0, 0.15);
    between(four[2], 0.35, 0.65);
}

#[test]
fn floors_hide_less_of_a_usual_visit() {
    let [polls, _, own_visit, _, _, four] =
        all_attacks("usual visit, nobody else", Kind::Usual, 0).try_into().unwrap();
    between(polls[0], 0.85, 1.0);
    // What others saw as well is over the floor already, and rises.
    between(polls[1], 0.7, 0.88);
    between(polls[2], 0.45, 0.7);
    between(own_visit[1], 0.85, 1.0);
    between(four[2], 0.6, 0.85);
}

#[test]
fn visits_of_others_hide_a_visit() {
    let targets = targets(Kind::Usual);
    let shops = FLOORS.map(shop);
    let mut rows = Vec::new();
    for others in [0, 50, 500, 2_000] {
        for (one, name) in [(Attack::Polls, "polls"), (Attack::OwnVisit, "own visit, 37 suspects")]
        {
            let row = shops.each_ref().map(|shop| attack(shop, one, &targets, others));
            rows.push((format!("{name}, {others} others"), row));
        }
    }
    print("usual visit, visits of others between the polls", &rows);
    let advantage = |row: usize, floor: usize| rows[row].1[floor].advantage();
    for floor in 0..FLOORS.len() {
        assert!(advantage(2, floor) < advantage(0, floor), "50 others hide something");
        assert!(advantage(6, floor) < advantage(2, floor) / 2.0, "2,000 hide most");
    }
}
