//! The law of people: what a new pack does to choices that stand.
//!
//! A law that comes into force acts like a withdrawal where a yes is not enough for it. Memory holds
//! the end of every yes with that in it, so the gate refuses from the first moment of the pack on,
//! and what ended is written down (`invalidated`) and erased within a second, as after any other end
//! ([`upkeep`](crate::engine::upkeep)).

use std::sync::Arc;

use consent::law;
use consent::law::LawPack;
use consent::law::course::{Ending, Yes};
use consent::law::laws::Laws;
use domain::hex;
use domain::time::Timestamp;
use personal::evidence::RecordState;
use personal::gate::{ChoiceState, Choices};
use personal::kinds::ConsentEvidence;

use crate::circumstances::OwnLaw;
use crate::engine::{Engine, EngineError};

/// The pack that evidence was written under: by its digest, or by its id; read strictly when
/// neither is known.
pub fn pack_of(laws: &Laws, row: &ConsentEvidence) -> &'static LawPack {
    let by_digest = laws.named(&hex::encode(&row.law_digest));
    by_digest.or_else(|| laws.named(&row.law)).unwrap_or_else(law::strictest)
}

/// The law of a person whose newest choice is `row`.
pub fn own_law(laws: &Laws, row: &ConsentEvidence, child_directed: bool) -> OwnLaw {
    let place = Some(row.place.as_str()).filter(|place| !place.is_empty());
    let course = Arc::clone(laws.course(place));
    OwnLaw { pack: pack_of(laws, row), course, child_directed }
}

/// When a law ends the yes of `row`, where `choices` stand.
pub fn end_of(laws: &Laws, row: &ConsentEvidence, choices: &Choices) -> Option<Ending> {
    let yes = Yes {
        purpose: row.purpose,
        at: row.at,
        under: pack_of(laws, row),
        acknowledged: row.acknowledged,
        signals: choices.signals,
    };
    own_law(laws, row, false).course.end_of_yes(&yes)
}

/// Lets every yes of `rows` that stands in `choices` end where a law ends it.
pub fn end_by_law(laws: &Laws, rows: &[ConsentEvidence], choices: &mut Choices) {
    let endings: Vec<_> = rows
        .iter()
        .filter(|row| matches!(row.state, RecordState::Given | RecordState::Renewed))
        .filter_map(|row| Some((row, end_of(laws, row, choices)?)))
        .collect();
    for (row, ending) in endings {
        if let Some(choice) = choices.by_purpose.get_mut(&row.purpose)
            && choice.state == ChoiceState::Given
            && choice.at == row.at
        {
            choice.expires = choice.expires.min(ending.from);
        }
    }
}

/// Says of evidence that a yes ended by itself that it was a law that ended it, where it was.
pub fn name_the_law(
    laws: &Laws,
    rows: &[ConsentEvidence],
    (choices, now): (&Choices, Timestamp),
    evidence: &mut ConsentEvidence,
) {
    let Some(choice) = choices.by_purpose.get(&evidence.purpose) else { return };
    let of_yes = |row: &&ConsentEvidence| row.purpose == evidence.purpose && row.at == choice.at;
    let Some(row) = rows.iter().filter(of_yes).max_by_key(|row| row.version) else { return };
    let ended = end_of(laws, row, choices);
    let Some(ending) = ended.filter(|end| end.from <= now && end.from < row.expires) else {
        return;
    };
    evidence.state = RecordState::Invalidated;
    evidence.how = "law".to_owned();
    evidence.source = format!("an earlier yes is not enough under {}", ending.pack.id);
    evidence.law = ending.pack.id.to_owned();
    let digest: Option<[u8; 32]> = hex::decode(&ending.pack.digest).ok();
    evidence.law_digest = digest.map(Vec::from).unwrap_or_default();
}

impl Engine {
    /// Lets changed law packs count for everybody who has chosen, and ends what they end.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn apply_laws(&mut self, now: Timestamp) -> Result<(), EngineError> {
        self.load_choices(now)?;
        self.apply_tombstones();
        self.end_consents(now)?;
        self.finish_features(now)
    }
}
