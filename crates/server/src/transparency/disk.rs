//! Files of the log: each whole or not there, and durable when it is said so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A file by its name below the log's folder.
pub type Named = (String, Vec<u8>);

/// Where the files are. Names are ours and never a caller's.
pub trait Disk: Debug + Send + Sync {
    /// The bytes of a file.
    ///
    /// # Errors
    /// What the system says; a file that is not there is none.
    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>>;

    /// Writes files, over old ones. Each is replaced as a whole; all are durable on return, and
    /// none may be missing after that.
    ///
    /// # Errors
    /// What the system says; then some may have been written.
    fn write(&self, files: &[Named]) -> io::Result<()>;

    /// Removes a folder with what is in it, if it is there. Nothing depends on that.
    ///
    /// # Errors
    /// What the system says.
    fn remove(&self, folder: &str) -> io::Result<()>;
}

/// A folder of the data folder.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Takes a folder and makes it, for its owner alone, when it is missing.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(path: PathBuf) -> io::Result<Self> {
        private(&path)?;
        Ok(Self(path))
    }
}

impl Disk for Folder {
    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.0.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn write(&self, files: &[Named]) -> io::Result<()> {
        let mut folders = BTreeSet::new();
        for (name, bytes) in files {
            let path = self.0.join(name);
            let folder = path.parent().unwrap_or(&self.0);
            private(folder)?;
            let temporary = path.with_extension("new");
            let mut options = OpenOptions::new();
            let mut file =
                options.write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&temporary, &path)?;
            let up = folder.ancestors().take_while(|folder| folder.starts_with(&self.0));
            folders.extend(up.map(Path::to_owned));
        }
        // A name is durable when its folder is, up to the top.
        for folder in folders {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    fn remove(&self, folder: &str) -> io::Result<()> {
        match fs::remove_dir_all(self.0.join(folder)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

fn private(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Files in memory, for a shop that lives there.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<BTreeMap<String, Vec<u8>>>);

impl InMemory {
    fn change<R>(&self, change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>) -> R) -> R {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Disk for InMemory {
    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.change(|files| files.get(name).cloned()))
    }

    fn write(&self, files: &[Named]) -> io::Result<()> {
        self.change(|held| held.extend(files.iter().cloned()));
        Ok(())
    }

    fn remove(&self, folder: &str) -> io::Result<()> {
        let inside = format!("{folder}/");
        self.change(|files| files.retain(|name, _| !name.starts_with(&inside)));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
