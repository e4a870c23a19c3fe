//! A permit has no twin.

use personal::permit::Permit;
use personal::purpose::Personalization;

fn twins(permit: Permit<Personalization>) -> [Permit<Personalization>; 2] {
    [permit.clone(), permit]
}

fn main() {}
