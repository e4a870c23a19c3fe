use domain::date;
use domain::id::RowId;
use domain::time::DAY_MS;
use personal::purpose::PurposeName;
use proptest::prelude::*;

use super::*;
use crate::plan::{Keeping, Plan, Scope};
use crate::request::act::{EVENT_BYTES_MAX, Review};
use crate::request::denial::Denial;
use crate::request::kind::About;
use crate::request::names::{AgentId, Asker};

const T0: Timestamp = Timestamp::from_ms(1_795_000_000_000);
const ROW: RowId = RowId::from_bytes([7; 16]);
const MARKETING: About = About::Scope(Scope::Purpose(PurposeName::Marketing));
const FRAUD: About = About::Scope(Scope::Purpose(PurposeName::FraudPrevention));

fn asked(kind: Kind, about: About) -> Asked {
    let id = RequestId::from_bytes([5; 16]);
    Asked { id, kind, about, asker: Asker::Person, law: "eu-2018-05-25".to_owned() }
}

fn staff(name: &str) -> StaffId {
    StaffId::parse(name).unwrap()
}

fn day(days: i64) -> Timestamp {
    T0.plus_ms(days * DAY_MS)
}

fn verified() -> Act {
    Act::Verified { strength: Strength::Fresh }
}

fn ask_proof() -> Act {
    Act::VerificationAsked { strength: Strength::Fresh, until: day(30) }
}

fn started() -> Act {
    Act::Started { rests: vec![] }
}

fn fulfilled() -> Act {
    Act::Fulfilled { results_until: None }
}

fn propose(step: Step) -> Act {
    Act::Proposed { step, by: staff("m-1") }
}

fn approve(by: &str) -> Act {
    Act::Approved { by: staff(by) }
}

fn hold_rest(hold: u32) -> Rest {
    Rest {
        what: "orders".to_owned(),
        why: RestReason::Hold(hold),
        basis: HoldBasis::LegalClaim.source().to_owned(),
        until: None,
    }
}

/// Walks acts, each a day after the other, and folds the events again.
fn walk(kind: Kind, about: About, acts: &[Act]) -> Result<Case, (usize, ActError)> {
    let (event, mut case) = open(asked(kind, about), T0).map_err(|error| (0, error))?;
    let mut events = vec![event];
    for (number, act) in (1_u8..).zip(acts) {
        let next = case.next(act.clone(), day(i64::from(number)));
        let (event, next) = next.map_err(|error| (usize::from(number), error))?;
        events.push(event);
        case = next;
    }
    let bodies: Vec<Vec<u8>> = events.iter().map(|event| event.to_body().unwrap()).collect();
    let mut read: Vec<Event> = bodies.iter().map(|b| Event::from_body(b).unwrap()).collect();
    read.reverse();
    assert_eq!(fold(&read), Ok(case.clone()));
    Ok(case)
}

#[track_caller]
fn check(kind: Kind, about: About, acts: &[Act], expected: State) {
    let case = walk(kind, about, acts);
    assert_eq!(case.map(|case| case.state()), Ok(expected), "{kind:?} {acts:?}");
}

/// The last act is refused, and all before it are not.
#[track_caller]
fn refuse(kind: Kind, about: About, acts: &[Act], expected: ActError) {
    let found = walk(kind, about, acts).map(|case| case.state());
    assert_eq!(found, Err((acts.len(), expected)), "{kind:?} {acts:?}");
}

#[test]
fn a_request_walks_to_its_end() {
    let all = About::EVERYTHING;
    check(Kind::Erasure, all, &[], State::Open);
    check(Kind::Erasure, all, &[Act::Acknowledged {}], State::InProgress);
    check(Kind::Erasure, all, &[ask_proof()], State::NeedsVerification);
    check(Kind::Erasure, all, &[ask_proof(), verified()], State::Open);
    check(Kind::Erasure, all, &[verified(), started()], State::Executing);
    check(Kind::Erasure, all, &[verified(), started(), fulfilled()], State::Fulfilled);
    check(Kind::OptOut, all, &[started(), fulfilled()], State::Fulfilled);
    check(Kind::Objection, MARKETING, &[started(), fulfilled()], State::Fulfilled);
    check(Kind::Access, all, &[Act::Revoked {}], State::Revoked);
    let clarify = Act::ClarificationAsked { until: day(20) };
    check(Kind::Access, all, std::slice::from_ref(&clarify), State::NeedsClarification);
    check(Kind::Access, all, &[clarify.clone(), Act::Clarified {}], State::Open);
    check(Kind::Access, all, &[clarify, Act::Revoked {}], State::Revoked);
    let into = RequestId::from_bytes([6; 16]);
    check(Kind::Access, all, &[Act::Merged { into }], State::Merged);
    let results = Act::Fulfilled { results_until: Some(day(9)) };
    check(Kind::Access, all, &[verified(), started(), results], State::Fulfilled);
}

