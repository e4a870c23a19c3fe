//! What a report of private aggregates costs: on the device, on the way, at each aggregator.
//!
//! The functions are those that devices and aggregators call. One thread does everything, so that
//! the sum of the columns is processor time; the sizes are those of the messages.

use clap::{Args, ValueEnum};
use domain::time::Timestamp;
use federated::batch::Batch;
use federated::circuit::{Circuit, Seat};
use federated::collect;
use federated::error::FederatedError;
use federated::helper::Helper;
use federated::leader::Leader;
use federated::report::{Fresh, make};
use federated::seal::PrivateKey;
use federated::task::{Field, Kind, OPEN_SECONDS_MAX, Task};
use privacy::dp::noise::Deviation;
use privacy::dp::rho::{Delta, Epsilon, Rho};
use privacy::dp::sensitivity::{EmptyReport, Sensitivity};

use crate::chance;
use crate::clock::{Clock, Stopwatch};
use crate::commands::bench::report::{peak_memory, rank};
use crate::commands::evaluate::words::millis;
use crate::commands::{Failure, OrFail as _, progress, say};

/// The field of the arithmetic, as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FieldName {
    /// 128 bits, one proof.
    Standard,
    /// 64 bits, three proofs.
    Compact,
}

/// Time and bytes of a report: device, leader, helper, noise, collector.
#[derive(Clone, Debug, Args)]
pub struct Federated {
    /// Numbers of cells.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 4_096, 16_384])]
    pub cells: Vec<u32>,
    /// Most cells that one browser profile sets.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub weight: u32,
    /// The field; both when left out.
    #[arg(long)]
    pub field: Option<FieldName>,
    /// Reports of a batch.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    pub reports: u32,
    /// The epsilon of one release, at one in a million.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=16))]
    pub epsilon: u32,
}

/// What the reports of one batch took, in nanoseconds each.
#[derive(Clone, Debug, Default)]
struct Spent {
    device: Vec<u64>,
    leader: Vec<u64>,
    helper: Vec<u64>,
    upload: usize,
    question: usize,
    noise_ns: u64,
}

/// Measures and prints.
///
/// # Errors
/// Numbers outside the limits of a task, or a count that is not what was put in.
pub fn run(command: &Federated) -> Result<(), Failure> {
    let fields = [(Field::Standard, FieldName::Standard), (Field::Compact, FieldName::Compact)];
    say(format!(
        "{} reports each, {} cells set, epsilon {} at one in a million",
        command.reports, command.weight, command.epsilon
    ));
    say("field     cells   upload B  to helper B  device p50   leader p50   helper p50   noise");
    for cells in &command.cells {
        for (field, name) in fields {
            if command.field.is_none_or(|wanted| wanted == name) {
                let spent = measure(command, field, *cells)?;
                say(line(name, *cells, spent));
            }
        }
    }
    say(format!("peak memory {}", peak_memory()));
    Ok(())
}

fn line(name: FieldName, cells: u32, mut spent: Spent) -> String {
    let half = |times: &mut Vec<u64>| {
        times.sort_unstable();
        millis(rank(times, 500))
    };
    let (device, leader, helper) =
        (half(&mut spent.device), half(&mut spent.leader), half(&mut spent.helper));
    let name = match name {
        FieldName::Standard => "standard",
        FieldName::Compact => "compact",
    };
    format!(
        "{name:<9} {cells:<7} {:<9} {:<12} {device:<12} {leader:<12} {helper:<12} {}",
        spent.upload,
        spent.question,
        millis(spent.noise_ns)
    )
}

/// Carries one batch from the devices to the published counts, and checks them.
fn measure(command: &Federated, field: Field, cells: u32) -> Result<Spent, Failure> {
    let keys = [
        PrivateKey::from_bytes(chance::bytes().or_fail("no random bytes")?),
        PrivateKey::from_bytes(chance::bytes().or_fail("no random bytes")?),
    ];
    let now = seconds(Clock::machine().now());
    let task = task((command, field, cells), &keys, now)?;
    let circuit = Circuit::new(&task).or_fail("the task")?;
    let verify_key = chance::bytes().or_fail("no random bytes")?;
    let [leader_key, helper_key] = &keys;
    let (task, circuit, verify_key) = (&task, &circuit, &verify_key);
    let leader = Leader { task, circuit, key: leader_key, verify_key };
    let helper = Helper { task, circuit, key: helper_key, verify_key };
    let mut batches = (
        Batch::new(task, circuit).or_fail("a batch")?,
        Batch::new(task, circuit).or_fail("a batch")?,
    );
    let mut spent = Spent::default();
    let set: Vec<u32> = (0..command.weight.min(cells)).collect();
    let bar = progress(u64::from(command.reports), "reports");
    for _ in 0..command.reports {
        carry((&leader, &helper), &mut batches, (&set, now), &mut spent).or_fail("a report")?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    release((&leader, &helper), batches, &mut spent, command.reports)?;
    Ok(spent)
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.ms() / 1_000).unwrap_or(0)
}

