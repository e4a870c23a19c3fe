//! Settings of the hooks of shop platforms.

use std::path::PathBuf;

use serde::Deserialize;

/// Why a hook cannot be opened like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("shopify.shop is no name such as example.myshopify.com")]
pub struct PlatformSettingsError;

/// The platforms that may tell about customers, each with a secret of its own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlatformSettings {
    /// Shopify.
    pub shopify: Option<ShopifySettings>,
    /// Medusa.
    pub medusa: Option<HookSettings>,
    /// commercetools.
    pub commercetools: Option<HookSettings>,
    /// WordPress and WooCommerce.
    pub wordpress: Option<HookSettings>,
}

/// A hook that is signed in our own way.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookSettings {
    /// A file with the secret, 16 bytes or more.
    pub secret_file: PathBuf,
    /// Stands before the platform's id in the shop's names of customers.
    #[serde(default)]
    pub customer_prefix: String,
}

/// Shopify's webhooks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShopifySettings {
    /// A file with the client secret of the app.
    pub secret_file: PathBuf,
    /// The shop, such as `example.myshopify.com`; messages about others are refused.
    pub shop: String,
    /// Stands before Shopify's id in the shop's names of customers.
    #[serde(default)]
    pub customer_prefix: String,
}

impl PlatformSettings {
    pub(super) fn check(&self) -> Result<(), PlatformSettingsError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
        let shops = self.shopify.iter().map(|shopify| shopify.shop.as_str());
        match shops.into_iter().all(|shop| shop.contains('.') && shop.chars().all(plain)) {
            true => Ok(()),
            false => Err(PlatformSettingsError),
        }
    }
}
