//! What is durable in a shop of two people, and what happens to it besides erasures.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{Pseudonym, RequestId};
use domain::time::{Day, Timestamp};
use personal::purpose::PurposeName;
use personal::record::{Category, Declaration, OnErasure};
use personal::subject::SubjectRef;
use rights::intent::{Found, Intent, Marks, Target};
use rights::plan::{Plan, Scope, plan_erasure};

/// The day of everything.
pub(crate) const TODAY: Day = Day::from_number(20_000);
/// Asks for erasures.
pub(crate) const ANNA: u8 = 1;
/// Never asks.
pub(crate) const BEN: u8 = 2;

const HISTORY: Declaration = Declaration {
    table: "history",
    what: "what a person did",
    purpose: PurposeName::Personalization,
    category: Category::PseudonymousBrowsing,
    schema: 1,
    keep_days_max: 90,
    on_erasure: OnErasure::Delete,
    fields: &[],
};
const LESSONS: Declaration =
    Declaration { table: "lessons", purpose: PurposeName::SharedLearning, ..HISTORY };
const EVIDENCE: Declaration = Declaration {
    table: "evidence",
    purpose: PurposeName::LegalProof,
    on_erasure: OnErasure::Keep { basis: "GDPR Art. 17(3)(e)", days: 1_000 },
    ..HISTORY
};
const TABLES: [Declaration; 3] = [HISTORY, LESSONS, EVIDENCE];

/// Instants by number: what was written before a request has a lower one than what comes after.
pub(crate) type Era = u8;

