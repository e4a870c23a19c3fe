//! Which term of the vocabulary stands for which of our words (DPV 2.3).

use personal::evidence::{DecidedBy, RecordState};
use personal::kinds::ConsentEvidence;
use personal::purpose::PurposeName;
use personal::record::Category;
use serde_json::{Value, json};

/// The state of a choice, and the type of consent where one was expressed. Where only features were
/// switched or a period was chosen, that of the choice that stands, which `standing` gives.
pub(super) fn status(row: &ConsentEvidence, standing: Option<RecordState>) -> Value {
    let state = match row.state {
        RecordState::Switched
        | RecordState::Period
        | RecordState::Restricted
        | RecordState::Released => match standing {
            Some(RecordState::Given | RecordState::Renewed) => "dpv:ConsentGiven",
            Some(RecordState::Refused) => "dpv:ConsentRefused",
            Some(RecordState::Expired) => "dpv:ConsentExpired",
            Some(RecordState::Invalidated) => "dpv:ConsentInvalidated",
            Some(RecordState::Withdrawn | RecordState::Paused) => "dpv:ConsentWithdrawn",
            Some(
                RecordState::Requested
                | RecordState::Switched
                | RecordState::Period
                | RecordState::Restricted
                | RecordState::Released,
            )
            | None => "dpv:ConsentUnknown",
        },
        RecordState::Requested => "dpv:ConsentRequested",
        RecordState::Given => "dpv:ConsentGiven",
        RecordState::Renewed => "dpv:RenewedConsentGiven",
        RecordState::Refused => "dpv:ConsentRefused",
        // The vocabulary has no pause; nothing may be done meanwhile, as after a withdrawal.
        RecordState::Withdrawn | RecordState::Paused => "dpv:ConsentWithdrawn",
        RecordState::Expired => "dpv:ConsentExpired",
        RecordState::Invalidated => "dpv:ConsentInvalidated",
    };
    let yes = matches!(row.state, RecordState::Given | RecordState::Renewed);
    // What a shop asserts is not known to have been expressed.
    match yes && row.decided_by != DecidedBy::Shop {
        true => json!([state, "dpv:ExpressedConsent"]),
        false => json!(state),
    }
}

/// The vocabulary's term for a purpose, and the purpose in plain words.
pub const fn meaning(purpose: PurposeName) -> (&'static str, &'static str) {
    match purpose {
        PurposeName::Personalization => (
            "dpv:ProvidePersonalisedRecommendations",
            "recommendations and search from the person's own history",
        ),
        PurposeName::SharedLearning => {
            ("dpv:OptimisationForController", "closed visits teach the shop's models")
        }
        PurposeName::PrivateAggregates => {
            ("dpv:ServiceUsageAnalytics", "the device sends private aggregate reports")
        }
        PurposeName::Measurement => {
            ("dpv:ServiceUsageAnalytics", "visits are counted in statistics")
        }
        PurposeName::Marketing => ("dpv:DirectMarketing", "the shop writes to the person"),
        PurposeName::PersonalizedPricing => {
            ("dpv:Personalisation", "a price may depend on the person")
        }
        PurposeName::FraudPrevention => {
            ("dpv:FraudPreventionAndDetection", "payments and accounts are kept safe")
        }
        PurposeName::OrderFulfilment
        | PurposeName::Support
        | PurposeName::LegalObligation
        | PurposeName::LegalProof => ("dpv:Purpose", "what a contract or a law demands"),
    }
}

/// The vocabulary's term for a kind of data.
pub const fn category(category: Category) -> &'static str {
    match category {
        Category::PseudonymousBrowsing => "pd:BrowsingBehaviour",
        Category::StatedPreferences => "pd:Profile",
        Category::ContactDetails => "pd:EmailAddress",
        Category::ConsentRecord | Category::RightsRecord | Category::AccessLog => {
            "dpv:PersonalData"
        }
    }
}

/// The prefixes of the document.
pub(super) fn context() -> Value {
    json!({
        "dpv": "https://w3id.org/dpv#",
        "pd": "https://w3id.org/dpv/pd#",
        "loc": "https://w3id.org/dpv/loc#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "dct": "http://purl.org/dc/terms/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "schema": "https://schema.org/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    })
}
