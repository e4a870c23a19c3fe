//! The words of the banner: one TOML file per language, read once at the start.
//!
//! The files of the program and those of the shop have the same form. A file is refused with its
//! name and key when a word is missing, unknown, empty, too long or lacks a placeholder, so that
//! nobody is ever shown half a notice.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use notices::speech::Named;
use personal::feature::Feature;
use personal::kinds::DECLARATIONS;
use personal::purpose::{LawfulBasis, PurposeName};
use personal::record::Declaration;
use serde::{Deserialize, Serialize};
use toml::Value;

/// The files that are part of the program.
pub const FILES: [(&str, &str); 8] = [
    ("de", include_str!("../../assets/banner/texts/de.toml")),
    ("en", include_str!("../../assets/banner/texts/en.toml")),
    ("es", include_str!("../../assets/banner/texts/es.toml")),
    ("fr", include_str!("../../assets/banner/texts/fr.toml")),
    ("it", include_str!("../../assets/banner/texts/it.toml")),
    ("nb", include_str!("../../assets/banner/texts/nb.toml")),
    ("nl", include_str!("../../assets/banner/texts/nl.toml")),
    ("pl", include_str!("../../assets/banner/texts/pl.toml")),
];
/// Largest file, in bytes.
pub const FILE_BYTES_MAX: u64 = 32 * 1024;
/// Most files of a folder.
pub const FILES_MAX: usize = 100;
/// Longest text, in characters.
pub const TEXT_CHARS_MAX: usize = 500;
/// Longest language tag, in bytes (BCP 47, section 4.4.1).
pub const LANGUAGE_BYTES_MAX: usize = 35;

/// Texts that name something, and what they must name. No other text has a placeholder.
const PLACEHOLDERS: &[(&str, &[&str])] = &[
    ("banner.opt_in", &["{purposes}"]),
    ("banner.opt_out", &["{purposes}"]),
    ("settings.kept", &["{what}", "{days}"]),
    ("settings.lasting_long", &["{days}"]),
    ("settings.lasting_days", &["{days}"]),
    ("settings.lasting_visit", &["{minutes}", "{hours}"]),
    ("facts.proof", &["{days}"]),
    ("facts.yes_ends", &["{days}"]),
    ("facts.ask_again_days", &["{n}"]),
    ("facts.ask_again_months", &["{n}"]),
    ("out.pause", &["{days}"]),
];

/// Why texts cannot be used. Names file and key.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// The fallback language is not there.
    #[error("banner.language: there are no texts in {0}")]
    Fallback(String),
    /// No text for a kind of data.
    #[error("{file}: [kinds] has neither {table} nor {category}")]
    Kind {
        /// The file.
        file: String,
        /// The table that is declared.
        table: &'static str,
        /// What would do instead.
        category: String,
    },
    /// The file is not named after its language.
    #[error("{file}: a file is named after its language, a tag such as pt-BR")]
    Language {
        /// The file.
        file: String,
    },
    /// Not readable.
    #[error("{file}: {error}")]
    Read {
        /// The file or folder.
        file: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// One text.
    #[error("{file}: {key} {why}")]
    Text {
        /// The file.
        file: String,
        /// The key of the text.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// Not TOML, a key that is missing or unknown, or a wrong type.
    #[error("{file}: {error}")]
    Toml {
        /// The file.
        file: String,
        /// What the parser says.
        error: Box<toml::de::Error>,
    },
    /// Too large.
    #[error("{file}: more than {FILE_BYTES_MAX} bytes")]
    TooLarge {
        /// The file.
        file: String,
    },
    /// Too many files.
    #[error("{0}: more than {FILES_MAX} files")]
    TooMany(String),
}

/// The direction in which a language is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($field:ident),+ $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(super) struct $name { $(pub(super) $field: String,)+ }
        )+
    };
}

words! {
    /// The banner.
    BannerWords { title, opt_in, opt_out, refuse, accept, choose, close }
    /// What is said of an opt-out signal.
    SignalWords { honored_title, honored, counts_as_no, always_no, ok }
    /// The preferences.
    SettingsWords {
        title, off, on, no, yes, save, kept, nothing_kept, leave_out, lasting, lasting_long,
        lasting_days, lasting_visit,
    }
    /// What else a person should know.
    FactsWords { title, number, proof, yes_ends, ask_again_days, ask_again_months }
    /// Taking a yes back.
    OutWords { title, pause, pause_button, withdraw, withdraw_button }
    /// What became of a choice.
    StatusWords { saved, failed, stopped }
    /// One purpose.
    PurposeWords { title, text }
}

