//! Features in evidence: what a yes covers, and what a switch says that stands by itself.

use domain::time::Timestamp;
use personal::evidence::RecordState;
use personal::feature::{Feature, Features};
use personal::gate::{Choices, Regime};
use personal::kinds::ConsentEvidence;
use personal::purpose::PurposeName;

use crate::record::{ChooseError, Context, blank, is_on};
use crate::request::ChoiceRequest;

/// What a choice about a whole purpose says about its features: a yes covers those that the person
/// was told of, without what is switched off now or was before.
pub(super) fn beside(
    current: &Choices,
    request: &ChoiceRequest,
    (purpose, yes): (PurposeName, bool),
) -> Result<(Features, Features), ChooseError> {
    let of_purpose = Features::of(purpose);
    let on = request.switched(true).in_both(of_purpose);
    let off = request.switched(false).in_both(of_purpose);
    match (yes, on.iter().next()) {
        (true, _) => {
            let off = current.features.off().in_both(of_purpose).without(on).and(off);
            Ok((request.covers.in_both(of_purpose).and(on).without(off), off))
        }
        (false, None) => Ok((Features::NONE, off)),
        (false, Some(feature)) => Err(ChooseError::FeatureNotOn(feature)),
    }
}

/// The evidence that features of purposes were switched about which nothing else is said. The
/// choice about the purpose stays as it is, and so do the signals that it was made under.
pub(super) fn alone<'c>(
    current: &'c Choices,
    request: &'c ChoiceRequest,
    context: &'c Context<'_>,
) -> impl Iterator<Item = Result<ConsentEvidence, ChooseError>> + 'c {
    let alone = |purpose: &PurposeName| !request.choices.contains_key(purpose);
    PurposeName::ALL.into_iter().filter(alone).filter_map(move |purpose| {
        let of_purpose = Features::of(purpose);
        let on = request.switched(true).in_both(of_purpose);
        let off = request.switched(false).in_both(of_purpose);
        if on.is_empty() && off.is_empty() {
            return None;
        }
        let refused = on.iter().next().filter(|_| !is_on(current, purpose, context));
        if let Some(feature) = refused {
            return Some(Err(ChooseError::FeatureNotOn(feature)));
        }
        let notice = request.notice.as_ref();
        Some(Ok(ConsentEvidence {
            signals: context.signals.of(purpose).and(current.signals),
            notice: notice.map(|notice| notice.digest.to_vec()).unwrap_or_default(),
            language: notice.map(|notice| notice.language.clone()).unwrap_or_default(),
            how: request.how.clone(),
            decided_by: request.decided_by,
            source: request.source.clone(),
            on,
            off,
            ..blank(current, (purpose, RecordState::Switched), context)
        }))
    })
}

/// How a feature stands for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Allowed wherever its purpose is.
    On,
    /// Switched off by the person.
    Off,
    /// Not asked for yet: the yes came before it.
    NotAsked,
}

impl Standing {
    /// The standing as the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::NotAsked => "not_asked",
        }
    }
}

/// How a feature stands, and since when where it was ever said; `None` where nothing of its purpose
/// is to choose from: no yes stands, and nothing was switched off.
pub fn standing(
    choices: &Choices,
    feature: Feature,
    context: &Context<'_>,
) -> Option<(Standing, Option<Timestamp>)> {
    let purpose = feature.purpose();
    let switch = choices.features.get(feature);
    let since = switch.map(|switch| switch.at);
    if switch.is_some_and(|switch| !switch.on) {
        return Some((Standing::Off, since));
    }
    if !is_on(choices, purpose, context) {
        return None;
    }
    let covered = match (choices.by_purpose.get(&purpose), since) {
        (None, _) => true,
        (Some(choice), Some(since)) if since >= choice.at => true,
        (Some(_), _) => context.law.regime(purpose).value == Regime::OptOut,
    };
    Some((if covered { Standing::On } else { Standing::NotAsked }, since))
}

#[cfg(test)]
mod tests;
