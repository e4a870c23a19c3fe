//! The tables port with an embedded SQLite back end and a conformance suite.
