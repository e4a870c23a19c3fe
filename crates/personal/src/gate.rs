//! The gate: facts in, a permit or a named refusal out. Pure; **missing means denied**.
//!
//! Order of the rules, most protective first: a restriction, age, then basis, then the person's own choice and
//! its expiry, then opt-out signals. A signal sets the default; a later explicit choice for one
//! purpose, made with the signal acknowledged, outranks it where the law allows. What is allowed
//! can be narrowed further, feature by feature ([`judge_feature`]), and never widened.

use std::collections::BTreeMap;

use domain::id::Pseudonym;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::feature::{Feature, Features, Switches};
use crate::keeping::Keep;
use crate::permit::{ConsentVersion, Permit};
use crate::purpose::{LawfulBasis, Purpose, PurposeName};
use crate::signal::{Signal, Signals};
use crate::subject::SubjectRef;

/// What a person last said about one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChoiceState {
    /// Consent was given.
    Given,
    /// Consent was asked for and refused, or a purpose was objected to (GDPR Art. 21).
    Refused,
    /// Consent was given before and taken back (GDPR Art. 7(3)).
    Withdrawn,
    /// Consent rests: nothing is permitted, and what was kept stays sealed until the pause ends.
    Paused,
}

impl ChoiceState {
    /// Whether time ends it: a yes that runs out, a pause that is over.
    pub const fn ends_by_itself(self) -> bool {
        matches!(self, Self::Given | Self::Paused)
    }
}

/// The last choice of a person about one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What was said.
    pub state: ChoiceState,
    /// When it was said.
    pub at: Timestamp,
    /// When it ends by itself, a yes or a pause; from then on it counts as withdrawn.
    pub expires: Timestamp,
    /// The opt-out signals that were shown to the person and knowingly outranked.
    pub acknowledged: Signals,
}

impl Choice {
    /// Whether it is a no that somebody said, rather than a yes or a pause that time ended.
    pub fn is_no(&self) -> bool {
        !self.state.ends_by_itself() && self.expires > self.at
    }
}

/// All choices of one person, with the version that every change raises.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// Raised by every consent change; a permit of an older version opens nothing.
    pub version: ConsentVersion,
    /// The last choice per purpose; a purpose that is missing was never asked for.
    pub by_purpose: BTreeMap<PurposeName, Choice>,
    /// The opt-out signals that the person's last requests carried.
    pub signals: Signals,
    /// What was said about single features.
    pub features: Switches,
    /// How long data may be kept, per purpose; a purpose that is missing was never said.
    pub keep: BTreeMap<PurposeName, Keep>,
    /// The last restriction of each purpose that ever had one.
    pub restrictions: BTreeMap<PurposeName, Restriction>,
}

/// Whether data of a purpose may be kept and not used (GDPR Art. 18).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// Whether it holds; one that does not was lifted.
    pub holds: bool,
    /// When it began, or was lifted.
    pub at: Timestamp,
}

impl Choices {
    /// Whether the use of a purpose is restricted.
    pub fn restricts(&self, purpose: PurposeName) -> bool {
        self.restrictions.get(&purpose).is_some_and(|restriction| restriction.holds)
    }

    /// As they stood at an instant for what only narrows: what was allowed after `since`, by a yes
    /// or by the end of a restriction, reaches nothing from before it. What was refused counts.
    #[must_use]
    pub fn until(mut self, since: Timestamp) -> Self {
        let given = |choice: &Choice| choice.state == ChoiceState::Given;
        self.by_purpose.retain(|_, choice| !given(choice) || choice.at <= since);
        self.features = self.features.until(since);
        for restriction in self.restrictions.values_mut() {
            restriction.holds |= restriction.at > since;
        }
        self
    }
}

/// How a law pack treats a purpose whose basis is consent and that was never asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Regime {
    /// Nothing without a yes (GDPR Art. 6(1)(a), ePrivacy Art. 5(3)).
    OptIn,
    /// Allowed until a no or an opt-out signal.
    OptOut,
}

/// What the gate needs of a law pack. The packs are dated data of the `consent` room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Law {
    /// Opt-in or opt-out; unknown places are opt-in.
    pub regime: Regime,
    /// Whether a later explicit yes may outrank an opt-out signal that was acknowledged.
    pub choice_outranks_signal: bool,
    /// Whether the shop is directed at children: then an unknown age counts as a child's.
    pub child_directed: bool,
}

impl Law {
    /// The strictest reading: opt-in, signals always win. What counts where nothing is known.
    pub const STRICTEST: Self =
        Self { regime: Regime::OptIn, choice_outranks_signal: false, child_directed: false };

