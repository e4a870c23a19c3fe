//! The opt-out canary: held on a server that is as it should be, and failed in front of one that
//! does not listen to a no.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};

use serde_json::{Value, json};
use server::canary::play::{Door, hand_in, play};

use crate::http::Call;
use crate::shop::{As, Binary, START, Server, VISIT_OVER_MS, configuration, item, key_file};

const TABLES: [&str; 7] = [
    "history_event",
    "learning_event",
    "closed_session",
    "learned_order",
    "preferences",
    "consent_evidence",
    "erasure_record",
];

/// Nothing of an invented visitor is there: no row, no key, nobody in memory.
#[track_caller]
fn nobody_is_left(server: &Server, people: usize, rows: &[u64]) {
    assert_eq!(server.shared().people.read().len(), people);
    assert_eq!(TABLES.map(|table| server.rows(table)), rows);
}

#[test]
fn a_healthy_server_holds_and_keeps_the_run() {
    let server = Server::by_hand();
    let ready = || Call::get("/readyz").send(server.public).good()["canary"].clone();
    assert_eq!(ready(), "never_played");
    // Somebody real, so that there is something to compare.
    let browser = server.browser(&["Personalization", "SharedLearning"]);
    assert_eq!(server.looks_at(&browser.id, &item(0), "m-1")["stored"], 1);
    server.pass(VISIT_OVER_MS);
    let (fingerprint, people) = (server.fingerprint(), server.shared().people.read().len());
    let rows = TABLES.map(|table| server.rows(table));
    server.play_canary();
    let answer = server.call(As::Staff, &Call::get("/staff/canary")).good();
    let run = &answer["runs"][0];
    assert_eq!((&run["outcome"], &run["how"]), (&json!("held"), &json!("daily")), "{run}");
    assert_eq!((&run["failures"], &run["day"]), (&json!([]), &json!("2026-03-01")));
    let packs = run["packs"].as_array().unwrap();
    assert!(packs.len() > 20, "{run}");
    assert!(packs.iter().all(|pack| pack["digest"].as_str().unwrap().len() == 64));
    let visitors = packs.len() as u64 * run["ways"].as_array().unwrap().len() as u64;
    assert_eq!(run["visitors"], visitors);
    assert_eq!(run["quiet"], visitors, "nobody else wrote anything");
    assert_eq!(run["opened"], packs.len(), "a yes opens before it is taken back");
    assert_eq!(ready(), "held");
    let metrics = server.metrics();
    assert!(metrics.contains("confidant_canary_failed 0"), "{metrics}");
    assert!(metrics.contains("confidant_canary_run_seconds 177"), "{metrics}");
    assert_eq!(server.fingerprint(), fingerprint);
    nobody_is_left(&server, people, &rows);
    let server = server.restart();
    nobody_is_left(&server, people, &rows);
    assert_eq!(server.fingerprint(), fingerprint);
    let again = server.call(As::Staff, &Call::get("/staff/canary")).good();
    assert_eq!(again["runs"], answer["runs"]);
    assert_eq!(again["state"], "held");
    // Two days without a run are too many.
    server.pass(3 * 24 * 60 * 60 * 1_000);
    assert_eq!(Call::get("/readyz").send(server.public).good()["canary"], "overdue");
}

#[test]
fn what_is_asked_of_real_people_is_not_answered() {
    let server = Server::by_hand();
    server.consenting_customer("anna", &["Personalization"]);
    let path = "/staff/canary/visitors/anna";
    assert_eq!(server.call(As::Staff, &Call::get(path)).status, 404);
    let run = json!({
        "run": "0123456789abcdef", "how": "on demand", "packs": [], "ways": [],
        "visitors": ["anna"], "opened": 0, "quiet": 0, "failures": [],
    });
    let refused = server.call(As::Staff, &Call::post("/staff/canary", &run));
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert_eq!(server.rows("consent_evidence"), 1);
}

/// A server that is told to end in the middle of a run leaves nobody behind, and no run either.
#[test]
fn a_run_that_is_cut_short_leaves_nobody() {
    let server = Server::by_hand();
    let door = Door {
        public: server.public,
        staff: server.staff,
        secret_key: server.key(As::Shop).to_owned(),
        staff_key: server.key(As::Staff).to_owned(),
    };
    let visitors = std::cell::Cell::new(0);
    let ends = || {
        visitors.set(visitors.get() + 1);
        visitors.get() > 7
    };
    let run = play(&door, ("0123456789abcdef", "daily"), START.day(), &ends).unwrap();
    assert_eq!((run.visitors.len(), &run.failures), (7, &Vec::new()));
    assert!(server.rows("consent_evidence") > 0);
    hand_in(&door, &run).unwrap();
    nobody_is_left(&server, 0, &[0; 7]);
    let answer = server.call(As::Staff, &Call::get("/staff/canary")).good();
    assert_eq!(answer, json!({ "state": "never_played", "runs": [] }));
}

