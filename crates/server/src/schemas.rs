//! How the API's description shows values of rooms that know no HTTP.

use std::collections::BTreeMap;

use utoipa::ToSchema;

/// A catalog item, as it is sent and answered.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "describes `domain::catalog::Item`, which knows no HTTP")]
pub struct ItemBody {
    /// The shop's own id: 1 to 128 bytes, no control characters.
    #[schema(min_length = 1, max_length = 128)]
    id: String,
    /// Title as shown.
    title: String,
    /// Category paths, parted by `/`.
    categories: Option<Vec<String>>,
    /// Brand as shown.
    brand: Option<String>,
    /// Further attributes such as `color` and `size`.
    attributes: Option<BTreeMap<String, String>>,
    /// Price now.
    price: Option<PriceBody>,
    /// Page of the item: `https://`, `http://` or a path.
    url: Option<String>,
    /// Picture of the item: `https://`, `http://` or a path.
    image: Option<String>,
    /// Whether it can be bought now; yes when missing.
    in_stock: Option<bool>,
    /// Sensitive goods are never learned or remembered; some categories are so by themselves.
    sensitive: Option<bool>,
    /// Whether it stays out of every answer though it is in the catalog.
    hidden: Option<bool>,
    /// When it entered the catalog, in milliseconds since 1970; noted at the first time when
    /// missing. Taken and never answered.
    #[schema(write_only)]
    added_ms: Option<i64>,
    /// The first moment at which it can be bought, in milliseconds since 1970.
    available_from_ms: Option<i64>,
    /// The first moment at which it cannot be bought any more, in milliseconds since 1970.
    available_until_ms: Option<i64>,
    /// Countries where it is sold (ISO 3166-1 alpha-2); none means all.
    markets: Option<Vec<String>>,
    /// Margin in thousandths of the price, -10000 to 1000. Taken and never answered.
    #[schema(write_only)]
    margin_per_mille: Option<i32>,
    /// Units in stock; 0 is out of stock. Taken and never answered.
    #[schema(write_only)]
    stock_units: Option<u32>,
}

/// An amount of money.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "describes `domain::money::Money`, which knows no HTTP")]
pub struct PriceBody {
    /// Integer minor units: cents for EUR.
    minor: i64,
    /// ISO 4217.
    currency: String,
}

/// A notice or record of the shop.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "describes `notices::document::Document`, which knows no HTTP")]
pub struct PaperBody {
    /// Which form this is.
    form: String,
    /// `inventory`, `ropa`, `retention`, `notice` or `dpia`.
    kind: String,
    /// The language (BCP 47).
    language: String,
    /// `ltr` or `rtl`.
    direction: String,
    /// Which version of the words this is.
    texts: String,
    /// Its title.
    title: String,
    /// What the shop still has to state, as keys of the settings.
    missing: Vec<String>,
    /// What it says.
    sections: Vec<PaperSection>,
    /// What is done with personal data, without words; what a comparison compares.
    #[schema(value_type = Object)]
    processing: serde_json::Value,
    /// SHA-256 of all of this without the digest: keys sorted, no spaces (RFC 8785).
    #[schema(pattern = "^[0-9a-f]{64}$")]
    digest: String,
}

/// A part of a notice or record under one heading.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "describes `notices::document::Section`, which knows no HTTP")]
pub struct PaperSection {
    /// Its name, the same in every language.
    id: String,
    /// How deep its heading stands: 2 or 3.
    level: u8,
    /// Its heading.
    title: String,
    /// Its pieces: `part` is `text`, `list`, `facts`, `table`, `missing` or `question`.
    #[schema(value_type = Vec<Object>)]
    parts: Vec<serde_json::Value>,
}

/// What is different between two notices or records.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "describes `notices::diff::Diff`, which knows no HTTP")]
pub struct PaperDiff {
    /// Digest of the older document.
    before: String,
    /// Digest of the newer document.
    after: String,
    /// Whether the newer version does more with personal data.
    widens: bool,
    /// Purposes that rest on consent and of which a yes from before does not cover everything.
    uncovered: Vec<String>,
    /// The differences in what is done.
    changes: Vec<PaperChange>,
    /// Sections with other words, when both are the same document in the same language.
    words: Vec<String>,
}

/// One difference.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "describes `notices::diff::Change`, which knows no HTTP")]
pub struct PaperChange {
    /// What it is about, such as `tables.history_event.keep_days_max`.
    what: String,
    /// What it was; missing when it was added.
    before: Option<String>,
    /// What it is; missing when it was removed.
    after: Option<String>,
    /// `widens`, `narrows`, `same`, or `judge` where only the shop can say.
    effect: String,
    /// The purposes that it touches.
    purposes: Vec<String>,
}
