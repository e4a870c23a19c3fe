use std::collections::BTreeSet;

use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals};
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};

use super::{Statement, combine};
use crate::consent_mode::{ConsentMode, Kind, State};
use crate::gpp::Gpp;
use crate::gpp::section::Section;
use crate::shopify::Shopify;
use crate::signals::CategoryMap;
use crate::signals::allowed::on_consent;
use crate::tcf::denied::Denied;
use crate::us_privacy::UsPrivacy;

fn silent(_: &str) -> Denied {
    Denied::default()
}

/// A string of one section.
fn section(number: u16, text: &str) -> Statement {
    let section = Section::Unknown { number, text: text.to_owned() };
    gpp(&Gpp::new(vec![section]).unwrap().encode().unwrap())
}

fn gpp(text: &str) -> Statement {
    let read = Gpp::decode(text);
    Statement::gpp(read.as_ref().map_err(|error| *error), silent)
}

#[track_caller]
fn check(statement: &Statement, expected: &[(&str, &[PurposeName])]) {
    let said = statement.denials.iter();
    let said: Vec<_> = said.map(|denial| (denial.what.as_str(), denial.purposes.clone())).collect();
    let expected = expected.iter().map(|(what, purposes)| (*what, purposes.iter().copied()));
    let expected: Vec<_> =
        expected.map(|(what, purposes)| (what, purposes.collect::<BTreeSet<_>>())).collect();
    assert_eq!(said, expected);
}

fn everything() -> Vec<PurposeName> {
    on_consent().into_iter().collect()
}

#[test]
fn sections_of_the_us_deny_in_their_own_words() {
    use PurposeName::{Marketing, PersonalizedPricing, PrivateAggregates, SharedLearning};
    let all = everything();
    // California, opted out of sale; Virginia, opted out of targeted advertising only.
    check(&section(8, "BAQAAABA.QA"), &[("usca SaleOptOut", &all)]);
    check(
        &section(9, "BAEAABA"),
        &[("usva TargetedAdvertisingOptOut", &[Marketing, PersonalizedPricing])],
    );
    // Nothing but the sub-section of Global Privacy Control.
    check(&section(8, "BAAAAABA.YA"), &[("usca Gpc", &all)]);
    check(&section(8, "BAAAAABA.QA"), &[]);
    check(
        &section(7, "CVVVkkkkkklo.YA"),
        &[
            ("usnat SaleOptOut", &all),
            ("usnat SharingOptOut", &all),
            ("usnat TargetedAdvertisingOptOut", &[Marketing, PersonalizedPricing]),
            ("usnat Gpc", &all),
            ("usnat KnownChildSensitiveDataConsents", &all),
            ("usnat further use", &[SharedLearning, PrivateAggregates, PersonalizedPricing]),
        ],
    );
    check(&section(6, "1NYN"), &[("uspv1 opt-out of sale", &all)]);
    check(&section(6, "1YNN"), &[]);
}

#[test]
fn the_section_of_europe_is_read_by_its_own_room() {
    let text = "DBABM~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA";
    let read = Gpp::decode(text).unwrap();
    let seen = std::cell::RefCell::new(Vec::new());
    let tcf = |text: &str| {
        seen.borrow_mut().push(text.to_owned());
        Denied::default()
    };
    check(&Statement::gpp(Ok(&read), tcf), &[]);
    assert_eq!(seen.into_inner(), ["CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA"]);
}

#[test]
fn canada_denies_what_has_neither_consent() {
    use PurposeName::{
        Marketing, Measurement, Personalization, PersonalizedPricing, PrivateAggregates,
        SharedLearning,
    };
    let none = "BPSG_8APSG_8AAAAAAENAACAAAAAAAAAAAAAAAAAAA.YAAAAAAAAAA";
    check(
        &section(5, none),
        &[
            ("tcfcav1 purpose 5", &[Personalization]),
            ("tcfcav1 purpose 10", &[SharedLearning]),
            ("tcfcav1 purpose 9", &[PrivateAggregates]),
            ("tcfcav1 purpose 8", &[Measurement]),
            ("tcfcav1 purpose 3", &[Marketing]),
            ("tcfcav1 purpose 5", &[PersonalizedPricing]),
        ],
    );
    // The publisher has express consent to 1 to 3 and implied to 4 to 6; the core has more.
    let some = "BPSG_8APSG_8AAyACAENGdCgf_gQAAYAAABhADVqxGAD0AILVgAhoHCQAraVFg\
        .fAAAA4AAAao.JGUQA-5VDwkVGA";
    check(
        &section(5, some),
        &[
            ("tcfcav1 purpose 10", &[SharedLearning]),
            ("tcfcav1 purpose 9", &[PrivateAggregates]),
            ("tcfcav1 purpose 8", &[Measurement]),
        ],
    );
    let core = some.rsplitn(3, '.').nth(2).unwrap();
    check(
        &section(5, core),
        &[("tcfcav1 purpose 10", &[SharedLearning]), ("tcfcav1 purpose 9", &[PrivateAggregates])],
    );
}

