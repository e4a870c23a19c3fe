//! What a shop sells. Public data: no person is in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::ItemId;
use crate::money::Money;

/// Longest text of one catalog field, in bytes.
pub const CATALOG_TEXT_BYTES_MAX: usize = 2_048;
/// Most attributes of one item.
pub const ATTRIBUTES_MAX: usize = 64;
/// Most categories of one item.
pub const CATEGORIES_MAX: usize = 16;

/// Why an item cannot enter the catalog.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// A text is longer than [`CATALOG_TEXT_BYTES_MAX`].
    #[error("field {field} has {len} bytes, at most {CATALOG_TEXT_BYTES_MAX} are allowed")]
    TextTooLong {
        /// Name of the field.
        field: &'static str,
        /// Bytes that were given.
        len: usize,
    },
    /// More than [`ATTRIBUTES_MAX`] attributes.
    #[error("item has {count} attributes, at most {ATTRIBUTES_MAX} are allowed")]
    TooManyAttributes {
        /// Attributes that were given.
        count: usize,
    },
    /// More than [`CATEGORIES_MAX`] categories.
    #[error("item has {count} categories, at most {CATEGORIES_MAX} are allowed")]
    TooManyCategories {
        /// Categories that were given.
        count: usize,
    },
    /// A link that is neither `https`, `http` nor a path of the shop would run script in a page.
    #[error("field {field} must start with https://, http:// or a single /")]
    Link {
        /// Name of the field.
        field: &'static str,
    },
}

/// One thing that a shop sells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The shop's own id.
    pub id: ItemId,
    /// Title as shown.
    pub title: String,
    /// Categories, most specific last; the whole path is one entry, parted by `/`.
    #[serde(default)]
    pub categories: Vec<String>,
    /// Brand as shown.
    #[serde(default)]
    pub brand: Option<String>,
    /// Further attributes such as `color` and `size`.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// Price now.
    #[serde(default)]
    pub price: Option<Money>,
    /// Page of the item.
    #[serde(default)]
    pub url: Option<String>,
    /// Picture of the item.
    #[serde(default)]
    pub image: Option<String>,
    /// Whether it can be bought now.
    #[serde(default = "yes")]
    pub in_stock: bool,
    /// Sensitive goods are never learned, remembered or named without explicit consent
    /// (GDPR Art. 9(1)).
    #[serde(default)]
    pub sensitive: bool,
}

const fn yes() -> bool {
    true
}

impl Item {
    /// An item with an id and a title and nothing else.
    pub fn new(id: ItemId, title: String) -> Self {
        Self {
            id,
            title,
            categories: Vec::new(),
            brand: None,
            attributes: BTreeMap::new(),
            price: None,
            url: None,
            image: None,
            in_stock: true,
            sensitive: false,
        }
    }

    /// Takes an item whose fields keep the limits and whose links cannot run script; marks
    /// sensitive goods by the default list.
    pub fn admit(mut self) -> Result<Self, CatalogError> {
        text("title", &self.title)?;
        if let Some(brand) = &self.brand {
            text("brand", brand)?;
        }
        if self.categories.len() > CATEGORIES_MAX {
            return Err(CatalogError::TooManyCategories { count: self.categories.len() });
        }
        for category in &self.categories {
            text("categories", category)?;
        }
        if self.attributes.len() > ATTRIBUTES_MAX {
            return Err(CatalogError::TooManyAttributes { count: self.attributes.len() });
        }
        for (name, value) in &self.attributes {
            text("attributes", name)?;
            text("attributes", value)?;
        }
        link("url", self.url.as_deref())?;
        link("image", self.image.as_deref())?;
        self.sensitive |= self.categories.iter().any(|category| is_sensitive(category));
        Ok(self)
    }
}

/// Category words that mark goods of special categories (GDPR Art. 9(1)): health, pregnancy,
/// adult, religion, politics. A shop can mark more items itself, never fewer.
pub const SENSITIVE_WORDS: [&str; 16] = [
    "adult",
    "contraception",
    "erotic",
    "fertility",
    "health",
    "incontinence",
    "maternity",
    "medicine",
    "mobility aids",
    "pharmacy",
    "political",
    "politics",
    "pregnancy",
    "religion",
    "religious",
    "sexual wellness",
];

fn is_sensitive(category: &str) -> bool {
    let category = category.to_lowercase();
    category.split(['/', '>']).map(str::trim).any(|part| {
        SENSITIVE_WORDS.iter().any(|word| {
            part == *word || part.split(|c: char| !c.is_alphanumeric()).any(|w| w == *word)
        })
    })
}

const fn text(field: &'static str, value: &str) -> Result<(), CatalogError> {
    if value.len() > CATALOG_TEXT_BYTES_MAX {
        return Err(CatalogError::TextTooLong { field, len: value.len() });
    }
    Ok(())
}

fn link(field: &'static str, value: Option<&str>) -> Result<(), CatalogError> {
    let Some(value) = value else { return Ok(()) };
    text(field, value)?;
    let on_site = value.starts_with('/') && !value.starts_with("//");
    let on_web = value.starts_with("https://") || value.starts_with("http://");
    if on_site || on_web { Ok(()) } else { Err(CatalogError::Link { field }) }
}

#[cfg(test)]
mod tests;
