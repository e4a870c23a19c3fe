//! A permit to tell a processor does not let data go to somebody who decides for itself.

use domain::time::Timestamp;
use personal::parcel::{Parcel, TransferError};
use personal::transfer::{OtherController, Processor, TransferPermit};

fn open(
    parcel: Parcel<OtherController>,
    permit: &TransferPermit<Processor>,
    now: Timestamp,
) -> Result<Vec<u8>, TransferError> {
    parcel.open(permit, now)
}

fn main() {}
