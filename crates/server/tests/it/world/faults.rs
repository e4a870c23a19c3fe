//! Stores that fail at a chosen call.
