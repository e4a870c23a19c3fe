//! The shop key, the root secret that it closes, and the keys derived from the root.

use std::fmt;

use domain::hex;
use domain::id::ShopId;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use personal::purpose::PurposeName;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::envelope::{Context, EnvelopeKey};
use crate::error::VaultError;

const PURPOSES: usize = PurposeName::ALL.len();

/// The one secret of a shop. Prints nothing; its memory is overwritten when dropped.
pub struct ShopKey(Zeroizing<[u8; 32]>);

impl ShopKey {
    /// Takes 32 random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the text of a key file: 64 lower-case hexadecimal characters, then at most one line
    /// end.
    ///
    /// # Errors
    /// [`VaultError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let line = text.strip_suffix('\n').unwrap_or(text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let bytes = Zeroizing::new(hex::decode::<32>(line).map_err(|_| VaultError)?);
        Ok(Self(bytes))
    }

    /// Whether it is the same key, in a time that does not depend on it.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The text of a key file, with its line end.
    pub fn to_text(&self) -> Zeroizing<String> {
        let digits = Zeroizing::new(hex::encode(self.0.as_slice()));
        let mut text = Zeroizing::new(String::with_capacity(digits.len() + 1));
        text.push_str(&digits);
        text.push('\n');
        text
    }
}

impl fmt::Debug for ShopKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShopKey(..)")
    }
}

/// The secret from which names and signing seeds come: 32 random bytes that the shop key closes.
/// Prints nothing; its memory is overwritten when dropped.
pub struct RootSecret(Zeroizing<[u8; 32]>);

impl RootSecret {
    /// Takes 32 random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The root of a shop that was made when names came from the shop key itself: its names stay
    /// as they are, also after the shop key was exchanged.
    pub fn of_first(key: &ShopKey) -> Self {
        Self(key.0.clone())
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for RootSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootSecret(..)")
    }
}

/// A keyed MAC with its key blocks computed.
pub(crate) struct Keyed(Hmac<Sha256>);

impl Keyed {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        // HMAC pads a short key with zeros (RFC 2104); a full block cannot have a wrong length.
        let mut block = Zeroizing::new([0u8; 64]);
        block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
        Self(Hmac::new((&*block).into()))
    }

    /// The first `N` bytes of the MAC over `parts`, each behind its length.
    pub(crate) fn tag<const N: usize>(&self, parts: &[&[u8]]) -> [u8; N] {
        const { assert!(N <= 32) }
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let full: [u8; 32] = mac.finalize().into_bytes().into();
        let mut tag = [0; N];
        tag.iter_mut().zip(full).for_each(|(to, from)| *to = from);
        tag
    }
}

/// One MAC key per purpose.
pub(crate) struct PerPurpose([Keyed; PURPOSES]);

/// Codes run from 1 without a gap, so that a code finds its key.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const _: () = {
    let mut at = 0;
    while at < PURPOSES {
        assert!(PurposeName::ALL[at].code() as usize == at + 1);
        at += 1;
    }
};

impl PerPurpose {
    #[expect(clippy::indexing_slicing, reason = "codes are 1 to PURPOSES, asserted above")]
    pub(crate) fn of(&self, purpose: PurposeName) -> &Keyed {
        &self.0[usize::from(purpose.code()) - 1]
    }
}

/// Every key that a shop derives from its root secret. Prints nothing.
///
/// Each key has its own label, and every label is bound to the shop: two shops that were given
/// the same secret by mistake still share no key.
pub struct ShopKeys {
    pub(crate) shop: ShopId,
    pub(crate) settings: EnvelopeKey,
    pub(crate) subjects: Keyed,
    pub(crate) messages: Keyed,
    pub(crate) tombstones: Keyed,
    pub(crate) erase_handles: Keyed,
    pub(crate) blinds: PerPurpose,
    pub(crate) rows: PerPurpose,
    log_openings: Keyed,
    backups: Keyed,
    receipt_seed: Zeroizing<[u8; 32]>,
    log_seed: Zeroizing<[u8; 32]>,
    pub(crate) tokens_seed: Zeroizing<[u8; 32]>,
}

