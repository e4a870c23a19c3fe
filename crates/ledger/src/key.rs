//! Keys of signed notes (`c2sp.org/signed-note`): names, ids, and the two text forms.
//!
//! A verifier key reads `name+id+base64(type || public key)` and a signer key
//! `PRIVATE+KEY+name+id+base64(type || seed)`, as in the Go package `sumdb/note`. The id is the
//! start of a hash over name, type and public key; a text whose id does not fit is refused.

use std::fmt;

use domain::hex;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::LedgerError;
use crate::text;

/// Longest name of a key, in bytes.
pub const NAME_BYTES_MAX: usize = 255;

const SIGNATURE_BYTES: usize = 64;
const PRIVATE: &str = "PRIVATE+KEY+";

/// The name of a key: by custom a URL without its scheme, such as `shop.example/log`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyName(String);

impl KeyName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`LedgerError::KeyName`] when empty, longer than [`NAME_BYTES_MAX`], or with a space, a
    /// plus or a control character.
    pub fn parse(text: &str) -> Result<Self, LedgerError> {
        let is_refused = |letter: char| letter.is_whitespace() || letter < ' ' || letter == '+';
        if text.is_empty() || text.len() > NAME_BYTES_MAX || text.chars().any(is_refused) {
            return Err(LedgerError::KeyName);
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first four bytes of the hash that names a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId([u8; 4]);

impl KeyId {
    /// Takes the four bytes.
    pub const fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// The four bytes.
    pub const fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }
}

/// What a signature of a key says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// Ed25519 over the text: what a log signs with.
    Ed25519,
    /// Ed25519 over a time and the text: what a witness signs with (`cosignature/v1`).
    Cosignature,
}

impl Algorithm {
    const fn code(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::Cosignature => 4,
        }
    }

    const fn of(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Ed25519),
            4 => Some(Self::Cosignature),
            _ => None,
        }
    }
}

/// What a signature was found to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The text was signed.
    Text,
    /// The text was the newest that the witness saw, at this POSIX time in seconds.
    Seen {
        /// Seconds since 1970.
        at_s: u64,
    },
}

/// A public key that is trusted under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    id: KeyId,
    algorithm: Algorithm,
    key: VerifyingKey,
}

