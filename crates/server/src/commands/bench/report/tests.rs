use super::{answers, commit_bound, peak_kb, per_second, rank, ratio, ticks, waits};

#[test]
fn ranks_are_the_nearest() {
    let values: Vec<u64> = (1..=1_000).collect();
    assert_eq!((rank(&values, 500), rank(&values, 990), rank(&values, 995)), (500, 990, 995));
    assert_eq!((rank(&[7], 500), rank(&[], 500), rank(&[1, 2], 990)), (7, 0, 2));
}

#[test]
fn rates_ratios_and_times_have_words() {
    assert_eq!(per_second(500, 250_000_000), 2_000);
    assert_eq!(
        (ratio(1, 2), ratio(3, 2), ratio(1, 0)),
        ("0.50".into(), "1.50".into(), "1.00".into())
    );
    assert_eq!(answers(&mut [3_000, 1_000]), "p50 1.0 us  p99 3.0 us  p99.5 3.0 us  (2 answers)");
    assert_eq!(waits(&mut [3_000_000, 1_000_000]), "p50 1.0 ms  p99 3.0 ms");
}

#[test]
fn commits_are_found_in_the_metrics() {
    let text = "confidant_commit_seconds_count 4\n\
                confidant_commit_seconds_bucket{le=\"0.001\"} 1\n\
                confidant_commit_seconds_bucket{le=\"0.002\"} 3\n\
                confidant_commit_seconds_bucket{le=\"+Inf\"} 4\n";
    assert_eq!(commit_bound(text, 500).as_deref(), Some("2.00"));
    assert_eq!(commit_bound(text, 250).as_deref(), Some("1.00"));
    assert_eq!(commit_bound("", 500), None);
}

#[test]
fn peak_memory_is_read() {
    assert_eq!(peak_kb("Name:\tx\nVmHWM:\t  2048 kB\nVmRSS:\t 1 kB\n"), Some(2_048));
    assert_eq!(peak_kb("Name:\tx\n"), None);
}

#[test]
fn processor_time_is_read() {
    let stat = "7 (a name) R 1 1 1 0 -1 0 0 0 0 0 31 11 0 0 20 0";
    assert_eq!(ticks(stat), Some(42));
    assert_eq!(ticks("7 (x"), None);
}
