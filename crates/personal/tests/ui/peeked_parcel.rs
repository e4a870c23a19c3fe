//! What lies in a parcel is not seen on the way.

use personal::parcel::Parcel;
use personal::transfer::Processor;

fn peek(parcel: &Parcel<Processor>) -> &[u8] {
    &parcel.body
}

fn main() {}
