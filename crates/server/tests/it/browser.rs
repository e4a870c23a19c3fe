//! The storefront in a real browser: the demo as visitors meet it, and the receipt that they get.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::shop::{Binary, tool};

/// The widths at which the script erases; each leaves a receipt.
const WIDTHS: [u32; 2] = [1280, 320];

#[test]
fn visitors_meet_the_storefront() {
    let (modules, chromium) = (tool("CONFIDANT_NODE_MODULES"), tool("CONFIDANT_CHROMIUM"));
    let demo = Binary::run(Binary::command(&["demo"]).stderr(Stdio::null()));
    // Kept, so that people can look at the pictures.
    let folder = tempfile::Builder::new().prefix("storefront-").tempdir().unwrap().keep();
    println!("pictures and receipts: {}", folder.display());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node/storefront.mjs");
    let run = Command::new("node")
        .arg(script)
        .args([&format!("http://{}", demo.public), folder.to_str().unwrap()])
        .env("CONFIDANT_NODE_MODULES", modules)
        .env("CONFIDANT_CHROMIUM", chromium)
        .output()
        .expect("node starts; run `cargo xtask test`, which installs what tests need");
    let told =
        [run.stdout, run.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    println!("{told}");
    assert!(run.status.success(), "{told}");
    for width in WIDTHS {
        check_receipt(&folder.join(format!("receipt-{width}.json")));
    }
    assert!(demo.end().0.success());
}

#[test]
fn customers_meet_the_privacy_center() {
    let (modules, chromium) = (tool("CONFIDANT_NODE_MODULES"), tool("CONFIDANT_CHROMIUM"));
    let demo = Binary::run(Binary::command(&["demo"]).stderr(Stdio::null()));
    let folder = tempfile::Builder::new().prefix("privacy-center-").tempdir().unwrap().keep();
    println!("pictures, package and receipt: {}", folder.display());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node/center.mjs");
    let run = Command::new("node")
        .arg(script)
        .args([&format!("http://{}", demo.public), folder.to_str().unwrap()])
        .env("CONFIDANT_NODE_MODULES", modules)
        .env("CONFIDANT_CHROMIUM", chromium)
        .output()
        .expect("node starts; run `cargo xtask test`, which installs what tests need");
    let told =
        [run.stdout, run.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    println!("{told}");
    assert!(run.status.success(), "{told}");
    check_receipt(&folder.join("center-receipt.json"));
    assert!(demo.end().0.success());
}

#[test]
fn staff_meet_their_pages() {
    let (modules, chromium) = (tool("CONFIDANT_NODE_MODULES"), tool("CONFIDANT_CHROMIUM"));
    let demo = Binary::run(Binary::command(&["demo"]).stderr(Stdio::null()));
    let path = demo.said.iter().find_map(|line| line.split_once("(key in ")).unwrap().1;
    let key = std::fs::read_to_string(path.trim_end_matches(')')).unwrap();
    let folder = tempfile::Builder::new().prefix("staff-pages-").tempdir().unwrap().keep();
    println!("pictures: {}", folder.display());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node/staff.mjs");
    let run = Command::new("node")
        .arg(script)
        .args([&format!("http://{}", demo.staff), folder.to_str().unwrap()])
        .env("CONFIDANT_NODE_MODULES", modules)
        .env("CONFIDANT_CHROMIUM", chromium)
        .env("STAFF_KEY", key.trim())
        .output()
        .expect("node starts; run `cargo xtask test`, which installs what tests need");
    let told =
        [run.stdout, run.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    println!("{told}");
    assert!(run.status.success(), "{told}");
    assert!(demo.end().0.success());
}

/// What a visitor downloaded verifies, and no longer when it is changed.
#[track_caller]
fn check_receipt(receipt: &Path) {
    let verify = |file: &Path| {
        Binary::command(&["verify", "receipt", file.to_str().unwrap()]).output().unwrap()
    };
    let good = verify(receipt);
    let told = String::from_utf8_lossy(&good.stdout).into_owned();
    assert!(good.status.success(), "{told}{}", String::from_utf8_lossy(&good.stderr));
    assert!(told.contains("The signature is valid"), "{told}");
    assert!(told.contains("history_event: 2 rows"), "{told}");
    let text = std::fs::read_to_string(receipt).unwrap();
    let forged = text.replacen("\\\"rows\\\":2", "\\\"rows\\\":3", 1);
    assert_ne!(text, forged);
    let other = receipt.with_extension("forged.json");
    std::fs::write(&other, forged).unwrap();
    assert!(!verify(&other).status.success());
}
