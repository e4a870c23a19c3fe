//! Sealed envelopes, subject keys, blind indexes and tombstones.
