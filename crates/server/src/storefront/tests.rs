//! The storefront has words for everything that the gate can say.

use personal::feature::Feature;
use personal::gate::Refusal;
use personal::signal::Signal;

/// Every refusal of the gate; one that is not here does not compile.
fn refusals() -> Vec<Refusal> {
    let plain = [
        Refusal::Child,
        Refusal::Expired,
        Refusal::FeatureNotAsked(Feature::PurchaseHistory),
        Refusal::FeatureOff(Feature::PurchaseHistory),
        Refusal::Missing,
        Refusal::Paused,
        Refusal::Refused,
        Refusal::Stranger,
        Refusal::TooOld,
        Refusal::Restricted,
        Refusal::Withdrawn,
    ];
    for refusal in plain {
        match refusal {
            Refusal::Child
            | Refusal::Expired
            | Refusal::FeatureNotAsked(_)
            | Refusal::FeatureOff(_)
            | Refusal::Missing
            | Refusal::Paused
            | Refusal::Refused
            | Refusal::Restricted
            | Refusal::Signal(_)
            | Refusal::Stranger
            | Refusal::TooOld
            | Refusal::Withdrawn => {}
        }
    }
    plain.into_iter().chain(Signal::ALL.map(Refusal::Signal)).collect()
}

#[test]
fn every_refusal_is_said_in_plain_words() {
    let words = include_str!("../../assets/storefront/words.js");
    let (_, list) = words.split_once("export const REFUSALS = {").unwrap();
    let (list, _) = list.split_once("};").unwrap();
    for refusal in refusals() {
        let code = refusal.code();
        let line = list.lines().find(|line| line.trim().starts_with(&format!("{code}: '")));
        assert!(line.is_some_and(|line| line.len() > 40), "words.js has no words for {code}");
    }
}
