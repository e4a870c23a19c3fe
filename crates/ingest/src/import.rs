//! Files that shops already have: visits, orders, catalogs.
//!
//! The pure half of `import`: the shell reads bytes, unpacks them and splits rows; here the format
//! is recognized ([`detect`]), columns are found ([`mapping`]) and one row at a time becomes an
//! [`rows::ImportRow`] or a [`catalog`] item, or is refused with a reason that the report counts.
//! Rows of a visit are put in order by [`rows::arrange`]; [`moment`] reads times.

pub mod catalog;
pub mod detect;
pub mod mapping;
pub mod moment;
pub mod rows;

/// What a file is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Visits: one row per thing that was done.
    Events,
    /// Orders: one row per bought item.
    Orders,
    /// Items.
    Catalog,
}
