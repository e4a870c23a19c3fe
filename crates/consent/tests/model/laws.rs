//! What has to hold, said from what the person said.

use domain::time::Timestamp;
use personal::gate::{Age, Choice, ChoiceState, Choices, Law, Regime, decide};
use personal::permit::{PERMIT_MS_MAX, PermitError};
use personal::purpose::{Personalization, Purpose, PurposeName, SharedLearning};

use crate::rules::Rules;
use crate::world::{AGES, PURPOSES, Said, State, at, facts};

/// The worlds that differ around a state: each law and age, and the signals of a request.
pub(crate) struct Around {
    /// The laws.
    pub(crate) laws: Vec<Law>,
    /// How many signals there are.
    pub(crate) signal_count: u32,
}

/// Whether a purpose may be served: the whole truth in one place.
fn allowed(state: &State, said: Said, request: u8, (law, age): (Law, Age)) -> bool {
    let is_child = match age {
        Age::Adult | Age::Child { parental_consent: true } => false,
        Age::Unknown => law.child_directed,
        Age::Child { parental_consent: false } => true,
    };
    let signals = request | state.carried;
    !is_child
        && match said {
            Said::Nothing => law.regime == Regime::OptOut && signals == 0,
            Said::No => false,
            Said::Yes { ends, acknowledged } => {
                let outranked = if law.choice_outranks_signal { acknowledged } else { 0 };
                state.day < ends && signals & !outranked == 0
            }
        }
}

/// Judges a state under every law, age and request.
///
/// # Errors
/// The name of the law that does not hold. Counts the decisions.
pub(crate) fn check(
    state: &State,
    rules: &Rules,
    around: &Around,
    decisions: &mut u64,
) -> Result<(), &'static str> {
    let now = at(state.day);
    for (&purpose, &said) in PURPOSES.iter().zip(&state.said) {
        for &law in &around.laws {
            for age in AGES {
                let opens = |request| {
                    (rules.judge)(purpose, &facts(&state.choices, request, law, age), now).is_ok()
                };
                let verdicts: Vec<bool> = (0..1_u8 << around.signal_count).map(opens).collect();
                *decisions += verdicts.len() as u64;
                one(state, said, (law, age), &verdicts)?;
            }
        }
    }
    expired_is_withdrawn(state, rules, around)
}

/// The laws over the verdicts of one purpose, law and age, by the signals of the request.
fn one(
    state: &State,
    said: Said,
    (law, age): (Law, Age),
    verdicts: &[bool],
) -> Result<(), &'static str> {
    for (request, &opens) in (0_u8..).zip(verdicts) {
        let signals = request | state.carried;
        if opens && said == Said::No {
            return Err("law 2: nothing opens after a no until a later yes");
        }
        if opens && matches!(said, Said::Yes { ends, .. } if ends <= state.day) {
            return Err("expiry: a yes that ended opens nothing");
        }
        if opens && age == (Age::Child { parental_consent: false }) {
            return Err("children: nothing opens without a parent's consent");
        }
        if opens && (0_u8..).zip(verdicts).any(|(fewer, &opens)| fewer & !request == 0 && !opens) {
            return Err("more signals: one more signal never opens what fewer do not");
        }
        let acknowledged = match said {
            Said::Yes { acknowledged, .. } if law.choice_outranks_signal => acknowledged,
            Said::Yes { .. } | Said::No | Said::Nothing => 0,
        };
        if opens && signals & !acknowledged != 0 {
            return Err("outranks: only an acknowledged yes, and only where the law allows");
        }
        if opens != allowed(state, said, request, (law, age)) {
            return Err("exact: what is allowed opens, and nothing else");
        }
    }
    Ok(())
}

/// A yes that ended gives the verdicts that a withdrawal gives.
fn expired_is_withdrawn(state: &State, rules: &Rules, around: &Around) -> Result<(), &'static str> {
    let now = at(state.day);
    let mut withdrawn = state.choices.clone();
    for choice in withdrawn.by_purpose.values_mut() {
        if choice.state == ChoiceState::Given && choice.expires <= now {
            choice.state = ChoiceState::Withdrawn;
        }
    }
    if withdrawn == state.choices {
        return Ok(());
    }
    for &purpose in &PURPOSES {
        for &law in &around.laws {
            for request in 0..1_u8 << around.signal_count {
                let opens = |choices: &Choices| {
                    let facts = facts(choices, request, law, Age::Adult);
                    (rules.judge)(purpose, &facts, now).is_ok()
                };
                if opens(&state.choices) != opens(&withdrawn) {
                    return Err("expiry: acts like a withdrawal");
                }
            }
        }
    }
    Ok(())
}

