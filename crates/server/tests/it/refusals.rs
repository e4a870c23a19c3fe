//! The refusal table: what every operation says no to (law 7). An operation that is not in the
//! table fails the test, so that nobody adds one without thinking of who may not call it.
//!
//! Every refusal is a problem document, repeats nothing of the request, and changes nothing.

use std::collections::BTreeSet;

use domain::id::ShopId;
use serde_json::{Value, json};
use server::problem::{self, Kind};

use crate::http::{Call, Reply};
use crate::shop::{As, ORIGIN, START, Server, choice};

mod hooks;
mod log;
mod rights;
mod staff;

/// Stands in every id and field that a request sends.
const MARKER: &str = "canary-5e1f";
const ANNA: &str = "canary-5e1f-anna@example.org";
const BERT: &str = "canary-5e1f-bert@example.org";

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    Everyone,
    Pages,
    /// No key of ours: a platform signs its messages.
    Platforms,
    ShopOnly,
    StaffOnly,
}

/// One row of the table: a call that is fine, apart from the key.
struct Operation {
    id: &'static str,
    method: &'static str,
    path: &'static str,
    body: Option<Value>,
    may: For,
    /// What its query or body names when it names a customer.
    customer: Option<Named>,
    /// Whether it reads a query string and says no to what it does not know.
    query: bool,
    /// Whether its body may have no fields but the known ones.
    closed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    InQuery,
    InBody(&'static str),
}

fn operation(id: &'static str, method: &'static str, path: &'static str, may: For) -> Operation {
    Operation { id, method, path, body: None, may, customer: None, query: false, closed: false }
}

fn asking(operation: Operation) -> Operation {
    Operation { query: true, ..operation }
}

/// What only the person or the shop may have.
fn own(id: &'static str, path: &'static str) -> Operation {
    let customer = Some(Named::InBody("customer"));
    let body = Some(json!({}));
    Operation { body, customer, closed: true, ..operation(id, "POST", path, For::Pages) }
}

fn event(id: &'static str, path: &'static str, body: Value) -> Operation {
    let customer = Some(Named::InBody("userId"));
    Operation { body: Some(body), customer, ..operation(id, "POST", path, For::Pages) }
}

/// What happens in the shop: bodies with open fields, names that are dropped and not refused.
fn events() -> Vec<Operation> {
    let product = json!({ "product_id": format!("{MARKER}-item") });
    let track = json!({
        "type": "track", "messageId": format!("{MARKER}-message"), "event": "Product Viewed",
        "properties": product,
    });
    let identify = json!({ "traits": { "sizes": [format!("{MARKER}-size")] } });
    let batch = json!({ "batch": [track.clone()] });
    vec![
        event("track", "/v1/track", track.clone()),
        event("page", "/v1/page", json!({ "properties": product })),
        event("identify", "/v1/identify", identify),
        event("batch", "/v1/batch", batch),
    ]
}

/// What a person chose, and the person's own copy of it.
fn consents() -> Vec<Operation> {
    let in_query = Some(Named::InQuery);
    let in_body = Some(Named::InBody("customer"));
    vec![
        Operation {
            customer: in_query,
            query: true,
            ..operation("read_consents", "GET", "/v1/consents", For::Pages)
        },
        Operation {
            body: Some(choice(&["Personalization"])),
            customer: in_body,
            query: true,
            closed: true,
            ..operation("put_consents", "PUT", "/v1/consents", For::Pages)
        },
        Operation { query: true, ..operation("notice", "GET", "/v1/notice", For::Everyone) },
        operation("banner_script", "GET", "/v1/banner.js", For::Everyone),
        operation("gpc_support", "GET", "/.well-known/gpc.json", For::Everyone),
        Operation {
            body: Some(
                json!({ "customer": ANNA, "state": "requested", "purposes": ["Marketing"] }),
            ),
            query: true,
            closed: true,
            ..operation("state_consents", "POST", "/v1/consents/statements", For::ShopOnly)
        },
        Operation {
            customer: in_query,
            query: true,
            ..operation("read_record", "GET", "/v1/consents/record", For::Pages)
        },
        Operation {
            customer: in_query,
            query: true,
            ..operation("read_receipt", "GET", "/v1/consents/receipt", For::Pages)
        },
    ]
}

fn table() -> Vec<Operation> {
    let items = json!({ "items": [{ "id": format!("{MARKER}-item"), "title": MARKER }] });
    let open = json!({
        "table": "consent_evidence", "pseudonym": "00".repeat(16), "id": "00".repeat(16),
        "role": "support", "reason": MARKER,
    });
    let in_query = Some(Named::InQuery);
    let in_body = Some(Named::InBody("customer"));
    let others = vec![
        Operation {
            customer: in_query,
            query: true,
            ..operation("recommendations", "GET", "/v1/recommendations", For::Pages)
        },
        asking(operation("list_items", "GET", "/v1/catalog/items", For::Pages)),
        Operation {
            body: Some(items),
            closed: true,
            ..operation("put_items", "PUT", "/v1/catalog/items", For::ShopOnly)
        },
        Operation {
            query: true,
            ..operation("delete_items", "DELETE", "/v1/catalog/items?id=canary-5e1f", For::ShopOnly)
        },
        Operation {
            body: Some(json!({ "forget": [{ "signal": "0123456789abcdef" }] })),
            customer: in_body,
            closed: true,
            ..operation("correct", "POST", "/v1/corrections", For::Pages)
        },
        own("read_access", "/v1/access"),
        own("invite", "/v1/privacy-center/links"),
        own("create_erasure", "/v1/erasures"),
        own("plan_erasure", "/v1/erasures/plan"),
        operation("read_erasure", "GET", "/v1/erasures/canary-5e1f", For::Pages),
        operation("receipt_key", "GET", "/v1/receipt-key", For::Everyone),
        operation("healthz", "GET", "/healthz", For::Everyone),
        operation("readyz", "GET", "/readyz", For::Everyone),
        operation("metrics", "GET", "/metrics", For::StaffOnly),
        operation("privacy_notice", "GET", "/v1/privacy-notice", For::Everyone),
        operation("inventory", "GET", "/staff/inventory", For::StaffOnly),
        asking(operation("list_rows", "GET", "/staff/rows?table=canary-5e1f", For::StaffOnly)),
        Operation {
            body: Some(open),
            closed: true,
            ..operation("open_row", "POST", "/staff/rows/open", For::StaffOnly)
        },
        operation("consent_rates", "GET", "/staff/consents/rates", For::StaffOnly),
        Operation {
            body: Some(json!({ "jurisdiction": MARKER })),
            closed: true,
            ..operation("replay_consents", "POST", "/staff/consents/replay", For::StaffOnly)
        },
    ];
    let more = staff::documents()
        .into_iter()
        .chain(staff::canary())
        .chain(staff::backups())
        .chain(staff::keys());
    let more = more.chain(log::log()).chain(hooks::rows());
    let more = more.chain(rights::requests());
    events().into_iter().chain(consents()).chain(others).chain(more).collect()
}

impl Operation {
    fn call(&self) -> Call {
        let call = Call::new(self.method, self.path);
        self.body.iter().fold(call, Call::json)
    }

