//! Putting the newest checkpoint where others see it: a file, an address, a command of the shop.
//!
//! # Privacy
//! A checkpoint is the name of the log, a number, a hash and signatures. Nothing else goes out, and
//! the command gets an empty environment.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::clock::Stopwatch;
use crate::outbound::address::Address;
use crate::outbound::{Client, OutboundError};

/// Why a checkpoint is not anchored.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// The file, or starting the command.
    #[error("{0}")]
    System(#[from] io::Error),
    /// The address was not reached.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// The address says no.
    #[error("the address answered {0}")]
    Refused(u16),
    /// The command failed.
    #[error("the command ended with {0}")]
    Failed(std::process::ExitStatus),
    /// The command took too long and was ended.
    #[error("the command took more than {0} seconds")]
    TooLate(u32),
}

/// Where checkpoints go.
#[derive(Clone, Debug)]
pub enum Anchor {
    /// A file that is replaced as a whole.
    File(PathBuf),
    /// An address that gets it by `PUT`.
    Url(Box<(Client, Address)>),
    /// A command that gets it as its input, and its longest time in seconds.
    Command(Vec<String>, u32),
}

impl Anchor {
    /// The name in log lines.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::File(_) => "ledger.anchor.file",
            Self::Url(_) => "ledger.anchor.url",
            Self::Command(..) => "ledger.anchor.command",
        }
    }

    /// Puts a checkpoint there. `wait` waits a moment and says whether the server ends.
    ///
    /// # Errors
    /// [`AnchorError`]; it is tried again then.
    pub fn put(&self, checkpoint: &str, wait: &dyn Fn() -> bool) -> Result<(), AnchorError> {
        match self {
            Self::File(path) => Ok(replace(path, checkpoint.as_bytes())?),
            Self::Url(to) => {
                let (client, address) = to.as_ref();
                let headers = [("content-type", "text/plain; charset=utf-8".to_owned())];
                let answer = client.put(address, &headers, checkpoint.as_bytes())?;
                match answer.is_success() {
                    true => Ok(()),
                    false => Err(AnchorError::Refused(answer.status)),
                }
            }
            Self::Command(words, seconds) => run(words, (checkpoint, *seconds), wait),
        }
    }
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = std::fs::File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)
}

fn run(
    words: &[String],
    (checkpoint, seconds): (&str, u32),
    wait: &dyn Fn() -> bool,
) -> Result<(), AnchorError> {
    let Some((program, arguments)) = words.split_first() else { return Ok(()) };
    let watch = Stopwatch::start();
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // It is shorter than a pipe holds, so a command that does not read does not keep us.
    let written =
        child.stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(checkpoint.as_bytes()));
    let limit_ns = u64::from(seconds).saturating_mul(1_000_000_000);
    loop {
        if let Some(status) = child.try_wait()? {
            // Who does not want the input and ends well has done its work.
            return match status.success() {
                true => Ok(()),
                false => written.map_err(AnchorError::from).and(Err(AnchorError::Failed(status))),
            };
        }
        if watch.ns() > limit_ns || wait() {
            child.kill()?;
            child.wait()?;
            return Err(AnchorError::TooLate(seconds));
        }
    }
}

#[cfg(test)]
mod tests;
