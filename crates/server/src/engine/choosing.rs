//! Choices: evidence first, then memory, then everything that a no takes back.

use std::collections::BTreeMap;
use std::sync::Arc;

use consent::law::LawPack;
use consent::record::{self, ChooseError, Chosen, Context};
use consent::request::ChoiceRequest;
use domain::id::Pseudonym;
use domain::time::Timestamp;
use personal::evidence::DecidedBy;
use personal::feature::Feature;
use personal::gate::{Choices, Regime};
use personal::kinds::ConsentEvidence;
use personal::purpose::{LawfulBasis, PurposeName};
use personal::signal::{Signal, SignalsByPurpose};
use personal::subject::{Subject, SubjectRef};
use rights::machine::Verification;
use rights::plan::Scope;

use crate::circumstances::{Circumstances, OwnLaw};
use crate::engine::forgetting::ErasureRequest;
use crate::engine::laws::{end_by_law, own_law};
use crate::engine::{Engine, EngineError};
use crate::path;
use crate::people::Person;

/// Where and when a choice is made.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The law pack that applies.
    pub law: &'static LawPack,
    /// Where the person is said to be.
    pub place: Option<String>,
    /// Opt-out signals of the request.
    pub signals: SignalsByPurpose,
    /// Now.
    pub now: Timestamp,
    /// How it was made sure who chooses; a withdrawal erases.
    pub how: Verification,
}

/// What a choice changed.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The person's choices from now on.
    pub choices: Choices,
    /// Purposes whose data was erased because consent was taken back.
    pub erased: Vec<PurposeName>,
    /// Features whose data was erased because they were switched off.
    pub features: Vec<Feature>,
    /// Rows that were deleted because the person lets them be kept no longer, by table.
    pub shortened: BTreeMap<&'static str, u64>,
}

impl Setting {
    /// What evidence takes of it, for a choice that was made at `at`.
    pub(super) fn context(&self, at: Timestamp) -> Context<'_> {
        let place = self.place.as_deref();
        Context { now: at, law: self.law, place, signals: self.signals }
    }
}

impl Engine {
    /// Writes a person's choices down and carries out what they take back.
    ///
    /// # Privacy
    /// Once the evidence is durable the version rises and every open permit of the person dies;
    /// a no erases rows, key and lessons of its purpose before this returns (GDPR Art. 7(3)).
    ///
    /// # Errors
    /// A choice that is not acceptable, or what the store says.
    pub fn choose(
        &mut self,
        name: &Subject,
        request: &ChoiceRequest,
        setting: &Setting,
    ) -> Result<Decided, EngineError> {
        self.check_child(name, request)?;
        let context = setting.context(setting.now);
        let before = self.choices_of(name);
        let chosen = record::choose(&before, request, &context)?;
        self.stage_evidence(name, chosen, (setting.law, setting.now))?;
        self.commit_staged(setting.now)?;
        let choices = self.choices_of(name);
        self.pause(name, &request.pauses);
        let resumed = self.resume(name, (&before, &choices), setting.now);
        self.torn |= resumed.is_err();
        resumed?;
        let no = |(&purpose, &yes): (&PurposeName, &bool)| (!yes).then_some(purpose);
        let no: Vec<PurposeName> = request.choices.iter().filter_map(no).collect();
        let mut erased = self.take_back(name, &no, setting)?;
        erased.extend(self.end_refused(name, setting.now)?);
        let features = self.drop_features(name, setting.now)?;
        let asked = request.keep.keys().copied().collect();
        let shortened = self.shorten(name, &asked, setting.now)?;
        Ok(Decided { choices, erased, features, shortened })
    }

    /// Erases what was kept for purposes that are not allowed any more.
    pub(super) fn take_back(
        &mut self,
        name: &Subject,
        purposes: &[PurposeName],
        setting: &Setting,
    ) -> Result<Vec<PurposeName>, EngineError> {
        let mut erased = Vec::new();
        for &purpose in purposes {
            if purpose.basis() == LawfulBasis::Consent && self.has_key(name, purpose) {
                let scope = Scope::Purpose(purpose);
                let request = ErasureRequest { name: name.clone(), scope, how: setting.how };
                path::forget(self, &request, setting.now)?;
                erased.push(purpose);
            }
        }
        Ok(erased)
    }

