//! Parses, admits, minimizes and pseudonymizes an event.
