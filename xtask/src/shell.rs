//! Starts programs in the root of the repository and says what failed.
//!
//! One path: `Shell::cargo(..)` or `Shell::program(..)` makes a command, `run` or `output` runs
//! it without standard input. `cargo run` leaves variables about *this* package in the
//! environment; they are taken away, because build scripts that watch them would build again.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// What can go wrong at the workbench, in words that say what to do.
#[derive(Debug)]
pub(crate) enum Error {
    /// A program could not be started, or a file not read or written.
    Io { what: String, source: io::Error },
    /// A program ran and failed.
    Failed { command: String, status: ExitStatus },
    /// The reader has to do something first.
    Advice(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { what, source } => write!(f, "{what}: {source}"),
            Self::Failed { command, status } => write!(f, "{command}: {status}"),
            Self::Advice(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Error {}

/// The repository's root and where builds go.
#[derive(Debug)]
pub(crate) struct Shell {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    cargo: OsString,
}

impl Shell {
    /// Finds the root beside this crate, and the target directory that cargo will use.
    pub(crate) fn new() -> Result<Self, Error> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.parent().unwrap_or(here).to_path_buf();
        if !root.join("Cargo.toml").is_file() {
            let text = format!("{} has no Cargo.toml; was the folder moved?", root.display());
            return Err(Error::Advice(text));
        }
        let target = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        let target = root.join(target);
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Ok(Self { root, target, cargo })
    }

    /// Cargo of the pinned toolchain, the one that runs this program.
    pub(crate) fn cargo<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = self.program(&self.cargo);
        command.args(arguments);
        command
    }

    /// Any other program, in the root, without standard input.
    pub(crate) fn program(&self, name: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(name);
        command.current_dir(&self.root).stdin(Stdio::null());
        for (key, _) in env::vars_os().filter(|(key, _)| is_about_this_package(key)) {
            command.env_remove(key);
        }
        command
    }
}

fn is_about_this_package(key: &OsStr) -> bool {
    let key = key.to_string_lossy();
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"]
        .iter()
        .any(|prefix| key.starts_with(prefix))
}

/// Runs a command with its output shown; a bad exit is an error.
pub(crate) fn run(command: &mut Command) -> Result<(), Error> {
    let words = describe(command);
    println!("$ {words}");
    let status = command.status().map_err(|source| Error::Io { what: words.clone(), source })?;
    if !status.success() {
        return Err(Error::Failed { command: words, status });
    }
    Ok(())
}

/// Runs a command quietly and gives back what it printed; a bad exit is an error.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>, Error> {
    let words = describe(command);
    let done = command.output().map_err(|source| Error::Io { what: words.clone(), source })?;
    if !done.status.success() {
        print!("{}", String::from_utf8_lossy(&done.stderr));
        return Err(Error::Failed { command: words, status: done.status });
    }
    Ok(done.stdout)
}

/// Whether a command can be started and exits well; its output is hidden.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The command as a person would type it, without the folder of its program.
fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut words = vec![program.file_name().unwrap_or_default().to_string_lossy()];
    words.extend(command.get_args().map(OsStr::to_string_lossy));
    words.join(" ")
}

/// The first program of this name on the path.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Reads a file of text, and names it when that fails.
pub(crate) fn read(path: &Path) -> Result<String, Error> {
    let what = || format!("cannot read {}", path.display());
    std::fs::read_to_string(path).map_err(|source| Error::Io { what: what(), source })
}

/// Writes a file of text, and names it when that fails.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Error> {
    let what = || format!("cannot write {}", path.display());
    std::fs::write(path, text).map_err(|source| Error::Io { what: what(), source })
}

#[cfg(test)]
mod tests;
