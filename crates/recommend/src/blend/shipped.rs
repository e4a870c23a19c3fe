//! The blend that ships: for shops with too few people to fit their own.

use crate::blend::{BlendSettings, GroupWeights, ModelWeights, NamedScorer};
use crate::neighbors::settings::{Rarity, ScorerSettings, Similarity, Spread, Weighting};

impl BlendSettings {
    /// Scorers that need no training, with weights set by hand between two sets of click data;
    /// docs/performance.md says how well.
    pub fn shipped() -> Self {
        let named = |name: &str, settings| NamedScorer { name: name.to_owned(), settings };
        let weights = |share, relative, missing| ModelWeights { share, relative, missing };
        let models = [
            ("vmis", weights(30, 0, 60)),
            ("vstan", weights(45, 40, 0)),
            ("rules", weights(30, 60, 60)),
            ("next", weights(25, 30, 30)),
            ("together", weights(20, 0, 20)),
        ];
        let models = models.into_iter().map(|(name, weights)| (name.to_owned(), weights));
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
            groups: vec![GroupWeights {
                visit_items_min: 1,
                current: -50,
                seen: 0,
                popular: -10,
                models: models.collect(),
            }],
        }
    }
}
