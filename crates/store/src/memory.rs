//! Both ports in memory, for tests. The model that the other back ends are compared with.

use std::collections::BTreeMap;
use std::ops::Bound;

use domain::id::{Pseudonym, RequestId, RowId};
use domain::time::Day;
use personal::purpose::PurposeName;
use personal::row::SealedRow;

use crate::error::StoreError;
use crate::keys::{Intent, KeyRow, Keys, Tombstone};
use crate::port::{Batch, Committed, Document, Seq, Tables, Write};
use crate::schema::{DECLARED, declared};

type Rows = BTreeMap<(Pseudonym, RowId), SealedRow>;

/// Rows and documents in memory.
#[derive(Debug, Default)]
pub struct MemoryTables {
    seq: Seq,
    tables: BTreeMap<&'static str, Rows>,
    documents: BTreeMap<(String, String), Vec<u8>>,
}

impl MemoryTables {
    /// An empty store.
    pub fn new() -> Self {
        let tables = DECLARED.iter().map(|one| (one.table, Rows::new())).collect();
        Self { tables, ..Self::default() }
    }

    fn rows(&self, table: &str) -> Result<&Rows, StoreError> {
        self.tables.get(table).ok_or(StoreError::Undeclared)
    }

    fn rows_mut(&mut self, table: &str) -> Result<&mut Rows, StoreError> {
        self.tables.get_mut(table).ok_or(StoreError::Undeclared)
    }

    fn person(&self, table: &str, of: Pseudonym) -> Result<Vec<&SealedRow>, StoreError> {
        let first = (of, RowId::from_bytes([0; 16]));
        let last = (of, RowId::from_bytes([0xff; 16]));
        Ok(self.rows(table)?.range(first..=last).map(|(_, row)| row).collect())
    }

    fn apply(&mut self, write: &Write, committed: &mut Committed) -> Result<(), StoreError> {
        match write {
            Write::Put(row) => {
                self.rows_mut(row.table)?.insert((row.pseudonym, row.id), row.clone());
            }
            Write::Insert(row) => {
                let rows = self.rows_mut(row.table)?;
                let new = !rows.contains_key(&(row.pseudonym, row.id));
                if new {
                    rows.insert((row.pseudonym, row.id), row.clone());
                }
                committed.inserts.push(new);
            }
            Write::Delete { table, pseudonym, id } => {
                let gone = self.rows_mut(table)?.remove(&(*pseudonym, *id));
                committed.deleted += u64::from(gone.is_some());
            }
            Write::DeleteAll { table, pseudonym } => {
                let gone: Vec<RowId> =
                    self.person(table, *pseudonym)?.into_iter().map(|row| row.id).collect();
                committed.deleted += gone.len() as u64;
                let rows = self.rows_mut(table)?;
                for id in gone {
                    rows.remove(&(*pseudonym, id));
                }
            }
            Write::PutDocument(document) => {
                let key = (document.kind.clone(), document.key.clone());
                self.documents.insert(key, document.body.clone());
            }
            Write::DeleteDocument { kind, key } => {
                self.documents.remove(&(kind.clone(), key.clone()));
            }
        }
        Ok(())
    }
}

impl Tables for MemoryTables {
    fn commit(&mut self, batch: &Batch) -> Result<Committed, StoreError> {
        for write in &batch.writes {
            declared_in(write)?;
        }
        let seq = self.seq.next();
        let mut committed = Committed { seq, inserts: Vec::new(), deleted: 0 };
        for write in &batch.writes {
            self.apply(write, &mut committed)?;
        }
        self.seq = seq;
        Ok(committed)
    }

    fn seq(&self) -> Seq {
        self.seq
    }

    fn row(
        &self,
        table: &str,
        pseudonym: Pseudonym,
        id: RowId,
    ) -> Result<Option<SealedRow>, StoreError> {
        Ok(self.rows(table)?.get(&(pseudonym, id)).cloned())
    }

    fn rows_of(&self, table: &str, pseudonym: Pseudonym) -> Result<Vec<SealedRow>, StoreError> {
        Ok(self.person(table, pseudonym)?.into_iter().cloned().collect())
    }

    fn count_of(&self, table: &str, pseudonym: Pseudonym) -> Result<u64, StoreError> {
        Ok(self.person(table, pseudonym)?.len() as u64)
    }

