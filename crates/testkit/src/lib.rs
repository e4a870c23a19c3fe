//! The seeded clothing shop, the seeded world of people and faults, and its canaries.
