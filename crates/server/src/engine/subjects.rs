//! People's keys: found by blind index, made when first needed, unwrapped in a bounded cache.

use std::sync::Arc;

use domain::id::Pseudonym;
use personal::purpose::PurposeName;
use personal::record::Stored;
use personal::row::SealedRow;
use personal::subject::{Subject, SubjectRef};
use personal::value::Personal;
use store::keys::KeyRow;
use vault::row::SubjectVault;
use vault::subject::SubjectKey;

use crate::chance;
use crate::engine::{Engine, EngineError, KEY_CACHE_MAX};

impl Engine {
    /// The person's pseudonym in a purpose; a fresh key is staged when there is none.
    ///
    /// The key row becomes durable before any row that it seals.
    pub(super) fn pseudonym(
        &mut self,
        name: &Subject,
        purpose: PurposeName,
    ) -> Result<Pseudonym, EngineError> {
        let subject = self.shared.ring.subject_ref(name);
        let known = self.shared.people.read().get(&subject).and_then(|one| one.pseudonym(purpose));
        if let Some(pseudonym) = known {
            return Ok(pseudonym);
        }
        let pseudonym = Pseudonym::from_bytes(chance::bytes()?);
        let key = SubjectKey::new(pseudonym, purpose, subject, chance::bytes()?);
        let ring = &self.shared.ring;
        let row = KeyRow {
            pseudonym,
            purpose,
            blind: *ring.blind(purpose, name).as_bytes(),
            wrapped: self.closing.wrap(&key, chance::bytes()?)?,
        };
        self.staged.keys.push(row);
        self.remember_key(key);
        let mut people = self.shared.people.write();
        people.entry(subject).or_default().pseudonyms.push((purpose, pseudonym));
        Ok(pseudonym)
    }

    /// Makes staged keys durable. Orphans of a crash after this are collected when loading.
    pub(super) fn commit_keys(&mut self) -> Result<(), EngineError> {
        if !self.staged.keys.is_empty() {
            let put = self.keys.put(&self.staged.keys);
            self.torn |= put.is_err();
            put?;
            self.staged.keys.clear();
        }
        Ok(())
    }

    /// The person behind a pseudonym. `None` when the key was destroyed.
    pub(super) fn subject_of(&mut self, pseudonym: Pseudonym) -> Option<SubjectRef> {
        self.key(pseudonym).ok().map(|key| key.subject())
    }

    /// The unwrapped key of a pseudonym.
    pub(super) fn key(&mut self, pseudonym: Pseudonym) -> Result<Arc<SubjectKey>, EngineError> {
        if let Some(key) = self.cache.get(&pseudonym) {
            return Ok(Arc::clone(key));
        }
        // A key that waits for its commit is in no store yet, and the cache may have let it go.
        let staged = self.staged.keys.iter().rev().find(|row| row.pseudonym == pseudonym).cloned();
        let row = match staged {
            Some(row) => row,
            None => self.keys.by_pseudonym(pseudonym)?.ok_or(EngineError::Unknown)?,
        };
        let key = self.closing.unwrap(&row)?;
        Ok(self.remember_key(key))
    }

    pub(super) fn remember_key(&mut self, key: SubjectKey) -> Arc<SubjectKey> {
        if self.cache.len() >= KEY_CACHE_MAX {
            self.cache.clear();
        }
        let key = Arc::new(key);
        self.cache.insert(key.pseudonym(), Arc::clone(&key));
        key
    }

    /// Opens a row with its person's key. What comes out is still closed.
    pub(super) fn unseal<T: Stored>(
        &mut self,
        row: &SealedRow,
    ) -> Result<Personal<T>, EngineError> {
        let key = self.key(row.pseudonym)?;
        let no_salt = || [0; 16];
        let vault = SubjectVault::new(&self.shared.ring, &key, &no_salt);
        Ok(Personal::unseal(row, &vault)?)
    }
}

#[cfg(test)]
mod tests;
