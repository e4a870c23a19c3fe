//! Evidence of choices: appended, never changed, and folded into what the gate reads.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::date::Date;
use domain::hex;
use domain::time::{DAY_MS, Day, Timestamp};
use personal::evidence::{DecidedBy, Lasting, RecordState};
use personal::feature::{Feature, Features, Switch};
use personal::gate::{Choice, ChoiceState, Choices, Regime, Restriction};
use personal::keeping::Keep;
use personal::kinds::ConsentEvidence;
use personal::permit::ConsentVersion;
use personal::purpose::{LawfulBasis, PurposeName};
use personal::signal::{Signals, SignalsByPurpose};

use crate::law::LawPack;
use crate::record::ranking::{choice, lasting, rank};
use crate::request::{CONSENT_DAYS_MAX, ChoiceRequest};

pub mod keeping;
mod ranking;
pub mod resting;
pub mod switching;

/// How long a pause lasts, in days; then what was kept sealed is erased.
pub const PAUSE_DAYS_MAX: u32 = 30;
/// Most bytes of the text of an asserted basis.
pub const ASSERTED_BYTES_MAX: usize = 500;
/// How long a yes for a visit lasts at most, in days.
pub const VISIT_DAYS_MAX: u32 = 1;

/// What the shell knows when a choice is made.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Now.
    pub now: Timestamp,
    /// The law pack that applies.
    pub law: &'a LawPack,
    /// Where the person is said to be (ISO 3166), if anybody said.
    pub place: Option<&'a str>,
    /// The opt-out signals of the request, for each purpose.
    pub signals: SignalsByPurpose,
}

/// What a request changes.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// Rows to append, one per purpose of the request.
    pub evidence: Vec<ConsentEvidence>,
    /// The person's choices from then on.
    pub choices: Choices,
}

/// Why a choice cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChooseError {
    /// A yes to a purpose that does not ask for one.
    #[error("purpose {} does not rest on consent, so it cannot be given", .0.as_str())]
    NotGiven(PurposeName),
    /// A no to a purpose that a contract or a law demands.
    #[error("purpose {} rests on a contract or a law, so it cannot be refused", .0.as_str())]
    NotRefused(PurposeName),
    /// The person said no, and the law pack lets that rest.
    #[error("purpose {} was refused, so it may be asked for again {}", .0.as_str(), from(*.1))]
    NotYet(PurposeName, Option<Day>),
    /// There is no yes that could be invalid.
    #[error("purpose {} is not given, so it cannot be invalidated", .0.as_str())]
    NotStanding(PurposeName),
    /// A yes of somebody else where a parent decides.
    #[error("a holder of parental responsibility decides here, and the shop has to say so")]
    Child,
    /// A switch to on where the purpose is not on.
    #[error("feature {} belongs to purpose {}, which is not on", .0.as_str(), .0.purpose().as_str())]
    FeatureNotOn(Feature),
    /// A period for what a contract or a law demands.
    #[error("purpose {} does not rest on consent, so its period cannot be chosen", .0.as_str())]
    NotShortened(PurposeName),
    /// A pause of what is not on, or rests already: a pause is not made longer.
    #[error("purpose {} is not on, so it cannot be paused", .0.as_str())]
    NotOn(PurposeName),
    /// The text of an asserted basis is empty or too long.
    #[error("asserted basis is not a text of 1 to {ASSERTED_BYTES_MAX} bytes")]
    Asserted,
}

fn from(day: Option<Day>) -> String {
    day.map_or_else(|| "never".to_owned(), |day| format!("from {} on", Date(day)))
}

