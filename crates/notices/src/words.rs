//! The words of one language: a TOML file that is part of the program, one type per table of it.
//!
//! A word that is missing or unknown is refused when the file is read. Words for what declarations
//! name (tables, fields, categories, purposes) are compared with them by [`crate::speech`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The languages of the program.
pub const FILES: [(&str, &str); 8] = [
    ("de", include_str!("../words/de.toml")),
    ("en", include_str!("../words/en.toml")),
    ("es", include_str!("../words/es.toml")),
    ("fr", include_str!("../words/fr.toml")),
    ("it", include_str!("../words/it.toml")),
    ("nb", include_str!("../words/nb.toml")),
    ("nl", include_str!("../words/nl.toml")),
    ("pl", include_str!("../words/pl.toml")),
];

/// The words of one language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Its tag (BCP 47).
    pub language: String,
    /// How it is written.
    pub direction: Direction,
    /// Which version of the words this is.
    pub version: String,
    pub(crate) title: Titles,
    pub(crate) label: Labels,
    pub(crate) phrase: Phrases,
    pub(crate) basis: BTreeMap<String, String>,
    pub(crate) erasure: ErasureWords,
    pub(crate) category: BTreeMap<String, String>,
    pub(crate) people: PeopleWords,
    pub(crate) role: RoleWords,
    pub(crate) ground: GroundWords,
    pub(crate) purposes: BTreeMap<String, PurposeWords>,
    pub(crate) tables: BTreeMap<String, String>,
    pub(crate) fields: BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) technical: BTreeMap<String, String>,
    pub(crate) security: SecurityWords,
    pub(crate) notice: NoticeWords,
    pub(crate) dpia: AssessmentWords,
}

/// The direction in which a language is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

impl Direction {
    /// The word of HTML.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

/// Why a file of words cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("words of notices: {0}")]
pub struct WordsError(#[from] Box<toml::de::Error>);

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($field:ident),+ $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(crate) struct $name { $(pub(crate) $field: String,)+ }
        )+
    };
}

words! {
    /// Titles of the documents.
    Titles { inventory, ropa, retention, notice, dpia }
    /// Heads of columns and names of facts.
    Labels {
        address, authority, basis, category, columns, consent_page, contact, controller, data,
        digest, field, file, full, ground, kept, meaning, missing, missing_title, name, none,
        officer, on_erasure, people, place, purpose, question, questions, readers, recipients,
        representative, rights_page, role, security, short, stored_in, table, technical, transfers,
        what_for, why,
    }
    /// Sentences that several documents share.
    Phrases {
        days, scope, keep, nothing_kept, no_third_party, no_transfer, backups, memory,
        measure_shop,
    }
    /// What an erasure does.
    ErasureWords { delete, keep }
    /// Whom data is about.
    PeopleWords { visitors, customers, staff }
    /// What a recipient is.
    RoleWords { authority, controller, joint_controller, processor }
    /// What a transfer rests on.
    GroundWords { inside, adequacy, safeguard, derogation }
    /// One purpose.
    PurposeWords { title, text }
    /// What the program does for security.
    SecurityWords {
        sealed, keys, pseudonyms, permit, staff, erasure, retention, crowd, logs, transport_on,
        transport_off,
    }
    /// The privacy notice.
    NoticeWords {
        intro, short_rights, to_full, who, purposes, consent_free, yes_ends, data, pseudonymous,
        source, source_text, recipients, inside, transfers, retention, browser, browser_text,
        rights, rights_text, right_access, right_rectification, right_erasure, right_restriction,
        right_portability, right_objection, right_withdraw, complaint, complaint_text, must,
        must_text, automated, automated_text, children, children_text, changes, changes_text,
    }
    /// The impact assessment.
    AssessmentWords {
        intro, description, necessity, necessity_text, criteria, criterion, finding, scoring,
        scoring_found, decision, decision_found, monitoring, monitoring_found, sensitive,
        sensitive_found, scale, scale_found, matching, matching_found, vulnerable, vulnerable_yes,
        vulnerable_no, innovation, innovation_found, barrier, barrier_found, risks, risk,
        countered, risk_theft, risk_theft_by, risk_insider, risk_insider_by, risk_purpose,
        risk_purpose_by, risk_inference, risk_inference_by, risk_sensitive, risk_sensitive_by,
        risk_persistence, risk_persistence_by, risk_steering, risk_steering_by, q_scale,
        q_sensitive, q_necessity, q_imports, q_tools, q_children, q_access, q_interests, q_views,
        q_officer, q_residual, q_review,
    }
}

impl Words {
    /// Reads a file.
    ///
    /// # Errors
    /// [`WordsError`], with the line.
    pub fn parse(text: &str) -> Result<Self, WordsError> {
        Ok(toml::from_str(text).map_err(Box::new)?)
    }
}

#[cfg(test)]
mod tests;
