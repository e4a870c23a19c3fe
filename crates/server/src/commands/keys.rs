//! `confidant keys`: recovery copies of the shop key, and the proof that they work.

use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret as _;
use age::x25519::{Identity, Recipient};
use clap::{Args, Subcommand};
use store::error::StoreError;
use store::keys::Keys as _;
use store::sqlite::keys::SqliteKeys;
use vault::kek::Kek;
use vault::key::ShopKey;
use vault::shares::{CHANCE_BYTES, Splitting, split};
use zeroize::Zeroizing;

use crate::chance;
use crate::clock::Clock;
use crate::closing;
use crate::commands::{Failure, OrFail as _, say};
use crate::opening::write_private;
use crate::recovery::{self, Mark};
use crate::settings::Settings;
use crate::shop_key::{self, Age, Provider};

pub mod rotate;

/// Subject keys that a test of a recovery opens.
const KEYS_TRIED: usize = 1_000;

/// Copies of the shop key, and the proof that they open the store.
#[derive(Clone, Debug, Args)]
pub struct Keys {
    #[command(subcommand)]
    act: Act,
}

#[derive(Clone, Debug, Subcommand)]
enum Act {
    /// Makes an age identity and prints its recipient. Keep the file away from this machine.
    Identity {
        /// The file; never over one that exists.
        #[arg(long)]
        out: PathBuf,
    },
    /// Seals a copy of the shop key by a passphrase or to age recipients.
    Seal(Seal),
    /// Splits the shop key into shares of which some open together.
    Split {
        /// The configuration file.
        #[arg(long, default_value = "confidant.toml")]
        config: PathBuf,
        /// How many shares open together.
        #[arg(long, default_value_t = 2)]
        needed: u8,
        /// How many shares are made.
        #[arg(long, default_value_t = 3)]
        of: u8,
        /// The folder for the files; each goes to another person, and none stays.
        #[arg(long)]
        out: PathBuf,
    },
    /// Shows that a recovery copy opens the store, and writes down when.
    Recover(Recover),
    /// Exchanges the shop key for a new one, while the shop is served or while it is stopped.
    Rotate(rotate::Rotate),
}

/// Seals a copy of the shop key.
#[derive(Clone, Debug, Args)]
struct Seal {
    /// The configuration file.
    #[arg(long, default_value = "confidant.toml")]
    config: PathBuf,
    /// A file with a passphrase in its first line.
    #[arg(long, conflicts_with = "recipient")]
    passphrase_file: Option<PathBuf>,
    /// An age recipient, age1...; may be said more than once.
    #[arg(long)]
    recipient: Vec<String>,
    /// The file; never over one that exists.
    #[arg(long)]
    out: PathBuf,
}