    fn page(
        &self,
        table: &str,
        after: Option<(Pseudonym, RowId)>,
        limit: usize,
    ) -> Result<Vec<SealedRow>, StoreError> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = self.rows(table)?.range((start, Bound::Unbounded));
        Ok(rows.map(|(_, row)| row.clone()).take(limit).collect())
    }

    fn expired(
        &self,
        table: &str,
        today: Day,
        limit: usize,
    ) -> Result<Vec<(Pseudonym, RowId)>, StoreError> {
        let over = self.rows(table)?.values().filter(|row| row.expires <= today);
        let mut keys: Vec<_> = over.map(|row| (row.expires, row.pseudonym, row.id)).collect();
        keys.sort();
        Ok(keys.into_iter().map(|(_, pseudonym, id)| (pseudonym, id)).take(limit).collect())
    }

    fn count(&self, table: &str) -> Result<u64, StoreError> {
        Ok(self.rows(table)?.len() as u64)
    }

    fn document(&self, kind: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.documents.get(&(kind.to_owned(), key.to_owned())).cloned())
    }

    fn documents(
        &self,
        kind: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        let start = match after {
            Some(key) => Bound::Excluded((kind.to_owned(), key.to_owned())),
            None => Bound::Included((kind.to_owned(), String::new())),
        };
        Ok(self
            .documents
            .range((start, Bound::Unbounded))
            .take_while(|((of, _), _)| of == kind)
            .take(limit)
            .map(|((kind, key), body)| Document {
                kind: kind.clone(),
                key: key.clone(),
                body: body.clone(),
            })
            .collect())
    }

    fn scrub(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn compact(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Refuses a write into a table that no declaration names.
fn declared_in(write: &Write) -> Result<(), StoreError> {
    match write {
        Write::Put(row) | Write::Insert(row) => declared(row.table).map(|_| ()),
        Write::Delete { table, .. } | Write::DeleteAll { table, .. } => declared(table).map(|_| ()),
        Write::PutDocument(_) | Write::DeleteDocument { .. } => Ok(()),
    }
}

/// Keys, intents and tombstones in memory.
#[derive(Debug, Default)]
pub struct MemoryKeys {
    keys: BTreeMap<Pseudonym, KeyRow>,
    blinds: BTreeMap<(PurposeName, [u8; 16]), Pseudonym>,
    intents: BTreeMap<RequestId, Vec<u8>>,
    tombstones: BTreeMap<[u8; 16], Tombstone>,
    secrets: BTreeMap<String, Vec<u8>>,
}

impl MemoryKeys {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Keys for MemoryKeys {
    fn put(&mut self, rows: &[KeyRow]) -> Result<(), StoreError> {
        // Both maps of the new rows, so that rows that conflict among themselves are refused too.
        let (mut owners, mut places) = (BTreeMap::new(), BTreeMap::new());
        for row in rows {
            let place = (row.purpose, row.blind);
            let owner = owners.get(&place).or_else(|| self.blinds.get(&place));
            let old = self.keys.get(&row.pseudonym).map(|old| (old.purpose, old.blind));
            let old = places.get(&row.pseudonym).copied().or(old);
            if owner.is_some_and(|owner| *owner != row.pseudonym)
                || old.is_some_and(|old| old != place)
            {
                return Err(StoreError::Conflict);
            }
            owners.insert(place, row.pseudonym);
            places.insert(row.pseudonym, place);
        }
        self.blinds.extend(owners);
        self.keys.extend(rows.iter().map(|row| (row.pseudonym, row.clone())));
        Ok(())
    }

    fn by_blind(
        &self,
        purpose: PurposeName,
        blind: &[u8; 16],
    ) -> Result<Option<KeyRow>, StoreError> {
        let pseudonym = self.blinds.get(&(purpose, *blind));
        Ok(pseudonym.and_then(|pseudonym| self.keys.get(pseudonym)).cloned())
    }

    fn by_pseudonym(&self, pseudonym: Pseudonym) -> Result<Option<KeyRow>, StoreError> {
        Ok(self.keys.get(&pseudonym).cloned())
    }

    fn page(&self, after: Option<Pseudonym>, limit: usize) -> Result<Vec<KeyRow>, StoreError> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = self.keys.range((start, Bound::Unbounded));
        Ok(rows.map(|(_, row)| row.clone()).take(limit).collect())
    }

    fn begin(&mut self, intent: &Intent, tombstones: &[Tombstone]) -> Result<(), StoreError> {
        self.intents.insert(intent.id, intent.body.clone());
        for new in tombstones {
            let old = self.tombstones.get(&new.mac).copied();
            self.tombstones.insert(new.mac, old.map_or(*new, |old| old.united(*new)));
        }
        Ok(())
    }

    fn intents(&self) -> Result<Vec<Intent>, StoreError> {
        let intents = self.intents.iter();
        Ok(intents.map(|(id, body)| Intent { id: *id, body: body.clone() }).collect())
    }

    fn destroy(&mut self, pseudonyms: &[Pseudonym]) -> Result<u64, StoreError> {
        let mut destroyed = 0;
        for pseudonym in pseudonyms {
            if let Some(row) = self.keys.remove(pseudonym) {
                self.blinds.remove(&(row.purpose, row.blind));
                destroyed += 1;
            }
        }
        Ok(destroyed)
    }

    fn finish(&mut self, id: RequestId) -> Result<(), StoreError> {
        self.intents.remove(&id);
        Ok(())
    }

    fn tombstone(&self, mac: &[u8; 16]) -> Result<Option<Tombstone>, StoreError> {
        Ok(self.tombstones.get(mac).copied())
    }

    fn tombstones(&self) -> Result<Vec<Tombstone>, StoreError> {
        Ok(self.tombstones.values().copied().collect())
    }

    fn sweep_tombstones(&mut self, today: Day) -> Result<u64, StoreError> {
        let before = self.tombstones.len();
        self.tombstones.retain(|_, tombstone| tombstone.expires > today);
        Ok((before - self.tombstones.len()) as u64)
    }

    fn secret(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.secrets.get(name).cloned())
    }

    fn put_secret(&mut self, name: &str, sealed: &[u8]) -> Result<(), StoreError> {
        self.secrets.insert(name.to_owned(), sealed.to_vec());
        Ok(())
    }

    fn scrub(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}