    /// What protects more of both, rule by rule.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        let regime = match (self.regime, other.regime) {
            (Regime::OptOut, Regime::OptOut) => Regime::OptOut,
            (Regime::OptIn, _) | (_, Regime::OptIn) => Regime::OptIn,
        };
        Self {
            regime,
            choice_outranks_signal: self.choice_outranks_signal && other.choice_outranks_signal,
            child_directed: self.child_directed || other.child_directed,
        }
    }
}

/// What is known of a person's age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Age {
    /// Old enough to consent alone.
    Adult,
    /// A child; consent counts only when a parent's is verified (GDPR Art. 8).
    Child {
        /// Whether a holder of parental responsibility consented, verified.
        parental_consent: bool,
    },
    /// Nothing is known.
    #[default]
    Unknown,
}

/// Everything that a decision depends on, besides purpose and `now`.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The person.
    pub subject: SubjectRef,
    /// The person's pseudonym in the purpose that is asked for.
    pub pseudonym: Pseudonym,
    /// What the person chose; `None` when nothing is on record.
    pub choices: Option<&'a Choices>,
    /// The opt-out signals of this request.
    pub signals: Signals,
    /// The law that applies.
    pub law: Law,
    /// What is known of the person's age.
    pub age: Age,
}

/// The rule that denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A child without verified parental consent (GDPR Art. 8).
    #[error("a child needs verified parental consent")]
    Child,
    /// The yes to the purpose came before the feature, and nobody asked for it since.
    #[error("feature {} was not asked for", .0.as_str())]
    FeatureNotAsked(Feature),
    /// The person switched this feature of the purpose off.
    #[error("the person switched feature {} off", .0.as_str())]
    FeatureOff(Feature),
    /// The consent ran out.
    #[error("consent has expired")]
    Expired,
    /// Nothing was ever chosen for this purpose.
    #[error("no consent on record")]
    Missing,
    /// The person wants to be a stranger until the visit is over. Nothing that was allowed before
    /// is used, and nothing is kept meanwhile.
    #[error("the person is a stranger for this visit")]
    Stranger,
    /// It happened longer ago than the person lets things of this purpose be kept.
    #[error("older than the person lets it be kept")]
    TooOld,
    /// The person paused the purpose.
    #[error("the person paused this")]
    Paused,
    /// The person said no.
    #[error("the person refused")]
    Refused,
    /// The person had the use restricted.
    #[error("the person had the use of this restricted")]
    Restricted,
    /// An opt-out signal stands and no acknowledged later choice outranks it.
    #[error("an opt-out signal stands ({})", .0.as_str())]
    Signal(Signal),
    /// The person took consent back.
    #[error("consent was withdrawn")]
    Withdrawn,
}

impl Refusal {
    /// The refusal as the API and metrics write it: a closed list of words.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Child => "child",
            Self::Expired => "consent_expired",
            Self::FeatureNotAsked(_) => "feature_not_asked",
            Self::FeatureOff(_) => "feature_off",
            Self::Missing => "consent_missing",
            Self::Paused => "consent_paused",
            Self::Stranger => "stranger",
            Self::TooOld => "older_than_kept",
            Self::Refused => "consent_refused",
            Self::Restricted => "restricted",
            Self::Signal(Signal::Gpc) => "signal_gpc",
            Self::Signal(Signal::ConsentTool) => "signal_consent_tool",
            Self::Signal(Signal::Gpp) => "signal_gpp",
            Self::Signal(Signal::Tcf) => "signal_tcf",
            Self::Signal(Signal::UsPrivacy) => "signal_us_privacy",
            Self::Signal(Signal::ConsentMode) => "signal_consent_mode",
            Self::Signal(Signal::Shopify) => "signal_shopify",
            Self::Withdrawn => "consent_withdrawn",
        }
    }
}

/// Decides whether purpose `P` may open this person's data now.
///
/// # Privacy
/// Without a choice on record nothing that rests on consent is permitted under an opt-in law, and
/// adding a signal to the facts never turns a refusal into a permit.
pub fn decide<P: Purpose>(facts: &Facts<'_>, now: Timestamp) -> Result<Permit<P>, Refusal> {
    judge(P::NAME, facts, now)?;
    let version = facts.choices.map(|choices| choices.version).unwrap_or_default();
    let choice = choice(P::NAME, facts);
    // Where no consent is needed, a yes that ran out ends nothing.
    let consent = P::NAME.basis() == LawfulBasis::Consent;
    let ends = choice.filter(|_| consent).map(|choice| choice.expires);
    let allowed = |feature: &Feature| feature_rule(*feature, choice, facts).is_ok();
    let features: Features = Feature::of(P::NAME).filter(allowed).collect();
    Ok(Permit::mint((facts.subject, facts.pseudonym), (version, features), (now, ends)))
}

