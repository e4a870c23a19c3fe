//! What a permit is, in one page.
//!
//! A shop knows things about people. Every such thing is a [`value::Personal`]: a value with the
//! pseudonym of one person, which prints nothing, serializes nothing and opens only for who shows
//! a [`permit::Permit`] for a purpose that covers that kind of data. The pairs of purpose and kind
//! stand in [`register`]; together they are the record of processing (GDPR Art. 30). A pair that
//! is missing there does not compile.
//!
//! Permits come from one place, [`gate::decide`]. It is pure: consent, opt-out signals, law, age
//! and `now` go in, a permit or a [`gate::Refusal`] that names the rule comes out. **Missing means
//! denied.** A permit is for one person and one purpose, dies within a minute or at the person's
//! next consent change, and cannot be cloned, stored or made by hand.
//!
//! There are four doors and no fifth:
//! 1. [`permit::Permit`] for answering one person,
//! 2. [`sweep::Sweep`] for jobs, which decides anew for every person it reads,
//! 3. [`desk::Desk`] for staff, which needs a reason and leaves an entry the person can read,
//! 4. [`own::OwnCopy`] for the person, who may see and correct what is held whatever they allowed.
//!
//! Out of the shop there is one more: a client that carries personal data takes a
//! [`transfer::TransferPermit`], which names the recipient that the shop declared and the rule of
//! law that lets the data go there today.
//!
//! What is stored is declared once, with [`record!`]: purpose, category, retention, what an
//! erasure does. Inventory, retention, erasure and notices are computed from it. The kinds that
//! exist stand in [`kinds`].
//!
//! What this crate must never do: I/O, ask a clock, draw random numbers, print a person.
//!
//! What types cannot do: stop a committer with bad intent, or the code that opened a value from
//! copying it. The second line is that rooms which learn do not depend on this crate, that logs
//! take log-safe types only, and that canary tests look for leaks at run time.

pub mod desk;
pub mod evidence;
pub mod feature;
pub mod gate;
pub mod handover;
pub mod keeping;
pub mod kinds;
pub mod own;
pub mod parcel;
pub mod permit;
pub mod purpose;
pub mod record;
pub mod register;
pub mod row;
pub mod signal;
pub mod subject;
pub mod sweep;
pub mod transfer;
pub mod value;
