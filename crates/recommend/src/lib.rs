//! Session neighbors over an integer index that learns and unlearns exactly.
