//! The one error of this room, which explains nothing.

/// A key, a text or a context did not fit. Which one is nobody's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed")]
pub struct VaultError;
