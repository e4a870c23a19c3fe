//! What can be wrong with a log, in its own words.

/// Why something of a log was refused. Holds sizes and kinds, never content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// A bundle of entries does not hold what its place in the tree needs.
    #[error("entry bundle is malformed")]
    Bundle,
    /// A checkpoint's text breaks the format.
    #[error("checkpoint is malformed")]
    Checkpoint,
    /// One entry is longer than a bundle can say.
    #[error("entry has {len} bytes, at most {} are allowed", crate::bundle::ENTRY_BYTES_MAX)]
    EntryTooLong {
        /// Bytes of the entry.
        len: usize,
    },
    /// The bytes are no entry of ours.
    #[error("entry is malformed")]
    Entry,
    /// A verifier or signer key breaks its format.
    #[error("key is malformed")]
    Key,
    /// A key's name is empty, too long, or has spaces, plus signs or control characters.
    #[error("key name must have 1 to {} bytes, no space, no plus", crate::key::NAME_BYTES_MAX)]
    KeyName,
    /// The stored tree does not have the root that was signed.
    #[error("stored tree and signed root differ")]
    Forked,
    /// A tile or bundle that is needed was not given.
    #[error("a tile is missing")]
    Missing,
    /// A signed note breaks the format or a limit.
    #[error("note is malformed")]
    Note,
    /// The path of a resource is not one of the log's.
    #[error("path is no path of a log")]
    Path,
    /// A policy breaks its format; lines count from one.
    #[error("policy is malformed at line {line}")]
    Policy {
        /// Where.
        line: usize,
    },
    /// The log's signature is there, and too few witnesses confirmed it.
    #[error("too few witnesses")]
    Quorum,
    /// The proof's text breaks the format.
    #[error("proof is malformed")]
    ProofFormat,
    /// The hashes do not lead to the signed root.
    #[error("proof failed")]
    Proof,
    /// An index or a size outside of the tree.
    #[error("index or size is outside of the tree")]
    Range,
    /// No signature of a known key, or a known key's signature that does not fit.
    #[error("failed")]
    Signature,
    /// A tile is not the given number of whole hashes.
    #[error("tile is malformed")]
    Tile,
    /// A request to a witness, or its answer, breaks the format.
    #[error("witness message is malformed")]
    Witness,
}
