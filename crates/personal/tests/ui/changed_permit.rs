//! A permit for one purpose is none for another.

use personal::permit::Permit;
use personal::purpose::{Personalization, SharedLearning};

fn change(permit: Permit<Personalization>) -> Permit<SharedLearning> {
    permit
}

fn main() {}
