//! What a simulation found, as a table for people and as JSON.

use std::fmt::Write as _;

use recommend::evaluation::Quality;
use recommend::evaluation::compare::Comparison;
use serde::Serialize;

use crate::commands::evaluate::tiers::words::interval;
use crate::commands::evaluate::words::millis;
use crate::commands::simulate::Simulate;
use crate::commands::simulate::release::Costs;

/// One way of making the lists.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Who answers, with what.
    pub label: String,
    /// Non-repeat targets, current item excluded.
    pub quality: Quality,
    /// Products and pairs that were published beyond the noise.
    pub told: Option<(usize, usize)>,
    /// Minus the device without aggregates.
    pub against: Option<Comparison>,
}

/// What `--json` prints.
#[derive(Clone, Debug, Serialize)]
pub struct Printed {
    /// Percent of people who teach the server.
    pub consent: u8,
    /// Percent of the others who take part.
    pub participation: u8,
    /// Sessions that teach the server.
    pub consented_sessions: usize,
    /// Devices that take part.
    pub devices: usize,
    /// Length of the lists.
    pub list_len: u16,
    /// Every way, in order.
    pub rows: Vec<Row>,
    /// What the reports cost.
    pub costs: Costs,
}

impl Printed {
    /// Puts a report together.
    pub fn new(
        command: &Simulate,
        rows: Vec<Row>,
        (consented_sessions, devices): (usize, usize),
        costs: Costs,
    ) -> Self {
        let Simulate { consent, participation, list_len, .. } = *command;
        Self { consent, participation, consented_sessions, devices, list_len, rows, costs }
    }
}

/// The report for people.
pub fn table(printed: &Printed) -> String {
    let mut text = String::new();
    // Writing to a text does not fail.
    write_table(&mut text, printed).ok();
    text
}

fn write_table(text: &mut String, printed: &Printed) -> std::fmt::Result {
    let Printed { consent, participation, consented_sessions, devices, list_len, .. } = printed;
    writeln!(text, "{consent} % of people teach the server: {consented_sessions} sessions")?;
    writeln!(
        text,
        "{participation} % of the others take part: {devices} devices, one report each a release"
    )?;
    writeln!(
        text,
        "epsilon is per browser profile and year, at one in a million; the profile's report is replaced by an empty one"
    )?;
    let (hr, mrr) = (format!("HR@{list_len}"), format!("MRR@{list_len}"));
    let (told, minus) = ("products, pairs told", "HR minus no aggregates (95 %)");
    writeln!(text, "\n  {:<24}{hr:>9}{mrr:>9}{told:>22}{minus:>32}", "")?;
    for row in &printed.rows {
        let Quality { hit_rate, reciprocal_rank, .. } = row.quality;
        let told = row.told.map(|(items, pairs)| format!("{items}, {pairs}"));
        let told = told.unwrap_or_default();
        let minus = row.against.map(|found| interval(&found.hit_rate)).unwrap_or_default();
        let label = &row.label;
        writeln!(text, "  {label:<24}{hit_rate:>9.4}{reciprocal_rank:>9.4}{told:>22}{minus:>32}")?;
    }
    let Costs { proven, upload_bytes, device_ns, server_ns } = &printed.costs;
    let [device, server] = [device_ns, server_ns].map(|ns| millis(ns / proven.max(&1)));
    writeln!(text, "\na device sends {upload_bytes} bytes a year in three reports")?;
    write!(
        text,
        "{proven} reports went through real proofs: {device} on the device, {server} at both aggregators, each"
    )
}