    fn bare_path(&self) -> &str {
        self.path.split('?').next().unwrap()
    }

    /// The call with something in its query that is not there yet.
    fn asking(&self, parameter: &str) -> Call {
        let mark = if self.path.contains('?') { '&' } else { '?' };
        let call = Call::new(self.method, &format!("{}{mark}{parameter}", self.path));
        self.body.iter().fold(call, Call::json)
    }

    /// The call naming a customer.
    fn naming(&self, customer: &str) -> Option<Call> {
        match self.customer? {
            Named::InQuery => Some(self.asking(&format!("customer={customer}"))),
            Named::InBody(field) => {
                let mut body = self.body.clone()?;
                match body.get_mut("batch") {
                    Some(batch) => batch[0][field] = json!(customer),
                    None => body[field] = json!(customer),
                }
                Some(Call::new(self.method, self.path).json(&body))
            }
        }
    }

    fn key<'a>(&self, server: &'a Server) -> &'a str {
        server.key(match self.may {
            For::Everyone | For::Pages | For::Platforms => As::Page,
            For::ShopOnly => As::Shop,
            For::StaffOnly => As::Staff,
        })
    }

    fn send(&self, server: &Server, call: &Call) -> Reply {
        call.send(if self.may == For::StaffOnly { server.staff } else { server.public })
    }
}

