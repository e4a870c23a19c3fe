//! What can be wrong with an event. Messages name the place, never the value.

use personal::gate::Refusal;
use personal::permit::PermitError;

use crate::event::Ignored;

/// Why a body or an event did not get through.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// More bytes than the endpoint takes.
    #[error("body has {bytes} bytes, at most {max} are allowed")]
    BodyTooLong {
        /// Bytes that were given.
        bytes: usize,
        /// Bytes that are allowed.
        max: usize,
    },
    /// Brackets nest deeper than any event needs.
    #[error("body nests deeper than {max} levels")]
    TooDeep {
        /// Levels that are allowed.
        max: usize,
    },
    /// The body is not the JSON object that the endpoint takes.
    #[error("body is malformed at line {line}, column {column}")]
    Malformed {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// The body is not UTF-8.
    #[error("body is not UTF-8 at byte {at}")]
    NotUtf8 {
        /// The first wrong byte, from 0.
        at: usize,
    },
    /// A batch without its list.
    #[error("batch is missing or not a list")]
    NoBatch,
    /// More events than one body may hold.
    #[error("batch has {count} events, at most {max} are allowed")]
    TooManyEvents {
        /// Events that were given.
        count: usize,
        /// Events that are allowed.
        max: usize,
    },
    /// One event of the body is wrong; the others are not touched by it.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The event is known and teaches nothing.
    #[error("ignored: {}", .0.code())]
    Ignored(Ignored),
    /// Every item of the event is a sensitive good (GDPR Art. 9(1)).
    #[error("refused: sensitive goods are neither learned nor remembered")]
    Sensitive,
    /// The gate said no.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// The permit no longer opens: consent changed on the way.
    #[error(transparent)]
    Permit(#[from] PermitError),
}

/// What is wrong with one event of a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {event}: {place} {problem}")]
pub struct EventError {
    /// Which event of the body, from 0.
    pub event: usize,
    /// Which field, such as `properties.products[2].product_id`. Our words, never the sender's.
    pub place: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A control character.
    #[error("holds a control character")]
    Control,
    /// The empty text or list.
    #[error("is empty")]
    Empty,
    /// Not there.
    #[error("is missing")]
    Missing,
    /// Not a list.
    #[error("is not a list")]
    NotAList,
    /// Not an object.
    #[error("is not an object")]
    NotAnObject,
    /// Not a text, nor a whole number where one is taken for a text.
    #[error("is not a text")]
    NotAText,
    /// Not a time.
    #[error("is not a time of RFC 3339")]
    NotATime,
    /// A text that is too long.
    #[error("has more than {max} bytes")]
    TooLong {
        /// Bytes that are allowed.
        max: usize,
    },
    /// A list that is too long.
    #[error("has more than {max} entries")]
    TooMany {
        /// Entries that are allowed.
        max: usize,
    },
    /// A word that is not on the list.
    #[error("is not a known word")]
    Unknown,
}
