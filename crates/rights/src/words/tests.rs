use std::collections::BTreeMap;

use domain::id::{Pseudonym, RequestId, ShopId};
use domain::time::{Day, Timestamp};
use personal::kinds::DECLARATIONS;
use personal::purpose::PurposeName;
use personal::subject::SubjectRef;

use super::{Closing, declare, describe};
use crate::intent::{Found, Intent, Marks, Target};
use crate::machine::{Ending, ModelAfter};
use crate::plan::{Scope, plan_erasure};
use crate::receipt::{ReceiptPayload, sign, verify};

const TODAY: Day = Day::from_number(20_000);

fn declared(scope: Scope, sessions: u64, resumed: bool) -> ReceiptPayload {
    let marks = Marks {
        subject: SubjectRef::from_bytes([0xbb; 16]),
        targets: vec![Target {
            purpose: PurposeName::SharedLearning,
            pseudonym: Pseudonym::from_bytes([0xaa; 16]),
        }],
        tombstones: vec![[0xcc; 16]],
        cutoff: Timestamp::from_ms(1_728_000_123_456),
        tombstones_until: TODAY.plus(400),
        tell: Vec::new(),
    };
    let found = Found {
        rows: BTreeMap::from([("closed_session".to_owned(), 1), ("history_event".to_owned(), 12)]),
        keys: 2,
        sessions,
        orders: sessions,
        fingerprint: [1; 16],
    };
    let request = (RequestId::from_bytes([0x5a; 16]), scope);
    let at = Timestamp::from_ms(1_728_000_123_456);
    let intent = Intent::new(request, at, marks, found).unwrap();
    let plan = plan_erasure(scope, &DECLARATIONS, TODAY);
    let shop = ShopId::parse("shop-1").unwrap();
    let ending =
        Ending { shop: &shop, plan: &plan, completed: TODAY, backups_clear: TODAY.plus(14) };
    let after = ModelAfter { fingerprint: [2; 16], seq: 41 };
    declare(&Closing { intent: &intent, ending: &ending, after, resumed })
}

#[track_caller]
fn says(payload: &ReceiptPayload, part: &str, expected: bool) {
    let text = describe(payload);
    assert_eq!(text.contains(part), expected, "{part:?} in\n{text}");
}

#[test]
fn a_receipt_reads_like_this() {
    let text = describe(&declared(Scope::Purpose(PurposeName::SharedLearning), 1, false));
    let head = "\
The shop shop-1 declares the erasure of one person's data of the purpose SharedLearning.
Request    5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a
Requested  2024-10-04
Completed  2024-10-04

Deleted
- learning_event: 0 rows (One thing that a person did in a visit that is still open, kept to \
teach the models.)
- closed_session: 1 row (One closed visit, as the shared models learned it.)
- learned_order: 0 rows (One completed order, as the shared models learned it.)
- 2 keys

Stays, where there is any
- tombstone: until 2025-11-08 (";
    assert!(text.starts_with(head), "{text}");
    assert!(text.ends_with(".\n"), "{text}");
    assert!(text.contains("\n- 1 visit and 1 order unlearned, batch 41\n"), "{text}");
}

#[test]
fn every_kept_table_is_named_with_basis_and_day() {
    let payload = declared(Scope::Everything, 1, false);
    for declaration in DECLARATIONS {
        let deleted = payload.deleted.iter().any(|table| table.table == declaration.table);
        let kept = payload.kept.iter().any(|table| table.table == declaration.table);
        assert!(deleted != kept, "{}", declaration.table);
        says(&payload, declaration.table, true);
    }
    says(&payload, "at most until 2028-10-03, GDPR Art. 7(1) and 17(3)(e)", true);
}

#[test]
fn the_limits_are_always_said() {
    for scope in [Scope::Everything, Scope::Purpose(PurposeName::SharedLearning)] {
        for (sessions, resumed) in [(0, false), (3, true)] {
            let payload = declared(scope, sessions, resumed);
            for part in [
                "what the shop declares",
                "does not show that the shop tells the truth",
                "Settings that were fitted",
                "Aggregates that were released before stay released",
                "backups from before: until 2024-10-18",
                "Data that the shop gave to other systems",
                "Snapshots of a machine",
                "no proof against bad intent",
            ] {
                says(&payload, part, true);
            }
            says(&payload, "Data kept for other purposes", scope != Scope::Everything);
            says(&payload, "taken out of the shared model exactly", sessions > 0);
            says(&payload, "held no visit and no order", sessions == 0);
            says(&payload, "interrupted", resumed);
        }
    }
}

#[test]
fn no_word_promises_too_much() {
    let payload = declared(Scope::Everything, 3, false);
    let text = describe(&payload).to_lowercase();
    for banned in
        ["100 %", "100%", "anonymous", "guarantee", "impossible", "never met", "valid.", "proven"]
    {
        assert!(!text.contains(banned), "{banned:?} in\n{text}");
    }
}

#[test]
fn no_name_of_the_person_is_in_a_receipt() {
    let receipt = sign(&declared(Scope::Everything, 3, true), &[3; 32]).unwrap();
    let payload = verify(&receipt.to_json().unwrap(), None).unwrap();
    let text = format!("{}{}", receipt.payload, describe(&payload));
    for name in ["aaaaaaaa", "bbbbbbbb", "cccccccc", "170,170", "187,187", "204,204", "123456"] {
        assert!(!text.contains(name), "{name:?} in\n{text}");
    }
}

#[test]
fn a_foreign_receipt_does_not_steer_the_terminal() {
    let mut payload = declared(Scope::Everything, 0, false);
    payload.words.push("\u{1b}[2J\u{202e}fine\u{200b}\r\n- verified".to_owned());
    payload.deleted[0].table = "a\u{9b}b".to_owned();
    let text = describe(&payload);
    for steering in ['\u{1b}', '\u{9b}', '\u{202e}', '\u{200b}', '\r'] {
        assert!(!text.contains(steering), "{steering:?}");
    }
    assert!(!text.contains("\n- verified"));
}
