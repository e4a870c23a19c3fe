//! Who is responsible for the data: `[controller]` of the configuration.

use consent::dpv::Controller;
use serde::Deserialize;

/// Who is responsible for the data (GDPR Art. 4(7)), as records and receipts of consent name it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ControllerSettings {
    /// Name of the company.
    pub name: String,
    /// Postal address.
    pub address: String,
    /// E-mail, telephone or page for questions about data.
    pub contact: String,
    /// The page where consent is given and taken back.
    pub consent_page: String,
    /// The page where rights are exercised.
    pub rights_page: String,
    /// Where data is stored (ISO 3166), such as `DE`.
    pub stored_in: Vec<String>,
    /// The supervisory authority.
    pub authority: String,
}

impl ControllerSettings {
    /// The same as the consent room writes it.
    pub fn responsible(&self) -> Controller {
        Controller {
            name: self.name.clone(),
            address: self.address.clone(),
            contact: self.contact.clone(),
            consent_page: self.consent_page.clone(),
            rights_page: self.rights_page.clone(),
            stored_in: self.stored_in.clone(),
            authority: self.authority.clone(),
        }
    }
}
