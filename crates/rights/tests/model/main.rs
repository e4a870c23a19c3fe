//! Model checking of erasure: every crash, redo, late copy and new visit in a small world.
//!
//! Between two events stands only what is durable ([`shop::Shop`]); memory is gone with each
//! crash. An event is a request that crashes after any number of writes or none, a redo that does,
//! a late copy of an old row, or a new row of a person. The search takes the walk as a
//! parameter: with each of [`walk::BROKEN`] it has to fail, and to say why.
#![cfg(test)]

mod search;
mod shop;
mod walk;
