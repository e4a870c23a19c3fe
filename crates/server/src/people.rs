//! What answers need to know of people: choices, pseudonyms, newest items. In memory, shared.
//!
//! The writer changes it after a commit; answers read it. A person's newest items stay closed
//! (`Personal<RecentItems>`) and open only with a permit that was minted for this one request.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;
use personal::feature::{Feature, Features};
use personal::gate::{self, Age, Choice, ChoiceState, Choices, Facts, Refusal};
use personal::kinds::{RecentItems, Step};
use personal::permit::Permit;
use personal::purpose::{LawfulBasis, Personalization, PurposeName};
use personal::signal::{Signal, Signals, SignalsByPurpose};
use personal::subject::SubjectRef;
use personal::value::Personal;
use rustc_hash::FxHashMap;

use crate::circumstances::{Circumstances, OwnLaw};

/// How many of a person's newest steps are kept in memory.
pub const RECENT_ITEMS_MAX: usize = 50;
/// How many of a person's newest purchases are kept in memory.
pub const PURCHASES_MAX: usize = 200;

/// One person, as far as answers need it.
#[derive(Debug, Default)]
pub struct Person {
    /// What the person chose.
    pub choices: Choices,
    /// The law that was applied to the last choice; `None` when nothing was chosen yet.
    pub law: Option<OwnLaw>,
    /// The person's pseudonym in each purpose that has a key.
    pub pseudonyms: Vec<(PurposeName, Pseudonym)>,
    /// The newest items, closed.
    pub recent: Option<Personal<RecentItems>>,
    /// How often programs opened something of the person today.
    pub reads: Reads,
}

/// How often something of a person was opened, for the purposes that keep something.
#[derive(Debug, Default)]
pub struct Reads {
    personalization: AtomicU32,
    learning: AtomicU32,
}

impl Reads {
    fn of(&self, purpose: PurposeName) -> Option<&AtomicU32> {
        let all = [
            (PurposeName::Personalization, &self.personalization),
            (PurposeName::SharedLearning, &self.learning),
        ];
        all.into_iter().find(|(name, _)| *name == purpose).map(|(_, counter)| counter)
    }

    /// Counts one. It orders nothing, so it costs an answer next to nothing.
    pub fn count(&self, purpose: PurposeName) {
        if let Some(counter) = self.of(purpose) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many there are.
    pub fn get(&self, purpose: PurposeName) -> u32 {
        self.of(purpose).map_or(0, |counter| counter.load(Ordering::Relaxed))
    }

    /// Takes them, so that counting begins anew.
    pub fn take(&self, purpose: PurposeName) -> u32 {
        self.of(purpose).map_or(0, |counter| counter.swap(0, Ordering::Relaxed))
    }
}

impl Person {
    /// The person's pseudonym in one purpose.
    pub fn pseudonym(&self, purpose: PurposeName) -> Option<Pseudonym> {
        self.pseudonyms.iter().find(|(name, _)| *name == purpose).map(|(_, pseudonym)| *pseudonym)
    }

    /// The purposes that rest on consent, have a key, and that the gate refuses now.
    pub fn refused(
        &self,
        subject: SubjectRef,
        request: &Circumstances,
        now: Timestamp,
    ) -> Vec<(PurposeName, Pseudonym)> {
        let refused = |(purpose, _): &(PurposeName, Pseudonym)| {
            purpose.basis() == LawfulBasis::Consent
                && match self.judge(subject, *purpose, request, now) {
                    Ok(()) | Err(Refusal::Paused) => false,
                    // What rests stays sealed, whatever time ends (GDPR Art. 18(2)), until the
                    // person says no.
                    Err(Refusal::Restricted) => self.said_no(*purpose),
                    Err(_) => true,
                }
        };
        self.pseudonyms.iter().copied().filter(refused).collect()
    }

    fn said_no(&self, purpose: PurposeName) -> bool {
        let choice = self.choices.by_purpose.get(&purpose);
        choice.is_some_and(Choice::is_no)
    }

