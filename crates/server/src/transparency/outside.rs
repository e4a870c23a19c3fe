//! Settings of what is outside of the server: witnesses and anchors.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ledger::error::LedgerError;
use ledger::key::{Algorithm, VerifierKey};
use ledger::note::Note;
use serde::Deserialize;

use crate::outbound::address::{Address, AddressError};
use crate::outbound::{Client, OutboundError};
use crate::settings::outbound::OutboundSettings;
use crate::transparency::anchors::Anchor;
use crate::transparency::publishing::Outside;
use crate::transparency::settings::LedgerSettings;
use crate::transparency::witnesses::{Peer, Witnesses};

/// Most witnesses.
const WITNESSES_MAX: usize = 16;
/// Largest kept checkpoint that is read, in bytes.
const ANCHOR_BYTES_MAX: u64 = 512 * 1024;

/// One witness.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessSettings {
    /// Its submission prefix: `add-checkpoint` is asked for below it.
    pub url: String,
    /// Its verifier key, `name+id+base64`, of the kind `cosignature/v1`.
    pub key: String,
}

/// Where the newest checkpoint is put.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnchorSettings {
    /// A file, best on another machine's disk; read at a start as well.
    pub file: Option<PathBuf>,
    /// An address that gets it by `PUT`.
    pub url: Option<String>,
    /// A program and its arguments; it gets the checkpoint as its input.
    pub command: Vec<String>,
    /// Longest that the command may take, in seconds.
    pub command_s_max: u32,
}

impl Default for AnchorSettings {
    fn default() -> Self {
        Self { file: None, url: None, command: Vec::new(), command_s_max: 60 }
    }
}

/// Why witnesses or anchors cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    /// An address.
    #[error("ledger.{key}: {error}")]
    Address {
        /// Which key.
        key: String,
        /// What is wrong with it.
        error: AddressError,
    },
    /// A key of a witness.
    #[error("ledger.witnesses.{name}.key: {error}")]
    Key {
        /// Which witness.
        name: String,
        /// What is wrong with it.
        error: LedgerError,
    },
    /// Two witnesses with one key would count twice.
    #[error("ledger.witnesses.{0}.key: another witness has the same")]
    Twice(String),
    /// Too many.
    #[error("ledger.witnesses: at most {WITNESSES_MAX}")]
    Many,
    /// More than there are.
    #[error("ledger.quorum: 1 to the number of witnesses")]
    Quorum,
    /// The client.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
}

impl LedgerSettings {
    /// Makes ready to speak to witnesses and anchors.
    ///
    /// # Errors
    /// [`OutsideError`] with the key.
    pub fn outside(&self, outbound: &OutboundSettings) -> Result<Outside, OutsideError> {
        let address = |key: String, text: &str| {
            Address::parse(text, outbound).map_err(|error| OutsideError::Address { key, error })
        };
        let mut peers: Vec<Peer> = Vec::new();
        for (name, witness) in &self.witnesses {
            let key = VerifierKey::parse(&witness.key);
            let key = key.map_err(|error| OutsideError::Key { name: name.clone(), error })?;
            if key.algorithm() != Algorithm::Cosignature {
                return Err(OutsideError::Key { name: name.clone(), error: LedgerError::Key });
            }
            if peers.iter().any(|peer| peer.key.public() == key.public()) {
                return Err(OutsideError::Twice(name.clone()));
            }
            let url = format!("{}/add-checkpoint", witness.url.trim_end_matches('/'));
            let address = address(format!("witnesses.{name}.url"), &url)?;
            peers.push(Peer { name: name.clone(), key, address });
        }
        if peers.len() > WITNESSES_MAX {
            return Err(OutsideError::Many);
        }
        let most = peers.len();
        let quorum = self.quorum.map_or(Ok(most / 2 + 1), usize::try_from);
        let quorum =
            quorum.ok().filter(|quorum| self.quorum.is_none() || (1..=most).contains(quorum));
        let quorum = quorum.ok_or(OutsideError::Quorum)?;
        let is_quiet = peers.is_empty() && self.anchor.url.is_none();
        let client = if is_quiet { None } else { Some(Client::new(outbound)?) };
        let mut anchors = Vec::new();
        anchors.extend(self.anchor.file.clone().map(Anchor::File));
        if let (Some(url), Some(client)) = (&self.anchor.url, &client) {
            let address = address("anchor.url".to_owned(), url)?;
            anchors.push(Anchor::Url(Box::new((client.clone(), address))));
        }
        if !self.anchor.command.is_empty() {
            anchors.push(Anchor::Command(self.anchor.command.clone(), self.anchor.command_s_max));
        }
        let witnesses = client.filter(|_| !peers.is_empty());
        let witnesses = witnesses.map(|client| Witnesses::new(client, peers, quorum));
        Ok(Outside { witnesses, anchors })
    }
}

impl AnchorSettings {
    /// The checkpoint that was put into the file last; none when there is no file, or something
    /// else in it.
    pub fn kept(&self) -> Option<Note> {
        let path = self.file.as_ref()?;
        let size = std::fs::metadata(path).ok()?.len();
        let bytes = (size <= ANCHOR_BYTES_MAX).then(|| std::fs::read(path).ok())??;
        Note::parse(&bytes).ok()
    }
}

/// Witnesses by the shop's names for them.
pub type WitnessesByName = BTreeMap<String, WitnessSettings>;

#[cfg(test)]
mod tests;
