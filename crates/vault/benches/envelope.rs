//! What an envelope of 100 bytes costs beside the bare cipher with a key that is set up once.

use std::hint::black_box;

use aes_gcm_siv::aead::{AeadInOut, KeyInit};
use aes_gcm_siv::{Aes256GcmSiv, Nonce, Tag};
use criterion::{Criterion, criterion_group, criterion_main};
use domain::id::{Pseudonym, RowId, ShopId};
use personal::purpose::PurposeName;
use personal::row::{RowContext, Seal};
use personal::subject::{CustomerId, Subject, SubjectRef};
use vault::kek::Kek;
use vault::key::{RootSecret, ShopKey, ShopKeys};
use vault::row::SubjectVault;
use vault::subject::SubjectKey;

const PLAIN: [u8; 100] = [7; 100];
const PERSON: Pseudonym = Pseudonym::from_bytes([1; 16]);
const PURPOSE: PurposeName = PurposeName::Personalization;
const CONTEXT: RowContext = RowContext {
    table: "history_event",
    purpose: PURPOSE,
    schema: 1,
    pseudonym: PERSON,
    id: RowId::from_bytes([2; 16]),
};

fn shop_keys() -> Option<ShopKeys> {
    let shop = ShopId::parse("clothes").ok()?;
    ShopKeys::derive(&RootSecret::from_bytes([7; 32]), &shop).ok()
}

fn salt() -> [u8; 16] {
    [5; 16]
}

fn envelope(criterion: &mut Criterion) {
    let Some(keys) = shop_keys() else { return };
    let key = SubjectKey::new(PERSON, PURPOSE, SubjectRef::from_bytes([3; 16]), [4; 32]);
    let vault = SubjectVault::new(&keys, &key, &salt);
    let Ok(sealed) = vault.seal(&CONTEXT, &PLAIN) else { return };

    let mut group = criterion.benchmark_group("100 bytes");
    group.bench_function("envelope seal", |b| {
        b.iter(|| vault.seal(black_box(&CONTEXT), black_box(&PLAIN)));
    });
    group.bench_function("envelope open", |b| {
        b.iter(|| vault.open(black_box(&CONTEXT), black_box(&sealed)));
    });

    let cipher = Aes256GcmSiv::new(&[4; 32].into());
    let nonce = Nonce::from([5; 12]);
    let data = [6; 120];
    let mut text = PLAIN.to_vec();
    let tag = cipher.encrypt_inout_detached(&nonce, &data, text.as_mut_slice().into());
    let tag = tag.unwrap_or(Tag::from([0; 16]));
    group.bench_function("bare cipher seal", |b| {
        b.iter(|| {
            let mut text = black_box(&PLAIN).to_vec();
            let tag = cipher.encrypt_inout_detached(&nonce, &data, text.as_mut_slice().into());
            (text, tag)
        });
    });
    group.bench_function("bare cipher open", |b| {
        b.iter(|| {
            let mut text = black_box(&text).clone();
            let opened =
                cipher.decrypt_inout_detached(&nonce, &data, text.as_mut_slice().into(), &tag);
            (text, opened)
        });
    });
    group.finish();
}

fn around(criterion: &mut Criterion) {
    let Some(keys) = shop_keys() else { return };
    let key = SubjectKey::new(PERSON, PURPOSE, SubjectRef::from_bytes([3; 16]), [4; 32]);
    let Ok(shop) = ShopId::parse("clothes") else { return };
    let Ok(kek) = Kek::derive(&ShopKey::from_bytes([7; 32]), &shop) else { return };
    let Ok(wrapped) = kek.wrap(&key, salt()) else { return };
    let Ok(id) = CustomerId::parse("customer-1") else { return };
    let subject = Subject::Customer(id);

    let mut group = criterion.benchmark_group("around a row");
    group.bench_function("unwrap key", |b| {
        b.iter(|| kek.unwrap_key(PERSON, PURPOSE, black_box(&wrapped)));
    });
    group.bench_function("blind index", |b| {
        b.iter(|| keys.blind(PURPOSE, black_box(&subject)));
    });
    group.bench_function("row id", |b| b.iter(|| keys.row_id(PURPOSE, black_box(1), 0)));
    group.bench_function("vault of a person", |b| {
        b.iter(|| SubjectVault::new(black_box(&keys), &key, &salt));
    });
    group.finish();
}

criterion_group!(benches, envelope, around);
criterion_main!(benches);
