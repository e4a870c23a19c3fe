//! The laws of DESIGN section 9 as comparisons with the book.

use std::path::Path;

use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;
use personal::purpose::PurposeName;
use recommend::baskets::Basket;
use recommend::index::{ClosedSession, SessionKey};
use recommend::model::Model;
use serde_json::json;
use server::answer::{Ask, TierName};
use server::path;
use testkit::random::Random;
use testkit::world::book::{Order, Session};
use testkit::world::{ITEMS, Standing, item};

use crate::world::play::{Played, name};

/// Files are read whole at every so many steps, and after every erasure.
const FILES_EVERY_STEPS: usize = 20;

/// Checks every law that applies after a step.
pub(super) fn hold(played: &mut Played, step: usize) -> Result<(), String> {
    tiers(played)?;
    model(played, step)?;
    let answers = answers(played);
    if answers != self::answers(played) {
        return Err("5: the same question got another answer".to_owned());
    }
    let metrics = played.shop().shared.metrics.text();
    for person in &played.world.people {
        if answers.iter().any(|answer| answer.contains(&person.marker)) {
            return Err("3: an answer names a person".to_owned());
        }
        if metrics.contains(&person.marker) {
            return Err("8: a metric names a person".to_owned());
        }
    }
    if step.is_multiple_of(FILES_EVERY_STEPS) { no_traces(played) } else { Ok(()) }
}

/// Law 2: no answer above the tier that consent allows, and none below it.
fn tiers(played: &Played) -> Result<(), String> {
    for who in 0..played.world.people.len() {
        for gpc in [false, true] {
            let answer =
                path::recommend(&played.shop().shared, &ask(played, Some(who), gpc), played.now);
            let allowed = played.book.allows(who, PurposeName::Personalization, gpc, played.now);
            let tier = if allowed { TierName::History } else { TierName::Anonymous };
            if answer.basis.tier != tier {
                let basis = answer.basis;
                return Err(format!("2: person {who} (gpc {gpc}) gets {basis:?}, not {tier:?}"));
            }
            let count = |kind: &str| {
                let input = answer.basis.inputs.iter().find(|input| input.kind == kind);
                input.map_or(0, |input| input.count)
            };
            let used = (count("history"), count("preferred_categories"));
            let right = match allowed {
                true => (played.book.recent(who).len(), played.book.likes(who).len()),
                false => (0, 0),
            };
            if used != right {
                return Err(format!("2: person {who} is answered from {used:?}, not {right:?}"));
            }
        }
    }
    Ok(())
}

