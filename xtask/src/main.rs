//! `cargo xtask ci|test|tidy`.

fn main() {}
