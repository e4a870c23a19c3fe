//! What decoding a TC string costs, and beside it the reference codec of the IAB in Node on the
//! same texts, once `cargo xtask test` has installed that.
//!
//! `realistic` is what a CMP writes that shows the whole Global Vendor List: numbers up to 1,400,
//! of which 1,050 are disclosed, 910 have consent and 420 legitimate interest, all in bit fields;
//! two restrictions of 63 vendors each, a publisher's segment.

use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use consent::tcf::decode::decode;
use consent::tcf::encode::encode;
use consent::tcf::enforce::{Party, VendorDeclaration};
use consent::tcf::restrictions::RestrictionKind;
use consent::tcf::sets::{PurposeSet, VendorId, VendorSet};
use consent::tcf::validate::Rules;
use consent::tcf::{CmpId, PublisherTc};
use consent::tcf::{denied, enforce};
use criterion::{Criterion, criterion_group, criterion_main};
use domain::time::Timestamp;

/// The example of TCF 2.3 in the specification: 4 vendors with consent, 7 disclosed.
const EXAMPLE: &str = "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA";
/// 4 June 2025, the day after the example was made.
const NOW: Timestamp = Timestamp::from_ms(1_748_995_200_000);
const VENDOR_MAX: u16 = 1_400;

/// Numbers up to [`VENDOR_MAX`], of each twenty those whose place `is_in` takes. A step of 7
/// keeps them from standing in blocks.
fn vendors(is_in: impl Fn(u16) -> bool) -> VendorSet {
    (1..=VENDOR_MAX).filter(|id| is_in(id * 7 % 20)).filter_map(VendorId::new).collect()
}

fn realistic() -> Option<String> {
    let mut string = decode(EXAMPLE).ok()?;
    let core = &mut string.core;
    core.policy_version = 5;
    core.purposes_consent = PurposeSet::of(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    core.purposes_li_transparency = PurposeSet::of(&[2, 7, 8, 9, 10, 11]);
    core.vendor_consents = vendors(|place| place < 13);
    core.vendor_li = vendors(|place| place < 6);
    let some = VendorSet::from_iter((700..=760).chain([20, 793]).filter_map(VendorId::new));
    core.restrictions.add(2, RestrictionKind::RequireConsent, &some);
    core.restrictions.add(7, RestrictionKind::NotAllowed, &some);
    string.disclosed_vendors = Some(vendors(|place| place < 15));
    string.publisher = Some(PublisherTc {
        purposes_consent: PurposeSet::of(&[1, 2, 5, 8]),
        ..PublisherTc::default()
    });
    encode(&string, CmpId::new(string.core.cmp_id).ok()?).ok()
}

/// The reference codec in a process of its own, which times itself.
struct Reference {
    node: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Reference {
    fn start(text: &str) -> Option<Self> {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/tests/node/node_modules");
        let modules = std::env::var_os("CONFIDANT_NODE_MODULES").map_or(own, PathBuf::from);
        if !modules.join("@iabtechlabtcf/core").exists() {
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/tc_decode.mjs");
        let mut node = Command::new("node")
            .arg(script)
            .arg(text)
            .env("CONFIDANT_NODE_MODULES", modules)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let (questions, answers) = (node.stdin.take()?, BufReader::new(node.stdout.take()?));
        Some(Self { node, questions, answers })
    }

    fn decode(&mut self, times: u64) -> Option<Duration> {
        writeln!(self.questions, "{times}").ok()?;
        let mut nanoseconds = String::new();
        self.answers.read_line(&mut nanoseconds).ok()?;
        nanoseconds.trim().parse().ok().map(Duration::from_nanos)
    }

    fn stop(mut self) {
        drop(self.questions);
        let ended = self.node.wait();
        debug_assert!(ended.is_ok_and(|status| status.success()));
    }
}

fn both(criterion: &mut Criterion, name: &str, text: &str) {
    let mut group = criterion.benchmark_group(format!("{name}, {} characters", text.len()));
    group.bench_function("tc_decode", |b| b.iter(|| decode(black_box(text))));
    if let Some(mut reference) = Reference::start(text) {
        group.bench_function("@iabtechlabtcf/core", |b| {
            b.iter_custom(|times| reference.decode(times).unwrap_or(Duration::MAX));
        });
        reference.stop();
    }
    group.finish();
}

/// Everything that a request costs: decode, the rules, what is denied of ours.
fn denying(criterion: &mut Criterion, text: &str) {
    let Some(vendor) = VendorId::new(755) else { return };
    let all = PurposeSet::of(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    let own = VendorDeclaration::new(vendor);
    let Ok(own) = own.with_purposes(all, PurposeSet::EMPTY, PurposeSet::EMPTY) else { return };
    let (party, rules) = (Party::Vendor(own), Rules::at(NOW));
    let map = denied::TcfMap::default();
    criterion.bench_function("realistic, decoded and denied", |b| {
        b.iter(|| denied::denied(black_box(text), &party, &map, &rules));
    });
    let Ok(string) = decode(text) else { return };
    let enforced = enforce::enforce(&string, &party, &rules);
    criterion.bench_function("one purpose of one vendor", |b| {
        b.iter(|| enforced.purpose(black_box(2)));
    });
}

fn tc_decode(criterion: &mut Criterion) {
    both(criterion, "example", EXAMPLE);
    if let Some(text) = realistic() {
        both(criterion, "realistic", &text);
        denying(criterion, &text);
    }
}

criterion_group!(benches, tc_decode);
criterion_main!(benches);