impl VerifierKey {
    /// Names a public key.
    ///
    /// # Errors
    /// [`LedgerError::Key`] for bytes that are no key, or a weak one.
    pub fn new(
        name: KeyName,
        algorithm: Algorithm,
        public: &[u8; 32],
    ) -> Result<Self, LedgerError> {
        let key = VerifyingKey::from_bytes(public).map_err(|_| LedgerError::Key)?;
        if key.is_weak() {
            return Err(LedgerError::Key);
        }
        Ok(Self { id: id(&name, algorithm, public), name, algorithm, key })
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// [`LedgerError::Key`] or [`LedgerError::KeyName`]; an id that does not fit is refused.
    pub fn parse(text: &str) -> Result<Self, LedgerError> {
        let (name, claimed, algorithm, public) = read(text)?;
        let key = Self::new(name, algorithm, &public)?;
        match key.id == claimed {
            true => Ok(key),
            false => Err(LedgerError::Key),
        }
    }

    /// The text form.
    pub fn to_text(&self) -> String {
        write(&self.name, self.id, self.algorithm, self.key.as_bytes())
    }

    /// The name.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The id.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// What its signatures say.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public key's bytes.
    pub fn public(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Verifies a signature over the text of a note.
    ///
    /// # Errors
    /// [`LedgerError::Signature`], whatever the reason.
    pub fn verify(&self, note: &str, signature: &[u8]) -> Result<Said, LedgerError> {
        let (message, rest, said) = match self.algorithm {
            Algorithm::Ed25519 => (note.as_bytes().to_vec(), signature, Said::Text),
            Algorithm::Cosignature => {
                let (time, rest) = signature.split_first_chunk().ok_or(LedgerError::Signature)?;
                let at_s = u64::from_be_bytes(*time);
                if at_s > text::NUMBER_MAX {
                    return Err(LedgerError::Signature);
                }
                (cosigned(note, at_s), rest, Said::Seen { at_s })
            }
        };
        let bytes: &[u8; SIGNATURE_BYTES] = rest.try_into().map_err(|_| LedgerError::Signature)?;
        match self.key.verify_strict(&message, &Signature::from_bytes(bytes)) {
            Ok(()) => Ok(said),
            Err(_) => Err(LedgerError::Signature),
        }
    }
}

/// A private key with its name. Prints nothing; overwritten when dropped.
pub struct SignerKey {
    key: SigningKey,
    verifier: VerifierKey,
}

impl SignerKey {
    /// Makes a key of 32 random bytes.
    ///
    /// # Errors
    /// [`LedgerError::Key`] for a seed whose key is weak, which no honest seed is.
    pub fn new(name: KeyName, algorithm: Algorithm, seed: &[u8; 32]) -> Result<Self, LedgerError> {
        let key = SigningKey::from_bytes(seed);
        let verifier = VerifierKey::new(name, algorithm, key.verifying_key().as_bytes())?;
        Ok(Self { key, verifier })
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// [`LedgerError::Key`] or [`LedgerError::KeyName`]; an id that does not fit is refused.
    pub fn parse(text: &str) -> Result<Self, LedgerError> {
        let (name, claimed, algorithm, seed) =
            read(text.strip_prefix(PRIVATE).ok_or(LedgerError::Key)?)?;
        let key = Self::new(name, algorithm, &Zeroizing::new(seed))?;
        match key.verifier.id == claimed {
            true => Ok(key),
            false => Err(LedgerError::Key),
        }
    }

    /// The text form, which is a secret.
    pub fn to_text(&self) -> Zeroizing<String> {
        let VerifierKey { name, id, algorithm, .. } = &self.verifier;
        let seed = Zeroizing::new(self.key.to_bytes());
        let rest = Zeroizing::new(write(name, *id, *algorithm, &seed));
        Zeroizing::new([PRIVATE, &rest].concat())
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs the text of a note at a POSIX time in seconds; only a cosignature says the time.
    pub(crate) fn sign(&self, note: &str, now_s: u64) -> Vec<u8> {
        match self.verifier.algorithm {
            Algorithm::Ed25519 => self.key.sign(note.as_bytes()).to_bytes().to_vec(),
            Algorithm::Cosignature => {
                let at_s = now_s.min(text::NUMBER_MAX);
                let signature = self.key.sign(&cosigned(note, at_s)).to_bytes();
                [at_s.to_be_bytes().as_slice(), &signature].concat()
            }
        }
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({}, ..)", self.verifier.name.as_str())
    }
}

/// The message of a `cosignature/v1`: a header that separates it from everything else, the time,
/// the whole text.
fn cosigned(note: &str, at_s: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {at_s}\n{note}").into_bytes()
}

fn id(name: &KeyName, algorithm: Algorithm, public: &[u8; 32]) -> KeyId {
    let hash = Sha256::new()
        .chain_update(name.as_str())
        .chain_update([b'\n', algorithm.code()])
        .chain_update(public)
        .finalize();
    let mut id = [0; 4];
    id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    KeyId(id)
}

fn read(text: &str) -> Result<(KeyName, KeyId, Algorithm, [u8; 32]), LedgerError> {
    // Base64 may hold a plus itself, a name and an id cannot.
    let mut parts = text.splitn(3, '+');
    let mut part = || parts.next().ok_or(LedgerError::Key);
    let (name, id, data) = (KeyName::parse(part()?)?, part()?, part()?);
    let id = KeyId(hex::decode::<4>(id).map_err(|_| LedgerError::Key)?);
    let data = Zeroizing::new(text::from_base64(data).ok_or(LedgerError::Key)?);
    let (code, bytes) = data.split_first().ok_or(LedgerError::Key)?;
    let algorithm = Algorithm::of(*code).ok_or(LedgerError::Key)?;
    let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| LedgerError::Key)?;
    Ok((name, id, algorithm, bytes))
}

fn write(name: &KeyName, id: KeyId, algorithm: Algorithm, bytes: &[u8; 32]) -> String {
    let data = Zeroizing::new([&[algorithm.code()], bytes.as_slice()].concat());
    format!("{}+{}+{}", name.as_str(), hex::encode(id.as_bytes()), text::base64(&data))
}

#[cfg(test)]
mod tests;