/// The words of one language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// Its tag (BCP 47).
    pub language: String,
    /// How it is written.
    pub direction: Direction,
    /// Which version of the words this is; it stands in the notice's digest.
    pub version: String,
    pub(super) banner: BannerWords,
    pub(super) signal: SignalWords,
    pub(super) settings: SettingsWords,
    pub(super) facts: FactsWords,
    pub(super) out: OutWords,
    pub(super) status: StatusWords,
    pub(super) purposes: BTreeMap<PurposeName, PurposeWords>,
    features: BTreeMap<String, String>,
    kinds: BTreeMap<String, String>,
}

impl Texts {
    /// Reads one file; `name` is its name without `.toml`.
    ///
    /// # Errors
    /// [`TextsError`].
    pub fn parse(name: &str, text: &str) -> Result<Self, TextsError> {
        let file = format!("{name}.toml");
        let malformed = |error| TextsError::Toml { file: file.clone(), error: Box::new(error) };
        let whole: Value = toml::from_str(text).map_err(malformed)?;
        check(&file, "", &whole)?;
        let texts: Self = toml::from_str(text).map_err(malformed)?;
        if texts.language != name || !is_tag(name) {
            return Err(TextsError::Language { file });
        }
        for purpose in PurposeName::ALL {
            let asked = purpose.basis() == LawfulBasis::Consent;
            if asked != texts.purposes.contains_key(&purpose) {
                let why = if asked { "is missing" } else { "does not rest on consent" }.to_owned();
                return Err(TextsError::Text {
                    file,
                    key: format!("purposes.{}", purpose.as_str()),
                    why,
                });
            }
        }
        let known = Feature::ALL.map(Feature::as_str);
        let missing = known.iter().find(|name| !texts.features.contains_key(**name));
        let strange = texts.features.keys().find(|name| !known.contains(&name.as_str()));
        let wrong = missing.map(|name| (*name, "is missing"));
        let wrong = wrong.or_else(|| strange.map(|name| (name.as_str(), "is no feature")));
        if let Some((name, why)) = wrong {
            let (key, why) = (format!("features.{name}"), why.to_owned());
            return Err(TextsError::Text { file, key, why });
        }
        for kind in asked_kinds() {
            if texts.kind(kind).is_none() {
                let category = category(kind);
                return Err(TextsError::Kind { file, table: kind.table, category });
            }
        }
        Ok(texts)
    }

    /// What a feature is called.
    pub(super) fn feature(&self, feature: Feature) -> Option<&str> {
        self.features.get(feature.as_str()).map(String::as_str)
    }

    /// What a declared kind of data is called: by its own name, or by its category.
    pub(super) fn kind(&self, kind: &Declaration) -> Option<&str> {
        let own = self.kinds.get(kind.table);
        own.or_else(|| self.kinds.get(&category(kind))).map(String::as_str)
    }
}

impl Texts {
    /// The words for what people are asked about, for the notices that call it by the same names.
    pub fn named(&self) -> Named {
        let words = |(purpose, words): (&PurposeName, &PurposeWords)| {
            (*purpose, (words.title.clone(), words.text.clone()))
        };
        let table = |kind: &'static Declaration| {
            let what = self.kind(kind).unwrap_or(kind.what).to_owned();
            (kind.table.to_owned(), what)
        };
        Named {
            purposes: self.purposes.iter().map(words).collect(),
            tables: asked_kinds().map(table).collect(),
        }
    }
}

/// The kinds of data that rest on consent, in the order of the inventory.
fn asked_kinds() -> impl Iterator<Item = &'static Declaration> {
    DECLARATIONS.iter().filter(|kind| kind.purpose.basis() == LawfulBasis::Consent)
}

fn category(kind: &Declaration) -> String {
    kind.category.as_str().replace(' ', "_")
}

