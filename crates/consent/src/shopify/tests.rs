use personal::purpose::PurposeName;
use proptest::prelude::{any, prop, proptest};

use super::{Shopify, ShopifyError, TEXT_BYTES_MAX, Topic};
use crate::signals::allowed::Allowed;

#[track_caller]
fn check(text: &str, expected: [Option<bool>; 4]) {
    let read = Shopify::read(text.as_bytes()).unwrap();
    assert_eq!(Topic::ALL.map(|topic| read.get(topic)), expected, "{text}");
}

#[test]
fn the_three_forms_of_the_interface_are_read() {
    check(
        r#"{"analyticsProcessingAllowed": true, "marketingAllowed": false,
            "preferencesProcessingAllowed": true, "saleOfDataAllowed": false}"#,
        [Some(true), Some(false), Some(true), Some(false)],
    );
    check(
        r#"{"marketing": "yes", "analytics": "no", "preferences": "", "sale_of_data": "no"}"#,
        [Some(false), Some(true), None, Some(false)],
    );
    check(
        r#"{"analyticsAllowed": true, "marketingAllowed": true, "preferencesAllowed": null,
            "saleOfDataAllowed": true, "firstPartyMarketingAllowed": true}"#,
        [Some(true), Some(true), None, Some(true)],
    );
    check(r#"{"saleOfData": false}"#, [None, None, None, Some(false)]);
    check("{}", [None; 4]);
}

#[test]
fn of_two_names_for_one_topic_a_no_counts() {
    for (one, other) in [("true", "false"), ("false", "true")] {
        let text = format!(r#"{{"analytics": {one}, "analyticsAllowed": {other}}}"#);
        check(&text, [Some(false), None, None, None]);
    }
}

#[track_caller]
fn refuse(text: &str, expected: ShopifyError) {
    assert_eq!(Shopify::read(text.as_bytes()), Err(expected), "{text}");
}

#[test]
fn other_texts_are_refused() {
    refuse("", ShopifyError::Malformed);
    refuse("[]", ShopifyError::Malformed);
    refuse(r#"{"marketing": "maybe"}"#, ShopifyError::Value(Topic::Marketing));
    refuse(r#"{"analytics": 1}"#, ShopifyError::Value(Topic::Analytics));
    refuse(r#"{"sale_of_data": "NO"}"#, ShopifyError::Value(Topic::SaleOfData));
    let bytes = TEXT_BYTES_MAX + 1;
    refuse(&" ".repeat(bytes), ShopifyError::TooLong { bytes });
}

#[track_caller]
fn project(allowed: &[PurposeName], expected: &str) {
    let allowed: Allowed = allowed.iter().copied().collect();
    assert_eq!(Shopify::of(&allowed).tracking_consent(), expected);
}

/// Data is never said to be for sale.
#[test]
fn our_record_is_projected_on_four_topics() {
    project(
        &[],
        r#"{"analytics":false,"marketing":false,"preferences":false,"sale_of_data":false}"#,
    );
    project(
        &PurposeName::ALL,
        r#"{"analytics":true,"marketing":true,"preferences":true,"sale_of_data":false}"#,
    );
    project(
        &[PurposeName::Personalization, PurposeName::SharedLearning],
        r#"{"analytics":false,"marketing":false,"preferences":true,"sale_of_data":false}"#,
    );
}

proptest! {
    #[test]
    fn write_then_read_is_identity(said in prop::array::uniform4(any::<Option<bool>>())) {
        let said = Topic::ALL.into_iter().zip(said).filter_map(|(topic, yes)| Some((topic, yes?)));
        let said = said.fold(Shopify::default(), |all, (topic, yes)| all.with(topic, yes));
        assert_eq!(Shopify::read(said.tracking_consent().as_bytes()), Ok(said));
    }

    #[test]
    fn no_text_panics(text in r#"[{}":,a-zA-Z_]{0,60}"#) {
        if let Ok(said) = Shopify::read(text.as_bytes()) {
            assert_eq!(Shopify::read(said.tracking_consent().as_bytes()), Ok(said));
        }
    }
}
