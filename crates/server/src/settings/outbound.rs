//! Settings of the calls that the server makes to other servers.

use std::path::PathBuf;

use serde::Deserialize;

/// How the server calls other servers. As it comes: only over TLS, only on the public internet.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutboundSettings {
    /// Authorities in PEM whose certificates are believed, instead of those of the system.
    pub ca_file: Option<PathBuf>,
    /// Whether addresses of this machine may be called, also without TLS.
    pub loopback: bool,
    /// Whether addresses of private networks may be called.
    pub private: bool,
    /// Longest that a call may take from the name to the last byte, in milliseconds.
    pub call_ms_max: u64,
    /// Largest answer that is read, in bytes.
    pub answer_bytes_max: usize,
}

impl Default for OutboundSettings {
    fn default() -> Self {
        Self {
            ca_file: None,
            loopback: false,
            private: false,
            call_ms_max: 10_000,
            answer_bytes_max: 256 * 1024,
        }
    }
}
