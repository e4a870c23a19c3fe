//! What is done with personal data, as one value without words in any language.
//!
//! It stands in every document, so that two documents can be compared by what they say and not by
//! how they say it.

use personal::purpose::{LawfulBasis, PurposeName};
use personal::record::{Category, Declaration, OnErasure};
use serde::{Deserialize, Serialize};

/// The form of [`Processing`]; another form gets another number.
pub const FORM: &str = "confidant processing 1";

/// What a setting says when there is nobody to name.
const NOBODY: &str = "none";

/// Everything that a shop does with personal data, computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Processing {
    /// [`FORM`].
    pub form: String,
    /// Name of the shop.
    pub shop: String,
    /// Who is responsible.
    pub controller: Controller,
    /// The purposes that something happens for, in the order of the list of purposes.
    pub purposes: Vec<Purpose>,
    /// Every declared table, in the order of the inventory.
    pub tables: Vec<Table>,
    /// Tables that no declaration covers, with the reason elsewhere in words.
    pub technical: Vec<Technical>,
    /// Who receives data; `null` while the shop has not said.
    pub recipients: Option<Vec<Recipient>>,
    /// The shop's own measures of security, in its words.
    pub security: Vec<String>,
    /// Numbers and switches of the settings.
    pub limits: Limits,
}

/// Who is responsible (GDPR Art. 4(7)). An empty text was not said; `none` says that there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Controller {
    /// Name of the company.
    pub name: String,
    /// Postal address.
    pub address: String,
    /// E-mail, telephone or page.
    pub contact: String,
    /// The page where consent is given and taken back.
    pub consent_page: String,
    /// The page where rights are exercised.
    pub rights_page: String,
    /// Where data is stored: places (ISO 3166).
    pub stored_in: Vec<String>,
    /// The supervisory authority.
    pub authority: String,
    /// The data protection officer (GDPR Art. 37).
    pub officer: String,
    /// The representative in the Union (GDPR Art. 27).
    pub representative: String,
}

/// One purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purpose {
    /// Its name in the API.
    pub purpose: String,
    /// Why it is lawful: `consent`, `contract`, `legal_obligation` or `legitimate_interests`.
    pub basis: String,
    /// Whether people are asked about it in the banner.
    pub asked: bool,
}

/// One declared table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub table: String,
    /// The only purpose that it is kept for.
    pub purpose: String,
    /// Its category, in the words of the program with `_` for spaces.
    pub category: String,
    /// Version of the layout.
    pub schema: u16,
    /// Longest retention, in days from writing.
    pub keep_days_max: u32,
    /// What an erasure does.
    pub on_erasure: Erased,
    /// Its fields, in the stored order.
    pub fields: Vec<String>,
    /// The purposes that may open its rows.
    pub readers: Vec<String>,
}

/// What an erasure does with the rows of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Erased {
    /// Rows and key go at once.
    Delete,
    /// Rows stay.
    Keep {
        /// The article that allows it.
        basis: String,
        /// For how long at most, in days from writing.
        days: u32,
    },
}

/// A table that holds nothing that was said about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Technical {
    /// The file.
    pub file: String,
    /// The table.
    pub table: String,
    /// Its columns.
    pub columns: Vec<String>,
}

/// What somebody is who receives data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Acts on behalf of the shop (GDPR Art. 28).
    Processor,
    /// Decides with the shop (GDPR Art. 26).
    JointController,
    /// Decides for itself.
    Controller,
    /// A public authority.
    Authority,
}

/// What a transfer rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ground", rename_all = "snake_case")]
pub enum Ground {
    /// No third country.
    Inside,
    /// A decision on adequacy (GDPR Art. 45).
    Adequacy {
        /// The decision.
        by: String,
    },
    /// Appropriate safeguards (GDPR Art. 46).
    Safeguard {
        /// Which.
        by: String,
    },
    /// An exception for a specific situation (GDPR Art. 49).
    Derogation {
        /// Which.
        by: String,
    },
    /// Nobody said.
    Missing,
}

/// Somebody who receives data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Name.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// What they do with it, in the shop's words.
    pub what_for: String,
    /// Where they are (ISO 3166).
    pub place: String,
    /// For which purposes; empty is all.
    pub purposes: Vec<String>,
    /// What a transfer rests on.
    pub ground: Ground,
}

/// Numbers and switches of the settings that change what happens to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// How long backups are kept, in days.
    pub backup_keep_days: u32,
    /// How long a yes counts at most, in days.
    pub consent_days_max: u32,
    /// Distinct people behind what others see.
    pub supporters_min: u32,
    /// Distinct people behind a popular item.
    pub popular_min: u32,
    /// Whether the shop is directed at children.
    pub child_directed: bool,
    /// Whether the public listener speaks TLS itself.
    pub tls: bool,
}

