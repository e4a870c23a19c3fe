use domain::date::day;
use proptest::prelude::*;

use super::*;

/// Lengths that Python's calendar and a plain walk over working days ended: from, count, unit, end,
/// end as moved to a working day, holidays.
const VECTORS: &str = include_str!("vectors.txt");

fn date(text: &str) -> Day {
    Date::parse(text).unwrap().0
}

fn calendar(holidays: &str) -> Calendar {
    let days = holidays.split(',').filter(|text| *text != "-").map(date);
    Calendar::new(days.collect()).unwrap()
}

#[test]
fn lengths_end_as_another_calendar_says() {
    for line in VECTORS.lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let count = fields[1].parse().unwrap();
        let length = match fields[2] {
            "days" => Length::Days(count),
            "business" => Length::BusinessDays(count),
            _ => Length::Months(count),
        };
        let calendar = calendar(fields[5]);
        let end = length.after(date(fields[0]), &calendar);
        assert_eq!(Date(end).to_string(), fields[3], "{line}");
        let moved = LastDay::NextBusinessDay.of(end, &calendar);
        assert_eq!(Date(moved).to_string(), fields[4], "{line}");
        assert_eq!(LastDay::AsItFalls.of(end, &calendar), end);
    }
    assert_eq!(VECTORS.lines().count(), 360);
}

#[track_caller]
fn check(from: &str, length: Length, last_day: LastDay, holidays: &str, expected: &str) {
    let calendar = calendar(holidays);
    let end = last_day.of(length.after(date(from), &calendar), &calendar);
    assert_eq!(Date(end).to_string(), expected, "{from} {length:?}");
}

#[test]
fn lengths_are_read_as_law_packs_write_them() {
    assert_eq!(Length::parse("45 days"), Ok(Length::Days(45)));
    assert_eq!(Length::parse("1 day"), Ok(Length::Days(1)));
    assert_eq!(Length::parse("10 business days"), Ok(Length::BusinessDays(10)));
    assert_eq!(Length::parse("1 month"), Ok(Length::Months(1)));
    assert_eq!(Length::parse("999 months"), Ok(Length::Months(999)));
    for text in ["", "45", "0 days", "1000 days", "+1 day", "72 hours", "1  day", " 1 day", "days"]
    {
        assert_eq!(Length::parse(text), Err(LengthError), "{text}");
    }
}

#[test]
fn a_month_of_the_gdpr_ends_as_the_regulation_counts() {
    let month = Length::Months(1);
    // The examples of guidance: the same number, or the last of a shorter month.
    check("2022-03-05", month, LastDay::AsItFalls, "-", "2022-04-05");
    check("2022-08-31", month, LastDay::AsItFalls, "-", "2022-09-30");
    check("2024-01-31", month, LastDay::AsItFalls, "-", "2024-02-29");
    check("2023-01-31", month, LastDay::AsItFalls, "-", "2023-02-28");
    check("2023-02-28", month, LastDay::AsItFalls, "-", "2023-03-28");
    // A Saturday ends on Monday, and on Tuesday when Monday is a holiday.
    check("2026-11-02", month, LastDay::NextBusinessDay, "-", "2026-12-02");
    check("2026-11-05", month, LastDay::NextBusinessDay, "-", "2026-12-07");
    check("2026-11-05", month, LastDay::NextBusinessDay, "2026-12-07", "2026-12-08");
    check("2026-11-25", month, LastDay::NextBusinessDay, "2026-12-25,2026-12-26", "2026-12-28");
}

#[test]
fn an_extension_is_one_period_with_what_it_extends() {
    let with = |length: Length, more, from| {
        Date(length.with(more, date(from), &Calendar::default())).to_string()
    };
    assert_eq!(with(Length::Months(1), Length::Months(2), "2026-01-31"), "2026-04-30");
    assert_eq!(with(Length::Days(45), Length::Days(45), "2026-01-01"), "2026-04-01");
    assert_eq!(with(Length::Months(1), Length::Days(10), "2026-01-31"), "2026-03-10");
}

