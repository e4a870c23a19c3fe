//! The seeded clothing shop, the seeded world of people and faults, and its canaries.
//!
//! - [`places`]: small files that say where networks are.
//! - [`random`]: the generator that all of it is drawn from.
//! - [`shop`]: the clothing shop of the demo and of the tests.
//! - [`world`]: people, faults and time as seeded steps, with a trivially correct model beside.

pub mod places;
pub mod random;
pub mod shop;
pub mod world;