fn choice<'a>(purpose: PurposeName, facts: &Facts<'a>) -> Option<&'a Choice> {
    facts.choices.and_then(|choices| choices.by_purpose.get(&purpose))
}

/// What the gate says to one feature: the rules of its purpose, then its own.
///
/// # Privacy
/// A feature is allowed only where its purpose is. Under an opt-in law it needs a yes that covered
/// it; where silence is a yes, it needs that no signal speaks against it.
///
/// # Errors
/// The [`Refusal`] of the purpose, or that of the feature.
pub fn judge_feature(feature: Feature, facts: &Facts<'_>, now: Timestamp) -> Result<(), Refusal> {
    judge(feature.purpose(), facts, now)?;
    feature_rule(feature, choice(feature.purpose(), facts), facts)
}

/// The rule of a feature where its purpose is allowed, by `choice` or by silence.
fn feature_rule(
    feature: Feature,
    choice: Option<&Choice>,
    facts: &Facts<'_>,
) -> Result<(), Refusal> {
    let Some(choices) = facts.choices else { return Ok(()) };
    match (choices.features.get(feature), choice) {
        (Some(switch), _) if !switch.on => Err(Refusal::FeatureOff(feature)),
        (_, None) => Ok(()),
        // What an earlier yes covered says nothing about what this one does.
        (Some(switch), Some(choice)) if switch.at >= choice.at => Ok(()),
        (_, Some(_)) => match facts.law.regime {
            Regime::OptIn => Err(Refusal::FeatureNotAsked(feature)),
            Regime::OptOut => no_signal(facts.signals.and(choices.signals), Signals::NONE),
        },
    }
}

/// The same rules where only the verdict is wanted, such as a preview of what would be allowed.
pub fn judge(purpose: PurposeName, facts: &Facts<'_>, now: Timestamp) -> Result<(), Refusal> {
    let choice = choice(purpose, facts);
    if purpose.can_rest() && facts.choices.is_some_and(|choices| choices.restricts(purpose)) {
        return Err(Refusal::Restricted);
    }
    match purpose.basis() {
        LawfulBasis::Contract | LawfulBasis::LegalObligation => Ok(()),
        LawfulBasis::LegitimateInterests => objection(choice),
        LawfulBasis::Consent => {
            age(facts)?;
            consent(choice, facts, now)
        }
    }
}

fn age(facts: &Facts<'_>) -> Result<(), Refusal> {
    match facts.age {
        Age::Child { parental_consent: false } => Err(Refusal::Child),
        Age::Unknown if facts.law.child_directed => Err(Refusal::Child),
        Age::Adult | Age::Unknown | Age::Child { parental_consent: true } => Ok(()),
    }
}

/// GDPR Art. 21: processing for legitimate interests ends when the person objects.
fn objection(choice: Option<&Choice>) -> Result<(), Refusal> {
    match choice.map(|choice| choice.state) {
        Some(ChoiceState::Refused | ChoiceState::Withdrawn | ChoiceState::Paused) => {
            Err(Refusal::Refused)
        }
        Some(ChoiceState::Given) | None => Ok(()),
    }
}

fn consent(choice: Option<&Choice>, facts: &Facts<'_>, now: Timestamp) -> Result<(), Refusal> {
    let signals = facts.signals.and(facts.choices.map(|c| c.signals).unwrap_or_default());
    let Some(choice) = choice else {
        return match facts.law.regime {
            Regime::OptIn => Err(Refusal::Missing),
            Regime::OptOut => no_signal(signals, Signals::NONE),
        };
    };
    match choice.state {
        ChoiceState::Refused => return Err(Refusal::Refused),
        ChoiceState::Paused if now < choice.expires => return Err(Refusal::Paused),
        ChoiceState::Paused | ChoiceState::Withdrawn => return Err(Refusal::Withdrawn),
        ChoiceState::Given => {}
    }
    if now >= choice.expires {
        return Err(Refusal::Expired);
    }
    let outranked =
        if facts.law.choice_outranks_signal { choice.acknowledged } else { Signals::NONE };
    no_signal(signals, outranked)
}

fn no_signal(present: Signals, outranked: Signals) -> Result<(), Refusal> {
    match present.first_not_in(outranked) {
        Some(signal) => Err(Refusal::Signal(signal)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