/// A row: its table, the person, the era of the pseudonym, and when it was first written.
pub(crate) type Row = (&'static str, u8, Era, Era);
/// A key: its purpose, the person, and since when.
pub(crate) type Key = (PurposeName, u8, Era);

/// Everything that a crash leaves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Shop {
    pub(crate) now: Era,
    pub(crate) keys: BTreeSet<Key>,
    pub(crate) rows: BTreeSet<Row>,
    /// Visits that the model learned: the person, and when.
    pub(crate) model: BTreeSet<(u8, Era)>,
    /// Whose rows the log of the store still holds.
    pub(crate) log: BTreeSet<(u8, Era)>,
    /// Until which era late copies stay out.
    pub(crate) tombstones: BTreeMap<(u8, PurposeName), Era>,
    /// Intents by the number of the request.
    pub(crate) intents: BTreeMap<u8, Vec<u8>>,
    /// Receipts by the number of the request: scope and cut-off.
    pub(crate) receipts: BTreeMap<u8, (&'static str, Era)>,
    /// Requests whose walk began: what has to end in a receipt once anything is durable.
    pub(crate) promised: BTreeSet<u8>,
}

/// What an erasure of a scope does.
pub(crate) fn plan(scope: Scope) -> Plan {
    plan_erasure(scope, &TABLES, TODAY)
}

/// The purpose of a table.
pub(crate) fn purpose_of(table: &str) -> PurposeName {
    TABLES.iter().find(|one| one.table == table).unwrap().purpose
}

/// When an era begins.
pub(crate) fn instant(era: Era) -> Timestamp {
    TODAY.start().plus_ms(i64::from(era) * 1_000)
}

/// The era of a cut-off.
pub(crate) fn era_of(cutoff: Timestamp) -> Era {
    Era::try_from(cutoff.ms_since(TODAY.start()) / 1_000).unwrap()
}

/// The pseudonym of a key.
fn pseudonym((purpose, who, since): Key) -> Pseudonym {
    let mut bytes = [0; 16];
    bytes[..3].copy_from_slice(&[purpose.code(), who, since]);
    Pseudonym::from_bytes(bytes)
}

impl Shop {
    /// Both people have visited once, and said yes before.
    pub(crate) fn first() -> Self {
        let mut shop = Self {
            now: 0,
            keys: BTreeSet::new(),
            rows: BTreeSet::new(),
            model: BTreeSet::new(),
            log: BTreeSet::new(),
            tombstones: BTreeMap::new(),
            intents: BTreeMap::new(),
            receipts: BTreeMap::new(),
            promised: BTreeSet::new(),
        };
        for who in [ANNA, BEN] {
            for table in TABLES {
                shop.write(table.table, who, 0);
            }
        }
        shop
    }

    /// A row that was first written in an era; a tombstone keeps late copies out.
    pub(crate) fn write(&mut self, table: &'static str, who: u8, written: Era) {
        let purpose = purpose_of(table);
        if self.tombstones.get(&(who, purpose)).is_some_and(|until| written <= *until) {
            return;
        }
        let held = self.keys.iter().find(|key| (key.0, key.1) == (purpose, who)).copied();
        let (.., since) = held.unwrap_or((purpose, who, self.now));
        self.keys.insert((purpose, who, since));
        self.rows.insert((table, who, since, written));
        self.log.insert((who, written));
        if purpose == PurposeName::SharedLearning {
            self.model.insert((who, written));
        }
    }

    /// Whom a request is about, and until when.
    pub(crate) fn marks(&self, scope: Scope) -> Marks {
        let mine = self.keys.iter().filter(|key| key.1 == ANNA && scope.reaches(key.0));
        Marks {
            subject: SubjectRef::from_bytes([ANNA; 16]),
            targets: mine
                .map(|key| Target { purpose: key.0, pseudonym: pseudonym(*key) })
                .collect(),
            tombstones: vec![[9; 16]],
            cutoff: instant(self.now),
            tombstones_until: TODAY.plus(400),
            tell: Vec::new(),
        }
    }

    /// What is there before a request.
    pub(crate) fn found(&self, scope: Scope) -> Found {
        let plan = plan(scope);
        let rows = plan.delete.iter().map(|deletion| {
            let mine = self.rows.iter().filter(|row| row.0 == deletion.table && row.1 == ANNA);
            (deletion.table.to_owned(), mine.count() as u64)
        });
        let keys =
            self.keys.iter().filter(|key| key.1 == ANNA && plan.destroy_keys.contains(&key.0));
        Found {
            rows: rows.collect(),
            keys: u32::try_from(keys.count()).unwrap(),
            sessions: self.model.iter().filter(|visit| visit.0 == ANNA).count() as u64,
            orders: 0,
            fingerprint: self.fingerprint(),
        }
    }

    /// The fingerprint of the model.
    pub(crate) fn fingerprint(&self) -> [u8; 16] {
        let mut sum = [0; 16];
        for (who, era) in &self.model {
            sum[usize::from(*who)] += 1 << era;
        }
        sum
    }

    /// The pending intents, as a restart reads them.
    pub(crate) fn pending(&self) -> Vec<Intent> {
        self.intents.values().map(|body| Intent::from_body(body).unwrap()).collect()
    }
}

/// Whether an intent takes a key: it names the pseudonym, and its plan destroys the purpose.
pub(crate) fn takes_key(intent: &Intent, key: Key) -> bool {
    let target = Target { purpose: key.0, pseudonym: pseudonym(key) };
    plan(intent.scope).destroy_keys.contains(&key.0) && intent.marks.targets.contains(&target)
}

/// Whether an intent takes a row: it names the pseudonym, and its plan deletes from the table.
pub(crate) fn takes_row(intent: &Intent, (table, who, since, _): Row) -> bool {
    let purpose = purpose_of(table);
    let target = Target { purpose, pseudonym: pseudonym((purpose, who, since)) };
    let deletes = plan(intent.scope).delete.iter().any(|deletion| deletion.table == table);
    deletes && intent.marks.targets.contains(&target)
}

/// Whether an intent takes a visit from the model.
pub(crate) fn takes_visit(intent: &Intent, (who, era): (u8, Era)) -> bool {
    intent.scope.reaches(PurposeName::SharedLearning)
        && who == ANNA
        && era <= era_of(intent.marks.cutoff)
}

/// The number of a request.
pub(crate) fn number_of(request: RequestId) -> u8 {
    *request.as_bytes().first().unwrap()
}