#[test]
fn other_signals_deny_in_their_own_words() {
    use PurposeName::{Marketing, Measurement, Personalization, PersonalizedPricing};
    let all = everything();
    check(&Statement::gpc(), &[("Sec-GPC", &all)]);
    check(&Statement::us_privacy(UsPrivacy::decode("1YYN")), &[("opt-out of sale", &all)]);
    check(&Statement::us_privacy(UsPrivacy::decode("1---")), &[]);
    let mode = ConsentMode::default()
        .with(Kind::AdPersonalization, State::Denied)
        .with(Kind::AdStorage, State::Granted)
        .with(Kind::SecurityStorage, State::Denied);
    check(
        &Statement::consent_mode(Ok(mode)),
        &[("ad_personalization", &[Marketing, PersonalizedPricing])],
    );
    let said = Shopify::read(br#"{"preferences": "no", "marketing": "yes"}"#);
    check(&Statement::shopify(said), &[("preferences", &[Personalization])]);
    let said = Shopify::read(br#"{"saleOfDataAllowed": false}"#);
    check(&Statement::shopify(said), &[("sale_of_data", &all)]);
    let map = CategoryMap::default().with([("Counting", vec![Measurement])]).unwrap();
    let said = [("Counting".to_owned(), false), ("Advertising".to_owned(), true)];
    check(&Statement::tool(&map, &said), &[("Counting", &[Measurement])]);
}

#[test]
fn what_cannot_be_read_says_no_to_everything() {
    for (statement, what) in [
        (
            section(8, "Bw"),
            "cannot be read: section usca, field SaleOptOutNotice, bit 6: value 3 is reserved",
        ),
        (
            gpp("DBACOcGAxx"),
            "cannot be read: section header, field Sections, bit 41: bits follow the last field",
        ),
        (
            Statement::us_privacy(UsPrivacy::decode("1")),
            "cannot be read: us privacy string has 1 bytes, not 4",
        ),
        (
            Statement::consent_mode(ConsentMode::read(br#"{"ad_storage": 1}"#, None)),
            "cannot be read: ad_storage is neither granted nor denied",
        ),
        (Statement::shopify(Shopify::read(b"[]")), "cannot be read: text is no json object"),
        // A section that no specification names.
        (section(40, "x"), "section 40 is not known"),
    ] {
        let said: Vec<_> = statement.denials.iter().map(|one| one.what.as_str()).collect();
        assert_eq!(said, [what]);
        assert_eq!(statement.denials[0].purposes, on_consent());
    }
}

#[test]
fn every_signal_is_named_and_the_most_protective_wins() {
    use PurposeName::{Marketing, Measurement, Personalization};
    let mode = ConsentMode::default().with(Kind::AdStorage, State::Denied);
    let granted = ConsentMode::default().with(Kind::AnalyticsStorage, State::Granted);
    let combined = combine([
        Statement::consent_mode(Ok(mode)),
        section(9, "BAEAABA"),
        Statement::us_privacy(UsPrivacy::decode("1YNN")),
        Statement::consent_mode(Ok(granted)),
    ]);
    let seen = [Signal::Gpp, Signal::UsPrivacy, Signal::ConsentMode];
    assert_eq!(combined.seen().iter().collect::<Vec<_>>(), seen);
    assert_eq!(combined.statements().len(), 4);
    let against: Vec<_> = combined.against(Marketing).iter().collect();
    assert_eq!(against, [Signal::Gpp, Signal::ConsentMode]);
    let reasons: Vec<_> = combined.reasons(Marketing).collect();
    let expected =
        [(Signal::ConsentMode, "ad_storage"), (Signal::Gpp, "usva TargetedAdvertisingOptOut")];
    assert_eq!(reasons, expected);
    assert_eq!(combined.against(Personalization), Signals::NONE);
    assert_eq!(combined.reasons(Measurement).count(), 0);
    assert_eq!(combined.by_purpose().len(), 2, "Marketing and PersonalizedPricing");
}

fn any_statement() -> impl Strategy<Value = Statement> {
    let sections = vec!["BAQAAABA.QA", "BAAAAABA.YA", "BAAAAABA", "BwAAAAAA", "x"];
    let california = prop::sample::select(sections).prop_map(|s| section(8, s));
    let string = prop::sample::select(&["1YNN", "1YYN", "1---", "x"][..])
        .prop_map(|text| Statement::us_privacy(UsPrivacy::decode(text)));
    let mode = (prop::sample::select(&Kind::ALL[..]), any::<bool>()).prop_map(|(kind, yes)| {
        let state = if yes { State::Granted } else { State::Denied };
        Statement::consent_mode(Ok(ConsentMode::default().with(kind, state)))
    });
    let shop = prop::sample::select(&[r#"{"marketing":"no"}"#, r#"{"analytics":true}"#, "["][..])
        .prop_map(|text| Statement::shopify(Shopify::read(text.as_bytes())));
    let tool = any::<bool>().prop_map(|yes| {
        Statement::tool(&CategoryMap::default(), &[("Functional".to_owned(), yes)])
    });
    prop_oneof![Just(Statement::gpc()), california, string, mode, shop, tool]
}

proptest! {
    #[test]
    fn one_more_statement_never_takes_a_no_away(
        statements in prop::collection::vec(any_statement(), 0..6),
        more in any_statement(),
        at in any::<prop::sample::Index>(),
    ) {
        let before = combine(statements.clone());
        let mut all = statements;
        all.insert(at.index(all.len() + 1), more);
        let after = combine(all);
        for purpose in PurposeName::ALL {
            let kept = before.against(purpose).iter().all(|s| after.against(purpose).holds(s));
            assert!(kept, "{purpose:?}");
            assert!(before.reasons(purpose).count() <= after.reasons(purpose).count());
            assert_eq!(after.against(purpose) == Signals::NONE, after.reasons(purpose).count() == 0);
        }
        for signal in before.seen().iter() {
            assert!(after.seen().holds(signal));
        }
    }

    #[test]
    fn order_does_not_matter(
        statements in prop::collection::vec(any_statement(), 0..6).prop_shuffle(),
    ) {
        let mut turned = statements.clone();
        turned.reverse();
        let (one, other) = (combine(statements), combine(turned));
        assert_eq!(one.seen(), other.seen());
        for purpose in PurposeName::ALL {
            assert_eq!(one.against(purpose), other.against(purpose));
        }
    }
}
