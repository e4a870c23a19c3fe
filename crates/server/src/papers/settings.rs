//! What only the shop can say in notices and records: `[notice]` of the configuration.

use std::collections::BTreeSet;

use consent::law::place::Place;
use consent::law::transfer::{self, Adequacy, Tool, ToolKind};
use domain::time::Day;
use notices::facts::{Ground, Recipient, Role};
use personal::purpose::PurposeName;
use serde::Deserialize;

/// What a safeguard says when a limited decision on adequacy covers the recipient.
pub const COVERED: &str = "adequacy";

/// What only the shop can say. Empty is unsaid; `none` says that there is nobody.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoticeSettings {
    /// How to reach the data protection officer (GDPR Art. 37), or `none`.
    pub protection_officer: String,
    /// The representative in the Union (GDPR Art. 27), or `none`.
    pub representative: String,
    /// An empty list says that nobody outside the shop receives data. Who does stands in
    /// `[recipients]`; a list of tables is the older way, and is read still.
    pub recipients: Option<Vec<RecipientSettings>>,
    /// The shop's own measures of security, one sentence each.
    pub security: Vec<String>,
}

/// Somebody who receives data.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipientSettings {
    /// Name.
    pub name: String,
    /// `processor`, `joint_controller`, `controller` or `authority`.
    pub role: Role,
    /// What they do with it.
    pub what_for: String,
    /// Where they are (ISO 3166).
    pub place: Place,
    /// For which purposes; all when missing.
    #[serde(default)]
    pub purposes: Vec<PurposeName>,
    /// What a transfer to a third country without a decision on adequacy rests on: `scc`, `bcr`,
    /// `code`, `certification` or `derogation`; or `adequacy` where a limited decision covers them.
    #[serde(default)]
    pub safeguard: Option<String>,
}

/// Why what the shop says cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoticeSettingsError {
    /// A name or use is missing.
    #[error("notice.recipients: every recipient has a name and what_for")]
    Empty,
    /// Two recipients have one name.
    #[error("notice.recipients: {0} stands twice")]
    Twice(String),
    /// No tool for transfers has this name.
    #[error("notice.recipients: {0:?} is no safeguard; take adequacy or one of: {1}")]
    Safeguard(String, String),
}

impl NoticeSettings {
    /// Checks what the types do not.
    ///
    /// # Errors
    /// [`NoticeSettingsError`].
    pub fn check(&self) -> Result<(), NoticeSettingsError> {
        let mut names = BTreeSet::new();
        for one in self.recipients.iter().flatten() {
            if one.name.trim().is_empty() || one.what_for.trim().is_empty() {
                return Err(NoticeSettingsError::Empty);
            }
            if !names.insert(&one.name) {
                return Err(NoticeSettingsError::Twice(one.name.clone()));
            }
            let Some(safeguard) = &one.safeguard else { continue };
            if safeguard != COVERED && tool(safeguard).is_none() {
                let known: Vec<&str> = tools().iter().map(|tool| tool.id.as_str()).collect();
                let (unknown, known) = (safeguard.clone(), known.join(", "));
                return Err(NoticeSettingsError::Safeguard(unknown, known));
            }
        }
        Ok(())
    }

    /// Who receives data, with what a transfer rests on today.
    pub fn recipients(&self, today: Day) -> Option<Vec<Recipient>> {
        let all = self.recipients.as_ref()?;
        let recipient = |one: &RecipientSettings| Recipient {
            name: one.name.clone(),
            role: one.role,
            what_for: one.what_for.clone(),
            place: one.place.to_string(),
            purposes: one.purposes.iter().map(|purpose| purpose.as_str().to_owned()).collect(),
            ground: ground(&one.place.to_string(), one.safeguard.as_deref(), today),
        };
        Some(all.iter().map(recipient).collect())
    }
}

/// What a transfer rests on: a decision on adequacy, or what the shop says; never assumed.
pub fn ground(place: &str, safeguard: Option<&str>, today: Day) -> Ground {
    match transfer::adequate(place, today) {
        Adequacy::Inside => Ground::Inside,
        Adequacy::Adequate(decision) => Ground::Adequacy { by: decision.source.clone() },
        Adequacy::Limited(decision) if safeguard == Some(COVERED) => {
            let only = decision.only.as_deref().unwrap_or_default();
            Ground::Adequacy { by: format!("{} ({only})", decision.source) }
        }
        Adequacy::Limited(_) | Adequacy::Missing => match safeguard.and_then(tool) {
            Some(Tool { kind: ToolKind::Safeguard, name, source, .. }) => {
                Ground::Safeguard { by: format!("{name} ({source})") }
            }
            Some(Tool { kind: ToolKind::Derogation, name, source, .. }) => {
                Ground::Derogation { by: format!("{name} ({source})") }
            }
            None => Ground::Missing,
        },
    }
}

fn tools() -> &'static [Tool] {
    transfer::shipped().map_or(&[], transfer::Transfers::tools)
}

fn tool(id: &str) -> Option<&'static Tool> {
    tools().iter().find(|tool| tool.id == id)
}

#[cfg(test)]
mod tests;
