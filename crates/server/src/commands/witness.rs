//! `confidant witness`: confirms checkpoints of other shops' logs, so that nobody shows two faces.
//!
//! A witness by `c2sp.org/tlog-witness`: it remembers one head per log, confirms only what grew out
//! of it, and stores the new head durably before the confirmation leaves. Two shops that witness
//! each other need nobody else.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum_server::Handle;
use clap::Args;
use domain::hex;
use ledger::checkpoint::Checkpoint;
use ledger::hash::Hash;
use ledger::key::{Algorithm, KeyName, SignerKey, VerifierKey};
use ledger::merkle::Head;
use ledger::witness::{Answer, Decision, REQUEST_BYTES_MAX, Witness};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Runtime;

use crate::chance;
use crate::clock::Clock;
use crate::commands::{Failure, OrFail as _, say};
use crate::serving::{self, Told};
use crate::settings::Listener;
use crate::transparency::disk::{Disk as _, Folder};

/// The file with the witness's own key.
const KEY: &str = "witness.key";

/// Confirms checkpoints of other shops' logs.
#[derive(Clone, Debug, Args)]
pub struct Command {
    /// The name of the witness, by custom an address without its scheme.
    #[arg(long)]
    pub name: String,
    /// Where the key and what was confirmed is kept; made when missing.
    #[arg(long)]
    pub dir: PathBuf,
    /// The key of a log that is confirmed, as its `GET /v1/log` says it; may be given again.
    #[arg(long, required = true)]
    pub log: Vec<String>,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8090")]
    pub address: SocketAddr,
    /// A certificate chain in PEM; then it speaks HTTPS.
    #[arg(long, requires = "private_key")]
    pub certificate: Option<PathBuf>,
    /// The private key of the certificate in PEM.
    #[arg(long, requires = "certificate")]
    pub private_key: Option<PathBuf>,
}

/// A witness with what it remembers.
#[derive(Debug)]
struct Remembering {
    witness: Witness,
    disk: Folder,
    clock: Clock,
    /// From loading the latest head to storing the new one nothing else is decided.
    deciding: Mutex<()>,
}

/// Serves until it is told to end.
///
/// # Errors
/// A key, folder or address that cannot be used.
pub fn run(command: &Command) -> Result<(), Failure> {
    let disk = Folder::open(command.dir.clone()).or_fail("the folder of the witness")?;
    let logs = command.log.iter().map(|log| VerifierKey::parse(log)).collect::<Result<_, _>>();
    let logs: Vec<VerifierKey> = logs.or_fail("the key of a log")?;
    let signer = signer(&disk, &command.name)?;
    let listener = Listener {
        address: command.address,
        certificate_file: command.certificate.clone(),
        private_key_file: command.private_key.clone(),
    };
    let bound = serving::bind(&listener).or_fail("the address")?;
    let words = [
        format!("witness {}", signer.verifier().to_text()),
        format!("listens on {}", bound.origin()),
    ];
    let witness = Witness::new(signer, logs).or_fail("the key of the witness")?;
    let clock = Clock::machine();
    let state = Arc::new(Remembering { witness, disk, clock, deciding: Mutex::new(()) });
    let router = Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .with_state(state);
    let runtime = Runtime::new().or_fail("the runtime cannot be started")?;
    let served = runtime.block_on(async move {
        let told = Told::listen()?;
        let handle = Handle::new();
        let handles = [handle.clone()];
        let ended = tokio::spawn(async move { told.end(&handles).await });
        words.iter().for_each(say);
        let served = bound.serve(router, handle).await;
        ended.abort();
        served
    });
    served.or_fail("serving stopped")
}

async fn add_checkpoint(State(state): State<Arc<Remembering>>, body: Bytes) -> Response {
    let decided = tokio::task::spawn_blocking(move || state.decide(&body)).await;
    match decided {
        Ok(Ok(answer)) => respond(answer),
        Ok(Err(error)) => {
            tracing::error!(%error, "what was confirmed cannot be kept");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = answer.content_type.unwrap_or("text/plain; charset=utf-8");
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static(kind))], answer.body).into_response()
}

impl Remembering {
    /// Decides about one request; the answer is as durable as what it says.
    fn decide(&self, body: &[u8]) -> std::io::Result<Answer> {
        let request = match self.witness.read(body) {
            Ok(request) => request,
            Err(answer) => return Ok(answer),
        };
        let _deciding = self.deciding.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = self.latest(&request.1)?;
        let now_s = u64::try_from(self.clock.now().ms() / 1_000).unwrap_or_default();
        match self.witness.decide(&request, latest.as_ref(), now_s) {
            Decision::Refuse(answer) => Ok(answer),
            Decision::Confirm(persist) => {
                let (origin, head) = persist.write();
                let text = format!("{}\n{}\n", head.size, head.root.to_base64());
                self.disk.write(&[(file_of(origin), text.into_bytes())])?;
                Ok(persist.persisted())
            }
        }
    }

    /// What was confirmed last of a log. A file that cannot be understood confirms nothing more.
    fn latest(&self, checkpoint: &Checkpoint) -> std::io::Result<Option<Head>> {
        let Some(bytes) = self.disk.read(&file_of(&checkpoint.origin))? else { return Ok(None) };
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = text.lines();
        let size = lines.next().and_then(|line| line.parse().ok());
        let head = size.zip(lines.next().and_then(Hash::parse));
        let head = head.ok_or_else(|| std::io::Error::other("a kept head is damaged"))?;
        Ok(Some(Head { size: head.0, root: head.1 }))
    }
}

/// Names of logs are not names of files.
fn file_of(origin: &str) -> String {
    format!("{}.head", hex::encode(&Sha256::digest(origin)))
}

/// The key of the folder; the first start makes it.
fn signer(disk: &Folder, name: &str) -> Result<SignerKey, Failure> {
    let kept = disk.read(KEY).or_fail("the key of the witness")?;
    if let Some(bytes) = kept {
        let text = String::from_utf8(bytes).or_fail("the key of the witness")?;
        let key = SignerKey::parse(text.trim()).or_fail("the key of the witness")?;
        return match key.verifier().name().as_str() == name {
            true => Ok(key),
            false => Err(Failure::new("the key in the folder has another name")),
        };
    }
    let seed = chance::bytes().or_fail("the key of the witness")?;
    let name = KeyName::parse(name).or_fail("name")?;
    let key = SignerKey::new(name, Algorithm::Cosignature, &seed).or_fail("key")?;
    let bytes = format!("{}\n", &*key.to_text()).into_bytes();
    disk.write(&[(KEY.to_owned(), bytes)]).or_fail("the key of the witness")?;
    Ok(key)
}
