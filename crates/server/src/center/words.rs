//! The words of the privacy center: one TOML file per language, read once at the start.

use std::collections::BTreeMap;

use personal::kinds::DECLARATIONS;
use serde::Deserialize;

/// The files, in the languages of the banner.
const FILES: [(&str, &str); 8] = [
    ("de", include_str!("../../assets/center/texts/de.toml")),
    ("en", include_str!("../../assets/center/texts/en.toml")),
    ("es", include_str!("../../assets/center/texts/es.toml")),
    ("fr", include_str!("../../assets/center/texts/fr.toml")),
    ("it", include_str!("../../assets/center/texts/it.toml")),
    ("nb", include_str!("../../assets/center/texts/nb.toml")),
    ("nl", include_str!("../../assets/center/texts/nl.toml")),
    ("pl", include_str!("../../assets/center/texts/pl.toml")),
];

macro_rules! words {
    ($($field:ident $([$($placeholder:ident),+])?),+ $(,)?) => {
        /// The words of one language.
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Words {
            /// Its tag (BCP 47).
            #[serde(skip)]
            pub language: &'static str,
            $(pub(super) $field: String,)+
            kinds: BTreeMap<String, String>,
        }

        impl Words {
            /// Every text with the placeholders that it must name.
            fn all(&self) -> Vec<(&'static str, &str, Vec<&'static str>)> {
                vec![$((
                    stringify!($field),
                    self.$field.as_str(),
                    vec![$($(concat!("{", stringify!($placeholder), "}")),+)?],
                ),)+]
            }
        }
    };
}

words! {
    title, for_shop [shop], skip, back, leave, left_title, left_text,
    enter_title, enter_text [shop], enter_button, closed_title, closed_text,
    mail_title, mail_text, mail_address, mail_what, mail_send, mailed_title, mailed_text [minutes],
    again_title, again_text [minutes], one_thing, failed_title, failed_text,
    overview, your_data, erase,
    known_title, known_history, known_nothing,
    choices_title, given [date, until], refused [date], withdrawn [date], paused [date, until],
    yes, go_on, no,
    part_on, part_off [date], part_new, part_leave, part_let, part_without, part_same,
    keep_title, keep_text, keep_longest, keep_own [days], keep_save,
    stranger_title, stranger_text, stranger_start, stranger_now, stranger_end,
    preview_title, preview_text, preview_with, preview_without, preview_same,
    kept_title, kept_nothing, kept_entries, kept_what, kept_longest, kept_days [days],
    gets_title, gets_nobody, told_title, told_waits [who, date], told_took [who, date],
    told_answered [who, date],
    data_title, data_text, data_nothing, when, deed, item, until, take_out,
    view, add_to_cart, remove_from_cart, add_to_wishlist, purchase, refund, older, newest,
    stated_title, size [value], category [value],
    looks_title, looks_nobody, looks_staff [when, role, what, reason], looks_own [count, when],
    machine_title, machine_text, machine_nothing, machine_day, machine_purpose, machine_count,
    models [visits, orders], taken_out, gone, saved,
    download_title, download_text, download,
    lock_title, lock_text, lock_passphrase, lock_recipient, lock_failed,
    erase_title, erase_text, goes, stays, stays_until [what, until, basis], backups [until],
    confirm, erase_now, erased_title, erased_text, receipt,
}

impl Words {
    /// What a table holds.
    pub(super) fn kind<'a>(&'a self, table: &'a str) -> &'a str {
        self.kinds.get(table).map_or(table, String::as_str)
    }
}

/// Why the words cannot be used; only a mistake in the program's own files makes it.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// Not TOML, or a text is missing or unknown.
    #[error("center/texts/{0}.toml: {1}")]
    Toml(&'static str, Box<toml::de::Error>),
    /// A text that lacks a placeholder, is empty, or has one that stands for nothing.
    #[error("center/texts/{0}.toml: {1}")]
    Text(&'static str, String),
}

/// The words of every language.
#[derive(Clone, Debug)]
pub struct Library(Vec<Words>);

impl Library {
    /// Reads the program's own files.
    ///
    /// # Errors
    /// [`WordsError`].
    pub fn read() -> Result<Self, WordsError> {
        FILES
            .iter()
            .map(|&(language, text)| parse(language, text))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The first language of the list that there is; English otherwise. Norwegian is Bokmål here.
    pub fn nearest<'a>(&self, asked: impl IntoIterator<Item = &'a str>) -> Option<&Words> {
        let named = |tag: &str| {
            let primary = tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
            let primary = if matches!(primary.as_str(), "no" | "nn") { "nb" } else { &primary };
            self.0.iter().find(|words| words.language == primary)
        };
        asked.into_iter().find_map(named).or_else(|| named("en"))
    }

    /// The tags of all languages.
    pub fn languages(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|words| words.language)
    }
}

fn parse(language: &'static str, text: &str) -> Result<Words, WordsError> {
    let mut words: Words =
        toml::from_str(text).map_err(|error| WordsError::Toml(language, Box::new(error)))?;
    words.language = language;
    let wrong = |key: &str, why: &str| Err(WordsError::Text(language, format!("{key} {why}")));
    for (key, text, placeholders) in words.all() {
        let mut rest = text.to_owned();
        for placeholder in placeholders {
            if rest.matches(placeholder).count() != 1 {
                return wrong(key, &format!("must name {placeholder} once"));
            }
            rest = rest.replace(placeholder, "");
        }
        if text.trim().is_empty() || rest.contains(['{', '}', '<', '>']) {
            return wrong(key, "is empty or has a brace that stands for nothing");
        }
    }
    for declaration in DECLARATIONS {
        if !words.kinds.contains_key(declaration.table) {
            return wrong("kinds", &format!("has no {}", declaration.table));
        }
    }
    Ok(words)
}

/// Puts values into a text.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        filled.push_str(before);
        let value = values.iter().find(|(known, _)| *known == name);
        filled.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The languages of an `Accept-Language` header, best first (RFC 9110, section 12.5.4).
pub(super) fn accepted(header: &str) -> Vec<&str> {
    let mut tags: Vec<(u32, &str)> = Vec::new();
    for part in header.split(',').take(20) {
        let mut halves = part.split(';');
        let tag = halves.next().unwrap_or_default().trim();
        let weight = halves.next().and_then(|half| half.trim().strip_prefix("q="));
        let weight = weight.map_or(Some(1.0), |text| text.parse::<f32>().ok()).unwrap_or(0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        let weight = (weight.clamp(0.0, 1.0) * 1_000.0) as u32;
        if weight > 0 && !tag.is_empty() {
            tags.push((weight, tag));
        }
    }
    tags.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    tags.into_iter().map(|(_, tag)| tag).collect()
}

#[cfg(test)]
mod tests;
