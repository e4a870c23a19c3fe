use super::{LawfulBasis, PurposeError, PurposeName};

#[test]
fn every_purpose_is_found_by_name_and_number() {
    for purpose in PurposeName::ALL {
        assert_eq!(PurposeName::parse(purpose.as_str()), Ok(purpose));
        assert_eq!(PurposeName::from_code(purpose.code()), Ok(purpose));
    }
    assert_eq!(PurposeName::parse("personalization"), Err(PurposeError));
    assert_eq!(PurposeName::from_code(0), Err(PurposeError));
}

#[test]
fn what_learns_or_serves_needs_consent() {
    for purpose in [
        PurposeName::Personalization,
        PurposeName::SharedLearning,
        PurposeName::PersonalizedPricing,
        PurposeName::Marketing,
    ] {
        assert_eq!(purpose.basis(), LawfulBasis::Consent, "{purpose:?}");
    }
}
