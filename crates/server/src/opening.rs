//! Opens a shop: folder, shop key, store, API keys, memory.
//!
//! The first start makes the shop key and the keys of the API. The shop key is the one loss that
//! nothing can mend, so its file lies beside the data only until the operator moves it.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use consent::signals::sent::Reader;
use consent::signals::{CategoryError, CategoryMap};
use consent::tcf::denied::{TcfMap, TcfMapError};
use consent::tcf::enforce::{DeclarationError, Party, VendorDeclaration};
use consent::tcf::sets::{PurposeSet, VendorId};
use consent::tcf::validate::PURPOSES;
use personal::purpose::{PurposeError, PurposeName};
use recommend::model::Model;
use recommend::plan::Plan;
use recommend::settings::Settings as ModelSettings;
use store::error::StoreError;
use store::keys::Keys;
use store::memory::{MemoryKeys, MemoryTables};
use store::port::Tables;
use store::sqlite::keys::SqliteKeys;
use store::sqlite::tables::SqliteTables;
use vault::key::{ShopKey, ShopKeys};

use crate::auth::ApiKeys;
use crate::banner::texts::{Library, TextsError};
use crate::chance::{self, ChanceError};
use crate::clock::Clock;
use crate::closing::{self, Unlocked};
use crate::commands::weights::WeightsFile;
use crate::engine::{Engine, EngineError};
use crate::members::{Members, MembersError};
use crate::place::{PlaceError, PlaceFile};
use crate::settings::Settings;
use crate::shared::{Foundation, Shared};
use crate::shop_key::{self, ProviderError};
use crate::transparency::LogError;
use crate::transparency::book::Book;
use crate::transparency::disk::{Disk, Folder, InMemory};

/// The label under which the API keys are sealed.
pub const API_KEYS: &str = "api keys";