    /// A choice under an opt-out signal can end a purpose that it does not name: the signal stands
    /// from now on, and what was allowed without an acknowledged yes is not allowed any more.
    pub(super) fn end_refused(
        &mut self,
        name: &Subject,
        now: Timestamp,
    ) -> Result<Vec<PurposeName>, EngineError> {
        let subject = self.shared.ring.subject_ref(name);
        let request = self.no_circumstances(now);
        let refused = {
            let people = self.shared.people.read();
            let person = people.get(&subject);
            person.map(|person| person.refused(subject, &request, now)).unwrap_or_default()
        };
        let ended: Vec<PurposeName> = refused.iter().map(|(purpose, _)| *purpose).collect();
        let whose = |(purpose, pseudonym)| (subject, purpose, pseudonym);
        self.end(refused.into_iter().map(whose).collect(), now)?;
        Ok(ended)
    }

    /// Stages the basis that the shop asserts for a person in an import; does nothing where the
    /// person has chosen already, whatever the choice was.
    ///
    /// # Errors
    /// An assertion that is not acceptable.
    pub fn assert_basis(
        &mut self,
        name: &Subject,
        (purpose, text): (PurposeName, &str),
        setting: &Setting,
    ) -> Result<(), EngineError> {
        let current = self.choices_of(name);
        if current.by_purpose.contains_key(&purpose) {
            return Ok(());
        }
        let asserted = ChoiceRequest::of([(purpose, true)].into(), "");
        self.check_child(name, &asserted)?;
        let context = setting.context(setting.now);
        let chosen = record::assert_basis(&current, (purpose, text), &context)?;
        self.stage_evidence(name, chosen, (setting.law, setting.now))
    }