#[test]
fn nothing_begins_without_proof_and_nothing_ends_that_did_not_begin() {
    let all = About::EVERYTHING;
    let linked = Act::Verified { strength: Strength::Linked };
    refuse(Kind::Erasure, all, &[started()], ActError::Unproven);
    refuse(Kind::Erasure, all, &[linked.clone(), started()], ActError::Unproven);
    refuse(Kind::Erasure, all, &[verified(), fulfilled()], ActError::NotStarted);
    refuse(Kind::Rectification, About::One(ROW), &[started()], ActError::Unproven);
    check(Kind::Rectification, About::One(ROW), &[linked, started()], State::Executing);
    refuse(Kind::Erasure, all, &[ask_proof(), started()], ActError::Waiting);
    refuse(Kind::Erasure, all, &[verified(), started(), started()], ActError::Again);
    refuse(Kind::Erasure, all, &[verified(), started(), Act::Revoked {}], ActError::Started);
    refuse(
        Kind::Erasure,
        all,
        &[verified(), started(), propose(Step::Deny(Denial::Excessive))],
        ActError::Started,
    );
    let results = Act::Fulfilled { results_until: Some(day(9)) };
    refuse(Kind::Erasure, all, &[verified(), started(), results], ActError::Results);
    let over = Act::Fulfilled { results_until: Some(day(1)) };
    refuse(Kind::Access, all, &[verified(), started(), over], ActError::Results);
}

#[test]
fn who_only_protects_is_never_asked_put_off_or_weighed() {
    for (kind, about) in [
        (Kind::OptOut, About::EVERYTHING),
        (Kind::LimitUse, About::EVERYTHING),
        (Kind::Withdrawal, About::EVERYTHING),
        (Kind::Objection, MARKETING),
    ] {
        refuse(kind, about, &[ask_proof()], ActError::Absolute);
        let clarify = Act::ClarificationAsked { until: day(20) };
        refuse(kind, about, &[clarify], ActError::Absolute);
        let later = Act::Extended { why: Delay::Complex, due: day(30).day() };
        refuse(kind, about, &[later], ActError::Absolute);
        for denial in Denial::ALL {
            let fraud = matches!(kind, Kind::OptOut | Kind::LimitUse);
            assert_eq!(denial.fits(kind, about), fraud && denial == Denial::SuspectedFraud);
        }
        refuse(kind, about, &[propose(Step::Deny(Denial::Excessive))], ActError::Denial);
        let plain = Act::Denied { denial: Denial::NoMatch };
        refuse(kind, about, &[plain], ActError::Denial);
    }
}

#[test]
fn proof_is_asked_for_in_proportion() {
    let row = About::One(ROW);
    let ask = |strength| Act::VerificationAsked { strength, until: day(30) };
    refuse(Kind::Access, About::EVERYTHING, &[ask(Strength::Linked)], ActError::Strength);
    refuse(Kind::Access, About::EVERYTHING, &[verified(), ask_proof()], ActError::Strength);
    // More where there is doubt; then more is needed.
    let linked = Act::Verified { strength: Strength::Linked };
    check(Kind::HumanReview, row, &[ask(Strength::Fresh)], State::NeedsVerification);
    refuse(
        Kind::Rectification,
        row,
        &[ask(Strength::Fresh), linked.clone(), started()],
        ActError::Waiting,
    );
    check(Kind::Rectification, row, &[linked, ask_proof(), verified()], State::Open);
    refuse(Kind::Access, About::EVERYTHING, &[ask_proof(), ask_proof()], ActError::Waiting);
    let long = Act::VerificationAsked { strength: Strength::Fresh, until: day(92) };
    refuse(Kind::Access, About::EVERYTHING, &[long], ActError::Until);
    let over = Act::VerificationAsked { strength: Strength::Fresh, until: day(1) };
    refuse(Kind::Access, About::EVERYTHING, &[over], ActError::Until);
    let nothing = Act::Verified { strength: Strength::Nothing };
    refuse(Kind::Access, About::EVERYTHING, &[nothing], ActError::Strength);
}

