//! Settings of authorized agents (Data Rights Protocol 1.0).

use std::collections::BTreeMap;

use personal::subject::CustomerId;
use rights::drp::{Agent, BusinessId};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// Why agents cannot be served like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrpSettingsError {
    /// An agent whose key cannot be used.
    #[error("drp.agents.{0}: {1}")]
    Agent(String, rights::drp::AgentError),
    /// Not a name of the directory.
    #[error("drp.business: {0}")]
    Business(rights::request::names::NameError),
    /// Not a page that a person can be sent to.
    #[error("drp.confirm_page is no https address of at most 1,000 bytes")]
    Page,
}

/// Authorized agents: whom the shop knows from the directory of the network.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrpSettings {
    /// The shop's own name in the directory.
    pub business: String,
    /// How the shop names a customer of whom an agent says the email address.
    pub customer: CustomerBy,
    /// The page of the shop where the person logs in and confirms what an agent asked for; the
    /// name of the request is added as `request`.
    pub confirm_page: String,
    /// The agents by their name in the directory, with `verify_key`: 32 bytes of Ed25519 in base64.
    #[serde(default)]
    pub agents: BTreeMap<String, String>,
}

/// How the shop names a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerBy {
    /// By the address in lower case.
    Email,
    /// By the SHA-256 of the address in lower case, in hexadecimal.
    EmailSha256,
}

impl CustomerBy {
    /// The customer of an address; `None` for what the shop could not have as a customer id.
    pub fn customer(self, email: &str) -> Option<CustomerId> {
        let email = email.trim().to_lowercase();
        match self {
            Self::Email => CustomerId::parse(&email).ok(),
            Self::EmailSha256 => {
                CustomerId::parse(&domain::hex::encode(&Sha256::digest(email.as_bytes()))).ok()
            }
        }
    }
}

impl DrpSettings {
    /// Reads everything once, so that a mistake is found at the start.
    ///
    /// # Errors
    /// [`DrpSettingsError`].
    pub fn check(&self) -> Result<(), DrpSettingsError> {
        self.business()?;
        for id in self.agents.keys() {
            self.agent(id)?;
        }
        let page = self.confirm_page.starts_with("https://") && self.confirm_page.len() <= 1_000;
        if page { Ok(()) } else { Err(DrpSettingsError::Page) }
    }

    /// The shop in the directory.
    ///
    /// # Errors
    /// [`DrpSettingsError::Business`].
    pub fn business(&self) -> Result<BusinessId, DrpSettingsError> {
        BusinessId::parse(&self.business).map_err(DrpSettingsError::Business)
    }

    /// An agent of the list; `None` for one that is not there.
    ///
    /// # Errors
    /// [`DrpSettingsError::Agent`].
    pub fn agent(&self, id: &str) -> Result<Option<Agent>, DrpSettingsError> {
        let Some(key) = self.agents.get(id) else { return Ok(None) };
        let agent = Agent::parse(id, key);
        agent.map(Some).map_err(|error| DrpSettingsError::Agent(id.to_owned(), error))
    }

    /// Where a person confirms a request.
    pub fn page(&self, request: &str) -> String {
        let mark = if self.confirm_page.contains('?') { '&' } else { '?' };
        format!("{}{mark}request={request}", self.confirm_page)
    }
}
