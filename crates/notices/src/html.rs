//! A document as one HTML page: no script, nothing from elsewhere, every text escaped.
//!
//! Headings go down in order, tables have captions and heads with a scope and scroll on their own
//! on narrow screens, markers are said in words and not by color alone (WCAG 2.2).

use crate::document::{Document, Part, Section};
use crate::speech::Speech;
use crate::words::Words;

/// The style sheet; a policy allows it by its hash.
pub const STYLE: &str = include_str!("../assets/style.css");

/// Draws a page, with the words that the document was computed with.
pub fn page(document: &Document, speech: &Speech) -> String {
    let words = &speech.words;
    let mut page = Page(String::new());
    let (language, direction) = (&document.language, document.direction.as_str());
    page.raw("<!doctype html>\n<html lang=\"").text(language).raw("\" dir=\"").raw(direction);
    page.raw("\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    page.text(&document.title).raw(" - ").text(&document.processing.shop);
    page.raw("</title>\n<style>").raw(STYLE).raw("</style>\n</head>\n<body>\n<main>\n<h1>");
    page.text(&document.title).raw("</h1>\n");
    if !document.missing.is_empty() {
        page.raw("<section id=\"missing\" class=\"open\" aria-labelledby=\"h-missing\">\n");
        page.raw("<h2 id=\"h-missing\">").text(&words.label.missing_title).raw("</h2>\n<ul>\n");
        for key in &document.missing {
            page.raw("<li><code>").text(key).raw("</code></li>\n");
        }
        page.raw("</ul>\n</section>\n");
    }
    for section in &document.sections {
        page.section(section, words);
    }
    page.raw("</main>\n<footer>\n<p>").text(&words.label.digest).raw(": <code>");
    page.text(&document.digest()).raw("</code></p>\n</footer>\n</body>\n</html>\n");
    page.0
}

/// The page so far. Only words of the program go in through `raw`.
struct Page(String);

impl Page {
    fn raw(&mut self, markup: &str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                _ => self.0.push(c),
            }
        }
        self
    }

    fn section(&mut self, section: &Section, words: &Words) {
        let level = if section.level == 3 { "3" } else { "2" };
        // No landmark: headings are enough to get around, and each table is one already.
        self.raw("<section id=\"").text(&section.id).raw("\">\n<h").raw(level).raw(">");
        self.text(&section.title).raw("</h").raw(level).raw(">\n");
        for (place, part) in section.parts.iter().enumerate() {
            match part {
                Part::Text { text } => {
                    self.raw("<p>").text(text).raw("</p>\n");
                }
                Part::List { items } => self.list(items),
                Part::Facts { rows } => self.facts(rows),
                Part::Table { caption, head, rows } => {
                    let id = format!("t-{}-{place}", section.id);
                    self.table_start(&id, caption, head);
                    self.table_rows(rows);
                }
                Part::Missing { key, text } => {
                    self.raw("<p class=\"open\"><strong>").text(text).raw("</strong> <code>");
                    self.text(key).raw("</code></p>\n");
                }
                Part::Question { id, text } => {
                    self.raw("<p class=\"open\" id=\"q-").text(id).raw("\"><strong>");
                    self.text(&words.label.question).raw("</strong> ").text(text).raw("</p>\n");
                }
            }
        }
        self.raw("</section>\n");
    }

    fn list(&mut self, items: &[String]) {
        self.raw("<ul>\n");
        for item in items {
            self.raw("<li>").text(item).raw("</li>\n");
        }
        self.raw("</ul>\n");
    }

    fn facts(&mut self, rows: &[(String, String)]) {
        if rows.is_empty() {
            return;
        }
        self.raw("<dl>\n");
        for (name, value) in rows {
            self.raw("<div><dt>").text(name).raw("</dt><dd>").value(value).raw("</dd></div>\n");
        }
        self.raw("</dl>\n");
    }

    /// A value; an address of the web becomes a link.
    fn value(&mut self, value: &str) -> &mut Self {
        let plain = !value.chars().any(|c| c.is_whitespace() || c.is_control());
        if !(plain && value.starts_with("https://")) {
            return self.text(value);
        }
        self.raw("<a href=\"").text(value).raw("\">").text(value).raw("</a>")
    }

    fn table_start(&mut self, id: &str, caption: &str, head: &[String]) {
        self.raw("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-labelledby=\"").text(id);
        self.raw("\">\n<table>\n<caption id=\"").text(id).raw("\">").text(caption);
        self.raw("</caption>\n<thead><tr>");
        for name in head {
            self.raw("<th scope=\"col\">").text(name).raw("</th>");
        }
        self.raw("</tr></thead>\n<tbody>\n");
    }

    fn table_rows(&mut self, rows: &[Vec<String>]) {
        for row in rows {
            self.raw("<tr>");
            for (place, cell) in row.iter().enumerate() {
                match place {
                    0 => self.raw("<th scope=\"row\">").text(cell).raw("</th>"),
                    _ => self.raw("<td>").text(cell).raw("</td>"),
                };
            }
            self.raw("</tr>\n");
        }
        self.raw("</tbody>\n</table>\n</div>\n");
    }
}

#[cfg(test)]
mod tests;
