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
#[cfg(feature = "ml-dsa")]
use crate::key::lattice::{LatticePublic, LatticeSecret};
use crate::text;

#[cfg(feature = "ml-dsa")]
mod lattice;

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
    /// ML-DSA-44 over witness, time, origin, size and root (`subtree/v1`).
    #[cfg(feature = "ml-dsa")]
    Lattice,
}

impl Algorithm {
    /// Whether a witness signs with it.
    pub const fn is_cosignature(self) -> bool {
        !matches!(self, Self::Ed25519)
    }

    const fn code(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::Cosignature => 4,
            #[cfg(feature = "ml-dsa")]
            Self::Lattice => 6,
        }
    }

    const fn of(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Ed25519),
            4 => Some(Self::Cosignature),
            #[cfg(feature = "ml-dsa")]
            6 => Some(Self::Lattice),
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

/// The public half, by its algorithm.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Public {
    Edwards(VerifyingKey),
    #[cfg(feature = "ml-dsa")]
    Lattice(LatticePublic),
}

impl Public {
    fn read(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, LedgerError> {
        #[cfg(feature = "ml-dsa")]
        if algorithm == Algorithm::Lattice {
            return LatticePublic::read(bytes).map(Self::Lattice);
        }
        debug_assert!(matches!(algorithm, Algorithm::Ed25519 | Algorithm::Cosignature));
        let bytes = bytes.try_into().map_err(|_| LedgerError::Key)?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| LedgerError::Key)?;
        if key.is_weak() {
            return Err(LedgerError::Key);
        }
        Ok(Self::Edwards(key))
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Edwards(key) => key.as_bytes(),
            #[cfg(feature = "ml-dsa")]
            Self::Lattice(key) => key.as_bytes(),
        }
    }
}

/// A public key that is trusted under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    id: KeyId,
    algorithm: Algorithm,
    key: Public,
}

