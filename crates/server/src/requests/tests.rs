use consent::law;
use domain::date::day;
use rights::clock::Rules;
use rights::clock::period::{LastDay, Length};

use super::rules_of;

#[test]
fn the_clock_of_a_law_is_the_one_of_its_pack() {
    let on = day(2026, 11, 22);
    let eu = rules_of(law::law_for(Some("DE"), on));
    assert_eq!((eu.answer, eu.extension), (Length::Months(1), Some(Length::Months(2))));
    assert_eq!(eu.last_day, LastDay::NextBusinessDay);
    let ca = rules_of(law::law_for(Some("US-CA"), on));
    assert_eq!((ca.answer, ca.extension), (Length::Days(45), Some(Length::Days(45))));
    assert_eq!(ca.confirm, Some(Length::BusinessDays(10)));
    assert_eq!(rules_of(law::strictest()), Rules::STRICTEST);
}
