use domain::event::Action;
use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;

use super::{NotOwn, OwnCopy};
use crate::kinds::{HistoryEvent, LearningEvent};
use crate::purpose::PurposeName;
use crate::value::Personal;

const ANNA: Pseudonym = Pseudonym::from_bytes([1; 16]);
const BEN: Pseudonym = Pseudonym::from_bytes([2; 16]);

fn looked() -> HistoryEvent {
    let item = ItemId::parse("bread").unwrap();
    HistoryEvent { message: 7, at: Timestamp::from_ms(0), action: Action::View, item }
}

#[test]
fn a_person_opens_own_rows_and_the_entry_counts_them() {
    let mut copy = OwnCopy::of(&[(PurposeName::Personalization, ANNA)]);
    assert_eq!(copy.open(Personal::new(ANNA, looked())), Ok(looked()));
    assert_eq!(copy.open(Personal::new(ANNA, looked())), Ok(looked()));
    let entry = copy.entry("access", "customer_token", Timestamp::from_ms(9));
    assert_eq!((entry.rows, entry.at), (2, Timestamp::from_ms(9)));
    assert_eq!((entry.why.as_str(), entry.how.as_str()), ("access", "customer_token"));
}

#[test]
fn rows_of_somebody_else_or_of_another_purpose_stay_closed() {
    let mut copy = OwnCopy::of(&[(PurposeName::Personalization, ANNA)]);
    assert_eq!(copy.open(Personal::new(BEN, looked())), Err(NotOwn));
    let HistoryEvent { message, at, item, .. } = looked();
    let taught = Personal::new(ANNA, LearningEvent { message, at, item });
    assert_eq!(copy.open(taught), Err(NotOwn), "the name counts in its own purpose only");
    assert_eq!(copy.entry("access", "operator", Timestamp::from_ms(0)).rows, 0);
}
