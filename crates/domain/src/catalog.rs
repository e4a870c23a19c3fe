//! What a shop sells. Public data: no person is in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::ItemId;
use crate::market::Market;
use crate::money::Money;
use crate::time::Timestamp;

/// Longest text of one catalog field, in bytes.
pub const CATALOG_TEXT_BYTES_MAX: usize = 2_048;
/// Most attributes of one item.
pub const ATTRIBUTES_MAX: usize = 64;
/// Most categories of one item.
pub const CATEGORIES_MAX: usize = 16;
/// Most markets of one item.
pub const MARKETS_MAX: usize = 250;
/// A margin is at most the whole price; a loss at most ten times of it.
pub const MARGIN_PER_MILLE: std::ops::RangeInclusive<i32> = -10_000..=1_000;

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
    /// More than [`MARKETS_MAX`] markets.
    #[error("item has {count} markets, at most {MARKETS_MAX} are allowed")]
    TooManyMarkets {
        /// Markets that were given.
        count: usize,
    },
    /// Outside of [`MARGIN_PER_MILLE`].
    #[error("margin_per_mille must be -10000 to 1000")]
    Margin,
    /// A link that is neither `https`, `http` nor a path of the shop would run script in a page.
    #[error("field {field} must start with https://, http:// or a single /")]
    Link {
        /// Name of the field.
        field: &'static str,
    },
}

/// One thing that a shop sells.
///
/// # Privacy
/// What only the shop may know (margin, units in stock, age) is read and never serialized, so that no
/// answer can hold it; [`Item::row`] is the form with it, for the shop's own store.
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
    /// Whether it stays out of every answer though it is in the catalog.
    #[serde(default, skip_serializing_if = "is_no")]
    pub hidden: bool,
    /// When it entered the catalog; the server notes it when the shop does not say. Never
    /// serialized.
    #[serde(default, skip_serializing)]
    pub added_ms: Option<Timestamp>,
    /// The first moment at which it can be bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_from_ms: Option<Timestamp>,
    /// The first moment at which it cannot be bought any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_until_ms: Option<Timestamp>,
    /// Countries where it is sold; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markets: Vec<Market>,
    /// Margin in thousandths of the price. Never serialized.
    #[serde(default, skip_serializing)]
    pub margin_per_mille: Option<i32>,
    /// Units in stock. Never serialized.
    #[serde(default, skip_serializing)]
    pub stock_units: Option<u32>,
}

/// An item with what only the shop may know, as the shop's own store keeps it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ItemRow<'a> {
    #[serde(flatten)]
    item: &'a Item,
    #[serde(skip_serializing_if = "Option::is_none")]
    added_ms: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    margin_per_mille: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stock_units: Option<u32>,
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_no(value: &bool) -> bool {
    !*value
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
            hidden: false,
            added_ms: None,
            available_from_ms: None,
            available_until_ms: None,
            markets: Vec::new(),
            margin_per_mille: None,
            stock_units: None,
        }
    }

    /// The item with everything, for the shop's own store and for nothing that is answered.
    pub const fn row(&self) -> ItemRow<'_> {
        ItemRow {
            item: self,
            added_ms: self.added_ms,
            margin_per_mille: self.margin_per_mille,
            stock_units: self.stock_units,
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
        if self.markets.len() > MARKETS_MAX {
            return Err(CatalogError::TooManyMarkets { count: self.markets.len() });
        }
        if self.margin_per_mille.is_some_and(|margin| !MARGIN_PER_MILLE.contains(&margin)) {
            return Err(CatalogError::Margin);
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
