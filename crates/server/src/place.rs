//! Where a request comes from: the place of its address, by a file that the shop supplies.
//!
//! The file is in the MaxMind DB format with the fields of GeoIP2: `country.iso_code`, and
//! `subdivisions` where it has them. An address is looked up in memory and forgotten; what goes on
//! is a place. What the file does not know is unknown, and unknown is under the strictest law.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use consent::law::place::Place;
use domain::date::Date;
use domain::time::{DAY_MS, Day};
use maxminddb::{MaxMindDbError, Reader, WithinOptions};
use serde::Deserialize;

/// Networks of a file that are looked at to see whether it names countries.
const SAMPLE: usize = 10_000;
/// Largest file, in bytes.
const FILE_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;

/// Why a file of places cannot be used. Says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// Damaged, or another format.
    #[error("{path} is no MaxMind DB file, or is damaged: {error}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        error: MaxMindDbError,
    },
    /// A file about something else, such as numbers of networks.
    #[error("{path} is a {kind} file and names no country (country.iso_code)")]
    NoCountry {
        /// The file.
        path: PathBuf,
        /// What it says of itself.
        kind: String,
    },
    /// Cannot be read.
    #[error("cannot read {path}: {error}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// Larger than any such file.
    #[error("{0} has more than {FILE_BYTES_MAX} bytes")]
    TooLarge(PathBuf),
}

/// The file of places of a shop.
pub struct PlaceFile {
    path: PathBuf,
    reader: RwLock<Arc<Reader<Vec<u8>>>>,
}

/// What a file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The kind, such as `GeoLite2-City`.
    pub kind: String,
    /// The day on which it was made.
    pub made: Day,
    /// Whether it knows addresses of IPv6.
    pub ipv6: bool,
    /// Whether one of its first networks names a part of a country.
    pub parts: bool,
}

/// The fields that are read; everything else in the file stays unread.
#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    country: Option<Code<'a>>,
    #[serde(borrow, default)]
    subdivisions: Option<Vec<Code<'a>>>,
}

#[derive(Deserialize)]
struct Code<'a> {
    #[serde(default)]
    iso_code: Option<&'a str>,
}

impl PlaceFile {
    /// Reads a file whole and checks it.
    ///
    /// # Errors
    /// [`PlaceError`].
    pub fn open(path: &Path) -> Result<Self, PlaceError> {
        let reader = RwLock::new(Arc::new(read(path)?));
        Ok(Self { path: path.to_owned(), reader })
    }

    /// Reads the file anew.
    ///
    /// # Errors
    /// [`PlaceError`]; what was read before stays.
    pub fn reload(&self) -> Result<(), PlaceError> {
        let fresh = Arc::new(read(&self.path)?);
        *self.reader.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// The place of an address: a country, or a part of one.
    ///
    /// # Privacy
    /// The address goes no further than this. Private and reserved addresses are nowhere.
    pub fn find(&self, address: IpAddr) -> Option<Place> {
        let address = address.to_canonical();
        if is_nowhere(address) {
            return None;
        }
        let reader = Arc::clone(&self.reader.read().unwrap_or_else(PoisonError::into_inner));
        // An address of IPv6 in a file of IPv4 is an error of the reader, and unknown here.
        let entry: Entry<'_> = reader.lookup(address).ok()?.decode().ok()??;
        entry.place()
    }

    /// What the file says of itself.
    pub fn said(&self) -> Said {
        let reader = Arc::clone(&self.reader.read().unwrap_or_else(PoisonError::into_inner));
        let made_ms = reader.metadata().build_epoch.saturating_mul(1_000) / DAY_MS.unsigned_abs();
        Said {
            kind: reader.metadata().database_type.clone(),
            made: Day::from_number(u32::try_from(made_ms).unwrap_or(u32::MAX)),
            ipv6: reader.metadata().ip_version == 6,
            parts: any(&reader, |entry| entry.subdivisions.is_some()),
        }
    }
}

impl Entry<'_> {
    fn place(&self) -> Option<Place> {
        let country = self.country.as_ref()?.iso_code?;
        let first = self.subdivisions.as_ref().and_then(|parts| parts.first());
        let part = first.and_then(|part| part.iso_code);
        let whole = || Place::parse(country).ok().filter(|_| country.len() == 2);
        part.and_then(|part| Place::parse(&format!("{country}-{part}")).ok()).or_else(whole)
    }
}

impl Said {
    /// What it says, in one line.
    pub fn line(&self) -> String {
        let (kind, made) = (&self.kind, Date(self.made));
        let parts = if self.parts { "countries and their parts" } else { "countries only" };
        let versions = if self.ipv6 { "IPv4 and IPv6" } else { "IPv4 only" };
        format!("{kind} of {made}: {parts}, {versions}")
    }
}

fn read(path: &Path) -> Result<Reader<Vec<u8>>, PlaceError> {
    let failed = |error| PlaceError::Read { path: path.to_owned(), error };
    let damaged = |error| PlaceError::Damaged { path: path.to_owned(), error };
    if std::fs::metadata(path).map_err(failed)?.len() > FILE_BYTES_MAX {
        return Err(PlaceError::TooLarge(path.to_owned()));
    }
    let reader = Reader::from_source(std::fs::read(path).map_err(failed)?).map_err(damaged)?;
    // Damage in the middle would be found by single addresses only, and they would be nowhere.
    reader.verify().map_err(damaged)?;
    if !any(&reader, |entry| entry.place().is_some()) {
        let kind = reader.metadata().database_type.clone();
        return Err(PlaceError::NoCountry { path: path.to_owned(), kind });
    }
    Ok(reader)
}

/// Whether one of the first networks is as asked.
fn any(reader: &Reader<Vec<u8>>, asked: impl Fn(&Entry<'_>) -> bool) -> bool {
    let Ok(networks) = reader.networks(WithinOptions::default()) else { return false };
    networks.take(SAMPLE).flatten().any(|found| {
        let entry: Option<Entry<'_>> = found.decode().ok().flatten();
        entry.is_some_and(|entry| asked(&entry))
    })
}

/// Addresses that are in no place of the world: of the machine, of a house, of a link.
const fn is_nowhere(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_nowhere_v4(v4),
        IpAddr::V6(v6) => is_nowhere_v6(v6),
    }
}

const fn is_nowhere_v4(v4: Ipv4Addr) -> bool {
    v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified()
}

const fn is_nowhere_v6(v6: Ipv6Addr) -> bool {
    v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local() || v6.is_unicast_link_local()
}

impl fmt::Debug for PlaceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlaceFile(..)")
    }
}

#[cfg(test)]
mod tests;
