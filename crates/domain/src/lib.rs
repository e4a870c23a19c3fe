//! The words every room speaks.
//!
//! Ground floor: nothing here knows a person, a clock, a file or a network. A value of one of
//! these types was read once at the door and is right from then on, so no room checks it again
//! (parse, do not validate).
//!
//! - [`id`]: what shops and we call things: shops, items, pseudonyms, events.
//! - [`time`]: instants in milliseconds, whole days for retention and decay.
//! - [`date`]: a day as people write it.
//! - [`money`]: integer minor units with an ISO 4217 currency.
//! - [`market`]: countries in which a shop sells.
//! - [`event`]: the closed list of things that happen in a shop.
//! - [`catalog`]: what a shop sells, as public data.
//! - [`hex`]: the one text form of our binary ids.
//!
//! Customer names are not here: a name of a person is personal data and lives in `personal`.

pub mod catalog;
pub mod date;
pub mod event;
pub mod hex;
pub mod id;
pub mod market;
pub mod money;
pub mod time;
