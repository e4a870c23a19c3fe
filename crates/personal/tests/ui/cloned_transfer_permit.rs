//! A permit for a transfer has no twin.

use personal::transfer::{Processor, TransferPermit};

fn twins(permit: TransferPermit<Processor>) -> [TransferPermit<Processor>; 2] {
    [permit.clone(), permit]
}

fn main() {}
