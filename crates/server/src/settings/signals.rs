//! How the signals of browsers and consent tools are meant.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Settings of signals.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignalSettings {
    /// The shop's entry in the Global Vendor List; without one TC strings are read for the shop as
    /// the publisher of its pages.
    pub tcf_vendor: Option<TcfVendor>,
    /// The TCF purposes that purposes of ours need, where they are not those of the table in
    /// `docs/signals.md`.
    pub tcf_purposes: BTreeMap<String, Vec<u8>>,
}

/// An entry of the Global Vendor List of IAB Europe.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TcfVendor {
    /// The id: 1 to 65,535.
    pub id: u16,
    /// TCF purposes by consent.
    #[serde(default)]
    pub consent: Vec<u8>,
    /// TCF purposes by legitimate interest.
    #[serde(default)]
    pub legitimate_interest: Vec<u8>,
    /// Those of them whose legal basis a publisher may change.
    #[serde(default)]
    pub flexible: Vec<u8>,
}
