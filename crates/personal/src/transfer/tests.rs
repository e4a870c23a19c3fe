use domain::date::day;
use domain::time::{Day, Timestamp};
use proptest::prelude::*;

use crate::purpose::PurposeName;
use crate::transfer::{
    CHECKED_DAYS_MAX, Decided, OtherController, Recipient, RecipientName, Role, Standing, Tool,
    TransferRefusal, decide, judge,
};

const PURPOSE: PurposeName = PurposeName::LegalObligation;

fn today() -> Day {
    day(2026, 11, 22)
}

fn now() -> Timestamp {
    today().start().plus_ms(1_000)
}

fn name(text: &str) -> RecipientName {
    RecipientName::parse(text).unwrap()
}

fn recipient(tool: Option<(Tool, Day)>) -> Recipient {
    Recipient { name: name("mailer"), role: Role::Processor, purposes: [PURPOSE].into(), tool }
}

fn decided(until: Option<Day>) -> Decided {
    Decided { source: "decision 1".to_owned(), until }
}

#[track_caller]
fn check(standing: &Standing, tool: Option<Tool>, expected: Result<&str, TransferRefusal>) {
    let found = judge(&recipient(tool.map(|tool| (tool, today()))), PURPOSE, standing, today());
    let words = found.map(|ground| ground.to_string());
    match (words, expected) {
        (Ok(words), Ok(part)) => assert!(words.contains(part), "{words}"),
        (found, expected) => assert_eq!(found.err(), expected.err(), "{standing:?} {tool:?}"),
    }
}

#[test]
fn chapter_five_as_a_table() {
    let (adequate, limited) = (Standing::Adequate(decided(None)), Standing::Limited(decided(None)));
    for tool in [None].into_iter().chain(Tool::ALL.map(Some)) {
        check(&Standing::Inside, tool, Ok("no transfer"));
        check(&adequate, tool, Ok("decision 1"));
    }
    for standing in [&limited, &Standing::Missing] {
        check(standing, None, Err(TransferRefusal::NoGround));
        check(standing, Some(Tool::Derogation), Err(TransferRefusal::Derogation));
        check(standing, Some(Tool::Clauses), Ok("standard contractual clauses"));
        check(standing, Some(Tool::BindingRules), Ok("Art. 46(2)(b)"));
        check(standing, Some(Tool::Code), Ok("Art. 46(2)(e)"));
        check(standing, Some(Tool::Certification), Ok("Art. 46(2)(f)"));
    }
    check(&limited, Some(Tool::Covered), Ok("covered by decision 1"));
    check(&Standing::Missing, Some(Tool::Covered), Err(TransferRefusal::NoGround));
}

#[test]
fn what_is_not_declared_is_refused() {
    let other = judge(&recipient(None), PurposeName::Support, &Standing::Inside, today());
    assert_eq!(other, Err(TransferRefusal::OtherPurpose));
    let role = decide::<OtherController>(&recipient(None), PURPOSE, &Standing::Inside, now());
    assert_eq!(role.err(), Some(TransferRefusal::OtherRole));
}

#[test]
fn a_tool_that_nobody_looked_at_for_a_year_is_none() {
    let on = |checked: Day| {
        let recipient = recipient(Some((Tool::Clauses, checked)));
        judge(&recipient, PURPOSE, &Standing::Missing, today()).err()
    };
    let number = today().number();
    assert_eq!(on(today()), None);
    assert_eq!(on(Day::from_number(number - CHECKED_DAYS_MAX)), None);
    assert_eq!(
        on(Day::from_number(number - CHECKED_DAYS_MAX - 1)),
        Some(TransferRefusal::Unchecked)
    );
    assert_eq!(on(today().plus(1)), Some(TransferRefusal::Unchecked), "a look to come is none");
}

#[test]
fn names_are_read_or_refused() {
    for good in ["mailer", "a", "mail-er_2", &"a".repeat(32)] {
        assert!(RecipientName::parse(good).is_some(), "{good}");
    }
    for bad in ["", "Mailer", "mail er", "m\u{e4}iler", &"a".repeat(33)] {
        assert!(RecipientName::parse(bad).is_none(), "{bad}");
    }
}

proptest! {
    /// A better standing never refuses what a worse one permits.
    #[test]
    fn a_decision_never_takes_away(
        tool in prop::option::of((prop::sample::select(Tool::ALL.to_vec()), 20_000u32..21_500)),
        today in 20_000u32..21_500,
    ) {
        let tool = tool.map(|(tool, day)| (tool, Day::from_number(day)));
        let standings = [
            Standing::Missing,
            Standing::Limited(decided(None)),
            Standing::Adequate(decided(None)),
            Standing::Inside,
        ];
        let judged = standings.map(|standing| {
            judge(&recipient(tool), PURPOSE, &standing, Day::from_number(today)).is_ok()
        });
        prop_assert!(judged.is_sorted());
    }
}
