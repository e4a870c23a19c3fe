//! `[backup]`: to whom backups are sealed, and how long those of the keys are kept.

use std::path::PathBuf;

use age::x25519::Recipient;
use serde::Deserialize;

/// Settings of backups.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BackupSettings {
    /// Whom backups are sealed to: age recipients, `age1...`.
    pub recipients: Vec<String>,
    /// How long backups of the keys are kept, in days.
    pub keys_keep_days: u32,
    /// A folder for a further copy of the tombstones, best on another volume.
    pub tombstones_dir: Option<PathBuf>,
}

impl Default for BackupSettings {
    fn default() -> Self {
        Self { recipients: Vec::new(), keys_keep_days: 7, tombstones_dir: None }
    }
}

/// Why `[backup]` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BackupSettingsError {
    /// Keys that are kept for longer than the data would open what was erased.
    #[error("backup.keys_keep_days: 1 to backup_keep_days ({most})")]
    KeepDays {
        /// Most days.
        most: u32,
    },
    /// Not a recipient.
    #[error("backup.recipients: entry {number} is no age recipient (age1...)")]
    Recipient {
        /// Which entry, from 1.
        number: usize,
    },
}

impl BackupSettings {
    /// Checks the values; `most` is how long backups of the data are kept.
    ///
    /// # Errors
    /// [`BackupSettingsError`].
    pub fn check(&self, most: u32) -> Result<(), BackupSettingsError> {
        // A shop that says nothing about its keys keeps them for no longer than its data.
        let given = self.keys_keep_days != Self::default().keys_keep_days;
        if self.keys_keep_days == 0 || (given && self.keys_keep_days > most) {
            return Err(BackupSettingsError::KeepDays { most });
        }
        self.sealed_to().map(|_| ())
    }

    /// The recipients.
    ///
    /// # Errors
    /// [`BackupSettingsError::Recipient`].
    pub fn sealed_to(&self) -> Result<Vec<Recipient>, BackupSettingsError> {
        let read = |(at, text): (usize, &String)| {
            text.parse().map_err(|_| BackupSettingsError::Recipient { number: at + 1 })
        };
        self.recipients.iter().enumerate().map(read).collect()
    }
}
