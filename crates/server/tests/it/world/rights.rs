//! What people and their shop do with rights in a world: dry runs, access, recipients that hear of
//! erasures, readers of the log. None of it may break a law, and a dry run may change nothing.

use rights::machine::Verification;
use rights::plan::Scope;
use rights::preview::{Place, Preview};
use rights::receipt::ReceiptPayload;
use rights::telling::Met;
use server::access::package;
use server::settings::Settings;

use crate::world::laws;
use crate::world::play::{Played, name, said};

/// A recipient that hears of erasures.
pub(super) fn with_recipient(settings: &mut Settings) {
    let mailer = serde_json::json!({
        "country": "DE", "role": "processor", "purposes": ["Marketing"],
        "erasure": "https://mailer.example/requests", "known_by": "customer_id",
    });
    settings.recipients.insert("mailer".to_owned(), serde_json::from_value(mailer).unwrap());
}

/// Asks what an erasure would do, and holds that asking does nothing.
pub(super) fn dry_run(played: &mut Played, who: usize) -> Result<Preview, String> {
    let (name, now) = (name(&played.world, who), played.now);
    let before = (played.engine().seq(), laws::canonical(played), laws::answers(played));
    let preview = played.engine().preview(&name, Scope::Everything, now).map_err(said)?;
    let after = (played.engine().seq(), laws::canonical(played), laws::answers(played));
    if before != after {
        return Err("3: a dry run changed something".to_owned());
    }
    let text = serde_json::to_string(&preview).unwrap();
    match text.contains(&played.world.people[who].marker) {
        true => Err("3: a plan names the person".to_owned()),
        false => Ok(preview),
    }
}

/// What was announced is what happened. The erasure itself writes evidence of a no before it counts,
/// so tables that keep are not compared.
pub(super) fn as_announced(plan: &Preview, receipt: &ReceiptPayload) -> Result<(), String> {
    for table in &receipt.deleted {
        let announced =
            plan.goes.iter().find(|one| one.place == Place::Table && one.name == table.table);
        if announced.map(|one| one.count) != Some(Some(table.rows)) {
            return Err(format!("3: announced {announced:?}, erased {table:?}"));
        }
    }
    let visits = plan.goes.iter().find(|one| one.name == "visits").and_then(|one| one.count);
    match visits == Some(receipt.model.sessions_unlearned) {
        true => Ok(()),
        false => Err(format!("1: announced {visits:?} visits, unlearned {:?}", receipt.model)),
    }
}

/// A person looks at everything that is held, and sees nobody else.
pub(super) fn access(played: &mut Played, who: usize) -> Result<(), String> {
    let (name, now) = (name(&played.world, who), played.now);
    let looked = played.engine().own_data(&name, ("access", Verification::SecretKey), now);
    let data = looked.map_err(said)?;
    let shown = package(&played.shop().shared, &name, &data, now);
    let text = serde_json::to_string(&shown).map_err(said)?;
    let others = played.world.people.iter().enumerate().filter(|(other, _)| *other != who);
    for (other, person) in others {
        if text.contains(&person.marker) {
            return Err(format!("7: person {who} sees person {other}"));
        }
    }
    Ok(())
}

/// Recipients that are due answer as their turn has it; each hears of each erasure until it did.
pub(super) fn answer(played: &mut Played) -> Result<(), String> {
    let now = played.now;
    for turn in 0.. {
        let Some(due) = played.engine().due(now).map_err(said)? else { break };
        if turn > played.world.people.len() * 4 {
            return Err("4: a recipient is due without an end".to_owned());
        }
        let heard = now.ms().unsigned_abs() + turn as u64;
        let met = [Met::Unreached, Met::Took, Met::Done][usize::try_from(heard % 3).unwrap()];
        played.engine().met(due.place, met, now).map_err(said)?;
    }
    Ok(())
}
