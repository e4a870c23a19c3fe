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
