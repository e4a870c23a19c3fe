//! `confidant evaluate pii`: how well personal data is found, on sentences that others labeled.
//!
//! The sentences come from templates. Rules were written while looking at the sentences of the
//! templates with an even number; those of the odd ones were only measured. Both stand side by
//! side, so that a reader sees what tuning did. `--predictions` writes what was found, so that
//! `benches/peers/presidio_peer.py` scores a peer on the same sentences in the same way.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use clap::Args;
use pii::kind::Kind;
use pii::measure::{Label, Measure, Tally};
use pii::scan::{Scanner, Settings};
use serde::{Deserialize, Serialize};

use crate::commands::{Failure, OrFail as _, say};

/// The file of labeled sentences, also packed with zstd.
const FILE: &str = "synth_dataset_v2.json";

/// Finding personal data in labeled sentences, and falsely in text that has none.
#[derive(Clone, Debug, Default, Args)]
pub struct Pii {
    /// The folder of the labeled sentences (`synth_dataset_v2.json`, or the same with `.zst`).
    #[arg(long, required_unless_present = "text")]
    pub data: Option<PathBuf>,
    /// Text without personal data, one product a line: counts what is found all the same.
    #[arg(long)]
    pub text: Vec<PathBuf>,
    /// Writes one JSON line per sentence: `[[kind, start, end], ...]`, in characters.
    #[arg(long, value_name = "OUT", requires = "data")]
    pub predictions: Option<PathBuf>,
}

/// One sentence as its owners write it; offsets are in characters.
#[derive(Deserialize)]
struct Sentence {
    full_text: String,
    spans: Vec<Span>,
    template_id: u64,
}

#[derive(Deserialize)]
struct Span {
    entity_type: String,
    start_position: usize,
    end_position: usize,
}

/// Measures and prints.
///
/// # Errors
/// A file that cannot be read.
pub fn run(command: &Pii) -> Result<(), Failure> {
    let scanner = Scanner::new(Settings::default()).or_fail("recognizers")?;
    if let Some(data) = &command.data {
        let sentences = sentences(data)?;
        let parts =
            [("looked at while tuning (even templates)", 0), ("only measured (odd templates)", 1)];
        for (name, rest) in parts {
            let of_part = sentences.iter().filter(|sentence| sentence.template_id % 2 == rest);
            say(table(name, &measure(&scanner, of_part)?));
        }
        if let Some(out) = &command.predictions {
            std::fs::write(out, predictions(&scanner, &sentences)?).or_fail("the predictions")?;
        }
    }
    for path in &command.text {
        say(false_hits(&scanner, path)?);
    }
    Ok(())
}

fn sentences(data: &Path) -> Result<Vec<Sentence>, Failure> {
    let plain = data.join(FILE);
    let packed = data.join(format!("{FILE}.zst"));
    let json = if plain.exists() {
        std::fs::read(&plain).or_fail(FILE)?
    } else {
        let file = std::fs::File::open(&packed).or_fail("the labeled sentences")?;
        zstd::stream::decode_all(file).or_fail("the labeled sentences")?
    };
    serde_json::from_slice(&json).or_fail("the labeled sentences")
}

