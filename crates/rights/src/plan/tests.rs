use domain::time::Day;
use personal::kinds::{DECLARATIONS, PROOF_KEEP_DAYS};
use personal::purpose::PurposeName;
use personal::record::{Category, Declaration, OnErasure};

use super::{Plan, Scope, ScopeError, plan_erasure};

const TODAY: Day = Day::from_number(20_000);

#[track_caller]
fn check(scope: Scope, deleted: &[&str], kept: &[&str]) -> Plan {
    let plan = plan_erasure(scope, &DECLARATIONS, TODAY);
    let names: Vec<&str> = plan.delete.iter().map(|deletion| deletion.table).collect();
    assert_eq!(names, deleted, "deleted by {scope:?}");
    let names: Vec<&str> = plan.keep.iter().map(|keeping| keeping.table).collect();
    assert_eq!(names, kept, "kept by {scope:?}");
    plan
}

#[test]
fn everything_goes_but_what_has_a_basis() {
    let plan = check(
        Scope::Everything,
        &[
            "history_event",
            "preferences",
            "learning_event",
            "closed_session",
            "learned_order",
            "corrected_signal",
            "mail_address",
            "platform_request",
            "machine_read",
            "request_words",
        ],
        &[
            "consent_evidence",
            "erasure_record",
            "staff_read",
            "own_read",
            "erasure_notice",
            "request_step",
        ],
    );
    for keeping in &plan.keep {
        assert!(keeping.basis.starts_with("GDPR Art. "), "{keeping:?}");
        assert_eq!(keeping.until, TODAY.plus(PROOF_KEEP_DAYS));
        assert_eq!(keeping.what, keeping.what.trim());
    }
    assert_eq!(plan.destroy_keys.len(), PurposeName::ALL.len() - 1);
    assert!(!plan.destroy_keys.contains(&PurposeName::LegalProof));
}

#[test]
fn a_withdrawal_takes_one_purpose() {
    let plan = check(
        Scope::Purpose(PurposeName::SharedLearning),
        &["learning_event", "closed_session", "learned_order"],
        &[],
    );
    assert_eq!(plan.destroy_keys, [PurposeName::SharedLearning]);
    let plan =
        check(Scope::Purpose(PurposeName::Personalization), &["history_event", "preferences"], &[]);
    assert_eq!(plan.destroy_keys, [PurposeName::Personalization]);
}

#[test]
fn evidence_stays_with_its_key() {
    let plan = check(
        Scope::Purpose(PurposeName::LegalProof),
        &["corrected_signal", "machine_read", "request_words"],
        &[
            "consent_evidence",
            "erasure_record",
            "staff_read",
            "own_read",
            "erasure_notice",
            "request_step",
        ],
    );
    assert_eq!(plan.destroy_keys, []);
}

#[test]
fn a_purpose_without_a_table_still_loses_its_key() {
    let plan = check(Scope::Purpose(PurposeName::Marketing), &[], &[]);
    assert_eq!(plan.destroy_keys, [PurposeName::Marketing]);
}

#[test]
fn every_declared_table_is_deleted_from_or_named() {
    let plan = plan_erasure(Scope::Everything, &DECLARATIONS, TODAY);
    assert_eq!(plan.delete.len() + plan.keep.len(), DECLARATIONS.len());
    for purpose in PurposeName::ALL {
        let one = plan_erasure(Scope::Purpose(purpose), &DECLARATIONS, TODAY);
        assert!(one.delete.iter().all(|deletion| plan.delete.contains(deletion)));
        assert!(one.delete.iter().all(|deletion| deletion.purpose == purpose));
        assert!(one.keep.iter().all(|keeping| plan.keep.contains(keeping)));
        assert!(one.destroy_keys.iter().all(|key| *key == purpose));
    }
}

#[test]
fn a_purpose_that_keeps_one_table_deletes_the_others_and_keeps_its_key() {
    let table = |table, on_erasure| Declaration {
        table,
        what: " a table",
        purpose: PurposeName::Support,
        category: Category::RightsRecord,
        schema: 1,
        keep_days_max: 30,
        on_erasure,
        fields: &[],
    };
    let declarations = [
        table("question", OnErasure::Delete),
        table("invoice", OnErasure::Keep { basis: "GDPR Art. 17(3)(b)", days: 90 }),
    ];
    let plan = plan_erasure(Scope::Everything, &declarations, TODAY);
    assert_eq!(plan.delete[0].table, "question");
    assert_eq!(plan.keep[0].until, TODAY.plus(30), "never longer than the retention");
    assert!(!plan.destroy_keys.contains(&PurposeName::Support));
}

#[test]
fn scopes_are_words() {
    let purposes = PurposeName::ALL.into_iter().map(Scope::Purpose);
    for scope in purposes.chain([Scope::Everything]) {
        assert_eq!(Scope::parse(scope.as_str()), Ok(scope));
    }
    for bad in ["", "Everything", "everything ", "sharedlearning"] {
        assert_eq!(Scope::parse(bad), Err(ScopeError), "{bad:?}");
    }
}
