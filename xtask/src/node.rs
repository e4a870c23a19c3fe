//! Node packages of the tests, installed exactly as their lock files say.
//!
//! Each folder under a `tests` folder with a `package-lock.json` gets its `node_modules`. A copy
//! of the lock file inside is the stamp: the same bytes mean that there is nothing to do.

use std::path::{Path, PathBuf};

use crate::machine::{self, FOR_NODE};
use crate::shell::{self, Error, Shell};

const LOCK: &str = "package-lock.json";
const STAMP: &str = "installed-from.json";

/// Installs what is missing and gives back the `node_modules` folders, in the order of paths.
pub(crate) fn install(shell: &Shell, files: &[String]) -> Result<Vec<PathBuf>, Error> {
    let folders: Vec<PathBuf> = files.iter().filter_map(|file| folder(file)).collect();
    if folders.is_empty() {
        return Ok(Vec::new());
    }
    machine::install(shell, FOR_NODE)?;
    let mut modules = Vec::new();
    for folder in folders {
        modules.push(install_one(shell, &shell.root.join(folder))?);
    }
    Ok(modules)
}

/// The folder of a lock file that belongs to tests.
fn folder(file: &str) -> Option<PathBuf> {
    let path = Path::new(file);
    let is_lock = path.file_name().is_some_and(|name| name == LOCK);
    let is_tests = path.components().any(|part| part.as_os_str() == "tests");
    if is_lock && is_tests { path.parent().map(Path::to_path_buf) } else { None }
}

fn install_one(shell: &Shell, folder: &Path) -> Result<PathBuf, Error> {
    let modules = folder.join("node_modules");
    let lock = shell::read(&folder.join(LOCK))?;
    if shell::read(&modules.join(STAMP)).is_ok_and(|stamp| stamp == lock) {
        return Ok(modules);
    }
    // No install scripts: they run other people's code and fetch browsers that we have.
    let arguments = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
    shell::run(shell.program("npm").args(arguments).current_dir(folder))?;
    shell::write(&modules.join(STAMP), &lock)?;
    Ok(modules)
}

#[cfg(test)]
mod tests;
