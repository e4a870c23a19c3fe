//! Lower-case hexadecimal, the one text form of our binary ids.

/// The text is not lower-case hexadecimal of the expected length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {chars} lower-case hexadecimal characters")]
pub struct HexError {
    /// How many characters the value has.
    pub chars: usize,
}

/// Writes `bytes` as lower-case hexadecimal.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 0x0f] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    text
}

/// Reads exactly `N` bytes of lower-case hexadecimal.
pub fn decode<const N: usize>(text: &str) -> Result<[u8; N], HexError> {
    let wrong = HexError { chars: N * 2 };
    let raw = text.as_bytes();
    if raw.len() != N * 2 {
        return Err(wrong);
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(raw.chunks_exact(2)) {
        for &digit in pair {
            *byte = *byte << 4 | nibble(digit).ok_or(wrong)?;
        }
    }
    Ok(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