/// Laws 1 and 9: the live model equals one made from the surviving visits, in any order.
fn model(played: &Played, step: usize) -> Result<(), String> {
    let shared = &played.shop().shared;
    let taught = shared.taught();
    let live = &taught.model;
    let (mut sessions, mut orders) = (Vec::new(), Vec::new());
    for who in 0..played.world.people.len() {
        let subject = played.subject(who);
        let people = shared.people.read();
        let pseudonym =
            people.get(&subject).and_then(|one| one.pseudonym(PurposeName::SharedLearning));
        let right: Vec<_> = played.book.sessions(who).iter().map(|one| told(played, one)).collect();
        let known = pseudonym.map(|pseudonym| learned(live, pseudonym)).unwrap_or_default();
        let told: Vec<_> = known.iter().map(|(at, items, _)| (*at, items.clone())).collect();
        let mut right: Vec<_> = right.into_iter().filter(|(_, items)| !items.is_empty()).collect();
        right.sort_unstable();
        if told != right {
            return Err(format!("2 or 9: person {who} taught {told:?}, not {right:?}"));
        }
        sessions.extend(known.into_iter().map(|(_, _, session)| session));
        let known = pseudonym.map(|pseudonym| bought(live, pseudonym)).unwrap_or_default();
        let told: Vec<_> = known.iter().map(|(at, items, _)| (*at, items.clone())).collect();
        let right = played.book.orders(who).iter().map(|one| ordered(played, one));
        let mut right: Vec<_> = right.filter(|(_, items)| !items.is_empty()).collect();
        right.sort_unstable();
        if told != right {
            return Err(format!("2 or 9: person {who} ordered {told:?}, not {right:?}"));
        }
        orders.extend(known.into_iter().map(|(_, _, order)| order));
    }
    let mut random = Random::from_seed(played.world.seed).fork_nth("shuffle", step as u64);
    let mut fresh = Model::new(*live.settings()).unwrap();
    let mut catalog: Vec<_> = taught.catalog.values().collect();
    let standing: Vec<_> = catalog.iter().map(|item| item.id.as_str().to_owned()).collect();
    if !standing.iter().eq(played.book.catalog().keys()) {
        return Err("4: the catalog is another one".to_owned());
    }
    shuffle(&mut catalog, &mut random);
    for item in catalog {
        fresh.declare(item);
    }
    shuffle(&mut sessions, &mut random);
    for (key, subject, at, items) in sessions {
        let items = items.iter().filter_map(|item| fresh.items().number(item)).collect();
        fresh.learn(ClosedSession { key, subject: Some(subject), at, items }).unwrap();
    }
    shuffle(&mut orders, &mut random);
    for (key, subject, at, items) in orders {
        let items = items.iter().filter_map(|item| fresh.items().number(item)).collect();
        fresh.learn_order(Basket { key, subject, at, items }).unwrap();
    }
    fresh.advance(played.now.day());
    if fresh.canonical_bytes() != live.canonical_bytes() {
        return Err("1 and 9: the live model is not the rebuilt one".to_owned());
    }
    match fresh.fingerprint() == live.fingerprint() {
        true => Ok(()),
        false => Err("1 and 9: fingerprints differ".to_owned()),
    }
}

type Lesson = (SessionKey, Pseudonym, Timestamp, Vec<ItemId>);

/// What the model knows of one person: the second in which each visit ended, and its items.
fn learned(model: &Model, pseudonym: Pseudonym) -> Vec<(i64, Vec<String>, Lesson)> {
    let mut known = Vec::new();
    for key in model.index().sessions_of(pseudonym) {
        let Some((_, at)) = model.index().session_facts(&key) else { continue };
        let visible = model.index().session_items(&key).into_iter();
        let visible = visible.filter(|item| model.items().is_learnable(*item));
        let mut items: Vec<ItemId> =
            visible.filter_map(|item| model.items().id(item)).cloned().collect();
        items.dedup();
        if !items.is_empty() {
            let names = items.iter().map(|item| item.as_str().to_owned()).collect();
            known.push((at.ms() / 1_000, names, (key, pseudonym, at, items)));
        }
    }
    known.sort_unstable();
    known
}

/// What the model knows of one person's orders: the second of each, and its items.
fn bought(model: &Model, pseudonym: Pseudonym) -> Vec<(i64, Vec<String>, Lesson)> {
    let mut known = Vec::new();
    for (key, at, items) in model.baskets().baskets_of(pseudonym) {
        let visible = items.iter().filter(|item| model.items().is_learnable(**item));
        let mut items: Vec<ItemId> =
            visible.filter_map(|item| model.items().id(*item)).cloned().collect();
        items.sort_unstable();
        if !items.is_empty() {
            let names = items.iter().map(|item| item.as_str().to_owned()).collect();
            known.push((at.ms() / 1_000, names, (*key, pseudonym, at, items)));
        }
    }
    known.sort_unstable();
    known
}

/// What the book says that the model knows of one order.
fn ordered(played: &Played, order: &Order) -> (i64, Vec<String>) {
    let items = order.items.iter().filter(|item| sold(played, item));
    (order.at.ms() / 1_000, items.cloned().collect())
}

fn sold(played: &Played, item: &str) -> bool {
    match played.book.catalog().get(item) {
        Some(Standing::Sold | Standing::OutOfStock) => true,
        Some(Standing::Sensitive) | None => false,
    }
}

/// What the book says that the model knows of one visit.
fn told(played: &Played, session: &Session) -> (i64, Vec<String>) {
    let sold = session.items().filter(|item| sold(played, item));
    let mut items: Vec<String> = sold.map(str::to_owned).collect();
    items.dedup();
    (session.at().ms() / 1_000, items)
}