    /// Ends what a backup from before the person's erasure brought back: an erasure leaves a
    /// choice of its own moment, so a person without one since `cutoff` comes from before it.
    pub fn end_if_restored(&mut self, cutoff: Timestamp) {
        if self.choices.by_purpose.values().any(|choice| choice.at >= cutoff) {
            return;
        }
        for choice in self.choices.by_purpose.values_mut() {
            choice.state = match choice.state {
                ChoiceState::Given | ChoiceState::Paused => ChoiceState::Withdrawn,
                no @ (ChoiceState::Refused | ChoiceState::Withdrawn) => no,
            };
        }
        for (purpose, _) in &self.pseudonyms {
            if purpose.basis() == LawfulBasis::Consent {
                self.choices.by_purpose.entry(*purpose).or_insert(Choice {
                    state: ChoiceState::Withdrawn,
                    at: cutoff,
                    expires: cutoff.plus_ms(1), // later, as of every no
                    acknowledged: Signals::NONE,
                });
            }
        }
    }

    /// What the gate needs to decide about this person in the purpose of `pseudonym`.
    pub fn facts(
        &self,
        subject: SubjectRef,
        (purpose, pseudonym): (PurposeName, Pseudonym),
        request: &Circumstances,
    ) -> Facts<'_> {
        Facts {
            subject,
            pseudonym,
            choices: (self.choices != Choices::default()).then_some(&self.choices),
            signals: request.signals.of(purpose),
            law: request.law(self.law.as_ref(), purpose),
            age: Age::Unknown,
        }
    }

    /// What the gate says to a purpose.
    ///
    /// # Errors
    /// The gate's [`Refusal`].
    pub fn judge(
        &self,
        subject: SubjectRef,
        purpose: PurposeName,
        request: &Circumstances,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        gate::judge(purpose, &self.facts(subject, (purpose, NOBODY), request), now)
    }

    /// What the gate says to a feature.
    ///
    /// # Errors
    /// The gate's [`Refusal`].
    pub fn judge_feature(
        &self,
        subject: SubjectRef,
        feature: Feature,
        request: &Circumstances,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let facts = self.facts(subject, (feature.purpose(), NOBODY), request);
        gate::judge_feature(feature, &facts, now)
    }

    /// The purposes that Global Privacy Control ends for an identified customer where the law
    /// demands that it is honored: allowed as long as it is not there, and refused with it. Choices
    /// after `happened` stand.
    pub fn ended_by_gpc(
        &self,
        subject: SubjectRef,
        request: &Circumstances,
        (happened, now): (Timestamp, Timestamp),
    ) -> Vec<PurposeName> {
        let gpc = |purpose| request.signals.of(purpose).only(Signal::Gpc);
        let own = self.law.as_ref().map(|own| [own.pack, own.course.on(now.day())]);
        let mut packs = own.into_iter().flatten().chain([request.law.pack]);
        if !packs.any(|pack| pack.honors_gpc(now.day())) {
            return Vec::new();
        }
        let ends = |purpose: &PurposeName| {
            if purpose.basis() != LawfulBasis::Consent || gpc(*purpose).is_empty() {
                return false;
            }
            let choice = self.choices.by_purpose.get(purpose);
            if choice.is_some_and(|choice| choice.at > happened) {
                return false;
            }
            let without = Circumstances { signals: SignalsByPurpose::NONE, ..*request };
            let alone = SignalsByPurpose::NONE.with(*purpose, gpc(*purpose));
            let with = Circumstances { signals: alone, ..*request };
            self.judge(subject, *purpose, &without, now).is_ok()
                && self.judge(subject, *purpose, &with, now).is_err()
        };
        PurposeName::ALL.into_iter().filter(ends).collect()
    }
}

/// All people with a choice or a key.
#[derive(Debug, Default)]
pub struct People {
    map: RwLock<FxHashMap<SubjectRef, Person>>,
}

/// What a person's own history may add to an answer.
#[derive(Clone, Debug, Default)]
pub struct OwnHistory {
    /// The newest items, oldest first.
    pub items: Vec<ItemId>,
    /// The newest purchases, oldest first.
    pub purchases: Vec<(ItemId, Timestamp)>,
    /// Categories that the person likes.
    pub categories: Vec<String>,
    /// The name under which the shared model may know the person, so that nobody is evidence for
    /// what they are told themselves. It opens nothing.
    pub learner: Option<Pseudonym>,
    /// Features that stayed out of it, each with the rule that said so.
    pub unused: Vec<(Feature, Refusal)>,
}

