use domain::date::Date;
use domain::id::RequestId;
use personal::purpose::PurposeName;
use proptest::prelude::*;

use super::*;
use crate::plan::Scope;
use crate::proof::Strength;
use crate::request::act::Asked;
use crate::request::kind::{About, Kind};
use crate::request::names::Asker;
use crate::request::open;

/// GDPR: one month, two more, the clock stands while the person is asked.
const GDPR: Rules = Rules {
    confirm: None,
    answer: Length::Months(1),
    extension: Some(Length::Months(2)),
    opt_out: Length::BusinessDays(15),
    waiting: Waiting::Stops,
    last_day: LastDay::NextBusinessDay,
};
/// California: ten business days to confirm, 45 days, 45 more, the clock runs.
const CALIFORNIA: Rules = Rules {
    confirm: Some(Length::BusinessDays(10)),
    answer: Length::Days(45),
    extension: Some(Length::Days(45)),
    opt_out: Length::BusinessDays(15),
    waiting: Waiting::Runs,
    last_day: LastDay::AsItFalls,
};

fn date(text: &str) -> Day {
    Date::parse(text).unwrap().0
}

fn noon(text: &str) -> Timestamp {
    date(text).start().plus_ms(12 * 3_600_000)
}

fn case(kind: Kind, from: &str, acts: &[(&str, Act)]) -> Case {
    let about = if kind == Kind::Objection {
        About::Scope(Scope::Purpose(PurposeName::Marketing))
    } else {
        About::EVERYTHING
    };
    let id = RequestId::from_bytes([1; 16]);
    let asked = Asked { id, kind, about, asker: Asker::Person, law: String::new() };
    let (_, case) = open(asked, noon(from)).unwrap();
    acts.iter().fold(case, |case, (at, act)| case.next(act.clone(), noon(at)).unwrap().1)
}

/// A request of any kind, about something that fits.
fn case_of(kind: Kind, from: &str) -> Case {
    match kind {
        Kind::Rectification | Kind::HumanReview => {
            let about = About::One(domain::id::RowId::from_bytes([1; 16]));
            let id = RequestId::from_bytes([1; 16]);
            let asked = Asked { id, kind, about, asker: Asker::Person, law: String::new() };
            open(asked, noon(from)).unwrap().1
        }
        Kind::Access
        | Kind::Portability
        | Kind::Erasure
        | Kind::Restriction
        | Kind::Objection
        | Kind::OptOut
        | Kind::LimitUse
        | Kind::Withdrawal => case(kind, from, &[]),
    }
}

fn clarify(until: &str) -> Act {
    Act::ClarificationAsked { until: noon(until) }
}

#[track_caller]
fn check(rules: &Rules, case: &Case, today: &str, due: &str, level: Level) {
    let dial = read(case, rules, &Calendar::default(), Alarms::DEFAULT, date(today));
    assert_eq!(Date(dial.answer.due).to_string(), due, "{today}");
    assert_eq!(dial.level, level, "{today}");
}

#[test]
fn the_gdpr_has_a_month_and_two_more() {
    let asked = case(Kind::Access, "2026-11-02", &[]);
    check(&GDPR, &asked, "2026-11-02", "2026-12-02", Level::Calm);
    check(&GDPR, &asked, "2026-11-24", "2026-12-02", Level::Calm);
    check(&GDPR, &asked, "2026-11-25", "2026-12-02", Level::Remind);
    check(&GDPR, &asked, "2026-11-30", "2026-12-02", Level::Escalate);
    check(&GDPR, &asked, "2026-12-02", "2026-12-02", Level::Escalate);
    check(&GDPR, &asked, "2026-12-03", "2026-12-02", Level::Overdue);
    let calendar = Calendar::default();
    let act = extension(&asked, Delay::Complex, (&GDPR, &calendar), date("2026-12-02")).unwrap();
    let (_, extended) = asked.next(act, noon("2026-12-02")).unwrap();
    check(&GDPR, &extended, "2026-12-03", "2027-02-02", Level::Calm);
    let late = extension(&asked, Delay::Complex, (&GDPR, &calendar), date("2026-12-03"));
    assert_eq!(late, Err(ExtensionError::Late));
    let again = extension(&extended, Delay::Complex, (&GDPR, &calendar), date("2026-12-03"));
    assert_eq!(again, Err(ExtensionError::Again));
    let none = Rules { extension: None, ..GDPR };
    let none = extension(&asked, Delay::Complex, (&none, &calendar), date("2026-11-03"));
    assert_eq!(none, Err(ExtensionError::None));
}

