//! Erasure and withdrawal on both back ends.

use domain::id::Pseudonym;
use personal::purpose::PurposeName;

use crate::conformance::{Made, insert_all, intent, memory, person, row, sqlite, tombstone};
use crate::erase::{ErasePlan, Erased, Kept, TableCount, erase, remove, scrub, survey};
use crate::keys::KeyRow;
use crate::schema::DECLARED;

const SERVE: PurposeName = PurposeName::Personalization;
const LEARN: PurposeName = PurposeName::SharedLearning;
const PROOF: PurposeName = PurposeName::LegalProof;

/// Ada is 1 (serve), 2 (learn), 3 (proof); Eve is 11, 12, 13. Every table has two rows of each.
fn filled(mut made: Made) -> Made {
    for (first, purposes) in [(0, [SERVE, LEARN, PROOF]), (10, [SERVE, LEARN, PROOF])] {
        for (of, purpose) in (first + 1..).zip(purposes) {
            let key =
                KeyRow { pseudonym: person(of), purpose, blind: [of; 16], wrapped: vec![of; 9] };
            made.keys.put(&[key]).unwrap();
            for declaration in DECLARED.iter().filter(|one| one.purpose == purpose) {
                let rows = [row(declaration.table, of, 1, 9), row(declaration.table, of, 2, 9)];
                insert_all(&mut *made.tables, &rows);
            }
        }
    }
    made
}

fn ada() -> ErasePlan {
    ErasePlan { people: vec![(SERVE, person(1)), (LEARN, person(2)), (PROOF, person(3))] }
}

fn rows_of(made: &Made, pseudonym: Pseudonym) -> u64 {
    DECLARED.iter().map(|one| made.tables.count_of(one.table, pseudonym).unwrap()).sum()
}

fn counts(tables: &[&'static str], rows: u64) -> Vec<TableCount> {
    tables.iter().map(|table| TableCount { table, rows }).collect()
}

fn an_erasure_takes_all_but_what_is_kept(made: Made) {
    let mut made = filled(made);
    let deleted = [
        "history_event",
        "preferences",
        "learning_event",
        "closed_session",
        "learned_order",
        "corrected_signal",
        "machine_read",
        "request_words",
    ];
    let before = survey(&*made.tables, &ada()).unwrap();
    made.keys.begin(&intent(1), &[tombstone(1, 1, 1)]).unwrap();
    let erased = erase(&mut *made.tables, &mut *made.keys, &ada()).unwrap();
    assert_eq!(erased.tables, counts(&deleted, 2));
    assert_eq!(erased.kept.len(), 6);
    let days = personal::kinds::PROOF_KEEP_DAYS;
    let basis = "GDPR Art. 7(1) and 17(3)(e)";
    assert_eq!(erased.kept[0], Kept { table: "consent_evidence", rows: 2, basis, days });
    assert_eq!(erased.keys, 2);
    assert_eq!(before, Erased { keys: 0, ..erased });

    assert_eq!(rows_of(&made, person(1)) + rows_of(&made, person(2)), 0);
    assert_eq!(rows_of(&made, person(3)), 12);
    assert_eq!(made.keys.by_pseudonym(person(1)).unwrap(), None);
    assert_eq!(made.keys.by_blind(LEARN, &[2; 16]).unwrap(), None);
    assert!(made.keys.by_pseudonym(person(3)).unwrap().is_some());
    // Eve is as she was.
    assert_eq!(rows_of(&made, person(11)) + rows_of(&made, person(12)), 10);
    assert!(made.keys.by_pseudonym(person(11)).unwrap().is_some());

    // What a crash left half done is done again without harm.
    let again = erase(&mut *made.tables, &mut *made.keys, &ada()).unwrap();
    assert_eq!((again.tables, again.keys), (counts(&deleted, 0), 0));
    assert_eq!(rows_of(&made, person(3)), 12);
}

fn a_withdrawal_takes_one_purpose(made: Made) {
    let mut made = filled(made);
    let plan = ErasePlan { people: vec![(LEARN, person(2))] };
    let erased = remove(&mut *made.tables, &mut *made.keys, &plan).unwrap();
    scrub(&mut *made.tables, &mut *made.keys).unwrap();
    assert_eq!(erased.tables, counts(&["learning_event", "closed_session", "learned_order"], 2));
    assert_eq!((erased.kept.len(), erased.keys), (0, 1));
    assert_eq!(rows_of(&made, person(2)), 0);
    assert_eq!(rows_of(&made, person(1)), 4);
    assert!(made.keys.by_pseudonym(person(1)).unwrap().is_some());
}

fn an_empty_plan_does_nothing(made: Made) {
    let mut made = filled(made);
    let seq = made.tables.seq();
    let erased = erase(&mut *made.tables, &mut *made.keys, &ErasePlan::default()).unwrap();
    assert_eq!(erased, Erased::default());
    assert_eq!(made.tables.seq(), seq);
}

#[test]
fn erasures_in_memory() {
    an_erasure_takes_all_but_what_is_kept(memory());
    a_withdrawal_takes_one_purpose(memory());
    an_empty_plan_does_nothing(memory());
}

#[test]
fn erasures_in_sqlite() {
    an_erasure_takes_all_but_what_is_kept(sqlite());
    a_withdrawal_takes_one_purpose(sqlite());
    an_empty_plan_does_nothing(sqlite());
}