#[test]
fn who_does_not_answer_is_refused_only_when_the_time_is_over() {
    let all = About::EVERYTHING;
    let denied = || Act::Denied { denial: Denial::InsufficientVerification };
    let until = |days| Act::VerificationAsked { strength: Strength::Fresh, until: day(days) };
    refuse(Kind::Access, all, &[denied()], ActError::NotWaiting);
    refuse(Kind::Access, all, &[until(3), denied()], ActError::Early);
    check(Kind::Access, all, &[until(2), denied()], State::Denied);
    check(Kind::Access, all, &[until(3), Act::VerificationFailed {}, denied()], State::Denied);
    refuse(Kind::Access, all, &[Act::VerificationFailed {}], ActError::NotWaiting);
    let clarify = |days| Act::ClarificationAsked { until: day(days) };
    refuse(Kind::Access, all, &[clarify(3), Act::Expired {}], ActError::Early);
    check(Kind::Access, all, &[clarify(2), Act::Expired {}], State::Expired);
    refuse(Kind::Access, all, &[until(2), Act::Expired {}], ActError::NotWaiting);
    refuse(Kind::Access, all, &[Act::Clarified {}], ActError::NotWaiting);
    let pair = [clarify(8), Act::Clarified {}];
    let thrice = [&pair[..], &pair[..], &[clarify(8)]].concat();
    refuse(Kind::Access, all, &thrice, ActError::TooMuch);
}

#[test]
fn what_is_weighed_needs_two_people() {
    let all = About::EVERYTHING;
    let step = Step::Deny(Denial::Excessive);
    refuse(Kind::Access, all, &[Act::Denied { denial: Denial::Excessive }], ActError::NeedsTwo);
    check(Kind::Access, all, &[propose(step)], State::NeedsSecond);
    refuse(Kind::Access, all, &[propose(step), approve("m-1")], ActError::SamePerson);
    check(Kind::Access, all, &[propose(step), approve("m-2")], State::Denied);
    let case = walk(Kind::Access, all, &[propose(step), approve("m-2")]).unwrap();
    assert_eq!(case.decided_by, Some((staff("m-1"), staff("m-2"))));
    let reject = Act::Rejected { by: staff("m-1") };
    check(Kind::Access, all, &[propose(step), reject.clone()], State::Open);
    refuse(Kind::Access, all, &[reject], ActError::NoProposal);
    refuse(Kind::Access, all, &[approve("m-2")], ActError::NoProposal);
    refuse(Kind::Access, all, &[propose(step), propose(step)], ActError::Proposed);
    refuse(Kind::Access, all, &[verified(), propose(step), started()], ActError::Proposed);
    refuse(Kind::Access, all, &[propose(Step::Deny(Denial::NoMatch))], ActError::Step);
    refuse(Kind::Access, all, &[propose(Step::Decide(Review::Stands))], ActError::Step);
    let row = About::One(ROW);
    let decide = propose(Step::Decide(Review::Changed));
    refuse(Kind::HumanReview, row, std::slice::from_ref(&decide), ActError::Unproven);
    refuse(Kind::HumanReview, row, &[verified(), started()], ActError::NeedsTwo);
    check(Kind::HumanReview, row, &[verified(), decide, approve("m-2")], State::Fulfilled);
}