fn without_end(text: &str) -> String {
    let mut text = text.to_owned();
    text.pop();
    text
}

/// Everything that a refused request could have changed.
fn state(server: &Server) -> (u64, usize, usize) {
    let people = server.shared().people.read().len();
    (server.seq(), people, server.shared().taught().catalog.len())
}

/// One refusal: a problem document with nothing of the request in it.
#[track_caller]
fn check(what: &str, operation: &Operation, reply: &Reply, expected: &[Kind]) {
    let what = format!("{}: {what}", operation.id);
    let text = reply.text();
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{what}: {text}");
    let body = reply.json();
    let code = body["type"].as_str().and_then(|kind| kind.split_once('#')).map(|(_, code)| code);
    let kind = expected.iter().find(|kind| Some(kind.code) == code);
    let kind = kind.unwrap_or_else(|| panic!("{what}: not the expected problem: {text}"));
    assert_eq!(reply.status, kind.status.as_u16(), "{what}");
    assert_eq!(body["status"], reply.status, "{what}");
    assert_eq!(body["title"], kind.title, "{what}");
    assert!(!text.contains(MARKER), "{what}: repeats the request: {text}");
    let names: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    assert!(names.iter().all(|name| ["type", "title", "status", "detail"].contains(name)));
}

#[test]
fn every_operation_of_the_description_is_in_the_table() {
    let document: Value = serde_json::from_str(&server::routes::openapi().unwrap()).unwrap();
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            described.insert((id, method.to_uppercase(), path.clone()));
        }
    }
    let tested: BTreeSet<_> = table()
        .iter()
        .map(|one| {
            let path = one
                .bare_path()
                .replace("/v1/erasures/canary-5e1f", "/v1/erasures/{id}")
                .replace("/requests/canary-5e1f", "/requests/{id}")
                .replace("/log/checkpoint", "/log/{path}")
                .replace(log::HASH, "{commitment}")
                .replace("/visitors/canary-5e1f", "/visitors/{name}")
                .replace("/placement/home", "/{kind}/{name}")
                .replace("/notices/ropa", "/notices/{kind}")
                .replace("/versions/1", "/versions/{version}");
            (one.id.to_owned(), one.method.to_owned(), path)
        })
        .collect();
    assert_eq!(described, tested);
}

#[test]
fn keys_decide_who_may_call() {
    let server = Server::by_hand();
    let before = state(&server);
    for one in table() {
        let send = |call: &Call| one.send(&server, call);
        let with = |who| send(&one.call().key(server.key(who)));
        match one.may {
            For::Everyone => {
                assert_eq!(send(&one.call()).status, 200, "{}", one.id);
                continue;
            }
            For::Platforms => {
                for who in [As::Page, As::Shop, As::Staff] {
                    check("a key", &one, &with(who), &[problem::UNAUTHENTICATED]);
                }
                check("no key", &one, &send(&one.call()), &[problem::UNAUTHENTICATED]);
                continue;
            }
            For::Pages => check("staff key", &one, &with(As::Staff), &[problem::UNAUTHENTICATED]),
            For::ShopOnly => check("write key", &one, &with(As::Page), &[problem::FORBIDDEN]),
            For::StaffOnly => {
                check("write key", &one, &with(As::Page), &[problem::FORBIDDEN]);
                check("secret key", &one, &with(As::Shop), &[problem::FORBIDDEN]);
            }
        }
        check("no key", &one, &send(&one.call()), &[problem::UNAUTHENTICATED]);
        let right = one.key(&server);
        let wrong = ["canary-5e1f", "", "wk_", &without_end(right), &format!("{right}0")];
        for key in wrong {
            let no_staff = [problem::UNAUTHENTICATED, problem::FORBIDDEN];
            let expected = if one.may == For::StaffOnly { &no_staff[..] } else { &no_staff[..1] };
            check("wrong key", &one, &send(&one.call().key(key)), expected);
        }
        let other_scheme = one.call().header("Authorization", right);
        check("no scheme", &one, &send(&other_scheme), &[problem::UNAUTHENTICATED]);
    }
    assert_eq!(state(&server), before);
}

