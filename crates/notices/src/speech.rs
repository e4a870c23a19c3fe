//! The words of one language, known to name everything that is declared.
//!
//! What people are asked about has its words from the banner, handed in as [`Named`], so that
//! notice and banner call one thing by one name. Everything else has them from [`Words`].

use std::collections::BTreeMap;

use personal::purpose::{LawfulBasis, PurposeName};
use personal::record::Declaration;

use crate::facts::{self, Technical};
use crate::words::{PurposeWords, Words};

/// The banner's words for what people are asked about.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// Title and text of each purpose that rests on consent.
    pub purposes: BTreeMap<PurposeName, (String, String)>,
    /// What the tables of such purposes hold, by table.
    pub tables: BTreeMap<String, String>,
}

/// Why words cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpeechError {
    /// Something that is declared has no word.
    #[error("words of notices in {language}: {key} is missing")]
    Missing {
        /// The language.
        language: String,
        /// The key.
        key: String,
    },
    /// A word for something that is not declared, or that the banner names.
    #[error("words of notices in {language}: {key} names nothing that is declared here")]
    Unknown {
        /// The language.
        language: String,
        /// The key.
        key: String,
    },
}

/// Words that name everything.
#[derive(Clone, Debug)]
pub struct Speech {
    pub(crate) words: Words,
    purposes: BTreeMap<String, PurposeWords>,
    tables: BTreeMap<String, String>,
}

impl Speech {
    /// Takes the words when they name every table, field, category and purpose, and nothing else.
    ///
    /// # Errors
    /// [`SpeechError`] with the first key that is wrong.
    pub fn new(
        words: Words,
        named: &Named,
        declarations: &[Declaration],
        technical: &[Technical],
    ) -> Result<Self, SpeechError> {
        compare(&words, declarations, technical)?;
        let missing = |key: String| SpeechError::Missing { language: words.language.clone(), key };
        let mut purposes = words.purposes.clone();
        for purpose in PurposeName::ALL.into_iter().filter(|one| is_asked(*one)) {
            let found = named.purposes.get(&purpose);
            let (title, text) = found
                .ok_or_else(|| missing(format!("the banner's purposes.{}", purpose.as_str())))?;
            let words = PurposeWords { title: title.clone(), text: text.clone() };
            purposes.insert(purpose.as_str().to_owned(), words);
        }
        let mut tables = words.tables.clone();
        for one in declarations.iter().filter(|one| is_asked(one.purpose)) {
            let found = named.tables.get(one.table);
            let found =
                found.ok_or_else(|| missing(format!("the banner's kinds.{}", one.table)))?;
            tables.insert(one.table.to_owned(), found.clone());
        }
        Ok(Self { words, purposes, tables })
    }

    /// The language (BCP 47).
    pub fn language(&self) -> &str {
        &self.words.language
    }

    pub(crate) fn purpose(&self, purpose: &str) -> String {
        self.purposes.get(purpose).map_or_else(|| purpose.to_owned(), |one| heading(&one.title))
    }

    pub(crate) fn purpose_text(&self, purpose: &str) -> String {
        self.purposes.get(purpose).map(|one| one.text.clone()).unwrap_or_default()
    }

    pub(crate) fn table(&self, table: &str) -> String {
        heading(self.tables.get(table).map_or(table, String::as_str))
    }

    pub(crate) fn field(&self, table: &str, field: &str) -> String {
        let found = self.words.fields.get(table).and_then(|fields| fields.get(field));
        found.cloned().unwrap_or_else(|| field.to_owned())
    }

    pub(crate) fn category(&self, category: &str) -> String {
        self.words.category.get(category).cloned().unwrap_or_else(|| category.to_owned())
    }

    pub(crate) fn basis(&self, basis: &str) -> String {
        self.words.basis.get(basis).cloned().unwrap_or_else(|| basis.to_owned())
    }

    pub(crate) fn technical(&self, table: &str) -> String {
        self.words.technical.get(table).cloned().unwrap_or_default()
    }

    pub(crate) fn days(&self, days: u32) -> String {
        fill(&self.words.phrase.days, &[("{days}", &days.to_string())])
    }
}

/// Whether people are asked, so that the banner has the words.
fn is_asked(purpose: PurposeName) -> bool {
    purpose.basis() == LawfulBasis::Consent
}

/// Puts values where a sentence names them.
pub(crate) fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(sentence.to_owned(), |text, (name, value)| text.replace(name, value))
}

/// A phrase as a heading: the same with a capital at the start.
pub(crate) fn heading(phrase: &str) -> String {
    let mut chars = phrase.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

/// Compares the keys of the words with what is declared, both ways.
fn compare(
    words: &Words,
    declarations: &[Declaration],
    technical: &[Technical],
) -> Result<(), SpeechError> {
    let own = |purpose: &PurposeName| !is_asked(*purpose);
    let purposes = PurposeName::ALL.into_iter().filter(own).map(|one| one.as_str().to_owned());
    same(words, "purposes", words.purposes.keys(), purposes)?;
    let tables = declarations.iter().filter(|one| own(&one.purpose));
    same(words, "tables", words.tables.keys(), tables.map(|one| one.table.to_owned()))?;
    let all = declarations.iter().map(|one| one.table.to_owned());
    same(words, "fields", words.fields.keys(), all)?;
    for one in declarations {
        let known = words.fields.get(one.table).into_iter().flat_map(BTreeMap::keys);
        let fields = one.fields.iter().map(|field| field.name.to_owned());
        same(words, &format!("fields.{}", one.table), known, fields)?;
    }
    let categories = declarations.iter().map(|one| facts::category(one.category));
    same(words, "category", words.category.keys(), categories)?;
    let names = technical.iter().map(|one| one.table.clone());
    same(words, "technical", words.technical.keys(), names)?;
    let bases = PurposeName::ALL.into_iter().map(|one| facts::basis(one.basis()).to_owned());
    same(words, "basis", words.basis.keys(), bases)
}

fn same<'a>(
    words: &Words,
    section: &str,
    known: impl Iterator<Item = &'a String>,
    declared: impl Iterator<Item = String>,
) -> Result<(), SpeechError> {
    let language = words.language.clone();
    let mut known: Vec<&String> = known.collect();
    let declared: std::collections::BTreeSet<String> = declared.collect();
    for name in &declared {
        if !known.contains(&name) {
            return Err(SpeechError::Missing { language, key: format!("{section}.{name}") });
        }
    }
    known.retain(|name| !declared.contains(*name));
    match known.first() {
        Some(name) => Err(SpeechError::Unknown { language, key: format!("{section}.{name}") }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
