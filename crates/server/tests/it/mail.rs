//! Mail: through a real SMTP server, links for people without an account, notices of what was done.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::{Value, json};
use server::clock::Clock;
use server::mail::Letter;
use server::settings::Settings;
use server::settings::center::CenterSettings;
use server::settings::mail::{MailSettings, Security};
use tempfile::TempDir;

use crate::http::{Call, Reply};
use crate::shop::{As, START, Server, item, tool};

const FORM: &str = "application/x-www-form-urlencoded";
const MINUTE_MS: i64 = 60_000;

/// aiosmtpd, as another implementation of SMTP.
struct MailServer {
    child: Child,
    out: BufReader<ChildStdout>,
    port: u16,
    folder: TempDir,
}

impl MailServer {
    fn start(mode: &str, later: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let names = ["127.0.0.1".to_owned()];
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
        let [cert_file, key_file] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name));
        std::fs::write(&cert_file, cert.pem()).unwrap();
        std::fs::write(&key_file, signing_key.serialize_pem()).unwrap();
        std::fs::write(folder.path().join("password"), "secret\n").unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/mail_server.py");
        let mut child = Command::new(tool("CONFIDANT_VENV").join("bin/python"))
            .args(["-W", "ignore", script, mode])
            .args([&cert_file, &key_file])
            .arg(later.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut server = Self { child, out, port: 0, folder };
        let first = server.next();
        server.port = u16::try_from(first["port"].as_u64().unwrap()).unwrap();
        server
    }

    /// What happens next; waits for it.
    fn next(&mut self) -> Value {
        let mut line = String::new();
        assert!(self.out.read_line(&mut line).unwrap() > 0, "the mail server ended");
        serde_json::from_str(&line).unwrap()
    }

    fn settings(&self, security: Security) -> MailSettings {
        let login = security != Security::None;
        MailSettings {
            server: "127.0.0.1".to_owned(),
            port: Some(self.port),
            security,
            user: login.then(|| "shop".to_owned()),
            password_file: login.then(|| self.folder.path().join("password")),
            certificate_file: login.then(|| self.folder.path().join("cert.pem")),
            from: "Kläder <privacy@shop.example>".to_owned(),
            reply_to: Some("help@shop.example".to_owned()),
            retry_seconds: 1,
            kept: false,
            ..MailSettings::kept()
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A shop with a center and this mail.
fn shop(mail: MailSettings, change: impl FnOnce(&mut Settings)) -> Server {
    Server::with(Clock::by_hand(START), |settings| {
        settings.privacy_center = Some(CenterSettings::loopback(0));
        settings.mail = Some(mail);
        change(settings);
    })
}

fn kept() -> Server {
    shop(MailSettings::kept(), |_| {})
}

#[track_caller]
fn report(server: &Server, body: &Value) -> Reply {
    server.call(As::Shop, &Call::put("/v1/mail-addresses", body))
}

fn knows(server: &Server, customer: &str, address: &str, guest: bool) {
    let body = json!({ "customer": customer, "address": address, "guest": guest });
    assert_eq!(report(server, &body).status, 204);
}

fn asks(server: &Server, address: &str, scope: &str) -> Reply {
    let fields = format!("address={}&scope={scope}", address.replace('@', "%40"));
    Call::new("POST", "/mail").raw(FORM, fields.as_bytes()).send(server.center.unwrap())
}

/// The link that a mail holds.
fn link_in(server: &Server, text: &str) -> String {
    let origin = format!("http://{}/enter?link=", server.center.unwrap());
    let line = text.lines().find_map(|line| line.trim().strip_prefix(&origin));
    line.unwrap_or_else(|| panic!("no link in {text}")).to_owned()
}

/// Enters by a link; gives the cookie.
fn enter(server: &Server, link: &str) -> Result<String, u16> {
    let call = Call::new("POST", "/enter").raw(FORM, format!("link={link}").as_bytes());
    let reply = call.send(server.center.unwrap());
    if reply.status != 303 {
        return Err(reply.status);
    }
    let set = reply.header("set-cookie").unwrap();
    Ok(set.split(';').next().unwrap().to_owned())
}

fn get(server: &Server, cookie: &str, path: &str) -> Reply {
    Call::get(path).header("Cookie", cookie).send(server.center.unwrap())
}

fn csrf(server: &Server, cookie: &str, path: &str) -> String {
    let text = get(server, cookie, path).text();
    let (_, rest) = text.split_once("name=\"csrf\" value=\"").expect(&text);
    rest.split('"').next().unwrap().to_owned()
}

fn only(mut letters: Vec<Letter>) -> Letter {
    assert_eq!(letters.len(), 1, "{:?}", letters.iter().map(|l| &l.subject).collect::<Vec<_>>());
    letters.remove(0)
}

#[test]
fn a_link_goes_out_by_starttls_and_is_tried_again() {
    let mut mail = MailServer::start("starttls", 1);
    let server = shop(mail.settings(Security::Starttls), |settings| {
        settings.controller.name = "Kläder\r\nBcc: evil@example.org".to_owned();
    });
    knows(&server, "guest-7", "ada@example.org", true);
    assert_eq!(asks(&server, "Ada@Example.org", "download").status, 200);
    assert_eq!(mail.next(), json!({ "did": "later", "to": "ada@example.org" }));
    let taken = mail.next();
    assert_eq!(taken["did"], "taken");
    assert_eq!(taken["sender"], "privacy@shop.example");
    assert_eq!(taken["to"], json!(["ada@example.org"]));
    assert_eq!((&taken["tls"], &taken["login"]), (&json!(true), &json!(true)));
    let text = taken["text"].as_str().unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    for needed in ["auto-submitted: auto-generated", "reply-to: help@shop.example", "message-id:"] {
        assert!(head.contains(needed), "{head}");
    }
    // What the shop calls itself became no header.
    assert!(!head.lines().any(|line| line.starts_with("bcc")), "{head}");
    // The body may be encoded; the link stands in it once the soft line ends are gone.
    let body = body.replace("=\r\n", "").replace("=3D", "=");
    let cookie = enter(&server, &link_in(&server, &body)).unwrap();
    assert_eq!(get(&server, &cookie, "/download").status, 200);
    assert_eq!(get(&server, &cookie, "/erase").status, 403, "bound to one action");
}

#[test]
fn tls_from_the_first_byte_works_and_a_wrong_certificate_is_refused() {
    let mut mail = MailServer::start("tls", 0);
    let server = shop(mail.settings(Security::Tls), |_| {});
    knows(&server, "guest-7", "ada@example.org", true);
    asks(&server, "ada@example.org", "all");
    let taken = mail.next();
    assert_eq!((&taken["did"], &taken["tls"]), (&json!("taken"), &json!(true)));
    // A server whose certificate nobody vouches for gets neither password nor mail.
    let strange = MailSettings { certificate_file: None, ..mail.settings(Security::Tls) };
    let other = shop(strange, |_| {});
    knows(&other, "guest-7", "ada@example.org", true);
    asks(&other, "ada@example.org", "all");
    other.mails();
    asks(&server, "ada@example.org", "choices");
    assert_eq!(mail.next()["did"], "taken", "of the first shop");
}

#[test]
fn a_refusal_for_good_is_counted_and_not_tried_again() {
    let mut mail = MailServer::start("none", 0);
    let server = shop(mail.settings(Security::None), |_| {});
    knows(&server, "guest-7", "nobody@example.org", true);
    knows(&server, "guest-8", "ada@example.org", true);
    asks(&server, "nobody@example.org", "all");
    assert_eq!(mail.next()["did"], "refused");
    asks(&server, "ada@example.org", "all");
    assert_eq!(mail.next()["did"], "taken");
}

#[test]
fn the_answer_is_the_same_for_every_address() {
    let server = kept();
    knows(&server, "guest-7", "ada@example.org", true);
    let known = asks(&server, "ada@example.org", "all");
    let unknown = asks(&server, "bob@example.org", "all");
    let broken = asks(&server, "not an address", "all");
    assert_eq!(known.status, 200);
    assert_eq!(known.text(), unknown.text());
    assert_eq!(known.text(), broken.text());
    let plain = |reply: &Reply| {
        let mut headers = reply.headers.clone();
        headers.retain(|(name, _)| name != "date");
        headers
    };
    assert_eq!(plain(&known), plain(&unknown));
    let letter = only(server.mails());
    assert_eq!(letter.to.to_string(), "ada@example.org", "as the shop reported it");
    // Neither the page nor the link tell who it is for.
    assert!(!known.text().contains("ada@"), "{}", known.text());
    // Without mail there is no such page.
    let without = Server::with(Clock::by_hand(START), |settings| {
        settings.privacy_center = Some(CenterSettings::loopback(0));
    });
    assert_eq!(asks(&without, "ada@example.org", "all").status, 404);
    assert_eq!(asks(&server, "ada@example.org", "everything").status, 422);
}

#[test]
fn a_mailed_link_works_once_and_for_half_an_hour() {
    let server = kept();
    knows(&server, "guest-7", "ada@example.org", true);
    asks(&server, "ada@example.org", "all");
    let link = link_in(&server, &only(server.mails()).text);
    let cookie = enter(&server, &link).unwrap();
    let page = get(&server, &cookie, "/data");
    assert_eq!(page.status, 200, "for a guest it is as good as a login");
    assert_eq!(enter(&server, &link), Err(410), "once");
    asks(&server, "ada@example.org", "all");
    let link = link_in(&server, &server.mails()[0].text);
    server.pass(30 * MINUTE_MS);
    assert_eq!(enter(&server, &link), Err(410), "half an hour");
}

#[test]
fn who_has_an_account_is_told_to_log_in() {
    let server = kept();
    knows(&server, "anna", "ada@example.org", false);
    asks(&server, "ada@example.org", "erase");
    let letter = only(server.mails());
    assert!(letter.text.contains("You have an account"), "{}", letter.text);
    let cookie = enter(&server, &link_in(&server, &letter.text)).unwrap();
    assert_eq!(get(&server, &cookie, "/").status, 200);
    for path in ["/data", "/download", "/erase"] {
        assert_eq!(get(&server, &cookie, path).status, 403, "{path}");
    }
}

#[test]
fn an_address_is_written_to_three_times_an_hour_and_a_network_asks_twenty_times() {
    let server = kept();
    knows(&server, "guest-7", "ada@example.org", true);
    let statuses: Vec<u16> =
        (0..21).map(|_| asks(&server, "ada@example.org", "all").status).collect();
    assert_eq!(statuses[..20], [200; 20]);
    assert_eq!(statuses[20], 429);
    assert_eq!(server.mails().len(), 3);
    server.pass(60 * MINUTE_MS);
    assert_eq!(asks(&server, "ada@example.org", "all").status, 200);
    assert_eq!(server.mails().len(), 4);
}

#[test]
fn an_address_is_kept_sealed_replaced_and_erased() {
    let server = kept();
    for (body, status) in [
        (json!({ "customer": "anna", "address": "a\r\nBcc: b@example.org" }), 422),
        (json!({ "customer": "anna", "address": "a@example.org\r\n DATA" }), 422),
        (json!({ "customer": "anna", "address": "nobody" }), 422),
        (json!({ "customer": "", "address": "a@example.org" }), 422),
        (json!({ "customer": "anna", "address": "a@example.org", "language": "d/e" }), 422),
    ] {
        assert_eq!(report(&server, &body).status, status, "{body}");
    }
    knows(&server, "anna", "old-marker@example.org", true);
    knows(&server, "anna", "new-marker@example.org", true);
    knows(&server, "bert", "new-marker@example.org", true);
    assert_eq!(server.rows("mail_address"), 2, "one of each person");
    asks(&server, "old-marker@example.org", "all");
    assert_eq!(server.mails().len(), 0);
    asks(&server, "new-marker@example.org", "all");
    assert_eq!(server.mails().len(), 2, "both who share it");
    // The person sees it in the copy.
    let told = server.call(As::Shop, &Call::post("/v1/access", &json!({ "customer": "anna" })));
    assert!(told.text().contains("new-marker@example.org"));
    // It outlives a restart, and goes with an erasure, which says so to the address.
    let server = server.restart();
    server.erases(As::Shop, &json!({ "customer": "anna" }));
    assert_eq!(server.rows("mail_address"), 1);
    let letter = only(server.mails());
    assert!(letter.text.contains("erased"), "{}", letter.text);
    assert_eq!(report(&server, &json!({ "customer": "bert" })).status, 204);
    assert_eq!(server.rows("mail_address"), 0);
    asks(&server, "new-marker@example.org", "all");
    assert_eq!(server.mails().len(), 1, "nobody is found any more");
}

#[test]
fn what_is_done_in_the_center_is_told_once_an_hour_in_the_persons_language() {
    let server = shop(MailSettings::kept(), |settings| {
        settings.controller.contact = "help@shop.example".to_owned();
    });
    let body = json!({
        "customer": "anna", "address": "ada@example.org", "language": "de-AT", "guest": false,
    });
    assert_eq!(report(&server, &body).status, 204);
    server.consenting_customer("anna", &["Personalization"]);
    let event = json!({
        "userId": "anna", "messageId": "m", "event": "Product Viewed",
        "properties": { "product_id": item(0).as_str() },
    });
    server.call(As::Shop, &Call::post("/v1/track", &event)).good();
    let links = Call::post("/v1/privacy-center/links", &json!({ "customer": "anna" }));
    let told = server.call(As::Shop, &links).good();
    let link = link_in(&server, told["url"].as_str().unwrap());
    let cookie = enter(&server, &link).unwrap();
    get(&server, &cookie, "/");
    assert_eq!(server.mails().len(), 0, "switches are no look");
    get(&server, &cookie, "/data");
    get(&server, &cookie, "/data?page=1");
    let letter = only(server.mails());
    assert!(letter.text.contains("2026-03-01 12:00 UTC"), "when: {}", letter.text);
    assert!(letter.text.contains("angesehen") && letter.text.contains("help@shop.example"));
    let post = |path: &str, fields: &str| {
        let token = csrf(&server, &cookie, path);
        let call = Call::new("POST", path).raw(FORM, format!("csrf={token}{fields}").as_bytes());
        call.header("Cookie", &cookie).send(server.center.unwrap()).status
    };
    assert_eq!(post("/download", ""), 200);
    assert!(server.mails()[0].text.contains("heruntergeladen"));
    assert_eq!(post("/erase", "&sure=yes"), 200);
    let letters = server.mails();
    assert_eq!(letters.len(), 3);
    assert!(letters[0].text.contains("gelöscht"), "{}", letters[0].text);
    assert_eq!(server.rows("mail_address"), 0);
}
