//! Pictures of the demo shop: drawn as SVG from an item's own attributes, no photograph needed.
//!
//! A picture holds no script, no style sheet, no link and no text but its title, so that it needs
//! no exception in a strict content security policy.

use std::fmt::Write;

use domain::catalog::Item;

use super::color::{self, Family};
use super::garment;
use super::silhouette::{Silhouette, TEE};

/// The night side of every color.
const SHADE: [u8; 3] = [0x1b, 0x17, 0x26];
/// The paper that backgrounds are tinted from.
const PAPER: [u8; 3] = [0xf4, 0xf0, 0xea];
const WHITE: [u8; 3] = [0xff, 0xff, 0xff];
/// Where the two of a pair stand; the farther one first.
const PAIR: [&str; 2] = ["translate(62 -16) scale(.84)", "translate(-8 72) scale(.84)"];

/// The tones of one picture.
struct Tones {
    main: String,
    dark: String,
    deep: String,
    inner: String,
    light: String,
    wall: String,
    disc: String,
    stroke: &'static str,
}

/// Draws `item`, 320 wide by 400 high.
///
/// Kind, color and pattern come from the attributes `kind`, `color` and `pattern`; what is unknown
/// is drawn as a plain grey T-shirt, so that every item of a changed catalog still has a picture.
pub fn picture(item: &Item) -> String {
    let attribute = |name: &str| item.attributes.get(name).map_or("", String::as_str);
    let shape = garment::by_noun(attribute("kind")).map_or(&TEE, |kind| kind.silhouette);
    let tones = Tones::of(attribute("color"));
    let pattern = weave(attribute("pattern"), &tones);
    let mut svg = String::with_capacity(2_400);
    svg.push_str("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 320 400\" width=\"320\" height=\"400\" role=\"img\" aria-labelledby=\"t\"><title id=\"t\">");
    escape_into(&mut svg, &item.title);
    svg.push_str("</title><defs><linearGradient id=\"s\" x2=\"1\" y2=\"1\"><stop stop-color=\"#fff\" stop-opacity=\".22\"/><stop offset=\".5\" stop-color=\"#fff\" stop-opacity=\"0\"/><stop offset=\"1\" stop-color=\"#1b1726\" stop-opacity=\".22\"/></linearGradient>");
    svg.push_str(&pattern);
    svg.push_str("</defs>");
    let Tones { wall, disc, .. } = &tones;
    append(
        &mut svg,
        format_args!(
            "<path fill=\"{wall}\" d=\"M0 0h320v400H0z\"/><circle cx=\"160\" cy=\"192\" r=\"132\" fill=\"{disc}\"/><ellipse cx=\"160\" cy=\"374\" rx=\"96\" ry=\"8\" fill=\"#1b1726\" opacity=\".12\"/>"
        ),
    );
    let drawn = draw(shape, &tones, !pattern.is_empty());
    if shape.pair {
        let [far, near] = PAIR;
        append(
            &mut svg,
            format_args!(
                "<g id=\"g\" transform=\"{far}\">{drawn}</g><g transform=\"{near}\">{drawn}</g>"
            ),
        );
    } else {
        svg.push_str(&drawn);
    }
    svg.push_str("</svg>");
    svg
}

/// Writing into a text cannot fail.
fn append(text: &mut String, part: std::fmt::Arguments<'_>) {
    let written = text.write_fmt(part);
    debug_assert!(written.is_ok(), "a text takes what is written");
}

