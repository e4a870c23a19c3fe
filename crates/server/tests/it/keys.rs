//! Recovery copies of the shop key: a shop is not served again before one was tried. And no key in
//! a core dump.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::shop::{Binary, ORIGIN};

const CONFIG: &str = "confidant.toml";

fn write_config(folder: &Path, more: &str) {
    let text = format!(
        "shop = \"clothes\"\ndata_dir = \"data\"\norigins = [\"{ORIGIN}\"]\njurisdiction = \"EU\"\n\
         [public]\naddress = \"127.0.0.1:0\"\n[staff]\naddress = \"127.0.0.1:0\"\n{more}"
    );
    std::fs::write(folder.join(CONFIG), text).unwrap();
}

fn run(folder: &Path, arguments: &str) -> Output {
    let arguments: Vec<&str> = arguments.split(' ').collect();
    Binary::command(&arguments).current_dir(folder).output().unwrap()
}

#[track_caller]
fn check(folder: &Path, arguments: &str, expected: Result<&str, &str>) {
    let output = run(folder, arguments);
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let part = expected.unwrap_or_else(|part| part);
    let same = output.status.success() == expected.is_ok() && said.contains(part);
    assert!(same, "{arguments}: {said}");
}

#[track_caller]
fn serves(folder: &Path) {
    let mut command = Binary::command(&["serve"]);
    Binary::run(command.current_dir(folder).stderr(Stdio::null())).end();
}

#[test]
fn a_shop_is_served_again_when_a_recovery_copy_was_tried() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write_config(at, "");
    serves(at);
    check(at, "serve", Err("no recovery of the shop key was ever tested"));
    check(at, "doctor", Ok("confidant keys recover --check"));
    std::fs::write(at.join("phrase"), "correct horse battery\n").unwrap();
    std::fs::write(at.join("other"), "wrong horse battery\n").unwrap();
    check(at, "keys seal --passphrase-file phrase --out copy", Ok("holds the shop key, closed"));
    check(at, "keys seal --passphrase-file phrase --out copy", Err("exists"));
    let copy = std::fs::read_to_string(at.join("copy")).unwrap();
    assert!(copy.contains("argon2id memory_kib=65536 passes=3 lanes=4\n"), "{copy}");
    let recover = "keys recover --check --copy copy --passphrase-file";
    check(at, &format!("{recover} other"), Err("does not open the shop key"));
    check(at, "serve", Err("no recovery"));
    check(at, &format!("{recover} phrase"), Ok("the copy opens the store"));
    serves(at);
    check(at, "doctor", Ok("was tested on"));

    // The mark is of this key alone.
    std::fs::rename(at.join("data"), at.join("lost")).unwrap();
    write_config(at, "");
    serves(at);
    std::fs::copy(at.join("lost/recovery.json"), at.join("data/recovery.json")).unwrap();
    check(at, "serve", Err("no recovery"));
    check(at, &format!("{recover} phrase"), Err("not the shop key of this store"));
    std::fs::remove_dir_all(at.join("data")).unwrap();
    std::fs::rename(at.join("lost"), at.join("data")).unwrap();

    // The key file is lost; the copy brings it back, or is used as it is.
    std::fs::remove_file(at.join("data/keys/shop.key")).unwrap();
    check(at, "serve", Err("its shop key does not"));
    write_config(
        at,
        "[shop_key]\nsealed_file = \"copy\"\npassphrase_environment = \"SHOP_PASSPHRASE\"\n",
    );
    check(at, "serve", Err("SHOP_PASSPHRASE: the variable is not set"));
    let mut command = Binary::command(&["serve"]);
    command.current_dir(at).env("SHOP_PASSPHRASE", "correct horse battery");
    Binary::run(command.stderr(Stdio::null())).end();
}

#[test]
fn two_of_three_shares_open_the_shop_and_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write_config(at, "");
    serves(at);
    check(at, "keys split --out shares", Ok("any 2 of them open the shop"));
    let share = |number: u8| format!("--share shares/share-{number}-of-3.txt");
    let one = format!("keys recover --check {}", share(2));
    check(at, &one, Err("this set of shares does not open"));
    check(at, &format!("{one} {}", share(3)), Ok("the copy opens the store"));
    std::fs::remove_file(at.join("data/keys/shop.key")).unwrap();
    let files = "[\"shares/share-1-of-3.txt\", \"shares/share-3-of-3.txt\"]";
    write_config(at, &format!("[shop_key]\nshare_files = {files}\n"));
    serves(at);
}

#[test]
fn an_age_identity_opens_the_shop() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write_config(at, "");
    serves(at);
    let said = run(at, "keys identity --out me.key");
    let said = String::from_utf8(said.stdout).unwrap();
    let recipient = said.lines().next().unwrap().to_owned();
    assert!(recipient.starts_with("age1"), "{said}");
    check(at, &format!("keys seal --recipient {recipient} --out copy.age"), Ok("closed"));
    let recover = "keys recover --check --copy copy.age --identity me.key";
    check(at, recover, Ok("the copy opens the store"));
    check(at, "keys recover --check --copy copy.age", Err("the copy is sealed"));
    std::fs::remove_file(at.join("data/keys/shop.key")).unwrap();
    write_config(at, "[shop_key]\nsealed_file = \"copy.age\"\nidentity_file = \"me.key\"\n");
    serves(at);
    check(at, &format!("{recover} --out shop.key"), Ok("is the shop key: set shop_key.file"));
    write_config(at, "[shop_key]\nfile = \"shop.key\"\n");
    serves(at);
}

#[test]
fn a_server_that_is_aborted_leaves_no_core() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write_config(at, "[shop_key]\nrecovery = \"untested\"\n");
    // Without our limit this shell would let the server write a core.
    let program = env!("CARGO_BIN_EXE_confidant");
    let script = format!("ulimit -c unlimited; exec {program} serve");
    let mut command = Command::new("bash");
    command.args(["-c", &script]).current_dir(at).stderr(Stdio::null());
    let server = Binary::run(&mut command);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    let ended = server.abort();
    assert_eq!((ended.signal(), ended.core_dumped()), (Some(6), false), "{ended}");
    let key = std::fs::read_to_string(at.join("data/keys/shop.key")).unwrap();
    for entry in std::fs::read_dir(at).unwrap() {
        let path = entry.unwrap().path();
        assert!(!path.to_string_lossy().contains("core"), "{}", path.display());
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let planted = key.trim().as_bytes();
            assert!(!bytes.windows(64).any(|part| part == planted), "{}", path.display());
        }
    }
}
