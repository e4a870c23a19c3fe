//! The rules as they are, and rules that are wrong on purpose.

use consent::record::{self, Context};
use consent::request::ChoiceRequest;
use domain::time::Timestamp;
use personal::gate::{self, Age, ChoiceState, Choices, Facts, Law, Refusal, Regime};
use personal::kinds::ConsentEvidence;
use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals};

/// What the search runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// May a purpose be served?
    pub(crate) judge: fn(PurposeName, &Facts<'_>, Timestamp) -> Result<(), Refusal>,
    /// What a choice changes.
    pub(crate) choose:
        fn(&Choices, &ChoiceRequest, &Context<'_>) -> (Vec<ConsentEvidence>, Choices),
    /// What a restart reads.
    pub(crate) fold: fn(&[&ConsentEvidence]) -> Choices,
}

/// The rules of the program.
pub(crate) const REAL: Rules = Rules { judge: gate::judge, choose, fold };

fn choose(
    current: &Choices,
    request: &ChoiceRequest,
    context: &Context<'_>,
) -> (Vec<ConsentEvidence>, Choices) {
    let chosen = record::choose(current, request, context).unwrap();
    (chosen.evidence, chosen.choices)
}

fn fold(rows: &[&ConsentEvidence]) -> Choices {
    record::fold(rows.iter().copied())
}

/// Wrong rules, each with the law that has to catch it.
pub(crate) const BROKEN: [(&str, Rules, &str); 12] = [
    ("a withdrawal is forgotten", Rules { judge: forgets_a_withdrawal, ..REAL }, "law 2"),
    ("a refusal is silence", Rules { judge: refusal_is_silence, ..REAL }, "law 2"),
    ("a yes never ends", Rules { judge: never_ends, ..REAL }, "expiry"),
    ("after its end a yes is silence", Rules { judge: ended_is_silence, ..REAL }, "expiry"),
    ("a choice outranks everywhere", Rules { judge: outranks_everywhere, ..REAL }, "outranks"),
    ("stored signals do not count", Rules { judge: forgets_stored_signals, ..REAL }, "outranks"),
    ("two signals cancel out", Rules { judge: two_signals_cancel, ..REAL }, "more signals"),
    ("every child has parents", Rules { judge: every_child_has_parents, ..REAL }, "children"),
    ("everything is refused", Rules { judge: refuses_all, ..REAL }, "exact"),
    ("the version stands still", Rules { choose: version_stands_still, ..REAL }, "permits"),
    ("a no is written and not carried out", Rules { choose: keeps_the_yes, ..REAL }, "restart"),
    ("the last row read wins", Rules { fold: last_row_wins, ..REAL }, "restart"),
];

fn without(facts: &Facts<'_>, drop: impl Fn(ChoiceState) -> bool) -> Choices {
    let mut choices = facts.choices.cloned().unwrap_or_default();
    choices.by_purpose.retain(|_, choice| !drop(choice.state));
    choices
}

fn forgets_a_withdrawal(
    purpose: PurposeName,
    facts: &Facts<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut choices = facts.choices.cloned().unwrap_or_default();
    for choice in choices.by_purpose.values_mut() {
        if choice.state == ChoiceState::Withdrawn {
            choice.state = ChoiceState::Given;
        }
    }
    gate::judge(purpose, &Facts { choices: Some(&choices), ..*facts }, now)
}

fn refusal_is_silence(
    purpose: PurposeName,
    facts: &Facts<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let choices = without(facts, |state| state == ChoiceState::Refused);
    gate::judge(purpose, &Facts { choices: Some(&choices), ..*facts }, now)
}

fn never_ends(purpose: PurposeName, facts: &Facts<'_>, _: Timestamp) -> Result<(), Refusal> {
    gate::judge(purpose, facts, Timestamp::from_ms(0))
}

fn ended_is_silence(
    purpose: PurposeName,
    facts: &Facts<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut choices = facts.choices.cloned().unwrap_or_default();
    choices.by_purpose.retain(|_, choice| now < choice.expires);
    let verdict = gate::judge(purpose, facts, now);
    match verdict {
        Err(Refusal::Expired) => {
            gate::judge(purpose, &Facts { choices: Some(&choices), ..*facts }, now)
        }
        other => other,
    }
}

fn outranks_everywhere(
    purpose: PurposeName,
    facts: &Facts<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let law = Law { choice_outranks_signal: true, ..facts.law };
    gate::judge(purpose, &Facts { law, ..*facts }, now)
}

fn forgets_stored_signals(
    purpose: PurposeName,
    facts: &Facts<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut choices = facts.choices.cloned().unwrap_or_default();
    choices.signals = Signals::NONE;
    gate::judge(purpose, &Facts { choices: Some(&choices), ..*facts }, now)
}

fn two_signals_cancel(
    purpose: PurposeName,
    facts: &Facts<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let both = facts.signals.holds(Signal::Gpc) && facts.signals.holds(Signal::ConsentTool);
    let signals = if both { Signals::NONE } else { facts.signals };
    gate::judge(purpose, &Facts { signals, ..*facts }, now)
}

fn every_child_has_parents(
    purpose: PurposeName,
    facts: &Facts<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    gate::judge(purpose, &Facts { age: Age::Child { parental_consent: true }, ..*facts }, now)
}

fn refuses_all(_: PurposeName, facts: &Facts<'_>, _: Timestamp) -> Result<(), Refusal> {
    let opt_in = facts.law.regime == Regime::OptIn;
    Err(if opt_in { Refusal::Missing } else { Refusal::Refused })
}

fn version_stands_still(
    current: &Choices,
    request: &ChoiceRequest,
    context: &Context<'_>,
) -> (Vec<ConsentEvidence>, Choices) {
    let (evidence, choices) = choose(current, request, context);
    (evidence, Choices { version: current.version, ..choices })
}

fn keeps_the_yes(
    current: &Choices,
    request: &ChoiceRequest,
    context: &Context<'_>,
) -> (Vec<ConsentEvidence>, Choices) {
    let (evidence, mut choices) = choose(current, request, context);
    for (purpose, before) in &current.by_purpose {
        if before.state == ChoiceState::Given && request.choices.get(purpose) == Some(&false) {
            choices.by_purpose.insert(*purpose, *before);
        }
    }
    (evidence, choices)
}

fn last_row_wins(rows: &[&ConsentEvidence]) -> Choices {
    let mut choices = fold(rows);
    for row in rows {
        let choice = choices.by_purpose.get_mut(&row.purpose);
        if let (Some(choice), Some(state)) = (choice, row.state.choice()) {
            choice.state = state;
        }
    }
    choices
}
