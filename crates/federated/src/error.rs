//! Why something of a private aggregate was refused.

/// The errors of this room. None says anything about what a report holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FederatedError {
    /// The bytes are not a message of a version that is known.
    #[error("the message is malformed")]
    Malformed,
    /// The message belongs to another task.
    #[error("the message belongs to another task")]
    OtherTask,
    /// The task's numbers are outside their limits.
    #[error("the task is outside the limits: {0}")]
    Task(&'static str),
    /// The task was not signed by the shop.
    #[error("the signature of the task is wrong")]
    Signature,
    /// The cells of a report are outside the task.
    #[error("more cells are set than the task allows, or a cell that it does not have")]
    Cells,
    /// The report was made outside the time of the task.
    #[error("the report was made outside the time of the task")]
    Time,
    /// The sealed half did not open.
    #[error("failed")]
    Seal,
    /// The proof of the report does not hold, or one aggregator lies.
    #[error("the proof of the report does not hold")]
    Proof,
    /// The report was counted before.
    #[error("the report was counted before")]
    Replayed,
    /// The batch is closed.
    #[error("the batch is closed")]
    Closed,
    /// The batch has fewer reports than the task demands.
    #[error("the batch has {have} reports of the {least} that it needs")]
    TooFew {
        /// Reports in the batch.
        have: u64,
        /// Reports that the task demands.
        least: u64,
    },
    /// The two aggregators did not count the same reports.
    #[error("the aggregators did not count the same reports")]
    Differ,
    /// No noise was made.
    #[error("no noise was made: {0}")]
    Noise(#[from] privacy::dp::noise::NoiseError),
}
