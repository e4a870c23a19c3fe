//! A backup from before an erasure brings nobody back, as long as the newest tombstones stand
//! beside it.

use std::path::Path;

use serde_json::json;

use crate::http::Call;
use crate::shop::{As, Server, VISIT_OVER_MS, item};

/// Copies the two stores of a shop that is not running; logs of the store are empty then.
fn copy_stores(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in ["data.db", "keys.db"] {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
        for log in ["-wal", "-shm"] {
            let log = to.join(format!("{name}{log}"));
            if log.exists() {
                std::fs::remove_file(log).unwrap();
            }
        }
    }
}

fn rows(server: &Server) -> [u64; 5] {
    ["history_event", "preferences", "learning_event", "closed_session", "learned_order"]
        .map(|table| server.rows(table))
}

#[track_caller]
fn check(jurisdiction: &str, purposes: &[&str]) {
    let clock = server::clock::Clock::by_hand(crate::shop::START);
    let server = Server::with(clock, |settings| {
        settings.jurisdiction = Some(jurisdiction.to_owned());
    });
    let never_met = server.fingerprint();
    if !purposes.is_empty() {
        server.consenting_customer("anna", purposes);
    }
    for number in 0..4 {
        let event = json!({
            "userId": "anna", "event": "Product Viewed", "messageId": format!("m-{number}"),
            "properties": { "product_id": item(number * 3).as_str() },
        });
        let call = Call::post("/v1/track", &event).token(&server.token("anna"));
        assert_eq!(server.call(As::Page, &call).good()["stored"], 1);
    }
    server.pass(VISIT_OVER_MS);
    let taught = server.fingerprint();
    assert_ne!(taught, never_met);

    let backup = server.folder().join("backup");
    let data = server.data_dir().to_owned();
    let server = server.restart_after(|_| copy_stores(&data, &backup));
    assert_eq!(server.fingerprint(), taught, "the backup holds the person");
    server.clock.set(server.clock.now().plus_ms(1));
    server.erases(As::Shop, &json!({ "customer": "anna" }));
    assert_eq!(server.fingerprint(), never_met);

    // The newest tombstones.log stays where it is; the stores are those from before.
    let server = server.restart_after(|_| copy_stores(&backup, &data));
    assert_eq!(rows(&server), [0; 5], "nothing of the person is left");
    assert_eq!(server.fingerprint(), never_met);
    let call = Call::get("/v1/recommendations").token(&server.token("anna"));
    let answer = server.call(As::Page, &call).good();
    assert_eq!(answer["basis"]["tier"], "anonymous", "{}", answer["basis"]);
    let again = server.restart_after(|_| {});
    assert_eq!(rows(&again), [0; 5]);
}

#[test]
fn a_restored_backup_brings_no_erased_person_back() {
    check("EU", &["Personalization", "SharedLearning"]);
}

#[test]
fn nor_where_nobody_has_to_say_yes() {
    check("US-TX", &[]);
}
