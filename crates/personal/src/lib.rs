//! The kinds of personal data, purposes, the register of processing, the gate and its permits.
