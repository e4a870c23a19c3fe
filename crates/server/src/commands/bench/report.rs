//! Numbers of a measurement: ranks, rates, the histogram of commits, peak memory.

use crate::commands::evaluate::words::{micros, millis};
use crate::telemetry::Metrics;

/// The value at `per_mille` of sorted values, by nearest rank.
pub fn rank(sorted: &[u64], per_mille: usize) -> u64 {
    let place = (sorted.len() * per_mille).div_ceil(1_000).saturating_sub(1);
    sorted.get(place).copied().unwrap_or(0)
}

/// `count` things in `ns` nanoseconds, a second.
pub fn per_second(count: u64, ns: u64) -> u64 {
    let rate = u128::from(count) * 1_000_000_000 / u128::from(ns.max(1));
    u64::try_from(rate).unwrap_or(u64::MAX)
}

/// `part / whole` with two decimals.
pub fn ratio(part: u64, whole: u64) -> String {
    let percent = u128::from(part) * 100 / u128::from(whole.max(1));
    format!("{}.{:02}", percent / 100, percent % 100)
}

/// Sorts times and words them in microseconds.
pub fn answers(times: &mut [u64]) -> String {
    times.sort_unstable();
    let at = |per_mille| micros(rank(times, per_mille));
    format!("p50 {}  p99 {}  p99.5 {}  ({} answers)", at(500), at(990), at(995), times.len())
}

/// Sorts times and words them in milliseconds.
pub fn waits(times: &mut [u64]) -> String {
    times.sort_unstable();
    let at = |per_mille| millis(rank(times, per_mille));
    format!("p50 {}  p99 {}", at(500), at(990))
}

/// Commit times as the metrics of the server count them: bounds of their buckets.
pub fn commits(metrics: &Metrics) -> String {
    let text = metrics.text();
    match (commit_bound(&text, 500), commit_bound(&text, 990)) {
        (Some(half), Some(most)) => format!("p50 at most {half} ms, p99 at most {most} ms"),
        _ => "none".to_owned(),
    }
}

/// The bound in milliseconds of the bucket in which `per_mille` of the commits have ended.
fn commit_bound(text: &str, per_mille: u64) -> Option<String> {
    let buckets: Vec<(&str, u64)> = text
        .lines()
        .filter_map(|line| line.strip_prefix("confidant_commit_seconds_bucket{le=\""))
        .filter_map(|line| line.split_once("\"} "))
        .filter_map(|(bound, count)| Some((bound, count.trim().parse().ok()?)))
        .collect();
    let wanted = (buckets.last()?.1 * per_mille).div_ceil(1_000);
    let (bound, _) = buckets.iter().find(|(_, count)| *count >= wanted.max(1))?;
    let seconds: f64 = bound.parse().ok()?;
    Some(format!("{:.2}", seconds * 1_000.0))
}

/// The most memory that this process ever held, in MiB, as Linux counts it.
pub fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    match peak_kb(&status) {
        Some(kb) => format!("{} MiB", kb / 1_024),
        None => "unknown on this system".to_owned(),
    }
}

/// The memory that this process holds now, in bytes, as Linux counts it; 0 elsewhere.
pub fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kb.unwrap_or(0) * 1_024
}

/// Processor time of this process so far, in milliseconds, as Linux counts it; 0 elsewhere.
pub fn cpu_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    ticks(&stat).unwrap_or(0) * 1_000 / TICKS_PER_SECOND
}

/// Linux counts processor time in these for programs, whatever its own clock (`proc(5)`).
const TICKS_PER_SECOND: u64 = 100;

/// Ticks in user and system mode: the 14th and 15th field; the second can hold spaces.
fn ticks(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ').skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    Some(user + fields.next()?.parse::<u64>().ok()?)
}

fn peak_kb(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests;
