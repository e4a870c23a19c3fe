//! What the shop has to write down and tell (the room `notices`), computed from this program's
//! declarations and this shop's settings, and kept for the day.
//!
//! One path: [`processing`] gathers what is done, [`speech`] finds the words, [`Papers::of`] makes
//! a document in every format. Nothing here is about a person, and nothing is written to disk.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use consent::dpv::terms;
use consent::request::CONSENT_DAYS_MAX;
use domain::time::Day;
use notices::document::{Document, Kind, document};
use notices::facts::{Controller, Limits, Processing, Source, Technical};
use notices::speech::{Speech, SpeechError};
use notices::words::{FILES, Words};
use notices::{dpv, html};
use personal::kinds::DECLARATIONS;
use personal::purpose::PurposeName;
use personal::register::READERS;
use serde_json::Value;
use store::schema::TECHNICAL;

use crate::banner::texts::Library;
use crate::recipients::named;
use crate::settings::Settings;

pub mod settings;

/// The language when neither the one that is asked for nor the shop's own has words.
const ENGLISH: &str = "en";

/// Why a document cannot be made. Tests hold that it always can.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// No words.
    #[error("there are no words for notices in {0}")]
    Language(String),
    /// The words do not name everything.
    #[error(transparent)]
    Speech(#[from] SpeechError),
    /// The JSON writer.
    #[error("a document cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// A document in its formats.
#[derive(Debug)]
pub struct Paper {
    /// SHA-256 over the canonical bytes of the document.
    pub digest: String,
    /// The language.
    pub language: String,
    /// What the shop still has to state, as keys of the settings.
    pub missing: Vec<String>,
    /// As JSON, with the digest.
    pub json: Value,
    /// As a page.
    pub html: String,
    /// As JSON-LD; only of the record of processing.
    pub dpv: Option<Value>,
}

/// The documents that were asked for today.
#[derive(Debug, Default)]
pub struct Papers(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    day: Option<Day>,
    papers: BTreeMap<(Kind, String), Arc<Paper>>,
}

impl Papers {
    /// A document of today, in the language that comes nearest.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn of(
        &self,
        kind: Kind,
        language: Option<&str>,
        (settings, library, today): (&Settings, &Library, Day),
    ) -> Result<Arc<Paper>, PaperError> {
        let tag = nearest(library, language.unwrap_or(&settings.banner.language));
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.day != Some(today) {
            // Decisions on adequacy count between their days.
            *kept = Kept { day: Some(today), papers: BTreeMap::new() };
        }
        if let Some(paper) = kept.papers.get(&(kind, tag.clone())) {
            return Ok(Arc::clone(paper));
        }
        let paper = Arc::new(paper(kind, &processing(settings, today), &speech(library, &tag)?)?);
        kept.papers.insert((kind, tag), Arc::clone(&paper));
        Ok(paper)
    }
}

/// Makes a document in its formats.
///
/// # Errors
/// [`PaperError::Json`].
pub fn paper(kind: Kind, processing: &Processing, speech: &Speech) -> Result<Paper, PaperError> {
    let document: Document = document(kind, processing, speech);
    Ok(Paper {
        digest: document.digest(),
        language: document.language.clone(),
        missing: document.missing.clone(),
        json: document.json(),
        html: html::page(&document, speech),
        dpv: (kind == Kind::Ropa).then(|| dpv::record(&document, speech, &dpv_terms())),
    })
}

/// The words of this program, read once.
static WORDS: LazyLock<BTreeMap<&'static str, Words>> = LazyLock::new(|| {
    let read = |(tag, file): (&'static str, &'static str)| Some((tag, Words::parse(file).ok()?));
    FILES.into_iter().filter_map(read).collect()
});

/// The language with words that comes nearest: that of the banner, or its relative, or English.
pub fn nearest(library: &Library, asked: &str) -> String {
    let banner = library.nearest(Some(asked)).map_or(ENGLISH, |texts| texts.language.as_str());
    let primary = banner.split('-').next().unwrap_or(banner);
    let known = [banner, primary].into_iter().find(|tag| WORDS.contains_key(tag));
    known.unwrap_or(ENGLISH).to_owned()
}

/// The words of a language; what people are asked about is called as the banner calls it.
///
/// # Errors
/// [`PaperError`].
pub fn speech(library: &Library, tag: &str) -> Result<Speech, PaperError> {
    let missing = || PaperError::Language(tag.to_owned());
    let words = WORDS.get(tag).ok_or_else(missing)?.clone();
    let named = library.of(tag).ok_or_else(missing)?.named();
    Ok(Speech::new(words, &named, &DECLARATIONS, &technical())?)
}

/// What this shop does with personal data.
pub fn processing(settings: &Settings, today: Day) -> Processing {
    let from = &settings.controller;
    // Nobody is asked where nobody's age is known.
    let asked = if settings.child_directed { &[][..] } else { &settings.banner.purposes };
    notices::facts::processing(&Source {
        shop: settings.shop.as_str(),
        controller: Controller {
            name: from.name.clone(),
            address: from.address.clone(),
            contact: from.contact.clone(),
            consent_page: from.consent_page.clone(),
            rights_page: from.rights_page.clone(),
            stored_in: from.stored_in.clone(),
            authority: from.authority.clone(),
            officer: settings.notice.protection_officer.clone(),
            representative: settings.notice.representative.clone(),
        },
        asked,
        declarations: &DECLARATIONS,
        readers: &READERS,
        technical: technical(),
        recipients: named(settings, today),
        security: settings.notice.security.clone(),
        limits: Limits {
            backup_keep_days: settings.backup_keep_days,
            consent_days_max: CONSENT_DAYS_MAX,
            supporters_min: settings.recommend.supporters_min,
            popular_min: settings.recommend.popular_min,
            child_directed: settings.child_directed,
            tls: settings.public.tls().is_some(),
        },
    })
}

fn technical() -> Vec<Technical> {
    let one = |one: &store::schema::Technical| Technical {
        file: one.file.to_owned(),
        table: one.table.to_owned(),
        columns: one.columns.iter().map(|&column| column.to_owned()).collect(),
    };
    TECHNICAL.iter().map(one).collect()
}

/// The terms that records of consent use.
fn dpv_terms() -> dpv::Terms {
    let purposes = PurposeName::ALL.into_iter();
    let purposes = purposes.map(|one| (one.as_str().to_owned(), terms::meaning(one).0));
    let categories = DECLARATIONS.iter().map(|one| one.category);
    let categories = categories.map(|one| (one.as_str().replace(' ', "_"), terms::category(one)));
    dpv::Terms { purposes: purposes.collect(), categories: categories.collect() }
}

#[cfg(test)]
mod tests;