#[test]
fn the_write_key_is_bound_to_its_origins() {
    let server = Server::by_hand();
    let before = state(&server);
    for one in table().into_iter().filter(|one| one.may == For::Pages) {
        let key = server.key(As::Page);
        let lookalikes = [
            "https://canary-5e1f.example",
            "http://shop.example",
            "https://shop.example:444",
            "https://shop.example.canary-5e1f.example",
            "https://SHOP.example",
            "https://shop.example/",
            "null",
            "",
        ];
        for origin in lookalikes {
            let call = one.call().key(key).header("Origin", origin);
            let reply = one.send(&server, &call);
            check("wrong origin", &one, &reply, &[problem::ORIGIN]);
            assert_eq!(reply.header("access-control-allow-origin"), None, "{}: {origin}", one.id);
        }
        // A key in the body or a page that sends no key of its own is bound to origins as well.
        if let Some(body) = one.body.as_ref().filter(|_| one.path != "/v1/consents") {
            let mut body = body.clone();
            body["writeKey"] = json!(key);
            let call = Call::new(one.method, one.path).json(&body).header("Origin", lookalikes[0]);
            let expected = [problem::ORIGIN, problem::UNAUTHENTICATED];
            check("wrong origin, key in body", &one, &one.send(&server, &call), &expected);
            body["writeKey"] = json!(server.key(As::Shop));
            let call = Call::new(one.method, one.path).json(&body);
            let expected = [problem::UNAUTHENTICATED];
            check("secret key in body", &one, &one.send(&server, &call), &expected);
        }
    }
    assert_eq!(state(&server), before);
    let own = Call::get("/v1/catalog/items").key(server.key(As::Page)).header("Origin", ORIGIN);
    let reply = own.send(server.public);
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(reply.header("access-control-allow-credentials"), None);
}

#[test]
fn browsers_may_ask_before_they_call_from_another_origin() {
    let server = Server::by_hand();
    for (method, path) in
        [("POST", "/v1/track"), ("PUT", "/v1/consents"), ("GET", "/v1/recommendations")]
    {
        let preflight = |origin: &str| {
            let call = Call::new("OPTIONS", path)
                .header("Origin", origin)
                .header("Access-Control-Request-Method", method)
                .header("Access-Control-Request-Headers", "authorization,content-type");
            call.send(server.public)
        };
        let reply = preflight(ORIGIN);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        assert_eq!(reply.header("access-control-allow-origin"), Some(ORIGIN), "{path}");
        let methods = reply.header("access-control-allow-methods").unwrap_or_default();
        assert!(methods.contains(method), "{path}: {methods}");
        let headers = reply.header("access-control-allow-headers").unwrap_or_default();
        assert!(headers.contains("authorization"), "{path}: {headers}");
        assert!(headers.contains("confidant-customer"), "{path}: {headers}");
        let reply = preflight("https://other.example");
        assert_eq!(reply.header("access-control-allow-origin"), None, "{path}");
    }
}

