//! The typed configuration file. Unknown keys are refused; secrets come by file or environment.
//!
//! Every key, its unit and its default stand in `docs/settings.md`; a test compares the two.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use domain::hex;
use domain::id::ShopId;
use recommend::baskets::settings::BasketSettingsError;
use recommend::placement::Placements;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::banner::{BannerSettings, BannerSettingsError};
use crate::papers::settings::{NoticeSettings, NoticeSettingsError};
use crate::recipients::{self, RecipientError, Recipients};
use crate::settings::backup::{BackupSettings, BackupSettingsError};
use crate::settings::center::{CenterSettings, CenterSettingsError};
use crate::settings::controller::ControllerSettings;
use crate::settings::drp::{DrpSettings, DrpSettingsError};
use crate::settings::learning::{LearningSettings, RecommendSettings};
use crate::settings::mail::{MailSettings, MailSettingsError};
use crate::settings::members::MemberSettings;
use crate::settings::outbound::OutboundSettings;
use crate::settings::platforms::{PlatformSettings, PlatformSettingsError};
use crate::settings::requests::{RequestSettings, RequestSettingsError};
use crate::settings::shop_key::{ShopKeySource, ShopKeySourceError};
use crate::settings::signals::SignalSettings;
use crate::transparency::settings::{LedgerSettings, LedgerSettingsError};

pub mod backup;
pub mod center;
pub mod controller;
pub mod drp;
pub mod learning;
pub mod mail;
pub mod members;
pub mod outbound;
pub mod platforms;
pub mod requests;
pub mod shop_key;
pub mod signals;

/// Everything that `confidant serve` can be told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Name of the shop: 1 to 32 of a-z, 0-9 and `-`.
    pub shop: ShopId,
    /// Folder of the store; created when missing.
    pub data_dir: PathBuf,
    /// Where the shop key comes from.
    #[serde(default)]
    pub shop_key: ShopKeySource,
    /// The public listener.
    #[serde(default)]
    pub public: Listener,
    /// The listener for staff and metrics.
    #[serde(default = "staff_listener")]
    pub staff: Listener,
    /// Who works here, each with a key of their own.
    #[serde(default)]
    pub staff_members: MemberSettings,
    /// The privacy center: pages for customers; missing, there is none.
    #[serde(default)]
    pub privacy_center: Option<CenterSettings>,
    /// Mail to people about their data; missing, none is sent.
    #[serde(default)]
    pub mail: Option<MailSettings>,
    /// Days off, and how requests of people are answered.
    #[serde(default)]
    pub requests: RequestSettings,
    /// Platforms that may tell about customers.
    #[serde(default)]
    pub platforms: PlatformSettings,
    /// Authorized agents that may ask for customers; missing, there are none.
    #[serde(default)]
    pub drp: Option<DrpSettings>,
    /// Web origins that may use the write key, such as `https://shop.example`.
    #[serde(default)]
    pub origins: Vec<Origin>,
    /// Proxies whose `X-Forwarded-For` is believed; without one the peer's address counts.
    #[serde(default)]
    pub trusted_proxies: Vec<IpAddr>,
    /// Where the shop's customers are when a request does not say: `EU`, `GB`, `US-CA`, ...
    #[serde(default)]
    pub jurisdiction: Option<String>,
    /// Where a visitor is whose request does not say.
    #[serde(default)]
    pub place: PlaceSettings,
    /// Whether the shop is directed at children: then nobody rises above `anonymous` alone.
    #[serde(default)]
    pub child_directed: bool,
    /// Limits of the HTTP API.
    #[serde(default)]
    pub limits: Limits,
    /// The recommender.
    #[serde(default)]
    pub recommend: RecommendSettings,
    /// Where answers are shown, and what the shop wants there.
    #[serde(default)]
    pub placements: Placements,
    /// The learning door.
    #[serde(default)]
    pub learning: LearningSettings,
    /// How long backups of the data folder are kept, in days; receipts name the day on which the
    /// last one from before an erasure is gone.
    #[serde(default = "thirty_days")]
    pub backup_keep_days: u32,
    /// Backups.
    #[serde(default)]
    pub backup: BackupSettings,
    /// Who is responsible for the data, as records of consent name it.
    #[serde(default)]
    pub controller: ControllerSettings,
    /// What people are asked, and in which words.
    #[serde(default)]
    pub banner: BannerSettings,
    /// What only the shop can say in notices and records.
    #[serde(default)]
    pub notice: NoticeSettings,
    /// How the signals of browsers and consent tools are meant.
    #[serde(default)]
    pub signals: SignalSettings,
    /// The transparency log.
    #[serde(default)]
    pub ledger: LedgerSettings,
    /// Who else receives personal data, and on what a transfer there rests.
    #[serde(default)]
    pub recipients: Recipients,
    /// How the server calls other servers.
    #[serde(default)]
    pub outbound: OutboundSettings,
    /// Category names of the shop's consent tool and the purposes that they stand for.
    #[serde(default)]
    pub consent_categories: BTreeMap<String, Vec<String>>,
    /// SHA-256 of the file that said all this, in hexadecimal; the transparency log names it.
    #[serde(skip)]
    pub digest: Option<String>,
}

