//! Which column means what: given, read from a file, or found by the names that shops use.

use std::collections::BTreeMap;

use crate::import::Kind;
use crate::import::moment::{Zone, ZoneError};

/// Longest mapping, in bytes.
pub const MAPPING_BYTES_MAX: usize = 16 * 1024;
/// Most columns of a file.
pub const COLUMNS_MAX: usize = 512;
/// Most columns that one composed meaning takes.
pub const PARTS_MAX: usize = 8;

/// What a column can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// The visit or the order.
    Session,
    /// The item.
    Item,
    /// When; several columns are composed.
    Time,
    /// The place inside the visit.
    Order,
    /// The customer.
    Customer,
    /// How many; a negative number is a return.
    Quantity,
    /// The price of one.
    Price,
    /// What was done.
    Event,
    /// Title of an item.
    Title,
    /// Category of an item; several columns make a path.
    Category,
    /// Brand of an item.
    Brand,
    /// Currency of the prices: a column, or the three letters of ISO 4217.
    Currency,
    /// Page of an item.
    Url,
    /// Picture of an item.
    Image,
}

impl Key {
    /// Every key.
    pub const ALL: [Self; 14] = [
        Self::Session,
        Self::Item,
        Self::Time,
        Self::Order,
        Self::Customer,
        Self::Quantity,
        Self::Price,
        Self::Event,
        Self::Title,
        Self::Category,
        Self::Brand,
        Self::Currency,
        Self::Url,
        Self::Image,
    ];

    /// The key as mappings write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Item => "item",
            Self::Time => "time",
            Self::Order => "order",
            Self::Customer => "customer",
            Self::Quantity => "quantity",
            Self::Price => "price",
            Self::Event => "event",
            Self::Title => "title",
            Self::Category => "category",
            Self::Brand => "brand",
            Self::Currency => "currency",
            Self::Url => "url",
            Self::Image => "image",
        }
    }

    /// Names of columns that mean this, the surest first, in lower-case letters and digits only.
    const fn known_names(self) -> &'static [&'static str] {
        match self {
            Self::Session => &[
                "sessionid",
                "session",
                "visitid",
                "basketid",
                "invoiceno",
                "invoice",
                "orderid",
                "orderno",
                "ordernumber",
                "transactionid",
            ],
            Self::Item => &[
                "itemid",
                "item",
                "productid",
                "stockcode",
                "page2clothingmodel",
                "articleid",
                "sku",
                "product",
                "id",
            ],
            Self::Time => &[
                "timestamp",
                "time",
                "transactiontimestamp",
                "invoicedate",
                "eventtime",
                "createdat",
                "orderdate",
                "datetime",
                "date",
            ],
            Self::Order => &["order", "position", "step"],
            Self::Customer => &["customerid", "userid", "visitorid", "householdid", "customer"],
            Self::Quantity => &["quantity", "qty"],
            Self::Price => &["unitprice", "price"],
            Self::Event => &["event", "eventtype", "action"],
            Self::Title => &["title", "name", "description", "productname"],
            Self::Category => &["category", "categorypath", "page1maincategory"],
            Self::Brand => &["brand"],
            Self::Currency => &["currency"],
            Self::Url => &["url", "link"],
            Self::Image => &["image", "imageurl", "imagelink"],
        }
    }

    const fn serves(self, kind: Kind) -> bool {
        match self {
            Self::Item => true,
            Self::Session
            | Self::Time
            | Self::Order
            | Self::Customer
            | Self::Quantity
            | Self::Event => !matches!(kind, Kind::Catalog),
            Self::Price
            | Self::Title
            | Self::Category
            | Self::Brand
            | Self::Currency
            | Self::Url
            | Self::Image => matches!(kind, Kind::Catalog),
        }
    }
}

/// Columns in parts that make one path or one date when no single column has it.
const KNOWN_PARTS: [(Key, &[&str]); 2] = [
    (Key::Time, &["year", "month", "day"]),
    (Key::Category, &["department", "productcategory", "producttype"]),
];

