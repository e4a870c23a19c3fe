//! The seeded clothing shop, the seeded world of people and faults, and its canaries.
//!
//! - [`random`]: the generator that all of it is drawn from.
//! - [`shop`]: the clothing shop of the demo and of the tests.

pub mod random;
pub mod shop;
