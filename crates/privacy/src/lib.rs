//! The mathematics of privacy, without a person in it.
//!
//! [`dp`] is differential privacy as this house uses it: sums of integers get exact discrete
//! noise, what a release costs is counted in zero-concentrated differential privacy, where costs
//! add up, and an account refuses a release that it cannot pay for.
//!
//! What this crate must never do: I/O, ask a clock, draw random bytes (seeds are arguments), use
//! floating point where noise is made, report less than was spent.

pub mod dp;
