//! The banner in a real browser, on a shop's page of another origin; and that a recorded digest
//! finds the words that were shown.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use server::clock::Clock;
use server::settings::Origin;

use crate::http::Call;
use crate::shop::{As, Binary, Server, tool};

/// The folder with the words of a language that the program does not have.
fn texts() -> String {
    format!("{}/tests/texts", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn visitors_meet_the_banner() {
    let (modules, chromium) = (tool("CONFIDANT_NODE_MODULES"), tool("CONFIDANT_CHROMIUM"));
    // With CONFIDANT_PICTURES=FOLDER people can look at every state.
    let temporary = tempfile::tempdir().unwrap();
    let wanted = std::env::var_os("CONFIDANT_PICTURES").map(PathBuf::from);
    let folder = wanted.unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&folder).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node/banner.mjs");
    let mut node = Command::new("node")
        .arg(script)
        .arg(&folder)
        .env("CONFIDANT_NODE_MODULES", modules)
        .env("CONFIDANT_CHROMIUM", chromium)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("node starts; run `cargo xtask test`, which installs what tests need");
    // The shop comes first, because the write key is bound to its origin.
    let mut said = BufReader::new(node.stdout.take().unwrap());
    let mut origin = String::new();
    said.read_line(&mut origin).unwrap();
    let server = Server::with(Clock::machine(), |settings| {
        settings.origins.push(Origin::parse(origin.trim()).unwrap());
        settings.banner.texts = Some(texts().into());
    });
    let mut told = node.stdin.take().unwrap();
    writeln!(told, "http://{}\n{}", server.public, server.key(As::Page)).unwrap();
    drop(told);
    let mut words = String::new();
    said.read_to_string(&mut words).unwrap();
    let ended = node.wait_with_output().unwrap();
    words.push_str(&String::from_utf8_lossy(&ended.stderr));
    println!("{words}");
    assert!(ended.status.success(), "{words}");
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "json") {
            check_shown(&path);
        }
    }
}

/// The command finds the notice of a recorded digest, and every word of it was on the page.
#[track_caller]
fn check_shown(file: &Path) {
    let record: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let digest = record["digest"].as_str().unwrap();
    let shown: BTreeSet<&str> =
        record["shown"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    let texts = texts();
    let found =
        Binary::command(&["notice", "--digest", digest, "--texts", &texts]).output().unwrap();
    let text = String::from_utf8_lossy(&found.stdout).into_owned();
    assert!(found.status.success(), "{text}{}", String::from_utf8_lossy(&found.stderr));
    let (notice, end) = text.rsplit_once("\n\n").unwrap();
    assert_eq!(end.trim(), format!("sha-256: {digest}"));
    let (_, notice) = notice.split_once("\n\n").unwrap();
    assert!(notice.lines().count() > 30);
    for line in notice.lines() {
        assert!(shown.contains(line), "{}: not shown: {line}", file.display());
    }
}

#[test]
fn the_notice_is_for_everyone_and_follows_place_language_and_signal() {
    let server = Server::by_hand();
    let get = |query: &str, gpc: bool| {
        let call = Call::get(&format!("/v1/notice{query}"));
        let call = if gpc { call.header("Sec-GPC", "1") } else { call };
        call.send(server.public).good()
    };
    let own = get("", false);
    assert_eq!((&own["language"], &own["law"]["id"]), (&"en".into(), &"eu-2018-05-25".into()));
    assert_eq!(own["digest"].as_str().unwrap().len(), 64);
    assert_eq!(own["purposes"][0]["data"][0]["keep_days_max"], 90);
    let californian = get("?language=de&jurisdiction=US-CA", true);
    assert_eq!((&californian["show"], &californian["language"]), (&"honored".into(), &"de".into()));
    assert_eq!(get("?language=de&jurisdiction=US-CA&gpc=true", false), californian);
    let reply = Call::get("/v1/notice").send(server.public);
    assert_eq!(reply.header("vary"), Some("Sec-GPC"), "{:?}", reply.header("vary"));
    // The digest is what a yes carries.
    let body = serde_json::json!({ "choices": { "Personalization": true },
        "notice": { "digest": own["digest"], "language": own["language"] }, "how": "banner" });
    server.call(As::Page, &Call::put("/v1/consents", &body)).good();
}

#[test]
fn a_shop_for_children_asks_nothing() {
    let server = Server::with(Clock::machine(), |settings| settings.child_directed = true);
    let notice = Call::get("/v1/notice").send(server.public).good();
    assert_eq!((&notice["show"], &notice["purposes"]), (&"nothing".into(), &serde_json::json!([])));
}

#[test]
fn the_script_is_served_whole_or_not_at_all_and_the_word_on_gpc_is_public() {
    let server = Server::by_hand();
    let plain = Call::get("/v1/banner.js").send(server.public);
    assert_eq!(plain.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert!(plain.text().starts_with("(()=>{"));
    let tag = plain.header("etag").unwrap().to_owned();
    let zipped = Call::get("/v1/banner.js").header("Accept-Encoding", "gzip, br");
    assert_eq!(zipped.send(server.public).header("content-encoding"), Some("gzip"));
    let known = Call::get("/v1/banner.js").header("If-None-Match", &tag).send(server.public);
    assert_eq!((known.status, known.text().len()), (304, 0));
    let word = Call::get("/.well-known/gpc.json").send(server.public);
    assert_eq!(word.header("content-type"), Some("application/json"));
    assert_eq!(word.good(), serde_json::json!({ "gpc": true, "lastUpdate": "2026-11-22" }));
}
