//! The price of privacy as one page: the drawing, the tables, no script and nothing from elsewhere.

use std::fmt::Write as _;

use recommend::evaluation::tiers::{Point, Series};

use crate::commands::drawing::escape;
use crate::commands::evaluate::tiers::chart::draw;
use crate::commands::evaluate::tiers::words::{Printed, heading, interval, notes};

const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>The price of privacy</title>
<style>
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;background:#fff;color:#1c1c22}
svg{width:100%;height:auto}
div{overflow-x:auto}
table{border-collapse:collapse;margin:1rem 0;font-variant-numeric:tabular-nums}
caption{text-align:start;font-weight:600}
th,td{padding:.25rem .75rem;text-align:end;border-bottom:1px solid #d9d9e0}
th[scope=row]{text-align:start}
code{overflow-wrap:anywhere}
@media (prefers-color-scheme:dark){body{background:#16161b;color:#ececf1}th,td{border-color:#3a3a44}}
</style>
</head>
";

/// The page; `names` are the names of the two files.
pub fn html(printed: &Printed<'_>, names: &[String; 2]) -> String {
    let mut text = HEAD.to_owned();
    // Writing to a text does not fail.
    write_body(&mut text, printed, names).ok();
    text
}

fn write_body(
    text: &mut String,
    printed: &Printed<'_>,
    [train, test]: &[String; 2],
) -> std::fmt::Result {
    writeln!(text, "<body>\n<main>\n<h1>The price of privacy</h1>")?;
    let (train, test) = (escape(train), escape(test));
    writeln!(text, "<p>Learned from <code>{train}</code>, measured on <code>{test}</code>.</p>")?;
    writeln!(text, "<ul>")?;
    for note in notes(printed.found) {
        writeln!(text, "<li>{}</li>", escape(&note))?;
    }
    writeln!(text, "</ul>\n{}", draw(printed.found))?;
    for series in &printed.found.series {
        write_series(text, series, printed.found.list_len)?;
    }
    let digest = escape(&printed.digest);
    writeln!(text, "<p>Digest of everything: <code>{digest}</code></p>\n</main>\n</body>\n</html>")
}

fn write_series(text: &mut String, series: &Series, k: usize) -> std::fmt::Result {
    // A region that scrolls sideways can be reached by keyboard.
    let head = heading(series.about);
    writeln!(text, "<div role=\"region\" tabindex=\"0\" aria-label=\"{head}\">")?;
    writeln!(text, "<table>\n<caption>{head}</caption>\n<thead><tr>")?;
    let (hr, mrr) = (format!("HR@{k}"), format!("MRR@{k}"));
    let columns = [
        "",
        "sessions",
        "people",
        hr.as_str(),
        mrr.as_str(),
        "popular",
        "empty",
        "HR minus the best (95 %)",
    ];
    for column in columns {
        match column {
            "" => write!(text, "<td></td>")?,
            _ => write!(text, "<th scope=\"col\">{column}</th>")?,
        }
    }
    writeln!(text, "</tr></thead>\n<tbody>")?;
    for point in &series.points {
        let Point { sessions, people, quality, popular, empty, against_best, .. } = point;
        let best = against_best.as_ref();
        let best = best.map_or("the best".to_owned(), |one| interval(&one.hit_rate));
        let (hit_rate, reciprocal_rank) = (quality.hit_rate, quality.reciprocal_rank);
        writeln!(
            text,
            "<tr><th scope=\"row\">{}</th><td>{sessions}</td><td>{people}</td><td>{hit_rate:.4}</td><td>{reciprocal_rank:.4}</td><td>{popular:.4}</td><td>{empty:.4}</td><td>{best}</td></tr>",
            escape(&point.label)
        )?;
    }
    writeln!(text, "</tbody>\n</table>\n</div>")
}
