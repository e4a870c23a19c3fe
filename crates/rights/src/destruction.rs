//! The statement of a shop that left: what was destroyed, signed before the signing key went.
//!
//! Signed like the receipt of an erasure and with the same key, under a name of its own. It can be
//! verified offline for as long as somebody kept the public key.

use std::collections::BTreeMap;

use domain::id::ShopId;
use domain::time::Day;
use serde::{Deserialize, Serialize};

use crate::date;
use crate::receipt::{Receipt, ReceiptError, sign_text, verify_text};
use crate::words::{counted, printable};

/// Name of the format, in statement, payload and signed message.
pub const DESTRUCTION_FORMAT: &str = "confidant-destruction-v1";

/// What every statement says about itself.
const WORDS: [&str; 4] = [
    "The shop declares that it destroyed what its Confidant server held. A valid signature shows \
     who made the statement and that nobody changed it; it does not show that the shop tells the \
     truth.",
    "The keys of all people went first: rows and backups of rows cannot be read without them. Then \
     the files were overwritten and removed, and what was left was searched.",
    "The key that signed this statement was destroyed after it was signed; nobody can sign with it \
     again.",
    "A disk can keep copies of what was overwritten, and a machine snapshots of its disk. Without \
     keys they are unreadable; a snapshot that holds both is out of reach.",
];

/// What the shop declares. The order of fields is the order in the signed text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destruction {
    /// Always [`DESTRUCTION_FORMAT`].
    pub format: String,
    /// The shop that declares.
    pub shop: ShopId,
    /// The day on which it was done.
    #[serde(with = "date")]
    pub day: Day,
    /// SHA-256 of the manifest of the export that was taken before; empty when none was named.
    pub export: String,
    /// How many keys of people were destroyed.
    pub keys_destroyed: u64,
    /// How many rows each table had.
    pub rows: BTreeMap<String, u64>,
    /// How many files were overwritten and removed.
    pub files: u64,
    /// How many bytes they had.
    pub bytes: u64,
    /// How many marks of people and keys were looked for afterwards.
    pub marks_sought: u64,
    /// How many of them were found.
    pub marks_found: u64,
    /// Where it was looked, as numbers of files.
    pub files_searched: u64,
    /// Whether the shop key lay in a file and was destroyed with the rest.
    pub shop_key: String,
    /// The first day without a backup from before, if backups are kept as the settings say.
    #[serde(with = "date")]
    pub backups_clear: Day,
    /// Recipients that hold data of the shop's customers of their own.
    pub recipients: Vec<String>,
    /// What the statement proves and what it does not.
    pub words: Vec<String>,
}

/// What every statement says of itself, for [`Destruction::words`].
pub fn own_words() -> Vec<String> {
    WORDS.map(str::to_owned).to_vec()
}

/// Signs a statement.
///
/// # Errors
/// [`ReceiptError::Malformed`] or [`ReceiptError::TooLong`] for what [`verify`] would not read.
pub fn sign(said: &Destruction, seed: &[u8; 32]) -> Result<Receipt, ReceiptError> {
    let text = serde_json::to_string(said).map_err(|_| ReceiptError::Malformed)?;
    read(&text)?;
    sign_text(DESTRUCTION_FORMAT, text, seed)
}

/// Verifies a statement and gives what it declares; see [`crate::receipt::verify`].
///
/// # Errors
/// [`ReceiptError`].
pub fn verify(json: &str, expected_key: Option<&str>) -> Result<Destruction, ReceiptError> {
    read(&verify_text(DESTRUCTION_FORMAT, json, expected_key)?)
}

fn read(text: &str) -> Result<Destruction, ReceiptError> {
    let said: Destruction = serde_json::from_str(text).map_err(|_| ReceiptError::Malformed)?;
    match said.format == DESTRUCTION_FORMAT {
        true => Ok(said),
        false => Err(ReceiptError::Malformed),
    }
}

/// The statement as a person reads it.
pub fn describe(said: &Destruction) -> String {
    let mut lines = vec![
        format!("The shop {} declares that it destroyed what it held.", said.shop),
        format!("On         {}", date::write(said.day)),
        format!("Keys       {} destroyed", counted(said.keys_destroyed, "key")),
        format!(
            "Files      {}, {} overwritten and removed",
            counted(said.files, "file"),
            counted(said.bytes, "byte")
        ),
        format!(
            "Searched   {} for {} of people and keys: {} found",
            counted(said.files_searched, "file"),
            counted(said.marks_sought, "mark"),
            said.marks_found
        ),
        format!("Shop key   {}", printable(&said.shop_key)),
        format!("Backups    clear on {}", date::write(said.backups_clear)),
    ];
    if !said.export.is_empty() {
        lines.push(format!("Export     manifest {}", printable(&said.export)));
    }
    lines.extend([String::new(), "Rows that there were".to_owned()]);
    let rows = said.rows.iter().map(|(table, rows)| (printable(table), counted(*rows, "row")));
    lines.extend(rows.map(|(table, rows)| format!("- {table}: {rows}")));
    if !said.recipients.is_empty() {
        lines.extend([String::new(), "Others who hold data of their own".to_owned()]);
        lines.extend(said.recipients.iter().map(|name| format!("- {}", printable(name))));
    }
    lines.extend([String::new(), "What this means".to_owned()]);
    lines.extend(said.words.iter().map(|line| format!("- {}", printable(line))));
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests;
