//! The package as one file: the page to read and the JSON to take elsewhere.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::access::{Package, page};

/// Why the archive could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The JSON.
    #[error("access package: {0}")]
    Json(#[from] serde_json::Error),
    /// The page.
    #[error("access package: {0}")]
    Page(#[from] askama::Error),
    /// The archive.
    #[error("access package: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// A write into memory.
    #[error("access package: {0}")]
    Write(#[from] std::io::Error),
}

/// A ZIP archive with `index.html` and `access.json`. The same package gives the same bytes: the
/// entries carry no time of their own.
///
/// # Errors
/// [`ArchiveError`].
pub fn zip(package: &Package) -> Result<Vec<u8>, ArchiveError> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("index.html", options)?;
    zip.write_all(page::html(package)?.as_bytes())?;
    zip.start_file("access.json", options)?;
    zip.write_all(&serde_json::to_vec_pretty(package)?)?;
    Ok(zip.finish()?.into_inner())
}
