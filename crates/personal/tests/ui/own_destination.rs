//! Nobody adds a kind of destination of their own.

use personal::transfer::{Destination, Role};

enum Friend {}

impl Destination for Friend {
    const ROLE: Role = Role::Processor;
}

fn main() {}
