//! Settings of the transparency log.

use domain::id::ShopId;
use ledger::batch::{FLOOR_MAX, INTERVAL_S_MIN, Rule};
use ledger::entry::EntryKind;
use ledger::error::LedgerError;
use ledger::key::{Algorithm, KeyName, SignerKey};
use serde::Deserialize;
use vault::key::ShopKeys;

use crate::transparency::outside::{AnchorSettings, WitnessesByName};

/// What always appears in a batch: what this server writes down. Other kinds would only cost room.
const KINDS: [EntryKind; 8] = [
    EntryKind::Consent,
    EntryKind::Request,
    EntryKind::Receipt,
    EntryKind::HumanRead,
    EntryKind::Key,
    EntryKind::Policy,
    EntryKind::Model,
    EntryKind::Configuration,
];
/// Longest interval, in seconds: an hour. A leaf says no more about time.
const INTERVAL_S_MAX: u32 = 3_600;

/// Settings of the transparency log.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LedgerSettings {
    /// The name of the log in its checkpoints, best an address of the shop without `https://`.
    pub origin: Option<String>,
    /// Seconds between two batches.
    pub interval_s: u32,
    /// Fewest leaves of a kind in a batch; decoys fill it up.
    pub floor: u32,
    /// Whether the shop's server may commit to orders.
    pub orders: bool,
    /// Who confirms checkpoints.
    pub witnesses: WitnessesByName,
    /// How many of them are enough; missing, more than half.
    pub quorum: Option<u32>,
    /// Where the newest checkpoint is put.
    pub anchor: AnchorSettings,
    /// Entries that are older are not served any more; missing, all are.
    pub keep_entries_days: Option<u32>,
}

impl Default for LedgerSettings {
    fn default() -> Self {
        Self {
            origin: None,
            interval_s: 300,
            floor: 2,
            orders: false,
            witnesses: WitnessesByName::new(),
            quorum: None,
            anchor: AnchorSettings::default(),
            keep_entries_days: None,
        }
    }
}

/// Fewest days that entries are served.
const KEEP_DAYS_MIN: u32 = 30;

/// Why the settings of the log cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerSettingsError {
    /// Too many decoys.
    #[error("ledger.floor: at most {FLOOR_MAX}")]
    Floor,
    /// Too often or too seldom.
    #[error("ledger.interval_s: {INTERVAL_S_MIN} to {INTERVAL_S_MAX} seconds")]
    Interval,
    /// Too short for anyone to re-hash them.
    #[error("ledger.keep_entries_days: at least {KEEP_DAYS_MIN}")]
    Keep,
    /// Not a name.
    #[error("ledger.origin: {0}")]
    Origin(LedgerError),
}

impl LedgerSettings {
    /// Checks limits and name.
    ///
    /// # Errors
    /// [`LedgerSettingsError`] with the key.
    pub fn check(&self) -> Result<(), LedgerSettingsError> {
        if !(INTERVAL_S_MIN..=INTERVAL_S_MAX).contains(&self.interval_s) {
            return Err(LedgerSettingsError::Interval);
        }
        if self.floor > FLOOR_MAX {
            return Err(LedgerSettingsError::Floor);
        }
        if self.keep_entries_days.is_some_and(|days| days < KEEP_DAYS_MIN) {
            return Err(LedgerSettingsError::Keep);
        }
        match self.origin.as_deref().map(KeyName::parse) {
            Some(Err(error)) => Err(LedgerSettingsError::Origin(error)),
            _ => Ok(()),
        }
    }

    /// How batches look.
    pub fn rule(&self) -> Rule {
        let mut kinds = KINDS.to_vec();
        kinds.extend(self.orders.then_some(EntryKind::Order));
        Rule { interval_s: self.interval_s, floor: self.floor, kinds }
    }

    /// The key of the log: derived from the shop key, as the key of receipts is.
    ///
    /// # Errors
    /// A name that is none.
    pub fn signer(&self, shop: &ShopId, ring: &ShopKeys) -> Result<SignerKey, LedgerError> {
        let own = || format!("{}.confidant.invalid/log", shop.as_str());
        let name = KeyName::parse(&self.origin.clone().unwrap_or_else(own))?;
        SignerKey::new(name, Algorithm::Ed25519, &ring.log_seed())
    }
}
