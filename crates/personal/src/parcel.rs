//! Personal data on its way to one recipient, and the client that carries it.
//!
//! What goes in was read with a [`Permit`] for a purpose; what comes out needs a
//! [`TransferPermit`] for the same purpose and for this recipient.

use std::fmt;
use std::marker::PhantomData;

use domain::time::Timestamp;

use crate::permit::{ConsentVersion, Permit, PermitError};
use crate::purpose::{Purpose, PurposeName};
use crate::transfer::{Destination, RecipientName, TransferPermit};

/// Why a permit opened no parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// The minute, or the decision behind it, is over.
    #[error("permit for a transfer has expired")]
    Expired,
    /// The permit to read the data was stale or over.
    #[error(transparent)]
    Permit(#[from] PermitError),
    /// The parcel is for another recipient or another purpose.
    #[error("permit for a transfer is for another recipient or purpose")]
    WrongRecipient,
}

/// Personal data on its way to one recipient, closed.
#[must_use]
pub struct Parcel<D: Destination> {
    recipient: RecipientName,
    purpose: PurposeName,
    body: Vec<u8>,
    destination: PhantomData<fn() -> D>,
}

impl<D: Destination> Parcel<D> {
    /// Packs bytes about one person. The permit to read them says what for.
    ///
    /// # Errors
    /// See [`Permit::open`].
    pub fn pack<P: Purpose>(
        permit: &Permit<P>,
        (now, current): (Timestamp, ConsentVersion),
        recipient: RecipientName,
        body: Vec<u8>,
    ) -> Result<Self, TransferError> {
        permit.open(now, current)?;
        Ok(Self { recipient, purpose: P::NAME, body, destination: PhantomData })
    }

    /// Whom it is for.
    pub const fn recipient(&self) -> &RecipientName {
        &self.recipient
    }

    /// Hands the bytes out to the client that sends them.
    ///
    /// # Errors
    /// [`TransferError`]: the permit is over, or for somebody or something else.
    pub fn open(
        self,
        permit: &TransferPermit<D>,
        now: Timestamp,
    ) -> Result<Vec<u8>, TransferError> {
        if (&self.recipient, self.purpose) != (permit.recipient(), permit.purpose()) {
            return Err(TransferError::WrongRecipient);
        }
        if !permit.counts_at(now) {
            return Err(TransferError::Expired);
        }
        Ok(self.body)
    }
}

impl<D: Destination> fmt::Debug for Parcel<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parcel<{:?}>(..)", D::ROLE)
    }
}

/// A client that carries personal data out of the shop.
pub trait Outbound<D: Destination> {
    /// What the recipient answered.
    type Answer;
    /// Why nothing, or nothing for certain, arrived.
    type Error: From<TransferError>;

    /// Sends a parcel to the recipient that the permit names.
    ///
    /// # Privacy
    /// The bytes come out of the parcel with this permit and in no other way.
    ///
    /// # Errors
    /// A permit that does not open the parcel, or what the way to the recipient says.
    fn send(
        &mut self,
        permit: &TransferPermit<D>,
        parcel: Parcel<D>,
        now: Timestamp,
    ) -> Result<Self::Answer, Self::Error>;
}

#[cfg(test)]
mod tests;
