//! A shop key that a passphrase opens: Argon2id (RFC 9106) makes the key that seals it.
//!
//! The text says in its lines what was used, so that parameters can grow without a new program:
//!
//! ```text
//! confidant-shop-key-1 passphrase
//! argon2id memory_kib=65536 passes=3 lanes=4
//! salt HEX
//! sealed HEX
//! ```
//!
//! The lines before the last are part of what the seal covers.

use argon2::{Algorithm, Argon2, Params, Version};
use domain::hex;
use zeroize::Zeroizing;

use crate::envelope::{Context, EnvelopeKey, OVERHEAD_BYTES};
use crate::error::VaultError;
use crate::key::ShopKey;

/// The first line.
pub const FORMAT: &str = "confidant-shop-key-1 passphrase";

const SEALED_BYTES: usize = 32 + OVERHEAD_BYTES;

/// What the derivation costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// The second recommendation of RFC 9106 section 4: 64 MiB, three passes, four lanes.
    pub const RECOMMENDED: Self = Self { memory_kib: 65_536, passes: 3, lanes: 4 };
    /// Most that is read from a file, so that a foreign file cannot exhaust the machine.
    pub const MAX: Self = Self { memory_kib: 4 << 20, passes: 64, lanes: 64 };
    /// Least that is accepted (OWASP's smallest for Argon2id, rounded down).
    pub const MIN: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };

    const fn is_sane(self) -> bool {
        self.memory_kib >= Self::MIN.memory_kib
            && self.memory_kib <= Self::MAX.memory_kib
            && self.passes >= Self::MIN.passes
            && self.passes <= Self::MAX.passes
            && self.lanes >= Self::MIN.lanes
            && self.lanes <= Self::MAX.lanes
    }

    fn line(self) -> String {
        let Self { memory_kib, passes, lanes } = self;
        format!("argon2id memory_kib={memory_kib} passes={passes} lanes={lanes}")
    }

    fn parse(line: &str) -> Result<Self, VaultError> {
        let words: Vec<&str> = line.split(' ').collect();
        let ["argon2id", memory, passes, lanes] = words.as_slice() else {
            return Err(VaultError);
        };
        let number = |word: &str, name: &str| {
            let value = word.strip_prefix(name).and_then(|rest| rest.strip_prefix('='));
            value.and_then(|value| value.parse().ok()).ok_or(VaultError)
        };
        let cost = Self {
            memory_kib: number(memory, "memory_kib")?,
            passes: number(passes, "passes")?,
            lanes: number(lanes, "lanes")?,
        };
        if cost.is_sane() { Ok(cost) } else { Err(VaultError) }
    }
}

/// Seals a shop key under a passphrase. `salt` is sixteen random bytes.
///
/// # Errors
/// [`VaultError`] for an empty passphrase or a cost out of bounds.
pub fn seal(
    key: &ShopKey,
    passphrase: &str,
    cost: Cost,
    salt: [u8; 16],
) -> Result<String, VaultError> {
    if passphrase.is_empty() || !cost.is_sane() {
        return Err(VaultError);
    }
    let head = format!("{FORMAT}\n{}\nsalt {}\n", cost.line(), hex::encode(&salt));
    let envelope = derive(passphrase, cost, salt)?;
    let sealed = envelope.seal(context(&head), key.bytes(), &salt)?;
    Ok(format!("{head}sealed {}\n", hex::encode(&sealed)))
}

/// Opens what [`seal`] made.
///
/// # Errors
/// [`VaultError`] without a reason, on purpose.
pub fn open(text: &str, passphrase: &str) -> Result<ShopKey, VaultError> {
    let lines: Vec<&str> = text.trim_end().split('\n').collect();
    let [FORMAT, cost, salt, sealed] = lines.as_slice() else { return Err(VaultError) };
    let cost = Cost::parse(cost)?;
    let salt = salt.strip_prefix("salt ").ok_or(VaultError)?;
    let salt = hex::decode(salt).map_err(|_| VaultError)?;
    let sealed = sealed.strip_prefix("sealed ").ok_or(VaultError)?;
    let sealed = hex::decode::<SEALED_BYTES>(sealed).map_err(|_| VaultError)?;
    let head = format!("{FORMAT}\n{}\nsalt {}\n", cost.line(), hex::encode(&salt));
    let envelope = derive(passphrase, cost, salt)?;
    let plain = Zeroizing::new(envelope.open(context(&head), &sealed)?);
    let (bytes, []) = plain.split_first_chunk::<32>().ok_or(VaultError)? else {
        return Err(VaultError);
    };
    Ok(ShopKey::from_bytes(*bytes))
}

fn context(head: &str) -> Context {
    let mut context = Context::new("shop-key-passphrase");
    context.part(head.as_bytes());
    context
}

fn derive(passphrase: &str, cost: Cost, salt: [u8; 16]) -> Result<EnvelopeKey, VaultError> {
    let Cost { memory_kib, passes, lanes } = cost;
    let params = Params::new(memory_kib, passes, lanes, Some(32)).map_err(|_| VaultError)?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut key = Zeroizing::new([0; 32]);
    argon
        .hash_password_into(passphrase.as_bytes(), &salt, key.as_mut_slice())
        .map_err(|_| VaultError)?;
    Ok(EnvelopeKey::new(&key))
}

#[cfg(test)]
mod tests;