impl ShopKeys {
    /// Derives every key of `shop`.
    ///
    /// # Errors
    /// [`VaultError`] when the key derivation refuses, which its fixed lengths rule out.
    pub fn derive(root: &RootSecret, shop: &ShopId) -> Result<Self, VaultError> {
        let root = Labels::of(root.bytes(), shop);
        Ok(Self {
            shop: shop.clone(),
            settings: EnvelopeKey::new(&*root.key("settings-seal", None)?),
            subjects: Keyed::new(&*root.key("subject-ref", None)?),
            messages: Keyed::new(&*root.key("message", None)?),
            tombstones: Keyed::new(&*root.key("tombstone", None)?),
            erase_handles: Keyed::new(&*root.key("erase-handle", None)?),
            blinds: root.per_purpose("blind-index")?,
            rows: root.per_purpose("row-id")?,
            log_openings: Keyed::new(&*root.key("log-opening", None)?),
            backups: Keyed::new(&*root.key("backup", None)?),
            receipt_seed: root.key("receipt-seed", None)?,
            log_seed: root.key("log-seed", None)?,
            tokens_seed: root.key("tokens-seed", None)?,
        })
    }

    /// The shop that these keys belong to.
    pub const fn shop(&self) -> &ShopId {
        &self.shop
    }

    /// The seed of the key that signs receipts.
    pub fn receipt_seed(&self) -> Zeroizing<[u8; 32]> {
        self.receipt_seed.clone()
    }

    /// The seed of the key that signs the checkpoints of the transparency log.
    pub fn log_seed(&self) -> Zeroizing<[u8; 32]> {
        self.log_seed.clone()
    }

    /// What opens the log's commitment to a record that is about nobody, such as a change of the
    /// settings. Records about people have openings that die with them; see
    /// [`crate::subject::SubjectKey::log_opening`].
    pub fn log_opening(&self, what: &str, which: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.log_openings.tag(&[what.as_bytes(), which.as_bytes()]))
    }

    /// What shows that a backup with this digest was taken by this shop.
    pub fn backup_tag(&self, digest: &[u8; 32]) -> [u8; 32] {
        self.backups.tag(&[digest])
    }

    /// Seals a small secret of the shop (an intent, a signing key) under a name.
    ///
    /// # Errors
    /// [`VaultError`] when `plain` is too long.
    pub fn seal_secret(
        &self,
        label: &str,
        plain: &[u8],
        salt: [u8; 16],
    ) -> Result<Vec<u8>, VaultError> {
        self.settings.seal(self.secret_context(label), plain, &salt)
    }

    /// Opens what [`ShopKeys::seal_secret`] made under the same name.
    ///
    /// # Errors
    /// [`VaultError`] without a reason, on purpose.
    pub fn open_secret(
        &self,
        label: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.settings.open(self.secret_context(label), sealed).map(Zeroizing::new)
    }

    fn secret_context(&self, label: &str) -> Context {
        let mut context = Context::new("secret");
        context.part(self.shop.as_str().as_bytes());
        context.part(label.as_bytes());
        context
    }
}

impl fmt::Debug for ShopKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShopKeys(..)")
    }
}

/// Derives keys from a secret: one for each label.
pub(crate) struct Labels<'a> {
    hkdf: Hkdf<Sha256>,
    shop: &'a ShopId,
}

impl<'a> Labels<'a> {
    pub(crate) fn of(secret: &[u8; 32], shop: &'a ShopId) -> Self {
        Self { hkdf: Hkdf::new(Some(b"confidant/shop-key/1"), secret), shop }
    }

    pub(crate) fn key(
        &self,
        label: &str,
        purpose: Option<PurposeName>,
    ) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let mut info = Vec::with_capacity(64);
        for part in [label.as_bytes(), self.shop.as_str().as_bytes()] {
            info.extend_from_slice(&(part.len() as u64).to_be_bytes());
            info.extend_from_slice(part);
        }
        // 0 is nobody's code.
        info.push(purpose.map_or(0, PurposeName::code));
        let mut key = Zeroizing::new([0; 32]);
        self.hkdf.expand(&info, key.as_mut_slice()).map_err(|_| VaultError)?;
        Ok(key)
    }

    fn per_purpose(&self, label: &str) -> Result<PerPurpose, VaultError> {
        let mut failed = Ok(());
        let keys = PurposeName::ALL.map(|purpose| match self.key(label, Some(purpose)) {
            Ok(key) => Keyed::new(&key),
            Err(error) => {
                failed = Err(error);
                Keyed::new(&[0; 32])
            }
        });
        failed.map(|()| PerPurpose(keys))
    }
}

#[cfg(test)]
mod tests;
