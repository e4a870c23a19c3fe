//! The script of the banner: parts that people read, joined into what browsers load.
//!
//! The parts share one scope; [`script`] puts them into one function, leaves comments and
//! indentation out, and adds the styles as text. Nothing is renamed or rewritten, so that the
//! script in a browser's debugger is the one in the repository.

use std::io::Write as _;
use std::sync::LazyLock;

use domain::hex;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

/// The parts in their order; each may use what stands in an earlier one.
const PARTS: [&str; 9] = [
    include_str!("../../assets/banner/page.js"),
    include_str!("../../assets/banner/record.js"),
    include_str!("../../assets/banner/signals.js"),
    include_str!("../../assets/banner/blocking.js"),
    include_str!("../../assets/banner/choosing.js"),
    include_str!("../../assets/banner/view.js"),
    include_str!("../../assets/banner/banner.js"),
    include_str!("../../assets/banner/preferences.js"),
    include_str!("../../assets/banner/start.js"),
];
const STYLE: &str = include_str!("../../assets/banner/style.css");

/// The script as it is served.
#[derive(Clone, Debug)]
pub struct Script {
    /// As text.
    pub plain: String,
    /// The same, compressed.
    pub gzip: Vec<u8>,
    /// Its entity tag.
    pub tag: String,
}

static SCRIPT: LazyLock<Script> = LazyLock::new(|| {
    let plain = join();
    let digest = hex::encode(&Sha256::digest(&plain));
    let tag = format!("\"{}\"", digest.get(..32).unwrap_or(&digest));
    let gzip = compress(plain.as_bytes());
    Script { plain, gzip, tag }
});

/// The script, made once.
pub fn script() -> &'static Script {
    &SCRIPT
}

fn join() -> String {
    let style = serde_json::Value::from(lean(STYLE)).to_string();
    let mut script = format!("(()=>{{\n'use strict';\nconst STYLE={style};\n");
    for part in PARTS {
        script.push_str(&lean(part));
    }
    script.push_str("})();\n");
    script
}

/// The lines without their indentation, and without comments that stand on lines of their own. No
/// part has a text that spans lines; a test holds that.
fn lean(part: &str) -> String {
    let mut lines = String::with_capacity(part.len());
    let mut comments = false;
    for line in part.lines().map(str::trim) {
        comments |= line.starts_with("/*");
        if !comments && !line.is_empty() && !line.starts_with("//") {
            lines.push_str(line);
            lines.push('\n');
        }
        comments &= !line.ends_with("*/");
    }
    lines
}

fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory does not fail; an empty body would be noticed by the size test.
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
