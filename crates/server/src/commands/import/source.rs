//! Files as shops have them: plain, packed by zstd or by gzip, told apart by their first bytes.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use indicatif::{ProgressBar, ProgressStyle};
use ingest::import::detect::SAMPLE_BYTES_MAX;
use sha2::{Digest as _, Sha256};

use crate::commands::{Failure, OrFail as _};

/// Files of `zstd --long=27` need a window of this many bits.
const WINDOW_LOG_MAX: u32 = 27;
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A file that is read once, unpacked on the way.
pub struct Source {
    /// The first unpacked bytes, which [`Source::into_reader`] gives again.
    sample: Vec<u8>,
    rest: Box<dyn Read>,
}

impl Source {
    /// Opens a file; `bar` counts its bytes as they lie on disk.
    ///
    /// # Errors
    /// What the system says, with the name of the file.
    pub fn open(path: &Path, bar: &ProgressBar) -> Result<Self, Failure> {
        let failed = format!("cannot read {}", path.display());
        let file = File::open(path).or_fail(&failed)?;
        Self::of(bar.wrap_read(file)).or_fail(&failed)
    }

    /// Reads what may be packed.
    ///
    /// # Errors
    /// What the system says, or wrongly packed bytes.
    pub fn of(packed: impl Read + 'static) -> std::io::Result<Self> {
        let mut packed = BufReader::new(packed);
        let mut magic = Vec::new();
        packed.by_ref().take(ZSTD.len() as u64).read_to_end(&mut magic)?;
        let (zstd, gzip) = (magic == ZSTD, magic.starts_with(&GZIP));
        let whole = Cursor::new(magic).chain(packed);
        let mut rest: Box<dyn Read> = if zstd {
            let mut decoder = zstd::stream::read::Decoder::new(whole)?;
            decoder.window_log_max(WINDOW_LOG_MAX)?;
            Box::new(decoder)
        } else if gzip {
            Box::new(MultiGzDecoder::new(whole))
        } else {
            Box::new(whole)
        };
        let mut sample = Vec::new();
        rest.by_ref().take(SAMPLE_BYTES_MAX as u64).read_to_end(&mut sample)?;
        Ok(Self { sample, rest })
    }

    /// The first unpacked bytes.
    pub fn sample(&self) -> &[u8] {
        &self.sample
    }

    /// Everything, from the beginning.
    pub fn into_reader(self) -> impl Read {
        Cursor::new(self.sample).chain(self.rest)
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Source(..)")
    }
}

/// The SHA-256 of a file as it lies on disk.
///
/// # Errors
/// What the system says, with the name of the file.
pub fn digest(path: &Path) -> Result<[u8; 32], Failure> {
    let failed = format!("cannot read {}", path.display());
    let mut file = File::open(path).or_fail(&failed)?;
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let count = file.read(&mut chunk).or_fail(&failed)?;
        match chunk.get(..count) {
            Some(read) if !read.is_empty() => hash.update(read),
            Some(_) | None => return Ok(hash.finalize().into()),
        }
    }
}

/// A progress bar over the bytes of a file.
pub fn bytes_bar(path: &Path, what: &'static str) -> ProgressBar {
    let len = std::fs::metadata(path).map_or(0, |file| file.len());
    let bar = ProgressBar::new(len);
    let template = "{msg} [{wide_bar}] {bytes}/{total_bytes} {elapsed}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(what);
    bar
}

#[cfg(test)]
mod tests;
