//! Settings of outgoing mail.

use std::net::IpAddr;
use std::path::PathBuf;

use lettre::message::Mailbox;
use serde::Deserialize;

/// Why mail cannot be sent like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailSettingsError {
    /// Nobody to send as.
    #[error("{0} is no address such as \"The shop <privacy@shop.example>\"")]
    Address(&'static str),
    /// One half of a login is missing.
    #[error("user and password_file belong together")]
    HalfLogin,
    /// Not a host.
    #[error("server is no host name or address")]
    Server,
    /// In the clear over a network.
    #[error("security = \"none\" is for a server on this machine only, and without a login")]
    Open,
    /// A limit of zero would refuse everything.
    #[error("{0} must be at least 1")]
    Zero(&'static str),
}

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Begins in the clear and must become TLS before anything else is said (RFC 3207).
    #[default]
    Starttls,
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// In the clear; on this machine only.
    None,
}

impl Security {
    const fn port(self) -> u16 {
        match self {
            Self::Starttls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

/// Outgoing mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// The shop's mail server.
    pub server: String,
    /// Its port; 587, 465 or 25, as `security` says, when missing.
    #[serde(default)]
    pub port: Option<u16>,
    /// `starttls`, `tls` or `none`.
    #[serde(default)]
    pub security: Security,
    /// Who logs in there.
    #[serde(default)]
    pub user: Option<String>,
    /// A file with the password.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// Certificates in PEM that are believed besides those of the system.
    #[serde(default)]
    pub certificate_file: Option<PathBuf>,
    /// Who writes.
    pub from: String,
    /// Where answers go; to `from` when missing.
    #[serde(default)]
    pub reply_to: Option<String>,
    /// A folder with texts of the shop: `en.toml` and so on, any key of the program's own files.
    #[serde(default)]
    pub texts: Option<PathBuf>,
    /// How long after a failure it is tried again, in seconds; each further time twice as long.
    #[serde(default = "retry")]
    pub retry_seconds: u64,
    /// Links that one address is sent in an hour.
    #[serde(default = "per_address")]
    pub links_per_address_hour_max: u32,
    /// Links that one network prefix asks for in an hour.
    #[serde(default = "per_prefix")]
    pub links_per_prefix_hour_max: u32,
    /// Keeps mails in memory instead of sending them, for the demo and for tests.
    #[serde(skip)]
    pub kept: bool,
}

const fn retry() -> u64 {
    60
}

const fn per_address() -> u32 {
    3
}

const fn per_prefix() -> u32 {
    20
}

impl MailSettings {
    /// Mail that is kept in memory and goes nowhere.
    pub fn kept() -> Self {
        Self {
            server: "localhost".to_owned(),
            port: None,
            security: Security::None,
            user: None,
            password_file: None,
            certificate_file: None,
            from: "The shop <privacy@shop.example>".to_owned(),
            reply_to: None,
            texts: None,
            retry_seconds: retry(),
            links_per_address_hour_max: per_address(),
            links_per_prefix_hour_max: per_prefix(),
            kept: true,
        }
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or_else(|| self.security.port())
    }

    pub(super) fn check(&self) -> Result<(), MailSettingsError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-:".contains(c);
        if self.server.is_empty() || self.server.len() > 255 || !self.server.chars().all(plain) {
            return Err(MailSettingsError::Server);
        }
        if self.user.is_some() != self.password_file.is_some() {
            return Err(MailSettingsError::HalfLogin);
        }
        let here = self.server == "localhost"
            || self.server.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if self.security == Security::None && (!here || self.user.is_some()) {
            return Err(MailSettingsError::Open);
        }
        let reply = self.reply_to.as_ref().map(|reply| ("reply_to", reply));
        for (name, text) in [("from", &self.from)].into_iter().chain(reply) {
            text.parse::<Mailbox>().map_err(|_| MailSettingsError::Address(name))?;
        }
        let limits = [
            ("links_per_address_hour_max", u64::from(self.links_per_address_hour_max)),
            ("links_per_prefix_hour_max", u64::from(self.links_per_prefix_hour_max)),
            ("retry_seconds", self.retry_seconds),
        ];
        match limits.into_iter().find(|(_, value)| *value == 0) {
            Some((name, _)) => Err(MailSettingsError::Zero(name)),
            None => Ok(()),
        }
    }
}
