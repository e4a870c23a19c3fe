//! A decision made again, and why: what the replay tester shows.
//!
//! The facts are an invented person's: a law pack (also one that no longer counts, by the digest
//! that evidence names), choices, signals, an age and a moment. The gate itself judges each
//! purpose; this adds the sentence, the article and the signals' own words, and decides nothing.

use domain::id::Pseudonym;
use domain::time::Timestamp;
use personal::feature::Feature;
use personal::gate::{Age, Choice, Choices, Facts, Law, Refusal, Regime, judge, judge_feature};
use personal::purpose::{LawfulBasis, PurposeName};
use personal::signal::{Signal, Signals};
use personal::subject::SubjectRef;

use crate::law::LawPack;
use crate::law::rules::Rule;
use crate::signals::combine::Combined;
use domain::date::Date;

/// Everything that the decisions depend on.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The law pack that counts.
    pub pack: &'a LawPack,
    /// What the invented person chose.
    pub choices: &'a Choices,
    /// What every signal of the request said.
    pub signals: &'a Combined,
    /// What is known of the age.
    pub age: Age,
    /// Whether the shop is directed at children.
    pub child_directed: bool,
    /// The moment.
    pub now: Timestamp,
}

/// What the gate says about one purpose, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The purpose.
    pub purpose: PurposeName,
    /// The verdict.
    pub verdict: Result<(), Refusal>,
    /// The rule that decided, as a sentence.
    pub rule: String,
    /// The article behind the rule, or whose rule it is.
    pub source: String,
    /// The signals that say no to the purpose, each in its own words.
    pub against: Vec<(Signal, String)>,
    /// What the gate says about each feature of the purpose.
    pub features: Vec<(Feature, Result<(), Refusal>)>,
}

