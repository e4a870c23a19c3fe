//! Numbers and base64 exactly as the specifications write them, and nothing more lenient.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Largest size or index: what a signed 64-bit integer holds, so that every reader agrees.
pub(crate) const NUMBER_MAX: u64 = i64::MAX.unsigned_abs();

/// A decimal without sign or leading zeros, up to [`NUMBER_MAX`].
pub(crate) fn number(text: &str) -> Option<u64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_short = text == "0" || !text.starts_with('0');
    let number: u64 = (is_plain && is_short).then(|| text.parse().ok())??;
    (number <= NUMBER_MAX).then_some(number)
}

/// Standard base64 with padding (RFC 4648, section 4).
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads standard base64; padding must be there and unused bits must be zero.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests;