/// Makes the evidence of a request. The version rises once, however many purposes it names.
///
/// # Privacy
/// A no to a purpose that rests on consent always works; for one that rests on legitimate
/// interests it is an objection (GDPR Art. 21).
///
/// # Errors
/// [`ChooseError`]; then nothing of the request counts.
pub fn choose(
    current: &Choices,
    request: &ChoiceRequest,
    context: &Context<'_>,
) -> Result<Chosen, ChooseError> {
    let mut evidence = Vec::with_capacity(request.choices.len());
    for (&purpose, &yes) in &request.choices {
        let state = state(current, (purpose, yes), context.now)?;
        let (lasting, days) = match (yes, request.lasting) {
            (true, Lasting::Days) => (Lasting::Days, request.for_days.min(CONSENT_DAYS_MAX)),
            (true, Lasting::Visit) => (Lasting::Visit, request.for_days.min(VISIT_DAYS_MAX)),
            (false, _) => (Lasting::Days, CONSENT_DAYS_MAX),
        };
        let (on, off) = switching::beside(current, request, (purpose, yes))?;
        let notice = request.notice.as_ref();
        evidence.push(ConsentEvidence {
            expires: after(context.now, days),
            lasting,
            acknowledged: if yes { request.acknowledged } else { Signals::NONE },
            notice: notice.map(|notice| notice.digest.to_vec()).unwrap_or_default(),
            language: notice.map(|notice| notice.language.clone()).unwrap_or_default(),
            how: request.how.clone(),
            decided_by: request.decided_by,
            source: request.source.clone(),
            on,
            off,
            ..blank(current, (purpose, state), context)
        });
    }
    for pause in pauses(current, request, context) {
        evidence.push(pause?);
    }
    for switched in switching::alone(current, request, context) {
        evidence.push(switched?);
    }
    for period in keeping::periods(current, request, context) {
        evidence.push(period?);
    }
    Ok(chosen(current, evidence))
}

/// Whether a purpose is allowed as far as choices go: by a yes, or by silence where that is one.
fn is_on(current: &Choices, purpose: PurposeName, context: &Context<'_>) -> bool {
    match current.by_purpose.get(&purpose) {
        Some(one) => one.state == ChoiceState::Given && context.now < one.expires,
        None => context.law.regime(purpose).value == Regime::OptOut,
    }
}

/// The evidence that what stands rests from now on.
fn pauses<'c>(
    current: &'c Choices,
    request: &'c ChoiceRequest,
    context: &'c Context<'_>,
) -> impl Iterator<Item = Result<ConsentEvidence, ChooseError>> + 'c {
    request.pauses.iter().map(move |&purpose| {
        if purpose.basis() != LawfulBasis::Consent {
            return Err(ChooseError::NotGiven(purpose));
        }
        if !is_on(current, purpose, context) {
            return Err(ChooseError::NotOn(purpose));
        }
        Ok(ConsentEvidence {
            expires: after(context.now, PAUSE_DAYS_MAX),
            how: request.how.clone(),
            decided_by: request.decided_by,
            source: request.source.clone(),
            ..blank(current, (purpose, RecordState::Paused), context)
        })
    })
}

/// Makes the evidence of a basis that the shop asserts for a person in an import.
///
/// # Errors
/// [`ChooseError::NotGiven`] for a purpose that does not rest on consent,
/// [`ChooseError::Asserted`] for a text that nobody could read later.
pub fn assert_basis(
    current: &Choices,
    (purpose, text): (PurposeName, &str),
    context: &Context<'_>,
) -> Result<Chosen, ChooseError> {
    let text = text.trim();
    if !(1..=ASSERTED_BYTES_MAX).contains(&text.len()) {
        return Err(ChooseError::Asserted);
    }
    let state = state(current, (purpose, true), context.now)?;
    let evidence = ConsentEvidence {
        expires: after(context.now, CONSENT_DAYS_MAX),
        how: "asserted in an import".to_owned(),
        decided_by: DecidedBy::Shop,
        source: text.to_owned(),
        on: Features::FIRST.in_both(Features::of(purpose)).without(current.features.off()),
        off: Features::of(purpose).in_both(current.features.off()),
        ..blank(current, (purpose, state), context)
    };
    Ok(chosen(current, vec![evidence]))
}

