//! TC strings from outside: laws over generated models, and the reference codec of the IAB beside
//! ours.
#![cfg(test)]

mod laws;
mod models;
mod reference;