#[test]
fn california_confirms_in_ten_business_days_and_answers_in_45() {
    let asked = case(Kind::Erasure, "2026-11-02", &[]);
    let calendar = Calendar::default();
    let dial =
        |case: &Case, today| read(case, &CALIFORNIA, &calendar, Alarms::DEFAULT, date(today));
    let confirm = dial(&asked, "2026-11-03").acknowledge.unwrap();
    assert_eq!(confirm, Mark { due: date("2026-11-16"), met: None });
    check(&CALIFORNIA, &asked, "2026-11-08", "2026-12-17", Level::Calm);
    check(&CALIFORNIA, &asked, "2026-11-09", "2026-12-17", Level::Remind);
    check(&CALIFORNIA, &asked, "2026-11-17", "2026-12-17", Level::Overdue);
    let told = case(Kind::Erasure, "2026-11-02", &[("2026-11-05", Act::Acknowledged {})]);
    check(&CALIFORNIA, &told, "2026-11-17", "2026-12-17", Level::Calm);
    let why = Delay::ManyRequests;
    let act = extension(&told, why, (&CALIFORNIA, &calendar), date("2026-12-17")).unwrap();
    let (_, extended) = told.next(act, noon("2026-12-17")).unwrap();
    check(&CALIFORNIA, &extended, "2026-12-18", "2027-01-31", Level::Calm);
    assert_eq!(dial(&extended, "2026-12-18").extend_by, None);
    assert_eq!(dial(&told, "2026-12-17").extend_by, Some(date("2026-12-17")));
    assert_eq!(dial(&told, "2026-12-18").extend_by, None);
    // Who was refused at once needs no word that the request arrived.
    let none = Act::Denied { denial: crate::request::denial::Denial::NoMatch };
    let refused = case(Kind::Erasure, "2026-11-02", &[("2026-11-03", none)]);
    check(&CALIFORNIA, &refused, "2026-11-30", "2026-12-17", Level::Done);
    assert!(!dial(&refused, "2026-11-30").acknowledge.unwrap().is_late(date("2026-11-30")));
}

#[test]
fn what_nobody_may_weigh_has_the_short_clock_and_no_extension() {
    for kind in [Kind::OptOut, Kind::LimitUse, Kind::Withdrawal, Kind::Objection] {
        let asked = case(kind, "2026-11-02", &[]);
        for rules in [GDPR, CALIFORNIA] {
            check(&rules, &asked, "2026-11-03", "2026-11-23", Level::Calm);
            let calendar = Calendar::default();
            let dial = read(&asked, &rules, &calendar, Alarms::DEFAULT, date("2026-11-03"));
            assert_eq!((dial.acknowledge, dial.extend_by), (None, None));
            let act = extension(&asked, Delay::Complex, (&rules, &calendar), date("2026-11-03"));
            assert_eq!(act, Err(ExtensionError::None));
        }
    }
}

#[test]
fn the_clock_stands_while_it_is_the_persons_turn_where_the_law_says_so() {
    let waits = case(Kind::Access, "2026-11-02", &[("2026-11-10", clarify("2026-12-10"))]);
    check(&GDPR, &waits, "2026-11-10", "2026-12-02", Level::Stopped);
    check(&GDPR, &waits, "2026-11-20", "2026-12-14", Level::Stopped);
    let told = Rules { confirm: None, ..CALIFORNIA };
    check(&told, &waits, "2026-11-20", "2026-12-17", Level::Calm);
    let said = case(
        Kind::Access,
        "2026-11-02",
        &[("2026-11-10", clarify("2026-12-10")), ("2026-11-17", Act::Clarified {})],
    );
    check(&GDPR, &said, "2026-11-20", "2026-12-09", Level::Calm);
    check(&told, &said, "2026-11-20", "2026-12-17", Level::Calm);
    // Who asks when the answer is late already gains nothing.
    let late = case(Kind::Access, "2026-11-02", &[("2026-12-03", clarify("2026-12-20"))]);
    check(&GDPR, &late, "2026-12-10", "2026-12-02", Level::Overdue);
}

#[test]
fn an_answer_that_came_late_stays_late() {
    let acts = [
        ("2026-12-03", Act::Verified { strength: Strength::Fresh }),
        ("2026-12-03", Act::Started { rests: vec![] }),
        ("2026-12-03", Act::Fulfilled { results_until: None }),
    ];
    let late = case(Kind::Access, "2026-11-02", &acts);
    check(&GDPR, &late, "2027-01-01", "2026-12-02", Level::Done);
    let dial = read(&late, &GDPR, &Calendar::default(), Alarms::DEFAULT, date("2027-01-01"));
    assert_eq!(dial.answer.met, Some(date("2026-12-03")));
    assert!(dial.answer.is_late(date("2027-01-01")));
}