/// Makes the evidence that a person was asked. It changes nothing of what is allowed.
///
/// # Privacy
/// Nobody is asked again before the interval of the law pack is over: neither of the pack that
/// applies now nor of the one under which the person said no, which `refused_under` gives.
///
/// # Errors
/// [`ChooseError::NotYet`], or [`ChooseError::NotGiven`] for a purpose that does not rest on
/// consent.
pub fn ask<'l>(
    current: &Choices,
    request: &ChoiceRequest,
    context: &Context<'_>,
    refused_under: impl Fn(PurposeName) -> Option<&'l LawPack>,
) -> Result<Vec<ConsentEvidence>, ChooseError> {
    let mut evidence = Vec::with_capacity(request.choices.len());
    for &purpose in request.choices.keys() {
        if purpose.basis() != LawfulBasis::Consent {
            return Err(ChooseError::NotGiven(purpose));
        }
        let said_no =
            |one: &&Choice| one.state != ChoiceState::Given && !has_ended(one, context.now);
        if let Some(no) = current.by_purpose.get(&purpose).filter(said_no) {
            let packs = [Some(context.law), refused_under(purpose)];
            let days = packs.into_iter().flatten().map(|pack| pack.may_ask_again(no.at.day()));
            // `None` is never, and never is later than any day.
            let free = days.reduce(|a, b| Some(a?.max(b?))).flatten();
            if free.is_none_or(|day| context.now.day() < day) {
                return Err(ChooseError::NotYet(purpose, free));
            }
        }
        let notice = request.notice.as_ref();
        evidence.push(ConsentEvidence {
            notice: notice.map(|notice| notice.digest.to_vec()).unwrap_or_default(),
            language: notice.map(|notice| notice.language.clone()).unwrap_or_default(),
            how: request.how.clone(),
            decided_by: DecidedBy::Shop,
            ..blank(current, (purpose, RecordState::Requested), context)
        });
    }
    Ok(evidence)
}

/// Makes the evidence that a yes does not count, because of something that the shop knows: it was
/// not the person, a child has come of age, a court said so. `request` names the purposes and says
/// in `source` why.
///
/// # Errors
/// [`ChooseError::NotStanding`] when there is no yes to end.
pub fn invalidate(
    current: &Choices,
    request: &ChoiceRequest,
    context: &Context<'_>,
) -> Result<Chosen, ChooseError> {
    let mut evidence = Vec::with_capacity(request.choices.len());
    for &purpose in request.choices.keys() {
        let yes = current.by_purpose.get(&purpose).filter(|one| one.state == ChoiceState::Given);
        if yes.is_none() {
            return Err(ChooseError::NotStanding(purpose));
        }
        evidence.push(ConsentEvidence {
            expires: after(context.now, CONSENT_DAYS_MAX),
            how: request.how.clone(),
            decided_by: DecidedBy::Shop,
            source: request.source.clone(),
            ..blank(current, (purpose, RecordState::Invalidated), context)
        });
    }
    Ok(chosen(current, evidence))
}

/// The purposes whose yes ended by itself without anybody having written it down yet.
pub fn ended(choices: &Choices, now: Timestamp) -> impl Iterator<Item = PurposeName> + '_ {
    let over = move |one: &Choice| one.state == ChoiceState::Given && one.expires <= now;
    let ended = choices.by_purpose.iter().filter(move |(_, choice)| over(choice));
    ended.map(|(&purpose, _)| purpose)
}

/// Whether a choice is a yes that ended by itself, written down or not. What the person or the
/// shop took back ends later than it was written.
pub fn has_ended(choice: &Choice, now: Timestamp) -> bool {
    match choice.state {
        ChoiceState::Given => choice.expires <= now,
        ChoiceState::Withdrawn => choice.expires < choice.at,
        ChoiceState::Refused | ChoiceState::Paused => false,
    }
}

