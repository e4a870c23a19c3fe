//! From a text to what it means, or to a line that names the field.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use consent::law::LawPack;
use consent::law::shelf;
use recommend::placement::PlacementChange;
use recommend::rules::Rule;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::commands::weights::WeightsFile;
use crate::documents::{Format, TEXT_BYTES_MAX, Text};

/// Texts of law packs that one process reads at most.
const LAW_TEXTS_MAX: usize = 5_000;

type Packs = Vec<&'static LawPack>;

/// The packs of every text that was read. Evidence and people name packs for as long as the process
/// lives, so each text is read and kept once.
static LAW_TEXTS: Mutex<BTreeMap<String, Packs>> = Mutex::new(BTreeMap::new());

/// A document of rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesText {
    rules: Vec<Rule>,
}

/// What a placement is to be changed to.
///
/// # Errors
/// A line that names the field.
pub fn placement(text: &Text) -> Result<PlacementChange, String> {
    read(text)
}

/// Rules as the change of a placement that has them.
///
/// # Errors
/// A line that names the field.
pub fn rules(text: &Text) -> Result<PlacementChange, String> {
    let RulesText { rules } = read(text)?;
    Ok(PlacementChange { rules: Some(rules), ..PlacementChange::default() })
}

/// A weights file.
///
/// # Errors
/// A line that names the field.
pub fn weights(text: &Text) -> Result<WeightsFile, String> {
    let file: WeightsFile = read(text)?;
    file.check()?;
    Ok(file)
}

/// The law packs of a text.
///
/// # Errors
/// What is wrong with it.
pub fn law(text: &Text) -> Result<Packs, String> {
    if text.format != Format::Toml || text.text.len() > TEXT_BYTES_MAX {
        return Err(format!("law packs are TOML of at most {TEXT_BYTES_MAX} bytes"));
    }
    let digest = text.digest();
    let mut texts = LAW_TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = texts.get(&digest) {
        return Ok(known.clone());
    }
    if texts.len() >= LAW_TEXTS_MAX {
        return Err(format!("{LAW_TEXTS_MAX} texts of law packs were read: start anew first"));
    }
    let packs = shelf::read(&text.text).map_err(|why| why.to_string())?;
    let packs: Packs = packs.into_iter().map(|pack| &*Box::leak(Box::new(pack))).collect();
    texts.insert(digest, packs.clone());
    Ok(packs)
}

fn read<T: DeserializeOwned>(text: &Text) -> Result<T, String> {
    if text.text.len() > TEXT_BYTES_MAX {
        return Err(format!("a document has at most {TEXT_BYTES_MAX} bytes"));
    }
    match text.format {
        Format::Toml => {
            let deserializer = toml::Deserializer::parse(&text.text)
                .map_err(|error| toml_line(&text.text, None, &error))?;
            serde_path_to_error::deserialize(deserializer).map_err(|error| {
                let path = error.path().to_string();
                toml_line(&text.text, Some(path), &error.into_inner())
            })
        }
        Format::Json => {
            let mut deserializer = serde_json::Deserializer::from_str(&text.text);
            let read = serde_path_to_error::deserialize(&mut deserializer)
                .map_err(|error| named(&error.path().to_string(), error.inner()))?;
            deserializer.end().map_err(|error| error.to_string())?;
            Ok(read)
        }
    }
}

fn toml_line(text: &str, path: Option<String>, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map(|before| format!(", line {}", before.matches('\n').count() + 1));
    let what = format!("{}{}", error.message(), line.unwrap_or_default());
    path.map_or_else(|| what.clone(), |path| named(&path, &what))
}

/// A path of nothing but the root says nothing.
fn named(path: &str, what: &dyn std::fmt::Display) -> String {
    if matches!(path, "." | "" | "?") { what.to_string() } else { format!("{path}: {what}") }
}
