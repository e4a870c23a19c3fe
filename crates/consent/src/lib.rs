//! Consent records, opt-out signals and the law packs that decide what a missing choice means.
