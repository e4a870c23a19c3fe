//! The blend that ships: for shops with too few people to fit their own.

use crate::blend::{BlendSettings, GroupWeights, ModelWeights, NamedScorer};
use crate::neighbors::settings::ScorerSettings;

impl BlendSettings {
    /// Scorers that need no training, with weights that did well on three public data sets of
    /// different kinds (clicks, clothing, gifts); docs/performance.md says how well.
    pub fn shipped() -> Self {
        let named = |name: &str, settings| NamedScorer { name: name.to_owned(), settings };
        let weights = |share, relative, missing| ModelWeights { share, relative, missing };
        let models = [
            ("vmis", weights(35, 30, 40)),
            ("vstan", weights(25, 0, 0)),
            ("rules", weights(25, 50, 80)),
            ("next", weights(25, 20, 40)),
            ("together", weights(15, -50, 0)),
        ];
        let models = models.into_iter().map(|(name, weights)| (name.to_owned(), weights));
        let models = models.collect();
        Self {
            scorers: vec![
                named("vmis", ScorerSettings::vmis()),
                named("vstan", ScorerSettings::vstan()),
                named("rules", ScorerSettings::rules()),
                named("next", ScorerSettings::markov()),
                named("together", ScorerSettings::together()),
            ],
            groups: vec![GroupWeights {
                visit_items_min: 1,
                current: 0,
                seen: 0,
                popular: 0,
                models,
            }],
        }
    }
}
