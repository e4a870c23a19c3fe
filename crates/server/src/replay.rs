//! The replay tester: a decision made again for an invented person, and what would be kept.
//!
//! [`asked`] reads the question, `consent::replay` lets the gate decide about every purpose,
//! [`kept`] sends the event through the same types as `path::record` does, up to the store and not
//! into it; [`said`] is the answer.
//!
//! # Privacy
//! Nothing is written, learned or remembered, and no person of the shop is looked up: names in the
//! event are dropped unread, and the pseudonym is that of nobody.

use consent::law::explain::explain_found;
use consent::law::place::Place;
use consent::law::{LawPack, NOT_LEGAL_ADVICE};
use consent::replay::{Case, Decision};
use consent::signals::combine::{Combined, Statement, combine};
use consent::signals::sent::Sent;
use domain::date::Date;
use domain::time::{DAY_MS, Timestamp};
use ingest::event::{Event, SignalsText};
use personal::purpose::{LawfulBasis, PurposeName};

use crate::replay::asked::{Asked, ReplayError};
use crate::replay::said::{
    AgainstOut, DenialOut, EventOut, FeatureOut, PackOut, PurposeOut, Replayed, SignalOut,
};
use crate::shared::Shared;

pub mod asked;
pub mod kept;
pub mod said;

/// Makes the decisions of one question.
///
/// # Errors
/// [`ReplayError::Pack`] when no law pack has the name.
pub fn replay(shared: &Shared, asked: &Asked) -> Result<Replayed, ReplayError> {
    let now = asked.day.start().plus_ms(DAY_MS / 2);
    let place = asked.jurisdiction.as_deref().or(shared.settings.jurisdiction.as_deref());
    let (pack, why) = pack(shared, asked, place)?;
    let event = asked.event.as_deref().map(kept::parse);
    let read = event.as_ref().and_then(|read| read.as_ref().ok());
    let signals = signals(shared, asked, read, now)?;
    let (choices, age) = (&asked.choices, asked.age);
    let child_directed = shared.settings.child_directed;
    let case = Case { pack, choices, signals: &signals, age, child_directed, now };
    let purposes = case.decide().into_iter().map(purpose_out).collect();
    let event = event.map(|read| {
        let kept = kept::kept(shared, read, &case, asked.trusted);
        let left_out = kept::left_out(asked.event.as_deref().unwrap_or_default(), &kept);
        EventOut { left_out, ..kept }
    });
    let signals = signals.statements().iter().map(signal_out).collect();
    let day = Date(asked.day).to_string();
    Ok(Replayed { day, pack: pack_out(pack, why), signals, purposes, event })
}

/// The law pack that counts, and why it is that one.
fn pack(
    shared: &Shared,
    asked: &Asked,
    place: Option<&str>,
) -> Result<(&'static LawPack, String), ReplayError> {
    let laws = &shared.effect().laws;
    if let Some(name) = asked.pack.as_deref() {
        let pack = laws.named(name).ok_or(ReplayError::Pack)?;
        return Ok((pack, "it was asked for by its name, as evidence names it".to_owned()));
    }
    let parsed = place.and_then(|place| Place::parse(place).ok());
    let found = laws.find(parsed.as_ref(), asked.day);
    let pack = found.0;
    Ok((pack, explain_found(place, PurposeName::Personalization, asked.day, found).why()))
}

/// What the signals say that were pasted, and those of the event, as the shop's settings read them.
fn signals(
    shared: &Shared,
    asked: &Asked,
    event: Option<&Event>,
    now: Timestamp,
) -> Result<Combined, ReplayError> {
    let reader = &shared.signals;
    let region = asked.jurisdiction.as_deref().or(shared.settings.jurisdiction.as_deref());
    let pasted = asked.signals.to_text();
    let of_event = event.and_then(Event::signals).map(SignalsText::as_str);
    let mut said = Vec::new();
    for text in [Some(pasted.as_str()), of_event].into_iter().flatten() {
        said.extend(Sent::read(text)?.statements(reader, region, now));
    }
    let tool = event.map(Event::consent).filter(|said| !said.is_empty());
    said.extend(tool.map(|said| Statement::tool(&reader.categories, said)));
    Ok(combine(said))
}

fn pack_out(pack: &'static LawPack, why: String) -> PackOut {
    PackOut {
        id: pack.id,
        place: pack.place.clone(),
        digest: pack.digest.clone(),
        valid_from: Date(pack.valid_from).to_string(),
        valid_to: pack.valid_to.map(|day| Date(day).to_string()),
        verified_on: Date(pack.verified_on).to_string(),
        source: pack.source.clone(),
        why,
        advice: NOT_LEGAL_ADVICE,
    }
}

fn signal_out(statement: &Statement) -> SignalOut {
    let denials = statement.denials.iter().map(|denial| DenialOut {
        what: denial.what.clone(),
        purposes: denial.purposes.iter().map(|purpose| purpose.as_str()).collect(),
    });
    SignalOut { signal: statement.signal.as_str(), denies: denials.collect() }
}

fn purpose_out(decision: Decision) -> PurposeOut {
    let against = decision.against.into_iter();
    let features = decision.features.iter().map(|(feature, verdict)| FeatureOut {
        feature: feature.as_str(),
        allowed: verdict.is_ok(),
        refusal: verdict.err().map(personal::gate::Refusal::code),
    });
    PurposeOut {
        purpose: decision.purpose.as_str(),
        basis: basis(decision.purpose.basis()),
        allowed: decision.verdict.is_ok(),
        refusal: decision.verdict.err().map(personal::gate::Refusal::code),
        rule: decision.rule,
        source: decision.source,
        against: against
            .map(|(signal, what)| AgainstOut { signal: signal.as_str(), what })
            .collect(),
        features: features.collect(),
    }
}

const fn basis(basis: LawfulBasis) -> &'static str {
    match basis {
        LawfulBasis::Consent => "consent",
        LawfulBasis::Contract => "contract",
        LawfulBasis::LegalObligation => "legal obligation",
        LawfulBasis::LegitimateInterests => "legitimate interests",
    }
}
