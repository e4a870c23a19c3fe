//! What a fresh Debian 12 lacks: looked for, and installed with apt-get when we are root.
//!
//! The list says why each package is here. A machine that has everything is left alone, so a
//! developer without root can run the tests once an administrator has installed the packages.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::shell::{self, Error, Shell};

/// A Debian package, how to see that its work is already done, and why we want it.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) seen: Seen,
    pub(crate) why: &'static str,
}

/// How a package is recognized. A program counts wherever it comes from.
#[derive(Debug)]
pub(crate) enum Seen {
    /// A program on the path.
    Program(&'static str),
    /// A file or folder at a fixed place.
    Path(&'static str),
    /// A module that Python can import.
    Python(&'static str),
    /// Only the package itself will do.
    Installed,
}

/// What the tests need.
pub(crate) const FOR_TESTS: &[Package] = &[
    Package {
        name: "chromium",
        seen: Seen::Program("chromium"),
        why: "the storefront and the demo are tested in a real browser",
    },
    Package {
        name: "chromium-driver",
        seen: Seen::Program("chromedriver"),
        why: "drives that browser",
    },
    Package {
        name: "fonts-liberation",
        seen: Seen::Path("/usr/share/fonts/truetype/liberation"),
        why: "without a font the browser measures no text",
    },
    Package {
        name: "curl",
        seen: Seen::Program("curl"),
        why: "the commands of the README are run as they stand",
    },
    Package {
        name: "zstd",
        seen: Seen::Program("zstd"),
        why: "imports are tested on files that another implementation packed",
    },
    Package {
        name: "age",
        seen: Seen::Program("age"),
        why: "access packages are decrypted with the reference implementation",
    },
    Package {
        name: "valgrind",
        seen: Seen::Program("valgrind"),
        why: "counts the instructions of the hot path",
    },
    Package {
        name: "postgresql",
        seen: Seen::Path("/usr/lib/postgresql"),
        why: "a real database is searched for personal data",
    },
    Package {
        name: "golang-go",
        seen: Seen::Program("go"),
        why: "an auditor who has none of our code checks the log",
    },
    Package {
        name: "golang-golang-x-mod-dev",
        seen: Seen::Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog"),
        why: "the reference implementation that this auditor uses",
    },
];

/// What the tests with node packages need; Debian's version is enough.
pub(crate) const FOR_NODE: &[Package] = &[
    Package {
        name: "nodejs",
        seen: Seen::Program("node"),
        why: "unmodified clients of other vendors speak to the server",
    },
    Package { name: "npm", seen: Seen::Program("npm"), why: "installs them as locked" },
];

/// What the tests with Python packages need.
pub(crate) const FOR_PYTHON: &[Package] = &[
    Package {
        name: "python3",
        seen: Seen::Program("python3"),
        why: "the API is fuzzed from its own OpenAPI document",
    },
    Package {
        name: "python3-venv",
        seen: Seen::Python("ensurepip"),
        why: "keeps the fuzzer's packages out of the system",
    },
];

/// Debian's compiler for the web, for machines whose toolchain has no wasm32 library.
pub(crate) const FOR_WASM: &[Package] = &[
    Package { name: "rustc-web", seen: Seen::Installed, why: "knows wasm32" },
    Package { name: "cargo-web", seen: Seen::Installed, why: "the cargo of that compiler" },
    Package {
        name: "rust-web-src",
        seen: Seen::Installed,
        why: "its library, to build for wasm32",
    },
];

/// Installs those packages that are missing; does nothing when none is.
pub(crate) fn install(shell: &Shell, packages: &[Package]) -> Result<(), Error> {
    let missing: Vec<&Package> = packages.iter().filter(|one| !is_seen(shell, one)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for package in &missing {
        println!("missing: {} ({})", package.name, package.why);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    if shell::find("apt-get").is_none() || !is_root(shell) {
        return Err(Error::Advice(advice(&missing)));
    }
    shell::run(&mut apt(shell, &["update", "-qq"]))?;
    let mut command = apt(shell, &["install", "-y", "-qq", "--no-install-recommends"]);
    shell::run(command.args(names))?;
    match missing.iter().find(|package| !is_seen(shell, package)) {
        Some(package) => {
            let text =
                format!("{} is installed but does not show: {:?}", package.name, package.seen);
            Err(Error::Advice(text))
        }
        None => Ok(()),
    }
}

fn apt(shell: &Shell, arguments: &[&str]) -> Command {
    let mut command = shell.program("apt-get");
    // Another apt may be at work, for example the machine's own daily one.
    command.args(["-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"]).args(arguments);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn advice(missing: &[&Package]) -> String {
    let mut text =
        "this machine lacks packages, and only root can install them; run\n\n".to_owned();
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    // Writing to a `String` cannot fail.
    let _unused =
        write!(text, "  sudo apt-get install --no-install-recommends {}", names.join(" "));
    text
}

fn is_seen(shell: &Shell, package: &Package) -> bool {
    match package.seen {
        Seen::Program(name) => shell::find(name).is_some(),
        Seen::Path(path) => Path::new(path).exists(),
        Seen::Python(module) => {
            let import = format!("import {module}, venv");
            shell::succeeds(shell.program("python3").args(["-c", &import]))
        }
        Seen::Installed => {
            let mut command = shell.program("dpkg-query");
            command.args(["-W", "-f=${db:Status-Abbrev}", package.name]);
            let status = command.stderr(std::process::Stdio::null()).output();
            status.is_ok_and(|done| done.stdout.starts_with(b"ii"))
        }
    }
}

fn is_root(shell: &Shell) -> bool {
    shell::output(shell.program("id").arg("-u")).is_ok_and(|id| id.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests;
