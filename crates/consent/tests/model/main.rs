//! Model checking: every order of choices, signals and days in a small world, up to a depth.
//!
//! The world has two purposes, two or three opt-out signals and a clock of whole days. Each state
//! that can be reached is judged under every law and age, so a move to another country and a
//! birthday are covered at every moment. What has to hold is written down a second time in
//! [`laws`], from what the person said and not from how the rules store it. The search takes the
//! rules as a parameter: with each rule of [`rules::BROKEN`] it has to fail, and to say why.
#![cfg(test)]

mod laws;
mod rows;
mod rules;
mod search;
mod world;
