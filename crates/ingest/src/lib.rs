//! Parses, admits, minimizes and pseudonymizes an event.
//!
//! The one path through this room, each arrow a type that only the step before can make:
//!
//! ```text
//! bytes > event::Event > admit::Admitted > minimize::Minimal > minimize::Pseudonymous
//! ```
//!
//! - [`segment`]: bodies of the Segment HTTP spec, ecommerce v2 names and their v1 aliases.
//! - [`event`]: what a body claims, in our words; nothing of it is believed yet.
//! - [`admit`]: consent, opt-out signals, law and sensitive goods decide.
//! - [`minimize`]: only declared fields survive, under the pseudonym of each purpose.
//! - [`sessions`]: where a visit begins and ends, as a pure function of one person's events.
//! - [`import`]: files that shops already have.
//! - [`error`]: what can be wrong, named by place and never by value.
//!
//! What this room must never do: keep a field that no record declares, print a value of an event,
//! ask a clock or a random source. Names of people in an event are claims until the shell has
//! checked who may say them.

pub mod admit;
pub mod error;
pub mod event;
pub mod import;
pub mod minimize;
pub mod segment;
pub mod sessions;