/// Why a mapping cannot be followed. Names are those of columns and keys, not of people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Not `key=Column`, with one of the known keys.
    #[error("mapping entry {entry} is not key=Column with one of the keys {}", key_names())]
    Entry {
        /// Which entry, from 1.
        entry: usize,
    },
    /// The same key twice.
    #[error("mapping gives {} twice", .0.as_str())]
    Twice(Key),
    /// The file has no such column.
    #[error("file has no column that the mapping names for {}", .0.as_str())]
    NoColumn(Key),
    /// Nothing in the header looks like it.
    #[error("no column for {}; give one with --columns {}=Name", .0.as_str(), .0.as_str())]
    NotFound(Key),
    /// Nobody could be told apart.
    #[error("no column for session or customer; give one with --columns session=Name")]
    Nobody,
    /// The mapping is longer than [`MAPPING_BYTES_MAX`].
    #[error("mapping has more than {MAPPING_BYTES_MAX} bytes")]
    TooLong,
    /// More columns than [`COLUMNS_MAX`], or more parts than [`PARTS_MAX`].
    #[error("file has more than {COLUMNS_MAX} columns, or a key more than {PARTS_MAX} parts")]
    TooMany,
    /// The zone is not known.
    #[error(transparent)]
    Zone(#[from] ZoneError),
    /// The delimiter is not one ASCII character.
    #[error("delimiter must be one ASCII character or the word tab")]
    Delimiter,
}

fn key_names() -> String {
    let names: Vec<_> = Key::ALL.into_iter().map(Key::as_str).collect();
    format!("{}, zone, delimiter", names.join(", "))
}

/// What the user said about the columns of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    columns: BTreeMap<Key, Vec<String>>,
    zone: Option<Zone>,
    delimiter: Option<u8>,
}

impl Mapping {
    /// Reads `session=SessionId,item=ItemId,time=year+month+day`.
    ///
    /// # Errors
    /// [`MappingError`] with the number of the entry.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        Self::of_entries(text, text.split(','))
    }

    /// Reads the lines `key = value` of a mapping file; lines that begin with `#` are comments.
    ///
    /// # Errors
    /// [`MappingError`] with the number of the line.
    pub fn parse_file(text: &str) -> Result<Self, MappingError> {
        Self::of_entries(text, text.lines())
    }

    fn of_entries<'t>(
        text: &str,
        entries: impl Iterator<Item = &'t str>,
    ) -> Result<Self, MappingError> {
        if text.len() > MAPPING_BYTES_MAX {
            return Err(MappingError::TooLong);
        }
        let mut mapping = Self::default();
        for (entry, text) in (1..).zip(entries) {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let (key, value) = text.split_once('=').ok_or(MappingError::Entry { entry })?;
            mapping.enter(entry, key.trim(), value.trim())?;
        }
        Ok(mapping)
    }

    fn enter(&mut self, entry: usize, key: &str, value: &str) -> Result<(), MappingError> {
        match key {
            "zone" => self.zone = Some(Zone::parse(value)?),
            "delimiter" => self.delimiter = Some(delimiter(value)?),
            _ => {
                let wrong = MappingError::Entry { entry };
                let key = Key::ALL.into_iter().find(|k| k.as_str() == key).ok_or(wrong)?;
                let parts: Vec<_> = value.split('+').map(|part| part.trim().to_owned()).collect();
                if parts.iter().any(String::is_empty) {
                    return Err(MappingError::Entry { entry });
                }
                if parts.len() > PARTS_MAX {
                    return Err(MappingError::TooMany);
                }
                if self.columns.insert(key, parts).is_some() {
                    return Err(MappingError::Twice(key));
                }
            }
        }
        Ok(())
    }

    /// The delimiter, when one was given.
    pub const fn delimiter(&self) -> Option<u8> {
        self.delimiter
    }

    /// Finds the columns in a header: those that were named, and the rest by known names.
    ///
    /// # Errors
    /// [`MappingError`] when a needed column is not there.
    pub fn bind(&self, header: &[&str], kind: Kind) -> Result<Columns, MappingError> {
        if header.len() > COLUMNS_MAX {
            return Err(MappingError::TooMany);
        }
        let header: Vec<&str> =
            header.iter().map(|name| name.trim_start_matches('\u{feff}').trim()).collect();
        let mut places = BTreeMap::new();
        let mut currency = None;
        for key in Key::ALL.into_iter().filter(|key| key.serves(kind)) {
            let found = match self.columns.get(&key) {
                Some(names) => match named(&header, names) {
                    Some(found) => found,
                    None if key == Key::Currency => {
                        currency = names.first().cloned();
                        continue;
                    }
                    None => return Err(MappingError::NoColumn(key)),
                },
                None => match known(&header, key) {
                    Some(found) => found,
                    None => continue,
                },
            };
            places.insert(key, found);
        }
        let columns = Columns {
            width: header.len(),
            places,
            zone: self.zone.clone().unwrap_or(Zone::UTC),
            currency,
        };
        columns.check(kind)
    }
}