/// Where a visitor is whose request does not say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlaceSettings {
    /// A file in the MaxMind DB format with the places of addresses; then an address that it does
    /// not know is under the strictest law.
    pub file: Option<PathBuf>,
}

/// An address to listen on, with a certificate or without.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listener {
    /// Address and port; port 0 takes a free one.
    pub address: SocketAddr,
    /// Certificate chain in PEM; TLS is on when both are given.
    #[serde(default)]
    pub certificate_file: Option<PathBuf>,
    /// Private key in PEM.
    #[serde(default)]
    pub private_key_file: Option<PathBuf>,
}

impl Default for Listener {
    fn default() -> Self {
        Self::loopback(8_088)
    }
}

impl Listener {
    /// Loopback without TLS.
    pub const fn loopback(port: u16) -> Self {
        let address = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), port);
        Self { address, certificate_file: None, private_key_file: None }
    }

    /// Certificate and key, when TLS is on.
    pub fn tls(&self) -> Option<(&Path, &Path)> {
        Some((self.certificate_file.as_deref()?, self.private_key_file.as_deref()?))
    }
}

fn staff_listener() -> Listener {
    Listener::loopback(8_089)
}

const fn thirty_days() -> u32 {
    30
}

/// An exact web origin: scheme, host and port, nothing after.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(String);

impl Origin {
    /// Reads `https://host[:port]` (or `http://` for a machine of one's own).
    ///
    /// # Errors
    /// A sentence that says what an origin looks like.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let plain = |host: &str| {
            let known =
                |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:[]".contains(c);
            !host.is_empty() && host.len() <= 255 && host.chars().all(known)
        };
        match host {
            Some(host) if plain(host) => Ok(Self(text.to_owned())),
            Some(_) | None => Err(SettingsError::Origin(text.to_owned())),
        }
    }

    /// The origin as a browser sends it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Origin {
    type Error = SettingsError;

    fn try_from(text: String) -> Result<Self, SettingsError> {
        Self::parse(&text)
    }
}

/// Limits of the HTTP API, each with its unit in its name.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Largest request body.
    pub body_bytes_max: usize,
    /// Requests per minute and network prefix (IPv4 /24, IPv6 /48) with the write key.
    pub requests_per_minute_max: u32,
    /// Longest that a request may take.
    pub request_ms_max: u64,
    /// Commands that may wait for the writer before new ones are answered with 503.
    pub queue_max: usize,
    /// Most items in one answer.
    pub count_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 512 * 1024,
            requests_per_minute_max: 1_200,
            request_ms_max: 10_000,
            queue_max: 4_096,
            count_max: 50,
        }
    }
}

