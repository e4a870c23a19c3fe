use domain::time::Day;
use personal::purpose::PurposeName;
use proptest::prelude::*;

use crate::law::PACKS;
use crate::law::diff::Shape;
use crate::law::explain::{Gpc, Missing, OnSignal, explain};
use domain::date::day;

#[track_caller]
fn check(
    (place, purpose): (Option<&str>, PurposeName),
    expected: (&str, Missing, OnSignal, Gpc),
    words: &[&str],
) {
    let said = explain(place, purpose, day(2026, 11, 22));
    assert_eq!((said.pack.id, said.missing, said.signal, said.gpc), expected);
    let text = said.to_string();
    for word in words {
        assert!(text.contains(word), "{word:?} is not in:\n{text}");
    }
    assert!(text.contains("not legal advice"), "{text}");
}

#[test]
fn what_counts_is_said_with_why_and_source() {
    use PurposeName::{FraudPrevention, OrderFulfilment, Personalization};
    let outranks = OnSignal::RefusesUnlessAcknowledged;
    let opt_in = ("eu-2018-05-25", Missing::Refused, outranks, Gpc::Unsaid);
    let words = ["DE belongs to EEA", "Art. 5(3)", "NOT VERIFIED", "a parent decides below 16"];
    check((Some("DE"), Personalization), opt_in, &words);
    let since = Gpc::Since(day(2023, 1, 1));
    let opt_out = ("us-ca-2026-01-01", Missing::AllowedUntilNo, outranks, since);
    let words = ["the pack names US-CA", "7025(c)(6)", "since 2023-01-01", "15 business days"];
    check((Some("US-CA"), Personalization), opt_out, &words);
    let rest = ("us-2023-07-01", Missing::AllowedUntilNo, outranks, Gpc::Unsaid);
    let words = ["this one names US", "Confidant honors it everywhere"];
    check((Some("US-WY"), Personalization), rest, &words);
    let unknown = ("strictest-1", Missing::Refused, OnSignal::Refuses, Gpc::Unsaid);
    check((None, Personalization), unknown, &["no place was said", "whatever was chosen"]);
    check((Some("XX"), Personalization), unknown, &["no pack names XX on 2026-11-22"]);
    let objection =
        ("eu-2018-05-25", Missing::AllowedUntilObjection, OnSignal::Nothing, Gpc::Unsaid);
    check((Some("FR"), FraudPrevention), objection, &["until the person objects"]);
    let contract = ("eu-2018-05-25", Missing::AllowedWithoutChoice, OnSignal::Nothing, Gpc::Unsaid);
    check((Some("FR"), OrderFulfilment), contract, &["a contract or a law demands it"]);
}

proptest! {
    /// What is explained is what the gate does.
    #[test]
    fn the_gate_agrees(
        pack in 0..PACKS.len(),
        purpose in prop::sample::select(PurposeName::ALL.to_vec()),
        number in 17_000u32..22_000,
    ) {
        let place = PACKS[pack].places.first().unwrap().as_str();
        let said = explain(Some(place), purpose, Day::from_number(number));
        let law = said.pack.law_of(purpose);
        let allowed = |shape: Shape| shape.judged(purpose, law).is_ok();
        prop_assert_eq!(allowed(Shape::Never), said.missing != Missing::Refused);
        let over = said.signal != OnSignal::Refuses;
        prop_assert_eq!(allowed(Shape::GivenOverSignal), over);
        prop_assert_eq!(allowed(Shape::GivenUnderSignal), said.signal == OnSignal::Nothing);
    }
}