    /// Stages evidence; memory follows at once, the acknowledgement only after the commit.
    pub(super) fn stage_evidence(
        &mut self,
        name: &Subject,
        chosen: Chosen,
        under: (&'static LawPack, Timestamp),
    ) -> Result<(), EngineError> {
        let pseudonym = self.pseudonym(name, PurposeName::LegalProof)?;
        let subject = self.shared.ring.subject_ref(name);
        self.stage_evidence_under((subject, pseudonym), chosen, under)
    }

    /// The same for somebody whose name nobody says, under a pseudonym that is there.
    pub(super) fn stage_evidence_under(
        &mut self,
        (subject, pseudonym): (SubjectRef, Pseudonym),
        mut chosen: Chosen,
        (pack, now): (&'static LawPack, Timestamp),
    ) -> Result<(), EngineError> {
        let laws = Arc::clone(&self.shared.effect().laws);
        end_by_law(&laws, &chosen.evidence, &mut chosen.choices);
        let child_directed = self.stays_closed(pseudonym, &chosen.evidence, now)?;
        let own = chosen.evidence.last().map(|row| own_law(&laws, row, child_directed));
        // What only narrows is no choice under a law.
        let switched = |row: &ConsentEvidence| row.state.choice().is_none();
        let only_switched = chosen.evidence.iter().all(switched);
        self.stage_proof((subject, pseudonym), chosen.evidence, now)?;
        let given = chosen.choices.by_purpose.values();
        let given = given.filter(|choice| choice.state.ends_by_itself());
        self.next_end = given.map(|choice| choice.expires).chain(self.next_end).min();
        let mut people = self.shared.people.write();
        let person = people.entry(subject).or_default();
        person.choices = chosen.choices;
        person.law = match person.law.take() {
            // A switch narrows under the law of the choice and brings none of its own.
            Some(before) if only_switched => Some(OwnLaw { child_directed, ..before }),
            before => own.map(|own| OwnLaw { pack, ..own }).or(before),
        };
        Ok(())
    }

    /// Whether an unknown age counts as a child's for this person: in a shop that is directed at
    /// children, unless a parent decided every yes that stands (GDPR Art. 8).
    fn stays_closed(
        &mut self,
        pseudonym: Pseudonym,
        news: &[ConsentEvidence],
        now: Timestamp,
    ) -> Result<bool, EngineError> {
        if !self.shared.settings.child_directed {
            return Ok(false);
        }
        let before = match self.evidence_under(pseudonym, now) {
            Err(EngineError::Unknown) => Vec::new(), // the key is as new as the choice
            found => found?,
        };
        Ok(!record::by_parent(before.iter().chain(news)))
    }

    /// Where a parent decides, nobody else's yes is taken: it would close what the parent allowed.
    pub(super) fn check_child(
        &self,
        name: &Subject,
        request: &ChoiceRequest,
    ) -> Result<(), EngineError> {
        let subject = self.shared.ring.subject_ref(name);
        let people = self.shared.people.read();
        let law = people.get(&subject).and_then(|person| person.law.as_ref());
        let opened = law.is_some_and(|law| !law.child_directed);
        let yes = request.choices.values().chain(request.features.values()).any(|yes| *yes);
        match self.shared.settings.child_directed && opened && yes {
            true if request.decided_by != DecidedBy::Parent => Err(ChooseError::Child.into()),
            _ => Ok(()),
        }
    }

    /// Before everything about a person is erased, every yes is taken back, so that nothing is
    /// permitted any more and the evidence says why.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) fn withdraw_all(
        &mut self,
        request: &ErasureRequest,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let current = self.choices_of(&request.name);
        let law = self.shared.law(now.day()).pack;
        // Under an opt-out law silence is a yes; who is erased says no from then on.
        let stands = |purpose: &PurposeName| match current.by_purpose.get(purpose) {
            Some(choice) => choice.state.ends_by_itself(),
            None => law.regime(*purpose).value == Regime::OptOut,
        };
        let taken_back: BTreeMap<PurposeName, bool> = PurposeName::ALL
            .into_iter()
            .filter(|purpose| purpose.basis() == LawfulBasis::Consent)
            .filter(|purpose| request.scope.reaches(*purpose) && stands(purpose))
            .map(|purpose| (purpose, false))
            .collect();
        if taken_back.is_empty() {
            return self.commit_staged(now);
        }
        let withdrawal = ChoiceRequest::of(taken_back, "erasure");
        // Signals stay as they were: an erasure never widens what is allowed.
        let signals = SignalsByPurpose::everywhere(current.signals);
        let place = self.shared.settings.jurisdiction.clone();
        let context = Context { now, law, place: place.as_deref(), signals };
        let chosen = record::choose(&current, &withdrawal, &context)?;
        self.stage_evidence(&request.name, chosen, (law, now))?;
        self.commit_staged(now)
    }

    /// An identified customer's Global Privacy Control is a no of the customer, not of one browser
    /// alone (11 CCR 7025(c)(1)): it is written down where it ends something.
    ///
    /// # Errors
    /// What the store says.
    pub fn carry_gpc(
        &mut self,
        name: &Subject,
        (request, how): (&Circumstances, Verification),
        (happened, now): (Timestamp, Timestamp),
    ) -> Result<(), EngineError> {
        // It says no to everything or to nothing, and most requests come without it.
        let is_said = request.signals.of(PurposeName::Personalization).holds(Signal::Gpc);
        if !is_said || !matches!(name, Subject::Customer(_)) {
            return Ok(());
        }
        let subject = self.shared.ring.subject_ref(name);
        let (ended, course) = {
            let people = self.shared.people.read();
            let nobody = Person::default();
            let person = people.get(&subject).unwrap_or(&nobody);
            let ended = person.ended_by_gpc(subject, request, (happened, now));
            let course = person.law.as_ref().map(|own| Arc::clone(&own.course));
            (ended, course)
        };
        if ended.is_empty() {
            return Ok(());
        }
        let choices = ended.into_iter().map(|purpose| (purpose, false)).collect();
        let no = ChoiceRequest::of(choices, Signal::Gpc.as_str());
        let law = course.map_or(request.law.pack, |course| course.on(now.day()));
        let signals = request.signals;
        let place = law.places.first().map(|place| place.as_str().to_owned());
        let setting = Setting { law, place, signals, now, how };
        self.choose(name, &no, &setting).map(|_| ())
    }

    /// What a person chose so far.
    pub fn choices_of(&self, name: &Subject) -> Choices {
        self.choices_under(self.shared.ring.subject_ref(name))
    }

    /// A person's choices, of which nothing was decided.
    pub fn undecided(&self, name: &Subject) -> Decided {
        let choices = self.choices_of(name);
        Decided { choices, erased: Vec::new(), features: Vec::new(), shortened: BTreeMap::new() }
    }

    fn has_key(&self, name: &Subject, purpose: PurposeName) -> bool {
        let subject = self.shared.ring.subject_ref(name);
        let people = self.shared.people.read();
        people.get(&subject).is_some_and(|person| person.pseudonym(purpose).is_some())
    }
}
