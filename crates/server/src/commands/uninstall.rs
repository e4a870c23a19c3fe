//! `confidant uninstall`: destroys what a shop holds, proves it, and goes.
//!
//! In two steps: without `--destroy` it says what would go and does nothing; with it, it asks for
//! the shop's name once more on standard input. Keys go first, then files; then the folder, and
//! whatever else is named, is searched for marks of people and keys; then the statement is signed
//! and made durable; the key that signed it goes last.

use std::fs::OpenOptions;
use std::io::{BufRead as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use domain::hex;
use domain::id::ShopId;
use rights::destruction::{self, DESTRUCTION_FORMAT, Destruction, own_words};
use rights::receipt::public_key;
use sha2::{Digest as _, Sha256};

use crate::clock::Clock;
use crate::commands::export::MANIFEST;
use crate::commands::{Failure, OrFail as _, progress, say};
use crate::leaving::destroying::{Inventory, Marks, below, keys, remove, search, shred, survey};
use crate::leaving::taking::Store;
use crate::settings::Settings;
use crate::shop_key::{self, next};

/// Destroys what the shop holds.
#[derive(Clone, Debug, Args)]
pub struct Uninstall {
    /// The configuration file. It stays: it holds no personal data and no key.
    #[arg(long, default_value = "confidant.toml")]
    pub config: PathBuf,
    /// The shop's name: only then something is destroyed, after the name was typed once more.
    #[arg(long, value_name = "SHOP", requires = "statement")]
    pub destroy: Option<String>,
    /// Where the signed statement is written; outside of the data folder, never over a file.
    #[arg(long, value_name = "OUT")]
    pub statement: Option<PathBuf>,
    /// The folder of an export that was taken before; the statement names its manifest.
    #[arg(long, value_name = "DIR")]
    pub export: Option<PathBuf>,
    /// Further folders or files that are searched afterwards, such as logs; may be given several
    /// times.
    #[arg(long, value_name = "PATH")]
    pub search: Vec<PathBuf>,
}

/// Says what would go, or destroys it.
///
/// # Errors
/// A store that is open elsewhere, a name that is not the shop's, a mark that was found.
pub fn run(command: &Uninstall) -> Result<(), Failure> {
    let settings = Settings::read(&command.config)
        .or_fail(&format!("the configuration {} is not usable", command.config.display()))?;
    let mut store = Store::open(&settings)?;
    let (inventory, mut marks) = survey(&store)?;
    let (files, _) = below(&settings.data_dir)?;
    let (Some(shop), Some(statement)) = (&command.destroy, &command.statement) else {
        plan(&settings, &inventory, &files);
        return Ok(());
    };
    ready(&settings, shop, statement)?;
    let export = command.export.as_deref().map(manifest).transpose()?.unwrap_or_default();
    asked(&settings.shop)?;
    let key_file = shop_key::file(&settings);
    let in_file = settings.shop_key.is_file() && key_file.is_file();
    if settings.shop_key.is_plain_file() {
        let key = std::fs::read_to_string(&key_file).unwrap_or_default();
        marks.add(key.trim().as_bytes());
    }
    let seed = store.ring.receipt_seed();
    let keys_destroyed = keys(&mut store)?;
    drop(store);
    let inside = in_file && key_file.starts_with(&settings.data_dir);
    let (gone, bytes) = files_of(&settings.data_dir, inside.then_some(key_file.as_path()))?;
    let (found, searched) = look(&command.search, &settings.data_dir, &key_file, &marks)?;
    let now = Clock::machine().now();
    let said = Destruction {
        format: DESTRUCTION_FORMAT.to_owned(),
        shop: settings.shop.clone(),
        day: now.day(),
        export,
        keys_destroyed,
        rows: inventory.rows.iter().map(|(table, rows)| ((*table).to_owned(), *rows)).collect(),
        files: gone,
        bytes,
        marks_sought: marks.len() as u64,
        marks_found: found,
        files_searched: searched,
        shop_key: about_key(&settings, in_file),
        backups_clear: now.day().plus(settings.backup_keep_days),
        recipients: settings.recipients.keys().cloned().collect(),
        words: own_words(),
    };
    let receipt = destruction::sign(&said, &seed).or_fail("the statement cannot be signed")?;
    let json = receipt.to_json().or_fail("the statement cannot be written")?;
    write(statement, &json)?;
    if in_file {
        let beside = [next::next_file(&settings), next::before_file(&settings)];
        for file in beside.iter().filter(|file| file.is_file()).chain([&key_file]) {
            shred(file)?;
        }
    }
    empty(&settings.data_dir)?;
    let public = public_key(&seed);
    let said = destruction::verify(&json, Some(&public)).or_fail("the statement fails")?;
    say(destruction::describe(&said).trim_end());
    say(format!("Signed by  {public}"));
    say(format!("The statement is in {}.", statement.display()));
    match found {
        0 => Ok(()),
        found => Err(Failure::new(format!("{found} marks were found; see what was searched"))),
    }
}

fn plan(settings: &Settings, inventory: &Inventory, files: &[PathBuf]) {
    say(format!("Nothing is destroyed yet. Of the shop {} these would go:", settings.shop));
    say(format!("- {} keys of people, first", inventory.keys));
    for (table, rows) in &inventory.rows {
        say(format!("- {table}: {rows} rows"));
    }
    say(format!("- {} files in {}", files.len(), settings.data_dir.display()));
    say(format!("- the shop key in {}, last", shop_key::file(settings).display()));
    say("They cannot be brought back. Take everything along first:");
    say("  confidant export --all DIR --shop-key FILE --customers FILE");
    say(format!("Then: confidant uninstall --destroy {} --statement OUT", settings.shop));
}

fn ready(settings: &Settings, shop: &str, statement: &Path) -> Result<(), Failure> {
    if shop != settings.shop.as_str() {
        return Err(Failure::new(format!("the shop of this configuration is {}", settings.shop)));
    }
    if statement.exists() {
        return Err(Failure::new(format!("{} exists already", statement.display())));
    }
    let parent = statement.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new(".")).canonicalize();
    let parent = parent.or_fail("the statement cannot be written there")?;
    let data = settings.data_dir.canonicalize().or_fail("the data folder cannot be read")?;
    match parent.starts_with(data) {
        true => Err(Failure::new("the statement lies in the folder that goes; take another")),
        false => Ok(()),
    }
}

