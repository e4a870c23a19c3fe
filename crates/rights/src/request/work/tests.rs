use domain::id::{RequestId, RowId};
use personal::purpose::PurposeName;

use super::*;
use crate::request::act::{Asked, HoldBasis, Review, Step};
use crate::request::names::{Asker, PlatformId, StaffId};
use crate::request::open;

const T0: Timestamp = Timestamp::from_ms(1_795_000_000_000);

fn purpose(name: PurposeName) -> About {
    About::Scope(Scope::Purpose(name))
}

fn case(kind: Kind, about: About, acts: &[Act]) -> Case {
    let id = RequestId::from_bytes([1; 16]);
    let asked = Asked { id, kind, about, asker: Asker::Person, law: String::new() };
    let (_, case) = open(asked, T0).unwrap();
    acts.iter().fold(case, |case, act| case.next(act.clone(), T0).unwrap().1)
}

#[track_caller]
fn check(kind: Kind, about: About, acts: &[Act], expected: &Work) {
    assert_eq!(next(&case(kind, about, acts), T0, 30), *expected, "{kind:?} {acts:?}");
}

fn day(days: i64) -> Timestamp {
    T0.plus_ms(days * DAY_MS)
}

#[test]
fn what_only_protects_is_carried_out_at_once() {
    check(Kind::OptOut, About::EVERYTHING, &[], &Work::CarryOut);
    check(Kind::LimitUse, About::EVERYTHING, &[], &Work::CarryOut);
    check(Kind::Withdrawal, About::EVERYTHING, &[], &Work::CarryOut);
    check(Kind::Objection, purpose(PurposeName::Marketing), &[], &Work::CarryOut);
    let fraud = Step::Deny(Denial::SuspectedFraud);
    let forged = Act::Proposed { step: fraud, by: StaffId::parse("one").unwrap() };
    check(Kind::OptOut, About::EVERYTHING, &[forged], &Work::Staff(Desk::Approve));
}

#[test]
fn everything_else_is_acknowledged_proven_and_then_carried_out() {
    let all = About::EVERYTHING;
    let told = Act::Acknowledged {};
    let fresh = Act::Verified { strength: Strength::Fresh };
    check(Kind::Erasure, all, &[], &Work::Record(told.clone()));
    let ask = Act::VerificationAsked { strength: Strength::Fresh, until: day(30) };
    check(Kind::Erasure, all, std::slice::from_ref(&told), &Work::Record(ask.clone()));
    let waits = [told.clone(), ask];
    check(Kind::Erasure, all, &waits, &Work::Person { until: day(30) });
    let late = next(&case(Kind::Erasure, all, &waits), day(30), 30);
    let denial = Denial::InsufficientVerification;
    assert_eq!(late, Work::Record(Act::Denied { denial }));
    let proven = [told.clone(), fresh.clone()];
    check(Kind::Erasure, all, &proven, &Work::CarryOut);
    let started = Act::Started { rests: vec![] };
    check(Kind::Erasure, all, &[told.clone(), fresh.clone(), started], &Work::Finish);
    check(Kind::Erasure, all, &[Act::Revoked {}], &Work::Nothing);
    let clarify = Act::ClarificationAsked { until: day(9) };
    let asked = case(Kind::Access, all, &[told, fresh, clarify]);
    assert_eq!(next(&asked, day(8), 30), Work::Person { until: day(9) });
    assert_eq!(next(&asked, day(9), 30), Work::Record(Act::Expired {}));
}

#[test]
fn what_people_have_to_look_at_lies_on_their_desk() {
    let ready = [Act::Acknowledged {}, Act::Verified { strength: Strength::Fresh }];
    let row = About::One(RowId::from_bytes([1; 16]));
    check(Kind::HumanReview, row, &ready, &Work::Staff(Desk::Review));
    let fraud = purpose(PurposeName::FraudPrevention);
    check(Kind::Objection, fraud, &ready, &Work::Staff(Desk::Weigh));
    // What rests on consent is not weighed: no is no.
    check(Kind::Objection, purpose(PurposeName::Personalization), &ready, &Work::CarryOut);
    let staff = |name| StaffId::parse(name).unwrap();
    let step = Step::PlaceHold { hold: 1, basis: HoldBasis::LegalClaim };
    let placed = [Act::Proposed { step, by: staff("one") }, Act::Approved { by: staff("two") }];
    let held = [&ready[..], &placed[..]].concat();
    check(Kind::Erasure, About::EVERYTHING, &held, &Work::Staff(Desk::Held));
    let decide = Act::Proposed { step: Step::Decide(Review::Stands), by: staff("one") };
    let linked = Act::Verified { strength: Strength::Linked };
    let decided = [Act::Acknowledged {}, linked, decide];
    check(Kind::HumanReview, row, &decided, &Work::Staff(Desk::Approve));
    // Somebody doubts who asks: the approval has to wait, and the request does not lie.
    let doubt = Act::VerificationAsked { strength: Strength::Fresh, until: day(9) };
    let doubted = case(Kind::HumanReview, row, &[&decided[..], &[doubt]].concat());
    assert_eq!(next(&doubted, T0, 30), Work::Person { until: day(9) });
    let denial = Denial::InsufficientVerification;
    assert_eq!(next(&doubted, day(9), 30), Work::Record(Act::Denied { denial }));
}

#[test]
fn a_copy_for_a_platform_waits_until_the_shop_hands_it_over() {
    let id = RequestId::from_bytes([1; 16]);
    let from = |kind| {
        let asker = Asker::Platform(PlatformId::parse("shopify").unwrap());
        let asked = Asked { id, kind, about: About::EVERYTHING, asker, law: String::new() };
        let (_, case) = open(asked, T0).unwrap();
        let ready = [Act::Acknowledged {}, Act::Verified { strength: Strength::Fresh }];
        ready.iter().fold(case, |case, act| case.next(act.clone(), T0).unwrap().1)
    };
    let waits = from(Kind::Access);
    assert_eq!(next(&waits, T0, 30), Work::Staff(Desk::HandOver));
    let (_, begun) = waits.next(Act::Started { rests: vec![] }, T0).unwrap();
    assert_eq!(next(&begun, T0, 30), Work::Finish);
    assert_eq!(next(&from(Kind::Erasure), T0, 30), Work::CarryOut);
}

#[test]
fn the_time_to_prove_something_has_bounds() {
    let told = case(Kind::Access, About::EVERYTHING, &[Act::Acknowledged {}]);
    for (days, expected) in [(0, 1), (1, 1), (30, 30), (90, 90), (u32::MAX, 90)] {
        let Work::Record(act) = next(&told, T0, days) else { panic!("{days}") };
        let until = day(expected);
        assert_eq!(act, Act::VerificationAsked { strength: Strength::Fresh, until });
        assert!(told.next(act, T0).is_ok());
    }
}