impl VerifierKey {
    /// Names a public key.
    ///
    /// # Errors
    /// [`LedgerError::Key`] for bytes that are no key, or a weak one.
    pub fn new(name: KeyName, algorithm: Algorithm, public: &[u8]) -> Result<Self, LedgerError> {
        let key = Public::read(algorithm, public)?;
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
    pub fn public(&self) -> &[u8] {
        self.key.as_bytes()
    }

    /// Verifies a signature over the text of a note.
    ///
    /// # Errors
    /// [`LedgerError::Signature`], whatever the reason.
    pub fn verify(&self, note: &str, signature: &[u8]) -> Result<Said, LedgerError> {
        let (at_s, rest) = match self.algorithm.is_cosignature() {
            false => (None, signature),
            true => {
                let (time, rest) = signature.split_first_chunk().ok_or(LedgerError::Signature)?;
                let at_s = u64::from_be_bytes(*time);
                if at_s > text::NUMBER_MAX {
                    return Err(LedgerError::Signature);
                }
                (Some(at_s), rest)
            }
        };
        match &self.key {
            Public::Edwards(key) => {
                let message =
                    at_s.map_or_else(|| note.as_bytes().to_vec(), |at_s| cosigned(note, at_s));
                let bytes: &[u8; SIGNATURE_BYTES] =
                    rest.try_into().map_err(|_| LedgerError::Signature)?;
                let verified = key.verify_strict(&message, &Signature::from_bytes(bytes));
                verified.map_err(|_| LedgerError::Signature)?;
            }
            #[cfg(feature = "ml-dsa")]
            Public::Lattice(key) => {
                let at_s = at_s.ok_or(LedgerError::Signature)?;
                key.verify(&lattice::message(&self.name, note, at_s)?, rest)?;
            }
        }
        Ok(at_s.map_or(Said::Text, |at_s| Said::Seen { at_s }))
    }
}

/// A private key with its name. Prints nothing; overwritten when dropped.
pub struct SignerKey {
    key: Secret,
    verifier: VerifierKey,
}

/// The private half, by its algorithm.
enum Secret {
    Edwards(Box<SigningKey>),
    #[cfg(feature = "ml-dsa")]
    Lattice(Box<LatticeSecret>),
}

impl SignerKey {
    /// Makes a key of 32 random bytes.
    ///
    /// # Errors
    /// [`LedgerError::Key`] for a seed whose key is weak, which no honest seed is.
    pub fn new(name: KeyName, algorithm: Algorithm, seed: &[u8; 32]) -> Result<Self, LedgerError> {
        #[cfg(feature = "ml-dsa")]
        if algorithm == Algorithm::Lattice {
            let key = LatticeSecret::new(seed);
            let verifier = VerifierKey::new(name, algorithm, &key.public())?;
            return Ok(Self { key: Secret::Lattice(Box::new(key)), verifier });
        }
        let key = SigningKey::from_bytes(seed);
        let verifier = VerifierKey::new(name, algorithm, key.verifying_key().as_bytes())?;
        Ok(Self { key: Secret::Edwards(Box::new(key)), verifier })
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// [`LedgerError::Key`] or [`LedgerError::KeyName`]; an id that does not fit is refused.
    pub fn parse(text: &str) -> Result<Self, LedgerError> {
        let (name, claimed, algorithm, seed) =
            read(text.strip_prefix(PRIVATE).ok_or(LedgerError::Key)?)?;
        let seed = <&[u8; 32]>::try_from(seed.as_slice()).map_err(|_| LedgerError::Key)?;
        let key = Self::new(name, algorithm, seed)?;
        match key.verifier.id == claimed {
            true => Ok(key),
            false => Err(LedgerError::Key),
        }
    }

    /// The text form, which is a secret.
    pub fn to_text(&self) -> Zeroizing<String> {
        let VerifierKey { name, id, algorithm, .. } = &self.verifier;
        let seed = match &self.key {
            Secret::Edwards(key) => Zeroizing::new(key.to_bytes()),
            #[cfg(feature = "ml-dsa")]
            Secret::Lattice(key) => key.seed(),
        };
        let rest = Zeroizing::new(write(name, *id, *algorithm, seed.as_slice()));
        Zeroizing::new([PRIVATE, &rest].concat())
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs the text of a note at a POSIX time in seconds; only a cosignature says the time.
    pub(crate) fn sign(&self, note: &str, now_s: u64) -> Vec<u8> {
        let at_s = now_s.min(text::NUMBER_MAX);
        let signature = match &self.key {
            Secret::Edwards(key) if self.verifier.algorithm == Algorithm::Ed25519 => {
                return key.sign(note.as_bytes()).to_bytes().to_vec();
            }
            Secret::Edwards(key) => key.sign(&cosigned(note, at_s)).to_bytes().to_vec(),
            #[cfg(feature = "ml-dsa")]
            // What is no checkpoint gets a signature that nobody takes.
            Secret::Lattice(key) => lattice::message(&self.verifier.name, note, at_s)
                .map(|message| key.sign(&message))
                .unwrap_or_default(),
        };
        [at_s.to_be_bytes().as_slice(), &signature].concat()
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

fn id(name: &KeyName, algorithm: Algorithm, public: &[u8]) -> KeyId {
    let hash = Sha256::new()
        .chain_update(name.as_str())
        .chain_update([b'\n', algorithm.code()])
        .chain_update(public)
        .finalize();
    let mut id = [0; 4];
    id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    KeyId(id)
}

/// Name, id, algorithm, and the bytes behind it.
type Parts = (KeyName, KeyId, Algorithm, Zeroizing<Vec<u8>>);

fn read(text: &str) -> Result<Parts, LedgerError> {
    // Base64 may hold a plus itself, a name and an id cannot.
    let mut parts = text.splitn(3, '+');
    let mut part = || parts.next().ok_or(LedgerError::Key);
    let (name, id, data) = (KeyName::parse(part()?)?, part()?, part()?);
    let id = KeyId(hex::decode::<4>(id).map_err(|_| LedgerError::Key)?);
    let data = Zeroizing::new(text::from_base64(data).ok_or(LedgerError::Key)?);
    let (code, bytes) = data.split_first().ok_or(LedgerError::Key)?;
    let algorithm = Algorithm::of(*code).ok_or(LedgerError::Key)?;
    Ok((name, id, algorithm, Zeroizing::new(bytes.to_vec())))
}

fn write(name: &KeyName, id: KeyId, algorithm: Algorithm, bytes: &[u8]) -> String {
    let data = Zeroizing::new([&[algorithm.code()], bytes].concat());
    format!("{}+{}+{}", name.as_str(), hex::encode(id.as_bytes()), text::base64(&data))
}

#[cfg(test)]
mod tests;