/// The second step: the name is typed once more.
fn asked(shop: &ShopId) -> Result<(), Failure> {
    say(format!("Type the name of the shop once more to destroy everything it holds ({shop}):"));
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).or_fail("standard input")?;
    match line.trim() == shop.as_str() {
        true => Ok(()),
        false => Err(Failure::new("that is not its name; nothing was destroyed")),
    }
}

/// The digest of an export's manifest.
fn manifest(folder: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(folder.join(MANIFEST)).or_fail("the export has no manifest")?;
    Ok(hex::encode(&Sha256::digest(bytes)))
}

/// Shreds every file of the folder but the shop key, which still has to sign.
fn files_of(folder: &Path, but: Option<&Path>) -> Result<(u64, u64), Failure> {
    let (files, _) = below(folder)?;
    let bar = progress(files.len() as u64, "files");
    let (mut gone, mut bytes) = (0, 0);
    for file in files.iter().filter(|file| Some(file.as_path()) != but) {
        bytes += shred(file)?;
        gone += 1;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok((gone, bytes))
}

/// Searches what is left in the folder, and what was named besides.
fn look(more: &[PathBuf], folder: &Path, key: &Path, marks: &Marks) -> Result<(u64, u64), Failure> {
    let (mut files, _) = below(folder)?;
    files.retain(|file| file != key);
    for path in more {
        match path.is_dir() {
            true => files.extend(below(path)?.0),
            false => files.push(path.clone()),
        }
    }
    Ok((search(&files, marks)?, files.len() as u64))
}

fn about_key(settings: &Settings, in_file: bool) -> String {
    let source = &settings.shop_key;
    let words = match (&source.environment, source.share_files.is_empty(), in_file) {
        (Some(_), _, _) => "in the environment; whoever set it has to remove it",
        (None, false, _) => "in shares; whoever keeps them has to destroy them",
        (None, true, true) => "in a file, overwritten and removed after signing",
        (None, true, false) => "in no file",
    };
    words.to_owned()
}

fn write(path: &Path, json: &str) -> Result<(), Failure> {
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        writeln!(file, "{json}")?;
        file.sync_all()
    };
    write().or_fail("everything is destroyed, but the statement cannot be written")
}

/// Removes the folder once nothing is in it any more.
fn empty(folder: &Path) -> Result<(), Failure> {
    let (files, folders) = below(folder)?;
    if let Some(left) = files.first() {
        return Err(Failure::new(format!("{} came back while it was destroyed", left.display())));
    }
    folders.iter().try_for_each(|folder| remove(folder))
}
