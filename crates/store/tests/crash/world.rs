//! What the writer writes: a pure function of the number of the batch.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::id::{Pseudonym, RequestId, RowId, ShopId};
use domain::time::{Day, Timestamp};
use personal::purpose::PurposeName;
use personal::row::SealedRow;
use store::erase::ErasePlan;
use store::keys::{Intent, KeyRow, Tombstone};
use store::port::{Batch, Document, Tables, Write};
use store::sqlite::keys::SqliteKeys;
use store::sqlite::tables::SqliteTables;

pub(crate) const TABLE: &str = "history_event";
pub(crate) const PURPOSE: PurposeName = PurposeName::Personalization;
/// Batches per person; the next person begins after so many.
pub(crate) const BATCHES: u64 = 6;

type Rows = BTreeMap<(Pseudonym, RowId), SealedRow>;

pub(crate) fn open(dir: &Path) -> (SqliteTables, SqliteKeys) {
    let shop = ShopId::parse("clothes").unwrap();
    (SqliteTables::open(dir, &shop).unwrap(), SqliteKeys::open(dir, &shop).unwrap())
}

/// `SplitMix64`, so that a run is its seed.
pub(crate) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn bytes(kind: u64, number: u64) -> [u8; 16] {
    let (one, two) = (mix(kind ^ mix(number)), mix(mix(kind) ^ number));
    (u128::from(one) << 64 | u128::from(two)).to_be_bytes()
}

pub(crate) fn person(number: u64) -> Pseudonym {
    Pseudonym::from_bytes(bytes(1, number))
}

pub(crate) fn key(number: u64) -> KeyRow {
    let (blind, wrapped) = (bytes(2, number), bytes(3, number).to_vec());
    KeyRow { pseudonym: person(number), purpose: PURPOSE, blind, wrapped }
}

pub(crate) fn intent(number: u64) -> Intent {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&number.to_be_bytes());
    Intent { id: RequestId::from_bytes(id), body: number.to_be_bytes().to_vec() }
}

/// The person whose erasure an intent holds.
pub(crate) fn intended(intent: &Intent) -> u64 {
    u64::from_be_bytes(intent.body.as_slice().try_into().unwrap())
}

pub(crate) fn tombstone(number: u64) -> Tombstone {
    Tombstone {
        mac: bytes(4, number),
        cutoff: Timestamp::from_ms(1_000),
        expires: Day::from_number(99_999),
    }
}

pub(crate) fn plan(number: u64) -> ErasePlan {
    ErasePlan { people: vec![(PURPOSE, person(number))] }
}

/// Who writes batch `n`: a person of that time, and one of four who always stay.
pub(crate) fn writer(n: u64) -> u64 {
    100 + n / BATCHES
}

fn rows(n: u64) -> Vec<SealedRow> {
    let of = |who: u64, at: u64| SealedRow {
        table: TABLE,
        pseudonym: person(who),
        id: RowId::from_bytes(bytes(5, n << 8 | at)),
        expires: Day::from_number(50),
        sealed: at.to_be_bytes().repeat(10 + usize::try_from(mix(n) % 50).unwrap()),
    };
    let mut rows: Vec<_> = (0..1 + n % 5).map(|at| of(writer(n), at)).collect();
    rows.push(of(n % 4, 200));
    rows
}

/// Batch `n`: its rows, and a document that says `n`.
pub(crate) fn batch(n: u64) -> Batch {
    let body = n.to_be_bytes().to_vec();
    let said = Document { kind: "crash".to_owned(), key: "n".to_owned(), body };
    let writes = rows(n).into_iter().map(Write::Insert);
    Batch { writes: writes.chain([Write::PutDocument(said)]).collect() }
}

/// The last batch that the store holds, by its own word.
pub(crate) fn last(tables: &SqliteTables) -> u64 {
    let body = tables.document("crash", "n").unwrap();
    body.map_or(0, |body| u64::from_be_bytes(body.try_into().unwrap()))
}

/// The store holds exactly the rows of the batches 1 to `n`, without those of the erased.
#[track_caller]
pub(crate) fn check_rows(tables: &SqliteTables, n: u64, erased: &BTreeSet<u64>) {
    let gone: BTreeSet<_> = erased.iter().map(|number| person(*number)).collect();
    let expected: Rows = (1..=n)
        .flat_map(rows)
        .filter(|row| !gone.contains(&row.pseudonym))
        .map(|row| ((row.pseudonym, row.id), row))
        .collect();
    let found = tables.page(TABLE, None, usize::MAX).unwrap();
    assert_eq!(found.len(), expected.len(), "rows after batch {n}");
    assert!(found.iter().eq(expected.values()), "rows after batch {n}");
}
