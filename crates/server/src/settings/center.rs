//! Settings of the privacy center.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

use crate::settings::{Listener, Origin};

/// Why the privacy center cannot be opened like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CenterSettingsError {
    /// On an origin of the shop: what runs there could read it.
    #[error("origin is one of origins; take one of its own")]
    Shared,
    /// Not an address to go back to.
    #[error("shop_page is no http or https address of at most 2,000 bytes")]
    ShopPage,
}

/// The privacy center: an address of its own, on an origin of its own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CenterSettings {
    /// Address and port; port 0 takes a free one.
    #[serde(default = "center_address")]
    pub address: SocketAddr,
    /// Certificate chain in PEM; TLS is on when both are given.
    #[serde(default)]
    pub certificate_file: Option<PathBuf>,
    /// Private key in PEM.
    #[serde(default)]
    pub private_key_file: Option<PathBuf>,
    /// The origin that people see, such as `https://privacy.shop.example`; none of `origins`. That
    /// of the listener when missing.
    #[serde(default)]
    pub origin: Option<Origin>,
    /// Where "back to the shop" leads: an address with https.
    #[serde(default)]
    pub shop_page: Option<String>,
}

impl CenterSettings {
    /// Loopback without TLS, for a machine of one's own.
    pub fn loopback(port: u16) -> Self {
        let Listener { address, .. } = Listener::loopback(port);
        Self {
            address,
            certificate_file: None,
            private_key_file: None,
            origin: None,
            shop_page: None,
        }
    }

    /// The listener.
    pub fn listener(&self) -> Listener {
        Listener {
            address: self.address,
            certificate_file: self.certificate_file.clone(),
            private_key_file: self.private_key_file.clone(),
        }
    }

    pub(super) fn check(&self, shop: &[Origin]) -> Result<(), CenterSettingsError> {
        if self.origin.as_ref().is_some_and(|own| shop.contains(own)) {
            return Err(CenterSettingsError::Shared);
        }
        let page = self.shop_page.as_deref();
        let link = |page: &str| page.starts_with("https://") || page.starts_with("http://");
        match page.is_some_and(|page| !link(page) || page.len() > 2_000) {
            true => Err(CenterSettingsError::ShopPage),
            false => Ok(()),
        }
    }
}

fn center_address() -> SocketAddr {
    Listener::loopback(8_090).address
}
