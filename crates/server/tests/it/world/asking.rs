//! Requests about data in a world: they survive every crash, and what a person wrote goes with them.

use domain::id::RequestId;
use personal::kinds::RequestWords;
use personal::record::Stored as _;
use rights::proof::Strength;
use rights::request::kind::{About, Kind};
use rights::request::names::Asker;
use server::engine::requests::NewRequest;

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
