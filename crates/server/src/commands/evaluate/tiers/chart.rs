//! The price of privacy as a drawing: one panel per series, hits and ranks.
//!
//! Plain SVG 1.1 without script: colors follow the reader's light or dark setting, the two
//! measures differ in shape as well, every point says its number in text, and the whole has a
//! title and a description for screen readers.

use std::fmt::Write as _;

use recommend::evaluation::tiers::{About, Point, Price, Series};

use crate::commands::evaluate::tiers::page::escape;
use crate::commands::evaluate::tiers::words::{heading, notes};

const WIDTH: f64 = 720.0;
const HEAD: f64 = 70.0;
const PANEL: f64 = 250.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 20.0;
/// Room above and below the area of a panel.
const ABOVE: f64 = 46.0;
const BELOW: f64 = 48.0;

const STYLE: &str = "\
.price{font:13px system-ui,sans-serif;--ground:#fff;--ink:#1c1c22;--soft:#5c5c66;--line:#d9d9e0;--hits:#0b57a8;--ranks:#a3420b}
@media (prefers-color-scheme:dark){.price{--ground:#16161b;--ink:#ececf1;--soft:#b0b0bb;--line:#3a3a44;--hits:#7db7f5;--ranks:#f2a36b}}
.price .ground{fill:var(--ground)}
.price text{fill:var(--ink)}
.price .soft{fill:var(--soft)}
.price .name{font-weight:600;font-size:15px}
.price .grid{stroke:var(--line);stroke-width:1}
.price .hits{fill:var(--hits)}
.price .ranks{fill:var(--ranks)}
.price .way{fill:none;stroke-width:2}
.price .way.hits{fill:none;stroke:var(--hits)}
.price .way.ranks{fill:none;stroke:var(--ranks);stroke-dasharray:5 4}
";

/// The two measures, each with its class.
#[derive(Clone, Copy)]
enum Measure {
    Hits,
    Ranks,
}

impl Measure {
    const ALL: [Self; 2] = [Self::Hits, Self::Ranks];

    const fn class(self) -> &'static str {
        match self {
            Self::Hits => "hits",
            Self::Ranks => "ranks",
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

    /// A circle or a square.
    fn mark(self, x: f64, y: f64) -> String {
        match self {
            Self::Hits => format!("<circle class=\"hits\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\"/>"),
            Self::Ranks => {
                let (x, y) = (x - 4.5, y - 4.5);
                format!(
                    "<rect class=\"ranks\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"9\" height=\"9\"/>"
                )
            }
        }
    }
}

/// The drawing.
pub fn draw(found: &Price) -> String {
    let mut text = String::new();
    // Writing to a text does not fail.
    write_drawing(&mut text, found).ok();
    text
}

fn write_drawing(text: &mut String, found: &Price) -> std::fmt::Result {
    let height = found.series.iter().fold(HEAD, |height, _| height + PANEL);
    writeln!(
        text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"price\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"price-title price-desc\">"
    )?;
    writeln!(text, "<title id=\"price-title\">The price of privacy</title>")?;
    writeln!(text, "<desc id=\"price-desc\">{}</desc>", escape(&spoken(found)))?;
    writeln!(text, "<style>{STYLE}</style>")?;
    writeln!(text, "<rect class=\"ground\" width=\"{WIDTH}\" height=\"{height}\"/>")?;
    writeln!(text, "<text class=\"name\" x=\"{LEFT}\" y=\"28\">The price of privacy</text>")?;
    let mut x = LEFT + 5.0;
    for measure in Measure::ALL {
        let name = measure.name(found.list_len);
        writeln!(text, "{}<text x=\"{}\" y=\"54\">{name}</text>", measure.mark(x, 50.0), x + 12.0)?;
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
    writeln!(text, "</svg>")
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
        writeln!(
            text,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{end}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text class=\"soft\" text-anchor=\"end\" x=\"{}\" y=\"{:.1}\">{value:.3}</text>",
            LEFT - 8.0,
            y + 4.0
        )?;
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
            let (class, way) = (measure.class(), way.join(" "));
            writeln!(text, "<polyline class=\"way {class}\" points=\"{way}\"/>")?;
        }
        for (x, point) in &places {
            let (value, label) = (measure.of(point), escape(&point.label));
            let (y, name) = (area.y(value), measure.name(k));
            writeln!(
                text,
                "<g><title>{label}: {name} {value:.4}</title>{}<text text-anchor=\"middle\" x=\"{x:.1}\" y=\"{:.1}\">{value:.3}</text></g>",
                measure.mark(*x, y),
                y - 10.0
            )?;
        }
    }
    let y = area.top + PANEL - BELOW + 20.0;
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
