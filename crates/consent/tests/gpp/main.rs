//! GPP strings from outside: the reference codec of the IAB and another reader beside ours.
#![cfg(test)]

mod models;
mod peer;
mod reference;