/// What [`processing`] is computed from.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// Name of the shop.
    pub shop: &'a str,
    /// Who is responsible.
    pub controller: Controller,
    /// The purposes that people are asked about.
    pub asked: &'a [PurposeName],
    /// Every declaration, in the order of the inventory.
    pub declarations: &'a [Declaration],
    /// Which purpose may open the rows of which table.
    pub readers: &'a [(&'static str, PurposeName)],
    /// Tables that no declaration covers.
    pub technical: Vec<Technical>,
    /// Who receives data, once the shop has said.
    pub recipients: Option<Vec<Recipient>>,
    /// The shop's own measures.
    pub security: Vec<String>,
    /// Numbers and switches.
    pub limits: Limits,
}

/// Gathers everything.
pub fn processing(source: &Source<'_>) -> Processing {
    let tables: Vec<Table> =
        source.declarations.iter().map(|one| table(one, source.readers)).collect();
    let in_use = |purpose: &PurposeName| {
        source.asked.contains(purpose)
            || source.declarations.iter().any(|one| one.purpose == *purpose)
            || source.readers.iter().any(|(_, reader)| reader == purpose)
    };
    let purposes = PurposeName::ALL.into_iter().filter(in_use).map(|purpose| Purpose {
        purpose: purpose.as_str().to_owned(),
        basis: basis(purpose.basis()).to_owned(),
        asked: source.asked.contains(&purpose),
    });
    Processing {
        form: FORM.to_owned(),
        shop: source.shop.to_owned(),
        controller: source.controller.clone(),
        purposes: purposes.collect(),
        tables,
        technical: source.technical.clone(),
        recipients: source.recipients.clone(),
        security: source.security.clone(),
        limits: source.limits,
    }
}

fn table(one: &Declaration, readers: &[(&'static str, PurposeName)]) -> Table {
    let readers = readers.iter().filter(|(table, _)| *table == one.table);
    Table {
        table: one.table.to_owned(),
        purpose: one.purpose.as_str().to_owned(),
        category: category(one.category),
        schema: one.schema,
        keep_days_max: one.keep_days_max,
        on_erasure: match one.on_erasure {
            OnErasure::Delete => Erased::Delete,
            OnErasure::Keep { basis, days } => Erased::Keep { basis: basis.to_owned(), days },
        },
        fields: one.fields.iter().map(|field| field.name.to_owned()).collect(),
        readers: readers.map(|(_, purpose)| purpose.as_str().to_owned()).collect(),
    }
}

/// The category of a table as keys write it.
pub(crate) fn category(category: Category) -> String {
    category.as_str().replace(' ', "_")
}

/// The lawful basis as keys write it.
pub const fn basis(basis: LawfulBasis) -> &'static str {
    match basis {
        LawfulBasis::Consent => "consent",
        LawfulBasis::Contract => "contract",
        LawfulBasis::LegalObligation => "legal_obligation",
        LawfulBasis::LegitimateInterests => "legitimate_interests",
    }
}

impl Processing {
    /// What the shop has not said and a record or notice must, as keys of the settings.
    pub fn missing(&self) -> Vec<String> {
        let Controller { name, address, contact, consent_page, rights_page, .. } = &self.controller;
        let stored_in = self.controller.stored_in.join(" ");
        let recipients = if self.recipients.is_some() { NOBODY } else { "" };
        let security = self.security.join(" ");
        let said = [
            ("controller.name", name.as_str()),
            ("controller.address", address),
            ("controller.contact", contact),
            ("controller.consent_page", consent_page),
            ("controller.rights_page", rights_page),
            ("controller.stored_in", &stored_in),
            ("controller.authority", &self.controller.authority),
            ("notice.protection_officer", &self.controller.officer),
            ("notice.representative", &self.controller.representative),
            ("notice.recipients", recipients),
            ("notice.security", &security),
        ];
        let unsaid = said.into_iter().filter(|(_, text)| text.trim().is_empty());
        let unsaid = unsaid.map(|(key, _)| key.to_owned());
        let grounds = self.recipients.iter().flatten().enumerate();
        let grounds = grounds.filter(|(_, one)| one.ground == Ground::Missing);
        let grounds = grounds.map(|(place, _)| format!("notice.recipients[{place}].safeguard"));
        unsaid.chain(grounds).collect()
    }

    /// The tables of a purpose, in the order of the inventory.
    pub fn tables_of(&self, purpose: &str) -> impl Iterator<Item = &Table> {
        self.tables.iter().filter(move |table| table.purpose == purpose)
    }

    /// The recipients of a purpose.
    pub fn recipients_of(&self, purpose: &str) -> impl Iterator<Item = &Recipient> {
        self.recipients.iter().flatten().filter(move |one| one.serves(purpose))
    }
}

impl Recipient {
    /// Whether the recipient receives data for a purpose.
    pub fn serves(&self, purpose: &str) -> bool {
        self.purposes.is_empty() || self.purposes.iter().any(|one| one == purpose)
    }
}

/// What a setting says about somebody who may not be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said<'a> {
    /// Nothing.
    Nothing,
    /// That there is nobody.
    Nobody,
    /// Who.
    Who(&'a str),
}

/// Reads such a setting.
pub fn said(text: &str) -> Said<'_> {
    match text.trim() {
        "" => Said::Nothing,
        NOBODY => Said::Nobody,
        who => Said::Who(who),
    }
}

#[cfg(test)]
mod tests;
