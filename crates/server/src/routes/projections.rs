//! A person's record in the words of other tools: Consent Mode, Shopify, Segment.
//!
//! What the gate allows now, turned into the object that each tool takes. A tool that knows no
//! parts of a purpose is told yes only where the person left none out.
//!
//! What this must never do: say yes where the gate does not.

use std::collections::BTreeMap;

use consent::consent_mode::ConsentMode;
use consent::shopify::{Shopify, Topic};
use consent::signals::allowed::Allowed;
use domain::time::Timestamp;
use personal::feature::Feature;
use personal::purpose::PurposeName;
use personal::subject::SubjectRef;
use serde::Serialize;
use utoipa::ToSchema;

use crate::circumstances::Circumstances;
use crate::people::Person;
use crate::problem::{self, Problem};
use crate::shared::Shared;

/// The categories that Segment's documentation names.
const CATEGORIES: &str = "Advertising,Analytics,Functional,DataSharing";
/// Most categories of a request.
const CATEGORIES_MAX: usize = 64;
/// Longest name of a category, in bytes.
const CATEGORY_BYTES_MAX: usize = 64;

/// What the gate allows now, as other tools take it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Projections {
    /// The seven types of Google Consent Mode, version 2, each `granted` or `denied`: the object of
    /// `gtag("consent", "update", ...)`.
    pub consent_mode: BTreeMap<&'static str, &'static str>,
    /// What `setTrackingConsent` of Shopify's customer privacy interface takes.
    pub shopify: BTreeMap<&'static str, bool>,
    /// What goes into `context.consent` of a Segment event.
    pub segment: SegmentConsent,
}

/// `context.consent` of a Segment event.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SegmentConsent {
    /// Yes where every purpose of the category is allowed. Names that mean none are left out.
    pub category_preferences: BTreeMap<String, bool>,
}

/// Whose record it is, and when and where it is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// The person.
    pub(crate) subject: SubjectRef,
    /// Signals and law of the request.
    pub(crate) circumstances: &'a Circumstances,
    /// Categories of the tool, parted by commas; those of Segment when missing.
    pub(crate) categories: Option<&'a str>,
    /// Now.
    pub(crate) now: Timestamp,
}

/// Turns a person's record into what other tools take.
///
/// # Privacy
/// Every yes rests on the gate's: choices, the signals of this request, law and time. A purpose of
/// which the person left a part out is none for a tool that knows no parts.
///
/// # Errors
/// [`problem::INVALID`] for categories that are too many or too long.
pub(crate) fn project(
    shared: &Shared,
    person: &Person,
    asked: &Asked<'_>,
) -> Result<Projections, Problem> {
    let names: Vec<&str> =
        asked.categories.unwrap_or(CATEGORIES).split(',').map(str::trim).collect();
    let too_long = names.iter().any(|name| name.len() > CATEGORY_BYTES_MAX);
    if names.len() > CATEGORIES_MAX || too_long {
        let detail = format!(
            "categories has at most {CATEGORIES_MAX} names of at most {CATEGORY_BYTES_MAX} bytes"
        );
        return Err(Problem::new(problem::INVALID, detail));
    }
    let allowed = whole(person, asked);
    let mode = ConsentMode::of(&allowed).iter();
    let shopify = Shopify::of(&allowed);
    let says = |topic: Topic| Some((topic.as_str(), shopify.get(topic)?));
    Ok(Projections {
        consent_mode: mode.map(|(kind, state)| (kind.as_str(), state.as_str())).collect(),
        shopify: Topic::ALL.into_iter().filter_map(says).collect(),
        segment: SegmentConsent {
            category_preferences: shared.signals.categories.preferences(&names, &allowed),
        },
    })
}

/// The purposes that are allowed with all of their parts.
fn whole(person: &Person, asked: &Asked<'_>) -> Allowed {
    let (subject, request, now) = (asked.subject, asked.circumstances, asked.now);
    let is_whole = |purpose: &PurposeName| {
        let part = |feature| person.judge_feature(subject, feature, request, now).is_ok();
        person.judge(subject, *purpose, request, now).is_ok() && Feature::of(*purpose).all(part)
    };
    PurposeName::ALL.into_iter().filter(is_whole).collect()
}
