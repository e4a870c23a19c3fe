//! The words of mails: one TOML file per language, read once at the start; any text can be the
//! shop's own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The files of the program, in the languages of the banner.
const FILES: [(&str, &str); 8] = [
    ("de", include_str!("../../assets/mail/texts/de.toml")),
    ("en", include_str!("../../assets/mail/texts/en.toml")),
    ("es", include_str!("../../assets/mail/texts/es.toml")),
    ("fr", include_str!("../../assets/mail/texts/fr.toml")),
    ("it", include_str!("../../assets/mail/texts/it.toml")),
    ("nb", include_str!("../../assets/mail/texts/nb.toml")),
    ("nl", include_str!("../../assets/mail/texts/nl.toml")),
    ("pl", include_str!("../../assets/mail/texts/pl.toml")),
];
/// Longest text, in characters.
const TEXT_CHARS_MAX: usize = 2_000;
/// Every text with the placeholders that it must name, each once.
const TEXTS: [(&str, &[&str]); 30] = [
    ("link_subject", &["shop"]),
    ("link_text", &["shop", "what", "minutes"]),
    ("link_account", &["shop", "minutes"]),
    ("link_warning", &[]),
    ("what_all", &[]),
    ("what_choices", &[]),
    ("what_download", &[]),
    ("what_erase", &[]),
    ("notice_subject", &["shop"]),
    ("notice_seen", &["shop", "when"]),
    ("notice_downloaded", &["shop", "when"]),
    ("notice_erased", &["shop", "when"]),
    ("notice_object", &["contact"]),
    ("notice_center", &["center"]),
    ("request_subject", &["shop"]),
    ("request_received", &["shop", "what", "date"]),
    ("request_extended", &["shop", "what", "date"]),
    ("request_complex", &[]),
    ("request_many", &[]),
    ("request_done", &["shop", "what"]),
    ("request_partly", &[]),
    ("request_results", &["date"]),
    ("request_stands", &["shop"]),
    ("request_changed", &["shop"]),
    ("request_refused", &["shop", "what"]),
    ("request_expired", &["shop", "what"]),
    ("request_complain", &["contact"]),
    ("request_lift", &["shop", "date"]),
    ("request_lift_object", &["contact"]),
    ("footer", &["shop"]),
];

/// Why the words cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// No language of ours.
    #[error("mail.texts: {0} is not named after a language such as en.toml")]
    Language(String),
    /// Not readable.
    #[error("mail.texts: cannot read {path}: {error}")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// One text.
    #[error("mail.texts: {language}.toml: {key} {why}")]
    Text {
        /// The language.
        language: String,
        /// The key.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// Not TOML.
    #[error("mail.texts: {0}.toml: {1}")]
    Toml(String, Box<toml::de::Error>),
}

/// The words of one language.
#[derive(Clone, Debug)]
pub struct Words {
    /// Its tag (BCP 47).
    pub language: &'static str,
    texts: BTreeMap<String, String>,
}

impl Words {
    /// A text with its values in it.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let text = self.texts.get(key).map_or("", String::as_str);
        crate::center::words::fill(text, values)
    }
}

/// The words of every language.
#[derive(Clone, Debug)]
pub struct Library(Vec<Words>);

impl Library {
    /// Reads the program's files, and those of the shop over them.
    ///
    /// # Errors
    /// [`WordsError`].
    pub fn read(own: Option<&Path>) -> Result<Self, WordsError> {
        let mut all = Vec::with_capacity(FILES.len());
        for (language, text) in FILES {
            all.push(Words { language, texts: parse(language, text)? });
        }
        if let Some(folder) = own {
            overlay(&mut all, folder)?;
        }
        for words in &all {
            for (key, _) in TEXTS {
                if !words.texts.contains_key(key) {
                    return Err(wrong(words.language, key, "is missing".to_owned()));
                }
            }
        }
        Ok(Self(all))
    }

    /// The words of a language, or English. Norwegian is Bokmål here.
    pub fn of(&self, language: &str) -> Option<&Words> {
        let named = |tag: &str| {
            let primary = tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
            let primary = if matches!(primary.as_str(), "no" | "nn") { "nb" } else { &primary };
            self.0.iter().find(|words| words.language == primary)
        };
        named(language).or_else(|| named("en"))
    }
}

fn overlay(all: &mut [Words], folder: &Path) -> Result<(), WordsError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error| WordsError::Read { path, error }
    };
    let files = std::fs::read_dir(folder).map_err(unreadable(folder))?;
    for file in files.take(100) {
        let path = file.map_err(unreadable(folder))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let found = name
            .strip_suffix(".toml")
            .and_then(|tag| all.iter_mut().find(|words| words.language == tag));
        let Some(words) = found else { return Err(WordsError::Language(name)) };
        let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
        words.texts.extend(parse(words.language, &text)?);
    }
    Ok(())
}

fn wrong(language: &str, key: &str, why: String) -> WordsError {
    WordsError::Text { language: language.to_owned(), key: key.to_owned(), why }
}

fn parse(language: &str, text: &str) -> Result<BTreeMap<String, String>, WordsError> {
    let texts: BTreeMap<String, String> = toml::from_str(text)
        .map_err(|error| WordsError::Toml(language.to_owned(), Box::new(error)))?;
    for (key, text) in &texts {
        let Some((_, placeholders)) = TEXTS.iter().find(|(known, _)| known == key) else {
            return Err(wrong(language, key, "is no text of a mail".to_owned()));
        };
        let mut rest = text.clone();
        for placeholder in *placeholders {
            let placeholder = format!("{{{placeholder}}}");
            if rest.matches(&placeholder).count() != 1 {
                return Err(wrong(language, key, format!("must name {placeholder} once")));
            }
            rest = rest.replace(&placeholder, "");
        }
        let subject = key.ends_with("_subject");
        if text.trim().is_empty()
            || text.chars().count() > TEXT_CHARS_MAX
            || rest.contains(['{', '}'])
            || rest.chars().any(|c| c.is_control() && (subject || c != '\n'))
        {
            let why = "is empty, too long, or has a brace or control character too many";
            return Err(wrong(language, key, why.to_owned()));
        }
    }
    Ok(texts)
}
