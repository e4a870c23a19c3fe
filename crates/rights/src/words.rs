//! The words of a receipt: what it proves, what it does not, and the same for people's eyes.
//!
//! Every sentence is true for the facts that it is chosen by. Nothing here is free text of a
//! person or of the shop, so no personal value can enter.

use domain::hex;

use crate::date;
use crate::intent::Intent;
use crate::machine::{Ending, ModelAfter};
use crate::plan::Scope;
use crate::receipt::{DeletedTable, FORMAT, KeptTable, KeptTombstone, ModelProof, ReceiptPayload};

/// What whoever verified a receipt without the shop's published key has to be told.
pub const NOT_PINNED: &str = "The key inside the receipt was not compared with a key from \
    elsewhere: the signature shows that the receipt is unchanged, not that this shop made it.";

/// Everything that a receipt is computed from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Closing<'a> {
    pub(crate) intent: &'a Intent,
    pub(crate) ending: &'a Ending<'a>,
    pub(crate) after: ModelAfter,
    pub(crate) resumed: bool,
}

/// The payload for an erasure that is done.
pub(crate) fn declare(closing: &Closing<'_>) -> ReceiptPayload {
    let Closing { intent, ending, after, .. } = *closing;
    let found = &intent.found;
    let deleted = ending.plan.delete.iter().map(|deletion| DeletedTable {
        table: deletion.table.to_owned(),
        what: deletion.what.to_owned(),
        rows: found.rows.get(deletion.table).copied().unwrap_or_default(),
    });
    let kept = ending.plan.keep.iter().map(|keeping| KeptTable {
        table: keeping.table.to_owned(),
        what: keeping.what.to_owned(),
        basis: keeping.basis.to_owned(),
        until_day: keeping.until,
    });
    ReceiptPayload {
        format: FORMAT.to_owned(),
        request: intent.request,
        shop: ending.shop.clone(),
        scope: intent.scope,
        requested_at: intent.requested_at.day(),
        completed: ending.completed,
        deleted: deleted.collect(),
        kept: kept.collect(),
        keys_destroyed: found.keys,
        tombstone: KeptTombstone {
            why: "A keyed mark without a name is kept, so that copies written before the request \
                  stay out when they arrive late or from a backup."
                .to_owned(),
            until_day: intent.marks.tombstones_until,
        },
        model: ModelProof {
            fingerprint_before: found.fingerprint,
            fingerprint_after: after.fingerprint,
            sessions_unlearned: found.sessions,
            orders_unlearned: found.orders,
            seq: after.seq,
        },
        backups_clear: ending.backups_clear,
        to_tell: intent.marks.tell.iter().map(|tell| tell.recipient.clone()).collect(),
        words: proven(closing),
        not_undone: not_undone(intent.scope),
    }
}

fn proven(closing: &Closing<'_>) -> Vec<String> {
    let mut words = vec![
        "This receipt states what the shop declares about its Confidant server. A valid signature \
         shows who made the receipt and that nobody changed it; it does not show that the shop \
         tells the truth.",
        "Confidant deleted the listed rows and destroyed the listed number of keys. Both were \
         counted when the erasure began.",
        "What is written after the erasure is not covered.",
    ];
    let found = &closing.intent.found;
    words.push(match (found.sessions, found.orders) {
        (0, 0) => "The shared model held no visit and no order that this request covers.",
        _ => {
            "The listed numbers of visits and orders were taken out of the shared model exactly: \
             its counts are those of a model that never learned them."
        }
    });
    words.push(
        "A fingerprint is a checksum over the visits and orders that the model holds. It shows mistakes; it \
         is no proof against bad intent.",
    );
    if closing.resumed {
        words.push(
            "The erasure was interrupted and then completed, so the two fingerprints can also \
             differ by what others did in between.",
        );
    }
    if !closing.intent.marks.tell.is_empty() {
        words.push(
            "The listed recipients are told of the erasure after this receipt was signed. When \
             each of them was told, and when it answered, stands at the shop under the name of \
             this request.",
        );
    }
    words.into_iter().map(str::to_owned).collect()
}

