//! What changes for stored choices when one pack takes the place of another.
//!
//! A stored choice has one of a few [`Shape`]s; the gate itself judges each of them under both
//! packs, so that this can never say something else than the gate does.

use std::collections::BTreeMap;
use std::fmt;

use domain::id::Pseudonym;
use domain::time::{DAY_MS, Timestamp};
use personal::gate::{Age, Choice, ChoiceState, Choices, Facts, Law, Refusal, judge};
use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals};
use personal::subject::SubjectRef;

use crate::law::place::Place;
use crate::law::rules::{Deadline, Rule};
use crate::law::{LawPack, NOT_LEGAL_ADVICE};

/// What is on record about one person and one purpose, as far as a law can tell two apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// Never asked, no signal.
    Never,
    /// Never asked, an opt-out signal stands.
    NeverUnderSignal,
    /// A yes, no signal.
    Given,
    /// A yes, and a signal stands that it did not acknowledge.
    GivenUnderSignal,
    /// A yes that acknowledged every signal that stands.
    GivenOverSignal,
    /// A yes that ran out.
    Expired,
    /// A no.
    Refused,
    /// A yes that was taken back.
    Withdrawn,
}

impl Shape {
    /// Every shape.
    pub const ALL: [Self; 8] = [
        Self::Never,
        Self::NeverUnderSignal,
        Self::Given,
        Self::GivenUnderSignal,
        Self::GivenOverSignal,
        Self::Expired,
        Self::Refused,
        Self::Withdrawn,
    ];

    /// The shape of what is stored about one purpose; `signals` are those that stand besides the
    /// stored ones.
    pub fn of(choices: &Choices, purpose: PurposeName, signals: Signals, now: Timestamp) -> Self {
        let stand = choices.signals.and(signals);
        let Some(choice) = choices.by_purpose.get(&purpose) else {
            return if stand == Signals::NONE { Self::Never } else { Self::NeverUnderSignal };
        };
        match choice.state {
            ChoiceState::Refused => Self::Refused,
            ChoiceState::Withdrawn | ChoiceState::Paused => Self::Withdrawn,
            ChoiceState::Given if now >= choice.expires => Self::Expired,
            ChoiceState::Given if stand == Signals::NONE => Self::Given,
            ChoiceState::Given if stand.first_not_in(choice.acknowledged).is_some() => {
                Self::GivenUnderSignal
            }
            ChoiceState::Given => Self::GivenOverSignal,
        }
    }

    /// Whether it is a yes that stands.
    const fn is_yes(self) -> bool {
        matches!(self, Self::Given | Self::GivenUnderSignal | Self::GivenOverSignal)
    }

    /// The shape in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never asked",
            Self::NeverUnderSignal => "never asked, signal stands",
            Self::Given => "yes",
            Self::GivenUnderSignal => "yes, signal stands",
            Self::GivenOverSignal => "yes that acknowledged the signal",
            Self::Expired => "yes that ran out",
            Self::Refused => "no",
            Self::Withdrawn => "yes, taken back",
        }
    }

    /// How the gate judges an adult's record of this shape.
    ///
    /// # Errors
    /// The gate's refusal.
    pub fn judged(self, purpose: PurposeName, law: Law) -> Result<(), Refusal> {
        let at = Timestamp::from_ms(DAY_MS);
        let now = at.plus_ms(DAY_MS);
        let gpc = Signals::NONE.with(Signal::Gpc);
        let choice = |state, acknowledged, expires| Choice { state, at, expires, acknowledged };
        let later = now.plus_ms(DAY_MS);
        let (choice, signals) = match self {
            Self::Never => (None, Signals::NONE),
            Self::NeverUnderSignal => (None, gpc),
            Self::Given => (Some(choice(ChoiceState::Given, Signals::NONE, later)), Signals::NONE),
            Self::GivenUnderSignal => (Some(choice(ChoiceState::Given, Signals::NONE, later)), gpc),
            Self::GivenOverSignal => (Some(choice(ChoiceState::Given, gpc, later)), gpc),
            Self::Expired => (Some(choice(ChoiceState::Given, Signals::NONE, at)), Signals::NONE),
            Self::Refused => {
                (Some(choice(ChoiceState::Refused, Signals::NONE, later)), Signals::NONE)
            }
            Self::Withdrawn => {
                (Some(choice(ChoiceState::Withdrawn, Signals::NONE, later)), Signals::NONE)
            }
        };
        let by_purpose = choice.map(|choice| (purpose, choice)).into_iter().collect();
        let choices = Choices { by_purpose, ..Choices::default() };
        let facts = Facts {
            subject: SubjectRef::from_bytes([0; 16]),
            pseudonym: Pseudonym::from_bytes([0; 16]),
            choices: Some(&choices),
            signals,
            law,
            age: Age::Adult,
        };
        judge(purpose, &facts, now)
    }
}

/// What changes for one purpose and shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was refused and is allowed from then on.
    ToAllowed,
    /// It was allowed and is refused from then on; asking helps where nobody ever asked, and where
    /// a yes of before does not count any more.
    ToRefused {
        /// Whether the person may be asked.
        ask: bool,
    },
}

/// A rule that reads otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reworded {
    /// Which rule.
    pub rule: &'static str,
    /// What it said.
    pub before: String,
    /// What it says.
    pub after: String,
}