#[test]
fn a_hold_is_named_or_nothing_begins() {
    let all = About::EVERYTHING;
    let place = propose(Step::PlaceHold { hold: 1, basis: HoldBasis::LegalClaim });
    let lift = propose(Step::LiftHold { hold: 1 });
    let start = |rests: Vec<Rest>| Act::Started { rests };
    let held = [verified(), place.clone(), approve("m-2")];
    let with = |acts: &[Act]| [&held[..], acts].concat();
    refuse(Kind::Erasure, all, &with(&[started()]), ActError::Held);
    let both = vec![hold_rest(1), hold_rest(2)];
    refuse(Kind::Erasure, all, &with(&[start(both)]), ActError::Held);
    let one = start(vec![hold_rest(1)]);
    check(Kind::Erasure, all, &with(&[one.clone(), fulfilled()]), State::PartlyFulfilled);
    refuse(Kind::Erasure, all, &[verified(), one], ActError::Held);
    refuse(Kind::Erasure, all, &with(std::slice::from_ref(&place)), ActError::Hold);
    let lifted = with(&[lift.clone(), approve("m-3")]);
    check(Kind::Erasure, all, &[&lifted[..], &[started(), fulfilled()]].concat(), State::Fulfilled);
    refuse(
        Kind::Erasure,
        all,
        &[&lifted[..], std::slice::from_ref(&place)].concat(),
        ActError::Hold,
    );
    refuse(Kind::Erasure, all, &[lift], ActError::Hold);
    refuse(Kind::Access, all, &[place], ActError::Step);
}

#[test]
fn what_stays_has_a_reason_that_fits() {
    let keep = |until| Rest {
        what: "evidence of your choices".to_owned(),
        why: RestReason::Retention,
        basis: "GDPR Art. 17(3)(e)".to_owned(),
        until,
    };
    let until = Some(date::Date(date::day(2030, 1, 1)));
    let start = |rests: Vec<Rest>| Act::Started { rests };
    let all = About::EVERYTHING;
    let partly = [verified(), start(vec![keep(until)]), fulfilled()];
    check(Kind::Erasure, all, &partly, State::PartlyFulfilled);
    check(Kind::Withdrawal, all, &partly[1..], State::PartlyFulfilled);
    refuse(Kind::Erasure, all, &[verified(), start(vec![keep(None)])], ActError::Held);
    refuse(Kind::Access, all, &[verified(), start(vec![keep(until)])], ActError::Held);
    refuse(Kind::OptOut, all, &[start(vec![keep(until)])], ActError::Held);
    let others = Rest { why: RestReason::OthersRights, ..keep(None) };
    let shown = [verified(), start(vec![others.clone()]), fulfilled()];
    check(Kind::Access, all, &shown, State::PartlyFulfilled);
    refuse(Kind::Erasure, all, &[verified(), start(vec![others])], ActError::Held);
    let many = vec![keep(until); 65];
    refuse(Kind::Erasure, all, &[verified(), start(many)], ActError::TooMuch);
    let long = Rest { what: "x".repeat(201), ..keep(until) };
    refuse(Kind::Erasure, all, &[verified(), start(vec![long])], ActError::TooMuch);
}

#[test]
fn the_rests_of_a_plan_are_rests_of_the_request() {
    let keep = Keeping {
        table: "consent_evidence",
        what: "evidence of choices",
        purpose: PurposeName::LegalProof,
        basis: "GDPR Art. 17(3)(e)",
        until: date::day(2030, 1, 1),
    };
    let scope = Scope::Everything;
    let plan = Plan { scope, delete: vec![], destroy_keys: vec![], keep: vec![keep] };
    let acts = [verified(), Act::Started { rests: rests(&plan) }, fulfilled()];
    let case = walk(Kind::Erasure, About::EVERYTHING, &acts).unwrap();
    assert_eq!(case.state(), State::PartlyFulfilled);
    let duties = [Duty::TellAsker, Duty::NameRemedies, Duty::TellRecipients];
    assert_eq!(case.duties(), BTreeSet::from(duties));
}

#[test]
fn an_extension_is_told_inside_the_first_period_and_once() {
    let all = About::EVERYTHING;
    let extend = |due| Act::Extended { why: Delay::ManyRequests, due: day(due).day() };
    check(Kind::Access, all, &[extend(1)], State::Open);
    refuse(Kind::Access, all, &[extend(0)], ActError::Late);
    refuse(Kind::Access, all, &[extend(9), extend(9)], ActError::Again);
}

#[test]
fn who_contests_is_believed_for_the_time_being() {
    let linked = Act::Verified { strength: Strength::Linked };
    let row = About::One(ROW);
    let rests = |kind, about, acts: &[Act]| walk(kind, about, acts).unwrap().restricts();
    assert!(!rests(Kind::Rectification, row, &[]));
    assert!(rests(Kind::Rectification, row, std::slice::from_ref(&linked)));
    assert!(rests(Kind::Objection, FRAUD, std::slice::from_ref(&linked)));
    assert!(rests(Kind::Objection, MARKETING, &[]));
    assert!(!rests(Kind::Objection, FRAUD, &[linked.clone(), Act::Revoked {}]));
    assert!(!rests(Kind::Access, About::EVERYTHING, &[linked]));
}

