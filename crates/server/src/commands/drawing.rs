//! What our drawings have in common: a frame, a ground, lines to read values by.
//!
//! Plain SVG 1.1 without script: colors follow the reader's light or dark setting, kinds of points
//! differ in shape as well, and the whole has a title and a description for screen readers.

use std::fmt::Write as _;

/// Width of a drawing.
pub const WIDTH: f64 = 720.0;
/// Room on the left, where the values of the lines stand.
pub const LEFT: f64 = 60.0;
/// Room on the right.
pub const RIGHT: f64 = 20.0;

const STYLE: &str = "\
.drawing{font:13px system-ui,sans-serif;--ground:#fff;--ink:#1c1c22;--soft:#5c5c66;--line:#d9d9e0;--one:#0b57a8;--two:#a3420b}
@media (prefers-color-scheme:dark){.drawing{--ground:#16161b;--ink:#ececf1;--soft:#b0b0bb;--line:#3a3a44;--one:#7db7f5;--two:#f2a36b}}
.drawing .ground{fill:var(--ground)}
.drawing text{fill:var(--ink)}
.drawing .soft{fill:var(--soft)}
.drawing .name{font-weight:600;font-size:15px}
.drawing .grid{stroke:var(--line);stroke-width:1}
.drawing .one{fill:var(--one)}
.drawing .two{fill:var(--two)}
.drawing .way{fill:none;stroke-width:2}
.drawing .way.one{fill:none;stroke:var(--one)}
.drawing .way.two{fill:none;stroke:var(--two)}
.drawing .way.dashed{stroke-dasharray:5 4}
";

/// One of the two kinds of points of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Circles.
    One,
    /// Squares of another color.
    Two,
}

impl Mark {
    /// The class of its points and ways.
    pub const fn class(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Two => "two",
        }
    }

    /// A circle or a square.
    pub fn at(self, x: f64, y: f64) -> String {
        match self {
            Self::One => format!("<circle class=\"one\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\"/>"),
            Self::Two => {
                let (x, y) = (x - 4.5, y - 4.5);
                format!("<rect class=\"two\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"9\" height=\"9\"/>")
            }
        }
    }
}

/// A whole drawing: the frame with what it says to screen readers, then what `inside` writes.
pub fn framed(
    (title, spoken): (&str, &str),
    height: f64,
    inside: impl FnOnce(&mut String) -> std::fmt::Result,
) -> String {
    let mut text = String::new();
    // Writing to a text does not fail.
    write_frame(&mut text, (title, spoken), height, inside).ok();
    text
}

fn write_frame(
    text: &mut String,
    (title, spoken): (&str, &str),
    height: f64,
    inside: impl FnOnce(&mut String) -> std::fmt::Result,
) -> std::fmt::Result {
    writeln!(
        text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"drawing\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"drawing-title drawing-desc\">"
    )?;
    let title = escape(title);
    writeln!(text, "<title id=\"drawing-title\">{title}</title>")?;
    writeln!(text, "<desc id=\"drawing-desc\">{}</desc>", escape(spoken))?;
    writeln!(text, "<style>{STYLE}</style>")?;
    writeln!(text, "<rect class=\"ground\" width=\"{WIDTH}\" height=\"{height}\"/>")?;
    writeln!(text, "<text class=\"name\" x=\"{LEFT}\" y=\"28\">{title}</text>")?;
    inside(text)?;
    writeln!(text, "</svg>")
}

/// A line across, with the value that it stands for.
pub fn write_line(text: &mut String, y: f64, value: &str) -> std::fmt::Result {
    let (end, value) = (WIDTH - RIGHT, escape(value));
    writeln!(
        text,
        "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{end}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text class=\"soft\" text-anchor=\"end\" x=\"{}\" y=\"{:.1}\">{value}</text>",
        LEFT - 8.0,
        y + 4.0
    )
}

/// Text as it may stand between tags and in quoted attributes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // XML has no control characters, and a file name may.
            control if control.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
pub(crate) mod tests;
