//! What an erasure would do, said before anybody decides: what goes, what stays, who is told.
//!
//! Computed from the plan, and the plan from the declarations, so that a kind of data that is
//! declared tomorrow stands here tomorrow. Nothing is changed by it.

use std::collections::BTreeMap;

use domain::time::Day;
use personal::purpose::PurposeName;
use serde::Serialize;

use crate::date;
use crate::plan::{Plan, Scope};
use crate::words::{counted, printable};

/// Who decided what no declaration says.
const SHOP: &str = "the shop, in its settings";
const PROGRAM: &str = "the program";

/// Where something lies that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A table of the store.
    Table,
    /// The store of keys.
    Key,
    /// The shared models.
    Model,
    /// The memory of the server.
    Memory,
    /// The privacy center.
    Center,
    /// What waits to be written or sent.
    Queue,
    /// The transparency log.
    Log,
    /// Copies of the whole store on other machines.
    Replica,
    /// Backups of the shop.
    Backup,
}

impl Place {
    /// The place in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Key => "key",
            Self::Model => "models",
            Self::Memory => "memory",
            Self::Center => "privacy center",
            Self::Queue => "queue",
            Self::Log => "log",
            Self::Replica => "replicas",
            Self::Backup => "backups",
        }
    }
}

/// Something that goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Going {
    /// Where it lies.
    pub place: Place,
    /// Its name there.
    pub name: String,
    /// What it holds, in plain words.
    pub what: String,
    /// How many there are now; missing where nobody can count them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The first day without it; missing when it goes at once.
    #[serde(skip_serializing_if = "Option::is_none", with = "until")]
    pub until: Option<Day>,
}

/// Something that stays, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Staying {
    /// Its name.
    pub name: String,
    /// What it holds, in plain words.
    pub what: String,
    /// How many there are now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The article that allows it.
    pub basis: String,
    /// The first day on which the last of it is gone; missing where it names nobody and stays.
    #[serde(skip_serializing_if = "Option::is_none", with = "until")]
    pub until: Option<Day>,
    /// Who decided that it stays.
    pub decided_by: String,
}

/// Somebody who received data and hears of the erasure (GDPR Art. 17(2) and 19).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Telling {
    /// The recipient's name in the settings.
    pub name: String,
    /// Where it is.
    pub country: String,
    /// How it is told, or why it is not.
    pub how: String,
    /// Whether the program tells it.
    pub by_program: bool,
}

/// What is there now, as the shell counted it.
#[derive(Clone, Debug, Default)]
pub struct Here {
    /// Rows of the person per table.
    pub rows: BTreeMap<String, u64>,
    /// Purposes in which the person has a key.
    pub keys: Vec<PurposeName>,
    /// Visits and orders that the shared models learned.
    pub learned: (u64, u64),
    /// More that goes and that no table declares: memory, sessions, queues.
    pub more: Vec<Going>,
    /// Who is told.
    pub told: Vec<Telling>,
    /// The first day without the tombstone.
    pub tombstone_until: Day,
    /// The first day without a backup from before.
    pub backups_until: Day,
}

/// What an erasure would do today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// What would be asked for.
    pub scope: Scope,
    /// The day for which it was computed.
    #[serde(with = "date")]
    pub day: Day,
    /// Whether anything is held about the person.
    pub known: bool,
    /// What goes.
    pub goes: Vec<Going>,
    /// What stays.
    pub stays: Vec<Staying>,
    /// Who is told.
    pub told: Vec<Telling>,
    /// What an erasure does not undo.
    pub not_undone: Vec<String>,
}

/// Says what the erasure of a plan would do.
///
/// # Privacy
/// Every table of the plan is among what goes or among what stays, also without a row: who reads it
/// sees what could be there. It names nobody.
pub fn preview(plan: &Plan, here: &Here, today: Day) -> Preview {
    let goes: Vec<Going> = gone(plan, here).chain(here.more.iter().cloned()).collect();
    let backups = Going {
        place: Place::Backup,
        name: "backups".to_owned(),
        what: "Copies of the data folder from before the erasure; their keys go with them."
            .to_owned(),
        count: None,
        until: Some(here.backups_until),
    };
    let told = match plan.scope {
        Scope::Everything => here.told.clone(),
        Scope::Purpose(_) => Vec::new(),
    };
    Preview {
        scope: plan.scope,
        day: today,
        known: !here.keys.is_empty() || here.rows.values().any(|rows| *rows > 0),
        goes: goes.into_iter().chain([backups]).collect(),
        stays: staying(plan, here),
        told,
        not_undone: crate::words::not_undone(plan.scope),
    }
}

