//! The gate at the door: consent, opt-out signals, law and sensitive goods decide, once for each
//! of the two purposes that an event can serve.

use domain::catalog::Item;
use domain::event::Action;
use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;
use personal::feature::Feature;
use personal::gate::{Age, Choices, Facts, Law, Refusal, decide, judge_feature};
use personal::permit::Permit;
use personal::purpose::{Personalization, PurposeName, SharedLearning};
use personal::signal::SignalsByPurpose;
use personal::subject::SubjectRef;

use crate::error::IngestError;
use crate::event::{Event, EventKind, Stated};

/// What the shell knows about the person of an event and about its sender.
#[derive(Clone, Copy, Debug)]
pub struct Door<'a> {
    /// The person, as established by who may say it.
    pub subject: SubjectRef,
    /// The person's pseudonym in each of the two purposes.
    pub pseudonyms: Pseudonyms,
    /// What the person chose; `None` when nothing is on record.
    pub choices: Option<&'a Choices>,
    /// The opt-out signals of request and event, for each purpose.
    pub signals: SignalsByPurpose,
    /// The law that applies to each of the two purposes.
    pub laws: Laws,
    /// What is known of the person's age.
    pub age: Age,
    /// Whether the sender showed the shop's secret key. Only then an event may be older than a
    /// day, and only then a purchase teaches.
    pub trusted: bool,
}

/// One pseudonym for each purpose that events serve.
#[derive(Clone, Copy, Debug)]
pub struct Pseudonyms {
    /// In the history that serves the person.
    pub personalization: Pseudonym,
    /// In the sessions that teach the shop's models.
    pub learning: Pseudonym,
}

/// One law for each purpose that events serve.
#[derive(Clone, Copy, Debug)]
pub struct Laws {
    /// For the history that serves the person.
    pub personalization: Law,
    /// For the sessions that teach the shop's models.
    pub learning: Law,
}

impl<'a> Door<'a> {
    /// What the gate takes for the history that serves the person.
    pub fn serving(&self) -> Facts<'a> {
        let (purpose, law) = (PurposeName::Personalization, self.laws.personalization);
        self.facts(purpose, self.pseudonyms.personalization, law)
    }

    /// What the gate takes for the sessions that teach the shop's models.
    pub fn teaching(&self) -> Facts<'a> {
        self.facts(PurposeName::SharedLearning, self.pseudonyms.learning, self.laws.learning)
    }

    /// Whether the person lets be kept what is that old.
    fn reaches_back(
        &self,
        purpose: PurposeName,
        at: Timestamp,
        received: Timestamp,
    ) -> Result<(), Refusal> {
        match self.choices.is_none_or(|choices| choices.reaches_back(purpose, at, received)) {
            true => Ok(()),
            false => Err(Refusal::TooOld),
        }
    }

    fn facts(&self, purpose: PurposeName, pseudonym: Pseudonym, law: Law) -> Facts<'a> {
        let (subject, signals) = (self.subject, self.signals.of(purpose));
        Facts { subject, pseudonym, choices: self.choices, signals, law, age: self.age }
    }
}

/// An event that may be kept for at least one purpose.
#[derive(Debug)]
pub struct Admitted {
    pub(crate) subject: SubjectRef,
    pub(crate) about: About,
    pub(crate) at: Timestamp,
    pub(crate) trusted: bool,
    pub(crate) personalization: Option<Permit<Personalization>>,
    pub(crate) learning: Option<Permit<SharedLearning>>,
    sensitive: usize,
}

/// What is left of an event's kind once nothing has to be ignored.
pub(crate) enum About {
    Items(Vec<(Action, ItemId)>),
    Preferences(Stated),
}

impl About {
    fn features(&self) -> Vec<Feature> {
        match self {
            Self::Items(items) => {
                items.iter().map(|(action, _)| Feature::of_action(*action)).collect()
            }
            Self::Preferences(_) => vec![Feature::StatedPreferences],
        }
    }
}

impl std::fmt::Debug for About {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("About(..)")
    }
}

impl Admitted {
    /// Whether the event may teach the shared model.
    pub const fn may_teach(&self) -> bool {
        self.learning.is_some()
    }

