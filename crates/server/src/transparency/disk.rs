//! Files of the log: each whole or not there, and durable when it is said so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};

/// Most files that are made durable at the same time.
const SYNCS_MAX: usize = 16;

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

    /// Removes a file, or a folder with what is in it, if it is there. Nothing depends on that.
    ///
    /// # Errors
    /// What the system says.
    fn remove(&self, name: &str) -> io::Result<()>;
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
        let mut written = Vec::with_capacity(files.len());
        for (name, bytes) in files {
            let path = self.0.join(name);
            let folder = path.parent().unwrap_or(&self.0);
            if !folders.contains(folder) {
                private(folder)?;
                let up = folder.ancestors().take_while(|folder| folder.starts_with(&self.0));
                folders.extend(up.map(Path::to_owned));
            }
            let temporary = path.with_extension("new");
            let mut options = OpenOptions::new();
            let mut file =
                options.write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
            file.write_all(bytes)?;
            written.push((file, temporary, path));
        }
        sync_all(&written.iter().map(|(file, ..)| file).collect::<Vec<_>>())?;
        for (_, temporary, path) in &written {
            fs::rename(temporary, path)?;
        }
        // A name is durable when its folder is, up to the top.
        let folders: io::Result<Vec<File>> = folders.into_iter().map(File::open).collect();
        sync_all(&folders?.iter().collect::<Vec<_>>())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let path = self.0.join(name);
        let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        match removed {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Makes files durable, several at once: a file system that is asked by many writes its journal once
/// for all of them, and one after the other would wait for it each time.
fn sync_all(files: &[&File]) -> io::Result<()> {
    let share = files.len().div_ceil(SYNCS_MAX).max(1);
    if files.len() <= 1 {
        return files.iter().try_for_each(|file| file.sync_all());
    }
    thread::scope(|scope| {
        let sync = |some: &[&File]| some.iter().try_for_each(|file| file.sync_all());
        let running: Vec<_> =
            files.chunks(share).map(|some| scope.spawn(move || sync(some))).collect();
        // All of them are waited for, also when one fails.
        let ended: Vec<_> = running.into_iter().map(ScopedJoinHandle::join).collect();
        let defect = || Err(io::Error::other("a sync had a defect"));
        ended.into_iter().try_for_each(|one| one.unwrap_or_else(|_| defect()))
    })
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

    fn remove(&self, name: &str) -> io::Result<()> {
        let inside = format!("{name}/");
        self.change(|files| files.retain(|one, _| one != name && !one.starts_with(&inside)));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
