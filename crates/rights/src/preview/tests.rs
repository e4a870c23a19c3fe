use domain::time::Day;
use personal::kinds::DECLARATIONS;
use personal::purpose::PurposeName;
use personal::record::{Category, Declaration, OnErasure};

use super::{Here, Place, Preview, Telling, describe, preview};
use crate::plan::{Scope, plan_erasure};

const TODAY: Day = Day::from_number(20_000);

fn here() -> Here {
    Here {
        rows: [("history_event".to_owned(), 7), ("consent_evidence".to_owned(), 3)].into(),
        keys: vec![PurposeName::Personalization, PurposeName::LegalProof],
        learned: (4, 2),
        more: Vec::new(),
        told: vec![Telling {
            name: "mailer".to_owned(),
            country: "DE".to_owned(),
            how: "a signed message".to_owned(),
            by_program: true,
        }],
        tombstone_until: TODAY.plus(395),
        backups_until: TODAY.plus(30),
    }
}

fn of(scope: Scope, declarations: &[Declaration]) -> Preview {
    preview(&plan_erasure(scope, declarations, TODAY), &here(), TODAY)
}

#[track_caller]
fn check(preview: &Preview, place: Place, name: &str, count: Option<u64>) {
    let found = preview.goes.iter().find(|one| one.place == place && one.name == name);
    assert_eq!(found.map(|one| one.count), Some(count), "{place:?} {name}");
}

#[test]
fn every_declared_table_goes_or_stays_with_its_rows() {
    let all = of(Scope::Everything, &DECLARATIONS);
    for one in DECLARATIONS {
        let goes =
            all.goes.iter().any(|going| going.place == Place::Table && going.name == one.table);
        let stays = all.stays.iter().any(|staying| staying.name == one.table);
        assert!(goes != stays, "{}", one.table);
    }
    check(&all, Place::Table, "history_event", Some(7));
    check(&all, Place::Table, "preferences", Some(0));
    check(&all, Place::Key, "Personalization", Some(1));
    check(&all, Place::Model, "visits", Some(4));
    check(&all, Place::Backup, "backups", None);
    assert!(!all.goes.iter().any(|one| one.name == "LegalProof"), "its key stays with the proof");
    let evidence = all.stays.iter().find(|one| one.name == "consent_evidence").unwrap();
    assert_eq!((evidence.count, evidence.until), (Some(3), Some(TODAY.plus(1_460))));
    assert!(
        evidence.basis.starts_with("GDPR Art. ") && evidence.decided_by.contains("declaration")
    );
    assert!(all.known);
}

#[test]
fn a_kind_that_is_declared_tomorrow_stands_there_tomorrow() {
    let table = |table, on_erasure| Declaration {
        table,
        what: "What nobody thought of today.",
        purpose: PurposeName::Support,
        category: Category::RightsRecord,
        schema: 1,
        keep_days_max: 30,
        on_erasure,
        fields: &[],
    };
    let mut declarations = DECLARATIONS.to_vec();
    declarations.push(table("question", OnErasure::Delete));
    declarations.push(table("answer", OnErasure::Keep { basis: "GDPR Art. 17(3)(e)", days: 10 }));
    let all = of(Scope::Everything, &declarations);
    check(&all, Place::Table, "question", Some(0));
    let answer = all.stays.iter().find(|one| one.name == "answer").unwrap();
    assert_eq!(answer.until, Some(TODAY.plus(10)));
    assert!(describe(&all).contains("question") && describe(&all).contains("answer"));
}

#[test]
fn one_purpose_tells_nobody_and_leaves_no_tombstone() {
    let one = of(Scope::Purpose(PurposeName::Personalization), &DECLARATIONS);
    assert_eq!(one.told, []);
    check(&one, Place::Model, "visits", Some(0));
    assert!(!one.stays.iter().any(|staying| staying.name == "tombstone"));
    assert!(one.not_undone.iter().any(|line| line.contains("other purposes")));
}

#[test]
fn people_and_programs_read_the_same() {
    let all = of(Scope::Everything, &DECLARATIONS);
    let json = serde_json::to_value(&all).unwrap();
    assert_eq!(json["scope"], "everything");
    assert_eq!(json["goes"][0]["place"], "table");
    assert_eq!(json["told"][0]["name"], "mailer");
    let text = describe(&all);
    assert!(text.starts_with("Nothing is erased yet."), "{text}");
    for line in ["- table history_event: 7 entries", "- mailer (DE): a signed message"] {
        assert!(text.contains(line), "{text}");
    }
}
