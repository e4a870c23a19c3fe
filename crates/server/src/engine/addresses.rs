//! Where mail reaches customers, as the shop's server reports it.
//!
//! One row per person. Its id is a keyed MAC of the address, so that the person is found by it and
//! the address lies sealed. Several people can share one address; an erasure takes the row and the
//! key under which it is sealed.

use domain::id::{Pseudonym, RowId};
use domain::time::Timestamp;
use personal::kinds::MailAddress;
use personal::purpose::{LegalObligation, PurposeName};
use personal::record::Stored as _;
use personal::subject::{Subject, SubjectRef};
use personal::value::Personal;
use rights::intent::Target;
use rustc_hash::FxHashMap;
use store::port::Write;

use crate::engine::{Engine, EngineError};
use crate::telemetry::Metrics;

/// People of one address who are sent a link.
pub const SHARED_MAX: usize = 3;
/// Whose row has which id; both are keyed names and open nothing.
#[derive(Debug, Default)]
pub(super) struct Directory {
    people: FxHashMap<[u8; 16], Vec<Pseudonym>>,
    ids: FxHashMap<Pseudonym, [u8; 16]>,
}

impl Directory {
    fn put(&mut self, id: [u8; 16], pseudonym: Pseudonym) {
        self.forget(pseudonym);
        self.people.entry(id).or_default().push(pseudonym);
        self.ids.insert(pseudonym, id);
    }

    fn forget(&mut self, pseudonym: Pseudonym) {
        let Some(id) = self.ids.remove(&pseudonym) else { return };
        let Some(people) = self.people.get_mut(&id) else { return };
        people.retain(|one| *one != pseudonym);
        if people.is_empty() {
            self.people.remove(&id);
        }
    }
}

const TABLE: &str = MailAddress::DECLARATION.table;

impl Engine {
    /// Keeps the address of a person, in place of the one before; `None` only takes it away.
    ///
    /// # Errors
    /// What the store says.
    pub fn put_address(
        &mut self,
        name: &Subject,
        address: Option<(RowId, MailAddress)>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let subject = self.shared.ring.subject_ref(name);
        let purpose = PurposeName::LegalObligation;
        let people = self.shared.people.read();
        let known = people.get(&subject).and_then(|person| person.pseudonym(purpose));
        drop(people);
        if let Some(pseudonym) = known {
            self.stage_write(Write::DeleteAll { table: TABLE, pseudonym });
        }
        let mut placed = None;
        if let Some((id, address)) = address {
            let pseudonym = self.pseudonym(name, purpose)?;
            let row = self.seal(&Personal::new(pseudonym, address), id, now.day())?;
            self.stage_write(Write::Insert(row));
            placed = Some((*id.as_bytes(), pseudonym));
        }
        self.commit_staged(now)?;
        if let Some(pseudonym) = known {
            self.addresses.forget(pseudonym);
        }
        if let Some((id, pseudonym)) = placed {
            self.addresses.put(id, pseudonym);
        }
        Ok(())
    }

    /// Where mail reaches a person, for a mail about the person's own data.
    ///
    /// # Errors
    /// What the store says.
    pub fn address_of(
        &mut self,
        name: &Subject,
        now: Timestamp,
    ) -> Result<Option<MailAddress>, EngineError> {
        self.address_under(self.shared.ring.subject_ref(name), now)
    }

    /// The same, for somebody whose name nobody said.
    pub(super) fn address_under(
        &mut self,
        subject: SubjectRef,
        now: Timestamp,
    ) -> Result<Option<MailAddress>, EngineError> {
        let people = self.shared.people.read();
        let known =
            people.get(&subject).and_then(|person| person.pseudonym(PurposeName::LegalObligation));
        drop(people);
        let Some(pseudonym) = known else { return Ok(None) };
        Ok(self.addresses_of(pseudonym, now)?.pop())
    }

    /// The people whom mail reaches at an address, at most [`SHARED_MAX`].
    ///
    /// # Errors
    /// What the store says.
    pub fn people_at(
        &mut self,
        id: RowId,
        now: Timestamp,
    ) -> Result<Vec<MailAddress>, EngineError> {
        let known = self.addresses.people.get(id.as_bytes()).cloned().unwrap_or_default();
        let mut people = Vec::new();
        for pseudonym in known.into_iter().take(SHARED_MAX) {
            people.extend(self.addresses_of(pseudonym, now)?);
        }
        Ok(people)
    }

    fn addresses_of(
        &mut self,
        pseudonym: Pseudonym,
        now: Timestamp,
    ) -> Result<Vec<MailAddress>, EngineError> {
        let rows = self.tables.rows_of(TABLE, pseudonym)?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows.iter().filter(|row| row.expires > now.day()) {
            let value = self.unseal::<MailAddress>(row)?;
            let permit = self.own_permit::<LegalObligation>(pseudonym, now)?;
            let version = permit.version();
            found.push(value.open(&permit, now, version)?);
            let reads = &self.shared.metrics.reads;
            Metrics::count(reads, PurposeName::LegalObligation.as_str());
        }
        Ok(found)
    }

    /// Reads whose address is found by what; nothing is opened for it.
    pub(super) fn load_addresses(&mut self) -> Result<(), EngineError> {
        self.addresses = Directory::default();
        self.each_row(TABLE, |engine, row| {
            engine.addresses.put(*row.id.as_bytes(), row.pseudonym);
            Ok(())
        })
    }

    /// Forgets the addresses of erased people.
    pub(super) fn forget_addresses(&mut self, targets: &[Target]) {
        for target in targets.iter().filter(|one| one.purpose == PurposeName::LegalObligation) {
            self.addresses.forget(target.pseudonym);
        }
    }
}
