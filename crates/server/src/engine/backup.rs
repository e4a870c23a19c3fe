//! A backup copies the files of the store while the shop is served.
//!
//! The writer truncates its logs and from then on leaves the two files as they are; what is
//! committed meanwhile stands in the logs alone. Another process copies the files and says when it
//! is done. An erasure does not wait for it: it rewrites the keys, the hold is over, and the copy
//! is not taken. The transparency log gets no batch for as long.

use domain::hex;
use domain::time::Timestamp;
use store::lineage;

use crate::chance;
use crate::engine::exchanging::ExchangeError;
use crate::engine::{Engine, EngineError};

/// Longest that a backup may hold the files, in milliseconds: the logs grow meanwhile.
pub const HOLD_MS_MAX: i64 = 30 * 60 * 1_000;

/// A backup that copies the files now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    id: String,
    until: Timestamp,
}

/// What the files hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The random name of the hold.
    pub hold: String,
    /// When the files were as they are.
    pub taken: Timestamp,
    /// The number of the last commit in them.
    pub seq: u64,
    /// The common name of both files.
    pub lineage: lineage::Lineage,
    /// The name of the shop key.
    pub shop_key: String,
}

impl Engine {
    /// Leaves the files as they are, marks the tombstones as complete up to now, and says what
    /// the files hold. A hold from before is over then.
    ///
    /// # Errors
    /// What the store says.
    pub fn hold_for_backup(&mut self, now: Timestamp) -> Result<Standing, EngineError> {
        self.let_go()?;
        if self.is_exchanging() {
            return Err(ExchangeError::Going.into());
        }
        let (tables, keys) = (self.tables.as_mut(), self.keys.as_mut());
        let lineage = lineage::name(tables, keys, chance::bytes()?)?;
        keys.mark(now)?;
        tables.hold()?;
        keys.hold()?;
        let hold = hex::encode(&chance::bytes::<16>()?);
        self.hold = Some(Hold { id: hold.clone(), until: now.plus_ms(HOLD_MS_MAX) });
        let shop_key = self.closing.now.name();
        Ok(Standing { hold, taken: now, seq: self.seq(), lineage, shop_key })
    }

    /// Ends a hold; when the files were left alone for all of it, gives for each digest what shows
    /// that this shop took the archive.
    ///
    /// # Errors
    /// What the store says.
    pub fn end_backup(
        &mut self,
        hold: &str,
        digests: &[[u8; 32]],
    ) -> Result<Option<Vec<[u8; 32]>>, EngineError> {
        let ours = self.hold.as_ref().is_some_and(|held| held.id == hold);
        if !ours || !self.let_go()? {
            return Ok(None);
        }
        Ok(Some(digests.iter().map(|digest| self.closing.now.tag(digest)).collect()))
    }

    /// Whether a backup copies the files now.
    pub(super) const fn is_held(&self) -> bool {
        self.hold.is_some()
    }

    /// A backup that died does not hold the files for ever.
    pub(super) fn end_old_hold(&mut self, now: Timestamp) -> Result<(), EngineError> {
        if self.hold.as_ref().is_some_and(|held| held.until <= now) {
            tracing::warn!("a backup did not end in time; its copy is not whole");
            self.let_go()?;
        }
        Ok(())
    }

    fn let_go(&mut self) -> Result<bool, EngineError> {
        self.hold = None;
        let tables = self.tables.release()?;
        Ok(self.keys.release()? && tables)
    }
}
