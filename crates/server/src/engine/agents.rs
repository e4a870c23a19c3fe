//! What the server remembers of authorized agents: the digest of each agent's token, and which
//! messages were taken already, so that each counts once, also after a restart.

use domain::hex;
use domain::time::Timestamp;
use rights::drp::Once;
use sha2::{Digest as _, Sha256};
use store::port::{Document, Write};
use subtle::ConstantTimeEq as _;

use crate::engine::{Engine, EngineError};

/// The kind under which the store keeps digests of tokens, by agent.
const TOKENS: &str = "drp-token";
/// The kind under which the store keeps messages that were taken.
const TAKEN: &str = "drp-taken";
/// Documents that are read at once.
const PAGE: usize = 1_000;

impl Engine {
    /// Gives an agent a new token; the one before counts no more. Only its digest is kept.
    ///
    /// # Errors
    /// What the store says.
    pub fn set_agent_token(&mut self, agent: &str, token: &str) -> Result<(), EngineError> {
        let body = Sha256::digest(token.as_bytes()).to_vec();
        let (kind, key) = (TOKENS.to_owned(), agent.to_owned());
        self.commit(vec![Write::PutDocument(Document { kind, key, body })]).map(|_| ())
    }

    /// The agent whose token this is. Every token is compared, in constant time.
    ///
    /// # Errors
    /// What the store says.
    pub fn agent_of(&self, token: &str) -> Result<Option<String>, EngineError> {
        let given = Sha256::digest(token.as_bytes());
        let mut found = None;
        for document in self.tables().documents(TOKENS, None, PAGE)? {
            if bool::from(document.body.as_slice().ct_eq(given.as_slice())) {
                found = Some(document.key);
            }
        }
        Ok(found)
    }

    /// Remembers a message until it is over; says whether it is the first time. Those that are
    /// over are forgotten on the way.
    ///
    /// # Errors
    /// What the store says.
    pub fn take_once(&mut self, once: &Once, now: Timestamp) -> Result<bool, EngineError> {
        let key = hex::encode(&Sha256::digest(once.signature));
        if self.tables().document(TAKEN, &key)?.is_some() {
            return Ok(false);
        }
        let mut writes = Vec::new();
        for known in self.tables().documents(TAKEN, None, PAGE)? {
            let until = known.body.as_slice().try_into().map(i64::from_be_bytes);
            if until.is_ok_and(|until| until < now.ms()) {
                writes.push(Write::DeleteDocument { kind: TAKEN.to_owned(), key: known.key });
            }
        }
        let body = once.until.ms().to_be_bytes().to_vec();
        writes.push(Write::PutDocument(Document { kind: TAKEN.to_owned(), key, body }));
        self.commit(writes).map(|_| true)
    }
}