fn shuffle<T>(list: &mut [T], random: &mut Random) {
    for place in (1..list.len()).rev() {
        list.swap(place, random.below(u32::try_from(place + 1).unwrap()) as usize);
    }
}

/// Law 3: nobody's name is in any file, and no erased pseudonym is in the key store.
pub(super) fn no_traces(played: &Played) -> Result<(), String> {
    let mut files = Vec::new();
    read_all(played.folder.path(), &mut files);
    for (path, bytes) in files {
        let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
        // Every marker begins with this word.
        if holds(b"Zeuge") {
            return Err(format!("3: a name in {path}"));
        }
        // Until the daily compaction a page of the rows can hold a moved cell's old copy in a gap,
        // sealed under a destroyed key; a page that is written again takes its gap into the log.
        let rows = path.ends_with("data.db") || path.ends_with("data.db-wal");
        if !rows && played.gone.iter().any(|one| holds(one.as_bytes())) {
            return Err(format!("3: an erased pseudonym in {path}"));
        }
    }
    Ok(())
}

fn read_all(dir: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, files);
        } else {
            files.push((path.display().to_string(), std::fs::read(path).unwrap()));
        }
    }
}

/// The canonical bytes of the live model.
pub(super) fn canonical(played: &Played) -> Vec<u8> {
    played.shop().shared.taught().model.canonical_bytes()
}

/// What everybody is answered now, and what somebody unknown is answered about each item.
pub(super) fn answers(played: &Played) -> Vec<String> {
    let people = (0..played.world.people.len()).map(|who| ask(played, Some(who), false));
    let items = (0..ITEMS).map(|number| {
        let current = Some(ItemId::parse(&item(number)).unwrap());
        Ask { current, count: 8, ..at(played, "product", false) }
    });
    let carts = (0..ITEMS).map(|number| {
        let cart = vec![ItemId::parse(&item(number)).unwrap()];
        Ask { cart, count: 8, ..at(played, "cart", false) }
    });
    let asks = people.chain(items).chain(carts).chain([ask(played, None, false)]);
    let answer = |ask: Ask| path::recommend(&played.shop().shared, &ask, played.now);
    let text = |answer: server::answer::Answer| {
        json!({ "items": answer.items, "basis": answer.basis }).to_string()
    };
    asks.map(answer).map(text).collect()
}

fn ask(played: &Played, who: Option<usize>, gpc: bool) -> Ask {
    let subject = who.map(|who| played.shop().shared.ring.subject_ref(&name(&played.world, who)));
    Ask { subject, count: 8, ..at(played, "home", gpc) }
}

fn at(played: &Played, placement: &str, gpc: bool) -> Ask {
    let placements = &played.shop().shared.settings.placements;
    Ask::new(placements.get(placement).unwrap().clone(), played.circumstances(gpc))
}

/// The tier that a person is answered at.
pub(super) fn tier(played: &Played, who: usize) -> TierName {
    path::recommend(&played.shop().shared, &ask(played, Some(who), false), played.now).basis.tier
}

/// Law 3, second half: answers to all others equal those of a server that never met the person.
pub(super) fn twins(played: &mut Played) -> Result<(), String> {
    let here = answers(played);
    let gone: Vec<usize> =
        (0..played.world.people.len()).filter(|who| played.book.is_gone(*who)).collect();
    for who in gone.into_iter().take(2) {
        let world = played.world.without(who);
        let mut twin = Played::open(&world);
        for moment in &world.moments {
            twin.step(moment).map_err(|law| format!("{law} (twin without person {who})"))?;
        }
        let there = answers(&twin);
        let others = here.iter().zip(&there).enumerate().filter(|(place, _)| *place != who);
        if let Some((_, (here, there))) = others.into_iter().find(|(_, (a, b))| a != b) {
            return Err(format!("3: without person {who} the answer is {there}, not {here}"));
        }
    }
    Ok(())
}
