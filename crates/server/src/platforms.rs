//! What shop platforms tell about customers: the secrets, and whether a message is signed.
//!
//! Shopify signs the raw body with the client secret of the app. For the others there is one form
//! of our own: time and body, under a secret of their own, valid for five minutes. A message that
//! is not signed is answered like one to a platform that is not set up.

use std::path::{Path, PathBuf};

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::time::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use personal::subject::CustomerId;
use sha2::Sha256;

use crate::settings::platforms::{HookSettings, PlatformSettings};

pub mod paging;
pub mod shopify;

/// The header of Shopify's signature.
pub const SHOPIFY_SIGNATURE: &str = "x-shopify-hmac-sha256";
/// The header of our own signature.
pub const SIGNATURE: &str = "confidant-signature";
/// The header of the time that is signed, in seconds since 1970.
pub const SIGNED_AT: &str = "confidant-timestamp";
/// How long a signature of our own form is good, in seconds.
pub const SIGNED_SECONDS_MAX: i64 = 300;
/// Shortest secret, in bytes.
const SECRET_BYTES_MIN: usize = 16;

/// Why the hooks cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// Not readable.
    #[error("platforms.{name}: cannot read {path}: {error}")]
    Read {
        /// The platform.
        name: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// Too short to be one.
    #[error("platforms.{0}: a secret has {SECRET_BYTES_MIN} bytes or more")]
    Short(&'static str),
}

/// A secret that messages are signed with. Prints nothing.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    fn read(name: &'static str, path: &Path) -> Result<Self, PlatformError> {
        let text = std::fs::read_to_string(path).map_err(|error| PlatformError::Read {
            name,
            path: path.to_owned(),
            error,
        })?;
        let text = text.trim();
        match text.len() >= SECRET_BYTES_MIN {
            true => Ok(Self(text.as_bytes().to_vec())),
            false => Err(PlatformError::Short(name)),
        }
    }

    /// Whether the base64 of a MAC over `parts` is right, in a time that does not depend on it.
    fn holds(&self, parts: &[&[u8]], signature: Option<&str>) -> bool {
        let Some(mac) = signature.and_then(|text| STANDARD.decode(text).ok()) else {
            return false;
        };
        let Ok(mut own) = Hmac::<Sha256>::new_from_slice(&self.0) else { return false };
        for part in parts {
            own.update(part);
        }
        own.verify_slice(&mac).is_ok()
    }
}

/// A customer, with the text of the name, which only a sealed row keeps.
#[derive(Clone, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub id: CustomerId,
    /// Its text.
    pub text: String,
}

impl std::fmt::Debug for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Named(..)")
    }
}

/// One platform: its secret, and how it names customers.
#[derive(Clone, Debug)]
pub struct Hook {
    secret: Secret,
    prefix: String,
    /// The platform as rows name it.
    pub name: &'static str,
}

impl Hook {
    fn open(name: &'static str, settings: &HookSettings) -> Result<Self, PlatformError> {
        let secret = Secret::read(name, &settings.secret_file)?;
        Ok(Self { secret, prefix: settings.customer_prefix.clone(), name })
    }

    /// The shop's name for a customer of the platform.
    pub fn customer(&self, id: &str) -> Option<Named> {
        let text = format!("{}{id}", self.prefix);
        let id = CustomerId::parse(&text).ok()?;
        Some(Named { id, text })
    }

    /// Whether a message in our own form is signed, and not too long ago.
    pub fn signed(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> bool {
        let Some(at) = only(headers, SIGNED_AT) else { return false };
        let Ok(seconds) = at.parse::<i64>() else { return false };
        let apart = (now.ms() / 1_000).saturating_sub(seconds).unsigned_abs();
        apart <= SIGNED_SECONDS_MAX.unsigned_abs()
            && self.secret.holds(&[at.as_bytes(), b".", body], only(headers, SIGNATURE))
    }
}

/// A header that stands once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(first)
}

/// Every platform that is set up.
#[derive(Clone, Debug, Default)]
pub struct Platforms {
    /// Shopify.
    pub shopify: Option<shopify::Shopify>,
    /// Medusa.
    pub medusa: Option<Hook>,
    /// commercetools.
    pub commercetools: Option<Hook>,
    /// WordPress.
    pub wordpress: Option<Hook>,
}

impl Platforms {
    /// Reads the secrets.
    ///
    /// # Errors
    /// [`PlatformError`].
    pub fn open(settings: &PlatformSettings) -> Result<Self, PlatformError> {
        let open = |name, settings: &Option<HookSettings>| {
            settings.as_ref().map(|settings| Hook::open(name, settings)).transpose()
        };
        let shopify = settings.shopify.as_ref().map(|settings| {
            let hook = HookSettings {
                secret_file: settings.secret_file.clone(),
                customer_prefix: settings.customer_prefix.clone(),
            };
            let hook = Hook::open("shopify", &hook)?;
            Ok::<_, PlatformError>(shopify::Shopify { hook, shop: settings.shop.clone() })
        });
        Ok(Self {
            shopify: shopify.transpose()?,
            medusa: open("medusa", &settings.medusa)?,
            commercetools: open("commercetools", &settings.commercetools)?,
            wordpress: open("wordpress", &settings.wordpress)?,
        })
    }
}

#[cfg(test)]
mod tests;
