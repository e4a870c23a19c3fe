//! Model checking of requests: every order of acts in a small world, for every kind.
//!
//! The world has two members of staff, one hold and a few days. Beside the machine runs a
//! [`ghost::Ghost`], which remembers in its own words what was shown, proposed and held; the laws
//! compare what the machine allowed with what the ghost saw. From every state on, somebody does
//! what `request::work` says next, which has to end. The search takes machine and work as
//! parameters: with each of [`broken::BROKEN`] it has to fail, and to say why.
#![cfg(test)]

mod broken;
mod doing;
mod ghost;
mod search;
mod world;