#[test]
fn what_a_request_can_be_about_is_checked() {
    let wrong = [
        (Kind::Objection, About::EVERYTHING),
        (Kind::OptOut, MARKETING),
        (Kind::Rectification, About::EVERYTHING),
        (Kind::HumanReview, MARKETING),
        (Kind::Erasure, About::Categories),
        (Kind::Withdrawal, About::One(ROW)),
    ];
    for (kind, about) in wrong {
        assert_eq!(open(asked(kind, about), T0).map(|_| ()), Err(ActError::About), "{kind:?}");
    }
    for kind in Kind::ALL {
        let some = [About::EVERYTHING, About::Categories, About::One(ROW), MARKETING];
        assert!(some.into_iter().any(|about| about.fits(kind)), "{kind:?}");
        assert_eq!(Kind::parse(kind.as_str()), Ok(kind));
        assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.as_str()));
    }
    assert_eq!(Kind::parse("Access"), Err(kind::KindError));
    for about in [About::EVERYTHING, About::Categories, About::One(ROW), MARKETING] {
        assert_eq!(About::try_from(about.to_string()), Ok(about));
    }
    assert!(About::try_from("one:7".to_owned()).is_err());
}

#[test]
fn the_same_request_of_the_same_asker_goes_on() {
    let (_, case) = open(asked(Kind::Access, About::EVERYTHING), T0).unwrap();
    let other = Asked { id: RequestId::from_bytes([9; 16]), ..case.asked.clone() };
    assert_eq!(same(&other, [&case]), Some(case.asked.id));
    let agent = Asker::Agent(AgentId::parse("AGENT_ONE").unwrap());
    assert_eq!(same(&Asked { asker: agent, ..other.clone() }, [&case]), None);
    assert_eq!(same(&Asked { kind: Kind::Erasure, ..other.clone() }, [&case]), None);
    let (_, again) = case.next(Act::AskedAgain {}, day(1)).unwrap();
    assert_eq!(again.asked_again, 1);
    let (_, ended) = again.next(Act::Revoked {}, day(2)).unwrap();
    assert_eq!(same(&other, [&ended]), None);
    assert_eq!(asked_since(Kind::Access, T0.day(), [&case, &ended]), 2);
    assert_eq!(asked_since(Kind::Access, day(1).day(), [&case, &ended]), 0);
    let itself = Act::Merged { into: case.asked.id };
    assert_eq!(case.next(itself, T0).map(|_| ()), Err(ActError::Itself));
}

#[test]
fn a_clock_that_runs_back_makes_no_event_older() {
    let (event, case) = open(asked(Kind::Access, About::EVERYTHING), day(1)).unwrap();
    let (next, _) = case.next(Act::Acknowledged {}, T0).unwrap();
    assert_eq!(next.at, day(1));
    assert!(fold(&[event, next]).is_ok());
}

#[test]
fn events_that_do_not_fit_together_are_refused() {
    let (first, case) = open(asked(Kind::Access, About::EVERYTHING), day(1)).unwrap();
    let (second, _) = case.next(Act::Acknowledged {}, day(2)).unwrap();
    let event = |number, at, act| Event::new(number, at, act);
    assert_eq!(fold(&[]), Err(FoldError::Beginning));
    assert_eq!(fold([&second]), Err(FoldError::Beginning));
    let late = event(1, first.at, first.act.clone());
    assert_eq!(fold([&late]), Err(FoldError::Gap(0)));
    assert_eq!(fold([&first, &second, &second]), Err(FoldError::Gap(2)));
    let third = event(3, day(3), Act::Revoked {});
    assert_eq!(fold([&first, &second, &third]), Err(FoldError::Gap(2)));
    let old = event(1, T0, Act::Acknowledged {});
    assert_eq!(fold([&first, &old]), Err(FoldError::Time(1)));
    let wrong = event(1, day(2), Act::Clarified {});
    assert_eq!(fold([&first, &wrong]), Err(FoldError::Act(1, ActError::NotWaiting)));
    let received = event(1, day(2), first.act.clone());
    assert_eq!(fold([&first, &received]), Err(FoldError::Act(1, ActError::Again)));
}

