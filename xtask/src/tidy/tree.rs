//! The files of the repository: tracked ones, and new ones that git does not ignore.

use crate::shell::{self, Error, Shell};

/// A file by its path from the root, with forward slashes.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    /// Empty when the file is not UTF-8; its name is still checked.
    pub(crate) text: String,
}

/// All files, sorted by path.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
}

impl Tree {
    /// The file at this path.
    pub(crate) fn get(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Rust source files.
    pub(crate) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.extension() == "rs")
    }

    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let make = |&(path, text): &(&str, &str)| File { path: path.into(), text: text.into() };
        Self { files: files.iter().map(make).collect() }
    }
}

impl File {
    /// What follows the last dot of the name.
    pub(crate) fn extension(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// Whether this is test code: a `tests.rs` beside its module, or anything in a `tests` folder.
    pub(crate) fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs")
            || self.path.starts_with("tests/")
            || self.path.contains("/tests/")
    }

    /// Programs that must not compile, or their expected messages.
    pub(crate) fn is_compile_fail(&self) -> bool {
        self.path.contains("/tests/ui/")
    }
}

/// The paths that git tracks or would track.
pub(crate) fn list(shell: &Shell) -> Result<Vec<String>, Error> {
    let mut git = shell.program("git");
    // The owner of a checkout in CI may differ from the user; reading names is harmless.
    git.args(["-c", "safe.directory=*", "ls-files", "-z"]);
    git.args(["--cached", "--others", "--exclude-standard"]);
    let bytes = shell::output(&mut git)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut paths: Vec<String> =
        text.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// Reads every listed file that still exists.
pub(crate) fn read(shell: &Shell) -> Result<Tree, Error> {
    let mut files = Vec::new();
    for path in list(shell)? {
        let place = shell.root.join(&path);
        if !place.is_file() {
            continue; // Deleted, and git does not know it yet.
        }
        let what = || format!("cannot read {path}");
        let bytes = std::fs::read(&place).map_err(|source| Error::Io { what: what(), source })?;
        files.push(File { path, text: String::from_utf8(bytes).unwrap_or_default() });
    }
    Ok(Tree { files })
}
