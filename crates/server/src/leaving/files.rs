//! Files of an export: written once, never over another, each with its digest in the manifest.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use domain::hex;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::commands::{Failure, OrFail as _};

/// One file, as the manifest names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Path below the folder.
    pub path: String,
    /// Rows; lines of a file of lines without its header.
    pub rows: u64,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// A folder that is being filled.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    listed: Vec<Listed>,
}

impl Folder {
    /// Makes a folder that nobody else can enter.
    ///
    /// # Errors
    /// A folder that exists and is not empty.
    pub fn make(path: &Path) -> Result<Self, Failure> {
        let failed = format!("cannot make {}", path.display());
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).or_fail(&failed)?;
        let mut entries = std::fs::read_dir(path).or_fail(&failed)?;
        if entries.next().is_some() {
            let words = format!("{} is not empty; nothing is written over", path.display());
            return Err(Failure::new(words));
        }
        Ok(Self { path: path.to_owned(), listed: Vec::new() })
    }

    /// Begins a file.
    ///
    /// # Errors
    /// What the system says.
    pub fn begin(&self, path: &str) -> Result<Sink, Failure> {
        let whole = self.path.join(path);
        let failed = format!("cannot write {}", whole.display());
        if let Some(parent) = whole.parent() {
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(parent)
                .or_fail(&failed)?;
        }
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&whole);
        let digested = Digested { file: file.or_fail(&failed)?, hash: Sha256::new(), bytes: 0 };
        Ok(Sink { path: path.to_owned(), out: BufWriter::new(digested), rows: 0 })
    }

    /// Ends a file and lists it.
    ///
    /// # Errors
    /// What the system says.
    pub fn end(&mut self, sink: Sink) -> Result<(), Failure> {
        let Sink { path, out, rows } = sink;
        let digested = out.into_inner().map_err(|error| Failure::new(error.error()))?;
        let Digested { file, hash, bytes } = digested;
        file.sync_all().or_fail("an export cannot be made durable")?;
        let sha256 = hex::encode(&hash.finalize());
        self.listed.push(Listed { path, rows, bytes, sha256 });
        Ok(())
    }

    /// Writes a whole file.
    ///
    /// # Errors
    /// What the system says.
    pub fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), Failure> {
        let mut sink = self.begin(path)?;
        sink.bytes(bytes)?;
        sink.rows = 1;
        self.end(sink)
    }

    /// What was written, in the order in which it was.
    pub fn listed(&self) -> &[Listed] {
        &self.listed
    }

    /// Writes the last file, which lists the others; an export without it is not whole.
    ///
    /// # Errors
    /// What the system says.
    pub fn finish(&mut self, path: &str, bytes: &[u8]) -> Result<(), Failure> {
        self.put(path, bytes)?;
        let folder = File::open(&self.path).or_fail("the export cannot be made durable")?;
        folder.sync_all().or_fail("the export cannot be made durable")
    }
}

/// A file that is being written.
#[derive(Debug)]
pub struct Sink {
    path: String,
    out: BufWriter<Digested>,
    rows: u64,
}

impl Sink {
    /// Adds bytes.
    ///
    /// # Errors
    /// What the system says.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.out.write_all(bytes).or_fail("an export cannot be written")
    }

    /// Adds one value on a line.
    ///
    /// # Errors
    /// What the system says.
    pub fn line(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        serde_json::to_writer(&mut self.out, value).or_fail("an export cannot be written")?;
        self.rows += 1;
        self.bytes(b"\n")
    }

    /// Adds the header of a CSV.
    ///
    /// # Errors
    /// What the system says.
    pub fn header(&mut self, fields: &[&str]) -> Result<(), Failure> {
        let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
        self.fields(&fields)
    }

    /// Adds one row of a CSV.
    ///
    /// # Errors
    /// What the system says.
    pub fn row(&mut self, fields: &[String]) -> Result<(), Failure> {
        self.rows += 1;
        self.fields(fields)
    }

    fn fields(&mut self, fields: &[String]) -> Result<(), Failure> {
        let mut writer =
            csv::WriterBuilder::new().buffer_capacity(1 << 10).from_writer(&mut self.out);
        writer.write_record(fields).or_fail("an export cannot be written")?;
        writer.flush().or_fail("an export cannot be written")
    }
}

/// A file that knows the digest of what was written.
#[derive(Debug)]
struct Digested {
    file: File,
    hash: Sha256,
    bytes: u64,
}

impl Write for Digested {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