/// Whether a text is a language tag.
pub fn is_tag(text: &str) -> bool {
    let known = text.bytes().all(|b| b == b'-' || b.is_ascii_alphanumeric());
    known && (2..=LANGUAGE_BYTES_MAX).contains(&text.len())
}

/// Every text is there, short, without control characters, and names what it must name.
fn check(file: &str, key: &str, value: &Value) -> Result<(), TextsError> {
    let wrong =
        |why: String| Err(TextsError::Text { file: file.to_owned(), key: key.to_owned(), why });
    let text = match value {
        Value::Table(table) => {
            for (name, value) in table {
                let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                check(file, &key, value)?;
            }
            return Ok(());
        }
        Value::String(text) => text,
        Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Datetime(_)
        | Value::Array(_) => return wrong("is no text".to_owned()),
    };
    let chars = text.chars().count();
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return wrong("is empty or has control characters or line ends".to_owned());
    }
    if chars > TEXT_CHARS_MAX {
        return wrong(format!("has {chars} characters, at most {TEXT_CHARS_MAX} are shown"));
    }
    let needed = PLACEHOLDERS.iter().find(|(known, _)| *known == key);
    let needed = needed.map_or(&[][..], |(_, names)| names);
    let mut rest = text.clone();
    for name in needed {
        if text.matches(name).count() != 1 {
            return wrong(format!("must name {name} once"));
        }
        rest = rest.replace(name, "");
    }
    if rest.contains(['{', '}', '<', '>']) {
        return wrong("has a brace or an angle bracket that stands for nothing".to_owned());
    }
    Ok(())
}

/// The words of every language that there is.
#[derive(Clone, Debug)]
pub struct Library {
    texts: BTreeMap<String, Texts>,
    fallback: String,
}

impl Library {
    /// The words of the program, and those of a folder added or instead.
    ///
    /// # Errors
    /// [`TextsError`].
    pub fn read(folder: Option<&Path>, fallback: &str) -> Result<Self, TextsError> {
        let mut texts = BTreeMap::new();
        for (name, text) in FILES {
            texts.insert(name.to_owned(), Texts::parse(name, text)?);
        }
        for path in folder.map(files).transpose()?.unwrap_or_default() {
            let own = read(&path)?;
            texts.insert(own.language.clone(), own);
        }
        let library = Self { texts, fallback: fallback.to_owned() };
        match library.texts.contains_key(fallback) {
            true => Ok(library),
            false => Err(TextsError::Fallback(fallback.to_owned())),
        }
    }

    /// The texts of the language that comes nearest: the same tag, the same language elsewhere,
    /// Bokmål for Norwegian, and the shop's own where nothing does.
    pub fn nearest(&self, asked: Option<&str>) -> Option<&Texts> {
        let asked = asked.unwrap_or(&self.fallback).to_ascii_lowercase();
        let named = |wanted: &str| {
            self.texts.values().find(|texts| texts.language.eq_ignore_ascii_case(wanted))
        };
        let primary = asked.split('-').next().unwrap_or(&asked);
        let elsewhere = || {
            let same = |texts: &&Texts| texts.language.split('-').next() == Some(primary);
            self.texts.values().find(same)
        };
        let norwegian = || matches!(primary, "no" | "nn").then(|| named("nb")).flatten();
        let found = named(&asked).or_else(|| named(primary)).or_else(elsewhere);
        found.or_else(norwegian).or_else(|| self.texts.get(&self.fallback))
    }

    /// The texts of exactly this language.
    pub fn of(&self, tag: &str) -> Option<&Texts> {
        self.texts.get(tag)
    }

    /// Every language, in the order of tags.
    pub fn all(&self) -> impl Iterator<Item = &Texts> {
        self.texts.values()
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, TextsError> {
    let name = || folder.display().to_string();
    let failed = |error| TextsError::Read { file: name(), error };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            found.push(path);
        }
        if found.len() > FILES_MAX {
            return Err(TextsError::TooMany(name()));
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Result<Texts, TextsError> {
    let file = || path.display().to_string();
    let failed = |error| TextsError::Read { file: file(), error };
    let mut text = String::new();
    let open = fs::File::open(path).map_err(failed)?;
    open.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(TextsError::TooLarge { file: file() });
    }
    Texts::parse(path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default(), &text)
}

#[cfg(test)]
mod tests;
