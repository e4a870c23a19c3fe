//! Periods in evidence: how long a person lets data of a purpose be kept.

use personal::evidence::RecordState;
use personal::gate::Choices;
use personal::keeping::is_chosen;
use personal::kinds::ConsentEvidence;

use crate::record::{ChooseError, Context, blank};
use crate::request::ChoiceRequest;

/// The evidence that periods were chosen. It needs no yes, before or beside it: whoever is let
/// keep something keeps it no longer than that. A longer one than before is what the notice of a
/// yes named in the first place, so it needs no notice of its own.
pub(super) fn periods<'c>(
    current: &'c Choices,
    request: &'c ChoiceRequest,
    context: &'c Context<'_>,
) -> impl Iterator<Item = Result<ConsentEvidence, ChooseError>> + 'c {
    request.keep.iter().map(move |(&purpose, &keep)| {
        if !is_chosen(purpose) {
            return Err(ChooseError::NotShortened(purpose));
        }
        let notice = request.notice.as_ref();
        Ok(ConsentEvidence {
            signals: context.signals.of(purpose).and(current.signals),
            notice: notice.map(|notice| notice.digest.to_vec()).unwrap_or_default(),
            language: notice.map(|notice| notice.language.clone()).unwrap_or_default(),
            how: request.how.clone(),
            decided_by: request.decided_by,
            source: request.source.clone(),
            keep: Some(keep),
            ..blank(current, (purpose, RecordState::Period), context)
        })
    })
}

#[cfg(test)]
mod tests;
