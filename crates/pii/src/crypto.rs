//! Addresses of crypto currencies: Base58Check, Bech32 (BIP 173, BIP 350), Ethereum (EIP-55).

use crate::finding::Reason;
use crate::kind::Kind;
use crate::scan::{Look, Span};
use crate::words::Word;

/// Bytes of a decoded Base58Check address: version, hash, checksum.
const BASE58_BYTES: usize = 25;
/// Longest Bech32 string, in characters (BIP 173).
const BECH32_CHARS_MAX: usize = 90;

/// Looks at a word with letters.
pub fn look(index: usize, word: Word, look: &mut Look<'_>) {
    let text = look.words.str(index);
    let rule = match text.len() {
        42 if text.starts_with("0x") || text.starts_with("0X") => ethereum(text),
        26..=35 => base58(text).or_else(|| bech32(text)),
        36..=BECH32_CHARS_MAX => bech32(text),
        _ => None,
    };
    let Some((score, reason, rule)) = rule else { return };
    let span = Span { start: word.start as usize, end: word.end as usize };
    let cue = look.near(Kind::Crypto, span);
    look.push(span, Kind::Crypto, (if cue { 99 } else { score }, reason, rule));
}

type Verdict = Option<(u8, Reason, &'static str)>;

/// Mixed capitals are a checksum; without them the form is all there is.
fn ethereum(text: &str) -> Verdict {
    use sha3::{Digest as _, Keccak256};

    let hex = text.get(2..)?;
    if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mixed = hex.bytes().any(|byte| byte.is_ascii_uppercase())
        && hex.bytes().any(|byte| byte.is_ascii_lowercase());
    if !mixed {
        return Some((65, Reason::Form, "ethereum"));
    }
    let hash = Keccak256::digest(hex.to_ascii_lowercase().as_bytes());
    let right = hex.bytes().enumerate().all(|(place, byte)| {
        let pair = hash.get(place / 2).copied().unwrap_or(0);
        let nibble = if place % 2 == 0 { pair >> 4 } else { pair & 15 };
        !byte.is_ascii_alphabetic() || byte.is_ascii_uppercase() == (nibble > 7)
    });
    right.then_some((95, Reason::Checksum, "eip_55"))
}

fn base58(text: &str) -> Verdict {
    use sha2::{Digest as _, Sha256};

    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut decoded = [0_u8; BASE58_BYTES];
    for byte in text.bytes() {
        let mut carry = ALPHABET.iter().position(|one| *one == byte)?;
        for place in decoded.iter_mut().rev() {
            carry += usize::from(*place) * 58;
            *place = u8::try_from(carry & 255).ok()?;
            carry >>= 8;
        }
        if carry != 0 {
            return None;
        }
    }
    let (body, check) = decoded.split_at_checked(BASE58_BYTES - 4)?;
    let hash = Sha256::digest(Sha256::digest(body));
    hash.starts_with(check).then_some((95, Reason::Checksum, "base58check"))
}

fn bech32(text: &str) -> Verdict {
    const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let (prefix, data) = text.rsplit_once('1')?;
    let lower = text.bytes().all(|byte| !byte.is_ascii_uppercase());
    let upper = text.bytes().all(|byte| !byte.is_ascii_lowercase());
    let known = ["bc", "tb", "ltc", "addr", "cosmos", "bnb", "osmo"];
    let known = known.iter().any(|known| known.eq_ignore_ascii_case(prefix));
    if data.len() < 6 || !known || !(lower || upper) {
        return None;
    }
    let prefix = prefix.as_bytes().iter().map(u8::to_ascii_lowercase);
    let mut sum = 1;
    prefix.clone().for_each(|byte| sum = step(sum, byte >> 5));
    sum = step(sum, 0);
    prefix.for_each(|byte| sum = step(sum, byte & 31));
    for byte in data.bytes() {
        let place = ALPHABET.iter().position(|one| *one == byte.to_ascii_lowercase())?;
        sum = step(sum, u8::try_from(place).ok()?);
    }
    matches!(sum, 1 | 0x2bc8_30a3).then_some((95, Reason::Checksum, "bech32"))
}

fn step(sum: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let mut sum = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
    for (bit, term) in GENERATOR.iter().enumerate() {
        if top >> bit & 1 == 1 {
            sum ^= term;
        }
    }
    sum
}

#[cfg(test)]
mod tests;
