//! The words of the page of requests: one TOML file per language, read once at the start.

use std::collections::BTreeMap;

use rights::request::denial::Denial;
use rights::request::kind::Kind;
use rights::request::lift::LiftReason;
use rights::request::state::State;
use serde::Deserialize;

use crate::center::words::WordsError;

/// The files, in the languages of the center.
const FILES: [(&str, &str); 8] = [
    ("de", include_str!("../../../assets/center/requests/de.toml")),
    ("en", include_str!("../../../assets/center/requests/en.toml")),
    ("es", include_str!("../../../assets/center/requests/es.toml")),
    ("fr", include_str!("../../../assets/center/requests/fr.toml")),
    ("it", include_str!("../../../assets/center/requests/it.toml")),
    ("nb", include_str!("../../../assets/center/requests/nb.toml")),
    ("nl", include_str!("../../../assets/center/requests/nl.toml")),
    ("pl", include_str!("../../../assets/center/requests/pl.toml")),
];

macro_rules! texts {
    ($($field:ident $([$placeholder:literal])?),+ $(,)?) => {
        /// The words of one language.
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Texts {
            $(pub(super) $field: String,)+
            kinds: BTreeMap<String, String>,
            states: BTreeMap<String, String>,
            denials: BTreeMap<String, String>,
            lifts: BTreeMap<String, String>,
        }

        impl Texts {
            /// Every text with the placeholder that it must name once.
            fn all(&self) -> Vec<(&'static str, &str, Option<&'static str>)> {
                vec![$((
                    stringify!($field),
                    self.$field.as_str(),
                    [$(Some($placeholder),)? None].into_iter().flatten().next(),
                ),)+]
            }
        }
    };
}

texts! {
    title, lead, none, saved, arrived ["{date}"], due ["{date}"], late ["{date}"], complex,
    many_requests, waits ["{date}"], ended ["{date}"], refused ["{source}"], partly, stands,
    changed, resting, weighing, results ["{date}"], lift, take_back, make_title, restrict_title,
    restrict_text, restrict_button, object_title, object_text, object_to, fraud, marketing,
    lifting ["{date}"], lift_object, lifted ["{date}"], object_why, object_button, review_title, review_text, review_number, review_words,
    review_button,
}

impl Texts {
    /// The label of the page, where others lead to it.
    pub const fn label(&self) -> &str {
        self.title.as_str()
    }

    /// A kind of request.
    pub(crate) fn kind<'a>(&'a self, word: &'a str) -> &'a str {
        self.kinds.get(word).map_or(word, String::as_str)
    }

    /// Why a request was refused.
    pub(crate) fn denial<'a>(&'a self, word: &'a str) -> &'a str {
        self.denials.get(word).map_or(word, String::as_str)
    }

    /// Why a restriction ends.
    pub(crate) fn lift_reason<'a>(&'a self, word: &'a str) -> &'a str {
        self.lifts.get(word).map_or(word, String::as_str)
    }

    pub(super) fn state<'a>(&'a self, word: &'a str) -> &'a str {
        self.states.get(word).map_or(word, String::as_str)
    }
}

/// The words of every language.
#[derive(Clone, Debug)]
pub struct Shelf(BTreeMap<&'static str, Texts>);

impl Shelf {
    /// Reads the program's own files.
    ///
    /// # Errors
    /// [`WordsError`].
    pub fn read() -> Result<Self, WordsError> {
        let mut shelf = BTreeMap::new();
        for (language, text) in FILES {
            shelf.insert(language, parse(language, text)?);
        }
        Ok(Self(shelf))
    }

    /// The words of a language of the center.
    pub fn of(&self, language: &str) -> Option<&Texts> {
        self.0.get(language)
    }
}

fn parse(language: &'static str, text: &str) -> Result<Texts, WordsError> {
    let texts: Texts =
        toml::from_str(text).map_err(|error| WordsError::Toml(language, Box::new(error)))?;
    let wrong = |key: &str| Err(WordsError::Text(language, format!("requests: {key}")));
    for (key, text, placeholder) in texts.all() {
        let times = placeholder.map_or(1, |one| text.matches(one).count());
        let rest = placeholder.map_or_else(|| text.to_owned(), |one| text.replace(one, ""));
        if times != 1 || text.trim().is_empty() || rest.contains(['{', '}', '<', '>']) {
            return wrong(key);
        }
    }
    let missing =
        Kind::ALL.map(Kind::as_str).into_iter().find(|one| !texts.kinds.contains_key(*one));
    let states = State::ALL.map(State::as_str);
    let missing =
        missing.or_else(|| states.into_iter().find(|one| !texts.states.contains_key(*one)));
    let denials = Denial::ALL.map(Denial::as_str);
    let missing =
        missing.or_else(|| denials.into_iter().find(|one| !texts.denials.contains_key(*one)));
    let lifts = LiftReason::ALL.map(LiftReason::as_str);
    let missing = missing.or_else(|| lifts.into_iter().find(|one| !texts.lifts.contains_key(*one)));
    match missing {
        Some(word) => wrong(word),
        None => Ok(texts),
    }
}

#[cfg(test)]
mod tests;
