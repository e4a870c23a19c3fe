//! Somebody who reads the transparency log of a world now and then: it only ever grows, through
//! every crash, and betrays nobody.

use std::sync::Arc;

use ledger::checkpoint::Checkpoint;
use ledger::merkle::{self, Head};
use ledger::prove::Plan;
use ledger::tile::{Resource, Width};
use ledger::tree::Read;

use crate::world::play::{Played, said};

/// Holds that the log begins with what was read the last time, and remembers what is read now.
pub(super) fn read(played: &mut Played) -> Result<(), String> {
    let log = Arc::clone(&played.shop().shared.log);
    let Some(signed) = log.signed() else { return Ok(()) };
    let head = Checkpoint::open(&signed.note, log.key()).map_err(said)?.head;
    let before = played.read.replace(head).unwrap_or_else(Head::empty);
    if head.size < before.size {
        return Err(format!("9: the log had {} entries and has {}", before.size, head.size));
    }
    let nodes = Plan::consistency(before.size, head.size).map_err(said)?;
    let mut tiles = Read::new();
    for resource in nodes.tiles() {
        let bytes = log.read(&resource).map_err(said)?.ok_or("9: a tile is missing")?;
        tiles.insert(resource, bytes);
    }
    let proof = nodes.prove(&tiles).map_err(said)?;
    merkle::verify_consistency(&before, &head, &proof).map_err(|_| "9: the log was rewritten")?;
    for index in 0..head.size.div_ceil(u64::from(Width::FULL.places())) {
        let width = ledger::tile::width_at(0, index, head.size).ok_or("9: no such bundle")?;
        let entries = log.read(&Resource::Entries { index, width }).map_err(said)?;
        let text = String::from_utf8_lossy(&entries.ok_or("9: entries are missing")?).into_owned();
        if played.world.people.iter().any(|person| text.contains(&person.marker)) {
            return Err("3: the log names a person".to_owned());
        }
    }
    Ok(())
}
