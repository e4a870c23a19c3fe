//! Each half is sealed to one aggregator (HPKE, RFC 9180, base mode).
//!
//! The suite: X-Wing (ML-KEM-768 and X25519 together, so that a recording of today does not open
//! on a quantum computer of tomorrow), HKDF-SHA256, ChaCha20-Poly1305. What a half belongs to is
//! bound in: the room, the role of the aggregator, and as associated data the task, the report and
//! its public part.

use std::fmt;

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use prio::vdaf::xof::{SeedStreamTurboShake128, Xof, XofTurboShake128};
use rand::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

use crate::circuit::Seat;
use crate::error::FederatedError;

/// Bytes of a public key.
pub const KEY_BYTES: usize = 1216;
/// Bytes that a seal adds: the encapsulated key and the tag.
pub const SEAL_BYTES: usize = ENCAPSULATED_BYTES + 16;
const ENCAPSULATED_BYTES: usize = 1120;

/// The key to which halves are sealed for one aggregator.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(Box<[u8; KEY_BYTES]>);

impl PublicKey {
    /// Reads a key.
    ///
    /// # Errors
    /// [`FederatedError::Malformed`] for anything that is not an X-Wing key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FederatedError> {
        <XWing as Kem>::PublicKey::from_bytes(bytes).map_err(|_| FederatedError::Malformed)?;
        let array: [u8; KEY_BYTES] = bytes.try_into().map_err(|_| FederatedError::Malformed)?;
        Ok(Self(Box::new(array)))
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, ..] = self.0.as_ref();
        write!(formatter, "PublicKey({first:02x}{second:02x}..)")
    }
}

/// The key that opens the halves of one aggregator. Prints nothing, is wiped when dropped.
pub struct PrivateKey(Zeroizing<[u8; 32]>);

impl PrivateKey {
    /// From 32 random bytes of the operating system.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key to which the halves are sealed.
    ///
    /// # Errors
    /// [`FederatedError::Seal`] when the bytes are no key.
    pub fn public(&self) -> Result<PublicKey, FederatedError> {
        PublicKey::from_bytes(&XWing::sk_to_pk(&self.key()?).to_bytes())
    }

    fn key(&self) -> Result<<XWing as Kem>::PrivateKey, FederatedError> {
        <XWing as Kem>::PrivateKey::from_bytes(self.0.as_slice()).map_err(|_| FederatedError::Seal)
    }

    /// Opens a half.
    ///
    /// # Errors
    /// [`FederatedError::Seal`], which says nothing more.
    pub fn open(
        &self,
        seat: Seat,
        sealed: &[u8],
        bound: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, FederatedError> {
        let (encapsulated, text) =
            sealed.split_at_checked(ENCAPSULATED_BYTES).ok_or(FederatedError::Seal)?;
        let encapsulated = <XWing as Kem>::EncappedKey::from_bytes(encapsulated)
            .map_err(|_| FederatedError::Seal)?;
        hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &OpModeR::Base,
            &self.key()?,
            &encapsulated,
            info(seat),
            text,
            bound,
        )
        .map(Zeroizing::new)
        .map_err(|_| FederatedError::Seal)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PrivateKey")
    }
}

/// Seals a half to the aggregator at `seat`. `seed` is 32 fresh random bytes for this half.
///
/// # Errors
/// [`FederatedError::Seal`].
pub fn seal(
    (seat, key): (Seat, &PublicKey),
    half: &[u8],
    bound: &[u8],
    seed: &[u8; 32],
) -> Result<Vec<u8>, FederatedError> {
    let key =
        <XWing as Kem>::PublicKey::from_bytes(key.as_bytes()).map_err(|_| FederatedError::Seal)?;
    let mut random = Random::new(seed, seat);
    let (encapsulated, text) =
        hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &OpModeS::Base,
            &key,
            info(seat),
            half,
            bound,
            &mut random,
        )
        .map_err(|_| FederatedError::Seal)?;
    Ok([encapsulated.to_bytes().as_slice(), &text].concat())
}

fn info(seat: Seat) -> &'static [u8] {
    match seat {
        Seat::Leader => b"confidant report half 1 leader",
        Seat::Helper => b"confidant report half 1 helper",
    }
}

/// The stream that a random seed stands for.
struct Random(SeedStreamTurboShake128);

impl Random {
    fn new(seed: &[u8; 32], seat: Seat) -> Self {
        Self(XofTurboShake128::seed_stream(seed, &[b"confidant seal 1"], &[info(seat)]))
    }
}

impl TryRng for Random {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.0.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.0.try_fill_bytes(bytes)
    }
}

impl TryCryptoRng for Random {}

#[cfg(test)]
mod tests;