/// Why the configuration cannot be used. Says which key and what to do.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The shop key.
    #[error(transparent)]
    ShopKey(#[from] ShopKeySourceError),
    /// The basket model.
    #[error("recommend.baskets: {0}")]
    Baskets(#[from] BasketSettingsError),
    /// The transparency log.
    #[error(transparent)]
    Ledger(#[from] LedgerSettingsError),
    /// Backups.
    #[error(transparent)]
    Backup(#[from] BackupSettingsError),
    /// The banner.
    #[error(transparent)]
    Banner(#[from] BannerSettingsError),
    /// Who receives data.
    #[error(transparent)]
    Notice(#[from] NoticeSettingsError),
    /// The privacy center.
    #[error("privacy_center: {0}")]
    Center(#[from] CenterSettingsError),
    /// Mail.
    #[error("mail: {0}")]
    Mail(#[from] MailSettingsError),
    /// Requests of people.
    #[error("requests.{0}")]
    Requests(#[from] RequestSettingsError),
    /// Hooks of platforms.
    #[error("platforms.{0}")]
    Platforms(#[from] PlatformSettingsError),
    /// The table of agents.
    #[error("{0}")]
    Drp(#[from] DrpSettingsError),
    /// One half of a certificate is missing.
    #[error("{0}: certificate_file and private_key_file belong together")]
    HalfTls(&'static str),
    /// Not an origin.
    #[error(
        "origins: {0:?} is not an origin; write scheme and host only, as in https://shop.example"
    )]
    Origin(String),
    /// Not readable.
    #[error("cannot read {path}: {error}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A recipient.
    #[error(transparent)]
    Recipient(#[from] RecipientError),
    /// Staff pages on an address of the world without TLS.
    #[error("staff: an address that is not loopback needs a certificate")]
    StaffOpen,
    /// Not TOML, an unknown key or a wrong value.
    #[error("{0}")]
    Toml(Box<toml::de::Error>),
    /// A limit of zero would refuse everything.
    #[error("{0} must be at least 1")]
    Zero(&'static str),
}

impl Settings {
    /// Reads and checks a configuration file.
    ///
    /// # Errors
    /// [`SettingsError`], with the line where there is one.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| SettingsError::Read { path: path.to_owned(), error })?;
        Self::parse(&text)
    }

    /// Reads and checks the text of a configuration file.
    ///
    /// # Errors
    /// See [`Settings::read`].
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        let mut settings: Self =
            toml::from_str(text).map_err(|error| SettingsError::Toml(Box::new(error)))?;
        settings.check()?;
        settings.digest = Some(hex::encode(&Sha256::digest(text.as_bytes())));
        Ok(settings)
    }

    /// Settings of a shop in `data_dir` with everything else as it comes.
    pub fn of(shop: ShopId, data_dir: PathBuf) -> Self {
        Self {
            shop,
            data_dir,
            shop_key: ShopKeySource::default(),
            public: Listener::default(),
            staff: staff_listener(),
            staff_members: MemberSettings::new(),
            privacy_center: None,
            mail: None,
            requests: RequestSettings::default(),
            platforms: PlatformSettings::default(),
            drp: None,
            origins: Vec::new(),
            trusted_proxies: Vec::new(),
            jurisdiction: None,
            place: PlaceSettings::default(),
            child_directed: false,
            limits: Limits::default(),
            recommend: RecommendSettings::default(),
            placements: Placements::default(),
            learning: LearningSettings::default(),
            backup_keep_days: thirty_days(),
            backup: BackupSettings::default(),
            controller: ControllerSettings::default(),
            banner: BannerSettings::default(),
            notice: NoticeSettings::default(),
            signals: SignalSettings::default(),
            ledger: LedgerSettings::default(),
            recipients: Recipients::new(),
            outbound: OutboundSettings::default(),
            consent_categories: BTreeMap::new(),
            digest: None,
        }
    }

    fn check(&self) -> Result<(), SettingsError> {
        self.shop_key.check()?;
        let center = self.privacy_center.as_ref().map(CenterSettings::listener);
        let center = center.iter().map(|listener| ("privacy_center", listener));
        for (name, listener) in
            [("public", &self.public), ("staff", &self.staff)].into_iter().chain(center)
        {
            if listener.certificate_file.is_some() != listener.private_key_file.is_some() {
                return Err(SettingsError::HalfTls(name));
            }
        }
        if !self.staff.address.ip().is_loopback() && self.staff.tls().is_none() {
            return Err(SettingsError::StaffOpen);
        }
        self.recommend.baskets.check()?;
        self.banner.check()?;
        self.backup.check(self.backup_keep_days)?;
        self.notice.check()?;
        self.ledger.check()?;
        if let Some(center) = &self.privacy_center {
            center.check(&self.origins)?;
        }
        self.mail.as_ref().map_or(Ok(()), MailSettings::check)?;
        self.requests.check()?;
        self.platforms.check()?;
        if let Some(drp) = &self.drp {
            drp.check()?;
        }
        recipients::check(self)?;
        let limits = [
            ("limits.body_bytes_max", self.limits.body_bytes_max),
            ("limits.requests_per_minute_max", self.limits.requests_per_minute_max as usize),
            ("limits.queue_max", self.limits.queue_max),
            ("limits.count_max", self.limits.count_max),
            ("outbound.answer_bytes_max", self.outbound.answer_bytes_max),
            ("outbound.call_ms_max", usize::from(self.outbound.call_ms_max > 0)),
            ("recommend.supporters_min", self.recommend.supporters_min as usize),
            ("recommend.popular_min", self.recommend.popular_min as usize),
        ];
        match limits.into_iter().find(|(_, value)| *value == 0) {
            Some((name, _)) => Err(SettingsError::Zero(name)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
