//! How far one browser profile can move a sum.

use std::marker::PhantomData;

/// Most cells of one report that may be set.
pub const WEIGHT_MAX: u32 = 4096;

/// What "the same data without this profile" means.
///
/// Two data sets are neighbors when one arises from the other by this change. A number of
/// epsilon means nothing without it, so it is part of the type.
pub trait Adjacency {
    /// The change in plain words, for a page that prints an epsilon.
    const WORDS: &'static str;
    /// Largest square of the L2 distance between the sums of neighbors, when each profile sets at
    /// most `weight` cells to one.
    fn squared(weight: u32) -> u64;
}

/// The profile's report is replaced by an empty one. The number of reports stays public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyReport {}

impl Adjacency for EmptyReport {
    const WORDS: &'static str = "the profile's report is replaced by an empty report";

    fn squared(weight: u32) -> u64 {
        u64::from(weight)
    }
}

/// The profile's report is replaced by any other report: up to `weight` cells fall and as many
/// others rise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherReport {}

impl Adjacency for OtherReport {
    const WORDS: &'static str = "the profile's report is replaced by any other report";

    fn squared(weight: u32) -> u64 {
        2 * u64::from(weight)
    }
}

/// The L2 sensitivity of a vector of counts, under adjacency `A`.
#[derive(Debug)]
pub struct Sensitivity<A> {
    squared: u64,
    adjacency: PhantomData<A>,
}

impl<A: Adjacency> Sensitivity<A> {
    /// Of counts to which each profile adds at most one in at most `weight` cells.
    ///
    /// `None` unless `weight` is 1 to [`WEIGHT_MAX`].
    pub fn of_weight(weight: u32) -> Option<Self> {
        (1..=WEIGHT_MAX)
            .contains(&weight)
            .then(|| Self { squared: A::squared(weight), adjacency: PhantomData })
    }

    /// The square of the L2 sensitivity, in counts squared.
    pub fn squared(&self) -> u64 {
        self.squared
    }
}
