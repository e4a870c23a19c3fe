//! The keys of tokens: names are found, made and sealed with them.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::envelope::Context;
use crate::error::VaultError;
use crate::key::{Keyed, ShopKeys};
use crate::subject::SubjectKey;
use crate::tokens::format::{Alphabet, Column};
use crate::tokens::name::{Kind, TokenName};

/// Where a token is found: a keyed MAC of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenId([u8; 16]);

impl TokenId {
    /// Takes the sixteen bytes of the MAC.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The sixteen bytes of the MAC.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// What is sealed of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The value itself; bound to where it may be sent.
    Value,
    /// What was declared to be shown without opening the value.
    View,
}

/// What a sealed part belongs to, beside its person and purpose.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// The token.
    pub token: TokenId,
    /// What it stands for.
    pub kind: Kind,
    /// The one place where the value may be sent; none means nowhere in particular.
    pub destination: Option<&'a str>,
}

/// Every key that a shop derives for tokens. Prints nothing.
pub struct TokenKeys {
    names: Keyed,
    deterministic: Keyed,
    blinds: Keyed,
    requests: Keyed,
    entries: Keyed,
    formats: Zeroizing<[u8; 32]>,
    shop: Box<str>,
}

impl TokenKeys {
    /// Derives the keys of a shop.
    ///
    /// # Errors
    /// [`VaultError`] when the key derivation refuses, which its fixed lengths rule out.
    pub fn derive(keys: &ShopKeys) -> Result<Self, VaultError> {
        let hkdf = Hkdf::<Sha256>::new(Some(b"confidant/tokens/1"), keys.tokens_seed.as_slice());
        let key = |label: &str| {
            let mut key = Zeroizing::new([0; 32]);
            hkdf.expand(label.as_bytes(), key.as_mut_slice()).map_err(|_| VaultError)?;
            Ok(key)
        };
        Ok(Self {
            names: Keyed::new(&*key("name")?),
            deterministic: Keyed::new(&*key("deterministic")?),
            blinds: Keyed::new(&*key("blind-index")?),
            requests: Keyed::new(&*key("request")?),
            entries: Keyed::new(&*key("entry")?),
            formats: key("format")?,
            shop: keys.shop().as_str().into(),
        })
    }

    /// Where a token is found.
    pub fn id(&self, name: &TokenName) -> TokenId {
        TokenId(self.names.tag(&[name.as_str().as_bytes()]))
    }

    /// The same name for the same value, purpose and destination, so that a value is kept once.
    ///
    /// # Privacy
    /// Equal names show that two rows of the shop hold the same value. The key is the shop's own
    /// and never leaves, so that nobody can try out card numbers without it (PCI DSS 3.5.1.1).
    pub fn deterministic(
        &self,
        kind: Kind,
        value: &[u8],
        (purpose, destination): (u8, Option<&str>),
    ) -> TokenName {
        let to = destination.unwrap_or_default().as_bytes();
        let tag = self.deterministic.tag(&[kind.as_str().as_bytes(), &[purpose], to, value]);
        TokenName::opaque(kind, tag)
    }

    /// Where values that are equal after normalization are found.
    ///
    /// # Privacy
    /// A blind index of one kind says nothing about another kind, and nothing without the key.
    pub fn blind(&self, kind: Kind, purpose: u8, normalized: &[u8]) -> [u8; 16] {
        self.blinds.tag(&[kind.as_str().as_bytes(), &[purpose], normalized])
    }

    /// A request that must not be done twice, or its body: neither is kept in the clear, because a
    /// body can hold a card number.
    pub fn request(&self, what: &str, bytes: &[u8]) -> [u8; 16] {
        self.requests.tag(&[what.as_bytes(), bytes])
    }

    /// The link of an entry of the ledger to the entry before.
    pub fn link(&self, before: &[u8; 32], entry: &[u8]) -> [u8; 32] {
        self.entries.tag(&[before, entry])
    }

    /// Whether a link is right, in a time that does not depend on it.
    pub fn is_link(&self, before: &[u8; 32], entry: &[u8], shown: &[u8; 32]) -> bool {
        self.link(before, entry).ct_eq(shown).into()
    }

    /// A legacy column under format-preserving encryption.
    ///
    /// # Errors
    /// [`VaultError`] when the cipher refuses, which the fixed lengths rule out.
    pub fn column(&self, name: &str, alphabet: Alphabet) -> Result<Column, VaultError> {
        Column::new(&self.formats, name, alphabet, &self.shop)
    }
}

impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKeys(..)")
    }
}

impl SubjectKey {
    /// Seals a part of a token.
    ///
    /// # Privacy
    /// It opens only with the same person, purpose, kind, token and, for the value, destination.
    ///
    /// # Errors
    /// [`VaultError`] when `plain` is too long.
    pub fn seal_token(
        &self,
        keys: &ShopKeys,
        (part, binding): (Part, Binding<'_>),
        plain: &[u8],
        salt: &[u8; 16],
    ) -> Result<Vec<u8>, VaultError> {
        self.envelope.seal(self.token_context(keys, part, binding), plain, salt)
    }

    /// Opens what [`SubjectKey::seal_token`] made.
    ///
    /// # Errors
    /// [`VaultError`] without a reason, on purpose.
    pub fn open_token(
        &self,
        keys: &ShopKeys,
        (part, binding): (Part, Binding<'_>),
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.envelope.open(self.token_context(keys, part, binding), sealed).map(Zeroizing::new)
    }

    fn token_context(&self, keys: &ShopKeys, part: Part, binding: Binding<'_>) -> Context {
        let mut context = Context::new(match part {
            Part::Value => "token-value",
            Part::View => "token-view",
        });
        context.part(keys.shop.as_str().as_bytes());
        context.part(&[self.purpose().code()]);
        context.part(self.pseudonym().as_bytes());
        context.part(binding.token.as_bytes());
        context.part(binding.kind.as_str().as_bytes());
        if part == Part::Value {
            // A missing destination and an empty one are not the same.
            context.part(&[u8::from(binding.destination.is_some())]);
            context.part(binding.destination.unwrap_or_default().as_bytes());
        }
        context
    }
}

#[cfg(test)]
mod tests;
