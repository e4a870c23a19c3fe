//! Durable rows per second through the port, beside the same rows in plain prepared inserts.
//!
//! The folder is made where `TMPDIR` points; a folder in memory would measure nothing.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use domain::id::{Pseudonym, RowId, ShopId};
use domain::time::Day;
use personal::row::SealedRow;
use store::baseline::RawBaseline;
use store::port::{Batch, Tables, Write};
use store::sqlite::tables::SqliteTables;

/// A sealed history event has about so many bytes.
const SEALED_BYTES: usize = 110;
const PEOPLE: u64 = 20_000;

fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn bytes(number: u64) -> [u8; 16] {
    (u128::from(mix(number)) << 64 | u128::from(mix(!number))).to_be_bytes()
}

/// The next `count` rows: random people, random ids, expiry days of half a year.
fn rows(next: &mut u64, count: usize) -> Vec<SealedRow> {
    let row = |number: u64| SealedRow {
        table: "history_event",
        pseudonym: Pseudonym::from_bytes(bytes(mix(number) % PEOPLE)),
        id: RowId::from_bytes(bytes(number ^ 1 << 60)),
        expires: Day::from_number(20_000 + u32::from(number.to_le_bytes()[1]) % 180),
        sealed: vec![7; SEALED_BYTES],
    };
    let first = *next;
    *next += count as u64;
    (first..*next).map(row).collect()
}

fn commit(criterion: &mut Criterion) {
    let Ok(dir) = tempfile::tempdir() else { return };
    let Ok(shop) = ShopId::parse("clothes") else { return };
    let Ok(mut tables) = SqliteTables::open(dir.path(), &shop) else { return };
    let Ok(mut raw) = RawBaseline::open(dir.path()) else { return };
    let mut group = criterion.benchmark_group("rows per commit");
    let (mut next, mut next_raw) = (0, 0);
    for count in [1, 100, 1_000] {
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("store", count), |b| {
            b.iter_batched(
                || Batch {
                    writes: rows(&mut next, count).into_iter().map(Write::Insert).collect(),
                },
                |batch| tables.commit(&batch),
                BatchSize::PerIteration,
            );
        });
        group.bench_function(BenchmarkId::new("raw", count), |b| {
            b.iter_batched(
                || rows(&mut next_raw, count),
                |rows| raw.insert(&rows),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, commit);
criterion_main!(benches);