fn gone(plan: &Plan, here: &Here) -> impl Iterator<Item = Going> {
    let rows = |table: &str| here.rows.get(table).copied().unwrap_or_default();
    let tables: Vec<Going> = plan
        .delete
        .iter()
        .map(|one| going(Place::Table, one.table, one.what, rows(one.table)))
        .collect();
    let keys = plan.destroy_keys.iter().filter(|purpose| here.keys.contains(purpose));
    let key = "The key, the pseudonym and the mapping of this purpose.";
    let keys: Vec<Going> =
        keys.map(|purpose| going(Place::Key, purpose.as_str(), key, 1)).collect();
    let (visits, orders) = match plan.scope.reaches(PurposeName::SharedLearning) {
        true => here.learned,
        false => (0, 0),
    };
    let models = [
        going(Place::Model, "visits", "Visits that the shared models learned.", visits),
        going(Place::Model, "orders", "Orders that the shared models learned.", orders),
    ];
    tables.into_iter().chain(keys).chain(models)
}

/// Something that goes at once.
pub fn going(place: Place, name: &str, what: &str, count: u64) -> Going {
    let (name, what) = (name.to_owned(), what.to_owned());
    Going { place, name, what, count: Some(count), until: None }
}

fn staying(plan: &Plan, here: &Here) -> Vec<Staying> {
    let mut stays: Vec<Staying> = plan
        .keep
        .iter()
        .map(|one| Staying {
            name: one.table.to_owned(),
            what: one.what.to_owned(),
            count: Some(here.rows.get(one.table).copied().unwrap_or_default()),
            basis: one.basis.to_owned(),
            until: Some(one.until),
            decided_by: format!("{PROGRAM}, in the declaration of the table"),
        })
        .collect();
    if plan.scope == Scope::Everything {
        stays.push(Staying {
            name: "tombstone".to_owned(),
            what: "A keyed mark without a name that keeps late copies out.".to_owned(),
            count: None,
            basis: "GDPR Art. 17(1) and 32(1)".to_owned(),
            until: Some(here.tombstone_until),
            decided_by: PROGRAM.to_owned(),
        });
    }
    stays.push(Staying {
        name: "log".to_owned(),
        what: "Commitments in the transparency log. They name nobody, and nobody can open them \
               once the rows that they are about are gone."
            .to_owned(),
        count: None,
        basis: "GDPR Art. 5(2)".to_owned(),
        until: None,
        decided_by: PROGRAM.to_owned(),
    });
    stays.push(Staying {
        name: "backups".to_owned(),
        what: "Backups from before the erasure, until their last day.".to_owned(),
        count: None,
        basis: "GDPR Art. 32(1)(c)".to_owned(),
        until: Some(here.backups_until),
        decided_by: SHOP.to_owned(),
    });
    stays
}

/// The preview as a person at a terminal reads it.
pub fn describe(preview: &Preview) -> String {
    let mut lines = vec![format!(
        "Nothing is erased yet. On {}, an erasure of {} would:",
        date::write(preview.day),
        preview.scope.as_str()
    )];
    lines.extend([String::new(), "Take away".to_owned()]);
    for one in &preview.goes {
        let count =
            one.count.map_or(String::new(), |count| format!(" {}", counted(count, "entry")));
        let until = one.until.map_or(String::new(), |day| format!(", until {}", date::write(day)));
        let (name, what) = (printable(&one.name), printable(&one.what));
        lines.push(format!("- {} {name}:{count}{until} ({what})", one.place.words()));
    }
    lines.extend([String::new(), "Leave".to_owned()]);
    for one in &preview.stays {
        let count =
            one.count.map_or(String::new(), |count| format!(" {},", counted(count, "entry")));
        let until = one
            .until
            .map_or("without a name".to_owned(), |day| format!("until {}", date::write(day)));
        let (name, what) = (printable(&one.name), printable(&one.what));
        let by = printable(&one.decided_by);
        lines.push(format!("- {name}:{count} {until}, {}; decided by {by} ({what})", one.basis));
    }
    lines.extend([String::new(), "Tell".to_owned()]);
    for one in &preview.told {
        lines.push(format!(
            "- {} ({}): {}",
            printable(&one.name),
            one.country,
            printable(&one.how)
        ));
    }
    if preview.told.is_empty() {
        lines.push("- nobody".to_owned());
    }
    lines.extend([String::new(), "Not undo".to_owned()]);
    lines.extend(preview.not_undone.iter().map(|line| format!("- {}", printable(line))));
    lines.push(String::new());
    lines.join("\n")
}

mod until {
    use domain::date::Date;
    use domain::time::Day;
    use serde::{Serialize as _, Serializer};

    #[expect(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "serde calls it like this"
    )]
    pub(super) fn serialize<S: Serializer>(
        day: &Option<Day>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        day.map(Date).serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
