//! Requests about data in a world: they survive every crash, and a restriction that is lifted leaves
//! everything as it was.

use std::collections::BTreeSet;

use domain::id::{ItemId, RequestId};
use domain::time::Timestamp;
use personal::kinds::{LearnedOrder, RequestWords};
use personal::purpose::PurposeName;
use personal::record::Stored as _;
use personal::subject::SubjectRef;
use rights::machine::Verification;
use rights::proof::Strength;
use rights::request::kind::{About, Kind};
use rights::request::names::Asker;
use server::engine::EngineError;
use server::engine::correcting::{Correction, Signal};
use server::engine::requests::NewRequest;

use crate::world::laws;
use crate::world::play::{Played, name, said};

/// Every request, as it stands.
pub(super) fn all(played: &mut Played) -> Vec<String> {
    let engine = played.engine();
    engine.requests().all().map(|filed| format!("{:?} {:?}", filed.case, filed.receipts)).collect()
}

fn ask(
    played: &mut Played,
    who: usize,
    (kind, about): (Kind, About),
    words: Option<String>,
) -> Result<RequestId, String> {
    let (name, law, now) = (name(&played.world, who), played.law(), played.now);
    let (asker, proven) = (Asker::Person, Strength::Fresh);
    let new = NewRequest { kind, about, asker, law, proven, words, agent_request: None };
    played.engine().file_request(&name, new, now).map_err(said)
}

/// Lets a person's data rest, or ends that. Who is unknown to the shop has nothing that could rest.
pub(super) fn rest(played: &mut Played, who: usize) -> Result<(), String> {
    let subject = played.subject(who);
    if !played.shop().shared.people.read().contains_key(&subject) {
        return Ok(());
    }
    let now = played.now;
    if played.book.rests(who) {
        lift_all(played, subject)?;
        played.book.lift(who, now);
        return restricts(played, subject, false);
    }
    ask(played, who, (Kind::Restriction, About::EVERYTHING), None)?;
    played.book.rest(who);
    restricts(played, subject, true)
}

/// Lets somebody's data rest and lifts that at once, with a crash in between for every other
/// person: all stands as it did.
pub(super) fn rest_a_while(played: &mut Played) -> Result<(), String> {
    let minutes = usize::try_from(played.now.ms() / 60_000).unwrap_or_default();
    let who = minutes % played.world.people.len();
    let subject = played.subject(who);
    if played.book.rests(who) {
        return Ok(());
    }
    lift_all(played, subject)?; // what a round that failed half-way left
    let before = (laws::canonical(played), laws::answers(played));
    rest(played, who)?;
    if who.is_multiple_of(2) {
        played.again(true)?;
    }
    if played.book.rests(who) {
        rest(played, who)?;
    }
    match before == (laws::canonical(played), laws::answers(played)) {
        true => Ok(()),
        false => Err("9: a restriction that was lifted left a trace".to_owned()),
    }
}

/// Corrects one of the things that are kept about a person, whichever table they lie in.
pub(super) fn correct(played: &mut Played, who: usize, place: usize) -> Result<(), String> {
    let (name, now, how) = (name(&played.world, who), played.now, Verification::SecretKey);
    let data = played.engine().own_data(&name, ("access", how), now).map_err(said)?;
    let mut kept: BTreeSet<(Timestamp, u64, ItemId)> = BTreeSet::new();
    kept.extend(
        data.history.into_iter().map(|row| (row.value.at, row.value.message, row.value.item)),
    );
    kept.extend(
        data.learning.into_iter().map(|row| (row.value.at, row.value.message, row.value.item)),
    );
    let steps = data.sessions.into_iter().flat_map(|row| row.value.steps);
    kept.extend(steps.map(|step| (step.at, step.message, step.item)));
    for order in data.orders {
        let LearnedOrder { message, at, items } = order.value;
        kept.extend(items.into_iter().map(|item| (at, message, item)));
    }
    let turn = place.checked_rem(kept.len()).and_then(|turn| kept.into_iter().nth(turn));
    let Some((at, message, item)) = turn else { return Ok(()) };
    let signals = vec![Signal { message, item: Some(item.clone()) }];
    let correction = Correction { signals, ..Correction::default() };
    played.engine().correct(&name, &correction, (how, now)).map_err(said)?;
    played.book.correct(who, (at, item.as_str()), now);
    Ok(())
}

fn restricts(played: &Played, subject: SubjectRef, right: bool) -> Result<(), String> {
    let choices = played.shop().shared.people.read()[&subject].choices.clone();
    match PurposeName::ALL.into_iter().any(|purpose| choices.restricts(purpose)) == right {
        true => Ok(()),
        false => Err(format!("2: restricted is not {right}")),
    }
}

fn lift_all(played: &mut Played, subject: SubjectRef) -> Result<(), String> {
    let now = played.now;
    let filed: Vec<RequestId> =
        played.engine().requests().of(subject).iter().map(|one| one.case.asked.id).collect();
    for id in filed {
        played.engine().lift_restriction(id, now).or_else(unless_it_is_none).map_err(said)?;
    }
    Ok(())
}

/// Not every request is a restriction that was carried out.
fn unless_it_is_none(error: EngineError) -> Result<(), EngineError> {
    if matches!(error, EngineError::Request(_)) { Ok(()) } else { Err(error) }
}

/// Erases somebody by a request, after another one that names the person in its words; gives the
/// receipt.
pub(super) fn erased_by_request(played: &mut Played, who: usize) -> Result<String, String> {
    let about = About::try_from(format!("one:{}", "5a".repeat(16))).map_err(said)?;
    let words = format!("I am {}", played.world.people[who].marker);
    ask(played, who, (Kind::HumanReview, about), Some(words))?;
    let id = ask(played, who, (Kind::Erasure, About::EVERYTHING), None)?;
    let now = played.now;
    let engine = played.engine();
    let filed = engine.requests().get(id).ok_or("3: an erasure is not on file")?.clone();
    let table = RequestWords::DECLARATION.table;
    if !engine.tables().rows_of(table, filed.pseudonym).map_err(said)?.is_empty() {
        return Err("3: words of an erased person are left".to_owned());
    }
    let receipts = filed.receipts.iter().map(|id| engine.receipt(*id, now).map_err(said));
    let receipts = receipts.collect::<Result<Vec<_>, _>>()?;
    receipts.into_iter().next().ok_or_else(|| "3: an erasure without a receipt".to_owned())
}
