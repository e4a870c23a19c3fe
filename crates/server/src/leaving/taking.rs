//! Reads the closed store of a shop, row by row.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::hex;
use domain::id::Pseudonym;
use personal::handover::Handover;
use personal::kinds::{
    ClosedSession, ConsentEvidence, CorrectedSignal, ErasureNotice, ErasureRecord, HistoryEvent,
    LearnedOrder, LearningEvent, MachineRead, MailAddress, OwnRead, PlatformRequest, Preferences,
    RequestStep, RequestWords, StaffRead,
};
use personal::record::{Declaration, Stored};
use personal::row::SealedRow;
use personal::subject::SubjectRef;
use personal::value::Personal;
use sha2::{Digest as _, Sha256};
use store::keys::{KeyRow, Keys};
use store::port::Tables;
use store::sqlite::keys::SqliteKeys;
use store::sqlite::tables::SqliteTables;
use vault::key::ShopKeys;
use vault::row::SubjectVault;
use vault::subject::SubjectKey;

use crate::chance;
use crate::closing::{self, Closing, Unlocked};
use crate::commands::{Failure, OrFail as _};
use crate::engine::own::{Held, OwnData};
use crate::settings::Settings;
use crate::shop_key;

/// Keys that are read at once.
const PAGE: usize = 1_000;

/// The closed store of a shop.
pub struct Store {
    /// Rows.
    pub tables: SqliteTables,
    /// Keys.
    pub keys: SqliteKeys,
    /// What is derived from the root secret.
    pub ring: ShopKeys,
    closing: Closing,
    salt: [u8; 16],
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store(..)")
    }
}

impl Store {
    /// Opens the store without starting the shop: nothing is loaded, ended or swept.
    ///
    /// # Errors
    /// A store that is not there or is open elsewhere, or a key that is not its own.
    pub fn open(settings: &Settings) -> Result<Self, Failure> {
        if !store::sqlite::exists(&settings.data_dir) {
            let folder = settings.data_dir.display();
            return Err(Failure::new(format!("there is no store in {folder}")));
        }
        let failed = "the store cannot be opened; stop the server first";
        let keys = SqliteKeys::open(&settings.data_dir, &settings.shop).or_fail(failed)?;
        let tables = SqliteTables::open(&settings.data_dir, &settings.shop).or_fail(failed)?;
        let key = shop_key::present(settings).or_fail("the shop key")?;
        let unlocked = closing::unlock(settings, &key, &keys).or_fail("the shop key")?;
        let Unlocked { closing, ring, .. } = unlocked;
        let salt = chance::bytes().or_fail("no random bytes")?;
        Ok(Self { tables, keys, ring, closing, salt })
    }

    /// Goes through the keys of all people, in their order.
    ///
    /// # Errors
    /// What the store or the work says.
    pub fn each_key(
        &self,
        mut work: impl FnMut(&Self, &Arc<SubjectKey>, &KeyRow) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut after: Option<Pseudonym> = None;
        loop {
            let page = self.keys.page(after, PAGE).or_fail("the keys cannot be read")?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.pseudonym);
            for row in &page {
                work(self, &self.unwrap(row)?, row)?;
            }
        }
    }

    /// Unwraps a key.
    ///
    /// # Errors
    /// A key that the shop key does not open.
    pub fn unwrap(&self, row: &KeyRow) -> Result<Arc<SubjectKey>, Failure> {
        let key = self.closing.unwrap(row);
        Ok(Arc::new(key.or_fail("a key cannot be opened")?))
    }

    /// A name for a person that joins the rows of this export and nothing else.
    pub fn person(&self, subject: SubjectRef) -> String {
        let mut hash = Sha256::new();
        hash.update(self.salt);
        hash.update(subject.as_bytes());
        let digest = hash.finalize();
        hex::encode(digest.get(..16).unwrap_or_default())
    }

    /// The rows of one person in one table, opened for the shop.
    ///
    /// # Errors
    /// What the store says, or a row that its key does not open.
    pub fn rows(
        &self,
        declaration: &Declaration,
        key: &SubjectKey,
        door: &mut Handover,
    ) -> Result<OwnData, Failure> {
        let mut data = OwnData::default();
        self.rows_into(&mut data, declaration, key, door)?;
        Ok(data)
    }

    /// The same, added to what is there already.
    ///
    /// # Errors
    /// See [`Store::rows`].
    pub fn rows_into(
        &self,
        data: &mut OwnData,
        declaration: &Declaration,
        key: &SubjectKey,
        door: &mut Handover,
    ) -> Result<(), Failure> {
        let rows = self.tables.rows_of(declaration.table, key.pseudonym());
        for row in &rows.or_fail("a table cannot be read")? {
            self.open_into(data, declaration.table, (key, row), door)?;
        }
        Ok(())
    }

    fn open_into(
        &self,
        data: &mut OwnData,
        table: &str,
        row: (&SubjectKey, &SealedRow),
        door: &mut Handover,
    ) -> Result<(), Failure> {
        match table {
            name if name == HistoryEvent::DECLARATION.table => {
                data.history.push(self.held(row, door)?);
            }
            name if name == Preferences::DECLARATION.table => {
                data.preferences.push(self.held(row, door)?);
            }
            name if name == LearningEvent::DECLARATION.table => {
                data.learning.push(self.held(row, door)?);
            }
            name if name == ClosedSession::DECLARATION.table => {
                data.sessions.push(self.held(row, door)?);
            }
            name if name == LearnedOrder::DECLARATION.table => {
                data.orders.push(self.held(row, door)?);
            }
            name if name == ConsentEvidence::DECLARATION.table => {
                data.evidence.push(self.held(row, door)?);
            }
            name if name == ErasureRecord::DECLARATION.table => {
                data.receipts.push(self.held(row, door)?);
            }
            name if name == StaffRead::DECLARATION.table => data.staff.push(self.held(row, door)?),
            name if name == OwnRead::DECLARATION.table => data.own.push(self.held(row, door)?),
            name if name == CorrectedSignal::DECLARATION.table => {
                data.corrected.push(self.held(row, door)?);
            }
            name if name == MachineRead::DECLARATION.table => {
                data.machine.push(self.held(row, door)?);
            }
            name if name == RequestStep::DECLARATION.table => {
                data.requests.push(self.held(row, door)?);
            }
            name if name == RequestWords::DECLARATION.table => {
                data.written.push(self.held(row, door)?);
            }
            name if name == ErasureNotice::DECLARATION.table => {
                data.notices.push(self.held(row, door)?);
            }
            name if name == MailAddress::DECLARATION.table => {
                data.addresses.push(self.held(row, door)?);
            }
            name if name == PlatformRequest::DECLARATION.table => {
                data.waiting.push(self.held(row, door)?);
            }
            _ => return Err(Failure::new(format!("the table {table} is not known here"))),
        }
        Ok(())
    }

    fn held<T: Stored>(
        &self,
        (key, row): (&SubjectKey, &SealedRow),
        door: &mut Handover,
    ) -> Result<Held<T>, Failure> {
        let no_salt = || [0; 16];
        let vault = SubjectVault::new(&self.ring, key, &no_salt);
        let value = Personal::<T>::unseal(row, &vault).or_fail("a row cannot be opened")?;
        let expires = row.expires;
        Ok(Held { id: row.id, until: expires, expires, value: door.open(value) })
    }
}

/// The shop's own ids of its customers, by the name that the running server gives them.
pub type Names = BTreeMap<SubjectRef, String>;
