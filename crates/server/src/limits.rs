//! Requests per network prefix, so that one network cannot take the server from the others.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;

use governor::clock::DefaultClock;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

/// Prefixes that are counted before those that are idle are dropped.
const PREFIXES_MAX: usize = 100_000;

/// The prefix of an address: IPv4 /24, IPv6 /48. The rest of the address is never kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NetworkPrefix(IpAddr);

impl NetworkPrefix {
    /// The prefix of an address; an IPv4 address in IPv6 clothes counts as IPv4.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => {
                let [a, b, c, _] = v4.octets();
                Self(IpAddr::V4(Ipv4Addr::new(a, b, c, 0)))
            }
            IpAddr::V6(v6) => {
                let [a, b, c, ..] = v6.segments();
                Self(IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)))
            }
        }
    }

    /// The prefix as text, for a keyed hash.
    pub fn text(self) -> String {
        self.0.to_string()
    }
}

/// How many requests a prefix may make.
pub struct RateLimits {
    limiter: RateLimiter<NetworkPrefix, DefaultKeyedStateStore<NetworkPrefix>, DefaultClock>,
}

impl RateLimits {
    /// At most `per_minute` requests per minute and prefix, a sixth of them at once.
    pub fn per_minute(per_minute: u32) -> Self {
        let rate = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
        let burst = NonZeroU32::new((per_minute / 6).max(1)).unwrap_or(NonZeroU32::MIN);
        Self { limiter: RateLimiter::keyed(Quota::per_minute(rate).allow_burst(burst)) }
    }

    /// Whether one more request of this prefix is fine.
    pub fn admits(&self, prefix: NetworkPrefix) -> bool {
        if self.limiter.len() > PREFIXES_MAX {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&prefix).is_ok()
    }
}

impl std::fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RateLimits(..)")
    }
}

#[cfg(test)]
mod tests;
