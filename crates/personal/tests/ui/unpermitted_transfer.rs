//! Nothing about a person leaves the shop without a permit for the transfer.

use domain::time::Timestamp;
use personal::parcel::{Outbound, Parcel};
use personal::transfer::Processor;

fn call<C: Outbound<Processor>>(client: &mut C, parcel: Parcel<Processor>, now: Timestamp) {
    client.send(parcel, now).ok();
}

fn main() {}