/// Tries a recovery copy.
#[derive(Clone, Debug, Args)]
struct Recover {
    /// The configuration file.
    #[arg(long, default_value = "confidant.toml")]
    config: PathBuf,
    /// Shows that the copy opens the store, and writes the date down. Prints no key.
    #[arg(long, required_unless_present = "out")]
    check: bool,
    /// A sealed copy, or a plain one.
    #[arg(long, required_unless_present = "share")]
    copy: Option<PathBuf>,
    /// The age identity that opens the copy.
    #[arg(long)]
    identity: Option<PathBuf>,
    /// The passphrase that opens the copy.
    #[arg(long, conflicts_with = "identity")]
    passphrase_file: Option<PathBuf>,
    /// A file with one share; said as often as shares are needed.
    #[arg(long, conflicts_with = "copy")]
    share: Vec<PathBuf>,
    /// Writes the shop key into a new file that only you can read.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Does what was asked.
///
/// # Errors
/// A copy that does not open, or a file that cannot be written.
pub fn run(command: &Keys) -> Result<(), Failure> {
    match &command.act {
        Act::Identity { out } => identity(out),
        Act::Seal(asked) => seal(asked),
        Act::Split { config, needed, of, out } => divide(config, (*needed, *of), out),
        Act::Recover(asked) => recover(asked),
        Act::Rotate(asked) => rotate::run(asked),
    }
}

fn settings(config: &Path) -> Result<Settings, Failure> {
    Settings::read(config).or_fail(&format!("the configuration {} is not usable", config.display()))
}

fn current(settings: &Settings) -> Result<ShopKey, Failure> {
    shop_key::present(settings).or_fail("the shop key")
}

fn identity(out: &Path) -> Result<(), Failure> {
    let identity = Identity::generate();
    let recipient = identity.to_public();
    let secret = identity.to_string();
    let text = Zeroizing::new(format!("# {recipient}\n{}\n", secret.expose_secret()));
    write_private(out, text.as_bytes()).or_fail("the identity")?;
    say(recipient);
    say(format!("{} opens what is sealed to it: keep it away from this machine", out.display()));
    Ok(())
}

fn seal(asked: &Seal) -> Result<(), Failure> {
    let key = current(&settings(&asked.config)?)?;
    let provider: Box<dyn Provider> = match &asked.passphrase_file {
        Some(path) => Box::new(shop_key::passphrase(path).or_fail("the passphrase")?),
        None => {
            let wrong = || Failure::new("--recipient is no age recipient (age1...)");
            let read = |text: &String| text.parse().map_err(|_| wrong());
            let recipients: Vec<Recipient> =
                asked.recipient.iter().map(read).collect::<Result<_, _>>()?;
            if recipients.is_empty() {
                return Err(Failure::new("give --passphrase-file or --recipient"));
            }
            Box::new(Age { recipients, identities: Vec::new() })
        }
    };
    let wrapped = provider.wrap(&key).or_fail("the shop key cannot be sealed")?;
    write_private(&asked.out, &wrapped).or_fail("the copy")?;
    say(format!("{} holds the shop key, closed; keep it apart from the data", asked.out.display()));
    say("show that it works: confidant keys recover --check --copy ...");
    Ok(())
}

fn divide(config: &Path, (needed, of): (u8, u8), out: &Path) -> Result<(), Failure> {
    let key = current(&settings(config)?)?;
    let mut randomness = Zeroizing::new([0; CHANCE_BYTES]);
    for part in randomness.chunks_mut(32) {
        part.copy_from_slice(&chance::bytes::<32>().or_fail("randomness")?);
    }
    let set = chance::bytes().or_fail("randomness")?;
    let shares = split(&key, Splitting { needed, of, set }, &randomness);
    let shares = shares.or_fail("--needed is 2 to --of, --of at most 16")?;
    crate::opening::private_dir(out).or_fail("--out")?;
    for share in &shares {
        let path = out.join(format!("share-{}-of-{of}.txt", share.number()));
        let line = Zeroizing::new(format!("{}\n", *share.to_line()));
        write_private(&path, line.as_bytes()).or_fail("a share")?;
        say(path.display());
    }
    say(format!("any {needed} of them open the shop; fewer say nothing about the key"));
    say("give each to another person (it can be printed), then delete the files");
    Ok(())
}

fn recover(asked: &Recover) -> Result<(), Failure> {
    let settings = settings(&asked.config)?;
    let (key, way) = recovered(asked)?;
    let kek = Kek::derive(&key, &settings.shop).or_fail("the shop key")?;
    let tried = open_store(&settings, &key)?;
    say(format!("the copy opens the store: {tried}"));
    if asked.check {
        let mark = Mark::of(&kek, way, Clock::machine().now());
        let text = serde_json::to_vec(&mark).or_fail("the mark")?;
        let path = recovery::path(&settings.data_dir);
        std::fs::remove_file(&path).ok();
        write_private(&path, &text).or_fail("the mark")?;
        say("written down with today's date; the copy goes back to where it is kept");
    }
    if let Some(out) = &asked.out {
        write_private(out, key.to_text().as_bytes()).or_fail("--out")?;
        say(format!("{} is the shop key: set shop_key.file", out.display()));
    }
    Ok(())
}

fn recovered(asked: &Recover) -> Result<(ShopKey, &'static str), Failure> {
    let what = "the recovery copy";
    let Some(copy) = &asked.copy else {
        return Ok((shop_key::of_shares(&asked.share).or_fail(what)?, "shares"));
    };
    let bytes = Zeroizing::new(shop_key::read_sealed(copy).or_fail(what)?);
    if let Some(path) = &asked.identity {
        let age = shop_key::identities(path).or_fail("--identity")?;
        return Ok((age.unwrap(&bytes).or_fail(what)?, "age"));
    }
    if let Some(path) = &asked.passphrase_file {
        let passphrase = shop_key::passphrase(path).or_fail("--passphrase-file")?;
        return Ok((passphrase.unwrap(&bytes).or_fail(what)?, "passphrase"));
    }
    let text = std::str::from_utf8(&bytes).ok().and_then(|text| ShopKey::parse(text).ok());
    let words = "the copy is sealed; give --identity or --passphrase-file";
    text.map(|key| (key, "file")).ok_or_else(|| Failure::new(words))
}

/// Opens the shop's secrets and a thousand keys of people with what was recovered. While a server
/// holds the store, the copy is compared with the key that opened it.
fn open_store(settings: &Settings, key: &ShopKey) -> Result<String, Failure> {
    let wrong = || Failure::new("the copy is not the shop key of this store; make a new one");
    let keys = match SqliteKeys::open(&settings.data_dir, &settings.shop) {
        Ok(keys) => keys,
        Err(StoreError::Locked) => {
            let same = key.is_same(&current(settings)?);
            return match same {
                true => Ok("it is the key that the running server has".to_owned()),
                false => Err(wrong()),
            };
        }
        Err(error) => return Err(error).or_fail("the key store"),
    };
    let unlocked = closing::unlock(settings, key, &keys).map_err(|_| wrong())?;
    if unlocked.waits {
        return Err(wrong());
    }
    let page = keys.page(None, KEYS_TRIED).or_fail("the key store")?;
    for row in &page {
        unlocked.closing.unwrap(row).map_err(|_| wrong())?;
    }
    Ok(format!("{} keys of people were opened and closed again", page.len()))
}
