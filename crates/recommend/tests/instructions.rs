//! The hot path, counted in instructions: an answer of VMIS-kNN, learning and unlearning.
//!
//! Times on a shared machine say little, instruction counts say the same every time. Callgrind
//! (Valgrind) runs the workload below and counts what happens inside of one function. Who makes
//! the hot path slower by more than the tolerance finds out here; who makes it faster, or has a
//! reason, records the new number.

#![cfg(test)]

use std::ffi::OsString;
use std::hint::black_box;
use std::process::Command;

use domain::time::Timestamp;
use recommend::blend::rank::Blender;
use recommend::blend::{Blend, BlendSettings};
use recommend::index::SessionIndex;
use recommend::items::Items;
use recommend::neighbors::settings::ScorerSettings;
use recommend::neighbors::{Scorers, Walk, Wanted};
use recommend::scratch::Scratch;
use recommend::synthetic::{Sessions, Shop};

/// How many of each are counted.
const TURNS: u32 = 100;
/// Per cent by which a count may differ from the recorded one: other compilers and the frequent
/// changes of what is inlined need some.
const TOLERANCE: u64 = 15;
/// What `cargo xtask test` found.
const VALGRIND: &str = "CONFIDANT_VALGRIND";

#[inline(never)]
fn counted_answers(index: &SessionIndex, items: &Items, stream: &Sessions) -> usize {
    let scorers = Scorers::new(&[ScorerSettings::vmis()]);
    let vmis = Walk { index, items, scorers: &scorers, now: Timestamp::from_ms(0) };
    let wanted = Wanted { count: 20, supporters_min: 2, exclude: &[] };
    let mut scratch = Scratch::new();
    let visits = (0..TURNS).map(|turn| stream.session(stream.shop().sessions + turn).items);
    visits.map(|visit| black_box(vmis.rank(&visit, &wanted, &mut scratch)).len()).sum()
}

#[inline(never)]
fn counted_blends(index: &SessionIndex, items: &Items, stream: &Sessions) -> usize {
    let blend = Blend::new(BlendSettings::shipped()).unwrap();
    let now = Timestamp::from_ms(0);
    let blender = Blender { index, items, blend: &blend, sequence: None, linear: None, now };
    let wanted = Wanted { count: 20, supporters_min: 2, exclude: &[] };
    let mut scratch = Scratch::new();
    let visits = (0..TURNS).map(|turn| stream.session(stream.shop().sessions + turn).items);
    visits.map(|visit| black_box(blender.rank(&visit, &wanted, &mut scratch)).len()).sum()
}

#[inline(never)]
fn counted_learning(index: &mut SessionIndex, items: &Items, stream: &Sessions) {
    for turn in 0..TURNS {
        let session = stream.session(stream.shop().sessions + turn);
        index.learn(items, session, u64::MAX).unwrap();
    }
}

#[inline(never)]
fn counted_unlearning(index: &mut SessionIndex, items: &Items, shop: &Shop) -> usize {
    let people = (0..TURNS).map(|turn| shop.subject(turn * shop.subjects() / TURNS));
    people.map(|person| index.unlearn_subject(items, person)).sum()
}

#[test]
fn workload() {
    let shop = Shop::of(1, 40_000);
    let (items, stream) = (shop.catalog(), shop.sessions());
    let mut index = SessionIndex::new();
    index.learn_all(&items, stream.clone(), u64::MAX).unwrap();
    assert!(counted_answers(&index, &items, &stream) > 10 * TURNS as usize);
    assert!(counted_blends(&index, &items, &stream) > 10 * TURNS as usize);
    let before = index.sessions();
    counted_learning(&mut index, &items, &stream);
    assert_eq!(index.sessions(), before + TURNS);
    assert!(counted_unlearning(&mut index, &items, &shop) > TURNS as usize);
}

/// Instructions in the function whose name has this part.
fn instructions(part: &str) -> u64 {
    let valgrind = std::env::var_os(VALGRIND).unwrap_or_else(|| OsString::from("valgrind"));
    let output = Command::new(valgrind)
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(format!("--toggle-collect=*{part}*"))
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "workload", "--test-threads=1"])
        .output()
        .expect("valgrind does not start; run `cargo xtask test`, which installs it");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    let count = text.lines().find_map(|line| line.split_once("Collected :"));
    let (_, count) = count.unwrap_or_else(|| panic!("callgrind counted nothing: {text}"));
    count.trim().parse().unwrap()
}

#[track_caller]
fn check(part: &str, recorded: u64) {
    let each = instructions(part) / u64::from(TURNS);
    let range = recorded - recorded * TOLERANCE / 100..=recorded + recorded * TOLERANCE / 100;
    assert!(range.contains(&each), "{part}: {each} instructions each, recorded are {recorded}");
}

#[test]
fn answers_take_as_many_instructions_as_recorded() {
    check("counted_answers", 189_600);
}

#[test]
fn blended_answers_take_as_many_instructions_as_recorded() {
    check("counted_blends", 628_600);
}

#[test]
fn learning_takes_as_many_instructions_as_recorded() {
    check("counted_learning", 13_500);
}

#[test]
fn unlearning_takes_as_many_instructions_as_recorded() {
    check("counted_unlearning", 119_900);
}
