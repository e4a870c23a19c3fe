//! Keeps what is in memory there: no core dump, and no other process of the same user looks in.
//!
//! Keys are in memory while the shop is open. A dump would write them to a disk, into the hands of
//! a crash reporter, or into a backup of the machine. Swap is the machine's business: switch it
//! off or encrypt it.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Forbids core dumps of this process and its children, and attaching to it.
pub fn keep_private() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if setrlimit(Resource::Core, none).is_err() {
        tracing::warn!("core dumps cannot be limited");
    }
    if set_dumpable_behavior(DumpableBehavior::NotDumpable).is_err() {
        tracing::warn!("core dumps cannot be forbidden");
    }
}