/// Permits that were minted before a choice open nothing after it, whatever it was.
///
/// # Errors
/// The name of the law that does not hold.
pub(crate) fn permits_die(
    before: &State,
    after: &Choices,
    around: &Around,
) -> Result<(), &'static str> {
    if after.version <= before.choices.version {
        return Err("permits: every choice raises the version");
    }
    for &law in &around.laws {
        permit_dies::<Personalization>(before, after, law)?;
        permit_dies::<SharedLearning>(before, after, law)?;
    }
    Ok(())
}

fn permit_dies<P: Purpose>(before: &State, after: &Choices, law: Law) -> Result<(), &'static str> {
    let now = at(before.day);
    let Ok(permit) = decide::<P>(&facts(&before.choices, 0, law, Age::Adult), now) else {
        return Ok(());
    };
    if permit.open(now, before.choices.version).is_err() {
        return Err("permits: a permit opens until something changes");
    }
    match permit.open(now, after.version) {
        Err(PermitError::Stale) => Ok(()),
        Err(PermitError::Expired | PermitError::Feature(_) | PermitError::WrongSubject) | Ok(_) => {
            Err("permits: none outlives a choice")
        }
    }
}

/// A permit is minted where the verdict says so, and lives a minute at most and never longer
/// than the yes behind it.
///
/// # Errors
/// The name of the law that does not hold.
pub(crate) fn permits_end(state: &State, law: Law) -> Result<(), &'static str> {
    permit_ends::<Personalization>(state, law)?;
    permit_ends::<SharedLearning>(state, law)
}

fn permit_ends<P: Purpose>(state: &State, law: Law) -> Result<(), &'static str> {
    let (now, version) = (at(state.day), state.choices.version);
    let yes = |choice: &&Choice| choice.state == ChoiceState::Given;
    let ends = state.choices.by_purpose.get(&P::NAME).filter(yes).map(|choice| choice.expires);
    let nearly = ends.map(|ends| ends.plus_ms(-PERMIT_MS_MAX / 2)).filter(|nearly| now < *nearly);
    for minted in [Some(now), nearly].into_iter().flatten() {
        let facts = facts(&state.choices, 0, law, Age::Adult);
        let Ok(permit) = decide::<P>(&facts, minted) else { continue };
        let last = ends
            .map_or(minted.plus_ms(PERMIT_MS_MAX), |ends| ends.min(minted.plus_ms(PERMIT_MS_MAX)));
        let opens = |now: Timestamp| permit.open(now, version).is_ok();
        if !opens(last.plus_ms(-1)) || opens(last) || opens(minted.plus_ms(-1)) {
            return Err("permits: a minute at most, and no longer than the yes");
        }
    }
    Ok(())
}

/// What a restart reads is what the room held, in whatever order the rows come.
///
/// # Errors
/// The name of the law that does not hold.
pub(crate) fn restarts(state: &State, rules: &Rules) -> Result<(), &'static str> {
    let mut rows: Vec<_> = state.evidence.iter().collect();
    let forward = (rules.fold)(&rows);
    rows.reverse();
    let backward = (rules.fold)(&rows);
    match forward == state.choices && backward == state.choices {
        true => Ok(()),
        false => Err("restart: the evidence says what the room held"),
    }
}

/// A choice under more signals never leaves more open.
///
/// # Errors
/// The name of the law that does not hold.
pub(crate) fn narrower(
    fewer: &State,
    more: &State,
    rules: &Rules,
    around: &Around,
) -> Result<(), &'static str> {
    let now = at(fewer.day);
    let widens = |purpose: PurposeName, law: Law| {
        let opens = |state: &State| {
            (rules.judge)(purpose, &facts(&state.choices, 0, law, Age::Adult), now).is_ok()
        };
        opens(more) && !opens(fewer)
    };
    match PURPOSES.iter().any(|purpose| around.laws.iter().any(|law| widens(*purpose, *law))) {
        true => Err("more signals: a choice under more signals leaves no more open"),
        false => Ok(()),
    }
}
