use domain::time::{DAY_MS, Day, Timestamp};

use super::{KEEP_DAYS_MIN, Keep, is_chosen};
use crate::gate::Choices;
use crate::kinds::{DECLARATIONS, HistoryEvent, LearningEvent};
use crate::purpose::PurposeName;
use crate::record::Stored as _;

#[test]
fn a_period_of_ones_own_is_never_longer_than_the_declared_one() {
    for declaration in &DECLARATIONS {
        let written = Day::from_number(1_000);
        let declared = declaration.expires(written);
        assert_eq!(Keep::Declared.ends(declaration, declared), declared);
        for days in [KEEP_DAYS_MIN, 30, 90, 180, 395, u16::MAX] {
            let ends = Keep::Days(days).ends(declaration, declared);
            assert!(ends <= declared, "{} {days}", declaration.table);
            assert_eq!(ends, written.plus(u32::from(days).min(declaration.keep_days_max)));
        }
    }
}

#[test]
fn the_shortest_period_reaches_every_open_visit() {
    assert_eq!(u32::from(KEEP_DAYS_MIN), LearningEvent::DECLARATION.keep_days_max);
}

#[test]
fn the_door_takes_what_is_young_enough_and_nothing_else() {
    let mut choices = Choices::default();
    let (purpose, now) = (HistoryEvent::DECLARATION.purpose, Timestamp::from_ms(100 * DAY_MS));
    let before = |days: i64| now.plus_ms(-days * DAY_MS);
    assert!(choices.reaches_back(purpose, before(99), now));
    choices.keep.insert(purpose, Keep::Days(30));
    assert!(choices.reaches_back(purpose, before(29), now));
    assert!(!choices.reaches_back(purpose, before(30), now));
    assert!(choices.reaches_back(PurposeName::SharedLearning, before(99), now));
    choices.keep.insert(purpose, Keep::Declared);
    assert!(choices.reaches_back(purpose, before(99), now));
}

#[test]
fn what_a_law_demands_is_not_shortened() {
    assert!(is_chosen(PurposeName::Personalization) && is_chosen(PurposeName::SharedLearning));
    assert!(!is_chosen(PurposeName::LegalProof) && !is_chosen(PurposeName::FraudPrevention));
}