#[test]
fn a_customer_is_named_by_the_shop_or_by_the_customers_own_token() {
    let server = Server::by_hand();
    let before = state(&server);
    let now_s = START.ms() / 1_000;
    let (own, other) = (&server.shared().settings.shop, ShopId::parse("shoes").unwrap());
    let keys = &server.shared().api_keys;
    let signed = keys.sign_customer(own, ANNA, now_s, now_s + 600);
    let payload = signed.split('.').nth(1).unwrap();
    let forged = [
        keys.sign_customer(own, ANNA, now_s - 700, now_s - 100),
        keys.sign_customer(own, ANNA, now_s, now_s + 601),
        keys.sign_customer(own, ANNA, now_s + 100, now_s + 200),
        keys.sign_customer(own, ANNA, now_s, now_s - 1),
        keys.sign_customer(&other, ANNA, now_s, now_s + 600),
        keys.sign_customer(own, "", now_s, now_s + 600),
        // {"alg":"none"}
        format!("eyJhbGciOiJub25lIn0.{payload}."),
        // Another last letter, also where it is an A already.
        format!("{}{}", without_end(&signed), if signed.ends_with('A') { 'E' } else { 'A' }),
        signed.replacen('.', "..", 1),
        "canary-5e1f".to_owned(),
        "canary-5e1f".repeat(500),
    ];
    for one in table().into_iter().filter(|one| one.customer.is_some()) {
        let key = server.key(As::Page);
        let naming = one.naming(ANNA).unwrap().key(key);
        // A token that is not believed is never taken for no token.
        for token in &forged {
            let reply = one.send(&server, &naming.clone().token(token));
            check("forged token", &one, &reply, &[problem::UNAUTHENTICATED]);
        }
        let of_bert = one.send(&server, &naming.clone().token(&server.token(BERT)));
        let unproven = one.send(&server, &naming);
        if one.customer == Some(Named::InBody("userId")) {
            assert_eq!(of_bert.good()["dropped"][0]["reason"], "another_customer", "{}", one.id);
            let dropped = unproven.good()["dropped"][0]["reason"].clone();
            assert_eq!(dropped, "customer_not_proven", "{}", one.id);
            assert!(!of_bert.text().contains(MARKER) && !unproven.text().contains(MARKER));
        } else {
            check("another's token", &one, &of_bert, &[problem::FORBIDDEN]);
            check("write key names", &one, &unproven, &[problem::FORBIDDEN]);
        }
    }
    assert_eq!(state(&server), before);
}

#[test]
fn a_browser_is_erased_with_its_own_handle_only() {
    let server = Server::by_hand();
    let (one, other) = (server.browser(&["Personalization"]), server.browser(&["Personalization"]));
    let before = state(&server);
    let operation = table().into_iter().find(|one| one.id == "create_erasure").unwrap();
    for handle in [json!(null), json!(other.erase_handle), json!(one.id), json!("canary-5e1f")] {
        let body = json!({ "browser": one.id, "erase_handle": handle });
        let reply = server.call(As::Page, &Call::post("/v1/erasures", &body));
        check("handle", &operation, &reply, &[problem::FORBIDDEN, problem::INVALID]);
    }
    assert_eq!(state(&server), before);
}

#[test]
fn bodies_that_cannot_be_read_are_refused() {
    let server = Server::by_hand();
    let before = state(&server);
    for one in table().into_iter().filter(|one| one.body.is_some()) {
        let read = match one.may {
            // The signature comes first.
            For::Platforms => vec![problem::UNAUTHENTICATED],
            For::Everyone | For::Pages | For::ShopOnly | For::StaffOnly => {
                vec![problem::MALFORMED, problem::INVALID]
            }
        };
        let key = one.key(&server);
        let send = |kind: &str, body: &[u8]| {
            let call = Call::new(one.method, one.path).raw(kind, body).key(key);
            one.send(&server, &call)
        };
        let json = "application/json";
        let whole = one.body.as_ref().unwrap().to_string();
        for (what, body) in [
            ("empty", String::new()),
            ("not JSON", MARKER.to_owned()),
            ("cut", without_end(&whole)),
            ("more after it", format!("{whole} {MARKER}")),
            ("a list", format!("[\"{MARKER}\"]")),
            ("a text", format!("\"{MARKER}\"")),
            ("deep", format!("{{\"{MARKER}\":{}{}}}", "[".repeat(400), "]".repeat(400))),
        ] {
            check(what, &one, &send(json, body.as_bytes()), &read);
        }
        check("not UTF-8", &one, &send(json, b"{\"canary-5e1f\":\"\xff\xfe\"}"), &read);
        for kind in ["application/x-www-form-urlencoded", "multipart/form-data", "text/html", "x"] {
            let reply = send(kind, whole.as_bytes());
            check("content type", &one, &reply, &[problem::MEDIA_TYPE]);
        }
        if one.closed {
            let mut more = one.body.clone().unwrap();
            more[MARKER] = serde_json::json!(MARKER);
            check("unknown field", &one, &send(json, more.to_string().as_bytes()), &read);
        }
    }
    assert_eq!(state(&server), before);
}

