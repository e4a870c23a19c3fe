//! Files, folders and archives as text, piece by piece.
//!
//! Packed by gzip or zstd they are unpacked on the way, members of a zip archive are files of
//! their own. A piece ends with a line where it can, so that no finding is cut in two.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;

use crate::commands::import::source::Source;
use crate::commands::scan::Looking;
use crate::commands::scan::report::{At, Report};
use crate::commands::{Failure, OrFail as _, progress};

/// Bytes that are read and looked through at once.
const PIECE_BYTES: usize = 256 * 1024;
/// Bytes at the beginning of a file in which a zero byte says that it is no text.
const SNIFFED_BYTES: usize = 8 * 1024;
/// Most files of one run.
pub const FILES_MAX: usize = 1_000_000;
/// Most members of one archive.
const MEMBERS_MAX: usize = 100_000;
const ZIP: [u8; 4] = *b"PK\x03\x04";

/// Looks through files and everything below folders; symbolic links are not followed.
///
/// # Errors
/// A target that cannot be read at all. What fails below one is noted in the report.
pub fn look(targets: &[&str], looking: &Looking, report: &mut Report) -> Result<(), Failure> {
    let mut files = Vec::new();
    for target in targets {
        if *target == "-" {
            let source = Source::of(std::io::stdin()).or_fail("standard input")?;
            text("standard input", &mut source.into_reader(), looking, report);
            continue;
        }
        let path = Path::new(target);
        std::fs::metadata(path).or_fail(&format!("cannot read {target}"))?;
        walk(path, &mut files, report);
    }
    let bar = progress(files.iter().map(|(_, bytes)| bytes).sum(), "bytes");
    for (path, bytes) in &files {
        file(path, looking, report);
        bar.inc(*bytes);
    }
    bar.finish_and_clear();
    Ok(())
}

/// Every file at or below a path with its length, in the order of names.
fn walk(path: &Path, files: &mut Vec<(PathBuf, u64)>, report: &mut Report) {
    let mut open = vec![path.to_owned()];
    while let Some(path) = open.pop() {
        let name = path.display().to_string();
        // A target may be a link, what lies below it may not.
        let what = if files.is_empty() { path.metadata() } else { path.symlink_metadata() };
        let what = match what {
            Ok(what) => what,
            Err(error) => {
                report.skip(&name, error);
                continue;
            }
        };
        if files.len() >= FILES_MAX {
            report.skip(&name, format!("more than {FILES_MAX} files"));
            return;
        }
        if what.is_dir() {
            match std::fs::read_dir(&path) {
                Ok(list) => {
                    let mut below: Vec<PathBuf> =
                        list.filter_map(Result::ok).map(|entry| entry.path()).collect();
                    below.sort_unstable();
                    open.extend(below.into_iter().rev());
                }
                Err(error) => report.skip(&name, error),
            }
        } else if what.is_file() {
            files.push((path, what.len()));
        } else {
            report.skip(&name, "a link or no file");
        }
    }
}

fn file(path: &Path, looking: &Looking, report: &mut Report) {
    let name = path.display().to_string();
    let mut magic = Vec::new();
    let opened = File::open(path);
    let sniffed = opened.and_then(|file| file.take(ZIP.len() as u64).read_to_end(&mut magic));
    if let Err(error) = sniffed {
        report.skip(&name, error);
    } else if magic == ZIP {
        if let Err(error) = archive(path, &name, looking, report) {
            report.skip(&name, error);
        }
    } else {
        match Source::open(path, &ProgressBar::hidden()) {
            Ok(source) => {
                text(&name, &mut source.into_reader(), looking, report);
            }
            Err(error) => report.skip(&name, error),
        }
    }
}

/// Looks through the members of an archive; all of them together have the limit of one file.
fn archive(
    path: &Path,
    name: &str,
    looking: &Looking,
    report: &mut Report,
) -> Result<(), zip::result::ZipError> {
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(path)?))?;
    let mut left = Looking { scanner: looking.scanner.clone(), ..*looking };
    for index in 0..archive.len() {
        if index >= MEMBERS_MAX {
            report.skip(name, format!("more than {MEMBERS_MAX} members"));
            break;
        }
        match archive.by_index(index) {
            Ok(member) if member.is_dir() => {}
            Ok(mut member) => {
                let inside = member.name().unwrap_or_default().into_owned();
                let name = format!("{name}!{inside}");
                let read = text(&name, &mut member, &left, report);
                left.bytes_max = left.bytes_max.saturating_sub(read);
            }
            Err(error) => report.skip(name, error),
        }
    }
    Ok(())
}

/// Looks through one text and gives how many bytes were read.
pub fn text(name: &str, mut read: &mut dyn Read, looking: &Looking, report: &mut Report) -> u64 {
    let mut buffer = Vec::with_capacity(PIECE_BYTES);
    let (mut all, mut line) = (0_u64, 1_u64);
    loop {
        let room = looking.bytes_max.saturating_sub(all);
        let wanted = room.min((PIECE_BYTES - buffer.len().min(PIECE_BYTES / 2)) as u64);
        let before = buffer.len();
        if let Err(error) = (&mut read).take(wanted).read_to_end(&mut buffer) {
            report.skip(name, error);
        }
        let new = buffer.len() - before;
        let first = all == 0;
        all += new as u64;
        if first && buffer.iter().take(SNIFFED_BYTES).any(|byte| *byte == 0) {
            report.skip(name, "no text");
            return all;
        }
        let ended = new == 0;
        let cut = if ended { buffer.len() } else { end_of_piece(&buffer) };
        let rest = buffer.split_off(cut);
        line = piece(name, &decoded(buffer), line, looking, report);
        buffer = rest;
        if ended {
            break;
        }
    }
    if all >= looking.bytes_max && read.read(&mut [0]).is_ok_and(|more| more > 0) {
        report.skip(name, format!("only its first {} MB", looking.bytes_max / 1_000_000));
    }
    report.read_file();
    report.read_bytes(all);
    all
}

/// Behind the last line of the second half, or else behind its last blank.
fn end_of_piece(buffer: &[u8]) -> usize {
    let half = buffer.len() / 2;
    let behind = buffer.get(half..).unwrap_or_default();
    let last = |what: u8| behind.iter().rposition(|byte| *byte == what).map(|at| half + at + 1);
    last(b'\n').or_else(|| last(b' ')).or_else(|| last(b',')).unwrap_or_else(|| {
        // Never inside of a character.
        let tail = buffer.iter().rev().take(4);
        let inside = tail.take_while(|byte| **byte & 0xC0 == 0x80).count();
        buffer.len() - (inside + 1).min(buffer.len())
    })
}

/// UTF-8, and what is none as ISO 8859-1, in which old exports are.
fn decoded(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().map(|byte| char::from(*byte)).collect())
}

/// Looks through a piece that starts at a line, and gives the line of its end.
fn piece(name: &str, text: &str, line: u64, looking: &Looking, report: &mut Report) -> u64 {
    let (mut at, mut line, mut column) = (0, line, 1);
    let mut step = |to: usize| {
        for c in text.get(at..to).unwrap_or_default().chars() {
            (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        at = to;
        (line, column)
    };
    match looking.scanner.scan(text) {
        Ok(found) => {
            for finding in found {
                let (line, column) = step(finding.start);
                let value = text.get(finding.range()).unwrap_or_default();
                report.add(name, value, &finding, At::Line(line, column));
            }
        }
        Err(error) => report.skip(name, error),
    }
    step(text.len()).0
}

#[cfg(test)]
mod tests;
