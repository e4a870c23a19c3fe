//! How the cost of an answer grows, as a drawing: one panel per thing that was varied.
//!
//! Both axes are logarithmic, so that a straight way is a power: a way that rises half as fast as
//! it goes to the right is a square root. Squares are whole answers, circles VMIS-kNN alone; dashed
//! ways are the 99.5th percentile, whole ones the half.

use std::fmt::Write as _;

use crate::commands::bench::scale::Row;
use crate::commands::drawing::{LEFT, Mark, RIGHT, WIDTH, framed, write_line};

const HEAD: f64 = 70.0;
const PANEL: f64 = 300.0;
const ABOVE: f64 = 46.0;
const BELOW: f64 = 48.0;

/// One way of a panel: its mark, whether it is dashed, its name, the nanoseconds of a row.
type Way = (Mark, bool, &'static str, fn(&Row) -> u64);

const WAYS: [Way; 4] = [
    (Mark::One, false, "VMIS-kNN p50", |row| row.vmis_ns.p50),
    (Mark::One, true, "VMIS-kNN p99.5", |row| row.vmis_ns.p99_5),
    (Mark::Two, false, "whole answer p50", |row| row.answer_ns.p50),
    (Mark::Two, true, "whole answer p99.5", |row| row.answer_ns.p99_5),
];

/// What was varied: its name in the rows, the heading, the number of a row.
type Varied = (&'static str, &'static str, fn(&Row) -> u64);

const PANELS: [Varied; 3] = [
    ("interactions", "by interactions", |row| row.interactions),
    ("items", "by items, at the same number of interactions", |row| row.items as u64),
    ("list", "by length of the list", |row| row.list as u64),
];

/// The drawing.
pub(crate) fn draw(rows: &[Row]) -> String {
    let height = PANELS.iter().fold(HEAD, |height, _| height + PANEL);
    framed(("How the cost of an answer grows", &spoken(rows)), height, |text| {
        let mut x = LEFT + 5.0;
        for (mark, name) in [(Mark::One, "VMIS-kNN alone"), (Mark::Two, "whole answer")] {
            writeln!(text, "{}<text x=\"{}\" y=\"54\">{name}</text>", mark.at(x, 50.0), x + 12.0)?;
            x += 150.0;
        }
        writeln!(text, "<text class=\"soft\" x=\"{x}\" y=\"54\">dashed: 99.5th percentile</text>")?;
        let mut top = HEAD;
        for panel in PANELS {
            let rows: Vec<&Row> = rows.iter().filter(|row| row.varied == panel.0).collect();
            write_panel(text, &panel, &rows, top)?;
            top += PANEL;
        }
        Ok(())
    })
}

/// Every point in words.
fn spoken(rows: &[Row]) -> String {
    let mut text = String::from("Microseconds of an answer.");
    for (varied, heading, number) in PANELS {
        for row in rows.iter().filter(|row| row.varied == varied) {
            let times: Vec<String> =
                WAYS.iter().map(|(.., name, of)| format!("{name} {}", of(row) / 1_000)).collect();
            // Writing to a text does not fail.
            write!(text, " {heading} {}: {}.", short(number(row)), times.join(", ")).ok();
        }
    }
    text
}

/// The logarithms between which an axis goes.
#[derive(Clone, Copy)]
struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    /// From the power of ten below the least to the one above the greatest.
    fn over(values: impl Iterator<Item = u64> + Clone) -> Self {
        let low = values.clone().min().map_or(0.0, |least| log10(least).floor());
        let high = values.max().map_or(1.0, |greatest| log10(greatest).ceil());
        Self { low, high: high.max(low + 1.0) }
    }

    /// The share of the axis at which a value stands.
    fn share(self, value: u64) -> f64 {
        (log10(value) - self.low) / (self.high - self.low)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a place in a drawing")]
fn log10(value: u64) -> f64 {
    (value.max(1) as f64).log10()
}

fn write_panel(
    text: &mut String,
    (_, heading, number): &Varied,
    rows: &[&Row],
    top: f64,
) -> std::fmt::Result {
    writeln!(text, "<g><text class=\"name\" x=\"{LEFT}\" y=\"{}\">{heading}</text>", top + 20.0)?;
    let times = rows.iter().flat_map(|row| WAYS.map(|(.., of)| of(row)));
    let (up, across) = (Axis::over(times), Axis::over(rows.iter().map(|row| number(row))));
    let (low, high) = (top + PANEL - BELOW, top + ABOVE);
    let y = |ns: u64| low - (low - high) * up.share(ns);
    let mut power = 1_u64;
    while log10(power) <= up.high {
        if log10(power) >= up.low {
            write_line(text, y(power), &time(power))?;
        }
        power *= 10;
    }
    let x = |value: u64| LEFT + 30.0 + (WIDTH - RIGHT - LEFT - 60.0) * across.share(value);
    for (mark, dashed, name, of) in WAYS {
        let pair = |row: &&Row| format!("{:.1},{:.1}", x(number(row)), y(of(row)));
        let way: Vec<String> = rows.iter().map(pair).collect();
        let dashes = if dashed { " dashed" } else { "" };
        let (class, way) = (mark.class(), way.join(" "));
        writeln!(text, "<polyline class=\"way {class}{dashes}\" points=\"{way}\"/>")?;
        for row in rows {
            let (at, ns) = (number(row), of(row));
            let title = format!("{name} at {}: {}.{} us", short(at), ns / 1_000, ns % 1_000 / 100);
            writeln!(text, "<g><title>{title}</title>{}</g>", mark.at(x(at), y(ns)))?;
        }
    }
    for row in rows {
        let (at, below) = (number(row), low + 24.0);
        writeln!(
            text,
            "<text text-anchor=\"middle\" x=\"{:.1}\" y=\"{below:.1}\">{}</text>",
            x(at),
            short(at)
        )?;
    }
    writeln!(text, "</g>")
}

/// A time at a line: a power of ten.
fn time(ns: u64) -> String {
    match ns {
        0..1_000 => format!("{ns} ns"),
        1_000..1_000_000 => format!("{} us", ns / 1_000),
        _ => format!("{} ms", ns / 1_000_000),
    }
}

/// A count in three or four characters.
fn short(count: u64) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..999_500 => format!("{}k", (count + 500) / 1_000),
        _ => format!("{}M", (count + 500_000) / 1_000_000),
    }
}

#[cfg(test)]
mod tests;