#[test]
fn bodies_that_are_too_large_are_refused_by_length_and_by_count() {
    let server = Server::by_hand();
    let before = state(&server);
    for one in table().into_iter().filter(|one| one.body.is_some()) {
        let key = one.key(&server);
        // The length alone is enough; not a byte of the body has to come.
        let call = Call::new(one.method, one.path)
            .raw("application/json", b"")
            .header("Content-Length", "700000")
            .key(key);
        check("by length", &one, &one.send(&server, &call), &[problem::TOO_LARGE]);
        // A body that does not say how long it is.
        let chunk = format!("{:x}\r\n{}\r\n", 700_000, " ".repeat(700_000));
        let call = Call::new(one.method, one.path)
            .raw("application/json", chunk.as_bytes())
            .header("Transfer-Encoding", "chunked")
            .key(key);
        check("by count", &one, &one.send(&server, &call), &[problem::TOO_LARGE]);
    }
    assert_eq!(state(&server), before);
}

fn wrong_choices() -> Vec<Value> {
    let long = MARKER.repeat(20);
    let yes = |field: &str, value: Value| {
        let mut body = choice(&["Personalization"]);
        body[field] = value;
        body
    };
    let digest = json!({ "digest": MARKER, "language": "en" });
    let language = json!({ "digest": "ab".repeat(32), "language": long });
    vec![
        yes("browser", json!(MARKER)),
        yes("customer", json!(long)),
        yes("customer", json!("canary-5e1f\u{0}")),
        yes("choices", json!({})),
        yes("choices", json!({ MARKER: true })),
        yes("choices", json!({ "Personalization": MARKER })),
        yes("notice", json!(null)),
        yes("notice", digest),
        yes("notice", language),
        yes("acknowledged_signals", json!([MARKER])),
        yes("for_days", json!(396)),
        yes("for_days", json!(0)),
        yes("how", json!("canary-5e1f\n")),
        yes("how", json!(long)),
    ]
}

fn wrong_items() -> Vec<Value> {
    let long = MARKER.repeat(20);
    let item = |item: Value| json!({ "items": [item] });
    vec![
        item(json!({ "id": "", "title": MARKER })),
        item(json!({ "id": long, "title": MARKER })),
        item(json!({ "id": "canary-5e1f\n", "title": MARKER })),
        item(json!({ "id": MARKER, "title": MARKER, "url": "javascript:canary-5e1f" })),
        item(json!({ "id": MARKER, "title": MARKER, "price": { "minor": 1.5 } })),
        item(json!({ "id": MARKER, "title": MARKER, "canary-5e1f": 1 })),
        json!({ "items": vec![json!({ "id": MARKER, "title": MARKER }); 1_001] }),
    ]
}

fn wrong_events() -> Vec<Value> {
    let long = MARKER.repeat(20);
    vec![
        json!({ "event": [MARKER], "userId": MARKER }),
        json!({ "event": "Product Viewed", "userId": long }),
        json!({ "event": "Product Viewed", "userId": "canary-5e1f\n" }),
        json!({ "event": "Product Viewed", "messageId": MARKER.repeat(30) }),
        json!({ "event": "Product Viewed", "timestamp": MARKER }),
        json!({ "event": "Product Viewed", "properties": { "product_id": long } }),
        json!({ "event": "Product Viewed", "properties": MARKER }),
    ]
}