fn task(
    (command, field, cells): (&Federated, Field, u32),
    keys: &[PrivateKey; 2],
    now: u64,
) -> Result<Task, Failure> {
    let epsilon = Epsilon::from_micro(u64::from(command.epsilon) * 1_000_000);
    let rho = Rho::within(epsilon, Delta::MILLIONTH);
    let weight = command.weight.min(cells);
    let noise = Sensitivity::<EmptyReport>::of_weight(weight)
        .and_then(|one| Deviation::within(rho, &one))
        .ok_or_else(|| Failure::new("no noise makes this epsilon"))?;
    let [leader, helper] = keys;
    Ok(Task {
        id: chance::bytes().or_fail("no random bytes")?,
        kind: Kind::Popularity,
        field,
        cells,
        weight,
        batch_least: command.reports,
        noise,
        open: (now.saturating_sub(86_400), now + OPEN_SECONDS_MAX - 86_400),
        keys: [leader.public().or_fail("a key")?, helper.public().or_fail("a key")?],
        list: [0; 32],
    })
}

/// One report, from the device to both sums.
fn carry(
    (leader, helper): (&Leader<'_>, &Helper<'_>),
    batches: &mut (Batch, Batch),
    (set, now): (&[u32], u64),
    spent: &mut Spent,
) -> Result<(), FederatedError> {
    let fresh = Fresh { id: random()?, seeds: [random()?, random()?] };
    let watch = Stopwatch::start();
    let report = make((leader.task, leader.circuit), set, now, &fresh)?;
    let bytes = report.to_bytes();
    spent.device.push(watch.ns());
    spent.upload = bytes.len();
    let watch = Stopwatch::start();
    let (pending, question) = leader.take(&batches.0, &report, now)?;
    let mut leader_ns = watch.ns();
    spent.question = question.to_bytes().len();
    let watch = Stopwatch::start();
    let answer = helper.answer(&mut batches.1, &question, now)?;
    spent.helper.push(watch.ns());
    let watch = Stopwatch::start();
    leader.count(&mut batches.0, &pending, &answer)?;
    leader_ns += watch.ns();
    spent.leader.push(leader_ns);
    Ok(())
}

fn random<const N: usize>() -> Result<[u8; N], FederatedError> {
    chance::bytes().map_err(|_| FederatedError::Seal)
}

/// Both add their noise; the counts must be those that were put in, but for that.
fn release(
    (leader, helper): (&Leader<'_>, &Helper<'_>),
    (mut of_leader, mut of_helper): (Batch, Batch),
    spent: &mut Spent,
    reports: u32,
) -> Result<(), Failure> {
    let seed = || chance::bytes().or_fail("no random bytes");
    let (task, circuit) = (leader.task, leader.circuit);
    let (one, other) = (of_leader.tally(), of_helper.tally());
    let watch = Stopwatch::start();
    let first = of_leader.release((task, circuit, Seat::Leader), other, &seed()?);
    spent.noise_ns = watch.ns();
    let second = of_helper.release((helper.task, circuit, Seat::Helper), one, &seed()?);
    let (first, second) = (first.or_fail("the leader's sum")?, second.or_fail("the helper's sum")?);
    let release = collect::open((task, circuit), &first, &second).or_fail("the counts")?;
    // Twelve deviations: once in 10^30 runs chance alone goes beyond.
    let slack = i64::try_from(collect::deviation_milli(task) * 12 / 1_000 + 1).unwrap_or(i64::MAX);
    let weight = usize::try_from(task.weight).unwrap_or(usize::MAX);
    let expected = |at: usize| if at < weight { i64::from(reports) } else { 0 };
    let is_right =
        release.counts.iter().enumerate().all(|(at, count)| (count - expected(at)).abs() <= slack);
    if is_right { Ok(()) } else { Err(Failure::new("the counts are not those that were put in")) }
}
