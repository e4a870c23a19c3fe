//! What goes when a person switches a feature off: the rows that only this feature kept.
//!
//! Rows of a feature that is not allowed do not open any more ([`Covers::feature`]), so what this
//! deletes is what the permit does not reach. The key stays: it seals the other features' rows of
//! the purpose as well.
//!
//! [`Covers::feature`]: personal::register::Covers::feature

use domain::id::Pseudonym;
use domain::time::Timestamp;
use personal::feature::{Feature, Features};
use personal::kinds::{HistoryEvent, Preferences};
use personal::permit::{ConsentVersion, Permit, PermitError};
use personal::purpose::{Personalization, Purpose, PurposeName};
use personal::record::Stored;
use personal::register::Covers;
use personal::subject::Subject;
use store::port::Write;

use crate::engine::{Engine, EngineError};
use crate::people::Person;

/// A permit, the consent version that it is for, and the time.
type Opening<'a, P> = (&'a Permit<P>, ConsentVersion, Timestamp);

/// What a permit opened; `None` where it does not reach the feature of the value.
///
/// # Errors
/// What else keeps a permit from opening.
pub(super) fn reached<T>(opened: Result<T, PermitError>) -> Result<Option<T>, PermitError> {
    match opened {
        Err(PermitError::Feature(_)) => Ok(None),
        other => other.map(Some),
    }
}

impl Engine {
    /// Deletes the rows of features that a person does not allow, and says which features had some.
    ///
    /// # Privacy
    /// Afterwards the person's answers equal those of somebody who never had these rows. While the
    /// purpose rests, nothing is opened and nothing deleted; the end of the pause does it.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn drop_features(
        &mut self,
        name: &Subject,
        now: Timestamp,
    ) -> Result<Vec<Feature>, EngineError> {
        let subject = self.shared.ring.subject_ref(name);
        let purpose = PurposeName::Personalization;
        let pseudonym = {
            let people = self.shared.people.read();
            people.get(&subject).and_then(|person| person.pseudonym(purpose))
        };
        let Some(pseudonym) = pseudonym else { return Ok(Vec::new()) };
        let dropped = self.drop_rows(pseudonym, now);
        self.torn |= dropped.is_err();
        Ok(dropped?.iter().collect())
    }

    /// Finishes at a start what a crash left between a switch and its deletion.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn finish_features(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let request = self.no_circumstances(now);
        let narrowed: Vec<Pseudonym> = {
            let people = self.shared.people.read();
            let of = |person: &Person| person.pseudonym(PurposeName::Personalization);
            let narrowed = people.iter().filter(|(subject, person)| {
                let refuses = |feature| person.judge_feature(**subject, feature, &request, now);
                Feature::of(PurposeName::Personalization).any(|one| refuses(one).is_err())
            });
            narrowed.filter_map(|(_, person)| of(person)).collect()
        };
        for pseudonym in narrowed {
            self.drop_rows(pseudonym, now)?;
        }
        Ok(())
    }

    fn drop_rows(&mut self, pseudonym: Pseudonym, now: Timestamp) -> Result<Features, EngineError> {
        let Some((permit, _)) = self.would_permit::<Personalization>(pseudonym, now) else {
            return Ok(Features::NONE);
        };
        if Feature::of(Personalization::NAME).all(|feature| permit.allows(feature)) {
            return Ok(Features::NONE);
        }
        let Some((permit, version)) = self.permit_now::<Personalization>(pseudonym, now) else {
            return Ok(Features::NONE);
        };
        let (mut found, mut gone) = (Features::NONE, Vec::new());
        let opening = (&permit, version, now);
        found = found.and(self.unreached::<_, HistoryEvent>(pseudonym, opening, &mut gone)?);
        found = found.and(self.unreached::<_, Preferences>(pseudonym, opening, &mut gone)?);
        if gone.is_empty() {
            return Ok(Features::NONE);
        }
        self.commit(gone)?;
        self.reload_profile(pseudonym, now)?;
        self.tables.scrub()?;
        self.erased = true;
        Ok(found)
    }

    /// The rows of a table that a permit does not reach, and the features that they belong to.
    fn unreached<P: Covers<T>, T: Stored>(
        &mut self,
        pseudonym: Pseudonym,
        (permit, version, now): Opening<'_, P>,
        gone: &mut Vec<Write>,
    ) -> Result<Features, EngineError> {
        let table = T::DECLARATION.table;
        let mut found = Features::NONE;
        for row in self.tables.rows_of(table, pseudonym)? {
            match self.unseal::<T>(&row)?.open(permit, now, version) {
                Ok(_) => {}
                Err(PermitError::Feature(feature)) => {
                    gone.push(Write::Delete { table, pseudonym, id: row.id });
                    found = found.with(feature);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(found)
    }
}