/// Why a shop cannot be opened. Says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError {
    /// A consent category is wrong.
    #[error("consent_categories: {0}")]
    Category(#[from] CategoryError),
    /// No random bytes.
    #[error(transparent)]
    Chance(#[from] ChanceError),
    /// The writer could not load the shop.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A file or folder.
    #[error("{what} {path}: {error}")]
    File {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The data is there, the shop key is not.
    #[error(
        "the store in {0} exists but its shop key does not; put the key file back or set shop_key"
    )]
    KeyMissing(PathBuf),
    /// An exchange of the shop key is not over.
    #[error(
        "the shop key is being exchanged, and {0} is missing or another key: put it back, because \
         keys of people are closed by it already"
    )]
    NextMissing(PathBuf),
    /// The environment variable with the shop key is not set.
    #[error("shop_key.environment: the variable {0} is not set")]
    KeyVariable(String),
    /// The shop key is not 64 hexadecimal characters, or not the one of this store.
    #[error("the shop key is malformed or belongs to another store")]
    KeyWrong,
    /// The shop key stays closed.
    #[error("the shop key: {0}")]
    Provider(#[from] ProviderError),
    /// The file of places.
    #[error("place.file: {0}")]
    Place(#[from] PlaceError),
    /// A consent category names no purpose.
    #[error("consent_categories: {0}")]
    Purpose(#[from] PurposeError),
    /// The transparency log.
    #[error("ledger: {0}")]
    Log(#[from] LogError),
    /// Settings of the recommender.
    #[error("recommend: {0}")]
    Recommend(#[from] recommend::model::ModelError),
    /// The keys of single members of staff.
    #[error("staff_members: {0}")]
    Members(#[from] MembersError),
    /// A purpose of ours that is none.
    #[error("signals.tcf_purposes: {0}")]
    TcfName(PurposeError),
    /// A TCF purpose that the policies do not have, or that no purpose of ours may need.
    #[error("signals: {0}")]
    TcfPurposes(TcfMapError),
    /// The shop's entry cannot be one of the Global Vendor List.
    #[error("signals.tcf_vendor: {0}")]
    TcfVendor(DeclarationError),
    /// No vendor has the number 0.
    #[error("signals.tcf_vendor: id is 1 to 65535")]
    TcfVendorZero,
    /// The weights file.
    #[error("recommend.weights: {0}")]
    Weights(#[from] crate::commands::Failure),
    /// Rows and keys of two stores.
    #[error("data.db and keys.db are of two different stores; restore both from one place")]
    Strangers,
    /// The words of the banner.
    #[error("banner: {0}")]
    Texts(#[from] TextsError),
    /// The store.
    #[error("store: {0}")]
    Store(#[from] StoreError),
}

/// A shop that is open.
#[derive(Debug)]
pub struct Opened {
    /// What answers read.
    pub shared: Arc<Shared>,
    /// What the writer owns.
    pub engine: Engine,
    /// The files of keys that this start made; empty from the second start on.
    pub made: Vec<PathBuf>,
}

/// Opens the shop of a configuration on disk.
///
/// # Errors
/// [`OpeningError`]; nothing is half open then.
pub fn open(settings: Settings, clock: Clock) -> Result<Opened, OpeningError> {
    let dir = settings.data_dir.clone();
    private_dir(&dir)?;
    let mut made = Vec::new();
    let key = shop_key::read(&settings, &mut made)?;
    let tables = SqliteTables::open(&dir, &settings.shop)?;
    let mirror = settings.backup.tombstones_dir.as_deref();
    let keys = SqliteKeys::open_mirrored(&dir, &settings.shop, mirror)?;
    let log = dir.join("ledger");
    let disk = Folder::open(log.clone()).map_err(|error| OpeningError::File {
        what: "cannot make the folder",
        path: log,
        error,
    })?;
    let store: Store = (Box::new(tables), Box::new(keys), Arc::new(disk));
    let mut opened = assemble(settings, clock, &key, store)?;
    if opened.1 {
        made.extend(write_credentials(&dir, &opened.0.shared.api_keys)?);
    }
    let now = opened.0.shared.clock.now();
    opened.0.engine.load(now)?;
    opened.0.made.extend(made);
    Ok(opened.0)
}

/// Opens a shop that lives in memory only, for tests.
///
/// # Errors
/// [`OpeningError`].
pub fn open_in_memory(settings: Settings, clock: Clock) -> Result<Opened, OpeningError> {
    let key = ShopKey::from_bytes(chance::bytes()?);
    let disk = Arc::new(InMemory::default());
    let store: Store = (Box::new(MemoryTables::new()), Box::new(MemoryKeys::new()), disk);
    let (mut opened, _) = assemble(settings, clock, &key, store)?;
    let now = opened.shared.clock.now();
    opened.engine.load(now)?;
    Ok(opened)
}

/// Rows, keys, and the files of the log.
type Store = (Box<dyn Tables>, Box<dyn Keys>, Arc<dyn Disk>);

/// Puts a shop together; says whether the API keys are new.
fn assemble(
    settings: Settings,
    clock: Clock,
    key: &ShopKey,
    (tables, mut keys, disk): Store,
) -> Result<(Opened, bool), OpeningError> {
    let Unlocked { closing, ring, .. } = closing::unlock_or_make(&settings, key, keys.as_mut())?;
    if !store::lineage::fits(tables.as_ref(), keys.as_ref())? {
        return Err(OpeningError::Strangers);
    }
    let (api_keys, fresh) = api_keys(&ring, keys.as_mut())?;
    let mut made = Vec::new();
    let members = Members::read(&settings.staff_members, &mut made)?;
    let signals = reader(&settings)?;
    let places = settings.place.file.as_deref().map(PlaceFile::open).transpose()?;
    let wording = Library::read(settings.banner.texts.as_deref(), &settings.banner.language)?;
    let weights = settings.recommend.weights.as_deref().map(WeightsFile::read).transpose()?;
    let model_settings = ModelSettings {
        supporters_min: settings.recommend.supporters_min,
        reason_supporters_min: settings.recommend.popular_min,
        popular_min: settings.recommend.popular_min,
        bytes_max: settings.recommend.bytes_max,
        baskets: settings.recommend.baskets,
        ..ModelSettings::default()
    };
    // The weights of the shop come with its documents, when they are loaded.
    let model = Model::with_plan(model_settings, Plan::shipped())?;
    let signer = settings.ledger.signer(&settings.shop, &ring).map_err(LogError::from)?;
    let book = Book::open(disk, signer, settings.ledger.rule(), clock.now())?;
    let log = book.published();
    let foundation = Foundation {
        settings,
        clock,
        ring,
        api_keys,
        members,
        signals,
        places,
        wording,
        weights,
        log,
    };
    let shared = Arc::new(Shared::new(foundation, model));
    let engine = Engine::new(Arc::clone(&shared), tables, (keys, closing), book);
    Ok((Opened { shared, engine, made }, fresh))
}

fn categories(settings: &Settings) -> Result<CategoryMap, OpeningError> {
    let mut entries = Vec::new();
    for (name, purposes) in &settings.consent_categories {
        let purposes: Result<Vec<_>, _> =
            purposes.iter().map(|purpose| PurposeName::parse(purpose)).collect();
        entries.push((name.as_str(), purposes?));
    }
    Ok(CategoryMap::default().with(entries)?)
}

/// How the shop's signals are meant.
fn reader(settings: &Settings) -> Result<Reader, OpeningError> {
    let mut needs = Vec::new();
    for (name, purposes) in &settings.signals.tcf_purposes {
        let purpose = PurposeName::parse(name).map_err(OpeningError::TcfName)?;
        needs.push((purpose, tcf_purposes(purposes)?));
    }
    let party = match &settings.signals.tcf_vendor {
        None => Party::Publisher,
        Some(vendor) => {
            let id = VendorId::new(vendor.id).ok_or(OpeningError::TcfVendorZero)?;
            let [consent, legitimate_interest, flexible] =
                [&vendor.consent, &vendor.legitimate_interest, &vendor.flexible]
                    .map(|purposes| tcf_purposes(purposes));
            let declared = VendorDeclaration::new(id);
            let declared = declared.with_purposes(consent?, legitimate_interest?, flexible?);
            Party::Vendor(declared.map_err(OpeningError::TcfVendor)?)
        }
    };
    let tcf = TcfMap::default().with(needs).map_err(OpeningError::TcfPurposes)?;
    Ok(Reader { party, tcf, categories: categories(settings)? })
}

fn tcf_purposes(numbers: &[u8]) -> Result<PurposeSet, OpeningError> {
    let known = |number: &u8| PURPOSES.contains(*number);
    match numbers.iter().find(|number| !known(number)) {
        Some(unknown) => Err(OpeningError::TcfPurposes(TcfMapError::PurposeUnknown(*unknown))),
        None => Ok(PurposeSet::of(numbers)),
    }
}

fn api_keys(ring: &ShopKeys, keys: &mut dyn Keys) -> Result<(ApiKeys, bool), OpeningError> {
    if let Some(sealed) = keys.secret(API_KEYS)? {
        let lines = ring.open_secret(API_KEYS, &sealed).map_err(|_| OpeningError::KeyWrong)?;
        let text = std::str::from_utf8(&lines).map_err(|_| OpeningError::KeyWrong)?;
        return Ok((ApiKeys::from_lines(text).ok_or(OpeningError::KeyWrong)?, false));
    }
    let fresh = ApiKeys::generate(&[chance::bytes()?, chance::bytes()?, chance::bytes()?]);
    let lines = fresh.to_lines();
    let sealed = ring
        .seal_secret(API_KEYS, lines.as_bytes(), chance::bytes()?)
        .map_err(|_| OpeningError::KeyWrong)?;
    keys.put_secret(API_KEYS, &sealed)?;
    Ok((fresh, true))
}

fn write_credentials(dir: &Path, keys: &ApiKeys) -> Result<Vec<PathBuf>, OpeningError> {
    let folder = dir.join("credentials");
    private_dir(&folder)?;
    let mut made = Vec::new();
    for (name, key) in [
        ("write.key", keys.write_key()),
        ("secret.key", keys.secret_key()),
        ("staff.key", keys.staff_key()),
    ] {
        let path = folder.join(name);
        write_private(&path, format!("{key}\n").as_bytes())?;
        made.push(path);
    }
    Ok(made)
}

/// Makes a folder that only its owner can enter.
pub(crate) fn private_dir(path: &Path) -> Result<(), OpeningError> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| {
        OpeningError::File { what: "cannot make the folder", path: path.to_owned(), error }
    })
}

/// Writes a file that only its owner can read; never over one that exists.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), OpeningError> {
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| OpeningError::File {
        what: "cannot write the file",
        path: path.to_owned(),
        error,
    })
}