#[test]
fn a_request_has_an_end_to_its_events() {
    let (_, mut case) = open(asked(Kind::Access, About::EVERYTHING), T0).unwrap();
    while let Ok((_, next)) = case.next(Act::AskedAgain {}, T0) {
        case = next;
    }
    assert_eq!(case.events, EVENTS_MAX);
    assert_eq!(case.next(Act::AskedAgain {}, T0).map(|_| ()), Err(ActError::TooMuch));
}

/// The stored form of every act. A change of a line is a new format.
const STORED: &str = include_str!("tests/events.jsonl");

#[test]
fn stored_events_are_read_for_ever() {
    let mut acts = 0;
    for line in STORED.lines() {
        let event = Event::from_body(line.as_bytes()).expect(line);
        assert_eq!(String::from_utf8(event.to_body().unwrap()).unwrap(), line);
        acts += 1;
    }
    assert_eq!(acts, 24);
}

#[test]
fn what_is_no_event_is_refused() {
    let line = STORED.lines().next().unwrap();
    for (from, to) in [
        ("\"format\":1", "\"format\":2"),
        ("\"number\"", "\"nummer\""),
        ("\"kind\":\"erasure\"", "\"kind\":\"Erasure\""),
        ("\"kind\"", "\"name\":\"Anna\",\"kind\""),
        ("everything", "nothing"),
        ("\"person\"", "\"persona\""),
    ] {
        let wrong = line.replacen(from, to, 1);
        assert_ne!(wrong, line, "{from}");
        assert_eq!(Event::from_body(wrong.as_bytes()), Err(act::EventError), "{wrong}");
    }
    let padded = format!("{line}{}", " ".repeat(EVENT_BYTES_MAX));
    assert_eq!(Event::from_body(padded.as_bytes()), Err(act::EventError));
}

#[test]
fn names_are_read_or_refused_and_staff_stay_out_of_logs() {
    for text in ["m-1", "A_B.c", &"a".repeat(64)] {
        assert_eq!(StaffId::parse(text).map(|name| name.as_str().to_owned()), Ok(text.to_owned()));
        assert!(AgentId::parse(text).is_ok());
    }
    for text in ["", "anna@shop.example", "a b", "\u{e4}", &"a".repeat(65)] {
        assert_eq!(StaffId::parse(text), Err(names::NameError));
        assert_eq!(AgentId::parse(text), Err(names::NameError));
    }
    let case = walk(Kind::Access, About::EVERYTHING, &[propose(Step::Deny(Denial::Unfounded))]);
    let case = case.unwrap();
    assert!(!format!("{case:?} {:?}", ActError::SamePerson).contains("m-1"));
}

#[test]
fn every_refusal_says_why_and_by_which_article() {
    for denial in Denial::ALL {
        assert_eq!(serde_json::to_string(&denial).unwrap(), format!("\"{}\"", denial.as_str()));
        assert!(denial.sentence().ends_with('.'));
        assert!(!denial.source().is_empty());
        let fits = Kind::ALL.into_iter().any(|kind| {
            let abouts = [About::EVERYTHING, About::One(ROW), FRAUD];
            abouts.into_iter().any(|about| about.fits(kind) && denial.fits(kind, about))
        });
        assert!(fits, "{denial:?} fits nothing");
    }
}

proptest! {
    /// No bytes make the reader panic, and what it reads it writes again alike.
    #[test]
    fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(event) = Event::from_body(&body) {
            prop_assert_eq!(Event::from_body(&event.to_body().unwrap()), Ok(event));
        }
    }

    /// A stored line with one byte changed is refused, or is an event of its own.
    #[test]
    fn no_changed_byte_panics(line in 0_usize..24, at in 0_usize..400, byte in any::<u8>()) {
        let mut body = STORED.lines().nth(line).unwrap().as_bytes().to_vec();
        let length = body.len();
        body[at % length] = byte;
        if let Ok(event) = Event::from_body(&body) {
            let received = event.number == 0 && matches!(event.act, Act::Received { .. });
            prop_assert!(received || fold([&event]).is_err());
            prop_assert_eq!(Event::from_body(&event.to_body().unwrap()), Ok(event));
        }
    }
}