/// A proxy that does not want to hear a no: it drops every signal, and answers a refusal or a
/// withdrawal itself.
fn deaf_proxy(to: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = move || {
        for stream in listener.incoming() {
            serve_deaf(stream.unwrap(), to);
        }
    };
    std::thread::Builder::new().name("deaf proxy".to_owned()).spawn(serve).unwrap();
    address
}

fn serve_deaf(stream: TcpStream, to: SocketAddr) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let header = |name: &str| {
            let line = head.lines().find(|line| line.to_lowercase().starts_with(name));
            line.and_then(|line| line.split_once(": ")).map(|(_, value)| value.to_owned())
        };
        let length = header("content-length:").map_or(0, |text| text.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let mut words = head.split(' ');
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let said: Value = serde_json::from_slice(&body).unwrap_or_default();
        let is_no = said["choices"]["Personalization"] == false;
        let (status, answer) = if is_no {
            (200, br#"{"version":2,"consents":{},"law":"none"}"#.to_vec())
        } else {
            let call = Call::new(method, path).raw("application/json", &body);
            let call = call.header("Authorization", &header("authorization:").unwrap());
            let reply = call.send(to);
            (reply.status, reply.body)
        };
        let head = format!("HTTP/1.1 {status} Said\r\nContent-Length: {}\r\n\r\n", answer.len());
        writer.write_all(head.as_bytes()).unwrap();
        writer.write_all(&answer).unwrap();
    }
}

/// `confidant canary` against a server, by addresses and keys.
fn canary(server: &Server, public: SocketAddr) -> (Option<i32>, String) {
    let file = |name: &str, key: &str| {
        let path = server.folder().join(name);
        std::fs::write(&path, key).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (public, staff) = (format!("http://{public}"), format!("http://{}", server.staff));
    let secret_key = file("secret", server.key(As::Shop));
    let staff_key = file("staff", server.key(As::Staff));
    let mut command = Binary::command(&["canary", "--public", &public, "--staff", &staff]);
    command.args(["--secret-key", &secret_key, "--staff-key", &staff_key]);
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn a_gate_that_does_not_hear_a_no_alarms() {
    let server = Server::start();
    let (code, said) = canary(&server, deaf_proxy(server.public));
    assert_eq!(code, Some(1), "{said}");
    for what in [
        "events were stored after the opt-out",
        "events were not refused as consent_refused",
        "the server holds something after the opt-out",
        "opt-outs did not hold",
    ] {
        assert!(said.contains(what), "{what}: {said}");
    }
    let answer = server.call(As::Staff, &Call::get("/staff/canary")).good();
    let run = &answer["runs"][0];
    assert_eq!((&answer["state"], &run["outcome"]), (&json!("failed"), &json!("failed")));
    assert_eq!(run["how"], "on demand");
    let failures = run["failures"].as_array().unwrap();
    for way in
        ["gpc", "tcf", "gpp", "us-privacy", "consent-mode", "shopify", "refusal", "withdrawal"]
    {
        let of_way = failures.iter().filter(|broken| broken["way"] == way);
        assert!(of_way.count() > 20, "{way}: {run}");
    }
    assert_eq!(Call::get("/readyz").send(server.public).good()["canary"], "failed");
    assert!(server.metrics().contains("confidant_canary_failed 1"));
    // What the visitors were able to leave is gone all the same.
    nobody_is_left(&server, 0, &[0; 7]);
    assert_eq!(server.sessions(), 0);
    // Without the proxy it holds again.
    let (code, said) = canary(&server, server.public);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("held: nothing personal was learned or stored"), "{said}");
    assert_eq!(Call::get("/readyz").send(server.public).good()["canary"], "held");
}

#[test]
fn the_command_finds_a_server_by_its_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), "");
    let binary = Binary::serve(&config);
    // The configuration takes any port, so only the addresses are given.
    let addresses = [binary.public, binary.staff].map(|address| format!("http://{address}"));
    let run = |public: &str| {
        let arguments = ["canary", "--config", config.to_str().unwrap(), "--public", public];
        let staff = ["--staff", &addresses[1]];
        Binary::command(&[arguments.as_slice(), &staff].concat()).output().unwrap()
    };
    let output = run(&addresses[0]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let runs = Call::get("/staff/canary").key(&key_file(folder.path(), "staff"));
    assert_eq!(runs.send(binary.staff).good()["runs"].as_array().unwrap().len(), 1);
    let wrong = run("https://shop.example");
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(!wrong.status.success() && said.contains("http://HOST:PORT"), "{said}");
}
