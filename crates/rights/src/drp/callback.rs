//! Where and when an agent is told that a request changed (section 2.03).

use std::fmt;

/// Longest address, in bytes.
pub const CALLBACK_BYTES_MAX: usize = 2_048;

const MINUTE_MS: i64 = 60 * 1000;
/// How long to wait before each try; after the last one the agent has to ask.
const WAITS_MS: [i64; 6] = [
    MINUTE_MS,
    5 * MINUTE_MS,
    30 * MINUTE_MS,
    2 * 60 * MINUTE_MS,
    8 * 60 * MINUTE_MS,
    24 * 60 * MINUTE_MS,
];

/// An address that a status may be sent to: `https`, a public name and no port, user or fragment.
///
/// # Privacy
/// A name can still point to a machine inside: whoever connects has to look at the address that
/// the name has, and refuse private ones. `Debug` prints the host only.
#[derive(Clone, PartialEq, Eq)]
pub struct CallbackUrl {
    url: Box<str>,
    host: Box<str>,
}

/// The text is no such address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a callback is an https address with a public name, without port, user or fragment")]
pub struct CallbackError;

impl CallbackUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// [`CallbackError`].
    pub fn parse(text: &str) -> Result<Self, CallbackError> {
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        let odd = text.contains(['#', '@', '\\', '"', '<', '>', '^', '`', '{', '|', '}']);
        if text.len() > CALLBACK_BYTES_MAX || !plain || odd {
            return Err(CallbackError);
        }
        let rest = text.strip_prefix("https://").ok_or(CallbackError)?;
        let host = rest.split(['/', '?']).next().unwrap_or_default().to_ascii_lowercase();
        match is_public(&host) {
            true => Ok(Self { url: text.into(), host: host.into() }),
            false => Err(CallbackError),
        }
    }

    /// The address as the agent wrote it.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// The name of the machine, in lower case.
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl fmt::Debug for CallbackUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "CallbackUrl({})", self.host)
    }
}

/// Whether a name can be one of the public net: two labels at least, the last one no number (so
/// that it is no IPv4 address), and none of the endings that stay inside.
fn is_public(host: &str) -> bool {
    const INSIDE: [&str; 8] =
        ["localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa"];
    let label = |label: &str| {
        let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(known)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let labels: Vec<&str> = host.split('.').collect();
    let last = labels.last().copied().unwrap_or_default();
    host.len() <= 253
        && labels.len() >= 2
        && labels.iter().all(|text| label(text))
        && last.starts_with(|first: char| first.is_ascii_lowercase())
        && !INSIDE.contains(&last)
}

/// How long to wait before a try, counted from 0; `None` when there were enough.
pub fn wait_ms(tried: usize) -> Option<i64> {
    WAITS_MS.get(tried).copied()
}

#[cfg(test)]
mod tests;
