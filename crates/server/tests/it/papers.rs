//! Notices and records: everyone can read the privacy notice, staff the rest, and a change says
//! what a yes from before does not cover.

use notices::canonical;
use serde_json::Value;
use server::clock::Clock;
use server::papers::settings::NoticeSettings;

use crate::http::{Call, Reply};
use crate::shop::{As, Binary, START, Server};

fn notice(server: &Server, query: &str) -> Reply {
    Call::get(&format!("/v1/privacy-notice{query}")).send(server.public)
}

#[test]
fn everyone_reads_the_privacy_notice_and_may_keep_it() {
    let server = Server::by_hand();
    let reply = notice(&server, "?language=de-AT");
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("cache-control"), Some("public, max-age=3600"));
    let body: Value = serde_json::from_str(&reply.text()).unwrap();
    assert_eq!((&body["language"], &body["kind"]), (&"de".into(), &"notice".into()));
    assert_eq!(body["digest"], canonical::digest(&body));
    let tag = reply.header("etag").unwrap().to_owned();
    assert_eq!(tag, format!("\"{}\"", body["digest"].as_str().unwrap()));
    let again = Call::get("/v1/privacy-notice?language=de").header("If-None-Match", &tag);
    let again = again.send(server.public);
    assert_eq!((again.status, again.text().len()), (304, 0));
    assert_ne!(notice(&server, "?language=pl").header("etag"), Some(tag.as_str()));
    assert_eq!(notice(&server, "?language=%20").status, 422);
    assert_eq!(notice(&server, "?format=dpv").status, 422);
    assert_eq!(notice(&server, "?format=pdf").status, 400);
    assert_eq!(notice(&server, "?person=anna").status, 400);
}

#[test]
fn the_page_allows_its_own_style_and_nothing_else() {
    let server = Server::by_hand();
    let reply = notice(&server, "?format=html&language=nb");
    assert!(reply.header("content-type").unwrap().starts_with("text/html"));
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.contains("style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    let page = reply.text();
    assert!(page.contains("<html lang=\"nb\"") && page.contains("Personvernerklæring"));
    assert!(page.contains("controller.name"), "what is missing is marked");
}

#[test]
fn staff_read_every_document_and_the_record_in_terms_of_the_vocabulary() {
    let server = Server::by_hand();
    for kind in ["inventory", "ropa", "retention", "notice", "dpia"] {
        let reply = server.call(As::Staff, &Call::get(&format!("/staff/notices/{kind}"))).good();
        assert_eq!(reply["kind"], kind);
        assert_eq!(reply["digest"], canonical::digest(&reply));
    }
    let call = Call::get("/staff/notices/ropa?format=dpv");
    let record = server.call(As::Staff, &call);
    assert_eq!(record.header("content-type"), Some("application/ld+json"));
    let record: Value = serde_json::from_str(&record.text()).unwrap();
    assert_eq!(record["@type"], "dpv:ROPA");
    let first = &record["dpv:hasProcess"][0]["dpv:hasPurpose"]["skos:broader"]["@id"];
    assert_eq!(first, "dpv:ProvidePersonalisedRecommendations");
    assert_eq!(server.call(As::Staff, &Call::get("/staff/notices/secrets")).status, 404);
}

#[test]
fn a_change_says_what_a_yes_from_before_does_not_cover() {
    let before = Server::by_hand();
    let old = before.call(As::Staff, &Call::get("/staff/notices/notice")).good();
    let settings: NoticeSettings = toml::from_str(
        "[[recipients]]\nname = \"Mailer\"\nrole = \"processor\"\nwhat_for = \"sends letters\"\n\
         place = \"US\"\npurposes = [\"Marketing\"]\n",
    )
    .unwrap();
    let after = Server::with(Clock::by_hand(START), |all| all.notice = settings);
    let diff = after.call(As::Staff, &Call::post("/staff/notices/notice/comparison", &old)).good();
    assert_eq!(diff["widens"], true);
    assert_eq!(diff["uncovered"], serde_json::json!(["Marketing"]));
    assert_eq!(diff["before"], old["digest"]);
    let same = before.call(As::Staff, &Call::post("/staff/notices/notice/comparison", &old)).good();
    assert_eq!((&same["widens"], same["changes"].as_array().unwrap().len()), (&false.into(), 0));
    let mut forged = old;
    forged["processing"]["tables"][0]["keep_days_max"] = 1.into();
    let forged = Call::post("/staff/notices/notice/comparison", &forged);
    assert_eq!(after.call(As::Staff, &forged).status, 422);
}

#[test]
fn the_command_prints_compares_and_lists_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.toml");
    let smallest = "shop = \"clothes\"\ndata_dir = \"data\"\n";
    std::fs::write(&file, smallest).unwrap();
    let config = file.to_str().unwrap();
    let run = |arguments: &[&str]| {
        let all = [&["notices", "--config", config], arguments].concat();
        let ended = Binary::command(&all).output().unwrap();
        let said = [ended.stdout, ended.stderr].concat();
        (ended.status.success(), String::from_utf8(said).unwrap())
    };
    let (good, listed) = run(&[]);
    assert!(good && listed.contains("missing: controller.name"), "{listed}");
    let (good, page) = run(&["notice", "--language", "pl", "--format", "html"]);
    assert!(good && page.contains("<html lang=\"pl\""), "{page}");
    let (good, record) = run(&["ropa", "--format", "dpv"]);
    assert!(good && record.contains("\"dpv:ROPA\""), "{record}");
    assert!(!run(&["notice", "--format", "dpv"]).0);
    let (good, old) = run(&["retention"]);
    assert!(good);
    let older = folder.path().join("old.json");
    std::fs::write(&older, &old).unwrap();
    let diff = ["retention", "--diff", older.to_str().unwrap()];
    assert!(run(&diff).1.contains("does no more than before"));
    std::fs::write(&file, format!("backup_keep_days = 60\n{smallest}")).unwrap();
    let (good, said) = run(&diff);
    assert!(good && said.contains("more   limits.backup_keep_days: 30 > 60"), "{said}");
    assert!(said.contains("a yes from before does not cover it: Personalization"), "{said}");
}