/// What changes when one pack takes the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Ids of both packs.
    pub packs: [&'static str; 2],
    /// Places that both name: for these the changes are.
    pub places: Vec<Place>,
    /// Places that only the second pack names.
    pub added: Vec<Place>,
    /// Places that only the first pack names.
    pub removed: Vec<Place>,
    /// What changes, by purpose and shape; what is not listed stays as it is.
    pub changes: BTreeMap<(PurposeName, Shape), Change>,
    /// Intervals, ages and deadlines that read otherwise.
    pub reworded: Vec<Reworded>,
}

/// How many stored choices a difference reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// Allowed before, refused after.
    pub to_refused: u64,
    /// Refused before, allowed after.
    pub to_allowed: u64,
    /// Of those refused after: how many may be asked.
    pub to_ask: u64,
    /// No change.
    pub same: u64,
}

/// Compares two packs.
pub fn diff(a: &LawPack, b: &LawPack) -> Difference {
    let mut changes = BTreeMap::new();
    for purpose in PurposeName::ALL {
        for shape in Shape::ALL {
            let (old, new) = (a.law_of(purpose), b.law_of(purpose));
            let before = shape.judged(purpose, old).is_ok();
            // Who has said yes keeps the protection of the pack that it was said under.
            let kept = !shape.is_yes() || b.keeps_yes_of(a, purpose);
            let new = if shape.is_yes() { old.stricter(new) } else { new };
            let after = kept && shape.judged(purpose, new).is_ok();
            let change = match (before, after) {
                (true, false) => Change::ToRefused { ask: shape == Shape::Never || !kept },
                (false, true) => Change::ToAllowed,
                (true, true) | (false, false) => continue,
            };
            changes.insert((purpose, shape), change);
        }
    }
    Difference {
        packs: [a.id, b.id],
        places: a.places.intersection(&b.places).cloned().collect(),
        added: b.places.difference(&a.places).cloned().collect(),
        removed: a.places.difference(&b.places).cloned().collect(),
        changes,
        reworded: reworded(a, b),
    }
}

fn reworded(a: &LawPack, b: &LawPack) -> Vec<Reworded> {
    let mut rows = Vec::new();
    let mut row = |rule, [before, after]: [String; 2]| {
        if before != after {
            rows.push(Reworded { rule, before, after });
        }
    };
    row("ask again after a refusal", [a, b].map(|pack| said(pack.ask_again())));
    row("remind of a yes", [a, b].map(|pack| said(pack.remind())));
    row("children", [a, b].map(|pack| said(pack.children())));
    for deadline in Deadline::ALL {
        row(deadline.as_str(), [a, b].map(|pack| said(pack.deadline(deadline))));
    }
    row("a question stops the clock", [a, b].map(|pack| pack.waits_stop().to_string()));
    let rolls = |pack: &LawPack| pack.ends_on_working_day().to_string();
    row("a last day off moves to a working day", [a, b].map(rolls));
    row("GPC has to be honored from", [a, b].map(|pack| said(pack.rules.gpc.as_ref())));
    let shown = |pack: &LawPack| pack.rules.show_honored.as_ref().is_some_and(|rule| rule.value);
    row("show that a signal was honored", [a, b].map(|pack| shown(pack).to_string()));
    let earlier = |pack: &LawPack| match &pack.rules.earlier_yes {
        None => "unless silence was a yes".to_owned(),
        Some(rule) => rule.value.to_string(),
    };
    row("an earlier yes counts", [a, b].map(earlier));
    let sensitive =
        |pack: &LawPack| pack.sensitive().map_or("unsaid", |rule| rule.value.as_str()).to_owned();
    row("sensitive data", [a, b].map(sensitive));
    rows
}

fn said<T: fmt::Display>(rule: Option<&Rule<T>>) -> String {
    rule.map_or_else(|| "unsaid".to_owned(), |rule| rule.value.to_string())
}

impl Difference {
    /// Counts what the difference does to stored choices.
    pub fn reach(&self, stored: impl IntoIterator<Item = (PurposeName, Shape)>) -> Reached {
        let mut reached = Reached::default();
        for key in stored {
            match self.changes.get(&key) {
                Some(Change::ToAllowed) => reached.to_allowed += 1,
                Some(Change::ToRefused { ask }) => {
                    reached.to_refused += 1;
                    reached.to_ask += u64::from(*ask);
                }
                None => reached.same += 1,
            }
        }
        reached
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b] = self.packs;
        writeln!(out, "{a} > {b}")?;
        for (word, places) in
            [("both", &self.places), ("only before", &self.removed), ("only after", &self.added)]
        {
            if !places.is_empty() {
                let codes: Vec<_> = places.iter().map(Place::as_str).collect();
                writeln!(out, "  places, {word}: {}", codes.join(" "))?;
            }
        }
        if self.changes.is_empty() {
            writeln!(out, "  no stored choice is judged otherwise")?;
        }
        for ((purpose, shape), change) in &self.changes {
            let verdict = match change {
                Change::ToAllowed => "refused > allowed",
                Change::ToRefused { ask: true } => "allowed > refused, asking is due",
                Change::ToRefused { ask: false } => "allowed > refused",
            };
            writeln!(out, "  {:<20} {:<33} {verdict}", purpose.as_str(), shape.as_str())?;
        }
        for row in &self.reworded {
            writeln!(out, "  {}: {} > {}", row.rule, row.before, row.after)?;
        }
        write!(out, "{NOT_LEGAL_ADVICE}")
    }
}

#[cfg(test)]
mod tests;
