//! Shredding a shop: keys first, then files, then a search for what should not be there.
//!
//! A crash in between leaves files without keys; the same command goes on from there. Nothing
//! outside of the data folder is touched, and nothing of it is followed out of it.

use std::fs::OpenOptions;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use domain::id::Pseudonym;
use personal::kinds::DECLARATIONS;
use store::keys::Keys as _;
use store::port::Tables as _;

use crate::commands::{Failure, OrFail as _};
use crate::leaving::taking::Store;

/// Keys that are destroyed at once.
const PAGE: usize = 1_000;
/// Bytes that are overwritten, or searched, at once.
const BLOCK: usize = 64 * 1024;
/// People whose marks are looked for at most; the names of all others went with the same keys.
const MARKS_MAX: usize = 10_000;

/// What stands in the files of a shop as long as it is there.
#[derive(Clone, Default)]
pub struct Marks(Vec<Vec<u8>>);

impl std::fmt::Debug for Marks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Marks({})", self.0.len())
    }
}

impl Marks {
    /// Adds one; short ones would be found by chance.
    pub fn add(&mut self, mark: &[u8]) {
        if mark.len() >= 12 {
            self.0.push(mark.to_vec());
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What there was, counted before anything was destroyed.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// Rows of each table.
    pub rows: Vec<(&'static str, u64)>,
    /// Keys of people.
    pub keys: u64,
}

/// Counts what a store holds, and notes marks to look for afterwards: pseudonyms and wrapped keys.
///
/// # Errors
/// What the store says.
pub fn survey(store: &Store) -> Result<(Inventory, Marks), Failure> {
    let failed = "the store cannot be read";
    let (mut inventory, mut marks) = (Inventory::default(), Marks::default());
    for declaration in &DECLARATIONS {
        let rows = store.tables.count(declaration.table).or_fail(failed)?;
        inventory.rows.push((declaration.table, rows));
    }
    let mut after: Option<Pseudonym> = None;
    loop {
        let page = store.keys.page(after, PAGE).or_fail(failed)?;
        let Some(last) = page.last() else { return Ok((inventory, marks)) };
        after = Some(last.pseudonym);
        inventory.keys += page.len() as u64;
        for row in page.iter().take(MARKS_MAX.saturating_sub(marks.len())) {
            marks.add(row.pseudonym.as_bytes());
            marks.add(&row.wrapped);
        }
    }
}

/// Destroys the keys of all people and writes their file anew. From here on no row can be read.
///
/// # Errors
/// What the store says; the same command goes on.
pub fn keys(store: &mut Store) -> Result<u64, Failure> {
    let failed = "the keys cannot be destroyed";
    let mut destroyed = 0;
    loop {
        let page = store.keys.page(None, PAGE).or_fail(failed)?;
        if page.is_empty() {
            store.keys.scrub().or_fail(failed)?;
            return Ok(destroyed);
        }
        let names: Vec<Pseudonym> = page.iter().map(|row| row.pseudonym).collect();
        destroyed += store.keys.destroy(&names).or_fail(failed)?;
    }
}

/// Every file below a folder, and every folder, innermost first. Links are not followed.
///
/// # Errors
/// What the system says.
pub fn below(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Failure> {
    let failed = format!("{} cannot be read", folder.display());
    let (mut files, mut folders, mut open) = (Vec::new(), Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).or_fail(&failed)? {
            let entry = entry.or_fail(&failed)?;
            match entry.file_type().or_fail(&failed)?.is_dir() {
                true => open.push(entry.path()),
                false => files.push(entry.path()),
            }
        }
        folders.push(next);
    }
    folders.reverse();
    files.sort();
    Ok((files, folders))
}

/// Overwrites a file with zeros, cuts it and removes it; gives how many bytes it had. A link is
/// removed and what it names stays.
///
/// # Errors
/// What the system says.
pub fn shred(path: &Path) -> Result<u64, Failure> {
    let failed = format!("{} cannot be destroyed", path.display());
    let shred = || -> std::io::Result<u64> {
        let about = std::fs::symlink_metadata(path)?;
        if about.is_file() {
            let mut file = OpenOptions::new().write(true).open(path)?;
            let (block, mut left) = (vec![0; BLOCK], about.len());
            file.rewind()?;
            while left > 0 {
                let part = usize::try_from(left).unwrap_or(BLOCK).min(BLOCK);
                file.write_all(block.get(..part).unwrap_or_default())?;
                left -= part as u64;
            }
            file.sync_all()?;
            file.set_len(0)?;
            file.sync_all()?;
        }
        std::fs::remove_file(path)?;
        Ok(about.len())
    };
    shred().or_fail(&failed)
}

/// Removes a folder that is empty.
///
/// # Errors
/// What the system says.
pub fn remove(folder: &Path) -> Result<(), Failure> {
    std::fs::remove_dir(folder).or_fail(&format!("{} cannot be removed", folder.display()))
}

/// How often marks stand in files.
///
/// # Errors
/// A file that cannot be read.
pub fn search(files: &[PathBuf], marks: &Marks) -> Result<u64, Failure> {
    let longest = marks.0.iter().map(Vec::len).max().unwrap_or_default();
    // Four bytes decide where it is worth to look closer.
    let mut starts: std::collections::BTreeMap<[u8; 4], Vec<&[u8]>> =
        std::collections::BTreeMap::new();
    for mark in &marks.0 {
        if let Some(start) = mark.first_chunk::<4>() {
            starts.entry(*start).or_default().push(mark);
        }
    }
    let mut found = 0;
    for path in files {
        let failed = format!("{} cannot be searched", path.display());
        let mut file = std::fs::File::open(path).or_fail(&failed)?;
        let (mut window, mut block) = (Vec::new(), vec![0; BLOCK]);
        loop {
            let read = file.read(&mut block).or_fail(&failed)?;
            window.extend_from_slice(block.get(..read).unwrap_or_default());
            // A mark that begins in the last bytes is whole in the next window.
            let sure = if read == 0 { window.len() } else { window.len().saturating_sub(longest) };
            for at in 0..sure {
                let rest = window.get(at..).unwrap_or_default();
                let Some(start) = rest.first_chunk::<4>() else { continue };
                let Some(known) = starts.get(start) else { continue };
                found += known.iter().filter(|mark| rest.starts_with(mark)).count() as u64;
            }
            window.drain(..sure);
            if read == 0 {
                break;
            }
        }
    }
    Ok(found)
}
