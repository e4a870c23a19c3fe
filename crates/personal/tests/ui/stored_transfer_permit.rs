//! A permit for a transfer cannot be written down and used later.

use personal::transfer::{Processor, TransferPermit};

fn writable<T: serde::Serialize>() {}

fn main() {
    writable::<TransferPermit<Processor>>();
}
