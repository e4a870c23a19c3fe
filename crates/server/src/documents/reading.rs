//! From a text to what it means, or to a line that names the field.

use recommend::placement::PlacementChange;
use recommend::rules::Rule;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::commands::weights::WeightsFile;
use crate::documents::{Format, TEXT_BYTES_MAX, Text};

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
