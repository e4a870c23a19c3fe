//! The settings of the basket model, each with its unit and its limit. Decays and shares are in
//! thousandths, so that settings compare, hash and print exactly.

use serde::{Deserialize, Serialize};

/// A share or a decay of one, in thousandths.
pub const ONE: u16 = 1000;
/// Most groups that a history is cut into.
pub const GROUPS_LIMIT: u16 = 1000;
/// Most neighbors that one answer averages.
pub const NEIGHBORS_LIMIT: u16 = 10_000;
/// Most baskets of one customer that count.
pub const BASKETS_LIMIT: u16 = 10_000;

/// When two customers are alike. Only customers who share an item can be neighbors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nearness {
    /// The smaller the angle between their vectors, the nearer: what they buy, not how much.
    Cosine,
    /// The smaller the distance between their vectors, the nearer, as in the paper.
    Euclidean,
}

/// Parameters of TIFU-kNN and the limits around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BasketSettings {
    /// Groups that a history is cut into (m).
    pub groups: u16,
    /// What a basket weighs beside the next newer one of its group, in thousandths (`r_b`).
    pub basket_decay: u16,
    /// What a group weighs beside the next newer one, in thousandths (`r_g`).
    pub group_decay: u16,
    /// The share of the customer's own vector in a score, in thousandths (alpha).
    pub own_share: u16,
    /// Neighbors that are averaged (k).
    pub neighbors_max: u16,
    /// When two customers are alike.
    pub nearness: Nearness,
    /// Newest baskets of a customer that count.
    pub baskets_max: u16,
    /// Distinct neighbors behind whatever neighbors add to a score, at least.
    pub supporters_min: u32,
    /// Bytes of learned baskets, by [`crate::baskets::BasketIndex::bytes`]; learning stops there.
    pub bytes_max: u64,
}

impl Default for BasketSettings {
    fn default() -> Self {
        Self {
            groups: 7,
            basket_decay: 900,
            group_decay: 700,
            own_share: 700,
            neighbors_max: 300,
            nearness: Nearness::Cosine,
            baskets_max: 1000,
            supporters_min: 2,
            bytes_max: 1 << 29,
        }
    }
}

/// Why settings are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BasketSettingsError {
    /// See [`BasketSettings::groups`].
    #[error("groups must be 1 to {GROUPS_LIMIT}")]
    Groups,
    /// A decay above one would let old baskets outweigh new ones.
    #[error("basket_decay, group_decay and own_share are thousandths, 0 to {ONE}, decays above 0")]
    Share,
    /// See [`BasketSettings::neighbors_max`].
    #[error("neighbors_max must be 1 to {NEIGHBORS_LIMIT}")]
    Neighbors,
    /// See [`BasketSettings::baskets_max`].
    #[error("baskets_max must be 1 to {BASKETS_LIMIT}")]
    Baskets,
    /// A floor of 0 would let answers come from nobody.
    #[error("supporters_min must be at least 1")]
    Floor,
}

impl BasketSettings {
    /// Refuses what the model could not honor.
    pub fn check(self) -> Result<Self, BasketSettingsError> {
        if !(1..=GROUPS_LIMIT).contains(&self.groups) {
            return Err(BasketSettingsError::Groups);
        }
        let decays = 1..=ONE;
        let fits = decays.contains(&self.basket_decay) && decays.contains(&self.group_decay);
        if !fits || self.own_share > ONE {
            return Err(BasketSettingsError::Share);
        }
        if !(1..=NEIGHBORS_LIMIT).contains(&self.neighbors_max) {
            return Err(BasketSettingsError::Neighbors);
        }
        if !(1..=BASKETS_LIMIT).contains(&self.baskets_max) {
            return Err(BasketSettingsError::Baskets);
        }
        if self.supporters_min == 0 {
            return Err(BasketSettingsError::Floor);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