#[test]
fn reminders_come_once_each() {
    let asked = case(Kind::Access, "2026-11-02", &[]);
    let calendar = Calendar::default();
    let told = |rules: &Rules, case: &Case, after, upto| {
        let days = (date(after), date(upto));
        let all = reminders(case, (rules, &calendar), Alarms::DEFAULT, days);
        all.into_iter()
            .map(|one| format!("{} {:?} {}", Date(one.day), one.of, one.level.as_str()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        told(&CALIFORNIA, &asked, "2026-11-02", "2027-01-01"),
        [
            "2026-11-09 Acknowledgment remind",
            "2026-11-14 Acknowledgment escalate",
            "2026-11-17 Acknowledgment overdue",
            "2026-12-10 Answer remind",
            "2026-12-15 Answer escalate",
            "2026-12-18 Answer overdue",
        ]
    );
    assert_eq!(told(&GDPR, &asked, "2026-11-25", "2026-11-30"), ["2026-11-30 Answer escalate"]);
    let waits = case(Kind::Access, "2026-11-02", &[("2026-11-10", clarify("2026-12-10"))]);
    assert!(told(&GDPR, &waits, "2026-11-02", "2027-01-01").is_empty());
    let done = case(Kind::Access, "2026-11-02", &[("2026-11-03", Act::Revoked {})]);
    assert!(told(&CALIFORNIA, &done, "2026-11-02", "2027-01-01").is_empty());
}

fn rules() -> impl Strategy<Value = Rules> {
    (0_u8..2, 1_u16..60, any::<bool>()).prop_map(|(law, days, more)| {
        let law = if law == 0 { GDPR } else { CALIFORNIA };
        let answer = if days < 4 { Length::Months(days) } else { Length::Days(days) };
        Rules { answer, extension: law.extension.filter(|_| more), ..law }
    })
}

proptest! {
    /// However the looks are spread over the days, each reminder comes once and on its day.
    #[test]
    fn looks_add_up(
        rules in rules(),
        looks in proptest::collection::btree_set(20_750_u32..20_900, 1..12),
    ) {
        let asked = case(Kind::Access, "2026-11-02", &[]);
        let calendar = Calendar::default();
        let days: Vec<Day> = looks.into_iter().map(Day::from_number).collect();
        let look = |after, upto| {
            reminders(&asked, (&rules, &calendar), Alarms::DEFAULT, (after, upto))
        };
        let one_by_one: Vec<Reminder> =
            days.windows(2).flat_map(|pair| look(pair[0], pair[1])).collect();
        prop_assert_eq!(one_by_one, look(days[0], *days.last().unwrap()));
    }

    /// The level never falls from one day to the next, and it is late exactly after the last day.
    #[test]
    fn nothing_becomes_less_urgent_by_waiting(rules in rules(), remind in 0_u16..30) {
        let asked = case(Kind::Access, "2026-11-02", &[]);
        let alarms = Alarms { remind_days: remind, escalate_days: remind / 3 };
        let calendar = Calendar::default();
        let mut before = Level::Done;
        for days in 0..200 {
            let today = date("2026-11-02").plus(days);
            let dial = read(&asked, &rules, &calendar, alarms, today);
            prop_assert!(dial.level >= before);
            let late = dial.answer.is_late(today);
            prop_assert_eq!(late, today > dial.answer.due);
            prop_assert!(!late || dial.level == Level::Overdue);
            before = dial.level;
        }
    }

    /// Where no law is known, nothing is due later than under any law.
    #[test]
    fn the_strictest_clock_is_never_the_slower_one(from in 20_000_u32..40_000, kind in 0_usize..10) {
        let received = Date(Day::from_number(from)).to_string();
        let asked = case_of(Kind::ALL[kind], &received);
        let calendar = Calendar::default();
        let due = |rules: &Rules| {
            let today = Day::from_number(from);
            let dial = read(&asked, rules, &calendar, Alarms::DEFAULT, today);
            (dial.answer.due, dial.acknowledge.map_or(Day::from_number(u32::MAX), |mark| mark.due))
        };
        let strictest = due(&Rules::STRICTEST);
        for rules in [GDPR, CALIFORNIA] {
            prop_assert!(strictest.0 <= due(&rules).0 && strictest.1 <= due(&rules).1);
        }
    }

    /// A wait moves the last day by its own days where the clock stands, else not at all.
    #[test]
    fn a_wait_moves_only_what_it_took(since in 0_u32..60, days in 0_u32..60, stops: bool) {
        let waiting = if stops { Waiting::Stops } else { Waiting::Runs };
        let rules = Rules { waiting, last_day: LastDay::AsItFalls, ..GDPR };
        let calendar = Calendar::default();
        let asked = case(Kind::Access, "2026-11-02", &[]);
        let from = date("2026-11-02").plus(since);
        let asks = Act::ClarificationAsked { until: from.plus(90).start() };
        let (_, waits) = asked.next(asks, from.start()).unwrap();
        let (_, said) = waits.next(Act::Clarified {}, from.plus(days).start()).unwrap();
        let due = |case: &Case| {
            read(case, &rules, &calendar, Alarms::DEFAULT, from.plus(days)).answer.due
        };
        let moved = stops && from <= due(&asked);
        prop_assert_eq!(due(&said), due(&asked).plus(if moved { days } else { 0 }));
        // The last look at the open wait and the first one after it agree.
        prop_assert_eq!(due(&waits), due(&said));
    }
}
