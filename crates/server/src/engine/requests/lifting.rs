//! The end of a restriction, by the shop or by the person (GDPR Art. 18(3)).
//!
//! What the shop decided takes effect here on the day that the person was told of; what another
//! request of the person keeps at rest goes on resting.

use std::collections::BTreeSet;

use domain::id::RequestId;
use domain::time::Timestamp;
use personal::purpose::PurposeName;
use rights::request::act::Act;
use rights::request::lift::{Lift, ToldHow};

use crate::engine::requests::Filed;
use crate::engine::requests::doing::reached;
use crate::engine::{Engine, EngineError};

impl Engine {
    /// The person was told that the shop ends a restriction; says the day. Nothing happens where
    /// there is nothing to tell.
    ///
    /// # Errors
    /// What the store says.
    pub fn tell_lift(
        &mut self,
        id: RequestId,
        how: ToldHow,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let filed = self.requests.get(id).ok_or(EngineError::Unknown)?;
        if !filed.case.lifting().is_some_and(Lift::is_to_tell) {
            return Ok(());
        }
        let on = now.day().plus(self.shared.settings.requests.lift_days);
        self.append(id, Act::LiftTold { how, on }, &[], now)
    }

    /// Ends the restrictions whose day has come. Done again after a crash, it changes nothing more.
    pub(super) fn lift_due(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let lifting: Vec<RequestId> = self.requests.lifting.iter().copied().collect();
        for id in lifting {
            let Some(filed) = self.requests.get(id) else { continue };
            if !filed.case.lifting().is_some_and(|lift| lift.is_due(now.day())) {
                continue;
            }
            let (who, about) = ((filed.subject, filed.pseudonym), filed.case.asked.about);
            let mut purposes = reached(about);
            let kept = self.kept_at_rest(filed);
            purposes.retain(|purpose| !kept.contains(purpose));
            self.rest(who, (&purposes, false), now)?;
            self.append(id, Act::Lifted {}, &[], now)?;
        }
        Ok(())
    }

    /// What other requests of the same person keep at rest.
    fn kept_at_rest(&self, but: &Filed) -> BTreeSet<PurposeName> {
        let own = self.requests.of(but.subject);
        let others = own.into_iter().filter(|one| one.case.asked.id != but.case.asked.id);
        let rest = others.filter(|one| one.case.is_in_force() || one.case.restricts());
        rest.flat_map(|one| reached(one.case.asked.about)).collect()
    }

    /// Ends a restriction for the person who had asked for it, and what else of the person it
    /// leaves without effect.
    ///
    /// # Errors
    /// [`EngineError::Request`] for what restricts nothing, or what the store says.
    pub fn lift_by_person(&mut self, id: RequestId, now: Timestamp) -> Result<(), EngineError> {
        self.lift_restriction(id, now)?;
        let subject = self.requests.get(id).ok_or(EngineError::Unknown)?.subject;
        let choices = self.choices_under(subject);
        let own = self.requests.of(subject);
        let over = own.into_iter().filter(|one| {
            let about = reached(one.case.asked.about);
            one.case.is_in_force() && !about.iter().any(|purpose| choices.restricts(*purpose))
        });
        let over: Vec<RequestId> = over.map(|one| one.case.asked.id).collect();
        for id in over {
            self.append(id, Act::LiftedByPerson {}, &[], now)?;
        }
        Ok(())
    }
}
