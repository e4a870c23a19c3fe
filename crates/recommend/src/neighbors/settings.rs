//! The settings of a scorer of the family, and the published members of it by name.

use serde::{Deserialize, Serialize};

/// Most items of the current visit that are looked at.
pub const LAST_ITEMS_LIMIT: u8 = 16;
/// Most sessions that one query samples.
pub const SAMPLE_LIMIT: u16 = 20_000;

/// How a weight falls with the distance p = 0, 1, ... from the newest item, of n items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weighting {
    /// 1 for all.
    Same,
    /// Items of a visit: 1 - 0.1 p; a match: 1 - 0.1 (p + 1); from there on 0.
    Linear,
    /// Items of a visit: (n - p) / n; a match: 1 / (p + 1).
    Div,
    /// The square of `div`.
    Quadratic,
    /// 1 / log10(p + 1.7) for items of a visit, 1 / log10(p + 2.7) for a match.
    Log,
    /// exp(-p / scale), the scale in thousandths of a step.
    Exponential {
        /// Thousandths of a step; at least 1.
        scale_milli: u32,
    },
}

/// How shared items make two sessions similar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Similarity {
    /// The sum of the weights of the shared items.
    Dot,
    /// That sum over the root of the session's length.
    Cosine,
    /// The sum of weights each over the root of the sessions that hold the item (and 20).
    Damped,
}

/// Which items of a neighbor get its vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spread {
    /// All alike.
    Everywhere,
    /// exp(-d / scale) at distance d from its last shared item, in thousandths of a step.
    Near {
        /// Thousandths of a step; at least 1.
        scale_milli: u32,
    },
    /// Only those that follow the current item within so many steps, by the distance.
    After {
        /// Steps; 1 to 30.
        steps_max: u8,
        /// How the vote falls: `div` is 1 / d.
        by: Weighting,
    },
}

/// How rarer items weigh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rarity {
    /// All items weigh the same.
    Off,
    /// Times ln((sessions + 1) / sessions with the item).
    Log,
    /// Times 1 + so many times that logarithm.
    OnePlusLog(u8),
    /// Over the root of the sessions with the item (and 20).
    Damped,
}

/// A scorer of the family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScorerSettings {
    /// Newest sessions that share an item with the visit (m).
    pub sample_max: u16,
    /// Most similar sessions of the sample that vote (k); at most `sample_max`.
    pub neighbors_max: u16,
    /// Newest items of the visit that are looked at (L); 1 to [`LAST_ITEMS_LIMIT`].
    pub last_items_max: u8,
    /// Weight of an item of the visit by its distance from the newest.
    pub visit: Weighting,
    /// How shared items make two sessions similar.
    pub similarity: Similarity,
    /// Weight of a neighbor by the newest shared item of the visit.
    pub matched: Weighting,
    /// Weight of a neighbor by its age: exp(-age / this), in hours; none does not fade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fade_hours: Option<u32>,
    /// Which of its items get its vote.
    pub spread: Spread,
    /// How rarer items weigh.
    pub rarity: Rarity,
}

/// Why settings are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScorerError {
    /// See [`ScorerSettings::last_items_max`].
    #[error("last_items_max must be 1 to {LAST_ITEMS_LIMIT}")]
    LastItems,
    /// See [`ScorerSettings::sample_max`] and [`ScorerSettings::neighbors_max`].
    #[error("sample_max must be 1 to {SAMPLE_LIMIT} and neighbors_max 1 to sample_max")]
    Sample,
    /// A scale of 0, or no hours, or steps beyond 30.
    #[error("scale_milli and fade_hours must be at least 1, steps_max 1 to 30")]
    Scale,
}

impl ScorerSettings {
    /// VMIS-kNN. The defaults were chosen on the validation split of the Serenade example
    /// sessions.
    pub const fn vmis() -> Self {
        Self {
            sample_max: 500,
            neighbors_max: 500,
            last_items_max: 4,
            visit: Weighting::Div,
            similarity: Similarity::Dot,
            matched: Weighting::Linear,
            fade_hours: None,
            spread: Spread::Everywhere,
            rarity: Rarity::Log,
        }
    }

    /// V-SKNN with quadratic weights.
    pub const fn vsknn() -> Self {
        Self {
            sample_max: 1_000,
            neighbors_max: 500,
            last_items_max: 16,
            visit: Weighting::Quadratic,
            similarity: Similarity::Dot,
            matched: Weighting::Div,
            fade_hours: None,
            spread: Spread::Everywhere,
            rarity: Rarity::OnePlusLog(5),
        }
    }

    /// STAN.
    pub const fn stan() -> Self {
        Self {
            sample_max: 2_500,
            neighbors_max: 1_000,
            last_items_max: 16,
            visit: Weighting::Exponential { scale_milli: 1_000 },
            similarity: Similarity::Cosine,
            matched: Weighting::Same,
            fade_hours: None,
            spread: Spread::Near { scale_milli: 2_000 },
            rarity: Rarity::Off,
        }
    }

    /// VSTAN: STAN with the match weight and the rarity of V-SKNN.
    pub const fn vstan() -> Self {
        Self {
            matched: Weighting::Exponential { scale_milli: 2_000 },
            rarity: Rarity::OnePlusLog(2),
            ..Self::stan()
        }
    }

    /// Sequential rules (SR).
    pub const fn rules() -> Self {
        Self {
            sample_max: 2_500,
            neighbors_max: 2_500,
            last_items_max: 1,
            visit: Weighting::Same,
            similarity: Similarity::Dot,
            matched: Weighting::Same,
            fade_hours: None,
            spread: Spread::After { steps_max: 8, by: Weighting::Div },
            rarity: Rarity::Off,
        }
    }

    /// A first-order Markov chain: what came next.
    pub const fn markov() -> Self {
        Self { spread: Spread::After { steps_max: 1, by: Weighting::Same }, ..Self::rules() }
    }

    /// Item-to-item cosine, damped, over the last items of the visit.
    pub const fn together() -> Self {
        Self {
            sample_max: 2_500,
            neighbors_max: 2_500,
            last_items_max: 4,
            visit: Weighting::Exponential { scale_milli: 830 },
            similarity: Similarity::Damped,
            matched: Weighting::Same,
            fade_hours: None,
            spread: Spread::Everywhere,
            rarity: Rarity::Damped,
        }
    }

    /// Refuses what the scorer could not honor.
    pub fn check(self) -> Result<Self, ScorerError> {
        if !(1..=LAST_ITEMS_LIMIT).contains(&self.last_items_max) {
            return Err(ScorerError::LastItems);
        }
        let fits = (1..=SAMPLE_LIMIT).contains(&self.sample_max);
        if !fits || !(1..=self.sample_max).contains(&self.neighbors_max) {
            return Err(ScorerError::Sample);
        }
        let scaled = |weighting| match weighting {
            Weighting::Exponential { scale_milli } => scale_milli > 0,
            Weighting::Same
            | Weighting::Linear
            | Weighting::Div
            | Weighting::Quadratic
            | Weighting::Log => true,
        };
        let spread = match self.spread {
            Spread::Everywhere => true,
            Spread::Near { scale_milli } => scale_milli > 0,
            Spread::After { steps_max, by } => (1..=30).contains(&steps_max) && scaled(by),
        };
        let fades = self.fade_hours != Some(0);
        if !(spread && fades && scaled(self.visit) && scaled(self.matched)) {
            return Err(ScorerError::Scale);
        }
        Ok(self)
    }
}
