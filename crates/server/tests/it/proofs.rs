//! A proof for each kind of entry of the transparency log, asked for over HTTP and checked by the
//! real binary: what concerns a person, what the shop states, changes of documents, orders.

use domain::hex;
use serde_json::{Value, json};
use server::clock::Clock;

use crate::http::Call;
use crate::shop::{As, START, Server, item};
use crate::transparency::{BATCH_MS, file, get, key, verify};

/// Says what `confidant verify logged` says of an answer.
fn proven(server: &Server, answer: &Value) -> String {
    let file = file(server.folder(), "records.json", answer);
    verify(&["logged", &file, "--log", &key(server.public)]).unwrap()
}

fn kinds(answer: &Value) -> Vec<&str> {
    let records = answer["records"].as_array().unwrap();
    records.iter().map(|one| one["kind"].as_str().unwrap()).collect()
}

#[test]
fn a_person_proves_looks_and_corrections() {
    let server = Server::by_hand();
    let browser = server.browser(&["Personalization"]);
    server.looks_at(&browser.id, &item(1), "m-1");
    let rows = server.call(As::Staff, &Call::get("/staff/rows?table=consent_evidence")).good();
    let open = json!({
        "table": "consent_evidence", "pseudonym": rows[0]["pseudonym"], "id": rows[0]["id"],
        "role": "support", "reason": "the customer asked",
    });
    server.pass(1);
    server.call(As::Staff, &Call::post("/staff/rows/open", &open)).good();
    server.pass(1);
    let whose = json!({ "browser": browser.id, "erase_handle": browser.erase_handle });
    let package = server.call(As::Page, &Call::post("/v1/access", &whose)).good();
    let tables = package["tables"].as_array().unwrap();
    let history = tables.iter().find(|one| one["table"] == "history_event").unwrap();
    let mut correction = whose.clone();
    correction["forget"] = json!([{ "signal": history["rows"][0]["values"]["message"] }]);
    server.call(As::Page, &Call::post("/v1/corrections", &correction)).good();
    server.pass(BATCH_MS);

    let answer = server.call(As::Page, &Call::post("/v1/log/proofs", &whose)).good();
    assert_eq!(kinds(&answer), ["receipt", "human_read", "consent"]);
    let said = proven(&server, &answer);
    assert!(said.ends_with("3 proven, 0 still waiting for a batch.\n"), "{said}");
    assert!(said.contains(r#""what":"correction","how":"browser_handle""#), "{said}");
    assert!(said.contains(r#""role":"support","table":"consent_evidence""#), "{said}");
    // The person alone.
    let mut guessed = whose.clone();
    guessed["erase_handle"] = json!("0".repeat(64));
    assert_eq!(server.call(As::Page, &Call::post("/v1/log/proofs", &guessed)).status, 403);
    let nobody = Call::post("/v1/log/proofs", &json!({})).token(&server.token("bert"));
    assert_eq!(server.call(As::Page, &nobody).status, 404);
}

#[test]
fn anyone_compares_what_the_shop_states() {
    let server = Server::by_hand();
    let ask = |server: &Server, query: &str| get(server.public, &format!("/v1/log/records{query}"));
    assert_eq!(kinds(&ask(&server, "").good()).len(), 7);
    server.pass(BATCH_MS);
    let all = ask(&server, "").good();
    assert!(proven(&server, &all).ends_with("7 proven, 0 still waiting for a batch.\n"));
    let keys = ask(&server, "?kind=key").good();
    assert_eq!(kinds(&keys), ["key"; 4]);
    let said = proven(&server, &keys);
    let receipts = get(server.public, "/v1/receipt-key").good()["key"].clone();
    let log = key(server.public);
    for says in [log.as_str(), receipts.as_str().unwrap()] {
        assert!(said.contains(says), "{said}");
    }
    let policy = proven(&server, &ask(&server, "?kind=policy").good());
    assert!(policy.contains("privacy_notice") && policy.contains("law_packs"), "{policy}");
    let model = ask(&server, "?kind=model").good();
    assert!(proven(&server, &model).contains(r#""from":"shipped""#));
    assert_eq!(ask(&server, "?kind=consent").status, 422);
    // A start with the same settings states nothing anew.
    let server = server.restart();
    assert_eq!(ask(&server, "").good(), all);
    assert!(ask(&server, "?after=9").good()["records"].as_array().unwrap().is_empty());
}

#[test]
fn staff_prove_a_change_of_a_document() {
    let server = Server::by_hand();
    let put = json!({ "role": "merchandiser", "reason": "spring goods", "toml": "count = 5" });
    let put = Call::put("/staff/documents/placement/home", &put).header("If-Match", "\"0\"");
    server.call(As::Staff, &put).good();
    server.pass(BATCH_MS);
    let path = |version: u8| format!("/staff/documents/placement/home/versions/{version}/proof");
    let answer = server.call(As::Staff, &Call::get(&path(1))).good();
    assert_eq!(kinds(&answer), ["configuration"]);
    assert!(proven(&server, &answer).contains(r#""reason":"spring goods""#));
    assert_eq!(server.call(As::Staff, &Call::get(&path(2))).status, 404);
}

#[test]
fn a_purchase_is_proven_by_who_holds_its_receipt() {
    let server = Server::with(Clock::by_hand(START), |settings| settings.ledger.orders = true);
    let order = json!({ "order": { "number": "4711", "total": "59.90 EUR" } });
    let receipt = server.call(As::Shop, &Call::post("/v1/log/orders", &order)).good();
    let again = server.call(As::Shop, &Call::post("/v1/log/orders", &order)).good();
    assert_ne!(receipt["commitment"], again["commitment"], "two leaves of one order are linked");
    let hash = receipt["commitment"].as_str().unwrap();
    let path = format!("/v1/log/orders/{hash}?at_ms={}", receipt["at_ms"]);
    let (folder, log) = (server.folder(), key(server.public));
    let kept = file(folder, "purchase.json", &receipt);
    let waiting = file(folder, "proof.json", &get(server.public, &path).good());
    let early = verify(&["purchase", &kept, "--proof", &waiting, "--log", &log]).unwrap_err();
    assert!(early.contains("it waits for its batch"), "{early}");

    server.pass(BATCH_MS);
    // Nothing that opens the leaf is in the folder of the shop, also not in the answer.
    let proof = get(server.public, &path).good();
    assert!(!proof.to_string().contains(receipt["opening"].as_str().unwrap()));
    let opening: [u8; 32] = hex::decode(receipt["opening"].as_str().unwrap()).unwrap();
    for file in crate::erasure::files(server.data_dir()) {
        let bytes = std::fs::read(&file).unwrap();
        for marker in [b"59.90 EUR".as_slice(), &opening] {
            let holds = bytes.windows(marker.len()).any(|window| window == marker);
            assert!(!holds, "{}", file.display());
        }
    }
    let proof_file = file(folder, "proof.json", &proof);
    let check = |receipt: &Value| {
        let kept = file(folder, "purchase.json", receipt);
        verify(&["purchase", &kept, "--proof", &proof_file, "--log", &log])
    };
    let said = check(&receipt).unwrap();
    assert!(said.contains("order  leaf ") && said.contains(r#""number":"4711""#), "{said}");
    let mut forged = receipt.clone();
    forged["record"] = json!(receipt["record"].as_str().unwrap().replace("59.90", "95.90"));
    assert!(check(&forged).unwrap_err().contains("does not open"));
    assert!(check(&again).unwrap_err().contains("not proven"), "the proof of another leaf");
    let stranger = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert!(verify(&["purchase", &kept, "--proof", &proof_file, "--log", stranger]).is_err());

    // Too much, not an object, or not turned on.
    let large = json!({ "order": { "note": "x".repeat(17_000) } });
    for wrong in [large, json!({ "order": "4711" }), json!({ "order": null })] {
        let reply = server.call(As::Shop, &Call::post("/v1/log/orders", &wrong));
        assert_eq!(reply.status, 422, "{}", reply.text());
    }
    let off = Server::by_hand();
    assert_eq!(off.call(As::Shop, &Call::post("/v1/log/orders", &order)).status, 422);
}
