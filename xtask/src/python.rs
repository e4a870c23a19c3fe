//! The Python environment of the tests: a venv in the target directory, as the requirements say.

use std::path::PathBuf;

use crate::machine::{self, FOR_PYTHON};
use crate::shell::{self, Error, Shell};

const REQUIREMENTS: &str = "crates/server/tests/python/requirements.txt";
const STAMP: &str = "installed-from.txt";

/// Makes the environment when its requirements are there and new; gives back its folder.
pub(crate) fn install(shell: &Shell) -> Result<Option<PathBuf>, Error> {
    let file = shell.root.join(REQUIREMENTS);
    if !file.is_file() {
        return Ok(None);
    }
    let wanted = shell::read(&file)?;
    let venv = shell.target.join("venv");
    let python = venv.join("bin/python");
    // The interpreter is asked too, because a venv dies with the Python that made it.
    let fresh = shell::read(&venv.join(STAMP)).is_ok_and(|stamp| stamp == wanted)
        && shell::succeeds(shell.program(&python).arg("--version"));
    if fresh {
        return Ok(Some(venv));
    }
    machine::install(shell, FOR_PYTHON)?;
    shell::run(shell.program("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    shell::run(shell.program(&python).args(pip).arg(&file))?;
    shell::write(&venv.join(STAMP), &wanted)?;
    Ok(Some(venv))
}
