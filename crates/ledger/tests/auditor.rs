//! An auditor without a line of our code: Go's `sumdb/note` and `sumdb/tlog`, unmodified, verify
//! our checkpoints, tiles, entries and proofs, and refuse a log with one changed bit.

#![cfg(test)]

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use ledger::checkpoint::Checkpoint;
use ledger::entry::{Disclosure, EntryKind, Hour, Opening};
use ledger::hash::Hash;
use ledger::key::{Algorithm, KeyName, SignerKey};
use ledger::merkle::{Head, verify_consistency, verify_inclusion};
use ledger::note::cosign;
use ledger::prove::Plan;
use ledger::tree::{Read, Tree, Write};
use tempfile::TempDir;

/// Sizes at and around the edges of tiles of two levels.
const SIZES: [u64; 11] = [1, 2, 3, 255, 256, 257, 511, 700, 65_535, 65_537, 66_000];

fn key(name: &str, algorithm: Algorithm) -> SignerKey {
    SignerKey::new(KeyName::parse(name).unwrap(), algorithm, &[11; 32]).unwrap()
}

fn entry(number: u64) -> Vec<u8> {
    let mut opening = [0; 32];
    opening[..8].copy_from_slice(&number.to_be_bytes());
    let kind = EntryKind::ALL[usize::try_from(number % 9).unwrap()];
    let opening = Opening::from_bytes(opening);
    let disclosure = Disclosure { kind, hour: Hour::from_number(498_000), opening };
    disclosure.entry(b"a record").to_bytes()
}

fn store(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn lines(hashes: &[Hash]) -> String {
    hashes.iter().map(|hash| hash.to_base64() + "\n").collect()
}

/// A log with every checkpoint that it had on its way, and proofs between them.
fn publish(folder: &Path) -> (SignerKey, SignerKey) {
    let log = key("shop.example/log", Algorithm::Ed25519);
    let witness = key("w.example/1", Algorithm::Cosignature);
    let (mut tree, mut stored, mut heads) = (Tree::new(), Read::new(), Vec::<Head>::new());
    for size in SIZES {
        let batch: Vec<Vec<u8>> = (tree.size()..size).map(entry).collect();
        let (next, writes) = tree.grow(&batch).unwrap();
        for Write { resource, bytes } in writes {
            store(&folder.join("log"), &resource.to_string(), &bytes);
            stored.insert(resource, bytes);
        }
        tree = next;
        let head = tree.head();
        let mut note = Checkpoint::sign(head, &log).unwrap();
        note.add(cosign(note.text(), &witness, 1_795_000_000)).unwrap();
        store(folder, &format!("proofs/checkpoint-{size}"), note.to_text().as_bytes());
        store(&folder.join("log"), "checkpoint", note.to_text().as_bytes());
        for old in &heads {
            let proof = Plan::consistency(old.size, size).unwrap().prove(&stored).unwrap();
            assert_eq!(verify_consistency(old, &head, &proof), Ok(()));
            let name = format!("proofs/consistency-{}-{size}", old.size);
            store(folder, &name, lines(&proof).as_bytes());
        }
        for index in
            [0, 1, 254, 255, 256, 300, 511, 65_535, 65_999].into_iter().filter(|at| *at < size)
        {
            let proof = Plan::inclusion(index, size).unwrap().prove(&stored).unwrap();
            assert_eq!(verify_inclusion(&Hash::leaf(&entry(index)), index, &proof, &head), Ok(()));
            store(folder, &format!("proofs/inclusion-{index}-{size}"), lines(&proof).as_bytes());
        }
        heads.push(head);
    }
    (log, witness)
}

/// Builds the auditor once, as an auditor on Debian would.
fn build(folder: &Path) -> OsString {
    let go = std::env::var_os("CONFIDANT_GO").unwrap_or_else(|| OsString::from("go"));
    let program = folder.join("auditor");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/go/auditor.go");
    let output = Command::new(go)
        .args(["build", "-o"])
        .args([&program, &source])
        .env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode")
        .env("GOCACHE", folder.join("cache"))
        .output()
        .expect("go does not start; run `cargo xtask test`, which installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    program.into_os_string()
}

fn audit(program: &OsString, folder: &Path, vkey: &str, witness: &str) -> Output {
    let mut command = Command::new(program);
    command.arg(vkey).arg(folder.join("log")).arg(folder.join("proofs")).arg(witness);
    command.output().unwrap()
}

#[test]
fn go_agrees() {
    let folder = TempDir::new().unwrap();
    let (log, witness) = publish(folder.path());
    let program = build(folder.path());
    let (vkey, wkey) = (log.verifier().to_text(), witness.verifier().to_text());

    let output = audit(&program, folder.path(), &vkey, &wkey);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.starts_with("log shop.example/log: size 66000, root "), "{said}");
    assert!(said.contains("signatures 2, entries re-hashed 66000, bytes 3762000"), "{said}");
    assert!(said.contains("checkpoints 11, inclusion proofs 54, consistency proofs 55"), "{said}");
    println!("{said}");

    // One bit anywhere, and the auditor stops.
    let stranger = key("other.example/log", Algorithm::Ed25519).verifier().to_text();
    assert!(!audit(&program, folder.path(), &stranger, &wkey).status.success());
    for path in [
        "log/checkpoint",
        "log/tile/0/000",
        "log/tile/0/257.p/208",
        "log/tile/1/000",
        "log/tile/2/000.p/1",
        "log/tile/entries/100",
        "log/tile/entries/257.p/208",
        "proofs/checkpoint-511",
        "proofs/inclusion-300-65537",
        "proofs/consistency-700-66000",
    ] {
        let path = folder.path().join(path);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 1;
        fs::write(&path, bad).unwrap();
        let output = audit(&program, folder.path(), &vkey, &wkey);
        assert!(!output.status.success(), "{}", path.display());
        fs::write(&path, good).unwrap();
    }
    assert!(audit(&program, folder.path(), &vkey, &wkey).status.success());
}