#[test]
fn ten_business_days_skip_weekends_and_holidays() {
    let ten = Length::BusinessDays(10);
    check("2026-11-20", ten, LastDay::AsItFalls, "-", "2026-12-04");
    check("2026-11-20", ten, LastDay::AsItFalls, "2026-11-26", "2026-12-07");
    check("2026-11-21", ten, LastDay::AsItFalls, "-", "2026-12-04");
}

#[test]
fn a_calendar_has_a_size_and_an_end() {
    let days = |count| (0..count).map(Day::from_number).collect::<BTreeSet<Day>>();
    assert_eq!(Calendar::new(days(4_097)).map(|_| ()), Err(CalendarError));
    let calendar = Calendar::new(days(4_096)).unwrap();
    assert_eq!(calendar.working(Day::from_number(0)), Day::from_number(4_096));
    // Behind the last day that there is stands no working day; nothing runs for ever.
    let end = Day::from_number(u32::MAX);
    assert_eq!(Calendar::default().working(end), end);
    assert_eq!(Length::BusinessDays(9).after(end, &Calendar::default()), end);
    assert_eq!(Length::Days(9).after(end, &Calendar::default()), end);
}

/// The next day, by the rules of the calendar and nothing else.
fn tomorrow((year, month, of_month): (u32, u32, u32)) -> (u32, u32, u32) {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    match (of_month < length, month < 12) {
        (true, _) => (year, month, of_month + 1),
        (false, true) => (year, month + 1, 1),
        (false, false) => (year + 1, 1, 1),
    }
}

#[test]
fn every_month_of_a_century_ends_on_its_own_day() {
    let mut at = (1999, 12, 25);
    let calendar = Calendar::default();
    for _ in 0..40_000 {
        let (year, month, of_month) = at;
        let end = Length::Months(1).after(day(year, month, of_month), &calendar);
        // Walk to the next month, and in it to the same number or to its last day.
        let mut last = at;
        while last.1 == month {
            last = tomorrow(last);
        }
        while last.2 < of_month && tomorrow(last).1 == last.1 {
            last = tomorrow(last);
        }
        assert_eq!(end, day(last.0, last.1, last.2), "{at:?}");
        at = tomorrow(at);
    }
}

proptest! {
    /// A working day after the other: counted one by one, and never on a day off.
    #[test]
    fn working_days_are_counted(
        from in 0_u32..80_000,
        count in 0_u16..60,
        off in proptest::collection::btree_set(0_u32..120, 0..30),
    ) {
        let day = Day::from_number(from);
        let holidays = off.into_iter().map(|days| day.plus(days)).collect();
        let calendar = Calendar::new(holidays).unwrap();
        let end = Length::BusinessDays(count).after(day, &calendar);
        let worked = (from + 1..=end.number()).filter(|n| calendar.works(Day::from_number(*n)));
        prop_assert_eq!(worked.count(), usize::from(count));
        prop_assert!(count == 0 || calendar.works(end));
        let moved = calendar.working(end.plus(1));
        prop_assert!(calendar.works(moved) && moved > end);
    }

    /// Later questions are never due before earlier ones, in any unit.
    #[test]
    fn who_asks_later_is_answered_no_earlier(
        from in 0_u32..80_000,
        later in 0_u32..40,
        count in 0_u16..200,
        unit in 0_u8..3,
    ) {
        let length = match unit {
            0 => Length::Days(count),
            1 => Length::BusinessDays(count),
            _ => Length::Months(count),
        };
        let calendar = Calendar::default();
        let end = |day| LastDay::NextBusinessDay.of(length.after(day, &calendar), &calendar);
        let day = Day::from_number(from);
        prop_assert!(end(day) <= end(day.plus(later)));
        prop_assert!(end(day) >= day);
    }
}