/// Makes the evidence that the yes to each of `purposes` ended by itself, under the same notice
/// and law as the yes, which is found in `rows`. What has no standing yes is left out.
pub fn expire(
    current: &Choices,
    rows: &[ConsentEvidence],
    purposes: &[PurposeName],
    now: Timestamp,
) -> Chosen {
    let mut evidence = Vec::with_capacity(purposes.len());
    for &purpose in purposes {
        let yes = current.by_purpose.get(&purpose);
        let Some(yes) = yes.filter(|yes| yes.state == ChoiceState::Given) else { continue };
        let of_yes = |row: &&ConsentEvidence| row.purpose == purpose && row.at == yes.at;
        let Some(row) = rows.iter().filter(of_yes).max_by_key(|row| row.version) else { continue };
        let at = now.max(yes.at);
        evidence.push(ConsentEvidence {
            version: current.version.number(),
            state: RecordState::Expired,
            at,
            expires: yes.expires.min(at.plus_ms(-1)),
            signals: current.signals,
            acknowledged: Signals::NONE,
            how: "time".to_owned(),
            decided_by: DecidedBy::Nobody,
            on: Features::NONE,
            off: Features::NONE,
            keep: None,
            ..row.clone()
        });
    }
    chosen(current, evidence)
}

fn after(now: Timestamp, days: u32) -> Timestamp {
    now.plus_ms(i64::from(days) * DAY_MS)
}

/// A row with everything that the context says, and nothing of what was shown or said.
fn blank(
    current: &Choices,
    (purpose, state): (PurposeName, RecordState),
    context: &Context<'_>,
) -> ConsentEvidence {
    let digest: Option<[u8; 32]> = hex::decode(&context.law.digest).ok();
    ConsentEvidence {
        version: current.version.number(),
        purpose,
        state,
        at: context.now,
        expires: context.now,
        lasting: Lasting::Days,
        signals: context.signals.of(purpose),
        acknowledged: Signals::NONE,
        notice: Vec::new(),
        language: String::new(),
        law: context.law.id.to_owned(),
        law_digest: digest.map(Vec::from).unwrap_or_default(),
        place: context.place.unwrap_or_default().to_owned(),
        how: String::new(),
        decided_by: DecidedBy::Person,
        source: String::new(),
        on: Features::NONE,
        off: Features::NONE,
        keep: None,
    }
}

fn state(
    current: &Choices,
    (purpose, yes): (PurposeName, bool),
    now: Timestamp,
) -> Result<RecordState, ChooseError> {
    let before = current.by_purpose.get(&purpose);
    match (purpose.basis(), yes) {
        (LawfulBasis::Consent, true) => {
            let stands = |one: &Choice| one.state == ChoiceState::Given && now < one.expires;
            Ok(if before.is_some_and(stands) { RecordState::Renewed } else { RecordState::Given })
        }
        (LawfulBasis::Consent, false) => Ok(match before.map(|choice| choice.state) {
            Some(ChoiceState::Given | ChoiceState::Withdrawn | ChoiceState::Paused) => {
                RecordState::Withdrawn
            }
            Some(ChoiceState::Refused) | None => RecordState::Refused,
        }),
        (LawfulBasis::LegitimateInterests, false) => Ok(RecordState::Refused),
        (_, true) => Err(ChooseError::NotGiven(purpose)),
        (LawfulBasis::Contract | LawfulBasis::LegalObligation, false) => {
            Err(ChooseError::NotRefused(purpose))
        }
    }
}

fn chosen(current: &Choices, evidence: Vec<ConsentEvidence>) -> Chosen {
    let mut choices = current.clone();
    for row in &evidence {
        if let Some(choice) = choice(row) {
            choices.by_purpose.insert(row.purpose, choice);
        }
        if row.state.changes() {
            choices.signals = lasting(row);
            choices.features.set(row.on, Switch { on: true, at: row.at });
            choices.features.set(row.off, Switch { on: false, at: row.at });
            choices.keep.extend(row.keep.map(|keep| (row.purpose, keep)));
        }
        choices.restrictions.extend(resting::restriction(row).map(|one| (row.purpose, one)));
    }
    if !evidence.is_empty() {
        choices.version = current.version.next();
    }
    Chosen { evidence, choices }
}