pub(crate) fn not_undone(scope: Scope) -> Vec<String> {
    let mut list = vec![
        "Settings that were fitted on many people's data are not fitted anew.",
        "Aggregates that were released before stay released.",
        "Backups from before the erasure can hold the data until the named day.",
        "Data that the shop gave to other systems, or keeps outside of Confidant, is not covered.",
        "Snapshots of a machine that hold both keys and data, and copies that people made, are \
         out of reach.",
    ];
    if scope != Scope::Everything {
        list.push("Data kept for other purposes was not part of this request and stays.");
        list.push("The record that consent was given and taken back stays as evidence.");
    }
    list.into_iter().map(str::to_owned).collect()
}

/// The receipt as a person reads it. Says nothing about the signature: that is for who verified.
pub fn describe(payload: &ReceiptPayload) -> String {
    let mut lines = heading(payload);
    lines.extend(tables(payload));
    let model = &payload.model;
    lines.extend([
        String::new(),
        "Shared model".to_owned(),
        format!(
            "- {} and {} unlearned, batch {}",
            counted(model.sessions_unlearned, "visit"),
            counted(model.orders_unlearned, "order"),
            model.seq
        ),
        format!("- fingerprint before {}", hex::encode(&model.fingerprint_before)),
        format!("- fingerprint after  {}", hex::encode(&model.fingerprint_after)),
    ]);
    if !payload.to_tell.is_empty() {
        lines.extend([String::new(), "Told, not yet when this was signed".to_owned()]);
        lines.extend(payload.to_tell.iter().map(|name| format!("- {}", printable(name))));
    }
    for (title, said) in [("What this means", &payload.words), ("Not undone", &payload.not_undone)]
    {
        lines.extend([String::new(), title.to_owned()]);
        lines.extend(said.iter().map(|line| format!("- {}", printable(line))));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn heading(payload: &ReceiptPayload) -> Vec<String> {
    let scope = match payload.scope {
        Scope::Everything => "everything about one person".to_owned(),
        Scope::Purpose(purpose) => format!("one person's data of the purpose {}", purpose.as_str()),
    };
    vec![
        format!("The shop {} declares the erasure of {scope}.", payload.shop),
        format!("Request    {}", payload.request.to_hex()),
        format!("Requested  {}", date::write(payload.requested_at)),
        format!("Completed  {}", date::write(payload.completed)),
    ]
}

fn tables(payload: &ReceiptPayload) -> Vec<String> {
    let mut lines = vec![String::new(), "Deleted".to_owned()];
    for table in &payload.deleted {
        let (name, what) = (printable(&table.table), printable(&table.what));
        lines.push(format!("- {name}: {} ({what})", counted(table.rows, "row")));
    }
    lines.push(format!("- {}", counted(u64::from(payload.keys_destroyed), "key")));
    lines.extend([String::new(), "Stays, where there is any".to_owned()]);
    for table in &payload.kept {
        let (name, what) = (printable(&table.table), printable(&table.what));
        let (basis, until) = (printable(&table.basis), date::write(table.until_day));
        lines.push(format!("- {name}: at most until {until}, {basis} ({what})"));
    }
    let until = date::write(payload.tombstone.until_day);
    lines.push(format!("- tombstone: until {until} ({})", printable(&payload.tombstone.why)));
    lines.push(format!("- backups from before: until {}", date::write(payload.backups_clear)));
    lines
}

pub(crate) fn counted(count: u64, thing: &str) -> String {
    match (count, thing.strip_suffix("ry")) {
        (1, _) => format!("1 {thing}"),
        (_, Some(stem)) => format!("{count} {stem}ries"),
        (_, None) => format!("{count} {thing}s"),
    }
}

/// A receipt can come from anybody, so its text must not steer a terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests;
