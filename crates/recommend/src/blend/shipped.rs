//! The blend that ships: for shops with too few people to fit their own.

use crate::blend::{BlendSettings, GroupWeights, ModelWeights, NamedScorer};
use crate::neighbors::settings::{Rarity, ScorerSettings, Similarity, Spread, Weighting};

impl BlendSettings {
    /// Scorers that need no training, with weights that were fitted together on the newest
    /// sessions of three public sets (clicks of a marketplace and of a clothing shop, orders of a
    /// wholesaler), each counting the same; docs/performance.md says how well.
    pub fn shipped() -> Self {
        let named = |name: &str, settings| NamedScorer { name: name.to_owned(), settings };
        let near = ScorerSettings {
            sample_max: 1_000,
            neighbors_max: 500,
            visit: Weighting::Exponential { scale_milli: 2_000 },
            similarity: Similarity::Damped,
            spread: Spread::Near { scale_milli: 1_000 },
            rarity: Rarity::Log,
            ..ScorerSettings::vstan()
        };
        let newest =
            |settings| ScorerSettings { sample_max: 1_000, neighbors_max: 1_000, ..settings };
        Self {
            scorers: vec![
                named("vmis", ScorerSettings::vmis()),
                named("vstan", near),
                named("rules", newest(ScorerSettings::rules())),
                named("next", newest(ScorerSettings::markov())),
                named("together", newest(ScorerSettings::together())),
            ],
            groups: GROUPS.iter().map(Group::weights).collect(),
        }
    }
}

/// A group as it stands below: the item's own weights, then share, relative and missing by model.
struct Group {
    visit_items_min: u16,
    item: [i32; 3],
    models: [(&'static str, [i32; 3]); 5],
}

const GROUPS: [Group; 3] = [
    Group {
        visit_items_min: 1,
        item: [-118, -3, 5],
        models: [
            ("vmis", [105, -105, 20]),
            ("vstan", [44, -146, -84]),
            ("rules", [-1, 76, 33]),
            ("next", [6, -3, 8]),
            ("together", [17, 54, 214]),
        ],
    },
    Group {
        visit_items_min: 2,
        item: [-132, 35, -2],
        models: [
            ("vmis", [90, -120, 19]),
            ("vstan", [69, -138, -94]),
            ("rules", [0, 83, 34]),
            ("next", [4, -5, 3]),
            ("together", [-9, 46, 214]),
        ],
    },
    Group {
        visit_items_min: 4,
        item: [-102, -21, 1],
        models: [
            ("vmis", [82, -96, 19]),
            ("vstan", [63, -155, -113]),
            ("rules", [7, 94, 32]),
            ("next", [11, 1, 9]),
            ("together", [-15, 75, 232]),
        ],
    },
];

impl Group {
    fn weights(&self) -> GroupWeights {
        let weights =
            |[share, relative, missing]: [i32; 3]| ModelWeights { share, relative, missing };
        let [current, seen, popular] = self.item;
        GroupWeights {
            visit_items_min: self.visit_items_min,
            current,
            seen,
            popular,
            models: self
                .models
                .iter()
                .map(|(name, parts)| ((*name).to_owned(), weights(*parts)))
                .collect(),
        }
    }
}
