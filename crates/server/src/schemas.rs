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