impl People {
    /// Reads; a poisoned lock is taken over because every change leaves the map whole.
    pub fn read(&self) -> RwLockReadGuard<'_, FxHashMap<SubjectRef, Person>> {
        self.map.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Changes; for the writer alone.
    pub fn write(&self) -> RwLockWriteGuard<'_, FxHashMap<SubjectRef, Person>> {
        self.map.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Opens a person's newest items for an answer to that person.
    ///
    /// # Privacy
    /// The gate decides anew for every answer; a refusal is why the answer falls to a lower tier.
    ///
    /// # Errors
    /// The gate's [`Refusal`].
    pub fn own_history(
        &self,
        subject: SubjectRef,
        request: &Circumstances,
        now: Timestamp,
    ) -> Result<OwnHistory, Refusal> {
        self.own_history_without(subject, (request, None), now)
    }

    /// The same; for a preview that the person asked for, without features that are allowed. It is
    /// the person who looks then, so it does not count as a read of a program.
    ///
    /// # Errors
    /// The gate's [`Refusal`].
    pub fn own_history_without(
        &self,
        subject: SubjectRef,
        (request, preview): (&Circumstances, Option<Features>),
        now: Timestamp,
    ) -> Result<OwnHistory, Refusal> {
        let people = self.read();
        let nobody = Person::default();
        let person = people.get(&subject).unwrap_or(&nobody);
        let pseudonym = person.pseudonym(PurposeName::Personalization);
        // A person who has consented and done nothing yet has no pseudonym and no profile.
        let purpose = PurposeName::Personalization;
        let facts = person.facts(subject, (purpose, pseudonym.unwrap_or(NOBODY)), request);
        let permit = gate::decide::<Personalization>(&facts, now)?;
        let learner = person.pseudonym(PurposeName::SharedLearning);
        let unused = |feature: Feature| {
            let refusal = gate::judge_feature(feature, &facts, now).err()?;
            Some((feature, refusal))
        };
        let left_out = Feature::of(purpose).filter(|feature| !permit.allows(*feature));
        let unused = left_out.filter_map(unused).collect();
        let Some(recent) = &person.recent else {
            return Ok(OwnHistory { learner, unused, ..OwnHistory::default() });
        };
        let recent =
            recent.look(&permit, now, person.choices.version).map_err(|_| Refusal::Missing)?;
        if preview.is_none() {
            person.reads.count(purpose);
        }
        Ok(OwnHistory { learner, unused, ..allowed(recent, &permit, preview.unwrap_or_default()) })
    }
}

/// What of a person's newest items the features allow. Rows of a feature that is off are deleted;
/// until they are, or where the law differs from place to place, this leaves them out.
fn allowed(
    recent: &RecentItems,
    permit: &Permit<Personalization>,
    without: Features,
) -> OwnHistory {
    let [browsing, bought, stated] =
        [Feature::BrowsingHistory, Feature::PurchaseHistory, Feature::StatedPreferences]
            .map(|feature| permit.allows(feature) && !without.holds(feature));
    let is_allowed = |step: &&Step| match (browsing, bought) {
        (true, true) => true,
        (true, false) => !recent.purchases.contains(step),
        (false, true) => recent.purchases.contains(step),
        (false, false) => false,
    };
    let steps = recent.steps.iter().filter(is_allowed);
    let mut items: Vec<ItemId> = steps.map(|step| step.item.clone()).collect();
    items.dedup();
    let purchases = recent.purchases.iter().filter(|_| bought);
    let purchases = purchases.map(|step| (step.item.clone(), step.at)).collect();
    let categories = if stated { recent.categories.clone() } else { Vec::new() };
    OwnHistory { items, purchases, categories, ..OwnHistory::default() }
}

/// Stands in where a purpose has no pseudonym yet; no row carries it.
pub const NOBODY: Pseudonym = Pseudonym::from_bytes([0; 16]);