/// Folds all evidence of one person, in any order, into the choices that the gate reads: per
/// purpose the newest row counts, by version, then by time.
///
/// # Privacy
/// Where two rows claim the same version and time, the more protective one counts.
pub fn fold<'e>(rows: impl IntoIterator<Item = &'e ConsentEvidence>) -> Choices {
    let mut choices = Choices::default();
    let mut newest: BTreeMap<PurposeName, &ConsentEvidence> = BTreeMap::new();
    let mut switched: BTreeMap<Feature, (u64, Timestamp, bool)> = BTreeMap::new();
    let mut periods: BTreeMap<PurposeName, (u64, Timestamp, Reverse<Keep>)> = BTreeMap::new();
    let mut rests: BTreeMap<PurposeName, (u64, Timestamp, bool)> = BTreeMap::new();
    let mut last: Option<(u64, Timestamp)> = None;
    for row in rows {
        if !row.state.changes() {
            continue;
        }
        choices.version = choices.version.max(ConsentVersion::from_number(row.version).next());
        match last {
            Some(before) if before == (row.version, row.at) => {
                choices.signals = choices.signals.and(lasting(row));
            }
            Some(before) if before > (row.version, row.at) => {}
            Some(_) | None => {
                last = Some((row.version, row.at));
                choices.signals = lasting(row);
            }
        }
        for feature in row.on.and(row.off).iter() {
            let said = (row.version, row.at, row.off.holds(feature));
            let before = switched.entry(feature).or_insert(said);
            *before = said.max(*before);
        }
        if let Some(keep) = row.keep {
            let said = (row.version, row.at, Reverse(keep));
            let before = periods.entry(row.purpose).or_insert(said);
            *before = said.max(*before);
        }
        if let Some(restriction) = resting::restriction(row) {
            let said = (row.version, row.at, restriction.holds);
            let before = rests.entry(row.purpose).or_insert(said);
            *before = said.max(*before);
        }
        if row.state.choice().is_none() {
            continue; // a switch says nothing about the purpose
        }
        newest
            .entry(row.purpose)
            .and_modify(|before| {
                if rank(row) > rank(before) {
                    *before = row;
                }
            })
            .or_insert(row);
    }
    let restriction = |(purpose, (_, at, holds))| (purpose, Restriction { holds, at });
    choices.restrictions = rests.into_iter().map(restriction).collect();
    let counts = |(purpose, row)| Some((purpose, choice(row)?));
    choices.by_purpose = newest.into_iter().filter_map(counts).collect();
    for (feature, (_, at, off)) in switched {
        choices.features.set(Features::NONE.with(feature), Switch { on: !off, at });
    }
    choices.keep = periods.into_iter().map(|(purpose, (.., keep))| (purpose, keep.0)).collect();
    choices
}

/// Whether a holder of parental responsibility decided every yes that stands, and at least one.
pub fn by_parent<'e>(rows: impl IntoIterator<Item = &'e ConsentEvidence>) -> bool {
    let mut newest: BTreeMap<PurposeName, &ConsentEvidence> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| row.state.choice().is_some()) {
        let before = newest.entry(row.purpose).or_insert(row);
        if rank(row) > rank(before) {
            *before = row;
        }
    }
    let yes = |row: &&&ConsentEvidence| row.state.choice() == Some(ChoiceState::Given);
    let mut yeses = newest.values().filter(yes).peekable();
    yeses.peek().is_some() && yeses.all(|row| row.decided_by == DecidedBy::Parent)
}

#[cfg(test)]
mod tests;