/// One finding as the file of predictions has it: kind, start, end in characters.
#[derive(Serialize)]
struct Predicted(&'static str, usize, usize);

fn predictions(scanner: &Scanner, sentences: &[Sentence]) -> Result<String, Failure> {
    let mut lines = String::new();
    for sentence in sentences {
        let text = &sentence.full_text;
        let chars = |byte: usize| text.get(..byte).map_or(0, |before| before.chars().count());
        let found = scanner.scan(text).or_fail("sentence")?;
        let list: Vec<Predicted> = found
            .iter()
            .map(|one| Predicted(one.kind.code(), chars(one.start), chars(one.end)))
            .collect();
        lines.push_str(&serde_json::to_string(&list).or_fail("the predictions")?);
        lines.push('\n');
    }
    Ok(lines)
}

/// Both measures of a part: kinds as they are labeled, and places, addresses and postal codes as
/// one kind, which is how the owners of the sentences score.
struct Measured {
    strict: Measure,
    places_as_one: Measure,
}

fn place_is_place(kind: Kind) -> Kind {
    if matches!(kind, Kind::Address | Kind::PostalCode) { Kind::Place } else { kind }
}

fn measure<'a>(
    scanner: &Scanner,
    sentences: impl Iterator<Item = &'a Sentence>,
) -> Result<Measured, Failure> {
    let (mut strict, mut places_as_one) = (Measure::default(), Measure::default());
    for sentence in sentences {
        let text = &sentence.full_text;
        let byte = |chars: usize| text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
        let label = |span: &Span| {
            let range = byte(span.start_position)..byte(span.end_position);
            kind_of(&span.entity_type).map(|kind| Label { range, kind })
        };
        let mut labels: Vec<Label> = sentence.spans.iter().filter_map(label).collect();
        let mut found = scanner.scan(text).or_fail("sentence")?;
        for finding in &mut found {
            // The labels know no dates of birth, only dates.
            if finding.kind == Kind::DateOfBirth {
                finding.kind = Kind::Date;
            }
        }
        strict.add(text, &labels, &found);
        labels.iter_mut().for_each(|label| label.kind = place_is_place(label.kind));
        found.iter_mut().for_each(|finding| finding.kind = place_is_place(finding.kind));
        places_as_one.add(text, &labels, &found);
    }
    Ok(Measured { strict, places_as_one })
}

fn kind_of(label: &str) -> Option<Kind> {
    Some(match label {
        "PERSON" => Kind::Person,
        "STREET_ADDRESS" => Kind::Address,
        "GPE" => Kind::Place,
        "ORGANIZATION" => Kind::Organization,
        "CREDIT_CARD" => Kind::Card,
        "DATE_TIME" => Kind::Date,
        "TITLE" => Kind::Title,
        "PHONE_NUMBER" => Kind::Phone,
        "AGE" => Kind::Age,
        "NRP" => Kind::Group,
        "EMAIL_ADDRESS" => Kind::Email,
        "ZIP_CODE" => Kind::PostalCode,
        "DOMAIN_NAME" => Kind::Url,
        "IBAN_CODE" => Kind::Iban,
        "US_SSN" => Kind::NationalId,
        "IP_ADDRESS" => Kind::Ip,
        "US_DRIVER_LICENSE" => Kind::DriverLicense,
        _ => return None,
    })
}

fn table(name: &str, measured: &Measured) -> String {
    let measure = &measured.strict;
    let mut lines = vec![
        format!("{} sentences, {name}", measure.texts),
        format!(
            "{:<16}{:>9}{:>8}{:>11}{:>9}{:>8}  whole pieces",
            "kind", "labeled", "found", "precision", "recall", "F2"
        ),
    ];
    let row = |name: &str, tally: &Tally| {
        format!(
            "{name:<16}{:>9}{:>8}{:>11.3}{:>9.3}{:>8.3}",
            tally.labeled,
            tally.found,
            tally.precision(),
            tally.recall(),
            tally.f2()
        )
    };
    for (kind, tally) in &measure.by_kind {
        let (all, whole) = measure.pieces.get(kind).copied().unwrap_or_default();
        lines.push(format!("{}  {whole} of {all}", row(kind.code(), tally)));
    }
    lines.push(row("same kind", &measure.same_kind()));
    lines.push(row("places as one", &measured.places_as_one.same_kind()));
    lines.push(row("any kind", &measure.any));
    lines.push(
        "labeled and found are words; a piece is whole when it was found to its ends".to_owned(),
    );
    lines.join("\n") + "\n"
}

/// Lines of a text without personal data in which something is found that points at a person.
fn false_hits(scanner: &Scanner, path: &Path) -> Result<String, Failure> {
    let name = path.display().to_string();
    let file = BufReader::new(std::fs::File::open(path).or_fail(&name)?);
    let (mut lines, mut hits) = (0_u64, 0_u64);
    for line in file.lines() {
        let line = line.or_fail(&name)?;
        lines += 1;
        let found = scanner.scan(&line).or_fail(&name)?;
        hits += u64::from(found.iter().any(|finding| finding.kind.is_direct()));
    }
    let tenths = (hits * 10_000).checked_div(lines).unwrap_or(0);
    let per_mille = format!("{}.{}", tenths / 10, tenths % 10);
    Ok(format!("{name}: false hits in {hits} of {lines} lines, {per_mille} per 1,000"))
}

#[cfg(test)]
mod tests;
