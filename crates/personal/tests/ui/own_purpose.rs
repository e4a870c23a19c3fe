//! The list of purposes is closed.

use personal::purpose::{Purpose, PurposeName};

enum Curiosity {}

impl Purpose for Curiosity {
    const NAME: PurposeName = PurposeName::Personalization;
}

fn main() {}