impl<'a> Case<'a> {
    /// What the gate takes for one purpose.
    pub fn facts(&self, purpose: PurposeName) -> Facts<'a> {
        let law = self.pack.law_of(purpose);
        let child_directed = law.child_directed || self.child_directed;
        Facts {
            subject: SubjectRef::from_bytes([0; 16]),
            pseudonym: Pseudonym::from_bytes([0; 16]),
            choices: (*self.choices != Choices::default()).then_some(self.choices),
            signals: self.signals.against(purpose),
            law: Law { child_directed, ..law },
            age: self.age,
        }
    }

    /// Lets the gate decide about every purpose.
    pub fn decide(&self) -> Vec<Decision> {
        PurposeName::ALL.into_iter().map(|purpose| self.one(purpose)).collect()
    }

    fn one(&self, purpose: PurposeName) -> Decision {
        let verdict = judge(purpose, &self.facts(purpose), self.now);
        let (rule, source) = match verdict {
            Ok(()) => self.allowed(purpose),
            Err(refusal) => self.refused(purpose, refusal),
        };
        let reasons = self.signals.reasons(purpose);
        let against = reasons.map(|(signal, what)| (signal, what.to_owned())).collect();
        let judged = |feature| (feature, judge_feature(feature, &self.facts(purpose), self.now));
        let features = Feature::of(purpose).map(judged).collect();
        Decision { purpose, verdict, rule, source, against, features }
    }

    fn choice(&self, purpose: PurposeName) -> Option<&'a Choice> {
        self.choices.by_purpose.get(&purpose)
    }

    fn allowed(&self, purpose: PurposeName) -> (String, String) {
        match purpose.basis() {
            LawfulBasis::Contract => {
                return says("a contract needs it; no choice and no signal reaches it", CONTRACT);
            }
            LawfulBasis::LegalObligation => {
                return says("a law demands it; no choice and no signal reaches it", OBLIGATION);
            }
            LawfulBasis::LegitimateInterests => {
                return says("allowed until the person objects, and nobody did", OBJECTION);
            }
            LawfulBasis::Consent => {}
        }
        let Some(choice) = self.choice(purpose) else {
            let rule = "never asked: allowed until a no or an opt-out signal, and there is none";
            return says(rule, &self.pack.regime(purpose).cited());
        };
        let until = format!("{} counts until {}", said(choice), Date(choice.expires.day()));
        let present = self.signals.against(purpose).and(self.choices.signals);
        if present == Signals::NONE {
            return says(&until, &self.pack.regime(purpose).cited());
        }
        let names: Vec<_> = present.iter().map(Signal::as_str).collect();
        let rule = format!("{until}, and above {}, which it acknowledged", names.join(", "));
        says(&rule, &self.pack.rules.choice_outranks_signal.cited())
    }

    fn refused(&self, purpose: PurposeName, refusal: Refusal) -> (String, String) {
        let choice = self.choice(purpose);
        match refusal {
            Refusal::Child => {
                let source = self.pack.children().map_or_else(own, Rule::cited);
                says("a parent decides for a child, and none has, verified", &source)
            }
            Refusal::Missing => {
                says("never asked: nothing happens without a yes", &self.missing(purpose))
            }
            Refusal::Expired => {
                let ended = choice.map(|choice| Date(choice.expires.day()).to_string());
                let rule = format!("the yes ended on {}", ended.unwrap_or_default());
                let source = self.pack.remind().map_or_else(own, Rule::cited);
                says(&rule, &source)
            }
            Refusal::FeatureOff(_)
            | Refusal::FeatureNotAsked(_)
            | Refusal::Stranger
            | Refusal::TooOld => says(&refusal.to_string(), WITHDRAWAL),
            Refusal::Refused if purpose.basis() == LawfulBasis::LegitimateInterests => {
                says("the person objected", OBJECTION)
            }
            Refusal::Refused | Refusal::Withdrawn | Refusal::Paused => {
                says(&format!("{} stands", choice.map(said).unwrap_or_default()), WITHDRAWAL)
            }
            Refusal::Restricted => says("its use is restricted", RESTRICTION),
            Refusal::Signal(signal) => self.signal(purpose, signal),
        }
    }

    fn missing(&self, purpose: PurposeName) -> String {
        let rule = self.pack.regime(purpose);
        match rule.value {
            Regime::OptIn => rule.cited(),
            // The gate takes the law as it is; this is for a reader only.
            Regime::OptOut => own(),
        }
    }

    fn signal(&self, purpose: PurposeName, signal: Signal) -> (String, String) {
        let outranks = &self.pack.rules.choice_outranks_signal;
        let name = signal.as_str();
        let Some(choice) = self.choice(purpose) else {
            let gpc = self.pack.rules.gpc.as_ref().filter(|_| signal == Signal::Gpc);
            let source = gpc.map_or_else(|| self.pack.regime(purpose).cited(), Rule::cited);
            return says(&format!("never asked, and {name} says no"), &source);
        };
        let rule = match outranks.value {
            true => format!("{} did not acknowledge {name}, which says no", said(choice)),
            false => format!("{name} says no, and here no yes outranks a signal"),
        };
        says(&rule, &outranks.cited())
    }
}

const CONTRACT: &str = "[GDPR Art. 6(1)(b)]";
const OBLIGATION: &str = "[GDPR Art. 6(1)(c)]";
const OBJECTION: &str = "[GDPR Art. 6(1)(f), Art. 21]";
const RESTRICTION: &str = "[GDPR Art. 18]";
const WITHDRAWAL: &str = "[GDPR Art. 7(3); a no counts everywhere]";

fn own() -> String {
    "[own rule: missing means denied]".to_owned()
}

fn says(rule: &str, source: &str) -> (String, String) {
    (rule.to_owned(), source.to_owned())
}

fn said(choice: &Choice) -> String {
    let word = match choice.state {
        personal::gate::ChoiceState::Given => "yes",
        personal::gate::ChoiceState::Refused => "no",
        personal::gate::ChoiceState::Withdrawn => "withdrawal",
        personal::gate::ChoiceState::Paused => "pause",
    };
    format!("the {word} of {}", Date(choice.at.day()))
}

#[cfg(test)]
mod tests;