fn delimiter(value: &str) -> Result<u8, MappingError> {
    match value.trim_matches('"') {
        "tab" | "\\t" => Ok(b'\t'),
        "comma" => Ok(b','),
        one => match one.as_bytes() {
            &[byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') => Ok(byte),
            _ => Err(MappingError::Delimiter),
        },
    }
}

fn named(header: &[&str], names: &[String]) -> Option<Vec<usize>> {
    names.iter().map(|name| header.iter().position(|column| column == name)).collect()
}

fn known(header: &[&str], key: Key) -> Option<Vec<usize>> {
    let letters: Vec<String> = header.iter().map(|name| letters(name)).collect();
    let find = |name: &str| letters.iter().position(|column| column == name);
    if let Some(place) = key.known_names().iter().find_map(|name| find(name)) {
        return Some(vec![place]);
    }
    let (_, parts) = KNOWN_PARTS.iter().find(|(of, _)| *of == key)?;
    parts.iter().map(|name| find(name)).collect()
}

fn letters(name: &str) -> String {
    let kept = name.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

/// The columns of one file, found.
#[derive(Clone, Debug)]
pub struct Columns {
    width: usize,
    places: BTreeMap<Key, Vec<usize>>,
    pub(crate) zone: Zone,
    pub(crate) currency: Option<String>,
}

impl Columns {
    fn check(self, kind: Kind) -> Result<Self, MappingError> {
        if !self.has(Key::Item) {
            return Err(MappingError::NotFound(Key::Item));
        }
        if kind == Kind::Catalog {
            return Ok(self);
        }
        if !self.has(Key::Session) && !self.has(Key::Customer) {
            return Err(MappingError::Nobody);
        }
        if !self.has(Key::Time) {
            return Err(MappingError::NotFound(Key::Time));
        }
        Ok(self)
    }

    /// Whether the file has a column for `key`.
    pub fn has(&self, key: Key) -> bool {
        self.places.contains_key(&key)
    }

    /// How many columns the header has.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// The texts of a key in one row, trimmed; `None` where file or row lack the column.
    pub(crate) fn texts<'r>(&self, key: Key, row: &[&'r str]) -> Option<Vec<&'r str>> {
        let places = self.places.get(&key)?;
        places.iter().map(|&place| row.get(place).map(|text| text.trim())).collect()
    }

    /// The one text of a key in one row, trimmed; `None` when missing or empty.
    pub(crate) fn text<'r>(&self, key: Key, row: &[&'r str]) -> Option<&'r str> {
        let place = *self.places.get(&key)?.first()?;
        row.get(place).map(|text| text.trim()).filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests;
