//! Two witnesses, each a process of its own behind HTTPS, confirm the log of a shop that is killed
//! again and again; a shop that comes back from an old backup is found out by them.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use ledger::checkpoint::Checkpoint;
use ledger::key::VerifierKey;
use ledger::merkle::Head;
use ledger::note::Note;
use ledger::policy::Policy;
use serde_json::{Value, json};

use crate::http::Call;
use crate::shop::{Binary, choice, configuration, key_file};
use crate::tls::certificate;
use crate::transparency::{assert_grown, file, get, head, key, verify};

/// `confidant witness` as a child process; killed when dropped.
struct Witness {
    child: Child,
    key: String,
    address: String,
}

impl Witness {
    fn start(folder: &Path, name: &str, log: &str, address: &str) -> Self {
        let dir = folder.join(name);
        let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        let mut command =
            Binary::command(&["witness", "--name", &format!("{name}.example/witness")]);
        command.args(["--dir", dir.to_str().unwrap(), "--log", log, "--address", address]);
        command.args(["--certificate", &file("cert.pem"), "--private-key", &file("key.pem")]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = |front: &str| {
            let line = lines.next().expect("the witness ended").unwrap();
            line.strip_prefix(front).expect(&line).to_owned()
        };
        let (key, address) = (said("witness "), said("listens on https://"));
        Self { child, key, address }
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The configuration of a shop whose log both witnesses confirm.
fn with_witnesses(folder: &Path, witnesses: &[&Witness]) -> PathBuf {
    let config = configuration(folder, "");
    let mut text = std::fs::read_to_string(&config).unwrap();
    text.push_str("\n[ledger]\ninterval_s = 1\nquorum = 2\n");
    for (witness, name) in witnesses.iter().zip(["north", "south"]) {
        let Witness { key, address, .. } = witness;
        text.push_str(&format!("[ledger.witnesses.{name}]\nkey = \"{key}\"\n"));
        text.push_str(&format!("url = \"https://{address}\"\n"));
    }
    let ca = folder.join("cert.pem");
    text.push_str(&format!("[ledger.anchor]\nfile = {:?}\n", folder.join("anchor")));
    text.push_str(&format!("[outbound]\nca_file = {ca:?}\nloopback = true\n"));
    std::fs::write(&config, text).unwrap();
    config
}

fn ready(binary: &Binary) -> Value {
    get(binary.public, "/readyz").good()
}

/// Asks until the newest checkpoint has all confirmations, and gives it.
fn confirmed(binary: &Binary, policy: &Policy) -> Head {
    loop {
        let note = Note::parse(get(binary.public, "/log/checkpoint").text().as_bytes()).unwrap();
        if let Ok(Checkpoint { head, .. }) = policy.check(&note) {
            return head;
        }
    }
}

#[test]
fn two_witnesses_confirm_a_log_that_is_killed_and_find_out_an_old_backup() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    certificate(folder);
    let first = Binary::serve(&configuration(folder, ""));
    let log = key(first.public);
    assert_eq!(ready(&first)["witnesses"], "none");
    assert!(first.end().0.success());
    let north = Witness::start(folder, "north", &log, "127.0.0.1:0");
    let south = Witness::start(folder, "south", &log, "127.0.0.1:0");
    let text = format!(
        "log {log}\nwitness north {}\nwitness south {}\ngroup both all north south\nquorum both\n",
        north.key, south.key
    );
    let policy = Policy::parse(text.as_bytes()).unwrap();
    let config = with_witnesses(folder, &[&north, &south]);

    let mut seen = vec![Head::empty()];
    for round in 0..4 {
        let binary = Binary::serve(&config);
        let secret = key_file(folder, "secret");
        let mut body = choice(&["Personalization"]);
        body["customer"] = json!(format!("customer-{round}"));
        Call::put("/v1/consents", &body).key(&secret).send(binary.public).good();
        let start = head(binary.public).size;
        while head(binary.public).size == start {}
        for old in &seen {
            assert_grown(binary.public, old);
        }
        // Killed before, while and after the witnesses are asked.
        if round % 2 == 0 {
            seen.push(confirmed(&binary, &policy));
        }
        assert_eq!(ready(&binary)["log"], "sound");
        binary.kill();
    }
    // A witness that was killed goes on from what it kept.
    let (address, kept) = (south.address.clone(), south.key.clone());
    drop(south);
    let south = Witness::start(folder, "south", &log, &address);
    assert_eq!(south.key, kept);
    let binary = Binary::serve(&config);
    let newest = confirmed(&binary, &policy);
    let secret = key_file(folder, "secret");
    let whose = Call::get("/v1/consents/proofs?customer=customer-0").key(&secret);
    let proofs = whose.send(binary.public).good();
    let (proofs, policy_file) = (file(folder, "proofs.json", &proofs), folder.join("policy"));
    std::fs::write(&policy_file, &text).unwrap();
    let said = verify(&["logged", &proofs, "--policy", policy_file.to_str().unwrap()]).unwrap();
    assert!(said.ends_with("1 proven, 0 still waiting for a batch.\n"), "{said}");
    while anchored(folder, &log).is_none_or(|size| size < newest.size) {}
    assert!(binary.end().0.success());
    comes_back_from_an_older_day(folder, &config, (&policy, &log));
}

/// The size under the checkpoint in the anchor file.
fn anchored(folder: &Path, log: &str) -> Option<u64> {
    let note = Note::parse(&std::fs::read(folder.join("anchor")).ok()?).ok()?;
    Some(Checkpoint::open(&note, &VerifierKey::parse(log).unwrap()).unwrap().head.size)
}

fn comes_back_from_an_older_day(folder: &Path, config: &Path, (policy, log): (&Policy, &str)) {
    // The whole data folder comes back from an older day: store and log agree with each other.
    let copy = |from: &str, to: &str| {
        std::fs::remove_dir_all(folder.join(to)).ok();
        let (from, to) = (folder.join(from), folder.join(to));
        assert!(Command::new("cp").arg("-a").args([&from, &to]).status().unwrap().success());
    };
    copy("data", "backup");
    let binary = Binary::serve(config);
    let start = confirmed(&binary, policy).size;
    while anchored(folder, log).is_none_or(|size| size <= start) {}
    assert!(binary.end().0.success());
    copy("backup", "data");
    // The file that was kept elsewhere says so at once.
    let serve = ["serve", "--config", config.to_str().unwrap()];
    let refused = Binary::command(&serve).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("were signed already"), "{said}");
    // Without it the witnesses do, before anything is signed.
    std::fs::remove_file(folder.join("anchor")).unwrap();
    let binary = Binary::serve(config);
    let before = head(binary.public);
    while ready(&binary)["log"] != "disputed" {}
    assert_eq!(head(binary.public), before, "a fork was signed");
    binary.kill();
}
