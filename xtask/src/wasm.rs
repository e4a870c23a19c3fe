//! `cargo xtask wasm`: the crates that also run in the browser are built for wasm32.
//!
//! With rustup's target installed, the pinned toolchain builds them. Without it (an offline
//! machine cannot fetch it), Debian's compiler for the web does, with the standard library
//! built from Debian's own source. That compiler follows the browsers, not our pin: Debian 12
//! began with 1.85 and has had 1.96, and either stays on a machine. So these crates keep to what
//! Rust 1.85 knows; `--ignore-rust-version` is about the workspace's declared version.

use std::path::Path;
use std::process::Command;

use crate::machine::{self, FOR_WASM};
use crate::shell::{self, Error, Shell};

const CRATES: &[&str] = &["domain", "recommend"];
const TARGET: &str = "wasm32-unknown-unknown";
// By their full path: a rustup proxy stands before them on the path.
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// Builds; a machine that can neither build nor install is told what to do.
pub(crate) fn run(shell: &Shell) -> Result<(), Error> {
    let mut command = if has_target(shell) {
        shell.cargo(&["build"])
    } else {
        if let Err(error) = machine::install(shell, FOR_WASM) {
            let text = format!("{error}\n\nor run: rustup target add {TARGET}");
            return Err(Error::Advice(text));
        }
        debian(shell)
    };
    command.args(["--release", "--locked", "--target", TARGET]);
    for name in CRATES {
        command.args(["-p", name]);
    }
    // Its own folder: another compiler and another standard library must not evict the main build.
    shell::run(command.env("CARGO_TARGET_DIR", shell.target.join("wasm")))
}

fn has_target(shell: &Shell) -> bool {
    let mut rustc = shell.program("rustc");
    let Ok(folder) = shell::output(rustc.args(["--print", "target-libdir", "--target", TARGET]))
    else {
        return false;
    };
    let folder = String::from_utf8_lossy(&folder);
    let Ok(mut entries) = Path::new(folder.trim()).read_dir() else {
        return false;
    };
    let is_std = |name: &str| name.starts_with("libstd-");
    entries.any(|entry| entry.is_ok_and(|file| file.file_name().to_str().is_some_and(is_std)))
}

/// `-Zbuild-std` is unstable, hence the bootstrap switch; nothing else unstable is used.
fn debian(shell: &Shell) -> Command {
    let mut command = shell.program(DEBIAN_CARGO);
    command.args(["build", "-Zbuild-std=std,panic_abort", "--ignore-rust-version"]);
    command.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
    command.env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN").env_remove("RUSTC_WRAPPER");
    command
}
