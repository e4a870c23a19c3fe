//! Where calls may go: the text of an address, and the machines that its name means.
//!
//! An address on the inside of a network is not what a setting, a page or an agent may make this
//! server call (server-side request forgery). What counts is not the name but the machine: the name
//! is resolved, **every** address that it has is judged, and one that may not be called refuses all.
//! Blocks: the special-purpose registries of IANA (RFC 6890 and its updates). What is not known to
//! be of the public internet is refused.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::settings::outbound::OutboundSettings;

/// Longest address, in bytes.
pub const ADDRESS_BYTES_MAX: usize = 2_048;

/// Why a text is no address that can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not an address, or with a name, a password or a fragment in it.
    #[error("write scheme, host and path only, as in https://other.example/path")]
    Malformed,
    /// Without TLS.
    #[error("only https is called; http to this machine only with outbound.loopback = true")]
    Open,
}

/// A name means a machine that may not be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address is not on the public internet; see outbound.private and outbound.loopback")]
pub struct Forbidden;

/// An address that can be called, if the machine behind its name may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Uri);

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn parse(text: &str, settings: &OutboundSettings) -> Result<Self, AddressError> {
        let plain = text.len() <= ADDRESS_BYTES_MAX && text.bytes().all(|b| b.is_ascii_graphic());
        if !plain || text.contains('#') {
            return Err(AddressError::Malformed);
        }
        let uri: Uri = text.parse().map_err(|_| AddressError::Malformed)?;
        let authority = uri.authority().ok_or(AddressError::Malformed)?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(AddressError::Malformed);
        }
        match uri.scheme_str() {
            Some("https") => Ok(Self(uri)),
            // Whether the host is this machine is judged by its address, at every call.
            Some("http") if settings.loopback => Ok(Self(uri)),
            Some("http") => Err(AddressError::Open),
            Some(_) | None => Err(AddressError::Malformed),
        }
    }

    /// The host, for people who read which servers are called.
    pub fn host(&self) -> &str {
        self.0.host().unwrap_or_default()
    }

    pub(super) const fn uri(&self) -> &Uri {
        &self.0
    }
}

/// Resolves names and refuses machines that may not be called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vetted {
    /// Whether this machine may be called.
    pub(super) loopback: bool,
    /// Whether private networks may be called.
    pub(super) private: bool,
}

impl Vetted {
    pub(super) fn allows(self, ip: IpAddr, tls: bool) -> bool {
        match reach(ip) {
            Reach::Loopback => self.loopback,
            Reach::Private => self.private && tls,
            Reach::Public => tls,
            Reach::Never => false,
        }
    }
}

impl Resolver for Vetted {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        let tls = uri.scheme_str() == Some("https");
        match found.iter().all(|address| self.allows(address.ip(), tls)) {
            true => Ok(found),
            false => Err(Error::Other(Box::new(Forbidden))),
        }
    }
}

/// What kind of machine an address means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Of the public internet.
    Public,
    /// Of this machine.
    Loopback,
    /// Of a private network.
    Private,
    /// Of a link, of many machines, for examples, reserved, or a way around the other kinds.
    Never,
}

pub(super) fn reach(ip: IpAddr) -> Reach {
    match ip {
        IpAddr::V4(ip) => reach_v4(ip),
        IpAddr::V6(ip) => reach_v6(ip),
    }
}

fn reach_v4(ip: Ipv4Addr) -> Reach {
    let [a, b, c, _] = ip.octets();
    let never = a == 0
        || (a, b) == (169, 254)
        || matches!((a, b, c), (192, 0, 0 | 2) | (192, 88, 99) | (198, 51, 100) | (203, 0, 113))
        || (a == 198 && matches!(b, 18 | 19))
        || a >= 224;
    let carrier = a == 100 && (64..128).contains(&b);
    match () {
        () if never => Reach::Never,
        () if ip.is_loopback() => Reach::Loopback,
        () if ip.is_private() || carrier => Reach::Private,
        () => Reach::Public,
    }
}

fn reach_v6(ip: Ipv6Addr) -> Reach {
    if let Some(inner) = ip.to_ipv4_mapped() {
        return reach_v4(inner);
    }
    let [a, b, c, d, e, f, g, h] = ip.segments();
    if (a, b, c, d, e, f) == (0x64, 0xff9b, 0, 0, 0, 0) {
        let [[g, g2], [h, h2]] = [g.to_be_bytes(), h.to_be_bytes()];
        // A translator reaches the inside as well as the outside.
        return match reach_v4(Ipv4Addr::new(g, g2, h, h2)) {
            Reach::Public => Reach::Public,
            Reach::Loopback | Reach::Private | Reach::Never => Reach::Never,
        };
    }
    let tunnel = a == 0x2002 || (a == 0x2001 && b < 0x0200);
    let example = (a == 0x2001 && b == 0x0db8) || (a == 0x3fff && b < 0x1000);
    match () {
        () if ip.is_loopback() => Reach::Loopback,
        () if a & 0xfe00 == 0xfc00 => Reach::Private,
        () if tunnel || example || a & 0xe000 != 0x2000 => Reach::Never,
        () => Reach::Public,
    }
}
