//! The price of privacy as a drawing: one panel per series, hits and ranks.
//!
//! Every point says its number in text; the rest is [`crate::commands::drawing`].

use std::fmt::Write as _;

use recommend::evaluation::tiers::{About, Point, Price, Series};

use crate::commands::drawing::{LEFT, Mark, RIGHT, WIDTH, escape, framed, write_line};
use crate::commands::evaluate::tiers::words::{heading, notes};

const HEAD: f64 = 70.0;
const PANEL: f64 = 250.0;
/// Room above and below the area of a panel.
const ABOVE: f64 = 46.0;
const BELOW: f64 = 48.0;

/// The two measures, each with its class.
#[derive(Clone, Copy)]
enum Measure {
    Hits,
    Ranks,
}

impl Measure {
    const ALL: [Self; 2] = [Self::Hits, Self::Ranks];

    const fn mark(self) -> Mark {
        match self {
            Self::Hits => Mark::One,
            Self::Ranks => Mark::Two,
        }
    }

    fn name(self, k: usize) -> String {
        match self {
            Self::Hits => format!("HR@{k}"),
            Self::Ranks => format!("MRR@{k}"),
        }
    }

    const fn of(self, point: &Point) -> f64 {
        match self {
            Self::Hits => point.quality.hit_rate,
            Self::Ranks => point.quality.reciprocal_rank,
        }
    }

    /// Hits are never below ranks, so their numbers stand above and the others below.
    const fn text_offset(self) -> f64 {
        match self {
            Self::Hits => -10.0,
            Self::Ranks => 20.0,
        }
    }
}

/// The drawing.
pub fn draw(found: &Price) -> String {
    let height = found.series.iter().fold(HEAD, |height, _| height + PANEL);
    framed(("The price of privacy", &spoken(found)), height, |text| write_panels(text, found))
}

fn write_panels(text: &mut String, found: &Price) -> std::fmt::Result {
    let mut x = LEFT + 5.0;
    for measure in Measure::ALL {
        let (name, mark) = (measure.name(found.list_len), measure.mark().at(x, 50.0));
        writeln!(text, "{mark}<text x=\"{}\" y=\"54\">{name}</text>", x + 12.0)?;
        x += 110.0;
    }
    let points = found.series.iter().flat_map(|series| &series.points);
    let most = points.flat_map(|point| Measure::ALL.map(|one| one.of(point))).fold(0.1, f64::max);
    // The axis ends at a whole tenth.
    let most = (most * 10.0).ceil() / 10.0;
    let mut top = HEAD;
    for series in &found.series {
        write_panel(text, series, Area { top, most }, found.list_len)?;
        top += PANEL;
    }
    Ok(())
}

/// Every point as a sentence for who cannot see the drawing.
fn spoken(found: &Price) -> String {
    let mut text = format!("{}.", notes(found).join(". "));
    for series in &found.series {
        let value = |point: &Point| {
            let (hits, ranks) = (Measure::Hits.of(point), Measure::Ranks.of(point));
            format!("{} {hits:.3} and {ranks:.3}", point.label)
        };
        let values: Vec<String> = series.points.iter().map(value).collect();
        let [hits, ranks] = Measure::ALL.map(|one| one.name(found.list_len));
        let head = heading(series.about);
        // Writing to a text does not fail.
        write!(text, " {hits} and {ranks} {head}: {}.", values.join(", ")).ok();
    }
    text
}

/// Where a panel is, and how far its axis goes.
#[derive(Clone, Copy)]
struct Area {
    top: f64,
    most: f64,
}

impl Area {
    fn y(self, value: f64) -> f64 {
        let (low, high) = (self.top + PANEL - BELOW, self.top + ABOVE);
        low - (low - high) * value / self.most
    }
}

fn write_panel(text: &mut String, series: &Series, area: Area, k: usize) -> std::fmt::Result {
    let end = WIDTH - RIGHT;
    let head = heading(series.about);
    writeln!(text, "<g><text class=\"name\" x=\"{LEFT}\" y=\"{}\">{head}</text>", area.top + 20.0)?;
    for part in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let (value, y) = (area.most * part, area.y(area.most * part));
        write_line(text, y, &format!("{value:.3}"))?;
    }
    let step = series.points.iter().fold(0.0, |count, _| count + 1.0);
    let step = (end - LEFT) / f64::max(step, 1.0);
    let mut places = Vec::new();
    let mut x = LEFT + step / 2.0;
    for point in &series.points {
        places.push((x, point));
        x += step;
    }
    for measure in Measure::ALL {
        // Tiers are not steps of one scale, so no way leads from one to the next.
        if series.about != About::Tier {
            let pair =
                |(x, point): &(f64, &Point)| format!("{x:.1},{:.1}", area.y(measure.of(point)));
            let way: Vec<String> = places.iter().map(pair).collect();
            let (class, way) = (measure.mark().class(), way.join(" "));
            let dashed = if matches!(measure, Measure::Ranks) { " dashed" } else { "" };
            writeln!(text, "<polyline class=\"way {class}{dashed}\" points=\"{way}\"/>")?;
        }
        for (x, point) in &places {
            let (value, label) = (measure.of(point), escape(&point.label));
            let (y, name) = (area.y(value), measure.name(k));
            writeln!(
                text,
                "<g><title>{label}: {name} {value:.4}</title>{}<text text-anchor=\"middle\" x=\"{x:.1}\" y=\"{:.1}\">{value:.3}</text></g>",
                measure.mark().at(*x, y),
                y + measure.text_offset()
            )?;
        }
    }
    let y = area.top + PANEL - BELOW + 38.0;
    for (x, point) in &places {
        let unit = if series.about == About::Share { " %" } else { "" };
        let label = escape(&point.label);
        writeln!(
            text,
            "<text text-anchor=\"middle\" x=\"{x:.1}\" y=\"{y:.1}\">{label}{unit}</text>"
        )?;
    }
    writeln!(text, "</g>")
}

#[cfg(test)]
mod tests;
