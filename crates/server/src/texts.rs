//! Personal data where it should not be: in ids of items, in stated sizes, in catalog texts.
//!
//! Only forms that no good has are looked for here: mailboxes, cards, accounts, telephone numbers
//! with a country code, national numbers, passwords. Names are not: "Emma" is also a dress.

use std::sync::LazyLock;

use domain::catalog::Item;
use pii::kind::{Kind, Kinds};
use pii::scan::{Scanner, Settings};

use crate::shared::Shared;
use crate::telemetry::Metrics;

/// The score from which on a text is not let in, in percent.
const SCORE_MIN: u8 = 80;
/// Shortest text that can hold any of it, in bytes: `a@b.fi`.
const TEXT_BYTES_MIN: usize = 6;

/// Its tables are the same for every shop. `None` would mean that they cannot be built, which a
/// test excludes.
static SCANNER: LazyLock<Option<Scanner>> = LazyLock::new(|| {
    let kinds = [
        Kind::Card,
        Kind::Iban,
        Kind::NationalId,
        Kind::Passport,
        Kind::Credential,
        Kind::Email,
        Kind::Phone,
    ];
    let kinds = kinds.into_iter().fold(Kinds::NONE, Kinds::with);
    Scanner::new(Settings { kinds, score_min: SCORE_MIN, order_number: None }).ok()
});

/// The kind of personal data in a text, the one that identifies best.
pub fn personal(text: &str) -> Option<Kind> {
    // Most ids are too short or have neither of the two, and cost nothing here.
    let signs = text.bytes().any(|b| b == b'@' || b == b':' || b >= 0x80)
        || text.bytes().filter(u8::is_ascii_digit).count() >= 7;
    if text.len() < TEXT_BYTES_MIN || !signs {
        return None;
    }
    let found = SCANNER.as_ref()?.scan(text).ok()?;
    found.iter().map(|finding| finding.kind).min()
}

/// Whether a text of an event must not be kept; counts it by kind. An item that the catalog knows
/// is the shop's own word.
pub fn is_personal_in_event(shared: &Shared, text: &str) -> bool {
    let Some(kind) = personal(text) else { return false };
    let known =
        domain::id::ItemId::parse(text).is_ok_and(|id| shared.taught().catalog.contains_key(&id));
    if !known {
        Metrics::count(&shared.metrics.personal_texts, kind.code());
    }
    !known
}

/// Counts items of the catalog whose texts hold personal data, and warns of them by number only.
///
/// # Privacy
/// The catalog is public and the shop's own word, so it is taken; the shop is told that it may
/// publish what it should not. No text reaches the log.
pub fn warn_of_catalog(shared: &Shared, items: &[Item]) -> usize {
    let mut warned = 0;
    for item in items {
        let texts = std::iter::once(&item.title).chain(&item.categories);
        let Some(kind) = texts.filter_map(|text| personal(text)).min() else { continue };
        Metrics::count(&shared.metrics.personal_catalog_texts, kind.code());
        warned += 1;
    }
    if warned > 0 {
        tracing::warn!(items = warned, "catalog texts look like personal data");
    }
    warned
}

#[cfg(test)]
mod tests;
