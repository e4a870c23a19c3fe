//! `confidant canary`: plays the opt-out canary against a running server, now.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};

use clap::Args;
use domain::hex;

use crate::canary::play::{Door, hand_in, play};
use crate::chance;
use crate::clock::Clock;
use crate::commands::{Failure, OrFail as _, say};
use crate::settings::{Listener, Settings};

/// Plays invented visitors who opt out, in every place and by every signal, against a running
/// server; fails when anything personal came of one of them.
#[derive(Clone, Debug, Args)]
pub struct Canary {
    /// The configuration file: addresses, and the folder with the keys.
    #[arg(long, default_value = "confidant.toml")]
    pub config: PathBuf,
    /// The public listener, as `http://HOST:PORT`, instead of the configuration's.
    #[arg(long)]
    pub public: Option<String>,
    /// The staff listener, as `http://HOST:PORT`, instead of the configuration's.
    #[arg(long)]
    pub staff: Option<String>,
    /// A file with the secret key; `credentials/secret.key` of the data folder when missing.
    #[arg(long)]
    pub secret_key: Option<PathBuf>,
    /// A file with the staff key; `credentials/staff.key` of the data folder when missing.
    #[arg(long)]
    pub staff_key: Option<PathBuf>,
}

/// Plays, hands in and prints.
///
/// # Errors
/// A server that cannot be talked to, or a promise that did not hold.
pub fn run(command: &Canary) -> Result<(), Failure> {
    let door = door(command)?;
    let run = hex::encode(&chance::bytes::<8>().or_fail("the run has no name")?);
    let today = Clock::machine().now().day();
    let played = play(&door, (&run, "on demand"), today, &|| false);
    let run = played.or_fail("the canary cannot be played")?;
    for broken in &run.failures {
        say(format!("failed  {:<6} {:<12} {}", broken.place, broken.way, broken.what));
    }
    say(format!(
        "{} visitors under {} law packs by {}; {} opened something before they took it back; \
         around {} the whole shop was compared",
        run.visitors.len(),
        run.packs.len(),
        run.ways.join(", "),
        run.opened,
        run.quiet
    ));
    hand_in(&door, &run).or_fail("the run cannot be handed in")?;
    match run.failures.len() {
        0 => {
            say("held: nothing personal was learned or stored after an opt-out");
            Ok(())
        }
        failed => Err(Failure::new(format!("{failed} opt-outs did not hold"))),
    }
}

fn door(command: &Canary) -> Result<Door, Failure> {
    let all = command.public.is_some()
        && command.staff.is_some()
        && command.secret_key.is_some()
        && command.staff_key.is_some();
    let settings =
        match all {
            true => None,
            false => Some(Settings::read(&command.config).or_fail(&format!(
                "the configuration {} is not usable",
                command.config.display()
            ))?),
        };
    let address = |given: Option<&str>, of: fn(&Settings) -> &Listener, what: &'static str| match (
        given,
        settings.as_ref().map(of),
    ) {
        (Some(url), _) => resolve(url, what),
        (None, Some(listener)) if listener.tls().is_none() => Ok(listener.address),
        (None, _) => Err(Failure::new(format!(
            "{what}: this listener has a certificate; give its plain address behind a proxy \
                 as http://HOST:PORT, or wait for the daily run of `confidant serve`"
        ))),
    };
    let key = |given: Option<&Path>, name: &str| {
        let own =
            settings.as_ref().map(|settings| settings.data_dir.join("credentials").join(name));
        let path = given.map(Path::to_owned).or(own).unwrap_or_default();
        let text = std::fs::read_to_string(&path).or_fail(&path.display().to_string())?;
        Ok::<_, Failure>(text.trim().to_owned())
    };
    Ok(Door {
        public: address(command.public.as_deref(), |settings| &settings.public, "public")?,
        staff: address(command.staff.as_deref(), |settings| &settings.staff, "staff")?,
        secret_key: key(command.secret_key.as_deref(), "secret.key")?,
        staff_key: key(command.staff_key.as_deref(), "staff.key")?,
    })
}

fn resolve(url: &str, what: &str) -> Result<SocketAddr, Failure> {
    let wrong = || Failure::new(format!("{what}: write http://HOST:PORT; TLS is not spoken here"));
    let host = url.strip_prefix("http://").ok_or_else(wrong)?.trim_end_matches('/');
    let mut found = host.to_socket_addrs().or_fail(what)?;
    found.next().ok_or_else(wrong)
}