    /// Whether the event may serve the person.
    pub const fn may_serve(&self) -> bool {
        self.personalization.is_some()
    }

    /// How many items or stated categories were left out because they are sensitive goods.
    pub const fn sensitive(&self) -> usize {
        self.sensitive
    }
}

impl Event {
    /// Decides whether the event may be kept, and for what.
    ///
    /// # Privacy
    /// Without a permit for a purpose nothing of the event reaches that purpose's table. Items for
    /// which `is_sensitive` answers yes, and stated categories of sensitive goods, reach none
    /// (GDPR Art. 9(1)): no purpose here has the explicit consent that they would need. What a
    /// signal says narrows and never widens, and so does a feature that is switched off: what
    /// belongs to it does not reach the person's own history. What is older than the person lets
    /// be kept for a purpose does not reach its table.
    ///
    /// # Errors
    /// [`IngestError::Ignored`] when there is nothing to keep, [`IngestError::Sensitive`] when
    /// only sensitive goods are in it, [`IngestError::Refused`] with the rule that denied
    /// [`Personalization`] when both purposes are denied.
    pub fn admit(
        self,
        door: &Door<'_>,
        is_sensitive: impl Fn(&ItemId) -> bool,
        received: Timestamp,
    ) -> Result<Admitted, IngestError> {
        let (about, sensitive) = match self.kind {
            EventKind::Ignored(reason) => return Err(IngestError::Ignored(reason)),
            EventKind::Preferences(stated) => plain_preferences(stated)?,
            EventKind::Items(items) => {
                let all = items.len();
                let plain: Vec<_> =
                    items.into_iter().filter(|(_, item)| !is_sensitive(item)).collect();
                if plain.is_empty() {
                    return Err(IngestError::Sensitive);
                }
                let sensitive = all - plain.len();
                (About::Items(plain), sensitive)
            }
        };
        let at = self.times.settle(received, door.trusted);
        let serving = serve(&about, &door.serving(), received).and_then(|permit| {
            door.reaches_back(PurposeName::Personalization, at, received).map(|()| permit)
        });
        // What a person states about themselves is for their own answers only.
        let learning = match about {
            About::Items(_) => decide::<SharedLearning>(&door.teaching(), received)
                .ok()
                .filter(|_| door.reaches_back(PurposeName::SharedLearning, at, received).is_ok()),
            About::Preferences(_) => None,
        };
        let personalization = match serving {
            Ok(permit) => Some(permit),
            Err(refusal) if learning.is_none() => return Err(IngestError::Refused(refusal)),
            Err(_) => None,
        };
        let (subject, trusted) = (door.subject, door.trusted);
        Ok(Admitted { subject, about, at, trusted, personalization, learning, sensitive })
    }
}

/// A permit that reaches at least one part of the event. What else is in it is left out later.
fn serve(
    about: &About,
    facts: &Facts<'_>,
    received: Timestamp,
) -> Result<Permit<Personalization>, Refusal> {
    let permit = decide::<Personalization>(facts, received)?;
    let mut refused = None;
    for feature in about.features() {
        match judge_feature(feature, facts, received) {
            Ok(()) => return Ok(permit),
            Err(refusal) => refused = Some(refusal),
        }
    }
    refused.map_or(Ok(permit), Err)
}

/// Leaves out the categories that name sensitive goods.
fn plain_preferences(mut stated: Stated) -> Result<(About, usize), IngestError> {
    let all = stated.categories.len();
    stated.categories.retain(|category| !names_sensitive_goods(category));
    if stated.categories.is_empty() && stated.sizes.is_empty() && !stated.emptied {
        return Err(IngestError::Sensitive);
    }
    let sensitive = all - stated.categories.len();
    Ok((About::Preferences(stated), sensitive))
}

/// The catalog's own rule, so that a category is sensitive here exactly when an item of it is.
fn names_sensitive_goods(category: &str) -> bool {
    let Ok(id) = ItemId::parse("category") else { return true };
    let mut item = Item::new(id, String::new());
    item.categories.push(category.to_owned());
    item.admit().map_or(true, |item| item.sensitive)
}

#[cfg(test)]
mod tests;
