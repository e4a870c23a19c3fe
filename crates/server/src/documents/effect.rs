//! What answers go by: the shipped placements, weights and law packs, the settings file, the
//! documents.

use std::collections::BTreeMap;
use std::sync::Arc;

use consent::law::LawPack;
use consent::law::course::Course;
use consent::law::laws::Laws;
use domain::time::Day;
use recommend::placement::Placements;
use recommend::plan::Plan;

use crate::commands::weights::WeightsFile;
use crate::documents::{BLEND, Key, Kind, Text, Version, reading};

/// What a shop starts from, before any document.
#[derive(Clone, Debug)]
pub struct Base {
    /// The placements of the settings file, on top of the shipped ones.
    pub placements: Placements,
    /// The weights file that the settings name.
    pub weights: Option<WeightsFile>,
    /// The place of the settings.
    pub jurisdiction: Option<String>,
}

/// The newest version of every document.
pub type Newest = BTreeMap<Key, Arc<Version>>;

/// What answers go by, and the documents that it comes from.
#[derive(Clone, Debug)]
pub struct Effect {
    /// The placements that answer.
    pub placements: Arc<Placements>,
    /// The law packs that count: those of the program, and the shop's over them.
    pub laws: Arc<Laws>,
    /// The packs of the place that the settings name.
    pub home: Arc<Course>,
    /// The newest version of every document, also of those that are back at the default.
    pub newest: Newest,
    /// Documents that cannot be honored, and why; what they would change stays at the default.
    pub refused: BTreeMap<Key, String>,
}

impl Effect {
    /// Lets documents change what the settings file says. `known` are the law packs that evidence
    /// may name although no document has them any more.
    ///
    /// Placements come first, then rules, each in the order of names. A document that does not
    /// fit changes nothing and is named.
    pub fn of(base: &Base, newest: Newest, known: &[&'static LawPack]) -> Self {
        let mut placements = base.placements.clone();
        let mut refused = BTreeMap::new();
        for (key, version) in &newest {
            let Some(text) = &version.text else { continue };
            let changed = match key.kind {
                Kind::Placement => with_placement(&placements, key, text),
                Kind::Rules => with_rules(&placements, key, text),
                Kind::Law => continue,
                Kind::Weights => match reading::weights(text) {
                    Ok(_) => continue,
                    Err(why) => Err(why),
                },
            };
            match changed {
                Ok(changed) => placements = changed,
                Err(why) => {
                    refused.insert(key.clone(), format!("{key}: {why}"));
                }
            }
        }
        let laws = Arc::new(laws(&newest, known, &mut refused));
        let home = Arc::clone(laws.course(base.jurisdiction.as_deref()));
        Self { placements: Arc::new(placements), laws, home, newest, refused }
    }

    /// The fitted weights that count on a day, and whether they come from a document; none when
    /// the shipped ones do. Weights that have ended do not count.
    pub fn weights(&self, base: &Base, today: Day) -> Option<(WeightsFile, bool)> {
        let row = self.newest.get(&blend()).and_then(|version| version.text.as_ref());
        let row = row.and_then(|text| reading::weights(text).ok());
        let lasts = |file: &WeightsFile| !file.is_over(today);
        let own = row.filter(lasts).map(|file| (file, true));
        own.or_else(|| base.weights.clone().filter(lasts).map(|file| (file, false)))
    }

    /// The models and weights that answer on a day.
    pub fn plan(&self, base: &Base, today: Day) -> Plan {
        self.weights(base, today).map_or_else(Plan::shipped, |(file, _)| file.plan)
    }
}

/// The key of the weights.
pub fn blend() -> Key {
    Key { kind: Kind::Weights, name: BLEND.to_owned() }
}

/// The law packs with those of the documents over them.
fn laws(newest: &Newest, known: &[&'static LawPack], refused: &mut BTreeMap<Key, String>) -> Laws {
    let mut own: Vec<&'static LawPack> = Vec::new();
    let nothing = Laws::with(Vec::new(), known.to_vec());
    let mut laws = nothing.unwrap_or_else(|_| Laws::of_the_program());
    for (key, version) in newest.iter().filter(|(key, _)| key.kind == Kind::Law) {
        let Some(text) = &version.text else { continue };
        let with = reading::law(text).and_then(|packs| {
            let more: Vec<_> = own.iter().copied().chain(packs).collect();
            let laws = Laws::with(more.clone(), known.to_vec()).map_err(|why| why.to_string())?;
            Ok((more, laws))
        });
        match with {
            Ok(with) => (own, laws) = with,
            Err(why) => {
                refused.insert(key.clone(), format!("{key}: {why}"));
            }
        }
    }
    laws
}

fn with_placement(placements: &Placements, key: &Key, text: &Text) -> Result<Placements, String> {
    let change = reading::placement(text)?;
    placements.with_one(&key.name, change).map_err(|error| error.to_string())
}

fn with_rules(placements: &Placements, key: &Key, text: &Text) -> Result<Placements, String> {
    let change = reading::rules(text)?;
    if placements.get(&key.name).is_none() {
        return Err("there is no placement of this name".to_owned());
    }
    placements.with_one(&key.name, change).map_err(|error| error.to_string())
}
