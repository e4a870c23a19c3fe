//! The `confidant` binary.

fn main() {}
