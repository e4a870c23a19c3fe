//! Leaving: everything of the shop in open formats, and nothing of it left behind.
//!
//! [`taking`] reads the store row by row, in the order of its keys, without starting the shop:
//! memory does not grow with it. [`files`] writes JSON lines and CSV with a digest of each file.
//! [`again`] writes what `confidant import` takes. [`destroying`] shreds what remains and signs that
//! it did.

pub mod again;
pub mod destroying;
pub mod files;
pub mod taking;
