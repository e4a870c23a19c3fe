//! Erasure as a plan, its tombstones and its receipt.