fn wrong_rows() -> Vec<Value> {
    vec![
        json!({ "table": MARKER, "pseudonym": "00", "id": "00", "role": "r", "reason": "r" }),
        json!({ "table": "consent_evidence", "pseudonym": MARKER, "id": MARKER,
                    "role": MARKER, "reason": MARKER }),
        json!({ "table": "history_event", "pseudonym": "00".repeat(16),
                    "id": "00".repeat(16), "role": MARKER, "reason": MARKER }),
    ]
}

fn wrong_documents() -> Vec<Value> {
    let put = |what: Value| {
        let mut body = json!({ "role": "merchandiser", "reason": MARKER });
        for (name, value) in what.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    vec![
        put(json!({})),
        put(json!({ "toml": MARKER, "version": 1 })),
        put(json!({ "version": MARKER })),
        put(json!({ "toml": 5 })),
        put(json!({ "toml": "", "role": "" })),
        put(json!({ "toml": "", "role": MARKER.repeat(9) })),
        put(json!({ "toml": "", "reason": "canary" })),
        put(json!({ "toml": "", "reason": MARKER.repeat(99) })),
    ]
}

#[test]
fn wrong_fields_are_refused_without_being_repeated() {
    let server = Server::by_hand();
    let before = state(&server);
    let erasures = vec![
        json!({ "browser": MARKER }),
        json!({ "customer": MARKER.repeat(20) }),
        json!({ "customer": 5 }),
    ];
    let corrections = vec![
        json!({ "customer": ANNA }),
        json!({ "customer": ANNA, "forget": [{ "signal": MARKER }] }),
        json!({ "customer": ANNA, "forget": [{ "signal": "0123456789ABCDEF" }] }),
        json!({ "customer": ANNA, "forget": [{ "signal": "0123456789abcdef", "item": "" }] }),
        json!({ "customer": ANNA, "forget_stated": { "sizes": [MARKER.repeat(30)] } }),
        json!({ "customer": ANNA, "forget_stated": { "sizes": vec![MARKER; 1_001] } }),
        json!({ "customer": ANNA, "forget": [{ "signal": "0123456789abcdef" }] }),
    ];
    let batches = vec![json!({ "batch": MARKER }), json!({ "canary-5e1f": [] })];
    let any = [
        problem::MALFORMED,
        problem::INVALID,
        problem::TOO_LARGE,
        problem::NOT_FOUND,
        problem::FORBIDDEN,
    ];
    for (id, bodies) in [
        ("put_consents", wrong_choices()),
        ("read_access", erasures.clone()),
        ("invite", erasures.clone()),
        ("correct", corrections),
        ("create_erasure", erasures.clone()),
        ("plan_erasure", erasures.into_iter().chain([json!({ "scope": MARKER })]).collect()),
        ("put_items", wrong_items()),
        ("track", wrong_events()),
        ("batch", batches),
        ("open_row", wrong_rows()),
        ("put_document", wrong_documents()),
    ] {
        let one = table().into_iter().find(|one| one.id == id).unwrap();
        for body in bodies {
            let call = Call::new(one.method, one.path).json(&body).key(one.key(&server));
            check(&format!("{body:.80}"), &one, &one.send(&server, &call), &any);
        }
    }
    assert_eq!(state(&server), before);
}

#[test]
fn queries_that_cannot_be_read_are_refused() {
    let server = Server::by_hand();
    let before = state(&server);
    let read = [problem::MALFORMED, problem::INVALID];
    for one in table().into_iter().filter(|one| one.query) {
        let send = |call: Call| one.send(&server, &call.key(one.key(&server)));
        check("unknown", &one, &send(one.asking("canary-5e1f=canary-5e1f")), &read);
    }
    let long = MARKER.repeat(20);
    for (id, query) in [
        ("read_consents", "browser=canary-5e1f"),
        ("read_consents", "customer=canary-5e1f%00"),
        ("read_consents", "jurisdiction=canary-5e1f&browser=00000000000000000000000000000000"),
        ("put_consents", "jurisdiction=canary-5e1f"),
        ("notice", "language=canary_5e1f"),
        ("notice", &format!("language={long}")),
        ("notice", "jurisdiction=canary-5e1f"),
        ("notice", "jurisdiction="),
        ("notice", "gpc=canary-5e1f"),
        ("recommendations", "placement=canary-5e1f"),
        ("recommendations", "tier=canary-5e1f"),
        ("recommendations", "count=canary-5e1f"),
        ("recommendations", "count=51"),
        ("recommendations", "count=0"),
        ("recommendations", "count=-1"),
        ("recommendations", "count=1&count=2"),
        ("recommendations", "browser=canary-5e1f"),
        ("recommendations", "item="),
        ("recommendations", &format!("item={long}")),
        ("recommendations", &format!("recent=a,{long}")),
        ("recommendations", &format!("recent={}a", "canary-5e1f,".repeat(50))),
        ("list_items", "limit=0"),
        ("list_items", "limit=1001"),
        ("list_items", "limit=canary-5e1f"),
        ("list_items", &format!("after={long}")),
        ("delete_items", "id=canary-5e1f-twice"),
        ("list_rows", "limit=501"),
        ("list_rows", "after=canary-5e1f"),
        ("put_document", "check=canary-5e1f"),
        ("delete_document", "check=canary-5e1f"),
        ("delete_document", "reason=canary-5e1f"),
    ] {
        let one = table().into_iter().find(|one| one.id == id).unwrap();
        let reply = one.send(&server, &one.asking(query).key(one.key(&server)));
        check(query, &one, &reply, &read);
    }
    assert_eq!(state(&server), before);
}

#[test]
fn what_is_not_there_is_not_there() {
    let server = Server::by_hand();
    let before = state(&server);
    let one = |id: &str| table().into_iter().find(|one| one.id == id).unwrap();
    let [public, staff] = [server.public, server.staff];
    let get = |path: &str, who| Call::get(path).key(server.key(who));
    for path in ["/canary-5e1f", "/v1", "/v1/", "/v1/track/canary-5e1f", "/v2/track", "/../v1"] {
        let reply = get(path, As::Shop).send(public);
        check(path, &one("healthz"), &reply, &[problem::NOT_FOUND]);
    }
    // Neither listener serves what belongs to the other.
    let of_staff = [
        "/metrics",
        "/staff/inventory",
        "/staff/rows",
        "/staff/rows/open",
        "/staff/documents",
        "/staff/documents/placement/home",
    ];
    for path in of_staff {
        let reply = get(path, As::Staff).send(public);
        check(path, &one("metrics"), &reply, &[problem::NOT_FOUND]);
    }
    for path in ["/v1/catalog/items", "/v1/consents", "/healthz"] {
        let reply = get(path, As::Shop).send(staff);
        check(path, &one("list_items"), &reply, &[problem::NOT_FOUND]);
    }
    for id in ["canary-5e1f", "00000000000000000000000000000000", "%00", "..%2f..%2fcanary-5e1f"] {
        let reply = get(&format!("/v1/erasures/{id}"), As::Shop).send(public);
        check(id, &one("read_erasure"), &reply, &[problem::NOT_FOUND]);
    }
    let gone = Call::new("DELETE", "/v1/catalog/items?id=canary-5e1f");
    let reply = server.call(As::Shop, &gone);
    check("unknown item", &one("delete_items"), &reply, &[problem::NOT_FOUND]);
    assert_eq!(state(&server), before);
}

#[test]
fn methods_that_a_path_does_not_have_are_refused() {
    let server = Server::by_hand();
    let before = state(&server);
    let operations = table();
    for one in &operations {
        let own = |method: &str| {
            let same = |other: &&Operation| other.bare_path() == one.bare_path();
            operations.iter().filter(same).any(|other| other.method == method)
        };
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"] {
            if own(method) {
                continue;
            }
            let call = Call::new(method, one.path).key(one.key(&server));
            let reply = one.send(&server, &call);
            check(method, one, &reply, &[problem::METHOD]);
            let allow = reply.header("allow").unwrap_or_default();
            assert!(allow.contains(one.method), "{} {method}: Allow is {allow:?}", one.id);
        }
    }
    assert_eq!(state(&server), before);
}
