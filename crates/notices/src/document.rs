//! One of the five documents: what is done ([`Processing`]), said in one language, with a digest.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::canonical;
use crate::facts::Processing;
use crate::speech::Speech;
use crate::words::Direction;
use crate::{assessment, notice, tables};

/// The form of [`Document`]; another form gets another number.
pub const FORM: &str = "confidant document 1";

/// Which document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Everything that is stored.
    Inventory,
    /// The record of processing activities (GDPR Art. 30).
    Ropa,
    /// What is kept for how long.
    Retention,
    /// The privacy notice in two layers (GDPR Art. 13).
    Notice,
    /// The draft of an impact assessment (GDPR Art. 35).
    Dpia,
}

impl Kind {
    /// Every document.
    pub const ALL: [Self; 5] =
        [Self::Inventory, Self::Ropa, Self::Retention, Self::Notice, Self::Dpia];

    /// The document by its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Its name in commands and addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inventory => "inventory",
            Self::Ropa => "ropa",
            Self::Retention => "retention",
            Self::Notice => "notice",
            Self::Dpia => "dpia",
        }
    }

    /// What the shop has not said of what this document has to say.
    fn missing(self, processing: &Processing) -> Vec<String> {
        let all = processing.missing().into_iter();
        match self {
            Self::Inventory | Self::Retention => Vec::new(),
            Self::Ropa | Self::Dpia => all.collect(),
            // Art. 13 does not ask for measures of security.
            Self::Notice => all.filter(|key| key != "notice.security").collect(),
        }
    }
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Document {
    /// [`FORM`].
    pub form: &'static str,
    /// Which document.
    pub kind: Kind,
    /// The language (BCP 47).
    pub language: String,
    /// How it is written.
    pub direction: Direction,
    /// Which version of the words this is.
    pub texts: String,
    /// Its title.
    pub title: String,
    /// What the shop still has to state, as keys of the settings.
    pub missing: Vec<String>,
    /// What it says.
    pub sections: Vec<Section>,
    /// What is done, without words.
    pub processing: Processing,
}

/// A part of a document under one heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its name, the same in every language.
    pub id: String,
    /// How deep it stands: 2 or 3.
    pub level: u8,
    /// Its heading.
    pub title: String,
    /// What stands under it.
    pub parts: Vec<Part>,
}

/// One piece of a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "part", rename_all = "snake_case")]
pub enum Part {
    /// A paragraph.
    Text {
        /// Its words.
        text: String,
    },
    /// A list.
    List {
        /// Its items.
        items: Vec<String>,
    },
    /// Names and what they stand for.
    Facts {
        /// Name, then value.
        rows: Vec<(String, String)>,
    },
    /// A table; the first column names the row.
    Table {
        /// What it is about.
        caption: String,
        /// Heads of the columns.
        head: Vec<String>,
        /// Rows with as many cells.
        rows: Vec<Vec<String>>,
    },
    /// Something that only the shop can say and has not said.
    Missing {
        /// The key of the settings.
        key: String,
        /// The marker in words.
        text: String,
    },
    /// Something that only the shop can assess.
    Question {
        /// Its name, the same in every language.
        id: String,
        /// The question.
        text: String,
    },
}

impl Section {
    pub(crate) fn new(id: &str, title: &str) -> Self {
        Self { id: id.to_owned(), level: 2, title: title.to_owned(), parts: Vec::new() }
    }

    pub(crate) fn below(id: String, title: String) -> Self {
        Self { id, level: 3, title, parts: Vec::new() }
    }

    pub(crate) fn text(mut self, text: &str) -> Self {
        self.parts.push(Part::Text { text: text.to_owned() });
        self
    }

    pub(crate) fn list(mut self, items: Vec<String>) -> Self {
        self.parts.push(Part::List { items });
        self
    }

    pub(crate) fn facts(mut self, rows: Vec<(String, String)>) -> Self {
        self.parts.push(Part::Facts { rows });
        self
    }

    pub(crate) fn table(mut self, caption: &str, head: &[&str], rows: Vec<Vec<String>>) -> Self {
        let head = head.iter().map(|&name| name.to_owned()).collect();
        self.parts.push(Part::Table { caption: caption.to_owned(), head, rows });
        self
    }

    pub(crate) fn missing(mut self, key: &str, speech: &Speech) -> Self {
        let text = speech.words.label.missing.clone();
        self.parts.push(Part::Missing { key: key.to_owned(), text });
        self
    }
}

/// Computes a document.
pub fn document(kind: Kind, processing: &Processing, speech: &Speech) -> Document {
    let words = &speech.words;
    let (title, sections) = match kind {
        Kind::Inventory => (&words.title.inventory, tables::inventory(processing, speech)),
        Kind::Ropa => (&words.title.ropa, tables::ropa(processing, speech)),
        Kind::Retention => (&words.title.retention, tables::retention(processing, speech)),
        Kind::Notice => (&words.title.notice, notice::layers(processing, speech)),
        Kind::Dpia => (&words.title.dpia, assessment::draft(processing, speech)),
    };
    Document {
        form: FORM,
        kind,
        language: words.language.clone(),
        direction: words.direction,
        texts: words.version.clone(),
        title: title.clone(),
        missing: kind.missing(processing),
        sections,
        processing: processing.clone(),
    }
}

impl Document {
    /// The document as JSON, with its digest.
    pub fn json(&self) -> Value {
        // Nothing in a document is a map with other keys than text, so this cannot fail.
        let mut value = serde_json::to_value(self).unwrap_or_default();
        let digest = canonical::digest(&value);
        if let Some(fields) = value.as_object_mut() {
            fields.insert(canonical::DIGEST.to_owned(), json!(digest));
        }
        value
    }

    /// SHA-256 over the canonical bytes.
    pub fn digest(&self) -> String {
        canonical::digest(&serde_json::to_value(self).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