fn draw(shape: &Silhouette, tones: &Tones, woven: bool) -> String {
    let Silhouette { back, body, dark, light, lines, dots, pair: _ } = *shape;
    let mut svg = String::with_capacity(1_500);
    let mut fill = |path: &str, paint: &str| {
        if !path.is_empty() {
            append(&mut svg, format_args!("<path fill=\"{paint}\" d=\"{path}\"/>"));
        }
    };
    fill(back, &tones.inner);
    fill(body, &tones.main);
    if woven {
        fill(body, "url(#w)");
    }
    fill(body, "url(#s)");
    fill(dark, &tones.dark);
    fill(light, &tones.light);
    let Tones { deep, light, stroke, .. } = tones;
    append(
        &mut svg,
        format_args!(
            "<path fill=\"none\" stroke=\"{deep}\" stroke-opacity=\"{stroke}\" stroke-width=\"2\" stroke-linecap=\"round\" stroke-linejoin=\"round\" d=\"{lines}\"/>"
        ),
    );
    if !dots.is_empty() {
        append(&mut svg, format_args!("<g fill=\"{light}\" stroke=\"{deep}\">"));
        for (x, y) in dots {
            append(&mut svg, format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"3.4\"/>"));
        }
        svg.push_str("</g>");
    }
    svg
}

impl Tones {
    fn of(name: &str) -> Self {
        let known = color::by_name(name);
        let main = known.map_or([0x8a, 0x8d, 0x93], |color| color.rgb);
        let family = known.map_or(Family::Neutral, |color| color.family);
        let bright = color::brightness(main);
        // A light garment on light paper would vanish: it stands before a calmer, darker wall.
        let (wall, disc) = if bright > 175 {
            let ground = match family {
                Family::Neutral | Family::Warm => [0x9c, 0xa3, 0x9b],
                Family::Blue | Family::Violet => [0x8c, 0x8f, 0xa8],
                Family::Green => [0x93, 0x9a, 0x86],
                Family::Red => [0xa8, 0x92, 0x8d],
            };
            (color::mix(PAPER, ground, 34), color::mix(PAPER, ground, 54))
        } else {
            (color::mix(PAPER, main, 11), color::mix(PAPER, main, 28))
        };
        // On nearly black cloth a darker seam is not seen, so seams turn light there.
        let (deep, stroke) = if bright < 75 {
            (color::mix(main, WHITE, 34), ".6")
        } else {
            (color::mix(main, SHADE, 46), ".55")
        };
        Self {
            main: hex(main),
            dark: hex(color::mix(main, SHADE, 26)),
            deep: hex(deep),
            inner: hex(color::mix(main, SHADE, 52)),
            light: hex(color::mix(main, WHITE, 34)),
            wall: hex(wall),
            disc: hex(disc),
            stroke,
        }
    }
}

/// The pattern that lies over the cloth; empty for plain cloth.
fn weave(pattern: &str, tones: &Tones) -> String {
    let Tones { light, deep, .. } = tones;
    match pattern {
        "striped" => format!(
            "<pattern id=\"w\" width=\"16\" height=\"16\" patternUnits=\"userSpaceOnUse\"><path fill=\"{light}\" opacity=\".75\" d=\"M0 2h16v6H0z\"/></pattern>"
        ),
        "checked" => format!(
            "<pattern id=\"w\" width=\"22\" height=\"22\" patternUnits=\"userSpaceOnUse\"><path fill=\"{light}\" opacity=\".5\" d=\"M0 0h22v7H0zM0 0h7v22H0z\"/><path stroke=\"{deep}\" opacity=\".35\" d=\"M0 14.5h22M14.5 0v22\"/></pattern>"
        ),
        "dotted" => format!(
            "<pattern id=\"w\" width=\"18\" height=\"18\" patternUnits=\"userSpaceOnUse\"><path stroke=\"{light}\" stroke-width=\"4.6\" stroke-linecap=\"round\" d=\"M5 5h.01M14 14h.01\"/></pattern>"
        ),
        _ => String::new(),
    }
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Titles come from a catalog that others may write, so nothing of one becomes markup.
fn escape_into(svg: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => svg.push_str("&amp;"),
            '<' => svg.push_str("&lt;"),
            '>' => svg.push_str("&gt;"),
            '"' => svg.push_str("&quot;"),
            _ => svg.push(letter),
        }
    }
}
