//! `confidant bench pii`: how fast one core finds personal data, and what the door costs.

use std::path::PathBuf;

use clap::Args;
use pii::scan::{Scanner, Settings, TEXT_BYTES_MAX};

use crate::clock::Stopwatch;
use crate::commands::{Failure, OrFail as _, say};
use crate::texts;

/// Most texts of which the time is taken one by one.
const PIECES_MAX: usize = 20_000;
/// How often the texts of the door are looked at.
const DOOR_ROUNDS: u32 = 20_000;
/// How much of each hostile text is looked at.
const HOSTILE_BYTES: usize = 4_000_000;

/// Finding personal data in text, in megabytes a second on one core.
#[derive(Clone, Debug, Args)]
pub struct Pii {
    /// The text; without one, sentences that the command invents, with personal data in each.
    #[arg(long)]
    pub text: Option<PathBuf>,
    /// How often the text is scanned; the median counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..))]
    pub runs: u8,
}

/// Measures and prints.
///
/// # Errors
/// A file that cannot be read as text.
pub fn run(command: &Pii) -> Result<(), Failure> {
    let text = match &command.text {
        Some(path) => std::fs::read_to_string(path).or_fail(&path.display().to_string())?,
        None => invented(),
    };
    let scanner = Scanner::new(Settings::default()).or_fail("recognizers")?;
    say(throughput(&scanner, &text, command.runs)?);
    say(latency(&scanner, &text)?);
    say(door());
    say(hostile(&scanner)?);
    Ok(())
}

/// Megabytes a second, the median of some runs.
fn throughput(scanner: &Scanner, text: &str, runs: u8) -> Result<String, Failure> {
    let mut times = Vec::new();
    let mut found = 0;
    for _ in 0..runs {
        let spent = Spent::start();
        found = 0;
        for piece in pieces(text, TEXT_BYTES_MAX / 8) {
            found += scanner.scan(piece).or_fail("text")?.len();
        }
        times.push(spent.ns());
    }
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or(1);
    let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
    let rate = tenths(bytes.saturating_mul(10_000) / median);
    Ok(format!("{bytes} bytes, {found} findings, {rate} MB in a second of one core"))
}

/// Time that this thread spent on a processor, so that other work on the machine does not count.
struct Spent {
    begin: Option<u64>,
    watch: Stopwatch,
}

impl Spent {
    fn start() -> Self {
        Self { begin: processor_ns(), watch: Stopwatch::start() }
    }

    /// Nanoseconds, at least one; those of the wall where the system does not say.
    fn ns(&self) -> u64 {
        let spent = self.begin.and_then(|begin| processor_ns()?.checked_sub(begin));
        spent.unwrap_or_else(|| self.watch.ns()).max(1)
    }
}

/// What Linux says of this thread; exact to a tick of its clock.
fn processor_ns() -> Option<u64> {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    said.split_ascii_whitespace().next()?.parse().ok()
}

/// What a text of one kilobyte waits.
fn latency(scanner: &Scanner, text: &str) -> Result<String, Failure> {
    let mut times = Vec::new();
    for piece in pieces(text, 1_024).take(PIECES_MAX) {
        let watch = Stopwatch::start();
        scanner.scan(piece).or_fail("text")?;
        times.push(watch.ns());
    }
    times.sort_unstable();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or(0);
    let (p50, p99) = (tenths(at(50) / 100), tenths(at(99) / 100));
    Ok(format!("{} texts of up to 1,024 bytes: p50 {p50} us, p99 {p99} us", times.len()))
}

/// What the door of the server costs each text of an event or a search.
fn door() -> String {
    let usual = ["85123A", "Rose Gold Ring", "XL", "gid://shopify/Product/632910392", "red shoes"];
    let personal = ["anna@example.com", "4111 1111 1111 1111", "+46 70 123 45 67"];
    let cost = |texts: &[&str]| {
        let mut seen = 0_u64;
        let spent = Spent::start();
        for _ in 0..DOOR_ROUNDS {
            seen += texts.iter().filter(|text| texts::personal(text).is_some()).count() as u64;
        }
        let each = spent.ns() / (u64::from(DOOR_ROUNDS) * texts.len() as u64);
        (each, seen)
    };
    let ((usual, _), (personal, seen)) = (cost(&usual), cost(&personal));
    format!("the door: {usual} ns a usual text, {personal} ns a personal one ({seen} noticed)")
}

/// How the cost of a byte grows from 100 kB to 1 MB of what a careless recognizer stumbles over.
fn hostile(scanner: &Scanner) -> Result<String, Failure> {
    let pieces =
        ["a@", "1-", "1 ", "a.", "://", "van ", "Rue ", "Anna ", "4111 ", "1.1.1.1.", "DE8"];
    // As many bytes either way, for long enough to be measured.
    let cost = |piece: &str, bytes: usize| -> Result<u64, Failure> {
        let text = piece.repeat(bytes / piece.len());
        let spent = Spent::start();
        for _ in 0..HOSTILE_BYTES / bytes {
            scanner.scan(&text).or_fail("text")?;
        }
        Ok(spent.ns())
    };
    let mut worst = (0, "");
    for piece in pieces {
        let (short, long) = (cost(piece, 100_000)?, cost(piece, 1_000_000)?);
        worst = worst.max((long.saturating_mul(100) / short, piece));
    }
    let (growth, piece) = worst;
    Ok(format!(
        "hostile texts: a byte of 1 MB costs at most {growth} % of a byte of 100 kB ({piece:?})"
    ))
}

fn tenths(number: u64) -> String {
    format!("{}.{}", number / 10, number % 10)
}

/// The text in pieces that end with a line, each of at most so many bytes.
fn pieces(text: &str, bytes_max: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = rest.len().min(bytes_max);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        if end < rest.len() {
            end = rest.get(..end)?.rfind('\n').map_or(end, |line| line + 1);
        }
        let (piece, behind) = rest.split_at_checked(end)?;
        rest = behind;
        Some(piece)
    })
}

fn invented() -> String {
    let mut text = String::new();
    for number in 0..20_000_u32 {
        let line = format!(
            "2026-11-{:02} order {number} of Laura Carvalho, laura{number}@example.com, \
             +46 70 123 {:02} {:02}, ships to 10 Downing Street in London; the blue cotton \
             cushion is back in stock and leaves on Monday.\n",
            number % 28 + 1,
            number % 90 + 10,
            number % 80 + 11,
        );
        text.push_str(&line);
    }
    text
}
